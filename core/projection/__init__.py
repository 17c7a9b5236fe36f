"""Vectors as a picture in 1, 2 or 3 dimensions, and how far the picture may be trusted.

    coordinates = project(vectors, "tsne", perplexity=20, seed=1)
    quality(vectors, coordinates, k=10).trustworthiness

One method a file; a new one registers itself in `METHODS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from core.arrays import FloatArray, as_matrix
from core.errors import N_, DataError
from core.notes import Note
from core.params import build
from core.progress import OnStep, Step, never_stop
from core.projection._room import METHODS, IterativeParams, ProjectionParams
from core.projection.agreement import Changed, Stability, changed, matched, stability
from core.projection.align import align, widened
from core.projection.curves import Curves, QualityCurves, by_chance, quality_curves
from core.projection.pairs import Shepard, shepard
from core.projection.pca import pca_variance
from core.projection.quality import Quality, quality

__all__ = [
    "METHODS",
    "Changed",
    "Curves",
    "Quality",
    "QualityCurves",
    "Shepard",
    "Stability",
    "by_chance",
    "changed",
    "effective",
    "judged_in",
    "matched",
    "pca_variance",
    "project",
    "quality",
    "quality_curves",
    "shepard",
    "stability",
    "warm",
]

_LEAST = 3  # points of a picture


def project(
    vectors: FloatArray,
    method: str,
    *,
    components: int = 2,
    seed: int = 0,
    on_frame: OnStep | None = None,
    align_to: FloatArray | None = None,
    **params: object,
) -> FloatArray:
    """(n, d) -> (n, components) float32, by a method of `METHODS`: "pca", "tsne", "umap", "axes".

    The same vectors, settings and seed give the same picture, watched or not. `on_frame` gets a `Step` with the picture
    so far, the first before any long work, then 15 a second, and of a quick run some 24; a long search for neighbours tells its rows without
    a picture. If it answers True, the picture as it is then is returned. Settings that so few points cannot support are
    lowered as `effective` says, and of very many points a sample is laid out, among which the others are placed. With `align_to`, an earlier picture of the same rows in as many dimensions or others,
    every frame and the result are turned, mirrored and moved onto it, unless the axes of the method mean something.
    Raises DataError for fewer than 3 rows, values that are not finite, or a zero row in cosine; ParameterError for a
    setting; JobCancelled passes through.
    """
    matrix = as_matrix(vectors)
    if len(matrix) < _LEAST:
        raise DataError(N_("A picture needs at least 3 points; there are {rows}."), rows=len(matrix))
    asked: ProjectionParams = build(METHODS.get(method).params, {**params, "components": components, "seed": seed})
    watch = on_frame or never_stop
    if align_to is None or not asked.turns:
        return np.ascontiguousarray(_drawn(matrix, method, asked, watch), np.float32)
    onto = widened(align_to, components)
    align(matrix[:, :1], onto[:, :1])  # other rows are refused before the work

    def turned(step: Step) -> bool | None:
        return watch(step if step.coordinates is None else replace(step, coordinates=align(step.coordinates, onto)))

    return align(_drawn(matrix, method, asked, turned if on_frame else never_stop), onto)


def _drawn(matrix: FloatArray, method: str, asked: ProjectionParams, on_step: OnStep) -> FloatArray:
    """The picture of all rows, or of a sample with the others placed among it."""
    run, used = METHODS.get(method).run, asked.laid_out(len(matrix))
    settled, _ = asked.settled(used)
    if used == len(matrix) or not isinstance(settled, IterativeParams):
        return run(matrix, settled, on_step)
    from core.projection._many import lay_out_some

    return lay_out_some(matrix, used, settled, lambda sample, told: run(sample, settled, told), on_step)


def effective(
    method: str, rows: int, params: Mapping[str, object] | None = None, *, components: int = 2
) -> tuple[Note, ...]:
    """What `project` will change or approximate for that many rows, in sentences; empty if nothing.

    Raises ParameterError for settings that `project` would refuse.
    """
    asked: ProjectionParams = build(METHODS.get(method).params, {**(params or {}), "components": components})
    if rows < _LEAST:
        return ()  # `project` says so
    used = asked.laid_out(rows)
    notes = asked.settled(used)[1]
    if used == rows:
        return notes
    sentence = N_(
        "{used} of {rows} points, drawn by chance, are laid out; each of the others is placed among its 3 nearest of them."
    )
    return Note(sentence, {"used": f"{used:,}", "rows": f"{rows:,}"}), *notes


def judged_in(method: str, params: Mapping[str, object] | None = None, *, components: int = 2) -> str:
    """The metric of the vectors whose neighbours a picture by these settings is to keep: "euclidean" or "cosine".

    Raises ParameterError for settings that `project` would refuse.
    """
    asked: ProjectionParams = build(METHODS.get(method).params, {**(params or {}), "components": components})
    return asked.judged


def warm() -> None:
    """Compile every loop of this room, or load it from the cache, on a handful of points."""
    from core.projection.tsne import warm_mesh

    points = np.random.default_rng(0).standard_normal((24, 4)).astype(np.float32)
    for method in METHODS.names():
        picture = project(points, method, on_frame=lambda step: None)
    quality(points, picture, k=3)
    warm_mesh(points)
