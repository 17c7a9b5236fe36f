"""Ways of telling a model where a word stands: what each adds to the words, and what it does to the scores of attention."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray
from core.errors import N_
from core.params import require, require_whole
from core.positions.sinusoidal import frequencies, require_base

Scheme = Literal["none", "fixed", "learned", "rotary", "alibi"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
SLOPE = 0.5  # the steepest of ALiBi's eight heads


def rotary(vectors: NDArray[Any], positions: NDArray[Any], *, base: float = 10_000.0) -> NDArray[Any]:
    """(..., n, dim) queries or keys, turned pair by pair by position times frequency (Su et al. 2021, arXiv:2104.09864).

    `positions` (n,) may be negative: turning back undoes turning. Nothing is added to the words; the dot product of a turned
    query and a turned key knows their two contents and the distance, whatever the place. Pairs are neighbouring columns,
    frequencies those of `sinusoidal`; the dim must be even (ParameterError).
    """
    dim = vectors.shape[-1]
    require("dim", dim, dim % 2 == 0, N_("even, because every sine needs its cosine"))
    require_base(base)
    angles = np.asarray(positions, dtype=np.float64)[:, None] * frequencies(dim, base)
    cos, sin = np.cos(angles).astype(vectors.dtype), np.sin(angles).astype(vectors.dtype)
    turned = np.empty_like(vectors)
    turned[..., 0::2] = vectors[..., 0::2] * cos - vectors[..., 1::2] * sin
    turned[..., 1::2] = vectors[..., 0::2] * sin + vectors[..., 1::2] * cos
    return turned


def alibi(length: int, slope: float = SLOPE) -> DoubleArray:
    """(length, length) what ALiBi adds to the score of query i for key j: -slope * (i - j), and -inf for a key that follows
    (Press et al. 2022, arXiv:2108.12409, section 3). The authors give eight heads the slopes 1/2, 1/4, ..., 1/256.

    Raises ParameterError unless length >= 1 and slope > 0.
    """
    length = require_whole("length", length, 1)
    require("slope", slope, bool(0 < slope < np.inf), N_("a number above 0"))
    back = np.arange(length)[:, None] - np.arange(length)
    return np.where(back >= 0, -slope * back, -np.inf)
