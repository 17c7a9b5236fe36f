"""Fixed codes for places on a grid: one code for the row, one for the column, side by side."""

from __future__ import annotations

import numpy as np

from core.arrays import DoubleArray
from core.errors import N_
from core.params import require, require_whole
from core.positions.sinusoidal import sinusoidal


def sinusoidal_2d(rows: int, columns: int, dim: int, *, base: float = 10_000.0) -> DoubleArray:
    """Fixed codes of the places of a grid, row by row (as in MoCo v3, Chen et al. 2021, arXiv:2104.02057, section 4).

    Returns (rows * columns, dim) float64: the first dim / 2 values are `sinusoidal` of the row, the others of the column,
    so the product of two codes depends on how far apart the places lie down and across, and on nothing else.
    Raises ParameterError unless rows, columns >= 1, dim is even and at least 2, and base > 1.
    """
    rows, columns = require_whole("rows", rows, 1), require_whole("columns", columns, 1)
    require("dim", dim, require_whole("dim", dim, 2) % 2 == 0, N_("an even number, half for the row and half for the column"))  # fmt: skip
    down, across = sinusoidal(rows, dim // 2, base=base), sinusoidal(columns, dim // 2, base=base)
    return np.hstack([np.repeat(down, columns, axis=0), np.tile(across, (rows, 1))])
