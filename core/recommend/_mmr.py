"""Maximal marginal relevance (Carbonell & Goldstein 1998): each next item is relevant and unlike those before it."""

from __future__ import annotations

import numpy as np

from core.arrays import DoubleArray, IntArray

POOL = 200  # the most relevant candidates among which a diverse list is sought


def diversified(units: DoubleArray, relevance: DoubleArray, k: int, diversity: float) -> IntArray:
    """units (m, d), relevance (m,), the most relevant first -> the (k,) places chosen, in order.

    The next is the one with the highest (1 - diversity) relevance - diversity (highest cosine to a chosen one); the
    first is the most relevant. At 0 this is the plain list, at 1 relevance counts for the first only.
    """
    chosen = [0]
    alike = units @ units[0]
    left = np.ones(len(units), bool)
    left[0] = False
    while len(chosen) < min(k, len(units)):
        worth = np.where(left, (1 - diversity) * relevance - diversity * alike, -np.inf)
        best = int(np.argmax(worth))
        chosen.append(best)
        left[best] = False
        alike = np.maximum(alike, units @ units[best])
    return np.array(chosen, np.int64)
