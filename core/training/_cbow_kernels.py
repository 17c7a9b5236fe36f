"""The compiled loop of CBOW with negative sampling, in word2vec.c's order of updates; one thread, as skip-gram's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.arrays import FloatArray, IntArray
from core.training._encode import TokenArray
from core.training._random import fast_kernel, random_bits
from core.training._skip_gram_kernels import thin, train_pair

_ZERO, _ONE = np.float32(0), np.float32(1)


@fast_kernel
def train_pieces(
    tokens: TokenArray, begins: IntArray, ends: IntArray, words: FloatArray, contexts: FloatArray,
    keep: FloatArray, share: FloatArray, other: TokenArray, window: int, negatives: int, rate: float,
    sigma: FloatArray, surprise: FloatArray, state: NDArray[np.uint64], kept: TokenArray, scratch: FloatArray,
) -> tuple[float, int]:  # fmt: skip
    """As skip-gram's: the input is the mean of the words around, and each of them moves as far as the mean would."""
    loss, scored, step, mean = 0.0, 0, scratch[0], scratch[1]
    dim = words.shape[1]
    for piece in range(len(begins)):
        length = thin(tokens, begins[piece], ends[piece], keep, state, kept)
        for centre in range(length):
            reach = 1 + int((random_bits(state) >> np.uint64(33)) % np.uint64(window))
            first, last = max(0, centre - reach), min(length, centre + reach + 1)
            if last - first < 2:
                continue
            mean[:] = _ZERO
            for place in range(first, last):
                if place != centre:
                    for c in range(dim):
                        mean[c] += words[kept[place], c]
            share_of_one = _ONE / np.float32(last - first - 1)
            for c in range(dim):
                mean[c] *= share_of_one
            more, count = train_pair(
                mean, kept[centre], contexts, share, other, negatives, np.float32(rate), sigma, surprise, state, step
            )
            loss += more
            scored += count
            for place in range(first, last):
                if place != centre:
                    for c in range(dim):
                        words[kept[place], c] += step[c]
    return loss, scored
