"""Compiled loops of the five-gram model between its matrix products. b pairs, T words a window, d dim, H width."""

from __future__ import annotations

import math

import numpy as np

from core.arrays import FloatArray
from core.training._encode import TokenArray
from core.training._random import fast_kernel

_ZERO, _ONE, _TINY = np.float32(0), np.float32(1), np.float32(1e-10)


@fast_kernel
def gather(
    table: FloatArray, windows: TokenArray, swaps: TokenArray, slots: TokenArray, rows: FloatArray, change: FloatArray
) -> None:
    """`rows` (b, T*d): the vectors of each window side by side; `change` (b, d): what the swap adds to its slot."""
    dim = table.shape[1]
    for pair in range(windows.shape[0]):
        for slot in range(windows.shape[1]):
            word = windows[pair, slot]
            for c in range(dim):
                rows[pair, slot * dim + c] = table[word, c]
        word, swap = windows[pair, slots[pair]], swaps[pair]
        for c in range(dim):
            change[pair, c] = table[swap, c] - table[word, c]


@fast_kernel
def judge(
    hidden: FloatArray, change: FloatArray, bias: FloatArray, out: FloatArray, offset: FloatArray, ranking: bool,
    both: FloatArray, broken: FloatArray, bias_gradient: FloatArray, out_gradient: FloatArray, offset_gradient: FloatArray,
) -> float:  # fmt: skip
    """Scores, loss and the gradients down to the hidden layer.

    `hidden` (b, H) are the valid windows before bias and ReLU, `change` (b, H) what the swap adds
    there. Fills `broken` (b, H), the gradient there of the broken windows, and `both`, of the two
    together. Gradients are of the mean loss (over 2b windows, or b pairs when ranking); returned is the sum.
    """
    pairs, width = hidden.shape
    total = 0.0
    bias_gradient[:] = _ZERO
    out_gradient[:] = _ZERO
    offset_gradient[0] = _ZERO
    for pair in range(pairs):
        right, wrong = offset[0], offset[0]
        for j in range(width):
            z = hidden[pair, j] + bias[j]
            right += max(z, _ZERO) * out[j]
            wrong += max(z + change[pair, j], _ZERO) * out[j]
        if ranking:
            miss = _ONE - right + wrong
            total += max(miss, _ZERO)
            pull = np.float32(1 / pairs) if miss > _ZERO else _ZERO
            right_pull, wrong_pull = -pull, pull
        else:
            u, v = math.exp(-abs(right)), math.exp(-abs(wrong))
            total += math.log1p(u) - min(right, _ZERO) + math.log1p(v) + max(wrong, _ZERO)
            right_pull = np.float32(-0.5 / pairs * (u / (_ONE + u) if right >= _ZERO else _ONE / (_ONE + u)))
            wrong_pull = np.float32(0.5 / pairs * (_ONE / (_ONE + v) if wrong >= _ZERO else v / (_ONE + v)))
        offset_gradient[0] += right_pull + wrong_pull
        for j in range(width):
            z = hidden[pair, j] + bias[j]
            y = z + change[pair, j]
            out_gradient[j] += right_pull * max(z, _ZERO) + wrong_pull * max(y, _ZERO)
            below_right = right_pull * out[j] if z > _ZERO else _ZERO
            below_wrong = wrong_pull * out[j] if y > _ZERO else _ZERO
            broken[pair, j] = below_wrong
            both[pair, j] = below_right + below_wrong
            bias_gradient[j] += below_right + below_wrong
    return total


@fast_kernel
def collect(
    windows: TokenArray, swaps: TokenArray, slots: TokenArray, row_gradient: FloatArray, swap_gradient: FloatArray,
    place: TokenArray, touched: TokenArray, sums: FloatArray,
) -> int:  # fmt: skip
    """Sum the gradients by word: `touched[k]` is the k-th word met, `sums[k]` (d,) its gradient; returns how many.

    `row_gradient` (b, T*d) is as if no word were swapped; `swap_gradient` (b, d) belongs to the
    swap instead of the word in its slot. `place` (V,) is scratch, -1 before and after.
    """
    dim = swap_gradient.shape[1]
    size = windows.shape[1]
    count = 0
    for pair in range(windows.shape[0]):
        for slot in range(size + 1):
            word = windows[pair, slot] if slot < size else swaps[pair]
            k = place[word]
            if k < 0:
                k = count
                place[word], touched[k] = k, word
                count += 1
                for c in range(dim):
                    sums[k, c] = _ZERO
            if slot == size:
                for c in range(dim):
                    sums[k, c] += swap_gradient[pair, c]
            elif slot == slots[pair]:
                for c in range(dim):
                    sums[k, c] += row_gradient[pair, slot * dim + c] - swap_gradient[pair, c]
            else:
                for c in range(dim):
                    sums[k, c] += row_gradient[pair, slot * dim + c]
    for k in range(count):
        place[touched[k]] = -1
    return count


@fast_kernel
def step_rows(table: FloatArray, energy: FloatArray, touched: TokenArray, sums: FloatArray, rate: float) -> None:
    """Adagrad with one accumulator a row: only the touched rows of `table` (V, d) and `energy` (V,) move."""
    dim = table.shape[1]
    for k in range(len(touched)):
        word = touched[k]
        square = _ZERO
        for c in range(dim):
            square += sums[k, c] * sums[k, c]
        energy[word] += square / np.float32(dim)
        pace = np.float32(rate) / (np.sqrt(energy[word]) + _TINY)
        for c in range(dim):
            table[word, c] -= pace * sums[k, c]


@fast_kernel
def step_weights(weights: FloatArray, energy: FloatArray, gradient: FloatArray, rate: float) -> None:
    """Adagrad, an accumulator a weight; all three (n,)."""
    for i in range(len(weights)):
        energy[i] += gradient[i] * gradient[i]
        weights[i] -= np.float32(rate) * gradient[i] / (np.sqrt(energy[i]) + _TINY)
