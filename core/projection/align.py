"""Turn one picture onto another, so that a moving map does not spin."""

from __future__ import annotations

import numpy as np

from core.arrays import FloatArray, as_matrix
from core.errors import N_, DataError


def align(coordinates: FloatArray, reference: FloatArray, scale: bool = False) -> FloatArray:
    """`coordinates` turned, mirrored and moved to lie as near `reference` as they can (orthogonal Procrustes; Schönemann 1966).

    Both (n, components), row i of one being the same point as row i of the other; returns (n, components) float32.
    Distances within the picture are kept, unless `scale` is set: then one factor stretches all of them.
    Raises DataError when the shapes differ or a value is not finite.
    """
    moving, fixed = as_matrix(coordinates, "coordinates"), as_matrix(reference, "reference")
    if moving.shape != fixed.shape:
        raise DataError(
            N_("Only pictures of the same points can be aligned: one is {shape}, the other {reference}."),
            shape=_size(moving), reference=_size(fixed),
        )  # fmt: skip
    centre = fixed.mean(axis=0, dtype=np.float64)
    start = moving - moving.mean(axis=0, dtype=np.float64)
    # Double precision: the singular vectors of nearly round pictures are decided by the last digits.
    left, strength, right = np.linalg.svd(start.T @ (fixed - centre))
    turn = left @ right
    if scale:
        spread = float(np.square(start).sum())
        turn *= strength.sum() / spread if spread > 0 else 1.0
    return np.asarray(start @ turn + centre, dtype=np.float32)


def widened(picture: FloatArray, components: int) -> FloatArray:
    """(n, c) -> (n, components): axes that are too many are left out, axes that are missing are zeros."""
    matrix = as_matrix(picture, "coordinates")[:, :components]
    return np.pad(matrix, ((0, 0), (0, components - matrix.shape[1])))


def _size(matrix: FloatArray) -> str:
    return f"{matrix.shape[0]} x {matrix.shape[1]}"
