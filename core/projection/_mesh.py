"""The push of all points on all others in t-SNE, through a mesh: the cost of a Fourier transform, not of all pairs.

Heat is phi(x) = sum over points of q = 1 / (1 + squared distance); a point's push, the sum of q^2 times the difference, is
-1/2 of its gradient. Each point is spread over 4 x 4 nodes by cubic B-splines, phi is one convolution, and phi and its
slope are read back through the same splines: the particle mesh of Essmann et al. 1995 with a free edge. (FIt-SNE,
Linderman et al. 2019, convolves four kernels of lower order for the same.)
Nodes lie 1/3 apart where q varies over 1, and closer in a small picture, whose points press on each other within a few
cells: the forces are within about half a percent (root mean square) of the exact ones, but for a push that all points share and
that moving their mean back to 0 takes away.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from scipy import fft

from core.arrays import FloatArray

_GAPS = ((8.0, 1 / 12), (24.0, 1 / 6), (np.inf, 1 / 3))  # between nodes, for pictures narrower than so much
_MOST_NODES = 1536  # a side; wider pictures get wider gaps
_F = np.float32
_options: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": True, "error_model": "numpy"}


class Mesh:
    """A square mesh that follows the picture. Calls are not thread-safe: the grid is reused."""

    def __init__(self) -> None:
        self._gap, self._padded = 0.0, 0
        self._filter: FloatArray = np.empty((0, 0), np.float32)
        self._grid: FloatArray = np.empty((0, 0), np.float32)

    def push(self, at: FloatArray, push: FloatArray, heat: FloatArray) -> float:
        """Write each point's push (2, n) and heat (n,); return Z, the sum of q over all pairs of different points."""
        low = at.min(axis=1)
        width = float((at.max(axis=1) - low).max())
        gap = max(next(gap for limit, gap in _GAPS if width < limit), width / (_MOST_NODES - 32))
        self._fit(int(width / gap) + 6, gap)
        low = np.asarray(low - 1.5 * gap, np.float32)
        _spread(at, low, _F(1 / gap), self._grid)
        _gather(at, low, _F(1 / gap), self._convolved(), push, heat)
        return float(heat.sum(dtype=np.float64)) - at.shape[1]

    def _fit(self, needed: int, gap: float) -> None:
        """A mesh of at least `needed` nodes a side, and its kernel; kept while the picture fits and is not much smaller."""
        nodes = self._grid.shape[0]
        if gap == self._gap and 0.7 * nodes < needed <= nodes:
            return
        nodes = -(-(needed + 4) // 16) * 16
        self._gap, self._grid = gap, np.zeros((nodes, nodes), np.float32)
        self._padded = fft.next_fast_len(2 * nodes, real=True)
        step = np.arange(self._padded)
        offset = np.minimum(step, self._padded - step) * gap
        kernel = 1 / (1 + offset[:, None] ** 2 + offset**2)
        # What the two spline passes will smooth away is divided out beforehand.
        smooth = (2 + np.cos(2 * np.pi * step / self._padded)) / 3
        smooth = smooth[:, None] * smooth[: self._padded // 2 + 1]
        self._filter = (fft.rfft2(kernel).real / smooth**2).astype(np.float32)

    def _convolved(self) -> FloatArray:
        """phi at the nodes. Twice as many as there are nodes are transformed, or the picture would wrap around."""
        size, threads = self._padded, numba.get_num_threads()
        wave = fft.rfft(self._grid, size, axis=1, workers=threads)
        wave = fft.fft(wave, size, axis=0, overwrite_x=True, workers=threads)
        wave *= self._filter
        wave = fft.ifft(wave, axis=0, overwrite_x=True, workers=threads)[: len(self._grid)]
        return fft.irfft(wave, size, axis=1, workers=threads)


@numba.njit(**_options)
def _weights(u, out):  # type: ignore[no-untyped-def]
    """Cubic B-spline weights of the nodes -1, 0, 1, 2 at the fraction u between nodes 0 and 1."""
    v = _F(1.0) - u
    out[0] = v * v * v / _F(6.0)
    out[1] = _F(2.0) / _F(3.0) - u * u * (_F(1.0) - _F(0.5) * u)
    out[3] = u * u * u / _F(6.0)
    out[2] = _F(1.0) - out[0] - out[1] - out[3]


@numba.njit(**_options)
def _slopes(u, out):  # type: ignore[no-untyped-def]
    """The derivatives of the weights."""
    v = _F(1.0) - u
    out[0] = _F(-0.5) * v * v
    out[1] = u * (_F(1.5) * u - _F(2.0))
    out[3] = _F(0.5) * u * u
    out[2] = -(out[0] + out[1] + out[3])


@numba.njit(**_options)
def _spread(at, low, per_unit, grid):  # type: ignore[no-untyped-def]
    """One thread: two would add to the same node."""
    grid[:] = _F(0.0)
    across, along = np.empty(4, _F), np.empty(4, _F)
    for i in range(at.shape[1]):
        x, y = (at[0, i] - low[0]) * per_unit, (at[1, i] - low[1]) * per_unit
        column, row = int(x), int(y)
        _weights(x - _F(column), across)
        _weights(y - _F(row), along)
        for a in range(4):
            for b in range(4):
                grid[column - 1 + a, row - 1 + b] += across[a] * along[b]


@numba.njit(parallel=True, **_options)
def _gather(at, low, per_unit, phi, push, heat):  # type: ignore[no-untyped-def]
    half = _F(-0.5) * per_unit
    for i in numba.prange(at.shape[1]):
        across, along, dx, dy = np.empty(4, _F), np.empty(4, _F), np.empty(4, _F), np.empty(4, _F)
        x, y = (at[0, i] - low[0]) * per_unit, (at[1, i] - low[1]) * per_unit
        column, row = int(x), int(y)
        _weights(x - _F(column), across)
        _weights(y - _F(row), along)
        _slopes(x - _F(column), dx)
        _slopes(y - _F(row), dy)
        total, to_x, to_y = _F(0.0), _F(0.0), _F(0.0)
        for a in range(4):
            here, slope = _F(0.0), _F(0.0)
            for b in range(4):
                here += along[b] * phi[column - 1 + a, row - 1 + b]
                slope += dy[b] * phi[column - 1 + a, row - 1 + b]
            total += across[a] * here
            to_x += dx[a] * here
            to_y += across[a] * slope
        push[0, i], push[1, i], heat[i] = half * to_x, half * to_y, total
