"""How often a word is drawn, and how often it is read: the two formulas of word2vec."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray


def sampling_weights(counts: NDArray[Any], power: float) -> DoubleArray:
    """(V,) chances of being drawn, in proportion to count^power, summing to 1.

    Power 0 is uniform, 1 the text's own frequencies; Mikolov et al. 2013 (arXiv:1310.4546, section 2.2) use .75.
    """
    weights = np.asarray(counts, np.float64) ** power
    return np.asarray(weights / weights.sum())


def keep_chances(counts: NDArray[Any], threshold: float) -> DoubleArray:
    """(V,) chances that an occurrence is read: min(1, (sqrt(f/t) + 1) t/f) for the frequency f of a word.

    As word2vec.c computes it, not as the paper prints it; a threshold of 0 keeps everything.
    """
    if threshold == 0:
        return np.ones(len(counts))
    frequency = np.asarray(counts, np.float64) / np.sum(counts)
    return np.minimum(1.0, (np.sqrt(frequency / threshold) + 1) * threshold / frequency)
