"""Learned against fixed positions on a task that needs order, measured over seeds, within the training length and beyond."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from core._threads import OneThread
from core.arrays import DoubleArray, FloatArray, IntArray
from core.errors import N_
from core.params import require, require_whole
from core.positions.learned import SPREAD, LearnedPositions
from core.positions.passages import Passages, passages
from core.positions.pointer import Pointers, named
from core.positions.schemes import SCHEMES, Scheme
from core.positions.sinusoidal import sinusoidal
from core.progress import OnStep, Step, never_stop

BEYOND = 4  # the longest passages measured have this many times the training length
STEPS = 400
BATCH, RATE, WARM_UP = 16, 0.01, 30  # passages a step; Adam's step, and how many steps it takes to reach it
_RECORDS, _MEASURED, _PASSAGES = (
    20,
    2048,
    48,
)  # looks at a training; words measured in each; long passages measured at the end


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """`accuracy` (schemes, seeds, records) is the share of held-out words whose predecessor was named after so many `steps`
    (records,); `loss` alike, in nats a word, on the passages trained on (not a number at step 0).

    `frames` (records, length, dim) is the learned table of the first seed as it forms; `attention` (records, schemes, length,
    length) where each place looked, its mean over held-out passages. `by_place` (schemes, seeds, BEYOND * length) is the
    accuracy at each place of long passages, not a number at place 0; `stretched` (seeds, ...) that of the learned table
    resampled to the longer length. Beyond its last row the learned table has rows that were never trained.
    """

    schemes: tuple[Scheme, ...]
    length: int
    steps: IntArray
    accuracy: DoubleArray
    loss: DoubleArray
    frames: FloatArray
    attention: FloatArray
    by_place: DoubleArray
    stretched: DoubleArray
    words: int
    vocabulary: int
    cut: bool
    seconds: float

    @property
    def seeds(self) -> int:
        return int(self.accuracy.shape[1])

    @property
    def positions(self) -> LearnedPositions:
        """The learned table of the first seed."""
        return LearnedPositions.from_table(self.frames[-1])

    def defined(self, scheme: Scheme) -> int | None:
        """How many positions the scheme has something for; None: for every one."""
        return {"none": 0, "learned": self.length}.get(scheme)

    def beyond(self, scheme: Scheme) -> tuple[DoubleArray, DoubleArray]:
        """(seeds,) accuracy within the training length, and behind it, both in the long passages."""
        share = self.by_place[self.schemes.index(scheme)]
        return np.nanmean(share[:, : self.length], axis=1), share[:, self.length :].mean(axis=1)


def spread(values: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """(k, seeds, ...) -> mean and standard deviation (n - 1) over the seeds; one seed has a spread of 0."""
    return values.mean(axis=1), values.std(axis=1, ddof=1) if values.shape[1] > 1 else 0.0 * values[:, 0]


def compare_positions(
    sentences: Iterable[Sequence[str]],
    *,
    length: int = 32,
    dim: int = 64,
    seeds: int = 3,
    seed: int = 0,
    steps: int = STEPS,
    word_length: float = 0.25,
    schemes: Sequence[Scheme] = SCHEMES,
    on_step: OnStep = never_stop,
) -> Comparison:
    """Train one head of attention to name, for each word of a passage, the word before it; once for every scheme and seed.

    The task, exactly: a passage is `length` running words (sentence ends are words too). e = w + p, queries and keys are linear
    in e, and the softmax of their products says how much each word attends to each. The word before gets 3/4 of the credit,
    those on its two sides 1/8 each (cross-entropy), and the word most attended to is the answer. Word vectors are random,
    of length `word_length` * sqrt(dim), and held, so that p, the queries and the keys are all there is to learn; without p
    an answer can only be guessed from which words go together. All schemes of a seed see the same passages and begin with
    the same queries and keys. `schemes`: "none"; "fixed" (sinusoidal); "learned" from N(0, 0.1); "rotary" turns queries and
    keys instead of adding p; "alibi" lowers scores by distance and hides what follows.

    `on_step` gets the mean accuracy of each scheme, and its spread as "<scheme>_spread", and the learned table of the first
    seed as `coordinates`; True stops there. Raises ParameterError, and DataError for a text too short to measure on.
    """
    began = perf_counter()
    length, dim = require_whole("length", length, 4), require_whole("dim", dim, 2)
    require("dim", dim, dim % 2 == 0, N_("even, because every sine needs its cosine"))
    seeds, steps = require_whole("seeds", seeds, 1), require_whole("steps", steps, 1)
    require("word_length", word_length, bool(0 <= word_length < np.inf), N_("a number of at least 0"))
    known = bool(schemes) and len(set(schemes)) == len(schemes) and set(schemes) <= set(SCHEMES)
    require("schemes", schemes, known, N_("different ones of: {known}"), known=", ".join(SCHEMES))
    text = passages(sentences, BEYOND * length)
    chance = [np.random.default_rng([require_whole("seed", seed, 0), number]) for number in range(seeds)]
    model = Pointers(list(schemes), *_start(schemes, text.vocabulary, length, dim, word_length, chance))
    with OneThread() as alone:
        records = _train(model, text, steps, chance, alone.left_for(on_step))
        by_place, stretched = _by_place(model, text)
    taken, losses, accuracies, frames, looks = zip(*records, strict=True)
    return Comparison(
        schemes=tuple(schemes),
        length=length,
        steps=np.array(taken),
        accuracy=np.stack(accuracies, axis=-1),
        loss=np.stack(losses, axis=-1),
        frames=np.stack(frames),
        attention=np.stack(looks),
        by_place=by_place,
        stretched=stretched,
        words=text.words,
        vocabulary=text.vocabulary - 1,
        cut=text.cut,
        seconds=perf_counter() - began,
    )


Record = tuple[int, DoubleArray, DoubleArray, FloatArray, FloatArray]


def _start(
    schemes: Sequence[Scheme],
    vocabulary: int,
    length: int,
    dim: int,
    word_length: float,
    chance: Sequence[np.random.Generator],
) -> tuple[FloatArray, int, dict[str, FloatArray]]:
    """Words (s, vocabulary, d), the length, and the weights (k, s, ...): alike for all schemes but for the table."""
    words, tables, matrices = [], [], []
    for rng in chance:
        drawn = rng.normal(size=(vocabulary, dim))
        words.append(word_length * dim**0.5 * drawn / np.linalg.norm(drawn, axis=1, keepdims=True))
        tables.append(rng.normal(0.0, SPREAD, (BEYOND * length, dim)))
        matrices.append(rng.normal(0.0, dim**-0.5, (2, dim, dim)))
    several, shape = len(schemes), (len(schemes), len(chance))
    table = np.zeros((*shape, BEYOND * length, dim))
    for at, scheme in enumerate(schemes):
        if scheme in ("fixed", "learned"):
            table[at] = tables if scheme == "learned" else sinusoidal(BEYOND * length, dim)
    q, k = (np.stack([np.stack(matrices)[:, which]] * several) for which in (0, 1))
    # A key that is the same for all words lets the rotary scheme, which adds no p, ask for a place.
    biases = {name: np.full((*shape, 1, 1, dim), dim**-0.5) for name in ("q_bias", "k_bias")}
    weights = {"table": table, "q": q, "k": k, **biases}
    single = {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in weights.items()}
    return np.stack(words).astype(np.float32), length, single


def _train(
    model: Pointers, text: Passages, steps: int, chance: Sequence[np.random.Generator], on_step: OnStep
) -> list[Record]:
    every, records = max(1, steps // _RECORDS), []
    apart = np.random.default_rng(1)
    measured = np.stack([text.draw(model.length, max(1, _MEASURED // model.length), apart, held=True) for _ in chance])
    loss: DoubleArray = np.full((len(model.schemes), len(chance)), np.nan)
    for step in range(steps + 1):
        if step % every == 0 or step == steps:
            attention = model.attention(measured)
            accuracy = named(attention, measured).mean(axis=(-1, -2))
            table = _learned(model)[0].copy()
            records.append((step, loss, accuracy, table, attention.mean(axis=(1, 2))))
            if _told_to_stop(model.schemes, accuracy, table, step, steps, on_step):
                break
        if step < steps:
            tokens = np.stack([text.draw(model.length, BATCH, rng) for rng in chance])
            rate = RATE * min(1.0, (step + 1) / WARM_UP) * (0.5 + 0.5 * np.cos(np.pi * step / steps))
            loss = model.step(tokens, rate, step + 1).astype(np.float64)
    return records


def _told_to_stop(
    schemes: Sequence[Scheme], accuracy: DoubleArray, table: FloatArray, step: int, steps: int, on_step: OnStep
) -> bool:
    mean, apart = spread(accuracy)
    figures: dict[str, float] = {str(scheme): float(value) for scheme, value in zip(schemes, mean, strict=True)}
    figures |= {f"{scheme}_spread": float(value) for scheme, value in zip(schemes, apart, strict=True)}
    return bool(on_step(Step(done=step, total=steps, unit="step", figures=figures, coordinates=table)))


def _learned(model: Pointers) -> FloatArray:
    """(s, length, d) the learned tables as far as they are trained; without the scheme, the first one's, which are constant."""
    at = model.schemes.index("learned") if "learned" in model.schemes else 0
    return model.weights["table"][at, :, : model.length]


def _by_place(model: Pointers, text: Passages) -> tuple[DoubleArray, DoubleArray]:
    """(k, s, longest) and (s, longest): accuracy at each place of long held-out passages; the second with the tables stretched."""
    from core.patches import resample_positions

    longest, rng = BEYOND * model.length, np.random.default_rng(2)
    stretched = model.weights["table"].copy()
    if "learned" in model.schemes:
        at = model.schemes.index("learned")
        for seed, table in enumerate(_learned(model)):
            stretched[at, seed] = resample_positions(table, (model.length, 1), (longest, 1))
    hits: list[NDArray[np.bool_]] = []
    for _ in range(_PASSAGES // 4):  # a few passages at a time: attention on long ones takes room
        tokens = np.stack([text.draw(longest, 4, rng, held=True)] * len(model.words))
        answers = [named(model.attention(tokens, table), tokens) for table in (model.weights["table"], stretched)]
        hits.append(np.stack(answers))
    share = np.concatenate(hits, axis=3).mean(axis=3)
    padded = np.concatenate([np.full((*share.shape[:-1], 1), np.nan), share], axis=-1)
    at = model.schemes.index("learned") if "learned" in model.schemes else 0
    return padded[0], padded[1, at]
