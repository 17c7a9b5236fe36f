"""Distances between all pairs, a block of rows at a time, in double precision: equal points are exactly 0 apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray, IntArray

_AT_ONCE = 2_000_000  # numbers held at a time
_MANY = 3_000  # above so many rows the compiled search nominates the closest
_TIE = 1e-9  # distances that agree up to this part are equal


def between(table: DoubleArray) -> Iterator[tuple[slice, DoubleArray]]:
    """(rows, (rows, n) their Euclidean distances to all)."""
    step = max(1, _AT_ONCE // max(1, table.size))
    for first in range(0, len(table), step):
        part = slice(first, first + step)
        yield part, np.sqrt(((table[part, None, :] - table[None, :, :]) ** 2).sum(axis=2))


def closest_others(table: DoubleArray) -> tuple[DoubleArray, IntArray]:
    """(n,) distance from each row to the closest other, and which that is."""
    if table.shape[1] == 1:
        return _on_a_line(table[:, 0])
    if len(table) > _MANY:
        return _nominated(table)
    least, partner = np.empty(len(table)), np.empty(len(table), np.int64)
    for part, block in between(table):
        own = np.arange(len(table))[part]
        block[np.arange(len(own)), own] = np.inf
        partner[part] = block.argmin(axis=1)
        least[part] = block.min(axis=1)
    return least, partner


def _on_a_line(values: DoubleArray) -> tuple[DoubleArray, IntArray]:
    order = np.argsort(values, kind="stable")
    gaps = np.diff(values[order])
    below, above = np.concatenate([[np.inf], gaps]), np.concatenate([gaps, [np.inf]])
    least, partner = np.empty(len(values)), np.empty(len(values), np.int64)
    least[order] = np.minimum(below, above)
    before, after = np.roll(order, 1), np.roll(order, -1)
    partner[order] = np.where(below <= above, before, after)
    return least, partner


def _nominated(table: DoubleArray) -> tuple[DoubleArray, IntArray]:
    """The compiled search works in float32: it nominates, the distance is taken in double precision; exact copies are found by their bytes."""
    from core.neighbours import nearest_rows

    rows, _ = nearest_rows(table.astype(np.float32), 1, "euclidean")
    partner = rows[:, 0].astype(np.int64)
    _, first, inverse = np.unique(table + 0.0, axis=0, return_index=True, return_inverse=True)
    copies = first[inverse.ravel()]
    repeated = copies != np.arange(len(table))
    partner[repeated] = copies[repeated]
    partner[copies[repeated]] = np.flatnonzero(repeated)
    return np.sqrt(((table - table[partner]) ** 2).sum(axis=1)), partner


def stretches(
    places: DoubleArray | None, distances: DoubleArray | None, table: DoubleArray
) -> tuple[tuple[float, tuple[int, int]], tuple[float, tuple[int, int]]]:
    """((least, its rows), (greatest, its rows)) of |f(a) - f(b)| / |a - b| over pairs that are apart in X."""
    least, greatest = (np.inf, (0, 1)), (-np.inf, (0, 1))
    for part, apart, moved in _both(places, distances, table):
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(apart > 0, moved / apart, np.nan)
        if np.isnan(ratio).all():
            continue
        low, high = int(np.nanargmin(ratio)), int(np.nanargmax(ratio))
        n = ratio.shape[1]
        if ratio.flat[low] < least[0]:
            least = float(ratio.flat[low]), (part.start + low // n, low % n)
        if ratio.flat[high] > greatest[0]:
            greatest = float(ratio.flat[high]), (part.start + high // n, high % n)
    return least, greatest


def neighbourhoods(
    places: DoubleArray | None,
    distances: DoubleArray | None,
    neighbours: NDArray[np.bool_] | None,
    table: DoubleArray,
) -> tuple[float | None, float | None]:
    """(share kept, share kept by chance), means over the rows that have neighbours; None without any.

    Neighbours of a row are those given, or all the others at its smallest distance.
    """
    kept, chance = [], []
    rows = range(len(table))
    for part, apart, moved in _both(places, distances, table, known=neighbours is not None):
        own = np.arange(len(moved)), np.array(rows[part])
        if neighbours is None:
            apart[own] = np.inf
            near = apart <= apart.min(axis=1, keepdims=True) * (1 + _TIE)
        else:
            near = neighbours[part].copy()
        near[own], moved[own] = False, np.inf
        for flags, away in zip(near, moved, strict=True):
            count = int(flags.sum())
            if 0 < count < len(table) - 1:
                kept.append(_kept(away, flags, count))
                chance.append(count / (len(table) - 1))
    return (float(np.mean(kept)), float(np.mean(chance))) if kept else (None, None)


def _kept(away: DoubleArray, flags: NDArray[np.bool_], count: int) -> float:
    """Of `count` neighbours, the share among the `count` nearest outputs; equal distances share the places left."""
    edge = np.partition(away, count - 1)[count - 1]
    inside = away < edge * (1 - _TIE)
    tied = (away <= edge * (1 + _TIE)) & ~inside
    share = (count - inside.sum()) / max(1, tied.sum())
    return float((inside & flags).sum() + share * (tied & flags).sum()) / count


def _both(
    places: DoubleArray | None, distances: DoubleArray | None, table: DoubleArray, known: bool = False
) -> Iterator[tuple[slice, DoubleArray, DoubleArray]]:
    """Blocks of (rows, distances in X, distances in Y); with `known` the first are not needed."""
    for part, moved in between(table):
        if distances is not None:
            apart = np.asarray(distances[part], np.float64).copy()
        elif places is not None and not known:
            apart = np.sqrt(((places[part, None, :] - places[None, :, :]) ** 2).sum(axis=2))
        else:
            apart = np.zeros_like(moved)
        yield part, apart, moved
