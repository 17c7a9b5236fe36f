"""Exact neighbours, compiled: every pair's distance is the sum of its squared differences, no expansion that cancels.

The rows searched lie in blocks of LANES, one contiguous line a dimension, so that the distances of one query to a whole
block are found side by side. A group of queries takes a block while it is in cache. float32, squared distances.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from core.arrays import FloatArray

LANES = 256
_GROUP = 32
_UNROLL = 4
_F = np.float32
_FAR = np.float32(np.finfo(np.float32).max)  # not infinity: fast arithmetic may assume there is none
_options: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": True, "error_model": "numpy"}


def packed(vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(n, d) -> the rows padded with zero columns, (n, w), and the same in blocks, (blocks, w, LANES); w is d rounded up."""
    rows, columns = vectors.shape
    width, blocks = -(-columns // _UNROLL) * _UNROLL, -(-rows // LANES)
    padded = np.zeros((blocks * LANES, width), np.float32)
    padded[:rows, :columns] = vectors
    return padded[:rows], np.ascontiguousarray(padded.reshape(blocks, LANES, width).transpose(0, 2, 1))


@numba.njit(**_options)
def _distances(query, block, out):  # type: ignore[no-untyped-def]
    for lane in range(LANES):
        out[lane] = _F(0.0)
    for t in range(0, query.size, _UNROLL):
        a, b, c, d = query[t], query[t + 1], query[t + 2], query[t + 3]
        row_a, row_b, row_c, row_d = block[t], block[t + 1], block[t + 2], block[t + 3]
        for lane in range(LANES):
            p, q, r, s = row_a[lane] - a, row_b[lane] - b, row_c[lane] - c, row_d[lane] - d
            out[lane] += p * p + q * q + r * r + s * s


@numba.njit(**_options)
def _replace_worst(distances, rows, size, distance, row):  # type: ignore[no-untyped-def]
    """Put a pair at the root of a heap whose root is the farthest, and let it sink; of two as far, the later row is farther."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        right = child + 1
        if right < size and (
            distances[right] > distances[child] or (distances[right] == distances[child] and rows[right] > rows[child])
        ):
            child = right
        if distances[child] < distance or (distances[child] == distance and rows[child] < row):
            break
        distances[at], rows[at] = distances[child], rows[child]
        at = child
    distances[at], rows[at] = distance, row


@numba.njit(parallel=True, **_options)
def nearest(queries, own, blocks, count, rows, distances):  # type: ignore[no-untyped-def]
    """Fill `rows` and `distances` (m, k), nearest first, for `queries` (m, w) among the `count` rows in `blocks`.

    `own` (m,) is the row a query must not find, itself, or -1; needs k < count, or k <= count without `own`.
    """
    total, k = distances.shape
    for group in numba.prange((total + _GROUP - 1) // _GROUP):
        first, last = group * _GROUP, min(total, (group + 1) * _GROUP)
        line = np.empty(LANES, _F)
        distances[first:last] = _FAR
        rows[first:last] = count
        for b in range(blocks.shape[0]):
            base = b * LANES
            width = min(LANES, count - base)
            for q in range(first, last):
                _distances(queries[q], blocks[b], line)
                if 0 <= own[q] - base < LANES:
                    line[own[q] - base] = _FAR
                near, where = distances[q], rows[q]
                for lane in range(width):
                    if line[lane] < near[0]:
                        _replace_worst(near, where, k, line[lane], base + lane)
        for q in range(first, last):
            near, where = distances[q], rows[q]
            for size in range(k - 1, 0, -1):
                distance, row = near[size], where[size]
                near[size], where[size] = near[0], where[0]
                _replace_worst(near, where, size, distance, row)


@numba.njit(parallel=True, **_options)
def ranks(queries, own, blocks, count, targets, out):  # type: ignore[no-untyped-def]
    """`out` (m, k): the place, from 1, of row `targets[q, c]` among all other rows by distance from query q."""
    total, k = targets.shape
    for group in numba.prange((total + _GROUP - 1) // _GROUP):
        first, last = group * _GROUP, min(total, (group + 1) * _GROUP)
        line = np.empty(LANES, _F)
        limit = np.empty((_GROUP, k), _F)
        for q in range(first, last):
            for c in range(k):
                row = targets[q, c]
                _distances(queries[q], blocks[row // LANES], line)
                limit[q - first, c] = line[row % LANES]
                out[q, c] = 1
        for b in range(blocks.shape[0]):
            base = b * LANES
            for q in range(first, last):
                _distances(queries[q], blocks[b], line)
                for lane in range(min(LANES, count - base), LANES):
                    line[lane] = _FAR
                if 0 <= own[q] - base < LANES:
                    line[own[q] - base] = _FAR
                for c in range(k):
                    nearer, bound = 0, limit[q - first, c]
                    for lane in range(LANES):
                        nearer += line[lane] < bound
                    out[q, c] += nearer
                    for lane in range(max(0, min(LANES, targets[q, c] - base))):
                        out[q, c] += line[lane] == bound
