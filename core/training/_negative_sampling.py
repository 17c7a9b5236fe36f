"""What the objectives of word2vec share: negative samples, subsampling, a falling rate (Mikolov et al. 2013, arXiv:1310.4546)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from core.arrays import DoubleArray, FloatArray, IntArray
from core.errors import N_, DataError
from core.params import control, require, require_whole
from core.training import _measuring
from core.training._encode import Corpus, TokenArray, split
from core.training.history import NOT_MEASURED, Measures
from core.training.objective import Chunk, Plan, TextParams
from core.training.sampling import keep_chances, sampling_weights

_CHUNK = 20_000  # words between two looks at the clock, and between two changes of the learning rate
_PIECE = 10_000  # words; a longer sentence is read in pieces, so that a text without full stops can be stopped too


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativeSamplingParams(TextParams):
    """The defaults are word2vec's own, but for reading a short text more often."""

    words: ClassVar[int] = 5_000_000

    window: int = field(
        default=5,
        metadata=control("Window", 1, 10, step=1, help="How far to look on both sides; near words are looked at more often."),
    )  # fmt: skip
    negatives: int = field(
        default=5, metadata=control("Negative samples", 1, 20, step=1, help="Random words set against each true one.")
    )
    subsample: float = field(
        default=1e-3,
        metadata=control(
            "Subsampling threshold", 0.0, 0.01, step=0.0001, folded=True,
            help="Words with a greater share of the text are skipped now and then; 0 skips none.",
        ),
    )  # fmt: skip
    power: float = field(
        default=0.75,
        metadata=control(
            "Power of the count", 0.0, 1.0, step=0.05, folded=True,
            help="How negative samples are drawn: 0 draws all words alike, 1 as often as they occur.",
        ),
    )  # fmt: skip
    learning_rate: float = field(
        default=0.025,
        metadata=control(
            "Learning rate", 0.0001, 1000.0, folded=True, typed=True,
            help="Length of a step at the start; it falls to nearly nothing.",
        ),
    )  # fmt: skip

    def __post_init__(self) -> None:
        TextParams.__post_init__(self)
        require_whole("window", self.window, 1)
        require_whole("negatives", self.negatives, 1)
        require("subsample", self.subsample, 0 <= self.subsample < np.inf, N_("at least 0"))
        require("power", self.power, 0 <= self.power <= 2, N_("between 0 and 2"))
        require("learning_rate", self.learning_rate, 0 < self.learning_rate < np.inf, N_("above 0"))


@dataclass(frozen=True, slots=True)
class Examples:
    """Text to measure on: `inputs` (n, m) words whose mean vector must score `valid` (n,), which stood there, above
    `broken` (n,), drawn instead. -1 in `inputs` is no word."""

    inputs: TokenArray
    valid: TokenArray
    broken: TokenArray


class NegativeSamplingLearner(ABC):
    """See `core.training.objective.Learner`; its windows are words with what stands around them.

    An objective says which loop passes over the text and what it is measured by.
    """

    unit = "word"
    counted = 1

    def __init__(self, plan: Plan, params: NegativeSamplingParams) -> None:
        from core.training._random import alias_table, start_state
        from core.training._skip_gram_kernels import logistic_tables

        corpus, self._params, self._epochs = plan.corpus, params, plan.epochs
        self._rng = np.random.default_rng(plan.seed)
        training, held = split(_sentences_with_pairs(corpus), params.held_out, self._rng)
        self._tokens, (self._begins, self._ends) = corpus.tokens, _pieces(corpus, training)
        self.windows, self.held_out_windows = int(corpus.lengths[training].sum()), int(corpus.lengths[held].sum())
        size = len(corpus.labels), plan.dim
        self._words = ((self._rng.random(size) - 0.5) / plan.dim).astype(np.float32)
        self._contexts = np.zeros(size, np.float32)
        if plan.start is not None:
            plan.start.place(self._words)
            plan.start.adopt({}, {"contexts": self._contexts})
        chances = sampling_weights(corpus.counts, params.power)
        self._tables = (keep_chances(corpus.counts, params.subsample).astype(np.float32), *alias_table(chances))
        self._logistic = logistic_tables()
        self._state = start_state(plan.seed)
        self._scratch = np.empty(int((self._ends - self._begins).max()), np.int32), np.empty((2, plan.dim), np.float32)
        self._read = 0
        self._held_out = self._measured_by(corpus, held, chances)
        self._sample = self._measured_by(corpus, training, chances)
        log_counts = np.log(corpus.counts)
        self.frequency_auc = _measuring.auc(log_counts[self._held_out.valid], log_counts[self._held_out.broken])

    @abstractmethod
    def _loop(self) -> Callable[..., tuple[float, int]]:
        """The compiled loop over pieces of text: `train_pieces` of the objective's kernels."""

    @abstractmethod
    def _examples(self, corpus: Corpus, places: IntArray, sentences: IntArray) -> tuple[TokenArray, TokenArray]:
        """(inputs (n, m), valid (n,)) of words at these places of the tokens, in these sentences; -1 where there is none."""

    def _measured_by(self, corpus: Corpus, sentences: IntArray, chances: DoubleArray) -> Examples:
        if not len(sentences):
            none = corpus.tokens[:0]
            return Examples(none[:, None], none, none)
        ends = np.cumsum(corpus.lengths[sentences])
        chosen = self._rng.integers(0, ends[-1], 8 * _measuring.MOST)
        which = sentences[np.searchsorted(ends, chosen, "right")]
        begins = np.zeros(len(corpus.offsets), np.int64)
        begins[sentences] = ends - corpus.lengths[sentences]
        inputs, valid = self._examples(corpus, corpus.offsets[which] + chosen - begins[which], which)
        known = np.flatnonzero((inputs >= 0).any(axis=1) & (valid >= 0))[: _measuring.MOST]
        drawn = self._rng.choice(len(chances), len(known), p=chances).astype(np.int32)
        return Examples(inputs[known], valid[known], drawn)

    def epoch(self) -> Iterator[Chunk]:
        train_pieces = self._loop()
        order = self._rng.permutation(len(self._begins))
        begins, ends = self._begins[order], self._ends[order]
        read = np.cumsum(ends - begins)
        first = 0
        while first < len(order):
            done = int(read[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(read, done + _CHUNK, "right")))
            loss, scored = train_pieces(
                self._tokens, begins[first:last], ends[first:last], self._words, self._contexts, *self._tables,
                self._params.window, self._params.negatives, self._rate(), *self._logistic, self._state, *self._scratch,
            )  # fmt: skip
            words = int(read[last - 1]) - done
            self._read += words
            first = last
            yield Chunk(loss, scored, words)

    def training_loss(self) -> float:
        return self._judge(self._sample).loss

    def measure(self) -> Measures:
        return self._judge(self._held_out) if self.held_out_windows else Measures()

    def attested_share(self) -> float:
        return NOT_MEASURED  # which pairs the text has is never asked

    def vectors(self) -> FloatArray:
        return self._words

    def weights(self) -> dict[str, FloatArray]:
        return {"contexts": self._contexts}

    def memory(self) -> dict[str, FloatArray]:
        return {}

    def _rate(self) -> float:
        """Falls evenly to a ten-thousandth over the whole training, as in word2vec.c."""
        left = 1 - self._read / (self._epochs * self.windows)
        return self._params.learning_rate * max(left, 1e-4)

    def _judge(self, on: Examples) -> Measures:
        there = on.inputs >= 0
        vectors = np.einsum("nmd,nm->nd", self._words[on.inputs], there / there.sum(axis=1, keepdims=True))
        right, wrong = (np.einsum("nd,nd->n", vectors, self._contexts[other]) for other in (on.valid, on.broken))
        return _measuring.logistic(right, wrong, self._params.negatives)


def _sentences_with_pairs(corpus: Corpus) -> IntArray:
    """Those with two words to set beside each other; DataError when there are none."""
    known = np.bincount(corpus.sentence_of(np.flatnonzero(corpus.tokens >= 0)), minlength=len(corpus.offsets) - 1)
    if known.max() < 2:
        raise DataError(N_("No sentence has two words to learn from; put words that belong together on one line."))
    return np.flatnonzero(known >= 2)


def _pieces(corpus: Corpus, sentences: IntArray) -> tuple[IntArray, IntArray]:
    """(begins, ends) in `corpus.tokens` of the sentences, the longest ones in several pieces."""
    each = -(-corpus.lengths[sentences] // _PIECE)
    last = np.cumsum(each)
    place = np.arange(each.sum()) - np.repeat(last - each, each)
    begins = np.repeat(corpus.offsets[sentences], each) + place * _PIECE
    return begins, np.minimum(begins + _PIECE, np.repeat(corpus.offsets[sentences + 1], each))
