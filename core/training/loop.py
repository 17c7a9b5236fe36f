"""The loop of every objective: epochs, measures, frames, progress, stopping, and a way back from a leap too far."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from core._threads import OneThread
from core.arrays import FloatArray
from core.errors import N_
from core.notes import Note
from core.params import build, require, require_whole
from core.progress import OnStep, Step, never_stop
from core.training import _frames
from core.training._encode import Corpus, encode
from core.training._start import Start, merge
from core.training._watching import Watched
from core.training.history import LEAPT, Frame, History, Measures
from core.training.objective import OBJECTIVES, Chunk, Learner, Plan

if TYPE_CHECKING:
    from core.embedding import Embedding

PAUSE = 0.15  # seconds of training between two reports: often enough to look alive, rare enough to cost nothing
MOST_FRAMES = 200
_QUICK = 10_000_000  # words read in seconds; on the small worlds a hundred passes reached what two hundred did
MOST_DIM = 1024
_WORST = 10.0  # times the loss of guessing (or at the start, where that is greater), and
_LARGEST = 1e6  # a number in W or R: no training that learns something gets near either


def suggested_epochs(objective: str, words: int) -> int:
    """How many passes over a text of `words` words the objective trains by default: 3 to 200, fewer for a longer text.

    More than 100 only while they stay quick: up to ten million words read.
    """
    per_pass = max(1, words)
    enough, quick = OBJECTIVES.get(objective).params.words / per_pass, max(100, _QUICK / per_pass)
    return int(np.clip(round(min(enough, quick)), 3, 200))


def train(
    sentences: Iterable[Sequence[str]] | Corpus,
    objective: str = "five-gram",
    *,
    dim: int | None = None,
    epochs: int | None = None,
    seed: int = 0,
    on_progress: OnStep | None = None,
    watch: Iterable[str] = (),
    start: Embedding | None = None,
    **params: object,
) -> Embedding:
    """Learn a vector for every word of `sentences` (lists of words; read once, so a generator will do).

    Returns an `Embedding` of V labels, the commonest first, with `dim` columns (32 unless given) and a
    `History` in `.history`. `epochs` defaults to `suggested_epochs`; `params` are the objective's own settings.
    `on_progress` hears of every moment worth showing, the untrained map first; when it answers
    True the training ends there and what was learned is returned (`history.stopped`). To pause, let
    it wait. A `Step.snapshot` holds good until the callback returns. Of up to five words in `watch`
    the nearest neighbours are told with every step and kept by epoch in `history.watched`; of those
    the text has not, a warning tells the nearest spellings.

    With `start`, its words keep their vectors and the training goes on from there; words that are new
    join the table (`history.joined`), and counts are added up. What the objective learned beside the
    vectors is taken over where objective, window and width are the same; where not, that part starts
    afresh and a warning says so. `dim` must be that of `start`.

    The same sentences, settings and seed give the same vectors and frames, bit for bit. When the
    loss leaves the finite numbers, the last good epoch is returned with `history.warning`. Raises
    ParameterError for a setting out of range and DataError for a text that cannot be learned from.
    """
    began = time.perf_counter()
    variant = OBJECTIVES.get(objective)
    settings = build(variant.params, params)
    dim = _dimensions(dim, start)
    seed = require_whole("seed", seed, 0)
    corpus, begin = _read(sentences, objective, settings.min_count, start)
    watched = Watched(corpus.labels, watch)
    epochs = suggested_epochs(objective, len(corpus.tokens)) if epochs is None else require_whole("epochs", epochs, 1)
    learner = variant.run(Plan(corpus, dim, epochs, seed, begin), settings)
    history = History(
        objective=objective, unit=learner.unit, frame_rows=np.arange(min(_frames.MOST_WORDS, len(corpus.labels))),
        settings={"objective": objective, "dim": dim, "epochs": epochs, "seed": seed, **asdict(settings)},
        windows=learner.windows, held_out_windows=learner.held_out_windows, frequency_auc=learner.frequency_auc,
        counts=corpus.counts, joined=None if begin is None else len(corpus.labels) - len(begin.rows),
        warnings=watched.notes,
    )  # fmt: skip
    history.first = learner.vectors()[: len(history.frame_rows)].copy()
    if begin is not None and not begin.adopted:
        history.warnings.append(_afresh())
    if dim > len(corpus.labels):
        history.warnings.append(_roomy(dim, len(corpus.labels)))
    with OneThread() as computing:
        tell = computing.left_for(on_progress or never_stop)
        run = _Run(corpus.labels, learner, history, tell, watched, began)
        run.all_epochs()
    return run.embedding()


def _dimensions(dim: int | None, start: Embedding | None) -> int:
    dim = require_whole("dim", (32 if start is None else start.dim) if dim is None else dim, 2)
    require("dim", dim, dim <= MOST_DIM, N_("at most {most}"), most=MOST_DIM)
    if start is not None:
        require("dim", dim, dim == start.dim, N_("{own}, as in the embedding that is gone on from"), own=start.dim)
    return dim


def _read(
    sentences: Iterable[Sequence[str]] | Corpus, objective: str, min_count: int, start: Embedding | None
) -> tuple[Corpus, Start | None]:
    if isinstance(sentences, Corpus):
        return sentences, None
    if start is None:
        return encode(sentences, min_count), None
    return merge(encode(sentences), start, objective, min_count)


def warm() -> None:
    """Compile the loops of every objective, or load them from the cache on disk: seconds the first time, then a moment."""
    for objective in OBJECTIVES.names():
        train([["words", "to", "warm", "up", "with"]], objective, dim=2, epochs=1, held_out=0.0)


_State = tuple[FloatArray, dict[str, FloatArray], dict[str, FloatArray]]  # vectors, weights, memory


class _Run:
    """One training under way: what was seen so far and whom to tell."""

    def __init__(
        self, labels: list[str], learner: Learner, history: History, tell: OnStep, watched: Watched, began: float
    ) -> None:
        self._labels, self._learner, self._history, self._tell = labels, learner, history, tell
        self._watched = watched
        self._epochs = int(history.settings["epochs"])
        self._began, self._told = began, began
        self._windows, self._training_seconds = 0, 0.0
        self._measured: tuple[int, Measures] | None = None
        self._good = self._copies()

    def all_epochs(self) -> None:
        """Train to the last epoch, unless told to stop or the numbers give out."""
        history = self._history
        self._keep(self._learner.training_loss())
        self._report(history.loss[0])
        number = 0
        while number < self._epochs and not history.stopped:
            number += 1
            loss = self._one_epoch()
            if not self._sane(loss):
                history.stopped = True
                history.warnings.append(_leapt(len(history.epochs) - 1))
                return
            self._keep(loss)
            if number < self._epochs and not history.stopped and self._waited(PAUSE):
                self._report(loss)
        if not history.stopped:
            self._report(history.loss[-1], last=True)

    def embedding(self) -> Embedding:
        """The last good state with its history, neither of which changes any more."""
        return self._embedding(*self._good)

    def _one_epoch(self) -> float:
        """Mean loss of one pass, or of its part up to a stop; infinite as soon as it is not sane."""
        total, scored = 0.0, 0
        for chunk in self._timed(self._learner.epoch()):
            total, scored = total + chunk.loss, scored + chunk.scored
            self._windows += chunk.windows
            self._history.scored += chunk.scored
            if not np.isfinite(total):
                return float("inf")
            if scored and self._waited(2 * PAUSE):  # a short epoch reports at its end instead
                if not self._sane(total / scored):
                    return float("inf")
                self._report(total / scored)
                if self._history.stopped:
                    break
        # A text so short that subsampling skipped all of it has taught nothing.
        return total / scored if scored else self._history.loss[-1]

    def _timed(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """The chunks, with the time they took added up: without the time spent on measures and callbacks."""
        while True:
            clock = time.perf_counter()
            with np.errstate(over="ignore", invalid="ignore"):  # `_sane` looks for what they warn of
                chunk = next(chunks, None)
            self._training_seconds += time.perf_counter() - clock
            if chunk is None:
                return
            yield chunk

    def _sane(self, loss: float) -> bool:
        arrays = (self._learner.vectors(), *self._learner.weights().values())
        return loss < _WORST * max(1.0, self._history.loss[0]) and all(
            np.abs(array).max() < _LARGEST for array in arrays
        )

    def _keep(self, loss: float) -> None:
        """Enter the state as it stands into the history, as the one to fall back to."""
        self._enter(self._history, loss)
        self._good = self._copies()

    def _enter(self, history: History, loss: float) -> None:
        epoch = self._windows / self._learner.windows
        history.add(epoch, loss, self._measure())
        for word, near in self._watched.look(self._learner.vectors()).items():
            history.watched.setdefault(word, []).append(near)
        every = -(-self._epochs // MOST_FRAMES)
        if len(history.epochs) % every == 1 % every or history.stopped or epoch >= self._epochs:
            history.frames.append(Frame(epoch, self._picture()))

    def _copies(self) -> _State:
        weights, memory = (
            {name: array.copy() for name, array in arrays.items()}
            for arrays in (self._learner.weights(), self._learner.memory())
        )
        return self._learner.vectors().copy(), weights, memory

    def _measure(self) -> Measures:
        """Measured once for each state: an epoch's end is often reported too."""
        if self._measured is None or self._measured[0] != self._windows:
            self._measured = self._windows, self._learner.measure()
        return self._measured[1]

    def _picture(self) -> FloatArray:
        """Turned onto the last frame kept, not the last one shown: the frames must not depend on the clock."""
        frames = self._history.frames
        seen = self._learner.vectors()[: len(self._history.frame_rows)]
        return _frames.picture(seen, frames[-1].coordinates if frames else None)

    def _waited(self, seconds: float) -> bool:
        return time.perf_counter() - self._told > seconds

    def _report(self, loss: float, last: bool = False) -> None:
        measures, history = self._measure(), self._history
        figures = {
            "epoch": self._windows / self._learner.windows, "loss": loss,
            "held_out_loss": measures.loss, "held_out_accuracy": measures.accuracy, "held_out_auc": measures.auc,
            "frequency_auc": history.frequency_auc, "windows_per_second": self._rate(),
        }  # fmt: skip
        told = time.perf_counter()
        answer = self._tell(
            Step(
                done=self._windows, total=self._epochs * self._learner.windows, unit=history.unit,
                figures=figures, coordinates=self._picture(), snapshot=partial(self._snapshot, loss),
                labels=None if self._windows else self._labels[: len(history.frame_rows)],
                watched=self._watched.look(self._learner.vectors()),
            )
        )  # fmt: skip
        self._told = time.perf_counter()
        self._began += self._told - told  # who watches may have paused
        history.stopped = bool(answer) and not last

    def _snapshot(self, loss: float) -> Embedding:
        """What a stop here would give."""
        embedding = self._embedding(*self._copies())
        history = embedding.history
        history.stopped = self._windows < self._epochs * self._learner.windows
        if self._windows / self._learner.windows > history.epochs[-1]:
            self._enter(history, loss)
        return embedding

    def _embedding(
        self, vectors: FloatArray, weights: dict[str, FloatArray], memory: dict[str, FloatArray]
    ) -> Embedding:
        from core.embedding import Embedding

        embedding = Embedding(self._labels, vectors)
        history = embedding.history = self._history.copy()
        history.weights, history.memory = weights, memory
        history.attested_share = self._learner.attested_share()
        history.windows_per_second, history.training_seconds = self._rate(), self._training_seconds
        history.seconds = time.perf_counter() - self._began
        return embedding

    def _rate(self) -> float:
        if self._training_seconds == 0:
            return 0.0
        return self._windows * self._learner.counted / self._training_seconds


def _roomy(dim: int, words: int) -> Note:
    return Note(
        N_("There are more dimensions ({dim}) than words ({words}): every word can have a direction of its own, so nothing makes alike words share one. Choose fewer dimensions, or add text."),
        {"dim": dim, "words": words},
    )  # fmt: skip


def _afresh() -> Note:
    return Note(
        N_("The words kept their vectors. What the task learned beside them was not there or had another shape, so that part started afresh."), {}
    )  # fmt: skip


def _leapt(epoch: int) -> Note:
    return Note(LEAPT, {"epoch": epoch})
