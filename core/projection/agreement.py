"""Whether two tables, or several pictures, agree about who is near whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from core.arrays import DoubleArray, FloatArray, IntArray, as_matrix
from core.errors import N_, DataError
from core.neighbours import RowArray, metric_space, nearest_rows, shared
from core.params import require, require_whole
from core.progress import OnStep, never_stop
from core.projection.quality import some_rows

MOST_EXACT = 20_000  # rows of which every one is judged
_SAMPLE = 5_000  # rows judged beyond that, each among all


@dataclass(frozen=True, slots=True)
class Stability:
    """`mean` and `per_point` (m,): the share of a row's k nearest in one picture that are among them in another too.

    It is the mean over all pairs of pictures. Pictures drawn at random would share `by_chance`. `points` (m,) are the
    rows judged; `sampled` is m where that is not all `of` them, else None.
    """

    k: int
    mean: float
    per_point: DoubleArray
    by_chance: float
    pictures: int
    points: IntArray
    sampled: int | None
    of: int


@dataclass(frozen=True, slots=True)
class Changed:
    """`share` (m,) of each judged row's k nearest that changed; `order` (m,) positions in it, most changed first.

    `points` (m,) are the rows judged, `before` and `after` (m, k) their nearest rows, nearest first. Tables that have
    nothing in common would change `by_chance`. `sampled` is m where that is not all `of` them, else None.
    """

    k: int
    mean: float
    share: DoubleArray
    order: IntArray
    points: IntArray
    before: RowArray
    after: RowArray
    by_chance: float
    sampled: int | None
    of: int


def stability(pictures: Sequence[FloatArray], k: int = 10, seed: int = 0, on_step: OnStep = never_stop) -> Stability:
    """How much of each row's neighbourhood survives from one picture (n, c) to another, of two or more of the same rows.

    Up to 20,000 rows all are judged; beyond, 5,000 drawn by `seed`, each among all rows. Raises DataError for fewer than
    two pictures, for pictures of different rows and for values that are not finite, ParameterError unless 1 <= k < n,
    SearchStopped when `on_step`, unit "row", answers True.
    """
    if len(pictures) < 2:
        raise DataError(
            N_("Stability compares at least 2 pictures of the same rows; got {pictures}."), pictures=len(pictures)
        )
    matrices = [as_matrix(picture, "coordinates") for picture in pictures]
    for matrix in matrices:
        _same_rows(matrices[0], matrix)
    points = _judged(matrices[0], k, seed)
    near = [nearest_rows(matrix, k, "euclidean", on_step, rows=points)[0] for matrix in matrices]
    kept = np.mean([shared(one, other) / k for one, other in combinations(near, 2)], axis=0)
    count = len(matrices[0])
    return Stability(
        k, float(kept.mean()), kept, k / (count - 1), len(pictures), points, _sampled(points, count), count
    )


def changed(
    vectors_a: FloatArray,
    vectors_b: FloatArray,
    k: int = 10,
    metric: str = "cosine",
    seed: int = 0,
    on_step: OnStep = never_stop,
) -> Changed:
    """Which rows have other neighbours in (n, d) than in (n, e), where row i of both is the same thing.

    Two embeddings of the same words, or, with the metric "euclidean", two pictures of the same vectors. Of rows that
    changed as much, the earlier comes first. Up to 20,000 rows all are judged; beyond, 5,000 drawn by `seed`, each among
    all rows. Raises DataError where the row counts differ, a value is not finite or a row has no cosine, ParameterError
    unless 1 <= k < n and the metric is known, SearchStopped when `on_step`, unit "row", answers True.
    """
    first, second = metric_space(vectors_a, metric), metric_space(vectors_b, metric)
    _same_rows(first, second)
    points = _judged(first, k, seed)
    before, after = (nearest_rows(matrix, k, "euclidean", on_step, rows=points)[0] for matrix in (first, second))
    share = 1 - shared(before, after) / k
    count = len(first)
    return Changed(
        k, float(share.mean()), share, np.argsort(-share, kind="stable"), points, before, after,
        1 - k / (count - 1), _sampled(points, count), count,
    )  # fmt: skip


def matched(labels_a: Sequence[str], labels_b: Sequence[str]) -> tuple[IntArray, IntArray]:
    """Rows of the labels that both lists have, in the order of the first: (m,) rows of a, (m,) rows of b."""
    place = {label: row for row, label in enumerate(labels_b)}
    rows = [(row, place[label]) for row, label in enumerate(labels_a) if label in place]
    pairs = np.array(rows, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _same_rows(first: FloatArray, second: FloatArray) -> None:
    if len(first) != len(second):
        raise DataError(
            N_("Only tables of the same rows can be compared: one has {first} rows, the other {second}."),
            first=len(first), second=len(second),
        )  # fmt: skip


def _judged(matrix: FloatArray, k: int, seed: int) -> IntArray:
    count = len(matrix)
    require_whole("k", k, 1)
    require("k", k, k < count, N_("at most {most}, the number of other rows"), most=count - 1)
    return some_rows(count, MOST_EXACT, _SAMPLE, seed)


def _sampled(points: IntArray, count: int) -> int | None:
    return None if len(points) == count else len(points)
