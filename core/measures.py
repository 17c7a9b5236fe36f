"""How well vectors keep known classes together: class gap and neighbour purity, in cosine."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from core.arrays import FloatArray, IntArray, as_matrix
from core.errors import N_, DataError
from core.params import require_whole

_BLOCK = 1_024  # rows compared with all others at a time: bounded memory, one matrix product each


def class_gap(vectors: FloatArray, classes: Sequence[Hashable | None]) -> float:
    """Mean cosine of two different words of one class, minus that of two words of different classes.

    vectors (n, d); `classes` gives a class a row, None for a row that has none and is left out. 0
    for vectors at random, at most 2. Raises DataError when there are not both kinds of pairs, and
    for a zero vector, which has no cosine.
    """
    units, groups = _classed(vectors, classes)
    sums = np.zeros((int(groups.max()) + 1, units.shape[1]))
    np.add.at(sums, groups, units)
    sizes = np.bincount(groups)
    # Every pair's cosine without making the pairs: |sum of a class|^2 counts each pair twice and each word once.
    within, within_pairs = np.square(sums).sum() - len(units), np.square(sizes).sum() - len(units)
    between = np.square(sums.sum(axis=0)).sum() - np.square(sums).sum()
    between_pairs = len(units) ** 2 - np.square(sizes).sum()
    if not within_pairs or not between_pairs:
        raise DataError(N_("A class gap needs two words of one class and a word of another; name more classes."))
    return float(within / within_pairs - between / between_pairs)


def neighbour_purity(vectors: FloatArray, classes: Sequence[Hashable | None], k: int = 10) -> float:
    """Of the k nearest rows in cosine, the share of the row's own class, averaged over all rows that have one.

    Rows without a class (None) are neither asked nor counted as neighbours; a class of fewer than
    k + 1 words cannot reach 1. Raises as `class_gap` does, and ParameterError unless k >= 1.
    """
    return float(_purities(vectors, classes, k)[0].mean())


def purity_by_class(vectors: FloatArray, classes: Sequence[Hashable | None], k: int = 10) -> dict[Hashable, float]:
    """`neighbour_purity` of the words of each class, by class in order of appearance."""
    purities, groups, names = _purities(vectors, classes, k)
    means = np.bincount(groups, weights=purities) / np.bincount(groups)
    return dict(zip(names, means.tolist(), strict=True))


def _purities(
    vectors: FloatArray, classes: Sequence[Hashable | None], k: int
) -> tuple[FloatArray, IntArray, list[Hashable]]:
    """(share of like neighbours, class number) a row that has a class, and the names of the classes."""
    k = require_whole("k", k, 1)
    units, groups = _classed(vectors, classes)
    names = list(dict.fromkeys(name for name in classes if name is not None))
    if len(units) < 2:
        raise DataError(N_("Neighbour purity needs at least two words that have a class."))
    k = min(k, len(units) - 1)
    shares = np.empty(len(units), np.float32)
    for begin in range(0, len(units), _BLOCK):
        cosines = units[begin : begin + _BLOCK] @ units.T
        own = np.arange(len(cosines))
        cosines[own, begin + own] = -np.inf
        nearest = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        shares[begin : begin + _BLOCK] = (groups[nearest] == groups[begin + own, None]).mean(axis=1)
    return shares, groups, names


def _classed(vectors: FloatArray, classes: Sequence[Hashable | None]) -> tuple[FloatArray, IntArray]:
    """(unit vectors, class numbers in order of appearance) of the rows that have a class."""
    matrix = as_matrix(vectors)
    if len(classes) != len(matrix):
        raise DataError(
            N_("There are {classes} classes for {rows} vectors; each vector needs one, or None."),
            classes=len(classes), rows=len(matrix),
        )  # fmt: skip
    rows = np.array([row for row, name in enumerate(classes) if name is not None], np.int64)
    if not len(rows):
        raise DataError(N_("None of these words has a class, so there is nothing to compare."))
    numbers: dict[Hashable, int] = {}
    groups = np.array([numbers.setdefault(classes[row], len(numbers)) for row in rows], np.int64)
    lengths = np.linalg.norm(matrix[rows], axis=1, keepdims=True)
    if not lengths.all():
        raise DataError(
            N_("Row {row} is a zero vector, which has no cosine; leave it out."), row=int(rows[np.argmin(lengths)]) + 1
        )
    return matrix[rows] / lengths, groups
