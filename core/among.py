"""Words against each other: their similarities, and the one that fits the others least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import _ranking
from core.arrays import FloatArray
from core.embedding import Embedding, Neighbour
from core.errors import N_, DataError
from core.query import parse

MOST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Among:
    """m words, their scores (m, m), and from three words on their cosines to the mean of their directions, the nearest
    first: the last of them is the odd one out. `to_middle` is empty for fewer words and where they cancel out."""

    words: tuple[str, ...]
    scores: FloatArray
    to_middle: tuple[Neighbour, ...] = ()

    @property
    def odd(self) -> str | None:
        return self.to_middle[-1].label if self.to_middle else None


def among(embedding: Embedding, line: str, metric: str = "cosine") -> Among:
    """Compare the words of a line with each other. Raises DataError (the line, a zero vector), UnknownLabel, ParameterError."""
    query = parse(line, embedding)
    if query.negative:
        raise DataError(N_("Words are compared with each other here, so nothing is taken away; leave the minus out."))
    words = tuple(dict.fromkeys(query.positive))
    if not 2 <= len(words) <= MOST_WORDS:
        raise DataError(N_("Give 2 to {most} different words; there are {count}."), most=MOST_WORDS, count=len(words))
    vectors = np.stack([embedding.vector(word) for word in words]).astype(np.float64)
    scores = np.array([[embedding.similarity(a, b, metric) for b in vectors] for a in vectors], np.float32)
    return Among(words, scores, _to_middle(embedding, words) if len(words) > 2 else ())


def _to_middle(embedding: Embedding, words: tuple[str, ...]) -> tuple[Neighbour, ...]:
    try:
        odd = embedding.odd_one_out(words)
    except DataError:  # the directions cancel out: no word is odder than another
        return ()
    units = np.stack([_ranking.unit(embedding.vector(word).astype(np.float64)) for word in words])
    cosines = units @ _ranking.unit(units.mean(axis=0))
    placed = [Neighbour(word, float(score), embedding.index(word)) for word, score in zip(words, cosines, strict=True)]
    return tuple(sorted(placed, key=lambda one: (one.label == odd, -one.score)))
