"""Tasks that judge pictures and tables: how far a picture may be trusted, whether seeds agree, what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.errors import JobCancelled
from core.jobs.tasks import task
from core.progress import OnStep, Step

if TYPE_CHECKING:
    from core.arrays import FloatArray
    from core.clusters import ClusterTree
    from core.projection import Changed, Quality, QualityCurves, Shepard, Stability

MOST_JUDGED = 20_000  # rows of which "curves" judges every one


@dataclass(frozen=True, slots=True)
class Judged:
    """How far a picture may be trusted: over k, at one k for every row (for as many as `quality` judges when there are
    more than MOST_JUDGED), and pair by pair."""

    curves: QualityCurves
    quality: Quality
    pairs: Shepard


@dataclass(frozen=True, slots=True)
class Seeds:
    """Pictures of one table by several seeds, each turned onto the first, and how far they agree."""

    pictures: list[FloatArray]
    stability: Stability


@contextmanager
def _whole(report: OnStep) -> Iterator[OnStep]:
    """For work of which there is no half: to stop it is to cancel it."""
    from core.neighbours import SearchStopped

    try:
        yield report
    except SearchStopped as stopped:
        raise JobCancelled from stopped


@task("curves")
def curves(
    report: OnStep,
    vectors: FloatArray,
    coordinates: FloatArray,
    k: int = 10,
    metric: str = "euclidean",
    ks: Sequence[int] | None = None,
    pairs: int = 5_000,
    seed: int = 0,
) -> Judged:
    """Measure a picture (n, c) of vectors (n, d) in every way there is; `k`, lowered where there are few rows, is that of
    the single rows."""
    from core import projection

    k = min(k, (len(vectors) - 1) // 2)
    with _whole(report) as tell:
        return Judged(
            projection.quality_curves(vectors, coordinates, ks, metric, seed, tell),
            projection.quality(
                vectors, coordinates, k, metric=metric, seed=seed, every=len(vectors) <= MOST_JUDGED, on_step=tell
            ),
            projection.shepard(vectors, coordinates, pairs, metric, seed),
        )


@task("quality")
def quality(
    report: OnStep,
    vectors: FloatArray,
    coordinates: FloatArray,
    k: int = 10,
    metric: str = "euclidean",
    every: bool = False,
) -> Quality:
    """How far a picture (n, c) of vectors (n, d) may be trusted; `k` is lowered where there are few rows. With `every`
    all rows are judged, up to MOST_JUDGED."""
    from core import projection

    k, every = min(k, (len(vectors) - 1) // 2), every and len(vectors) <= MOST_JUDGED
    with _whole(report) as tell:
        return projection.quality(vectors, coordinates, k, metric=metric, every=every, on_step=tell)


@task("stability")
def stability(
    report: OnStep,
    vectors: FloatArray,
    method: str,
    components: int = 2,
    seeds: Sequence[int] = (0, 1, 2),
    params: Mapping[str, Any] | None = None,
    k: int = 10,
) -> Seeds:
    """Draw the vectors by each seed (steps as of "project", one run after the other) and compare the pictures."""
    from core import projection
    from core.projection.align import align

    pictures: list[FloatArray] = []
    for seed in seeds:
        picture = projection.project(
            vectors, method, components=components, seed=seed, on_frame=_run_of(report, len(pictures), len(seeds)),
            **(params or {}),
        )  # fmt: skip
        pictures.append(align(picture, pictures[0]) if pictures else picture)
    with _whole(report) as tell:
        return Seeds(pictures, projection.stability(pictures, min(k, len(vectors) - 1), on_step=tell))


def _run_of(report: OnStep, number: int, runs: int) -> OnStep:
    """The steps of one of several equal runs, told as steps of all. A run that is stopped has no place among the others."""

    def tell(step: Step) -> bool:
        if report(replace(step, done=number * step.total + step.done, total=runs * step.total)):
            raise JobCancelled
        return False

    return tell


@task("changed")
def changed(
    report: OnStep, vectors_a: FloatArray, vectors_b: FloatArray, k: int = 10, metric: str = "cosine", seed: int = 0
) -> Changed:
    """Which rows have other neighbours in one table than in another of the same rows."""
    from core import projection

    with _whole(report) as tell:
        return projection.changed(vectors_a, vectors_b, min(k, len(vectors_a) - 1), metric, seed, tell)


@task("clusters")
def clusters(report: OnStep, vectors: FloatArray, metric: str = "cosine", seed: int = 0) -> ClusterTree:
    """The tree of the vectors, to be cut at any level without another job."""
    from core.clusters import cluster_tree

    with _whole(report) as tell:
        return cluster_tree(vectors, metric, seed, tell)
