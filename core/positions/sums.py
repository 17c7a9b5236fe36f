"""e = w + p: what a transformer reads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray
from core.errors import N_, DataError


def sum_with_words(word_vectors: NDArray[Any], positions: NDArray[Any], *, scale_sqrt: bool = True) -> DoubleArray:
    """(n, dim) words and (n, dim) positions, one row a word of the sentence -> their sums (n, dim).

    With `scale_sqrt` words are multiplied by sqrt(dim) first, as the original does (Vaswani et al. 2017, section 3.4).
    Raises DataError where the shapes differ.
    """
    words, places = np.asarray(word_vectors, dtype=np.float64), np.asarray(positions, dtype=np.float64)
    if words.ndim != 2 or words.shape != places.shape:
        raise DataError(
            N_("Word vectors of shape {words} and positions of shape {positions} cannot be added: both need one row a word and the same dim."),
            words=str(words.shape), positions=str(places.shape),
        )  # fmt: skip
    return words * (words.shape[1] ** 0.5 if scale_sqrt else 1.0) + places
