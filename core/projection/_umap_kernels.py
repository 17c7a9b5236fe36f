"""The loops of UMAP, compiled (McInnes, Healy & Melville 2018). One thread: the same seed gives the same picture.

Positions are (3, n), one contiguous row an axis; in a plane the third stays zero.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

_options: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": True, "error_model": "numpy"}
_F = np.float32
_I = np.int32
_U = np.uint32
_LONGEST = np.float32(4.0)  # of one pull or push along one axis


@numba.njit(**_options)
def memberships(distances, bandwidth, out):  # type: ignore[no-untyped-def]
    """How strongly row i holds its neighbours, `out` (n, k) in 0..1: exp(-(d - nearest) / sigma), sum log2(bandwidth).

    `distances` (n, k) ascend, without the row itself; `nearest` is the first that is not zero. sigma is found by
    halving, and never falls below a thousandth of the mean distance.
    """
    n, k = distances.shape
    target = np.log2(bandwidth)
    overall = 0.0
    for i in range(n):
        for j in range(k):
            overall += distances[i, j]
    overall /= n * (k + 1)  # the row itself, at distance 0, counts in the mean
    for i in range(n):
        row, strength = distances[i], out[i]
        nearest, mean = 0.0, 0.0
        for j in range(k - 1, -1, -1):
            mean += row[j]
            if row[j] > 0.0:
                nearest = row[j]
        low, high, sigma = 0.0, -1.0, mean / k if mean > 0.0 else 1.0
        for _ in range(64):
            total = 0.0
            for j in range(k):
                total += np.exp(-max(row[j] - nearest, 0.0) / sigma)
            if np.abs(total - target) < 1e-5:
                break
            if total > target:
                high = sigma
            else:
                low = sigma
            sigma = 2.0 * sigma if high < 0.0 else 0.5 * (low + high)
        sigma = max(sigma, 1e-3 * (mean / (k + 1) if nearest > 0.0 else overall))
        for j in range(k):
            excess = row[j] - nearest
            strength[j] = np.exp(-excess / sigma) if excess > 0.0 and sigma > 0.0 else 1.0


@numba.njit(**_options)
def _power(value, exponent):  # type: ignore[no-untyped-def]
    """value ** exponent for value > 0, to about 2e-5, in steps that 16 lanes take at once (a library call would not).

    A float32 is 2^e (1 + m): log2 is e plus a polynomial of m, and the way back fits 2^r; both are exact at 0 and 1.
    """
    bits = _F(value).view(np.int32)
    m = _I((bits & _I(0x7FFFFF)) | _I(0x3F800000)).view(np.float32) - _F(1.0)
    log = _F(-0.19126251) + m * _F(0.04424374)
    log = _F(1.44183588) + m * (_F(-0.70837218) + m * (_F(0.41355506) + m * log))
    power = exponent * (_F((bits >> _I(23)) - _I(127)) + m * log)
    whole = np.floor(power)
    r = power - whole
    fraction = _F(1.0) + r * (_F(0.69300491) + r * (_F(0.24153961) + r * (_F(0.05176606) + r * _F(0.01368946))))
    return fraction * _I((_I(whole) + _I(127)) << _I(23)).view(np.float32)


@numba.njit(**_options)
def _scattered(counter):  # type: ignore[no-untyped-def]
    """32 random bits from a counter, by two rounds of multiply and shift."""
    h = _U(counter)
    h = _U((h ^ (h >> _U(16))) * _U(0x21F0AAAD))
    h = _U((h ^ (h >> _U(15))) * _U(0x735A2D97))
    return h ^ (h >> _U(15))


@numba.njit(**_options)
def _bounded(value):  # type: ignore[no-untyped-def]
    return min(max(value, -_LONGEST), _LONGEST)


@numba.njit(**_options)
def _push_2(x, y, xs, ys, counter, draws, a, b):  # type: ignore[no-untyped-def]
    """The push on one point by `draws` random others."""
    to_x, to_y = _F(0.0), _F(0.0)
    for draw in range(draws):
        j = np.int64((np.uint64(_scattered(counter + _U(draw))) * np.uint64(xs.size)) >> np.uint64(32))
        dx, dy = x - xs[j], y - ys[j]
        square = dx * dx + dy * dy + _F(1e-12)
        force = _F(2.0) * b / ((_F(0.001) + square) * (a * _power(square, b) + _F(1.0)))
        to_x += _bounded(force * dx)
        to_y += _bounded(force * dy)
    return to_x, to_y


@numba.njit(**_options)
def _push_3(x, y, z, xs, ys, zs, counter, draws, a, b):  # type: ignore[no-untyped-def]
    to_x, to_y, to_z = _F(0.0), _F(0.0), _F(0.0)
    for draw in range(draws):
        j = np.int64((np.uint64(_scattered(counter + _U(draw))) * np.uint64(xs.size)) >> np.uint64(32))
        dx, dy, dz = x - xs[j], y - ys[j], z - zs[j]
        square = dx * dx + dy * dy + dz * dz + _F(1e-12)
        force = _F(2.0) * b / ((_F(0.001) + square) * (a * _power(square, b) + _F(1.0)))
        to_x += _bounded(force * dx)
        to_y += _bounded(force * dy)
        to_z += _bounded(force * dz)
    return to_x, to_y, to_z


@numba.njit(**_options)
def _pull(xs, ys, zs, i, j, rate, a, b):  # type: ignore[no-untyped-def]
    """Move two linked points towards each other."""
    dx, dy, dz = xs[i] - xs[j], ys[i] - ys[j], zs[i] - zs[j]
    square = dx * dx + dy * dy + dz * dz
    if square > _F(0.0):
        power = _power(square, b)
        force = _F(-2.0) * a * b * power / (square * (a * power + _F(1.0)))
        to_x, to_y, to_z = rate * _bounded(force * dx), rate * _bounded(force * dy), rate * _bounded(force * dz)
        xs[i] += to_x
        ys[i] += to_y
        zs[i] += to_z
        xs[j] -= to_x
        ys[j] -= to_y
        zs[j] -= to_z


@numba.njit(**_options)
def epoch(at, flat, starts, others, period, due, now, counter, rate, a, b, negatives):  # type: ignore[no-untyped-def]
    """One pass over the links (rows `starts`, columns `others`) that are `due`, each once in its `period` of epochs.

    A link pulls both its ends; then the row is pushed by `negatives` random points for each of its links that was due,
    all seen from where it stands. `counter` is the first random number; returns how many were used.
    """
    xs, ys, zs = at[0], at[1], at[2]
    used = 0
    for i in range(xs.size):
        draws = 0
        for e in range(starts[i], starts[i + 1]):
            if due[e] <= now:
                due[e] += period[e]
                draws += negatives
                _pull(xs, ys, zs, i, others[e], rate, a, b)
        if draws == 0:
            continue
        first = _U(counter + _U(used))
        if flat:
            to_x, to_y = _push_2(xs[i], ys[i], xs, ys, first, draws, a, b)
        else:
            to_x, to_y, to_z = _push_3(xs[i], ys[i], zs[i], xs, ys, zs, first, draws, a, b)
            zs[i] += rate * to_z
        xs[i] += rate * to_x
        ys[i] += rate * to_y
        used += draws
    return used


@numba.njit(**_options)
def tension(at, starts, others, weights, a, b):  # type: ignore[no-untyped-def]
    """The mean of -log(drawn strength) over the links, weighted by their strength in the data: 0 when all are drawn short."""
    total, mass = 0.0, 0.0
    for i in range(at.shape[1]):
        for e in range(starts[i], starts[i + 1]):
            square = _F(1e-12)
            for c in range(3):
                gap = at[c, i] - at[c, others[e]]
                square += gap * gap
            total += weights[e] * np.log1p(a * _power(square, b))
            mass += weights[e]
    return total / mass
