"""Frames of the moving map: two principal axes of the commonest words, each frame turned onto the last."""

from __future__ import annotations

import numpy as np

from core.arrays import FloatArray
from core.projection.align import align

MOST_WORDS = 2_000


def picture(vectors: FloatArray, reference: FloatArray | None) -> FloatArray:
    """(m, d) -> (m, 2) float32: PCA of the centred rows, turned and mirrored onto `reference` but never scaled.

    Centred on the origin, in the units of the vectors, so that the map grows as they do.
    """
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    flat = np.zeros((len(vectors), 2), np.float32)
    flat[:, : axes.shape[1]] = centred @ axes[:, :-3:-1].astype(np.float32)
    return flat if reference is None else align(flat, reference)
