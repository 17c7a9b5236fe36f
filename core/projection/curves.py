"""Trust over the size of the neighbourhood: the measures of `quality` at many k, each beside a picture drawn at random.

A picture that knows nothing still has some trustworthiness: its k nearest are k rows by chance, whose mean place is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import DoubleArray, FloatArray, IntArray
from core.errors import N_, DataError
from core.progress import OnStep, Step, never_stop
from core.projection.quality import (
    below_half,
    both_spaces,
    judged_rows,
    mutual_places,
    pair_distances,
    row_scores,
    spearman,
)

_WIDEST = 200  # neighbours, unless asked for more
_POINTS = 24  # of a curve


@dataclass(frozen=True, slots=True)
class Curves:
    """(q,) values, one for each k; `distance_spearman` does not depend on k and is NaN where all distances are equal."""

    trustworthiness: DoubleArray
    continuity: DoubleArray
    neighbour_recall: DoubleArray
    distance_spearman: float


@dataclass(frozen=True, slots=True)
class QualityCurves(Curves):
    """The measures of a picture at each of `ks` (q,), nothing clipped.

    `random` are the same measures of a random picture: the same points, dealt out to the rows by chance.
    `sampled` is the number of rows judged where that is not all `of` them, else None: each judged row is compared with
    all rows, its true neighbours are its neighbours among all.
    """

    ks: IntArray
    random: Curves
    sampled: int | None
    of: int


def quality_curves(
    vectors: FloatArray,
    coordinates: FloatArray,
    ks: Sequence[int] | IntArray | None = None,
    metric: str = "euclidean",
    seed: int = 0,
    on_step: OnStep = never_stop,
) -> QualityCurves:
    """Compare (n, d) vectors with their picture (n, c) at each k of `ks`; by default 24 of them, from 1 up to 200.

    Up to 2,000 rows all are judged; beyond, 1,000 drawn by `seed` (which also deals the random picture). At each k the
    values are those of `quality`. Raises ParameterError unless every k is at least 1 and less than n / 2, DataError for
    fewer than 3 rows and as `quality` does, SearchStopped when `on_step`, unit "trust", answers True.
    """
    space, picture = both_spaces(vectors, coordinates, metric)
    count = len(space)
    if count < 3:
        raise DataError(N_("A picture needs at least 3 points; there are {rows}."), rows=count)
    chosen = spread_ks(count) if ks is None else np.unique(np.asarray(ks))
    for k in chosen:
        below_half(k, count)
    points = judged_rows(count, seed)
    dealt = picture[np.random.default_rng(seed).permutation(count)]
    drawn = _curves(space, picture, points, chosen, _half(on_step, 0, len(points)))
    chance = _curves(space, dealt, points, chosen, _half(on_step, len(points), len(points)))
    return QualityCurves(
        drawn.trustworthiness, drawn.continuity, drawn.neighbour_recall, drawn.distance_spearman,
        ks=chosen, random=chance, sampled=None if len(points) == count else len(points), of=count,
    )  # fmt: skip


def spread_ks(count: int) -> IntArray:
    """The whole numbers of neighbours at which a curve is taken: 1, 2, 3 ... further and further apart."""
    most = min(_WIDEST, (count - 1) // 2)
    return np.unique(np.geomspace(1, most, _POINTS).round().astype(np.int64))


def by_chance(count: int, ks: Sequence[int] | IntArray) -> Curves:
    """What a random picture of `count` rows has on average, in closed form.

    The k nearest of a row are k of the n - 1 others by chance. Their mean excess over place k is
    (n - k - 1)(n - k) / (2 (n - 1)), so trustworthiness and continuity are 1 - (n - k - 1)(n - k) / ((n - 1)(2n - 3k - 1)),
    recall is k / (n - 1), and distances are not correlated.
    """
    k = np.asarray(ks, np.float64)
    trust = 1 - (count - k - 1) * (count - k) / ((count - 1) * (2 * count - 3 * k - 1))
    return Curves(trust, trust.copy(), k / (count - 1), 0.0)


def _curves(space: FloatArray, picture: FloatArray, points: IntArray, ks: IntArray, on_step: OnStep) -> Curves:
    true_places, drawn_places = mutual_places(space, picture, points, int(ks[-1]), on_step)
    means = [[float(score.mean()) for score in row_scores(true_places, drawn_places, int(k), len(space))] for k in ks]
    trust, continuity, recall = np.array(means).T
    return Curves(trust, continuity, recall, spearman(pair_distances(space[points]), pair_distances(picture[points])))


def _half(on_step: OnStep, done: int, rows: int) -> OnStep:
    """Steps of one of two equal parts of the work, told as steps of the whole: twice as many as there are rows."""
    return lambda step: on_step(Step(done=done + step.done, total=2 * rows, unit="trust"))
