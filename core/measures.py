"""How good word vectors are: classes kept together, human judgements of similarity agreed with, analogies answered. In cosine."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.arrays import DoubleArray, FloatArray, IntArray, as_matrix
from core.errors import N_, DataError
from core.params import require_whole

if TYPE_CHECKING:
    from core.embedding import Embedding

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


@dataclass(frozen=True, slots=True)
class Agreement:
    """Spearman's `rho` between cosines and what people said of `covered` pairs out of `total`; None under three pairs
    or where one side says the same of all."""

    rho: float | None
    covered: int
    total: int


def similarity_agreement(embedding: Embedding, pairs: Sequence[tuple[str, str, float]]) -> Agreement:
    """How far cosines rank (word, word, similarity) pairs as people do, over the pairs whose words the embedding has.

    Words are looked up as they are and in small letters. Equal values share their mean rank.
    """
    found = [(_row(embedding, one), _row(embedding, other), said) for one, other, said in pairs]
    known = [(one, other, said) for one, other, said in found if one is not None and other is not None]
    if len(known) < 3:
        return Agreement(None, len(known), len(pairs))
    units = _units(embedding)
    first, second = np.array([pair[0] for pair in known]), np.array([pair[1] for pair in known])
    cosines = np.einsum("nd,nd->n", units[first], units[second])
    one, other = _ranks(cosines), _ranks(np.array([pair[2] for pair in known]))
    if not one.std() or not other.std():
        return Agreement(None, len(known), len(pairs))
    return Agreement(float(np.corrcoef(one, other)[0, 1]), len(known), len(pairs))


@dataclass(frozen=True, slots=True)
class AnalogyScore:
    """Of `total` questions the embedding has all four words of `covered`. The right word came first for `right` of them
    with the three words of the question left out of the answer, as usual, and for `right_unfiltered` without leaving
    any out, which is the honest count."""

    right: int
    right_unfiltered: int
    covered: int
    total: int


def analogy_score(embedding: Embedding, questions: Sequence[tuple[str, str, str, str]]) -> AnalogyScore:
    """Ask a : b = c : ? for each (a, b, c, d): the word nearest in cosine to b - a + c, of unit vectors
    (3CosAdd, Levy & Goldberg 2014)."""
    rows = np.array(
        [found for found in ([_row(embedding, word) for word in one] for one in questions) if None not in found],
        np.int64,
    ).reshape(-1, 4)
    units = _units(embedding)
    right = unfiltered = 0
    for begin in range(0, len(rows), _BLOCK):
        a, b, c, d = rows[begin : begin + _BLOCK].T
        cosines = (units[b] - units[a] + units[c]) @ units.T
        unfiltered += int((cosines.argmax(axis=1) == d).sum())
        for asked in (a, b, c):
            cosines[np.arange(len(d)), asked] = -np.inf
        right += int((cosines.argmax(axis=1) == d).sum())
    return AnalogyScore(right, unfiltered, len(rows), len(questions))


def _row(embedding: Embedding, word: str) -> int | None:
    for label in (word, word.lower()):
        if label in embedding:
            return embedding.index(label)
    return None


def _units(embedding: Embedding) -> FloatArray:
    """(n, d) the vectors at length 1; a zero vector stays one and is near nothing."""
    lengths = np.linalg.norm(embedding.vectors, axis=1, keepdims=True)
    return np.asarray(embedding.vectors / np.where(lengths > 0, lengths, 1))


def _ranks(values: FloatArray | DoubleArray) -> DoubleArray:
    """(n,) ranks from 1, equal values sharing their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[inverse])
