"""Random numbers inside compiled loops: SplitMix64 (Steele, Lea & Flood 2014) and alias tables (Vose 1991)."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray, FloatArray
from core.training._encode import TokenArray

kernel = numba.njit(cache=True, nogil=True, error_model="numpy")
# All of fastmath but "no NaN, no infinity": a wild learning rate must stay visible in the loss.
fast_kernel = numba.njit(
    cache=True, nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz", "afn"}
)

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_STIR = np.uint64(0x94D049BB133111EB)
_UNIT = np.float32(2.0**-24)


@kernel
def random_bits(state: NDArray[np.uint64]) -> Any:
    """64 random bits; `state` (1,) moves on."""
    state[0] += _STEP
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * _MIX
    z = (z ^ (z >> np.uint64(27))) * _STIR
    return z ^ (z >> np.uint64(31))


@kernel
def draw_word(share: FloatArray, other: TokenArray, state: NDArray[np.uint64]) -> Any:
    """A row drawn from an alias table: two look-ups, whatever the size of the vocabulary."""
    bits = random_bits(state)
    row = ((bits >> np.uint64(32)) * np.uint64(len(share))) >> np.uint64(32)
    kept = np.float32(bits & np.uint64(0xFFFFFF)) * _UNIT < share[row]
    return np.int32(row) if kept else other[row]


@kernel
def fill_alias(weights: DoubleArray, share: FloatArray, other: TokenArray) -> None:
    """`weights` (V,) of mean 1 become V columns of height 1: `share` of a column is its own row's, the rest `other`'s.

    `weights` is used up.
    """
    n = len(weights)
    stack = np.empty(n, np.int64)  # columns still too low from the left, too high from the right
    low, high = 0, n
    for row in range(n):
        if weights[row] < 1.0:
            stack[low] = row
            low += 1
        else:
            high -= 1
            stack[high] = row
    while low > 0 and high < n:
        low -= 1
        poor, rich = stack[low], stack[high]
        share[poor], other[poor] = weights[poor], rich
        weights[rich] -= 1.0 - weights[poor]
        if weights[rich] < 1.0:
            high += 1
            stack[low] = rich
            low += 1
    for place in range(n):
        if place < low or place >= high:
            share[stack[place]], other[stack[place]] = 1.0, stack[place]


def start_state(seed: int) -> NDArray[np.uint64]:
    """(1,) the state that a seed stands for; near seeds give unlike streams."""
    return np.array(np.random.SeedSequence(seed).generate_state(1, np.uint64), np.uint64)


def alias_table(chances: DoubleArray) -> tuple[FloatArray, TokenArray]:
    """(share, other) of the alias method for `chances` (V,) that sum to 1."""
    share, other = np.empty(len(chances), np.float32), np.empty(len(chances), np.int32)
    fill_alias(chances * len(chances), share, other)
    return share, other
