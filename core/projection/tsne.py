"""t-SNE (van der Maaten & Hinton 2008): points near each other in the data are drawn near each other.

The settings are those of openTSNE, after Kobak & Berens 2019 and Belkina et al. 2019: a start on the principal axes at
standard deviation 1e-4, affinities to 3 * perplexity exact neighbours, a first third of the iterations in which the
pull is exaggerated, and a learning rate of (points / exaggeration).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.arrays import FloatArray
from core.errors import N_
from core.neighbours import SearchStopped, metric_space, nearest_rows
from core.notes import Note
from core.params import control, require, require_whole
from core.progress import OnStep, never_stop
from core.projection._room import METHODS, IterativeParams
from core.projection._start import positions
from core.projection._threads import Quicker
from core.projection._watch import Watch

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from core.projection._mesh import Mesh

MOST_EXACT = 6_000  # points; beyond, the push goes through a mesh, which is then the quicker
_STRIDE, _SHORT_STRIDE = 10, 4  # iterations between two looks at the clock, for few points and for many
_QUICK = 20_000  # points
_EARLY = 250  # iterations of exaggeration, or a third of all if that is less
_MOMENTUM = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class TsneParams(IterativeParams):
    perplexity: float = field(
        default=30.0,
        metadata=control(
            "Perplexity", 2.0, 100.0, step=1.0,
            help="About how many neighbours each point holds on to: small shows fine detail, large shows broad groups.",
        ),
    )  # fmt: skip
    iterations: int = field(
        default=750,
        metadata=control("Iterations", 250, 2000, step=50, help="Steps of the optimisation. Stop earlier once nothing moves."),
    )  # fmt: skip
    exaggeration: float = field(
        default=12.0,
        metadata=control(
            "Early exaggeration", 1.0, 32.0, step=0.5, folded=True,
            help="How much stronger points pull in the first third of the run, so that groups find each other.",
        ),
    )  # fmt: skip
    learning_rate: float = field(
        default=0.0,
        metadata=control(
            "Learning rate", 0.0, 5000.0, step=10.0, folded=True,
            help="The size of a step. 0 takes it from the data: points divided by exaggeration.",
        ),
    )  # fmt: skip

    def __post_init__(self) -> None:
        IterativeParams.__post_init__(self)
        require("perplexity", self.perplexity, 1 <= self.perplexity < np.inf, N_("a number of at least 1"))
        require_whole("iterations", self.iterations, 1)
        require("exaggeration", self.exaggeration, 1 <= self.exaggeration < np.inf, N_("a number of at least 1"))
        require("learning_rate", self.learning_rate, 0 <= self.learning_rate < np.inf, N_("0 or a positive number"))

    def settled(self, rows: int) -> tuple[TsneParams, tuple[Note, ...]]:
        """A perplexity of at most (rows - 1) / 3: each point needs three times as many neighbours."""
        notes, settled = [], self
        most = max(1.0, (rows - 1) / 3)
        if self.perplexity > most:
            settled = replace(self, perplexity=most)
            sentence = N_("Perplexity {asked} became {used}, the most that {rows} points allow: a third of the others.")
            if rows < 4:
                sentence = N_("Perplexity {asked} became {used}, the least there is: of {rows} points none has enough others for more.")  # fmt: skip
            notes.append(Note(sentence, {"asked": f"{self.perplexity:g}", "used": f"{most:.3g}", "rows": rows}))
        if settled.meshed(rows):
            notes.append(
                Note(
                    N_(
                        "Above {limit} points t-SNE sums the repulsion on a mesh, within about half a percent of the exact sum."
                    ),
                    {"limit": MOST_EXACT},
                )
            )
        return settled, tuple(notes)

    def meshed(self, rows: int) -> bool:
        """In a plane only: on a line the mesh's rounding would push points off it, and in space it would be too large."""
        return rows > MOST_EXACT and self.components == 2


@METHODS.register(
    "tsne",
    title="t-SNE",
    params=TsneParams,
    about="Near points are drawn near each other; sizes of groups and gaps between them carry no meaning.",
    rank=20,
)
def run(x: FloatArray, params: TsneParams, on_step: OnStep) -> FloatArray:
    """(n, d) -> (n, components) float32. Frames carry the Kullback-Leibler divergence as the figure "kl"."""
    points = metric_space(x, params.metric)
    watch = Watch(on_step, params.iterations, "iteration")
    picture = watch.turned(positions(points, params.components, params.start, params.seed, 0.01) * np.float32(1e-4))
    if watch.show(0, {}):
        return picture
    try:
        affinities = joint_probabilities(points, params.perplexity, on_step)
    except SearchStopped:
        return picture
    descent = Descent(picture, affinities, params.meshed(len(x)))
    quicker = Quicker()
    early = min(_EARLY, params.iterations // 3)
    stride, done = _STRIDE if len(x) <= _QUICK else _SHORT_STRIDE, 0
    while done < params.iterations:
        exaggeration, end = (params.exaggeration, early) if done < early else (1.0, params.iterations)
        steps = min(quicker.stretch(stride), end - done)
        with quicker.threads(steps):
            descent.advance(exaggeration, params.learning_rate or len(x) / exaggeration, steps)
        done += steps
        picture = watch.turned(descent.coordinates())
        if watch.due(done) and watch.show(done, {"kl": descent.divergence()}):
            break
    return picture


def joint_probabilities(points: FloatArray, perplexity: float, on_step: OnStep = never_stop) -> csr_matrix:
    """(n, n) sparse, symmetric, sums to 1: how strongly each pair of rows belongs together, by Euclidean distance.

    Row i gives its 3 * perplexity nearest rows a Gaussian weight of the wanted perplexity (van der Maaten 2014).
    """
    from scipy.sparse import csr_matrix

    from core.projection import _tsne_kernels as kernels

    count = len(points)
    k = max(1, min(count - 1, int(3 * perplexity)))
    rows, distances = nearest_rows(points, k, "euclidean", on_step)
    conditional = np.empty((count, k))
    kernels.similarities(np.square(distances, dtype=np.float64), perplexity, conditional)
    given = csr_matrix((conditional.ravel(), rows.ravel(), np.arange(0, count * k + 1, k)), shape=(count, count))
    joint = (given + given.T).tocsr()
    joint.data /= joint.data.sum()
    return joint


def warm_mesh(points: FloatArray) -> None:
    """Load the loops that only many points take."""
    Descent(np.ascontiguousarray(points[:, :2]), joint_probabilities(points, 3.0), True).advance(1.0, 1.0, 1)


class Descent:
    """The optimisation: positions as (2 or 3, n), their speed and gains, and the probabilities that pull them."""

    def __init__(self, start: FloatArray, joint: csr_matrix, meshed: bool) -> None:
        from scipy.sparse import triu

        from core.projection import _tsne_kernels

        count, self._components = start.shape
        self._kernels: Any = _tsne_kernels
        once = triu(joint, 1).tocsr()
        self._pulls = once.indptr.astype(np.uint32), once.indices.astype(np.uint32), once.data.astype(np.float32)
        self._at = np.zeros((max(2, self._components), count), np.float32)  # a line is drawn as a plane that stays flat
        self._at[: self._components] = start.T
        self._speed, self._gains = np.zeros_like(self._at), np.ones_like(self._at)
        parts = (_tsne_kernels.PARTS, *self._at.shape)
        self._pull, self._sums = np.empty(parts, np.float32), np.empty(_tsne_kernels.PARTS)
        self._push = np.empty((1, *self._at.shape) if meshed else parts, np.float32)
        self._force, self._heat = np.empty_like(self._at), np.empty(count, np.float32)
        self._mesh: Mesh | None = None
        if meshed:
            from core.projection._mesh import Mesh

            self._mesh = Mesh()

    def advance(self, exaggeration: float, rate: float, steps: int) -> None:
        if self._mesh is None:
            self._kernels.descend(
                self._at, self._speed, self._gains, *self._pulls, exaggeration, rate, _MOMENTUM, steps,
                self._push, self._pull, self._sums,
            )  # fmt: skip
            return
        for _ in range(steps):
            self.gradient(exaggeration)
            self._kernels.move(self._at, self._force, self._speed, self._gains, rate, _MOMENTUM)

    def gradient(self, exaggeration: float) -> FloatArray:
        """(2 or 3, n) the slope of the divergence, with the probabilities times `exaggeration`; overwritten by the next."""
        z = self._pushed()
        self._kernels.slope(self._pull, self._push, z, exaggeration, self._force)
        return self._force

    def _pushed(self) -> float:
        """Fill pushes and pulls; returns Z, the sum of q over all pairs of different points."""
        self._kernels.forces(self._at, *self._pulls, self._mesh is None, self._push, self._pull, self._sums)
        if self._mesh is not None:
            return self._mesh.push(self._at, self._push[0], self._heat)
        return 2 * float(self._sums.sum())

    def coordinates(self) -> FloatArray:
        return np.ascontiguousarray(self._at[: self._components].T)

    def divergence(self) -> float:
        """The Kullback-Leibler divergence of the picture from the data, without exaggeration."""
        z = self._pushed()
        self._kernels.misfit(self._at, *self._pulls, self._heat)
        return float(2 * self._heat.sum(dtype=np.float64) + np.log(z))
