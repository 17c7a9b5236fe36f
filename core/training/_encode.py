"""A text as the objectives read it: words as numbers, and which sentences are kept out to check on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import IntArray
from core.errors import N_, DataError

TokenArray = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Corpus:
    """`labels` (V) most frequent first, `counts` (V,) beside them; `tokens` (N,) rows of `labels`, -1 for a
    word too rare to have one; sentence s is tokens[offsets[s]:offsets[s + 1]]."""

    labels: list[str]
    counts: IntArray
    tokens: TokenArray
    offsets: IntArray

    @property
    def lengths(self) -> IntArray:
        """(S,) words of each sentence."""
        return np.diff(self.offsets)

    def sentence_of(self, places: IntArray) -> IntArray:
        """(n,) the sentences in which these places of `tokens` are."""
        return np.searchsorted(self.offsets, places, "right") - 1


def encode(sentences: Iterable[Sequence[str]], min_count: int = 1) -> Corpus:
    """Read the sentences once (a generator will do) and keep four bytes a word.

    Raises DataError for a sentence that is not a list of words, and where fewer than two words
    occur at least `min_count` times.
    """
    from core.text.numbering import number_words

    vocabulary, words = number_words(_checked(sentences), min_count)
    if not len(words.ids):
        raise DataError(N_("There are no words to learn from; give a text with a few sentences."))
    if len(vocabulary) < 2 and min_count > 1:
        raise DataError(
            N_("Fewer than two words occur at least {count} times; lower the least count, or add text."),
            count=min_count,
        )
    if len(vocabulary) < 2:
        raise DataError(
            N_("The text has only one distinct word, {word}: there is no other to tell it from. Add text with more words."),
            word=vocabulary.words[0][:80],
        )  # fmt: skip
    return Corpus(vocabulary.words, vocabulary.counts, words.ids, words.offsets)


def _checked(sentences: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    for row, sentence in enumerate(sentences):
        if isinstance(sentence, str):
            raise DataError(N_("Sentence {row} is text, not a list of words; split it into words first."), row=row + 1)
        yield sentence


def split(sentences: IntArray, share: float, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """(training, held-out) sentences, in order. Whole sentences are dealt out before any window is cut,
    or the two sides would share words.

    Raises DataError when a share is wanted and there is only one sentence.
    """
    if share == 0:
        return sentences, sentences[:0]
    if len(sentences) < 2:
        raise DataError(
            N_("Only one sentence is long enough to learn from, so none is left to check on. Add sentences, or set the held-out share to 0.")
        )  # fmt: skip
    spared = min(max(1, round(share * len(sentences))), len(sentences) - 1)
    held = np.zeros(len(sentences), np.bool_)
    held[rng.permutation(len(sentences))[:spared]] = True
    return sentences[~held], sentences[held]
