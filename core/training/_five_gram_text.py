"""A text as the five-gram task uses it: windows to train on, windows kept out, and the twins both are measured by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.arrays import IntArray
from core.errors import N_, DataError
from core.training import _measuring
from core.training._encode import Corpus, TokenArray, split
from core.training.windows import Breaker, cut, slot_groups

if TYPE_CHECKING:
    from core.training.five_gram import FiveGramParams

Twins = tuple[TokenArray, TokenArray]


@dataclass(frozen=True, slots=True)
class Material:
    """`starts` of the training windows and of the `held_out` ones in the tokens of the corpus, `repeated` more were
    kept out but also occur in the training part; `breaker` knows them all. `checked` and `sample` are
    (valid (n, T), broken (n, T)) of some held-out and some training windows, to measure on."""

    starts: IntArray
    held_out: IntArray
    repeated: int
    breaker: Breaker
    checked: Twins
    sample: Twins


def prepare_text(corpus: Corpus, params: FiveGramParams, seed: int, rng: np.random.Generator) -> Material:
    """Deal out the sentences, cut the windows and draw the twins to measure on.

    Raises DataError for a text without a window, and for one whose held-out windows all occur elsewhere in it.
    """
    training, held = split(_sentences_with_windows(corpus, params.window), params.held_out, rng)
    starts, kept_out = cut(corpus, training, params.window), cut(corpus, held, params.window)
    breaker = Breaker.make(
        corpus, len(starts) + len(kept_out), params.window, params.count_power, params.redraw_attested, seed
    )
    breaker.learn(starts)
    unseen = _unseen(breaker, kept_out)
    breaker.learn(unseen)
    checked = _twins(breaker, params, rng.permutation(unseen)[: _measuring.MOST])
    sample = _twins(breaker, params, rng.permutation(starts)[: _measuring.MOST])
    breaker.drawn = breaker.attested = 0  # count the training's own from here
    return Material(starts, unseen, len(kept_out) - len(unseen), breaker, checked, sample)


def frequency_auc(corpus: Corpus, twins: Twins) -> float:
    """The shortcut's own AUC: judge a window by the summed log counts of its words, without any training."""
    log_counts = np.log(corpus.counts)
    valid, broken = twins
    return _measuring.auc(log_counts[valid].sum(axis=1), log_counts[broken].sum(axis=1))


def slots_of(borders: IntArray) -> TokenArray:
    """(n,) the slot at which each window is broken."""
    return np.repeat(np.arange(len(borders) - 1, dtype=np.int32), np.diff(borders))


def _twins(breaker: Breaker, params: FiveGramParams, starts: IntArray) -> Twins:
    slots = slots_of(slot_groups(len(starts), params.window, params.slot))
    valid, swaps = breaker.break_windows(starts, slots)
    broken = valid.copy()
    broken[np.arange(len(slots)), slots] = swaps
    return valid, broken


def _unseen(breaker: Breaker, starts: IntArray) -> IntArray:
    """Those windows whose words are not, in this order, trained on elsewhere: repeated phrases check nothing."""
    unseen = starts[~breaker.knows(starts)]
    if len(starts) and not len(unseen):
        raise DataError(
            N_("Every window kept out for checking also occurs in the rest of the text. Choose a longer window, add sentences that differ, or set the held-out share to 0.")
        )  # fmt: skip
    return unseen


def _sentences_with_windows(corpus: Corpus, window: int) -> IntArray:
    """Their numbers; DataError when there are none."""
    starts = cut(corpus, np.arange(len(corpus.offsets) - 1), window)
    if not len(starts):
        raise DataError(
            N_("No sentence has the {window} words side by side that a window needs; the longest has {longest} words. Add longer sentences, or choose a shorter window."),
            window=window, longest=int(corpus.lengths.max()),
        )  # fmt: skip
    return np.unique(corpus.sentence_of(starts))
