"""The loops of the cluster tree, compiled. One thread, double precision: the same rows give the same tree."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

_options: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": True, "error_model": "numpy"}


@numba.njit(**_options)
def _nearest(middles, sizes, alive, at):  # type: ignore[no-untyped-def]
    """The place in 0 .. alive - 1 whose join with `at` adds least, the first of equals, and what it adds."""
    best, least = -1, np.inf
    for other in range(alive):
        if other == at:
            continue
        square = 0.0
        for t in range(middles.shape[1]):
            gap = middles[other, t] - middles[at, t]
            square += gap * gap
        added = square * sizes[at] * sizes[other] / (sizes[at] + sizes[other])
        if added < least:
            best, least = other, added
    return best, least


@numba.njit(**_options)
def ward(middles, sizes, pairs, added):  # type: ignore[no-untyped-def]
    """All merges of Ward's tree, in any order, by chains of nearest neighbours (Murtagh 1983).

    `middles` (m, d) and `sizes` (m,) are used up. Fills `pairs` (m - 1, 2) with one leaf of each side, and `added` (m - 1,)
    with what the merge adds to the squared distances from the middles.
    """
    alive = sizes.size
    leaf = np.arange(alive)
    chain = np.empty(alive + 1, np.int64)
    length, done = 0, 0
    while alive > 1:
        if length == 0:
            chain[0], length = 0, 1
        top = chain[length - 1]
        best, least = _nearest(middles, sizes, alive, top)
        if length > 1:
            before = chain[length - 2]
            square = 0.0
            for t in range(middles.shape[1]):
                gap = middles[before, t] - middles[top, t]
                square += gap * gap
            back = square * sizes[top] * sizes[before] / (sizes[top] + sizes[before])
            if back <= least * (1.0 + 1e-12):  # of equals the one we came from, or the chain would go round
                best, least = before, back
        if length < 2 or best != chain[length - 2]:
            chain[length] = best
            length += 1
            continue
        pairs[done, 0], pairs[done, 1], added[done] = leaf[best], leaf[top], least
        done += 1
        length -= 2
        keep, drop = min(best, top), max(best, top)
        total = sizes[keep] + sizes[drop]
        for t in range(middles.shape[1]):
            middles[keep, t] = (sizes[keep] * middles[keep, t] + sizes[drop] * middles[drop, t]) / total
        sizes[keep] = total
        alive -= 1
        middles[drop], sizes[drop], leaf[drop] = middles[alive], sizes[alive], leaf[alive]
        for at in range(length):
            if chain[at] == alive:
                chain[at] = drop


@numba.njit(**_options)
def named_nodes(pairs, merges):  # type: ignore[no-untyped-def]
    """From one leaf of each side, lowest merge first, to the nodes that are joined: (m - 1, 2) both."""
    leaves = len(pairs) + 1
    above = np.arange(2 * leaves - 1)
    for place in range(len(pairs)):
        for side in range(2):
            node = pairs[place, side]
            while above[node] != node:
                above[node] = above[above[node]]
                node = above[node]
            merges[place, side] = node
        above[merges[place, 0]] = above[merges[place, 1]] = leaves + place


@numba.njit(**_options)
def add_up(space, group, totals, sizes):  # type: ignore[no-untyped-def]
    """Add each row of `space` (n, d) to the total of its group (m, d), and 1 to its size (m,)."""
    for row in range(space.shape[0]):
        sizes[group[row]] += 1.0
        for t in range(space.shape[1]):
            totals[group[row], t] += space[row, t]
