"""How far a picture may be trusted: which neighbours it kept, which it made up, and whether far stayed far.

Trustworthiness and continuity (Venna & Kaski 2001) with their exact ranks. Neighbours are those of the original space.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray, FloatArray, IntArray, as_matrix
from core.errors import N_, DataError
from core.neighbours import metric_space, nearest_rows, places
from core.params import require, require_whole

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
    vectors: FloatArray, coordinates: FloatArray, k: int = 10, *, metric: str = "euclidean", seed: int = 0
) -> Quality:
    """Compare (n, d) vectors with their picture (n, c) by the k nearest rows of each; `metric` is that of the vectors.

    Up to 2,000 rows all are judged; beyond, 1,000 drawn by `seed`, each against all others, and the distances among them.
    Raises ParameterError unless 1 <= k < n / 2 (the measures are not defined beyond), DataError where the row counts
    differ, a value is not finite, or a row has no cosine.
    """
    space, picture = metric_space(vectors, metric), as_matrix(coordinates, "coordinates")
    count = len(space)
    if len(picture) != count:
        raise DataError(
            N_("The picture has {points} points, the data {rows} rows; they must be the same rows in the same order."),
            points=len(picture), rows=count,
        )  # fmt: skip
    require_whole("k", k, 1)
    require("k", k, 2 * k < count, N_("less than half of the {rows} points"), rows=count)
    points = _judged(count, seed)
    drawn, _ = nearest_rows(picture, k, "euclidean", rows=points)
    true, _ = nearest_rows(space, k, "euclidean", rows=points)
    true_places, drawn_places = (
        places(space, points, drawn, "euclidean"),
        places(picture, points, true, "euclidean"),
    )
    trust, continuity = _rank_score(true_places, k, count), _rank_score(drawn_places, k, count)
    recall = (true_places <= k).mean(axis=1)
    return Quality(
        k=k,
        trustworthiness=float(trust.mean()),
        continuity=float(continuity.mean()),
        neighbour_recall=float(recall.mean()),
        distance_spearman=_spearman(_pair_distances(space[points]), _pair_distances(picture[points])),
        trustworthiness_per_point=trust,
        continuity_per_point=continuity,
        neighbour_recall_per_point=recall,
        points=points,
        sampled=None if len(points) == count else len(points),
    )


def _judged(count: int, seed: int) -> IntArray:
    if count <= MOST_EXACT:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, _SAMPLE, replace=False))


def _rank_score(ranks: NDArray[np.int32], k: int, count: int) -> DoubleArray:
    """(m, k) -> (m,): 1 less the places by which neighbours of one space miss the k nearest of the other, normalised."""
    excess = np.maximum(ranks.astype(np.int64) - k, 0).sum(axis=1)
    return np.asarray(1 - 2 * excess / (k * (2 * count - 3 * k - 1)), np.float64)


def _pair_distances(x: FloatArray) -> FloatArray:
    """The upper triangle of the distances. Summed in double precision, kept in single: equal distances stay equal."""
    centred = x - x.mean(axis=0, dtype=np.float64)
    squares = np.square(centred).sum(axis=1)
    upper = np.triu_indices(len(x), 1)
    squared = (squares[:, None] + squares - 2 * centred @ centred.T)[upper]
    return np.sqrt(np.maximum(squared, 0)).astype(np.float32)


def _spearman(a: FloatArray, b: FloatArray) -> float:
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
