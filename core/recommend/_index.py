"""The inverted index: tag -> its posting list, and item -> its tags, both as flat arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from core.arrays import IntArray


class TagIndex:
    """`tags`: every tag, the commonest first, equal counts by text; `sizes` (n,): how many tags each item has."""

    def __init__(self, tags: Sequence[Sequence[str]]) -> None:
        unique = [list(dict.fromkeys(own)) for own in tags]
        counts = Counter(chain.from_iterable(unique))
        self.tags = sorted(counts, key=lambda tag: (-counts[tag], tag))
        self.row = {tag: row for row, tag in enumerate(self.tags)}
        self.sizes = np.array([len(own) for own in unique], np.int64)
        self._ends = np.concatenate([[0], np.cumsum(self.sizes)])
        self._flat = np.array([self.row[tag] for own in unique for tag in own], np.int64)
        owner = np.repeat(np.arange(len(unique)), self.sizes)
        order = np.argsort(self._flat, kind="stable")
        self._items = owner[order]
        self._starts = np.searchsorted(self._flat[order], np.arange(len(self.tags) + 1))

    def posting(self, tag: str) -> IntArray:
        row = self.row.get(tag)
        return self._items[:0] if row is None else self._items[self._starts[row] : self._starts[row + 1]]

    def of_item(self, item: int) -> IntArray:
        return self._flat[self._ends[item] : self._ends[item + 1]]

    def matched(self, tags: Sequence[str]) -> tuple[IntArray, IntArray]:
        """(items in at least one of the posting lists, in how many), items in catalogue order."""
        counts = np.zeros(len(self.sizes), np.int64)
        for tag in tags:
            counts[self.posting(tag)] += 1
        found = np.flatnonzero(counts)
        return found, counts[found]

    def table(self) -> Any:
        """(items, tags) sparse float64, 1 where an item carries a tag; a row's tags in one order, so that equal items sum equally."""
        from scipy.sparse import csr_matrix

        shape = len(self.sizes), len(self.tags)
        table = csr_matrix((np.ones(len(self._flat)), self._flat, self._ends), shape=shape)
        table.sort_indices()
        return table
