"""A projection trained on patches: an autoencoder squeezes each into a few numbers and learns to put it together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray, FloatArray, IntArray
from core.errors import N_, DataError
from core.params import require, require_whole
from core.patches.projecting import Projected, best_errors, random_weights, tokens_of
from core.progress import OnStep, Step, never_stop

Learning = Literal["plain", "masked"]
LEARNINGS: tuple[Learning, ...] = get_args(Learning)
HIDDEN = 0.5  # share of the pixels that "masked" hides

_BATCH = 256  # patches a step
_ROWS, _VALUES = 8192, 12_000_000  # patches kept to learn from, and their values: 48 MB as float32
_RATE = 0.08  # Adam's step at one value a patch; it shrinks with the root of their number
_RECORDS, _FRAME_BYTES, _MOST_FRAMES = 40, 48 * 2**20, 24
_BEAT = 0.2  # seconds between two pictures for who watches
_ABOUT = {
    "plain": N_(
        "Trained on these patches to put each together again from its token: the weights are learned, the mean patch is subtracted first."
    ),
    "masked": N_(
        "Trained on these patches to put each together again though half of its pixels are hidden: the weights are learned, the mean patch is subtracted first."
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class LearnedProjection:
    """`weights` and `back` (dim, d): token = weights @ (scale * patch - mean), patch again = mean + back.T @ token.

    `mean` (d,) is that of the patches learned from, `scale` brings 8-bit pixels to 0 to 1.

    One entry a record, step 0 first: `steps` (k) and `error` (k), the mean square error a value, pixels counted 0 to 1,
    on all patches learned from, none of their pixels hidden. `frames` (f, 2, dim, d) are weights and back at `frame_steps` (f).
    `optimum` (m): the least error that any linear projection to 1, 2, ... m numbers has on these patches (PCA's: Eckart
    and Young 1936); `rows` how many patches were learned from, of more a seeded sample.
    """

    how: Learning
    weights: FloatArray
    back: FloatArray
    mean: FloatArray
    scale: float
    steps: IntArray
    error: DoubleArray
    frames: FloatArray
    frame_steps: IntArray
    optimum: DoubleArray
    rows: int
    seconds: float
    stopped: bool

    def error_of(self, vectors: NDArray[Any]) -> float:
        """The mean square error a value, pixels counted 0 to 1, of patch vectors (n, d) in the same units as those learned from."""
        centred = vectors.astype(np.float32) * np.float32(self.scale) - self.mean
        return reconstruction_error(centred, self.weights, self.back)

    def projected(self, vectors: NDArray[Any]) -> Projected:
        """The tokens (n, dim) of patch vectors (n, d) in the same units as those learned from."""
        bias = -self.weights.astype(np.float64) @ self.mean
        centred = vectors.astype(np.float32) * np.float32(self.scale) - self.mean
        varied = float(np.square(centred).mean())
        missed = reconstruction_error(centred, self.weights, self.back)
        return Projected(
            how="trained",
            about=_ABOUT[self.how],
            tokens=tokens_of(vectors, self.weights.astype(np.float64) * self.scale, bias),
            weights=self.weights,
            bias=bias.astype(np.float32),
            mean=self.mean,
            scale=self.scale,
            variance_share=max(0.0, 1 - missed / varied) if varied else 1.0,
            rank=len(self.weights),
            fitted_rows=self.rows,
            back=self.back,
        )


def learn_projection(
    vectors: NDArray[Any],
    dim: int,
    how: Learning = "plain",
    seed: int = 0,
    on_step: OnStep = never_stop,
    *,
    steps: int = 1000,
    channels: int = 3,
) -> LearnedProjection:
    """(n, d) patch vectors, channels first -> a linear autoencoder with `dim` numbers in the middle (Baldi and Hornik 1989).

    It starts as `project_patches(vectors, dim, "random", seed)` with a way back that is all zero, so step 0 shows the mean
    patch everywhere. "masked" hides half of the pixels of each patch (they become the mean) and asks for all of them
    (after He et al. 2022, arXiv:2111.06377, whose model is a transformer over patches; here each patch is on its own).
    Adam on batches of 256. Of more than 8,192 patches, or 12 million values, a seeded sample is learned from. `on_step` gets
    the error, PCA's least error and, as `coordinates` (2 * dim + 1, d), both weights and in the last row the mean patch.
    Raises ParameterError unless 1 <= dim <= d, steps >= 1; DataError for no table or one whose d is not whole pixels.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    began = perf_counter()
    table = _table(vectors, channels)
    dim, steps = require_whole("dim", dim, 1), require_whole("steps", steps, 1)
    require("dim", dim, dim <= table.shape[1], N_("at most {most}, the values of a patch"), most=table.shape[1])
    require("how", how, how in LEARNINGS, N_("one of: {known}"), known=", ".join(LEARNINGS))
    # another stream of chance than that of the weights
    rng = np.random.default_rng([require_whole("seed", seed, 0), 1])
    most = min(_ROWS, max(_BATCH, _VALUES // table.shape[1]))
    if len(table) > most:
        table = table[np.sort(rng.choice(len(table), most, False))]
    scale = 1 / 255 if table.dtype == np.uint8 else 1.0
    values = table.astype(np.float32) * np.float32(scale)
    mean = values.mean(axis=0, dtype=np.float64).astype(np.float32)
    values -= mean
    weights = random_weights(dim, values.shape[1], seed).astype(np.float32)
    both = np.stack([weights, np.zeros_like(weights)])
    with threadpool_limits(1, "blas"):  # on a busy machine threads wait for each other longer than they work
        optimum = best_errors(values, rng)
        run = _Run(values, both, mean, best=float(optimum[min(dim, len(optimum)) - 1]), on_step=on_step, steps=steps)
        hide = _hider(rng, channels) if how == "masked" else None
        for step in _train(values, both, steps, rng, hide):
            if run.record(step):
                break
    return LearnedProjection(
        how=how,
        weights=both[0].copy(),
        back=both[1].copy(),
        mean=mean,
        scale=scale,
        steps=np.array(run.taken),
        error=np.array(run.errors),
        frames=np.stack([frame for _, frame in run.frames]),
        frame_steps=np.array([step for step, _ in run.frames]),
        optimum=optimum,
        rows=len(values),
        seconds=perf_counter() - began,
        stopped=run.taken[-1] < steps,
    )


def reconstruction_error(values: FloatArray, weights: FloatArray, back: FloatArray) -> float:
    """Mean square error a value of centred patches (n, d) squeezed through (dim, d) weights and back."""
    missed = (values @ weights.T) @ back
    missed -= values
    return float(np.einsum("nd,nd->", missed, missed, dtype=np.float64) / values.size)


class _Run:
    """What is written down of a training, and who is told."""

    def __init__(
        self, values: FloatArray, both: FloatArray, mean: FloatArray, best: float, on_step: OnStep, steps: int
    ) -> None:
        self._values, self._both, self._mean = values, both, mean
        self._best, self._on_step, self._steps = best, on_step, steps
        records = np.unique(np.geomspace(1, steps, _RECORDS).round().astype(int))
        self._records = {0, *records.tolist()}
        kept = int(np.clip(_FRAME_BYTES // both.nbytes, 3, _MOST_FRAMES))
        ranked = sorted(self._records)
        self._framed = {ranked[at] for at in np.linspace(0, len(ranked) - 1, kept).round().astype(int)}
        self._told = perf_counter()
        self.taken: list[int] = []
        self.errors: list[float] = []
        self.frames: list[tuple[int, FloatArray]] = []

    def record(self, step: int) -> bool:
        """True where the watcher asks to stop."""
        due = step in self._records
        if not due and perf_counter() - self._told < _BEAT:
            return False
        error = reconstruction_error(self._values, *self._both)
        flat = np.vstack([*self._both, self._mean])
        figures = {"error": error, "optimum": self._best}
        self._told = perf_counter()
        stop = bool(self._on_step(Step(done=step, total=self._steps, unit="step", figures=figures, coordinates=flat)))
        if due or stop:
            self.taken.append(step)
            self.errors.append(error)
        if step in self._framed or stop:
            self.frames.append((step, self._both.copy()))
        return stop


def _train(
    values: FloatArray, both: FloatArray, steps: int, rng: np.random.Generator, hide: Callable[[FloatArray], FloatArray] | None
) -> Iterator[int]:  # fmt: skip
    """Adam (Kingma and Ba 2015) on `both` in place; yields the number of steps taken, 0 first."""
    first, second = np.zeros_like(both), np.zeros_like(both)
    rate = _RATE / np.sqrt(values.shape[1])
    yield 0
    for step in range(1, steps + 1):
        seen = values[rng.integers(0, len(values), min(_BATCH, len(values)))]
        gradient = _gradient(seen if hide is None else hide(seen), seen, both)
        first += np.float32(0.1) * (gradient - first)
        second += np.float32(0.001) * (np.square(gradient) - second)
        size = rate * min(1.0, 2 * (1 - step / (steps + 1)))  # the second half slows down to rest
        both -= np.float32(size / (1 - 0.9**step)) * first / (np.sqrt(second / np.float32(1 - 0.999**step)) + 1e-8)
        yield step


def _gradient(given: FloatArray, wanted: FloatArray, both: FloatArray) -> FloatArray:
    """(2, dim, d): how half the square error a patch changes with weights and back."""
    weights, back = both
    tokens = given @ weights.T
    missed = tokens @ back - wanted
    both_ways: FloatArray = np.stack([(missed @ back.T).T @ given, tokens.T @ missed])
    return np.divide(both_ways, len(given), dtype=both_ways.dtype)


def _hider(rng: np.random.Generator, channels: int) -> Callable[[FloatArray], FloatArray]:
    def hide(seen: FloatArray) -> FloatArray:
        shown = rng.random((len(seen), seen.shape[1] // channels)) >= HIDDEN
        left = seen.copy()
        left[~np.tile(shown, channels)] = 0
        return left

    return hide


def _table(vectors: NDArray[Any], channels: int) -> NDArray[Any]:
    channels = require_whole("channels", channels, 1)
    if vectors.ndim != 2 or vectors.size == 0 or vectors.shape[1] % channels:
        raise DataError(N_("Patch vectors must be a table of rows; got shape {shape}."), shape=str(vectors.shape))
    return vectors
