"""What a shift of k positions does to sinusoidal codes: a turn, the same everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.arrays import DoubleArray
from core.errors import N_, DataError
from core.params import require, require_whole
from core.positions.sinusoidal import Layout, code_columns, frequencies, require_base


def rotation(dim: int, offset: float, *, base: float = 10_000.0, layout: Layout = "interleaved") -> DoubleArray:
    """(dim, dim) R with code(p + offset) = R @ code(p) at every p (Vaswani et al. 2017, section 3.5).

    Each (sine, cosine) pair turns by [[cos wk, sin wk], [-sin wk, cos wk]]; R_a R_b = R_(a+b), and R_(-k) is R_k transposed.
    Raises ParameterError for an odd dim: its last sine has lost the cosine it would turn into.
    """
    dim = _even(dim)
    require_base(base)
    require("offset", offset, bool(np.isfinite(offset)), N_("a finite number"))
    turn = frequencies(dim, base, layout) * offset
    sines, cosines = code_columns(dim, layout)
    matrix = np.zeros((dim, dim))
    matrix[sines, sines] = matrix[cosines, cosines] = np.cos(turn)
    matrix[sines, cosines] = np.sin(turn)
    matrix[cosines, sines] = -np.sin(turn)
    return matrix


def turned(code: ArrayLike, offsets: ArrayLike, base: float = 10_000.0) -> DoubleArray:
    """R_k @ code for every k in `offsets`, (k, dim), pair by pair instead of matrix by matrix: what `rotation` does.

    `code` (dim,) is interleaved; its dim must be even (ParameterError).
    """
    pairs = np.asarray(code, dtype=np.float64)
    require_base(base)
    turn = np.asarray(offsets, dtype=np.float64)[:, None] * frequencies(_even(len(pairs)), base)
    sine, cosine = pairs[0::2], pairs[1::2]
    out = np.empty((len(turn), len(pairs)))
    out[:, 0::2] = np.cos(turn) * sine + np.sin(turn) * cosine
    out[:, 1::2] = np.cos(turn) * cosine - np.sin(turn) * sine
    return out


def dot_by_distance(dim: int, distances: ArrayLike, base: float = 10_000.0) -> DoubleArray:
    """code(p) . code(p + k) = sum_i cos(w_i k) for every k in `distances`: of the distance only, even in k, dim / 2 at 0.

    Not monotone: see `first_rise`. Same shape as `distances`; the dim must be even (ParameterError).
    """
    dim = _even(dim)
    require_base(base)
    return np.cos(np.asarray(distances, dtype=np.float64)[..., None] * frequencies(dim, base)).sum(axis=-1)


def first_rise(dim: int, base: float = 10_000.0, *, limit: int = 4096) -> int | None:
    """The first distance k with dot(k + 1) > dot(k): from there a farther position may look nearer.

    None if the dot product only falls up to `limit`.
    """
    steps = np.diff(dot_by_distance(dim, np.arange(require_whole("limit", limit, 1) + 1), base))
    rises = np.flatnonzero(steps > 1e-12 * dim)  # smaller is rounding
    return int(rises[0]) if len(rises) else None


def similarities(table: NDArray[Any]) -> DoubleArray:
    """(n, d) -> (n, n): the cosine of every row with every other. A zero row has no cosine: DataError."""
    rows = np.asarray(table, dtype=np.float64)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    if not norms.all():
        raise DataError(N_("Row {row} is zero and has no direction to compare."), row=int(np.argmin(norms)))
    return np.clip((rows / norms) @ (rows / norms).T, -1.0, 1.0)


def _even(dim: int) -> int:
    dim = require_whole("dim", dim, 1)
    require("dim", dim, dim % 2 == 0, N_("even, because every sine needs its cosine"))
    return dim
