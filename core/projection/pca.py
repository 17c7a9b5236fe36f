"""The widest directions of the data, exactly (Pearson 1901)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from core.arrays import DoubleArray, FloatArray
from core.errors import N_
from core.neighbours import METRICS, metric_space
from core.params import control, require, require_whole
from core.progress import OnStep, Step
from core.projection._room import METHODS, ProjectionParams

_AT_ONCE = 1 << 17  # numbers taken to double precision at a time: the copy, 1 MB, stays in the processor's cache
_DENSE = 600  # a larger matrix is worth loading SciPy for, which finds only the directions asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class PcaParams(ProjectionParams):
    """PCA has nothing to set but the dimensions of the picture, and whether lengths count."""

    metric: str = field(
        default="euclidean",
        metadata=control("Distance", choices=METRICS, help="Cosine compares directions only, Euclidean lengths too."),
    )

    def __post_init__(self) -> None:
        ProjectionParams.__post_init__(self)
        require("metric", self.metric, self.metric in METRICS, N_("one of: {known}"), known=", ".join(METRICS))


@METHODS.register(
    "pca",
    title="PCA",
    params=PcaParams,
    about="The widest directions of the data: a straight, unbent shadow, and the same one every time.",
    rank=10,
)
def run(x: FloatArray, params: PcaParams, on_step: OnStep) -> FloatArray:
    """(n, d) -> (n, components) float32: the centred rows, in cosine first at length 1, on their principal axes.

    Its one step tells the share of the variance along each axis as figures "PC 1", "PC 2", ...
    """
    coordinates, shares = principal(metric_space(x, params.metric), params.components)
    figures = {f"PC {at + 1}": float(share) for at, share in enumerate(shares)}
    on_step(Step(done=1, total=1, unit="picture", coordinates=coordinates, figures=figures))
    return coordinates


def pca_variance(vectors: FloatArray, components: int = 2, metric: str = "euclidean") -> DoubleArray:
    """(components,) the share of the total variance along each principal axis; zeros for data without variance.

    In cosine the rows are first brought to length 1. Raises DataError for values that are not finite and a zero row in
    cosine, ParameterError unless components >= 1 and the metric is known.
    """
    components = require_whole("components", components, 1)
    return principal(metric_space(vectors, metric), components)[1]


def principal(x: FloatArray, components: int) -> tuple[FloatArray, DoubleArray]:
    """(n, d) -> coordinates (n, components) float32 and shares of the variance (components,).

    Axes beyond the rank of the data are zeros. Of an axis and its opposite, the one whose largest entry is positive is
    taken, so the picture is never mirrored by chance. Products are summed in double precision.
    """
    rows, columns = x.shape
    mean = x.mean(axis=0, dtype=np.float64)
    tall = columns <= rows
    gram = _covariance(x, mean) if tall else _products(x - mean)
    values, vectors = _largest(gram, min(components, len(gram)))
    total = float(np.trace(gram))
    values = np.where(values > total * max(rows, columns) * np.finfo(np.float64).eps, values, 0.0)
    axes = vectors if tall else (x - mean).T @ vectors / np.sqrt(np.where(values > 0, values, 1.0))
    axes *= np.where(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])] < 0, -1.0, 1.0)
    coordinates, shares = np.zeros((rows, components), np.float32), np.zeros(components)
    kept = values > 0
    for part in _parts(x):
        coordinates[part, : len(values)] = ((x[part] - mean) @ axes) * kept
    shares[: len(values)] = values / total if total > 0 else 0.0
    return coordinates, shares


def _covariance(x: FloatArray, mean: DoubleArray) -> DoubleArray:
    """(d, d) products of the centred columns."""
    total = np.zeros((x.shape[1], x.shape[1]))
    for part in _parts(x):
        total += _products((x[part] - mean).T)
    return total


def _parts(x: FloatArray) -> Iterator[slice]:
    """Slices of rows that are taken to double precision together."""
    at_once = max(1, _AT_ONCE // x.shape[1])
    for start in range(0, len(x), at_once):
        yield slice(start, start + at_once)


def _products(x: DoubleArray) -> DoubleArray:
    result: DoubleArray = x @ x.T
    return result


def _largest(symmetric: DoubleArray, count: int) -> tuple[DoubleArray, DoubleArray]:
    """The `count` largest eigenvalues, largest first, and their vectors as columns."""
    size = len(symmetric)
    if size <= _DENSE:
        values, vectors = np.linalg.eigh(symmetric)
    else:
        from scipy.linalg import eigh

        values, vectors = eigh(symmetric, subset_by_index=(size - count, size - 1), driver="evr")
    return values[: -count - 1 : -1], vectors[:, : -count - 1 : -1]
