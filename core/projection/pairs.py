"""Distances in the table beside distances in the picture, pair by pair (Shepard 1962)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.arrays import FloatArray, IntArray
from core.params import require_whole
from core.projection.quality import both_spaces


@dataclass(frozen=True, slots=True)
class Shepard:
    """`rows` (p, 2) the pairs, `table` (p,) their distances in the data, `picture` (p,) in the picture.

    `sampled` is p where not all `of` pairs there are were taken, else None.
    """

    rows: IntArray
    table: FloatArray
    picture: FloatArray
    sampled: int | None
    of: int


def shepard(
    vectors: FloatArray, coordinates: FloatArray, pairs: int = 5_000, metric: str = "euclidean", seed: int = 0
) -> Shepard:
    """Distances of (n, d) vectors, by `metric` (cosine: 1 - cos), and of their picture (n, c), for `pairs` pairs of rows.

    No pair comes twice; when there are no more than `pairs`, all are taken. Raises ParameterError unless pairs >= 1,
    DataError where the row counts differ, a value is not finite, or a row has no cosine.
    """
    space, picture = both_spaces(vectors, coordinates, metric)
    require_whole("pairs", pairs, 1)
    count = len(space)
    total = count * (count - 1) // 2
    rng = np.random.default_rng(seed)
    number = np.sort(rng.choice(total, pairs, replace=False)) if pairs < total else np.arange(total)
    rows = _pair(number, count)
    table = _distances(space, rows)
    return Shepard(
        rows=rows,
        table=table * table / np.float32(2) if metric == "cosine" else table,
        picture=_distances(picture, rows),
        sampled=None if len(rows) == total else len(rows),
        of=total,
    )


def _pair(number: IntArray, count: int) -> IntArray:
    """(p,) -> (p, 2): the pair of that number, row i with the row 1, 2, ... up to half of all rows after it, in a circle."""
    first = number % count
    return np.stack([first, (first + number // count + 1) % count], axis=1).astype(np.int64)


def _distances(points: FloatArray, rows: IntArray) -> FloatArray:
    gaps = points[rows[:, 0]].astype(np.float64) - points[rows[:, 1]]
    return np.asarray(np.sqrt(np.square(gaps).sum(axis=1)), np.float32)
