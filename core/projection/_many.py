"""More points than a method can lay out: a sample is laid out, the others are placed among their nearest of the sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np

from core.arrays import FloatArray, IntArray
from core.neighbours import RowArray, SearchStopped, metric_space, nearest_of
from core.progress import OnStep, Step
from core.projection._room import IterativeParams
from core.projection.pca import principal

NEAREST = 3  # of the sample, between which a point is placed
_SHARE = 0.1  # of the time may go into placing all points for a frame


def drawn_rows(rows: int, used: int, seed: int) -> IntArray:
    """(used,) rows by chance, in ascending order."""
    return np.sort(np.random.default_rng(seed).choice(rows, used, replace=False))


def lay_out_some(
    x: FloatArray,
    used: int,
    params: IterativeParams,
    lay_out: Callable[[FloatArray, OnStep], FloatArray],
    on_step: OnStep,
) -> FloatArray:
    """(n, d) -> (n, components): `lay_out` gets `used` rows of x; each frame shows all points.

    The first frame is the principal axes of all. A point between its three nearest of the sample lies by the inverse
    squares of its distances from them, in the data.
    """
    sample = drawn_rows(len(x), used, params.seed)
    others = np.setdiff1d(np.arange(len(x)), sample, assume_unique=True)
    space = metric_space(x, params.metric)
    flat, _ = principal(space, params.components)
    if on_step(Step(done=0, total=len(others), unit="row", coordinates=flat)):
        return flat
    try:
        near, distances = nearest_of(space[others], space[sample], NEAREST, on_step)
    except SearchStopped:
        return flat
    placing = _Placing(sample, others, near, distances)
    return placing.all(lay_out(x[sample], lambda step: on_step(placing.told(step))))


class _Placing:
    """From a picture of the sample to a picture of all."""

    def __init__(self, sample: IntArray, others: IntArray, near: RowArray, distances: FloatArray) -> None:
        self._sample, self._others, self._near = sample, others, near
        closeness = 1 / np.maximum(np.square(distances, dtype=np.float64), 1e-30)
        self._weights = (closeness / closeness.sum(axis=1, keepdims=True)).astype(np.float32)
        self._rest = 0.0  # when the next frame may be shown

    def all(self, picture: FloatArray) -> FloatArray:
        placed = np.empty((len(self._sample) + len(self._others), picture.shape[1]), np.float32)
        placed[self._sample] = picture
        between = np.zeros((len(self._others), picture.shape[1]), np.float32)
        for place in range(self._near.shape[1]):
            between += self._weights[:, place, None] * picture[self._near[:, place]]
        placed[self._others] = between
        return placed

    def told(self, step: Step) -> Step:
        """The step with all points in its picture; without a picture while the last one is too fresh."""
        began = perf_counter()
        if step.coordinates is None or (began < self._rest and step.done < step.total):
            return replace(step, coordinates=None)
        whole = self.all(step.coordinates)
        self._rest = perf_counter() + (perf_counter() - began) / _SHARE
        return replace(step, coordinates=whole)
