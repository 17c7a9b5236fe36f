"""Compiled loops over windows: a set of them by 64-bit key, and breaking them.

The key of a window is the sum of (word + 1) * factor[slot] modulo 2^64 with random odd factors, so
the key of a broken twin costs one term. Two unlike windows share a key about once in 10^19.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import FloatArray, IntArray
from core.training._encode import TokenArray
from core.training._random import draw_word, kernel, random_bits

Keys = NDArray[np.uint64]

_DRAWS = 50  # then the swap is taken evenly from all other words, or an attested twin is kept


@kernel
def _place(key: Any, known: Keys) -> Any:
    """Where `key` is in the open-addressing table `known`, or the free place where it belongs."""
    mask = np.uint64(len(known) - 1)
    place = ((key ^ (key >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20) & mask
    while known[place] != np.uint64(0) and known[place] != key:
        place = (place + np.uint64(1)) & mask
    return place


@kernel
def _key(tokens: TokenArray, start: int, factors: Keys) -> Any:
    key = np.uint64(0)
    for slot in range(len(factors)):
        key += np.uint64(tokens[start + slot] + 1) * factors[slot]
    return key


@kernel
def insert_windows(tokens: TokenArray, starts: IntArray, factors: Keys, known: Keys) -> None:
    """Put the windows that begin at `starts` into `known`, which is never more than half full."""
    for start in starts:
        key = max(_key(tokens, start, factors), np.uint64(1))  # 0 marks a free place
        known[_place(key, known)] = key


@kernel
def find_windows(tokens: TokenArray, starts: IntArray, factors: Keys, known: Keys) -> NDArray[np.bool_]:
    """(n,) whether each window is in `known`."""
    found = np.empty(len(starts), np.bool_)
    for row in range(len(starts)):
        key = max(_key(tokens, starts[row], factors), np.uint64(1))
        found[row] = known[_place(key, known)] == key
    return found


@kernel
def break_windows(
    tokens: TokenArray, starts: IntArray, slots: TokenArray, share: FloatArray, other: TokenArray,
    factors: Keys, known: Keys, redraw: bool, state: Keys, windows: TokenArray, swaps: TokenArray,
) -> int:  # fmt: skip
    """Fill `windows` (n, size) and `swaps` (n,); returns how many broken twins are in `known`."""
    attested = 0
    for row in range(len(starts)):
        start, slot = starts[row], slots[row]
        for place in range(len(factors)):
            windows[row, place] = tokens[start + place]
        word = windows[row, slot]
        rest = _key(tokens, start, factors) - np.uint64(word + 1) * factors[slot]
        seen = True
        for _ in range(_DRAWS):
            swap = _other_word(word, share, other, state)
            key = max(rest + np.uint64(swap + 1) * factors[slot], np.uint64(1))
            seen = known[_place(key, known)] == key
            if not (seen and redraw):
                break
        swaps[row] = swap
        attested += seen
    return attested


@kernel
def _other_word(word: int, share: FloatArray, other: TokenArray, state: Keys) -> Any:
    for _ in range(_DRAWS):
        swap = draw_word(share, other, state)
        if swap != word:
            return swap
    # One word is nearly the whole text: take any other rather than draw for ever.
    step = random_bits(state) % np.uint64(len(share) - 1)
    return np.int32((word + 1 + np.int64(step)) % len(share))
