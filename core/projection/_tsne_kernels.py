"""The loops of t-SNE, compiled. Positions are (2 or 3, n): one contiguous row an axis, so that 16 points move at once.

The gradient of the Kullback-Leibler divergence at point i is 4 (pull - push / Z), with q = 1 / (1 + squared distance):
pull sums p q (difference) over the joint probabilities p, push sums q^2 (difference) and Z sums q over all pairs
(van der Maaten & Hinton 2008). Every sum is taken in an order that does not depend on the number of threads.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

_options: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": True, "error_model": "numpy"}
# `error_model` matters: Python's check for a zero divisor would keep these loops from being vectorised.

_F = np.float32
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)
_SMALLEST = np.float32(1e-38)


@numba.njit(parallel=True, **_options)
def similarities(squared, perplexity, out):  # type: ignore[no-untyped-def]
    """Row i of `out` (n, k) becomes p(j | i), whose entropy is log(perplexity); `squared` distances ascend.

    The entropy falls as the precision rises, so a Newton step on the logarithm of the precision is kept inside a bracket.
    """
    n, k = squared.shape
    target = np.log(perplexity)
    for i in numba.prange(n):
        row, p = squared[i], out[i]
        nearest = np.float64(row[0])
        spread = 0.0
        for j in range(k):
            spread += row[j] - nearest
        low, high = -80.0, 80.0  # the precision times the mean excess, as a logarithm
        scale = spread / k
        if scale <= 0.0:  # all equally far: no precision tells them apart
            for j in range(k):
                p[j] = 1.0 / k
            continue
        guess = 0.0
        for _ in range(100):
            beta = np.exp(guess) / scale
            total, first, second = 0.0, 0.0, 0.0
            for j in range(k):
                excess = row[j] - nearest
                weight = np.exp(-beta * excess)
                p[j] = weight
                total += weight
                first += weight * excess
                second += weight * excess * excess
            mean = first / total
            entropy = np.log(total) + beta * mean
            slope = -beta * beta * (second / total - mean * mean)  # d entropy / d log precision
            gap = entropy - target
            if np.abs(gap) < 1e-7 or high - low < 1e-9:
                break
            if gap > 0.0:
                low = guess
            else:
                high = guess
            guess = guess - gap / slope if slope < -1e-12 else np.inf
            if not low < guess < high:
                guess = 0.5 * (low + high)
        for j in range(k):
            p[j] /= total


@numba.njit(parallel=True, **_options)
def _push_2(at, push, heat):  # type: ignore[no-untyped-def]
    x, y = at[0], at[1]
    for i in numba.prange(x.size):
        xi, yi = x[i], y[i]
        px, py, sum_q = _ZERO, _ZERO, _ZERO
        for j in range(x.size):
            dx, dy = xi - x[j], yi - y[j]
            q = _ONE / (_ONE + dx * dx + dy * dy)
            sum_q += q
            q *= q
            px += q * dx
            py += q * dy
        push[0, i], push[1, i], heat[i] = px, py, sum_q


@numba.njit(parallel=True, **_options)
def _push_3(at, push, heat):  # type: ignore[no-untyped-def]
    x, y, z = at[0], at[1], at[2]
    for i in numba.prange(x.size):
        xi, yi, zi = x[i], y[i], z[i]
        px, py, pz, sum_q = _ZERO, _ZERO, _ZERO, _ZERO
        for j in range(x.size):
            dx, dy, dz = xi - x[j], yi - y[j], zi - z[j]
            q = _ONE / (_ONE + dx * dx + dy * dy + dz * dz)
            sum_q += q
            q *= q
            px += q * dx
            py += q * dy
            pz += q * dz
        push[0, i], push[1, i], push[2, i], heat[i] = px, py, pz, sum_q


@numba.njit(parallel=True, **_options)
def _pull_2(at, starts, others, p, pull):  # type: ignore[no-untyped-def]
    x, y = at[0], at[1]
    for i in numba.prange(x.size):
        xi, yi = x[i], y[i]
        px, py = _ZERO, _ZERO
        for e in range(starts[i], starts[i + 1]):
            j = others[e]
            dx, dy = xi - x[j], yi - y[j]
            w = p[e] / (_ONE + dx * dx + dy * dy)
            px += w * dx
            py += w * dy
        pull[0, i], pull[1, i] = px, py


@numba.njit(parallel=True, **_options)
def _pull_3(at, starts, others, p, pull):  # type: ignore[no-untyped-def]
    x, y, z = at[0], at[1], at[2]
    for i in numba.prange(x.size):
        xi, yi, zi = x[i], y[i], z[i]
        px, py, pz = _ZERO, _ZERO, _ZERO
        for e in range(starts[i], starts[i + 1]):
            j = others[e]
            dx, dy, dz = xi - x[j], yi - y[j], zi - z[j]
            w = p[e] / (_ONE + dx * dx + dy * dy + dz * dz)
            px += w * dx
            py += w * dy
            pz += w * dz
        pull[0, i], pull[1, i], pull[2, i] = px, py, pz


@numba.njit(**_options)
def push_all(at, push, heat):  # type: ignore[no-untyped-def]
    """Write each point's push (axes, n), summed over every other point; return Z. `heat` (n,) is scratch."""
    if at.shape[0] == 2:
        _push_2(at, push, heat)
    else:
        _push_3(at, push, heat)
    z = 0.0
    for i in range(heat.size):
        z += heat[i]
    return z - heat.size  # each point's own q is 1


@numba.njit(**_options)
def slope(at, starts, others, p, exaggeration, push, z, out):  # type: ignore[no-untyped-def]
    """Write the gradient (axes, n), with p (rows `starts`, columns `others`) multiplied by `exaggeration`."""
    if at.shape[0] == 2:
        _pull_2(at, starts, others, p, out)
    else:
        _pull_3(at, starts, others, p, out)
    four, share = _F(4.0 * exaggeration), _F(4.0 / max(z, 1e-30))
    for a in range(at.shape[0]):
        force, away = out[a], push[a]
        for i in range(force.size):
            force[i] = four * force[i] - share * away[i]


@numba.njit(**_options)
def move(at, force, speed, gains, rate, momentum):  # type: ignore[no-untyped-def]
    """Gradient descent with momentum and a gain for every coordinate (Jacobs 1988); then the mean is moved back to 0.

    A gain grows while the coordinate keeps its direction. No step is longer than 5.
    """
    axes, n = at.shape
    for a in range(axes):
        f, v, g = force[a], speed[a], gains[a]
        for i in range(n):
            gain = g[i] + _F(0.2) if f[i] * v[i] < _ZERO else g[i] * _F(0.8)
            g[i] = max(gain, _F(0.01))
            v[i] = _F(momentum) * v[i] - _F(rate) * g[i] * f[i]
    for i in range(n):
        square = _ZERO
        for a in range(axes):
            square += speed[a, i] * speed[a, i]
        if square > _F(25.0):
            for a in range(axes):
                speed[a, i] *= _F(5.0) / np.sqrt(square)
    for a in range(axes):
        x, v = at[a], speed[a]
        mean = 0.0
        for i in range(n):
            x[i] += v[i]
            mean += x[i]
        shift = _F(mean / n)
        for i in range(n):
            x[i] -= shift


@numba.njit(**_options)
def descend(at, speed, gains, starts, others, p, exaggeration, rate, momentum, steps):  # type: ignore[no-untyped-def]
    """`steps` iterations with the exact gradient: `at`, `speed` and `gains` (axes, n) change in place."""
    force, push, heat = np.empty_like(at), np.empty_like(at), np.empty(at.shape[1], _F)
    for _ in range(steps):
        z = push_all(at, push, heat)
        slope(at, starts, others, p, exaggeration, push, z, force)
        move(at, force, speed, gains, rate, momentum)


@numba.njit(parallel=True, **_options)
def misfit(at, starts, others, p, out):  # type: ignore[no-untyped-def]
    """Write to `out` (n,) each point's sum of p log(p / q), before q is divided by Z."""
    for i in numba.prange(at.shape[1]):
        total = 0.0
        for e in range(starts[i], starts[i + 1]):
            square = 1.0
            for a in range(at.shape[0]):
                gap = at[a, i] - at[a, others[e]]
                square += gap * gap
            total += p[e] * np.log(max(p[e], _SMALLEST) * square)
        out[i] = total
