"""What R says after a five-gram training: of any window, of every word in a slot, and what one step would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.arrays import FloatArray, IntArray
from core.errors import N_, DataError
from core.params import require, require_whole
from core.training._five_gram_model import FiveGramModel, score

if TYPE_CHECKING:
    from core.embedding import Embedding


@dataclass(frozen=True, slots=True)
class Verdict:
    """R's `score` of a window and, under the logistic loss, the `probability` it gives to "valid"; a hinge loss
    compares two windows and knows no probability (None)."""

    score: float
    probability: float | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every word of the vocabulary in one slot of a window, the best first: `labels` (V) and `scores` (V,) beside
    them; `rows` (V,) are their rows in the embedding."""

    labels: list[str]
    scores: FloatArray
    rows: IntArray

    def rank(self, word: str) -> int:
        """The place of a word, from 1. Raises ValueError for a word that is not in the vocabulary."""
        return self.labels.index(word) + 1


@dataclass(frozen=True, slots=True)
class GradientStep:
    """One step of plain gradient descent on a window and its broken twin.

    Row `rows[k]` of W, the vector of `labels[k]`, moves by `changes[k]` (d,); all other rows move by
    exactly 0. `loss` is the mean loss of the two windows as it is, `loss_after` with these rows moved
    and R left as it is.
    """

    labels: list[str]
    rows: IntArray
    changes: FloatArray
    loss: float
    loss_after: float

    @property
    def lengths(self) -> FloatArray:
        """(k,) how far each row moves."""
        return np.linalg.norm(self.changes, axis=1)


class Judge:
    """The network R of a trained five-gram embedding. Raises DataError for an embedding without one."""

    def __init__(self, embedding: Embedding) -> None:
        history = embedding.history
        if getattr(history, "objective", None) != "five-gram" or not history.weights:
            raise DataError(
                N_(
                    "There is no R here to ask: only an embedding trained on the five-gram task has one. Train one, and ask it."
                )
            )
        self._embedding, self._weights = embedding, history.weights
        self.window: int = history.settings["window"]
        self._ranking: bool = history.settings["loss"] == "hinge"
        self._rate: float = history.settings["learning_rate"]

    def score(self, words: Sequence[str]) -> float:
        """R's score of a window of words; under the logistic loss, above 0 means "valid".

        Raises UnknownLabel, with the nearest spellings, and DataError unless there are as many words as a window has.
        """
        return float(score(self._embedding.vectors, self._weights, self._rows(words)[None])[0])

    def verdict(self, words: Sequence[str]) -> Verdict:
        """The score and, where the loss gives it a meaning, the probability. Raises as `score` does."""
        found = self.score(words)
        return Verdict(found, None if self._ranking else float(0.5 + 0.5 * np.tanh(found / 2)))

    def rank(self, words: Sequence[str], slot: int) -> Ranking:
        """Every word of the vocabulary in that slot (from 0), scored with the others as they are, the best first.

        The word that stands there may be any known one: it is not used. Raises as `score` does, and
        ParameterError for a slot outside the window.
        """
        slot, rows = self._slot(slot), self._rows(words)
        table, weights, dim = self._embedding.vectors, self._weights, self._embedding.dim
        rest = table[rows].astype(np.float32)
        rest[slot] = 0
        hidden = rest.reshape(-1) @ weights["R"] + weights["bias"] + table @ weights["R"][slot * dim : (slot + 1) * dim]
        scores = np.maximum(hidden, 0) @ weights["out"] + weights["offset"]
        order = np.argsort(-scores, kind="stable")
        return Ranking([self._embedding.labels[row] for row in order], scores[order], order)

    def step(self, words: Sequence[str], slot: int, swap: str, rate: float | None = None) -> GradientStep:
        """What one step of gradient descent, of length `rate` (the training's own unless given), changes in W when R
        sees these words as valid and, with `swap` in that slot, as broken: the rows of the window and of the swap.

        Nothing is changed here. The training itself divides each row's step by the steps it made before (Adagrad);
        which rows move is the same. Raises as `rank` does, ParameterError unless rate > 0, and DataError for a swap
        that is the word itself.
        """
        slot, rows, other = self._slot(slot), self._rows(words), self._embedding.index(swap)
        rate = self._rate if rate is None else rate
        require("rate", rate, 0 < rate < np.inf, N_("above 0"))
        if other == rows[slot]:
            raise DataError(
                N_("{word} already stands in that slot; a broken window needs another word there."), word=swap
            )
        borders = np.where(np.arange(self.window + 1) > slot, 1, 0)
        model = FiveGramModel.of(self._embedding.vectors, self._weights, self.window)
        before, touched, sums = model.gradients(
            rows[None].astype(np.int32), np.array([other], np.int32), borders, self._ranking
        )
        moved, changes = touched.astype(np.int64), -np.float32(rate) * sums
        order = np.argsort([[*rows, other].index(row) for row in moved])
        moved, changes = moved[order], changes[order]
        model.table[moved] += changes
        after = model.gradients(rows[None].astype(np.int32), np.array([other], np.int32), borders, self._ranking)[0]
        scored = 1 if self._ranking else 2
        return GradientStep(
            [self._embedding.labels[row] for row in moved], moved, changes, before / scored, after / scored
        )

    def _rows(self, words: Sequence[str]) -> IntArray:
        if len(words) != self.window:
            raise DataError(
                N_("R judges windows of {window} words; these are {count}."), window=self.window, count=len(words)
            )
        return np.array([self._embedding.index(word) for word in words], np.int64)

    def _slot(self, slot: int) -> int:
        slot = require_whole("slot", slot, 0)
        require("slot", slot, slot < self.window, N_("a place in the window, 0 to {last}"), last=self.window - 1)
        return slot
