"""A learned table: one free vector a position, and none beyond the last."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import FloatArray, as_matrix
from core.errors import N_, ParameterError, PositionOutOfRange
from core.params import require_whole

SPREAD = 0.1


class LearnedPositions:
    """A position table as it starts, N(0, 0.1) (Gehring et al. 2017, arXiv:1705.03122); `compare_positions` trains some.

    `table` is (length, dim) float32. `positions[p]` is a copy of row p; with a sequence of positions, of those rows.
    A position outside the table, negative ones included, is a PositionOutOfRange: it has no row.
    """

    def __init__(self, length: int, dim: int, seed: int = 0) -> None:
        length, dim = require_whole("length", length, 1), require_whole("dim", dim, 1)
        rng = np.random.default_rng(require_whole("seed", seed, 0))
        self.table: FloatArray = rng.normal(0.0, SPREAD, (length, dim)).astype(np.float32)

    @classmethod
    def from_table(cls, table: NDArray[Any]) -> LearnedPositions:
        """Hold a copy of a given (length, dim) table, trained elsewhere; DataError if it is no finite table."""
        made = cls.__new__(cls)
        made.table = as_matrix(table, "table").copy()
        return made

    @property
    def dim(self) -> int:
        return int(self.table.shape[1])

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, positions: int | list[int] | range | NDArray[np.integer[Any]]) -> FloatArray:
        wanted = np.asarray(positions)
        if wanted.dtype.kind not in "iu":
            raise ParameterError("position", positions, N_("a whole number, or several"))
        outside = (wanted < 0) | (wanted >= len(self))
        if outside.any():
            raise PositionOutOfRange(int(wanted[outside].flat[0]), len(self))
        return self.table[wanted]  # an index that is an array, even of one number, copies
