"""Vectors of the words of a sentence, ready to be added to positions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.arrays import DoubleArray, fingerprint
from core.embedding import Embedding
from core.errors import N_, DataError


def word_rows(tokens: Sequence[str], embedding: Embedding) -> tuple[DoubleArray, list[str]]:
    """(n, d) one row of length 1 a token, and the tokens that the embedding does not know, each once.

    An unknown token, or one whose vector is zero, gets a random direction that depends on nothing but its spelling, so the
    same word has the same row wherever it stands. Raises DataError for no tokens.
    """
    if not tokens:
        raise DataError(N_("There is no word to look at. Type a sentence with at least one."))
    known = {token: embedding.vector(token) for token in dict.fromkeys(tokens) if token in embedding}
    known = {token: vector for token, vector in known.items() if np.any(vector)}
    unknown = [token for token in dict.fromkeys(tokens) if token not in known]
    dim = embedding.vectors.shape[1]
    rows = {token: np.asarray(vector, dtype=np.float64) for token, vector in known.items()}
    for token in unknown:
        rows[token] = np.asarray(np.random.default_rng(int(fingerprint(token), 16)).normal(size=dim))
    return np.stack([rows[token] / np.linalg.norm(rows[token]) for token in tokens]), unknown
