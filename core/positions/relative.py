"""What attention gets for a pair of words a distance apart, under each way of telling positions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray
from core.params import require_whole
from core.positions.schemes import SLOPE, rotary
from core.positions.shifts import dot_by_distance
from core.positions.sinusoidal import sinusoidal


def by_distance(count: int, dim: int, base: float = 10_000.0, slopes: tuple[float, ...] = (SLOPE,)) -> DoubleArray:
    """(2 + slopes, count): how a score q . k / sqrt(dim) changes from distance 0 to k = 0 .. count - 1, queries and keys linear maps left out.

    Row 0: two fixed codes alone. Row 1: a rotary query and key of equal content, all ones: the same curve, since each pair of
    columns turns through the same angle. Then ALiBi, -slope * k. The dim must be even (ParameterError).
    """
    count = require_whole("count", count, 1)
    distances = np.arange(count)
    fixed = (dot_by_distance(dim, distances, base) - dim / 2) / dim**0.5
    content = np.full((1, dim), 0.5**0.5)
    turned = rotary(np.repeat(content, count, axis=0), distances, base=base)
    rotated = (turned @ content[0] - content[0] @ content[0]) / dim**0.5
    return np.stack([fixed, rotated, *(-slope * distances for slope in slopes)])


def moved_along(
    query: NDArray[np.float64], key: NDArray[np.float64], count: int, base: float = 10_000.0
) -> DoubleArray:
    """(3, count, count): the score q . k / sqrt(dim) of two words, key at place p and query k places on, by [k, p].

    "fixed": codes are added to both words, so the score also holds word times code, and changes with p. "rotary" and "alibi"
    know the distance only: each row is one number. `query` and `key` (dim,) are the words, used as they are.
    """
    dim = len(query)
    codes = sinusoidal(2 * count, dim, base=base)
    places = np.arange(count)
    plain = float(query @ key)
    # (query + code(p + k)) . (key + code(p)), term by term: no array of (k, p, dim) is made
    codes_meet = dot_by_distance(dim, places, base)[:, None]
    fixed = plain + codes_meet + (codes @ key)[places[:, None] + places] + codes[:count] @ query
    turned = rotary(np.repeat(query[None], count, axis=0), places, base=base) @ key
    rotated, falling = (np.repeat(row[:, None], count, axis=1) for row in (turned, plain - SLOPE * dim**0.5 * places))
    return np.stack([fixed, rotated, falling]) / dim**0.5
