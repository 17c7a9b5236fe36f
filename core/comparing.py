"""Two embeddings beside each other: do they agree on who is near whom?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import FloatArray
from core.embedding import Embedding
from core.errors import N_, DataError
from core.params import require_whole

_MOST, _ASKED = 5_000, 500  # shared labels that are looked at, and how many of them are asked


@dataclass(frozen=True, slots=True)
class Compared:
    """`shared` labels stand in both; of `looked` of them `asked` were asked for their `k` nearest by cosine among those.

    `agreement`: the mean share of answers that both give, `chance` what two unrelated embeddings would reach;
    `alike` and `unlike`: the labels whose neighbours agree most and least."""

    shared: int
    looked: int
    asked: int
    k: int
    agreement: float
    chance: float
    alike: tuple[str, ...]
    unlike: tuple[str, ...]


def compare(one: Embedding, other: Embedding, k: int = 10, *, examples: int = 8) -> Compared:
    """Share of nearest neighbours that two embeddings have in common, over the labels of both.

    Rows without a direction are left out. Raises DataError for fewer than three shared labels.
    """
    shared = [label for label in one.labels if label in other]
    rows = _spread(shared, _MOST)
    here, there = _units(one, rows), _units(other, rows)
    directed = np.flatnonzero(here.any(axis=1) & there.any(axis=1))
    labels, here, there = [rows[at] for at in directed], here[directed], there[directed]
    if len(labels) < 3:
        raise DataError(N_("These two have {count} labels in common; at least 3 are needed to compare their neighbours."), count=len(labels))  # fmt: skip
    k = min(require_whole("k", k, 1), len(labels) - 1)
    asked = np.unique(np.linspace(0, len(labels) - 1, min(len(labels), _ASKED)).round().astype(int))
    first, second = _nearest(here, asked, k), _nearest(there, asked, k)
    shares = np.array([len(np.intersect1d(mine, yours)) / k for mine, yours in zip(first, second, strict=True)])
    order = np.argsort(-shares, kind="stable")
    named = [labels[at] for at in asked[order]]
    return Compared(
        len(shared), len(labels), len(asked), k, float(shares.mean()), k / (len(labels) - 1),
        tuple(named[:examples]), tuple(named[::-1][:examples]),
    )  # fmt: skip


def _spread(items: Sequence[str], most: int) -> list[str]:
    if not items:
        return []
    return [items[at] for at in np.unique(np.linspace(0, len(items) - 1, min(len(items), most)).round().astype(int))]


def _units(embedding: Embedding, labels: Sequence[str]) -> FloatArray:
    vectors = embedding.vectors[[embedding.index(label) for label in labels]]
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0), dtype=np.float32)


def _nearest(units: FloatArray, asked: np.ndarray[tuple[int], np.dtype[np.int64]], k: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:  # fmt: skip
    scores = units[asked] @ units.T
    scores[np.arange(len(asked)), asked] = -np.inf
    return np.argpartition(-scores, k - 1, axis=1)[:, :k]
