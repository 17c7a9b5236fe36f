"""How far a picture may be trusted: which neighbours it kept, which it made up, and whether far stayed far.

Trustworthiness and continuity (Venna & Kaski 2001) with their exact ranks. Neighbours are those of the original space.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.arrays import DoubleArray, FloatArray, IntArray, as_matrix
from core.errors import N_, DataError
from core.neighbours import RowArray, Table, metric_space
from core.params import require, require_whole
from core.progress import OnStep, never_stop

MOST_EXACT = 2_000  # rows of which every one is judged
_SAMPLE = 1_000  # rows judged beyond that, each against all others


@dataclass(frozen=True, slots=True)
class Quality:
    """Each figure is 1 for a perfect picture; none is clipped.

    `trustworthiness` falls for rows drawn among a row's k nearest that are not among them, by how far they really are;
    `continuity` for true neighbours drawn far away; `neighbour_recall` is the share of the k nearest that are both.
    `distance_spearman` is the rank correlation of all pairwise distances, NaN where they are all equal.
    The three per point are (m,), for the rows `points` (m,); `sampled` is m where only a sample was judged, else None.
    """

    k: int
    trustworthiness: float
    continuity: float
    neighbour_recall: float
    distance_spearman: float
    trustworthiness_per_point: DoubleArray
    continuity_per_point: DoubleArray
    neighbour_recall_per_point: DoubleArray
    points: IntArray
    sampled: int | None


def quality(
    vectors: FloatArray,
    coordinates: FloatArray,
    k: int = 10,
    *,
    metric: str = "euclidean",
    seed: int = 0,
    every: bool = False,
    on_step: OnStep = never_stop,
) -> Quality:
    """Compare (n, d) vectors with their picture (n, c) by the k nearest rows of each; `metric` is that of the vectors.

    Up to 2,000 rows all are judged; beyond, 1,000 drawn by `seed`, each against all others, and the distances among them.
    With `every` each row is judged, however many there are (the time grows with n squared), and only the distances are
    sampled. Raises ParameterError unless 1 <= k < n / 2 (the measures are not defined beyond), DataError where the row
    counts differ, a value is not finite, or a row has no cosine; SearchStopped when `on_step`, unit "row", answers True.
    """
    space, picture = both_spaces(vectors, coordinates, metric)
    count = len(space)
    below_half(k, count)
    sample = judged_rows(count, seed)
    points = np.arange(count) if every else sample
    true_places, drawn_places = mutual_places(space, picture, points, k, on_step)
    trust, continuity, recall = row_scores(true_places, drawn_places, k, count)
    return Quality(
        k=k,
        trustworthiness=float(trust.mean()),
        continuity=float(continuity.mean()),
        neighbour_recall=float(recall.mean()),
        distance_spearman=spearman(pair_distances(space[sample]), pair_distances(picture[sample])),
        trustworthiness_per_point=trust,
        continuity_per_point=continuity,
        neighbour_recall_per_point=recall,
        points=points,
        sampled=None if len(points) == count else len(points),
    )


def both_spaces(vectors: FloatArray, coordinates: FloatArray, metric: str) -> tuple[FloatArray, FloatArray]:
    """The rows where Euclidean distance ranks as the metric does, and their picture; DataError unless as many."""
    space, picture = metric_space(vectors, metric), as_matrix(coordinates, "coordinates")
    if len(picture) != len(space):
        raise DataError(
            N_("The picture has {points} points, the data {rows} rows; they must be the same rows in the same order."),
            points=len(picture), rows=len(space),
        )  # fmt: skip
    return space, picture


def below_half(k: int, count: int) -> None:
    """ParameterError unless 1 <= k < count / 2."""
    require_whole("k", k, 1)
    require("k", k, 2 * k < count, N_("less than half of the {rows} points"), rows=count)


def mutual_places(
    space: FloatArray, picture: FloatArray, points: IntArray, k: int, on_step: OnStep = never_stop
) -> tuple[RowArray, RowArray]:
    """For each row in `points` (m,): the places in the data of its k nearest in the picture, and the places in the
    picture of its k nearest in the data, nearest first: two of (m, k)."""
    here, there = Table(space), Table(picture)
    near = np.empty((len(points), k), np.int32)
    squared = np.empty((len(points), k), np.float32)
    true_places, drawn_places = np.empty_like(near), np.empty_like(near)
    for part in here.parts(len(points), on_step):
        own = points[part]
        there.nearest(own, near[part], squared[part])
        here.places(own, near[part], true_places[part])
        here.nearest(own, near[part], squared[part])
        there.places(own, near[part], drawn_places[part])
    return true_places, drawn_places


def row_scores(
    true_places: RowArray, drawn_places: RowArray, k: int, count: int
) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
    """Trustworthiness, continuity and neighbour recall at k of each judged row, from `mutual_places` of at least k columns."""
    return (
        _rank_score(true_places[:, :k], k, count),
        _rank_score(drawn_places[:, :k], k, count),
        np.asarray((true_places[:, :k] <= k).mean(axis=1)),
    )


def judged_rows(count: int, seed: int) -> IntArray:
    """All rows, or a sample where there are many."""
    return some_rows(count, MOST_EXACT, _SAMPLE, seed)


def some_rows(count: int, most: int, sample: int, seed: int) -> IntArray:
    """Up to `most` rows all of them, else `sample` drawn by `seed`, in ascending order."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, sample, replace=False))


def _rank_score(ranks: RowArray, k: int, count: int) -> DoubleArray:
    """(m, k) -> (m,): 1 less the places by which neighbours of one space miss the k nearest of the other, normalised."""
    excess = np.maximum(ranks.astype(np.int64) - k, 0).sum(axis=1)
    return np.asarray(1 - 2 * excess / (k * (2 * count - 3 * k - 1)), np.float64)


def pair_distances(x: FloatArray) -> FloatArray:
    """The upper triangle of the distances. Summed in double precision, kept in single: equal distances stay equal."""
    centred = x - x.mean(axis=0, dtype=np.float64)
    squares = np.square(centred).sum(axis=1)
    upper = np.triu_indices(len(x), 1)
    squared = (squares[:, None] + squares - 2 * centred @ centred.T)[upper]
    return np.sqrt(np.maximum(squared, 0)).astype(np.float32)


def spearman(a: FloatArray, b: FloatArray) -> float:
    """The correlation of ranks, equal values sharing their mean rank (Spearman 1904)."""
    first, second = _ranks(a), _ranks(b)
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.sqrt(first @ first) * np.sqrt(second @ second))
    return float(first @ second) / scale if scale > 0 else float("nan")


def _ranks(values: FloatArray) -> DoubleArray:
    order = np.argsort(values)
    ascending = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ascending[1:] != ascending[:-1]]))
    sizes = np.diff(np.append(starts, len(values)))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat(starts + (sizes - 1) / 2, sizes)
    return ranks
