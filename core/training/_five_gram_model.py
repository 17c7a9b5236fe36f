"""The model of the five-gram task: W looks up, R judges (Bottou 2011, arXiv:1102.1808).

    score(window) = out . relu([W[w1] ... W[wT]] R + bias) + offset

A valid window and its broken twin differ in one slot, and the first layer is linear, so the twin
costs one slot: x' R = x R + (W[swap] - W[word]) R_slot. The same holds backwards. That is 40 % of
the arithmetic saved at T = 5.
"""

from __future__ import annotations

import numpy as np

from core.arrays import FloatArray, IntArray
from core.training._encode import TokenArray

# Of W's learning rate: a quick judge learns the text by heart before the words have found their places.
_PACE_OF_R = 0.1


def score(table: FloatArray, weights: dict[str, FloatArray], windows: TokenArray | IntArray) -> FloatArray:
    """(n,) scores of windows (n, T) of rows of `table` (V, d); above 0 means "valid" under the logistic loss."""
    rows = table[windows].reshape(len(windows), -1)
    hidden = np.maximum(rows @ weights["R"] + weights["bias"], 0)
    return np.asarray(hidden @ weights["out"] + weights["offset"])


class FiveGramModel:
    """W (V, d) in `table`, R (T*d, H), bias (H,), out (H,), offset (1,) in `weights`; trained by Adagrad, which sums up
    its `row_energy` (V,) and the `energy` of all weights in one row.

    `most` is the largest number of pairs a step will be given: the buffers are made once.
    """

    def __init__(self, vocabulary: int, dim: int, window: int, width: int, most: int, rng: np.random.Generator) -> None:
        self._prepare(rng.normal(0, 0.1, (vocabulary, dim)).astype(np.float32), window, width, most)
        self.weights["R"][:] = rng.normal(0, (window * dim) ** -0.5, (window * dim, width))
        self.weights["out"][:] = rng.normal(0, width**-0.5, width)

    @classmethod
    def of(cls, table: FloatArray, weights: dict[str, FloatArray], window: int, most: int = 1) -> FiveGramModel:
        """The model with copies of this table (V, d) and of these weights; its Adagrad begins afresh."""
        model = cls.__new__(cls)
        model._prepare(np.array(table, np.float32), window, len(weights["out"]), most)
        for name, array in weights.items():
            model.weights[name][:] = array
        return model

    def _prepare(self, table: FloatArray, window: int, width: int, most: int) -> None:
        self.table = table
        vocabulary, dim = table.shape
        self.dim, self.window = dim, window
        self._flat, self.weights = _weights(window * dim, width)
        self._slope, self.gradient = _weights(window * dim, width)
        self.row_energy = np.zeros(vocabulary, np.float32)
        self.energy = np.zeros_like(self._flat)
        self._place = np.full(vocabulary, -1, np.int32)
        words = min(vocabulary, most * (window + 1))
        self._touched, self._sums = np.empty(words, np.int32), np.empty((words, dim), np.float32)
        wide = (most, window * dim)
        self._rows, self._row_gradient = np.empty(wide, np.float32), np.empty(wide, np.float32)
        self._narrow = np.empty((2, most, dim), np.float32)
        self._hidden = np.empty((4, most, width), np.float32)

    def gradients(
        self, windows: TokenArray, swaps: TokenArray, borders: IntArray, ranking: bool = False
    ) -> tuple[float, TokenArray, FloatArray]:
        """(loss summed over the b pairs, (k,) the words met, (k, d) the gradients of their rows of W).

        windows (b, T); pairs borders[j]:borders[j + 1] are broken at slot j by `swaps` (b,). The
        gradients, of the mean loss, are for the two to be applied together: `gradient` holds the
        weights' own. All of it is overwritten by the next call.
        """
        from core.training._five_gram_kernels import collect, gather, judge

        pairs = len(windows)
        slots = np.repeat(np.arange(self.window, dtype=np.int32), np.diff(borders))
        rows, row_gradient = self._rows[:pairs], self._row_gradient[:pairs]
        change, swap_gradient = self._narrow[:, :pairs]
        hidden, hidden_change, both, broken = self._hidden[:, :pairs]
        weights, gradient = self.weights, self.gradient

        gather(self.table, windows, swaps, slots, rows, change)
        np.matmul(rows, weights["R"], out=hidden)
        for group, block in self._blocks(borders):
            np.matmul(change[group], weights["R"][block], out=hidden_change[group])
        loss = judge(
            hidden, hidden_change, weights["bias"], weights["out"], weights["offset"], ranking,
            both, broken, gradient["bias"], gradient["out"], gradient["offset"],
        )  # fmt: skip
        np.matmul(rows.T, both, out=gradient["R"])
        np.matmul(both, weights["R"].T, out=row_gradient)
        for group, block in self._blocks(borders):
            gradient["R"][block] += change[group].T @ broken[group]
            np.matmul(broken[group], weights["R"][block].T, out=swap_gradient[group])
        count = collect(windows, swaps, slots, row_gradient, swap_gradient, self._place, self._touched, self._sums)
        return loss, self._touched[:count], self._sums[:count]

    def step(
        self, windows: TokenArray, swaps: TokenArray, borders: IntArray, rate: float, ranking: bool = False
    ) -> float:
        """One step of Adagrad (Duchi et al. 2011); returns the loss summed over the pairs.

        A row of W keeps one accumulator, the mean square of its gradients: as good a map as one a
        number in our trials, and at 50,000 words a third of the memory traffic of Adam.
        """
        from core.training._five_gram_kernels import step_rows, step_weights

        loss, touched, sums = self.gradients(windows, swaps, borders, ranking)
        step_rows(self.table, self.row_energy, touched, sums, rate)
        step_weights(self._flat, self.energy, self._slope, _PACE_OF_R * rate)
        return loss

    def _blocks(self, borders: IntArray) -> list[tuple[slice, slice]]:
        """The pairs broken at a slot, and the rows of R that read that slot."""
        return [
            (slice(int(borders[j]), int(borders[j + 1])), slice(j * self.dim, (j + 1) * self.dim))
            for j in range(self.window)
            if borders[j + 1] > borders[j]
        ]


def _weights(inputs: int, width: int) -> tuple[FloatArray, dict[str, FloatArray]]:
    """All weights in one flat array, so that one loop moves them, and their names: views into it."""
    flat = np.zeros(inputs * width + 2 * width + 1, np.float32)
    matrix, bias, out, offset = np.split(flat, np.cumsum([inputs * width, width, width]))
    return flat, {"R": matrix.reshape(inputs, width), "bias": bias, "out": out, "offset": offset}
