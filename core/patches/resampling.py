"""A learned table of positions carried over to another grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray
from core.errors import N_, DataError
from core.params import require_whole

Grid = tuple[int, int]


def resample_positions(table: Any, old_grid: Grid, new_grid: Grid, prefix: int = 0) -> Any:
    """(prefix + old rows * columns, dim) -> (prefix + new rows * columns, dim), bicubic with antialias, as timm does.

    The first `prefix` rows (class token, registers) are not positions on the grid and come through untouched.
    Equals torch's `interpolate(mode="bicubic", antialias=True, align_corners=False)`; grids are (rows, columns).
    NumPy in, NumPy of the same float type out; a torch table comes back as torch.
    Raises DataError where the table's rows are not the prefix and the old grid.
    """
    if hasattr(table, "detach"):  # a torch tensor, without importing torch to ask
        return table.new_tensor(resample_positions(table.detach().cpu().numpy(), old_grid, new_grid, prefix))
    table = np.asarray(table)
    (rows, columns), (new_rows, new_columns) = _grid("old_grid", old_grid), _grid("new_grid", new_grid)
    prefix = require_whole("prefix", prefix, 0)
    if table.ndim != 2 or len(table) != prefix + rows * columns:
        raise DataError(
            N_("A grid of {rows} x {columns} with {prefix} rows before it needs a table of {want} rows and some columns; got shape {shape}."),
            rows=rows, columns=columns, prefix=prefix, want=prefix + rows * columns, shape=str(table.shape),
        )  # fmt: skip
    dtype = table.dtype if table.dtype.kind == "f" else np.dtype(np.float32)
    if (rows, columns) == (new_rows, new_columns):
        return table.astype(dtype)
    places: NDArray[np.float64] = table[prefix:].astype(np.float64).reshape(rows, columns, -1)
    down, across = bicubic_weights(rows, new_rows), bicubic_weights(columns, new_columns)
    places = np.einsum("ri,icd->rcd", down, places, optimize=True)
    places = np.einsum("cj,rjd->rcd", across, places, optimize=True)
    return np.concatenate([table[:prefix].astype(dtype), places.reshape(new_rows * new_columns, -1).astype(dtype)])


def bicubic_weights(old: int, new: int) -> DoubleArray:
    """(new, old): row i mixes the old places into new place i; rows sum to 1 (Keys 1981, a = -0.5).

    Shrinking widens the cubic by the scale, so that every old place counts (antialias); beyond the ends nothing is added.
    """
    scale = old / new
    centres = (np.arange(new) + 0.5) * scale
    distance = np.abs(np.arange(old) + 0.5 - centres[:, None]) / max(scale, 1.0)
    near = (1.5 * distance - 2.5) * distance**2 + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    weights = np.where(distance < 1, near, np.where(distance < 2, far, 0.0))
    return weights / weights.sum(axis=1, keepdims=True)


def _grid(name: str, grid: Grid) -> Grid:
    rows, columns = grid
    return require_whole(name, rows, 1), require_whole(name, columns, 1)
