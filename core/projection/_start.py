"""Where the points of an iterative method begin."""

from __future__ import annotations

import numpy as np

from core.arrays import FloatArray
from core.projection.pca import principal


def positions(points: FloatArray, components: int, start: str, seed: int, noise: float) -> FloatArray:
    """(n, components) float32, standard deviation 1 along the widest axis: the principal axes, or chance.

    Noise of that standard deviation parts equal rows and gives each seed its own picture. What the large scale of a
    t-SNE or UMAP map shows is mostly this start (Kobak & Linderman 2021), so the principal axes are the default.
    """
    rng = np.random.default_rng(seed)
    chance = rng.standard_normal((len(points), components))
    if start == "random":
        return np.asarray(chance, np.float32)
    flat, _ = principal(points, components)
    spread = float(flat[:, 0].std(dtype=np.float64))
    return np.asarray(flat / (spread if spread > 0 else 1.0) + noise * chance, np.float32)
