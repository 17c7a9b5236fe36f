"""Patches like this one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray, IntArray
from core.errors import N_, DataError
from core.params import require, require_whole

_VALUES_AT_ONCE = 2_000_000  # bounds the float copies to some 16 MB


def nearest_patches(vectors: NDArray[Any], index: int, k: int) -> tuple[IntArray, DoubleArray]:
    """The k rows of `vectors` (n, d) nearest to row `index` by Euclidean distance, itself left out.

    Returns indices and distances, nearest first, equal distances by index; fewer than k where there are no more rows.
    Differences are taken before squaring, so equal patches are at distance 0 exactly.
    """
    if vectors.ndim != 2 or vectors.size == 0:
        raise DataError(N_("Patch vectors must be a table of rows; got shape {shape}."), shape=str(vectors.shape))
    index, k = require_whole("patch", index, 0), require_whole("k", k, 1)
    require("patch", index, index < len(vectors), N_("a patch number from 0 to {last}"), last=len(vectors) - 1)
    query = vectors[index].astype(np.float64)
    squares = np.empty(len(vectors))
    step = max(1, _VALUES_AT_ONCE // vectors.shape[1])
    for start in range(0, len(vectors), step):
        difference = vectors[start : start + step] - query
        squares[start : start + step] = np.einsum("nd,nd->n", difference, difference)
    squares[index] = np.inf
    ranked = np.argsort(squares, kind="stable")[: min(k, len(vectors) - 1)]
    return ranked, np.sqrt(squares[ranked])
