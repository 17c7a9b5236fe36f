"""UMAP (McInnes, Healy & Melville 2018): a fuzzy graph of near rows, laid out flat.

The graph is the one of umap-learn, given exact neighbours; so are the curve of the drawn distances and the sampling of
links. The layout differs in two ways that leave trustworthiness where it was: the pushes on a row are all seen from the
place its pulls left it, and the start is the principal axes, which can be shown at once. Means over four seeds, umap-learn
with its spectral start first: digits .9883 and .9885, a Gaussian mixture .9640 and .9639, a Swiss roll .9992 and .9991.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.arrays import DoubleArray, FloatArray
from core.errors import N_
from core.neighbours import SearchStopped, metric_space, nearest_rows
from core.notes import Note
from core.params import control, require, require_whole
from core.progress import OnStep, never_stop
from core.projection._room import METHODS, IterativeParams
from core.projection._start import positions
from core.projection._watch import Watch

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_MANY = 10_000  # points beyond which fewer epochs do
_LONG, _SHORT = 500, 200  # epochs
_STRIDE, _SHORT_STRIDE = 10, 2  # epochs between two looks at the clock, for few points and for many
_WIDTH = 10.0  # of the start


@dataclass(frozen=True, slots=True, kw_only=True)
class UmapParams(IterativeParams):
    n_neighbors: int = field(
        default=15,
        metadata=control(
            "Neighbours", 2, 200, step=1,
            help="How many nearest points, itself included, each point is linked to: few show detail, many the whole.",
        ),
    )  # fmt: skip
    min_dist: float = field(
        default=0.1,
        metadata=control("Minimum distance", 0.0, 0.99, step=0.01, help="How closely linked points may be packed."),
    )
    epochs: int = field(
        default=0,
        metadata=control(
            "Epochs", 0, 1000, step=50, folded=True,
            help="Passes over the links. 0 takes 500 up to 10,000 points and 200 beyond.",
        ),
    )  # fmt: skip
    negatives: int = field(
        default=5,
        metadata=control(
            "Pushes per pull", 1, 20, step=1, folded=True,
            help="How many random points push for each link that pulls.",
        ),
    )  # fmt: skip

    def __post_init__(self) -> None:
        IterativeParams.__post_init__(self)
        require_whole("n_neighbors", self.n_neighbors, 2)
        require("min_dist", self.min_dist, 0 <= self.min_dist < 1, N_("a number from 0 up to, but not including, 1"))
        require_whole("epochs", self.epochs, 0)
        require_whole("negatives", self.negatives, 1)

    def settled(self, rows: int) -> tuple[UmapParams, tuple[Note, ...]]:
        """At most as many neighbours as there are points, and the number of epochs."""
        settled = replace(self, epochs=self.epochs or (_LONG if rows <= _MANY else _SHORT))
        if self.n_neighbors <= rows:
            return settled, ()
        note = Note(
            N_("{asked} neighbours became {used}, each point counted among its own: there are only {rows} points."),
            {"asked": self.n_neighbors, "used": rows, "rows": rows},
        )
        return replace(settled, n_neighbors=rows), (note,)


@METHODS.register(
    "umap",
    title="UMAP",
    params=UmapParams,
    about="A graph of near points, laid out; gaps and densities are the method's, not the data's.",
    rank=30,
)
def run(x: FloatArray, params: UmapParams, on_step: OnStep) -> FloatArray:
    """(n, d) -> (n, components) float32. Frames carry how far the links are stretched as the figure "tension"."""
    points = metric_space(x, params.metric)
    watch = Watch(on_step, params.epochs, "epoch")
    start = positions(points, params.components, params.start, params.seed, 1e-4)
    picture = watch.turned(start * np.float32(_WIDTH / max(float(np.ptp(start, axis=0).max()), 1e-12)))
    if watch.show(0, {}):
        return picture
    try:
        graph = fuzzy_graph(points, params.n_neighbors, params.metric, on_step)
    except SearchStopped:
        return picture
    layout = _Layout(picture, graph, params)
    stride = _STRIDE if len(x) <= _MANY else _SHORT_STRIDE
    for done in range(0, params.epochs, stride):
        reached = min(done + stride, params.epochs)
        layout.advance(done, reached)
        picture = watch.turned(layout.coordinates())
        if watch.due(reached) and watch.show(reached, {"tension": layout.tension()}):
            break
    return picture


def fuzzy_graph(points: FloatArray, n_neighbors: int, metric: str, on_step: OnStep = never_stop) -> csr_matrix:
    """(n, n) sparse and symmetric: the fuzzy union of what each row holds of its nearest rows, itself counted among them.

    The strengths a and b of the two directions join as a + b - a b. Equals `umap.umap_.fuzzy_simplicial_set` on the same
    exact neighbours.
    """
    from scipy.sparse import csr_matrix

    from core.projection import _umap_kernels as kernels

    count, k = len(points), n_neighbors - 1
    rows, distances = nearest_rows(points, k, metric, on_step)
    strengths = np.empty(distances.shape, np.float32)
    kernels.memberships(distances, float(n_neighbors), strengths)
    held = csr_matrix((strengths.ravel(), rows.ravel(), np.arange(0, count * k + 1, k)), shape=(count, count))
    held.eliminate_zeros()
    back = held.T.tocsr()
    union = (held + back - held.multiply(back)).tocsr()
    union.sort_indices()
    return union


def curve(min_dist: float, spread: float = 1.0) -> tuple[float, float]:
    """a, b of 1 / (1 + a d^(2b)), fitted to strength 1 up to `min_dist` and an exponential fall of scale `spread` after.

    Least squares on 300 points up to 3 * spread (Levenberg 1944, Marquardt 1963), as umap-learn fits it.
    """
    at = np.linspace(0, 3 * spread, 300)[1:]  # the curve is 1 at 0 whatever a and b are
    goal = np.where(at < min_dist, 1.0, np.exp(-(at - min_dist) / spread))
    fit, damping = np.array([1.0, 1.0]), 1e-3
    value, gradient = _curve_at(at, fit)
    for _ in range(200):
        squares = gradient.T @ gradient
        step = np.linalg.solve(squares + damping * np.diag(np.diag(squares)), gradient.T @ (goal - value))
        trial, trial_gradient = _curve_at(at, np.maximum(fit + step, 1e-6))
        if np.square(goal - trial).sum() <= np.square(goal - value).sum():
            fit, damping = np.maximum(fit + step, 1e-6), damping / 10
            value, gradient = trial, trial_gradient
            if np.abs(step).max() < 1e-10:
                break
        else:
            damping *= 10
    return float(fit[0]), float(fit[1])


def _curve_at(at: DoubleArray, fit: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """The curve (m,) and its slopes by a and b (m, 2)."""
    power = at ** (2 * fit[1])
    value = 1 / (1 + fit[0] * power)
    slopes = -(value**2)[:, None] * np.stack([power, 2 * fit[0] * power * np.log(at)], axis=1)
    return value, slopes


class _Layout:
    """The positions as (3, n), the links, and when each is due next."""

    def __init__(self, start: FloatArray, graph: csr_matrix, params: UmapParams) -> None:
        from core.projection import _umap_kernels

        self._kernels: Any = _umap_kernels
        self._epochs, self._negatives = params.epochs, params.negatives
        self._at = np.zeros((3, len(start)), np.float32)
        self._at[: params.components] = start.T
        self._components = params.components
        graph.data[graph.data < graph.data.max() / params.epochs] = 0.0  # would never be due
        graph.eliminate_zeros()
        self._links = graph.indptr, graph.indices
        self._strengths = graph.data
        self._period = np.asarray(graph.data.max() / graph.data, np.float32)
        self._due = self._period.copy()
        self._curve = tuple(np.float32(value) for value in curve(params.min_dist))
        self._counter = np.uint32(np.random.default_rng(params.seed).integers(2**32))

    def advance(self, first: int, last: int) -> None:
        flat = self._components < 3
        for now in range(first, last):
            rate = np.float32(1 - now / self._epochs)
            used = self._kernels.epoch(
                self._at, flat, *self._links, self._period, self._due, np.float32(now), self._counter, rate,
                *self._curve, self._negatives,
            )  # fmt: skip
            self._counter = np.uint32((int(self._counter) + used) % 2**32)

    def coordinates(self) -> FloatArray:
        return np.ascontiguousarray(self._at[: self._components].T)

    def tension(self) -> float:
        return float(self._kernels.tension(self._at, *self._links, self._strengths, *self._curve))
