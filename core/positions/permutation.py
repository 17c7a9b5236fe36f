"""Does a model notice the order of its words? One head of attention, asked twice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray
from core.errors import N_, DataError


def permutation_test(inputs: NDArray[Any], moved: NDArray[Any], order: NDArray[Any], seed: int = 0) -> float:
    """The largest change of any number in what one head of attention answers for a word when the words change places.

    `inputs` (n, d) are what the head reads, `moved` (n, d) what it reads after the change: row j is then the word that stood at
    place order[j]. Queries, keys and values are random and linear, drawn with `seed`; answers are matched word by word, so a
    head that is given no order changes nothing but rounding (attention is equivariant to permutations).
    Raises DataError where shapes differ or `order` is no permutation.
    """
    before, after, order = np.asarray(inputs, dtype=np.float64), np.asarray(moved, dtype=np.float64), np.asarray(order)
    if before.ndim != 2 or before.shape != after.shape or sorted(order.tolist()) != list(range(len(before))):
        raise DataError(
            N_("Inputs of shape {before} and {after} and an order of {count} places do not fit together: each word needs its one place in both."),
            before=str(before.shape), after=str(after.shape), count=order.size,
        )  # fmt: skip
    dim = before.shape[1]
    weights = np.random.default_rng(seed).normal(0.0, dim**-0.5, (3, dim, dim))
    return float(np.abs(_answers(before, weights)[order] - _answers(after, weights)).max())


def _answers(inputs: DoubleArray, weights: DoubleArray) -> DoubleArray:
    query, key, value = (inputs @ weight for weight in weights)
    scores = query @ key.T * inputs.shape[1] ** -0.5
    attention = np.exp(scores - scores.max(axis=1, keepdims=True))
    return attention / attention.sum(axis=1, keepdims=True) @ value
