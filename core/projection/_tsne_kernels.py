"""The loops of t-SNE, compiled. Positions are (2 or 3, n): one contiguous row an axis, so that 16 points move at once.

The gradient of the Kullback-Leibler divergence at point i is 4 (pull - push / Z), with q = 1 / (1 + squared distance):
pull sums p q (difference) over the joint probabilities p, push sums q^2 (difference) and Z sums q over all pairs
(van der Maaten & Hinton 2008). What pushes or pulls i pushes or pulls j the other way, so each pair is visited once.
Every sum is taken in an order that does not depend on the number of threads.
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
ROWS = 4  # taken together
PARTS = 8  # of the rows; the threads share them out


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


@numba.njit(**_options)
def _push_pair(at, i, j, push):  # type: ignore[no-untyped-def]
    square = _ONE
    for a in range(at.shape[0]):
        gap = at[a, i] - at[a, j]
        square += gap * gap
    q = _ONE / square
    for a in range(at.shape[0]):
        gap = (at[a, i] - at[a, j]) * q * q
        push[a, i] += gap
        push[a, j] -= gap
    return q


@numba.njit(**_options)
def _push_four_2(at, i, push):  # type: ignore[no-untyped-def]
    """Rows i .. i + 3 and every later row push each other; returns the sum of q. Four at once load each later row once."""
    x, y, out_x, out_y = at[0, i + 4 :], at[1, i + 4 :], push[0, i + 4 :], push[1, i + 4 :]  # slices, or no vectors
    ax, bx, cx, dx = at[0, i], at[0, i + 1], at[0, i + 2], at[0, i + 3]
    ay, by, cy, dy = at[1, i], at[1, i + 1], at[1, i + 2], at[1, i + 3]
    to_ax, to_bx, to_cx, to_dx, z = _ZERO, _ZERO, _ZERO, _ZERO, _ZERO
    to_ay, to_by, to_cy, to_dy = _ZERO, _ZERO, _ZERO, _ZERO
    for j in range(x.size):
        here_x, here_y = x[j], y[j]
        gap_ax, gap_bx, gap_cx, gap_dx = ax - here_x, bx - here_x, cx - here_x, dx - here_x
        gap_ay, gap_by, gap_cy, gap_dy = ay - here_y, by - here_y, cy - here_y, dy - here_y
        qa = _ONE / (_ONE + gap_ax * gap_ax + gap_ay * gap_ay)
        qb = _ONE / (_ONE + gap_bx * gap_bx + gap_by * gap_by)
        qc = _ONE / (_ONE + gap_cx * gap_cx + gap_cy * gap_cy)
        qd = _ONE / (_ONE + gap_dx * gap_dx + gap_dy * gap_dy)
        z += (qa + qb) + (qc + qd)
        qa, qb, qc, qd = qa * qa, qb * qb, qc * qc, qd * qd
        gap_ax, gap_bx, gap_cx, gap_dx = gap_ax * qa, gap_bx * qb, gap_cx * qc, gap_dx * qd
        gap_ay, gap_by, gap_cy, gap_dy = gap_ay * qa, gap_by * qb, gap_cy * qc, gap_dy * qd
        to_ax, to_bx, to_cx, to_dx = to_ax + gap_ax, to_bx + gap_bx, to_cx + gap_cx, to_dx + gap_dx
        to_ay, to_by, to_cy, to_dy = to_ay + gap_ay, to_by + gap_by, to_cy + gap_cy, to_dy + gap_dy
        out_x[j] -= (gap_ax + gap_bx) + (gap_cx + gap_dx)
        out_y[j] -= (gap_ay + gap_by) + (gap_cy + gap_dy)
    push[0, i] += to_ax
    push[0, i + 1] += to_bx
    push[0, i + 2] += to_cx
    push[0, i + 3] += to_dx
    push[1, i] += to_ay
    push[1, i + 1] += to_by
    push[1, i + 2] += to_cy
    push[1, i + 3] += to_dy
    return z


@numba.njit(**_options)
def _push_two_3(at, i, push):  # type: ignore[no-untyped-def]
    """Rows i, i + 1 and every later row push each other, in space; returns the sum of q."""
    x, y, z = at[0, i + 2 :], at[1, i + 2 :], at[2, i + 2 :]
    out_x, out_y, out_z = push[0, i + 2 :], push[1, i + 2 :], push[2, i + 2 :]
    ax, ay, az, bx, by, bz = at[0, i], at[1, i], at[2, i], at[0, i + 1], at[1, i + 1], at[2, i + 1]
    to_ax, to_ay, to_az, to_bx, to_by, to_bz, total = _ZERO, _ZERO, _ZERO, _ZERO, _ZERO, _ZERO, _ZERO
    for j in range(x.size):
        gap_ax, gap_ay, gap_az = ax - x[j], ay - y[j], az - z[j]
        gap_bx, gap_by, gap_bz = bx - x[j], by - y[j], bz - z[j]
        qa = _ONE / (_ONE + gap_ax * gap_ax + gap_ay * gap_ay + gap_az * gap_az)
        qb = _ONE / (_ONE + gap_bx * gap_bx + gap_by * gap_by + gap_bz * gap_bz)
        total += qa + qb
        qa, qb = qa * qa, qb * qb
        gap_ax, gap_ay, gap_az, gap_bx, gap_by, gap_bz = (
            gap_ax * qa, gap_ay * qa, gap_az * qa, gap_bx * qb, gap_by * qb, gap_bz * qb,
        )  # fmt: skip
        to_ax, to_ay, to_az = to_ax + gap_ax, to_ay + gap_ay, to_az + gap_az
        to_bx, to_by, to_bz = to_bx + gap_bx, to_by + gap_by, to_bz + gap_bz
        out_x[j] -= gap_ax + gap_bx
        out_y[j] -= gap_ay + gap_by
        out_z[j] -= gap_az + gap_bz
    push[0, i] += to_ax
    push[1, i] += to_ay
    push[2, i] += to_az
    push[0, i + 1] += to_bx
    push[1, i + 1] += to_by
    push[2, i + 1] += to_bz
    return total


@numba.njit(**_options)
def _push_rows(at, first, last, push):  # type: ignore[no-untyped-def]
    """Rows first .. last - 1, four of them but at the end, push each other and every later row; returns the sum of q."""
    z = 0.0
    if last - first == ROWS and at.shape[0] == 2:
        z += _push_four_2(at, first, push)
    elif last - first == ROWS:
        z += _push_two_3(at, first, push) + _push_two_3(at, first + 2, push)
        return z + _push_pair(at, first, first + 1, push) + _push_pair(at, first + 2, first + 3, push)
    for i in range(first, last):
        for j in range(i + 1, last):
            z += _push_pair(at, i, j, push)
    return z


@numba.njit(**_options)
def _pull_rows_2(x, y, first, last, starts, others, p, to_x, to_y):  # type: ignore[no-untyped-def]
    for i in range(first, last):
        xi, yi, px, py = x[i], y[i], _ZERO, _ZERO
        for e in range(starts[i], starts[i + 1]):
            j = others[e]
            dx, dy = xi - x[j], yi - y[j]
            w = p[e] / (_ONE + dx * dx + dy * dy)
            dx, dy = dx * w, dy * w
            px, py = px + dx, py + dy
            to_x[j] -= dx
            to_y[j] -= dy
        to_x[i] += px
        to_y[i] += py


@numba.njit(**_options)
def _pull_rows_3(x, y, z, first, last, starts, others, p, to_x, to_y, to_z):  # type: ignore[no-untyped-def]
    for i in range(first, last):
        xi, yi, zi, px, py, pz = x[i], y[i], z[i], _ZERO, _ZERO, _ZERO
        for e in range(starts[i], starts[i + 1]):
            j = others[e]
            dx, dy, dz = xi - x[j], yi - y[j], zi - z[j]
            w = p[e] / (_ONE + dx * dx + dy * dy + dz * dz)
            dx, dy, dz = dx * w, dy * w, dz * w
            px, py, pz = px + dx, py + dy, pz + dz
            to_x[j] -= dx
            to_y[j] -= dy
            to_z[j] -= dz
        to_x[i] += px
        to_y[i] += py
        to_z[i] += pz


@numba.njit(**_options)
def _part(at, starts, others, p, pushing, number, parts, push, pull):  # type: ignore[no-untyped-def]
    """The rows of one part, dealt out to and fro so that each part has long ones and short ones; returns their sum of q."""
    n, z = at.shape[1], 0.0
    pull[:] = _ZERO
    x, y, above, to_x, to_y, to_above = at[0], at[1], at[-1], pull[0], pull[1], pull[-1]
    if pushing:
        push[:] = _ZERO
    for lap in range(0, n, 2 * parts * ROWS):
        for back in range(2):
            turn = 2 * parts - 1 - number if back else number
            first = lap + turn * ROWS
            last = min(first + ROWS, n)
            if first < n and pushing:
                z += _push_rows(at, first, last, push)
            if at.shape[0] == 2:
                _pull_rows_2(x, y, first, last, starts, others, p, to_x, to_y)
            else:
                _pull_rows_3(x, y, above, first, last, starts, others, p, to_x, to_y, to_above)
    return z


@numba.njit(parallel=True, **_options)
def forces(at, starts, others, p, pushing, push, pull, sums):  # type: ignore[no-untyped-def]
    """Each pair once. Part c of the rows fills push[c] and pull[c] (axes, n), and sums[c] with its sum of q.

    `starts`, `others` (unsigned, or each index would be checked for its sign) and `p` hold the pairs i < j that pull.
    The parts are the same for any number of threads. The push is left alone unless `pushing`.
    """
    for c in numba.prange(sums.size):
        number = np.int64(c)
        sums[number] = _part(
            at, starts, others, p, pushing, number, np.int64(sums.size), push[number if pushing else 0], pull[number]
        )


@numba.njit(**_options)
def slope(pull, push, z, exaggeration, out):  # type: ignore[no-untyped-def]
    """Write the gradient (axes, n): 4 (exaggeration pull - push / z), of the parts of both (parts, axes, n)."""
    four, share = _F(4.0 * exaggeration), _F(4.0 / max(z, 1e-30))
    out[:] = _ZERO
    for a in range(out.shape[0]):
        force = out[a]
        for c in range(pull.shape[0]):
            part = pull[c, a]
            for i in range(force.size):
                force[i] += four * part[i]
        for c in range(push.shape[0]):
            part = push[c, a]
            for i in range(force.size):
                force[i] -= share * part[i]


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
def descend(at, speed, gains, starts, others, p, exaggeration, rate, momentum, steps, push, pull, sums):  # type: ignore[no-untyped-def]
    """`steps` iterations with the exact gradient: `at`, `speed` and `gains` (axes, n) change in place."""
    force = np.empty_like(at)
    for _ in range(steps):
        forces(at, starts, others, p, True, push, pull, sums)
        slope(pull, push, 2.0 * sums.sum(), exaggeration, force)
        move(at, force, speed, gains, rate, momentum)


@numba.njit(parallel=True, **_options)
def misfit(at, starts, others, p, out):  # type: ignore[no-untyped-def]
    """Write to `out` (n,) each point's sum of p log(p / q) over its pairs, before q is divided by Z."""
    for i in numba.prange(at.shape[1]):
        total = 0.0
        for e in range(starts[i], starts[i + 1]):
            square = 1.0
            for a in range(at.shape[0]):
                gap = at[a, i] - at[a, others[e]]
                square += gap * gap
            total += p[e] * np.log(max(p[e], _SMALLEST) * square)
        out[i] = total
