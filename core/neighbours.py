"""Exact nearest rows: of every row, of one query, and the place of a row among all others.

Distances are cosine (1 - cos) or Euclidean. Equal distances keep the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from core import _ranking
from core.arrays import DoubleArray, FloatArray, IntArray, as_matrix
from core.errors import N_, DataError, ParameterError
from core.params import require_whole
from core.progress import OnStep, Step, never_stop

METRICS = ("cosine", "euclidean")
RowArray = NDArray[np.int32]
_WORK_AT_ONCE = 1 << 31  # differences between two looks at the clock: a fifth of a second or so
_ROWS_AT_ONCE = 2048  # and no more queries than this
_TELL_EVERY = 0.1  # seconds


class SearchStopped(Exception):
    """The callback of a search answered True: there is no half of a neighbour table worth keeping."""


def nearest_rows(
    vectors: FloatArray,
    k: int,
    metric: str = "cosine",
    on_step: OnStep = never_stop,
    rows: IntArray | None = None,
) -> tuple[RowArray, FloatArray]:
    """For each of n rows its k nearest other rows, nearest first: (n, k) int32 rows and (n, k) float32 distances.

    Every pair is compared, so the answer is exact up to float32. With `rows` (m,) only those are asked for: (m, k).
    `on_step` hears of long searches, unit "row".
    Raises ParameterError unless 1 <= k < n and the metric is known, DataError for values that are not finite and for
    a zero vector in cosine, SearchStopped when `on_step` answers True.
    """
    points = metric_space(vectors, metric)
    k = _at_most(k, len(points) - 1)
    table = Table(points)
    own = np.arange(len(points)) if rows is None else np.asarray(rows, np.int64)
    found, squared = np.empty((len(own), k), np.int32), np.empty((len(own), k), np.float32)
    for part in table.parts(len(own), on_step):
        table.nearest(own[part], found[part], squared[part])
    return found, squared * np.float32(0.5) if metric == "cosine" else np.sqrt(squared) * table.scale


def nearest_of(
    queries: FloatArray, points: FloatArray, k: int, on_step: OnStep = never_stop
) -> tuple[RowArray, FloatArray]:
    """For each of m queries (m, d) the k nearest of the points (n, d), Euclidean: (m, k) int32 rows and float32 distances.

    Both finite, as `metric_space` gives them. Of rows as far the earlier comes first; `on_step`, unit "row", may raise
    SearchStopped. Raises ParameterError unless 1 <= k <= n.
    """
    table = Table(points)
    k = _at_most(k, len(points))
    found, squared = np.empty((len(queries), k), np.int32), np.empty((len(queries), k), np.float32)
    for part in table.parts(len(queries), on_step):
        table.nearest_of(queries[part], found[part], squared[part])
    return found, np.sqrt(squared) * table.scale


def nearest_to(query: FloatArray, vectors: FloatArray, k: int, metric: str = "cosine") -> tuple[IntArray, DoubleArray]:
    """The k rows of `vectors` (n, d) nearest to `query` (d,), nearest first: (k,) rows and (k,) distances, exact.

    Raises as `nearest_rows` does; k may be n. Who asks more than once asks an `Embedding`, which keeps what it measured.
    """
    matrix = as_matrix(vectors)
    target = as_matrix(np.asarray(query)[None], "query")[0].astype(np.float64)
    if len(target) != matrix.shape[1]:
        raise DataError(
            N_("The query has {query} dimensions, the vectors {dim}."), query=len(target), dim=matrix.shape[1]
        )
    _known(metric)
    norms = _ranking.Norms.of(matrix)
    if metric == "cosine":
        _refuse_zeros(norms.exact, "vectors")
        target = _ranking.unit(target)
    rows, scores = _ranking.rank(matrix, norms, target, _at_most(k, len(matrix)), metric, ())
    return rows, 1.0 - scores if metric == "cosine" else scores


def places(vectors: FloatArray, rows: IntArray, targets: RowArray, metric: str = "cosine") -> RowArray:
    """Where `targets` (m, c) stand among all other rows by their distance from `rows` (m,): (m, c), 1 is the nearest."""
    table = Table(metric_space(vectors, metric))
    out = np.empty(targets.shape, np.int32)
    table.places(np.asarray(rows, np.int64), targets, out)
    return out


def shared(first: RowArray, second: RowArray) -> IntArray:
    """(n, k), (n, m) -> (n,): how many rows stand in both lists of neighbours; no row stands twice in one list."""
    counts = np.empty(len(first), np.int64)
    for start in range(0, len(first), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        counts[part] = (first[part, :, None] == second[part, None, :]).sum(axis=(1, 2))
    return counts


class Table:
    """Rows prepared once for many questions about their Euclidean neighbours; distances found are squared and over `scale`."""

    def __init__(self, points: FloatArray) -> None:
        from core import _neighbour_kernels as kernels

        points, self.scale = _squarable(points)
        self._kernels, self._size = kernels, points.size
        self._queries, self._blocks = kernels.packed(points)

    def parts(self, rows: int, on_step: OnStep) -> Iterator[slice]:
        """Slices of so many questions, each a moment's work, telling `on_step`; SearchStopped when it answers True."""
        told, at_once = perf_counter(), max(64, min(_ROWS_AT_ONCE, _WORK_AT_ONCE // self._size))
        for first in range(0, rows, at_once):
            yield slice(first, first + at_once)
            if perf_counter() - told >= _TELL_EVERY:
                told = perf_counter()
                if on_step(Step(done=min(rows, first + at_once), total=rows, unit="row")):
                    raise SearchStopped

    def nearest(self, own: IntArray, found: RowArray, squared: FloatArray) -> None:
        """Fill (m, k) rows and distances: the nearest other rows of each row in `own` (m,)."""
        self._kernels.nearest(self._queries[own], own, self._blocks, len(self._queries), found, squared)

    def nearest_of(self, queries: FloatArray, found: RowArray, squared: FloatArray) -> None:
        """The same for queries (m, d) that are not rows of the table."""
        padded = np.zeros((len(queries), self._queries.shape[1]), np.float32)
        np.divide(queries, self.scale, out=padded[:, : queries.shape[1]])
        nobody = np.full(len(queries), -1, np.int64)
        self._kernels.nearest(padded, nobody, self._blocks, len(self._queries), found, squared)

    def places(self, own: IntArray, targets: RowArray, out: RowArray) -> None:
        """Fill (m, c): the place of each target among all other rows of each row in `own` (m,)."""
        self._kernels.ranks(self._queries[own], own, self._blocks, len(self._queries), targets, out)


def metric_space(vectors: FloatArray, metric: str, name: str = "vectors") -> FloatArray:
    """The rows in a space where Euclidean distance ranks as the metric does: themselves, or at length 1 for cosine.

    Between unit vectors the squared distance is 2 (1 - cos). Raises DataError that names the first zero row in cosine.
    """
    matrix = as_matrix(vectors, name)
    if _known(metric) == "euclidean":
        return matrix
    lengths = _ranking.row_norms(matrix)
    _refuse_zeros(lengths, name)
    return np.asarray(matrix / lengths[:, None], dtype=np.float32)


def _refuse_zeros(lengths: DoubleArray, name: str) -> None:
    if not lengths.all():
        raise DataError(
            N_("Row {row} of {name} is all zeros and has no cosine; remove it, or measure Euclidean distance."),
            row=int(np.argmin(lengths)) + 1, name=name,
        )  # fmt: skip


def _squarable(points: FloatArray) -> tuple[FloatArray, np.float32]:
    """(points, 1), or the points over a power of two, and that power, where their squares would not fit a float32."""
    largest = float(np.abs(points).max())
    if largest == 0 or 1e-12 < largest < 1e12:
        return points, np.float32(1)
    scale = np.float32(2.0 ** np.frexp(largest)[1])
    return points / scale, scale


def _known(metric: str) -> str:
    if metric not in METRICS:
        raise ParameterError("metric", metric, N_("one of: {known}"), known=", ".join(METRICS))
    return metric


def _at_most(k: int, most: int) -> int:
    k = require_whole("k", k, 1)
    if k > most:
        raise ParameterError("k", k, N_("at most {most}, the number of other rows"), most=most)
    return k
