"""The labels spelled most like a word, for the message that says a word is unknown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_LONGEST = 80  # a longer query is no word
_Codes = NDArray[np.int32]


def spellings(word: str, labels: Sequence[str], n: int = 5) -> list[str]:
    """Up to n labels nearest in spelling, nearest first; [] where nothing comes near.

    Distance is the least number of letters added, dropped, changed or swapped with their
    neighbour (optimal string alignment), capitals and small letters alike; at most a third of the
    letters may differ. Short words, which Chinese words are, may differ in half of them.
    """
    query = word.strip().casefold()
    if not query or len(query) > _LONGEST or n < 1:
        return []
    reach = max(len(query) // 3, min(len(query) // 2, 2))
    folded = [label.casefold() for label in labels]
    near = [i for i, label in enumerate(folded) if abs(len(label) - len(query)) <= reach]
    if not near:
        return []
    distance = _distances(query, [folded[i] for i in near], reach)
    shared = [len(set(query) & set(folded[i])) if far <= reach else 0 for i, far in zip(near, distance, strict=True)]
    ranked = sorted(
        (int(far), folded[i][0] != query[0], -same, i)
        for i, far, same in zip(near, distance, shared, strict=True)
        if far <= reach and same
    )
    return [labels[i] for *_, i in ranked[:n]]


def _distances(query: str, others: list[str], reach: int) -> _Codes:
    """(m,) edit distances to all the others at once: the table of one word grows row by row, for every word together."""
    width = len(query) + reach
    codes = np.array(others, dtype=f"U{width}").view(np.uint32).astype(np.int32).reshape(len(others), width).T
    target = np.array([ord(c) for c in query], dtype=np.int32)
    lengths = np.array([len(other) for other in others])
    above_two: list[_Codes] = []
    above = [np.full(len(others), j, dtype=np.int32) for j in range(width + 1)]
    for i in range(1, len(query) + 1):
        row = [np.full(len(others), i, dtype=np.int32)]
        for j in range(1, width + 1):
            cost = np.minimum(above[j - 1] + (codes[j - 1] != target[i - 1]), np.minimum(above[j], row[j - 1]) + 1)
            if i > 1 and j > 1:
                swapped = (codes[j - 1] == target[i - 2]) & (codes[j - 2] == target[i - 1])
                cost = np.where(swapped, np.minimum(cost, above_two[j - 2] + 1), cost)
            row.append(cost)
        above_two, above = above, row
    return np.stack(above)[lengths, np.arange(len(others))]
