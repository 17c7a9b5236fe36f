"""The compiled loop of skip-gram with negative sampling: word2vec.c's order of updates, one after another.

One thread: hogwild updates would be neither repeatable nor, at these sizes, faster than this.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from core.arrays import FloatArray, IntArray
from core.training._encode import TokenArray
from core.training._random import draw_word, fast_kernel, random_bits

STEPS, REACH = 4096, 8.0  # the logistic function as a table over -8 ... 8; beyond, its ends

_ZERO, _ONE = np.float32(0), np.float32(1)
_REACH, _SCALE, _TOP = np.float32(REACH), np.float32(STEPS / (2 * REACH)), np.float32(STEPS - 1)
_UNIT = np.float32(2.0**-24)


def logistic_tables() -> tuple[FloatArray, FloatArray]:
    """(sigma(x), -log sigma(x)) at the middle of each of STEPS steps from -REACH to REACH."""
    x = ((np.arange(STEPS) + 0.5) / STEPS * 2 - 1) * REACH
    return (1 / (1 + np.exp(-x))).astype(np.float32), np.log1p(np.exp(-x)).astype(np.float32)


@fast_kernel
def train_pieces(
    tokens: TokenArray, begins: IntArray, ends: IntArray, words: FloatArray, contexts: FloatArray,
    keep: FloatArray, share: FloatArray, other: TokenArray, window: int, negatives: int, rate: float,
    sigma: FloatArray, surprise: FloatArray, state: NDArray[np.uint64], kept: TokenArray, scratch: FloatArray,
) -> tuple[float, int]:  # fmt: skip
    """Read tokens[begins[s]:ends[s]] and move `words` and `contexts` (V, d); returns (loss summed, targets scored).

    `kept` (longest piece,) and `scratch` (2, d) are overwritten.
    """
    loss, scored, step = 0.0, 0, scratch[0]
    for piece in range(len(begins)):
        length = thin(tokens, begins[piece], ends[piece], keep, state, kept)
        for centre in range(length):
            word = kept[centre]
            reach = 1 + int((random_bits(state) >> np.uint64(33)) % np.uint64(window))
            for place in range(max(0, centre - reach), min(length, centre + reach + 1)):
                if place != centre:
                    more, count = train_pair(
                        words[kept[place]], word, contexts, share, other, negatives, np.float32(rate),
                        sigma, surprise, state, step,
                    )  # fmt: skip
                    loss += more
                    scored += count
    return loss, scored


@fast_kernel
def thin(
    tokens: TokenArray, begin: int, end: int, keep: FloatArray, state: NDArray[np.uint64], kept: TokenArray
) -> int:
    """Subsampling: copy the words that stay to `kept`; returns how many. Those left out let their neighbours close ranks."""
    length = 0
    for place in range(begin, end):
        if tokens[place] < 0:  # too rare to have a vector
            continue
        chance = keep[tokens[place]]
        if chance >= _ONE or np.float32(random_bits(state) >> np.uint64(40)) * _UNIT < chance:
            kept[length] = tokens[place]
            length += 1
    return length


@numba.njit(inline="always", error_model="numpy")  # a call for every pair would cost a tenth of the speed
def train_pair(
    vector: FloatArray, word: int, contexts: FloatArray, share: FloatArray, other: TokenArray, negatives: int,
    rate: float, sigma: FloatArray, surprise: FloatArray, state: NDArray[np.uint64], step: FloatArray,
) -> tuple[float, int]:  # fmt: skip
    """One input vector (d,) against the word it stood beside and `negatives` drawn ones; leaves in `step` how far it moved."""
    loss, scored = 0.0, 0
    step[:] = _ZERO
    for draw in range(negatives + 1):
        target = word if draw == 0 else draw_word(share, other, state)
        if draw > 0 and target == word:
            continue
        context = contexts[target]
        score = _ZERO
        for c in range(len(vector)):
            score += vector[c] * context[c]
        place = (score + _REACH) * _SCALE
        spot = int(min(place, _TOP)) if place > _ZERO else 0  # not-a-number lands on 0, inside the table
        if draw == 0:
            pull = (_ONE - sigma[spot]) * rate
            loss += surprise[spot]
        else:
            pull = -sigma[spot] * rate
            loss += surprise[STEPS - 1 - spot]
        scored += 1
        for c in range(len(vector)):
            step[c] += pull * context[c]
        for c in range(len(vector)):
            context[c] += pull * vector[c]
    for c in range(len(vector)):
        vector[c] += step[c]
    return loss, scored
