"""An analogy as two steps, man -> woman beside king -> queen, and the plane in which they are best seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import _ranking
from core.arrays import FloatArray
from core.embedding import Embedding
from core.query import Answer


@dataclass(frozen=True, slots=True)
class Steps:
    """`labels` and `rows` of four words: the first step goes from 0 to 1, the second from 2 to 3.

    `coordinates` (4, 2) are the PCA of these four alone, which keeps `kept` of their spread; `cosine`
    of the two steps, in all dimensions, is 1 where they are parallel.
    """

    labels: tuple[str, ...]
    rows: tuple[int, ...]
    coordinates: FloatArray
    kept: float
    cosine: float


def steps(embedding: Embedding, answer: Answer, metric: str = "cosine") -> Steps | None:
    """Of a question a - b + c with the answer d, the steps b -> c and a -> d; None for any other question.

    In cosine the vectors are taken at length 1, as the question does; in other measures as they are.
    """
    plus, minus = answer.query.positive, answer.query.negative
    if len(plus) != 2 or len(minus) != 1 or not answer.neighbours:
        return None
    labels = (minus[0], plus[1], plus[0], answer.neighbours[0].label)
    if len(set(labels)) < 4:
        return None
    vectors = np.stack([embedding.vector(label) for label in labels]).astype(np.float64)
    if metric == "cosine":
        vectors = np.stack([_ranking.unit(vector) for vector in vectors])
    differences = vectors[1] - vectors[0], vectors[3] - vectors[2]
    lengths = [float(np.linalg.norm(difference)) for difference in differences]
    if not all(lengths):
        return None
    centred = vectors - vectors.mean(axis=0)
    left, spread, _ = np.linalg.svd(centred, full_matrices=False)
    flat = np.zeros((4, 2), np.float32)
    width = min(2, len(spread))
    flat[:, :width] = left[:, :width] * spread[:width]
    return Steps(
        labels, tuple(embedding.index(label) for label in labels), flat,
        float((spread[:2] ** 2).sum() / (spread**2).sum()), float(differences[0] @ differences[1] / np.prod(lengths)),
    )  # fmt: skip
