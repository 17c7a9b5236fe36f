"""Windows of the five-gram task: where they begin, which word of them is swapped, and whether the text has them.

A window is valid as it stands in the text. A broken one has a single word swapped for a random
other one (Bottou 2011, arXiv:1102.1808; the middle word in Collobert & Weston 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import FloatArray, IntArray
from core.training._encode import Corpus, TokenArray
from core.training.sampling import sampling_weights

SLOTS = ("any", "middle", "last")


def cut(corpus: Corpus, sentences: IntArray, window: int) -> IntArray:
    """Where the windows of these sentences begin in `corpus.tokens`: T words make max(0, T - window + 1).

    A window with a word too rare for the vocabulary is left out, for it has no vector.
    """
    begins = corpus.offsets[sentences]
    each = np.maximum(0, corpus.lengths[sentences] - window + 1)
    first = np.cumsum(each) - each
    starts = np.repeat(begins - first, each) + np.arange(each.sum())
    unknown = np.concatenate([[0], np.cumsum(corpus.tokens < 0)])
    return np.asarray(starts[unknown[starts + window] == unknown[starts]])


def slot_groups(count: int, window: int, slot: str, turn: int = 0) -> IntArray:
    """(window + 1,) borders: of `count` windows, those in borders[j]:borders[j + 1] are broken at slot j.

    "any" deals the slots out evenly; `turn` says which slots get one more when they do not divide.
    "middle" is the word right of the centre in an even window.
    """
    if slot == "any":
        return (np.arange(window + 1) * count + turn % window) // window
    chosen = window // 2 if slot == "middle" else window - 1
    return np.where(np.arange(window + 1) > chosen, count, 0)


@dataclass(slots=True)
class Breaker:
    """Makes broken twins. `known` is a set of the windows of the text, by key; `attested` of the `drawn` twins were in it."""

    tokens: TokenArray
    share: FloatArray
    other: TokenArray
    factors: NDArray[np.uint64]
    known: NDArray[np.uint64]
    state: NDArray[np.uint64]
    redraw: bool
    drawn: int = 0
    attested: int = 0

    @classmethod
    def make(cls, corpus: Corpus, windows: int, size: int, power: float, redraw: bool, seed: int) -> Breaker:
        """With room to know `windows` windows of `size` words; words are drawn by count^power."""
        from core.training._random import alias_table, start_state

        share, other = alias_table(sampling_weights(corpus.counts, power))
        factors = np.random.default_rng(0).integers(0, 2**64, size, np.uint64) | np.uint64(1)
        room = 1 << (2 * windows + 1).bit_length()  # at most half full
        return cls(corpus.tokens, share, other, factors, np.zeros(room, np.uint64), start_state(seed), redraw)

    def learn(self, starts: IntArray) -> None:
        """Know the windows that begin there."""
        from core.training._windows import insert_windows

        insert_windows(self.tokens, starts, self.factors, self.known)

    def knows(self, starts: IntArray) -> NDArray[np.bool_]:
        """(n,) which windows, beginning there, equal one that was learned."""
        from core.training._windows import find_windows

        return find_windows(self.tokens, starts, self.factors, self.known)

    def break_windows(self, starts: IntArray, slots: TokenArray) -> tuple[TokenArray, TokenArray]:
        """((n, size) windows, (n,) the words that replace slot `slots[i]` of each), never the word that was there.

        A twin that the text attests is counted, and drawn again if `redraw` is set (it stays
        after 50 draws: some windows have no other).
        """
        from core.training._windows import break_windows

        windows = np.empty((len(starts), len(self.factors)), np.int32)
        swaps = np.empty(len(starts), np.int32)
        self.attested += break_windows(
            self.tokens, starts, slots, self.share, self.other,
            self.factors, self.known, self.redraw, self.state, windows, swaps,
        )  # fmt: skip
        self.drawn += len(starts)
        return windows, swaps
