"""Measures of recommended lists. What is not defined for the input is None, never 0.

Lists hold items by row (or by name, with counts as a mapping). Every measure is the same when each reader is there
twice: means over readers, shares, and for differences between readers a mean over all pairs, a reader with itself included.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import N_, DataError
from core.params import require, require_whole

Lists = Sequence[Sequence[Hashable]]
Counts = Mapping[Any, float] | Sequence[float] | NDArray[Any]


def coverage(lists: Lists, catalogue_size: int) -> float | None:
    """Share of the catalogue that stands in at least one list; None for an empty catalogue."""
    size = require_whole("catalogue_size", catalogue_size, 0)
    return len({item for one in lists for item in one}) / size if size else None


def novelty(lists: Lists, counts: Counts) -> float | None:
    """Mean over all places of all lists of -log2(count / N), in bits, N the sum of the counts.

    An item that was never chosen is unbounded surprise: the mean is then infinite. None without lists or counts.
    """
    total = float(sum(_values(counts)))
    shown = [_count(counts, item) for one in lists for item in one]
    if not shown or total <= 0:
        return None
    return math.inf if min(shown) <= 0 else float(np.mean([-math.log2(count / total) for count in shown]))


def intra_list_diversity(vectors_of_lists: Sequence[NDArray[Any] | Sequence[Sequence[float]]]) -> float | None:
    """Mean over the lists of the mean pairwise 1 - cos; a list of fewer than two is not counted, and None is without any.

    DataError for a zero vector, which has no cosine.
    """
    found = []
    for vectors in vectors_of_lists:
        rows = np.asarray(vectors, np.float64)
        if len(rows) < 2:
            continue
        units = _units(rows)
        pairs = len(rows) * (len(rows) - 1)
        found.append(1 - (float(np.sum(units.sum(axis=0) ** 2)) - len(rows)) / pairs)
    return float(np.mean(found)) if found else None


def between_readers(vectors_of_lists: Sequence[NDArray[Any] | Sequence[Sequence[float]]]) -> float | None:
    """Mean 1 - cos between the middles of two readers' lists, over all ordered pairs of readers, each with itself included.

    The middle of a list is the direction of the sum of its unit vectors. Empty lists, and those whose vectors cancel
    out, are not counted; None without any other.
    """
    middles = [_units(np.asarray(one, np.float64)).sum(axis=0) for one in vectors_of_lists if len(one)]
    middles = [middle for middle in middles if float(np.linalg.norm(middle)) > 1e-9]
    if not middles:
        return None
    mean = _units(np.array(middles)).mean(axis=0)
    return float(1 - mean @ mean)


def gini(counts: Counts) -> float | None:
    """Gini coefficient over all items, those never shown included: 0 is even, near 1 is all on one. None without any count."""
    values = np.sort(np.asarray(list(_values(counts)), np.float64))
    if (values < 0).any():
        raise DataError(N_("Counts cannot be below zero."))
    total = values.sum()
    if total <= 0:
        return None
    ranks = np.arange(1, len(values) + 1)
    return float((2 * ranks - len(values) - 1) @ values / (len(values) * total))


def head_of(counts: Counts, head_share: float = 0.8) -> list[Any]:
    """The head: the smallest set of items that holds at least `head_share` of all counts, the commonest first."""
    require("head_share", head_share, 0 < head_share <= 1, N_("above 0 and at most 1"))
    named = list(counts.items()) if isinstance(counts, Mapping) else list(enumerate(_values(counts)))
    ranked = sorted((pair for pair in named if pair[1] > 0), key=lambda pair: -pair[1])
    needed, held, head = head_share * sum(count for _, count in ranked), 0.0, []
    for item, count in ranked:
        if held >= needed * (1 - 1e-12):
            break
        head.append(item)
        held += count
    return head


def tail_share(lists: Lists, counts: Counts, head_share: float = 0.8) -> float | None:
    """Share of all places of all lists that go to items outside `head_of(counts, head_share)`. None without lists or counts."""
    head = set(head_of(counts, head_share))
    shown = [item for one in lists for item in one]
    return sum(item not in head for item in shown) / len(shown) if shown and head else None


def overlap(lists: Lists, others: Lists) -> float | None:
    """Mean over the readers of |both| / |either| (Jaccard) of their two lists; readers without either are not counted."""
    if len(lists) != len(others):
        raise DataError(N_("There are {first} lists and {second} to compare them with; each reader needs both."), first=len(lists), second=len(others))  # fmt: skip
    pairs = [(set(one), set(other)) for one, other in zip(lists, others, strict=True)]
    shares = [len(one & other) / len(one | other) for one, other in pairs if one or other]
    return float(np.mean(shares)) if shares else None


def _units(rows: NDArray[Any]) -> NDArray[np.float64]:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    if (length < 1e-12).any():
        raise DataError(N_("Row {row} of a list is all zeros and has no cosine; leave the item out."), row=int(np.argmin(length)) + 1)  # fmt: skip
    return rows / length


def _values(counts: Counts) -> list[float]:
    return list(counts.values()) if isinstance(counts, Mapping) else np.asarray(counts).tolist()


def _count(counts: Counts, item: Any) -> float:
    return float(counts.get(item, 0) if isinstance(counts, Mapping) else counts[item])
