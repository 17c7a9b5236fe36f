"""What a model without positions sees: a heap of patches, whose order changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.arrays import DoubleArray, FloatArray, IntArray
from core.errors import N_, DataError
from core.params import require_whole


@dataclass(frozen=True, slots=True)
class OrderProof:
    """The greatest difference, in any of its numbers, between what a layer makes of tokens in order and shuffled:
    without positions and with them; `size` is the greatest number it makes, to measure the differences by."""

    without: float
    added: float
    size: float


def shuffled(count: int, seed: int = 0) -> IntArray:
    """(count,) a seeded order in which, for two places or more, not all stay where they are."""
    count = require_whole("count", count, 1)
    rng = np.random.default_rng(require_whole("seed", seed, 0))
    order = rng.permutation(count)
    return np.roll(order, 1) if count > 1 and (order == np.arange(count)).all() else order


def order_proof(tokens: FloatArray, positions: DoubleArray, order: IntArray, seed: int = 0) -> OrderProof:
    """One attention layer with random weights, averaged over its tokens (n, d), on the tokens in order and in `order`.

    Attention treats its tokens alike (Vaswani et al. 2017, section 3.5), so without `positions` (n, d) the two averages
    differ by rounding only. Raises DataError unless the tables have the same shape and `order` names each row once.
    """
    wide: DoubleArray = np.asarray(tokens, dtype=np.float64)
    if tokens.ndim != 2 or tokens.shape != positions.shape or sorted(order.tolist()) != list(range(len(tokens))):
        raise DataError(N_("Tokens and positions must have the same shape, and the order must name each token once."))
    rng = np.random.default_rng(require_whole("seed", seed, 0))
    dim = tokens.shape[1]
    weights = rng.normal(0.0, dim**-0.5, (3, dim, dim))
    plain, mixed = _layer(wide, weights), _layer(wide[order], weights)
    placed, moved = _layer(wide + positions, weights), _layer(wide[order] + positions, weights)
    return OrderProof(
        float(np.abs(plain - mixed).max()), float(np.abs(placed - moved).max()), float(np.abs(placed).max())
    )


def _layer(tokens: DoubleArray, weights: DoubleArray) -> DoubleArray:
    """(n, d) -> (d,): softmax attention of every token over all, then their mean."""
    query, key, value = (tokens @ weight for weight in weights)
    scores = query @ key.T / np.sqrt(tokens.shape[1])
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    mean: DoubleArray = (scores / scores.sum(axis=1, keepdims=True) @ value).mean(axis=0)
    return mean
