"""Words -> numbers: the vocabulary of a corpus, and its sentences as one flat array of word ids."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from core.arrays import IntArray
from core.params import require_whole

OUT = -1  # the id of a word outside the vocabulary


@dataclass(frozen=True, slots=True)
class WordIds:
    """`ids` (tokens,) int32, OUT for a word outside the vocabulary; sentence s is
    ids[offsets[s] : offsets[s + 1]], `offsets` (sentences + 1,) int64."""

    ids: NDArray[np.int32]
    offsets: IntArray


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`words` by falling count, equal counts by code point; `counts` (words,) int64; `index` word -> id."""

    words: list[str]
    counts: IntArray
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {word: number for number, word in enumerate(self.words)})

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.index

    def ids(self, sentences: Iterable[Sequence[str]]) -> WordIds:
        """Sentences as ids. Words outside stay in place as OUT: leaving them out would make
        neighbours of words that never stood side by side."""
        return _numbered(sentences, self.index)


def vocabulary(sentences: Iterable[Sequence[str]], min_count: int = 1, max_size: int | None = None) -> Vocabulary:
    """The words seen at least `min_count` times; of more than `max_size`, the most frequent.

    Raises ParameterError unless min_count >= 1 and max_size >= 1 or None.
    """
    _check(min_count, max_size)
    counts = Counter(chain.from_iterable(sentences))
    return _ranked(list(counts.items()), min_count, max_size)[0]


def number_words(
    sentences: Iterable[Sequence[str]], min_count: int = 1, max_size: int | None = None
) -> tuple[Vocabulary, WordIds]:
    """Vocabulary and ids in one pass, for sentences that come from a generator and are never all in memory."""
    _check(min_count, max_size)
    first_seen: dict[str, int] = {}
    flat = _numbered(sentences, first_seen, grow=True)
    counts = np.bincount(flat.ids, minlength=len(first_seen)).tolist()
    known, order = _ranked(list(zip(first_seen, counts, strict=True)), min_count, max_size)
    renumbered = np.full(len(first_seen) + 1, OUT, dtype=np.int32)
    renumbered[order] = np.arange(len(known), dtype=np.int32)
    return known, WordIds(renumbered[flat.ids], flat.offsets)


def _check(min_count: int, max_size: int | None) -> None:
    require_whole("min_count", min_count, 1)
    if max_size is not None:
        require_whole("max_size", max_size, 1)


def _ranked(counted: list[tuple[str, int]], min_count: int, max_size: int | None) -> tuple[Vocabulary, list[int]]:
    """The vocabulary, and for each of its words the place it had in `counted`."""
    kept = [place for place, (_, count) in enumerate(counted) if count >= min_count]
    kept.sort(key=lambda place: (-counted[place][1], counted[place][0]))
    kept = kept[:max_size]
    words = [counted[place][0] for place in kept]
    return Vocabulary(words, np.array([counted[place][1] for place in kept], dtype=np.int64)), kept


def _numbered(sentences: Iterable[Sequence[str]], index: dict[str, int], grow: bool = False) -> WordIds:
    ids, offsets = array("i"), array("q", [0])
    for sentence in sentences:
        if grow:
            ids.extend([index.setdefault(word, len(index)) for word in sentence])
        else:
            ids.extend([index.get(word, OUT) for word in sentence])
        offsets.append(len(ids))
    return WordIds(np.array(ids, dtype=np.int32), np.array(offsets, dtype=np.int64))
