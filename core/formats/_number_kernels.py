"""Numbers in text, compiled: the decimal numbers of JSON lines and of Excel sheets as float32, without an object each.

A number is read as its digits and its power of ten. Where digits and power are exact as doubles, so is their product
(Clinger 1990); otherwise the product is off by two units in its last place at most, and the float32 is taken where every
double so near gives the same one. What remains, one number in a hundred million, is left to Python: `number` says so.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_LEAST, _MOST = -330, 310
_POWERS = np.array([float(f"1e{power}") for power in range(_LEAST, _MOST)])  # 0 and infinity at the ends
_NEAR = 1e-15  # more than four units in the last place of a double
_EXACT_DIGITS, _EXACT_POWER = 2**53, 22
_MOST_DIGITS = 19  # that 64 bits hold
_TINY = 1e-290  # below it a double has fewer digits than `_NEAR` supposes


@numba.njit(**options)
def blank(text, at, end):  # type: ignore[no-untyped-def]
    """The place of the first byte from `at` on that is no blank."""
    while at < end and (text[at] == 32 or text[at] == 9 or text[at] == 10 or text[at] == 13):
        at += 1
    return at


@numba.njit(**options)
def number(text, at, end):  # type: ignore[no-untyped-def]
    """(float32, place behind it) of the JSON number that begins at `at`; the place is -1 where there is none, or one that Python must read."""
    nothing = np.float32(0.0), -1
    negative = at < end and text[at] == 45
    if negative:
        at += 1
    first = at
    digits, many, power = np.uint64(0), 0, 0
    while at < end and 48 <= text[at] <= 57:
        if many < _MOST_DIGITS:
            digits = digits * np.uint64(10) + np.uint64(text[at] - 48)
            many = many + 1 if digits > 0 else 0
        else:
            power += 1
        at += 1
    if at == first or (text[first] == 48 and at - first > 1):  # no digit, or a zero in front
        return nothing
    if at < end and text[at] == 46:
        at += 1
        first = at
        while at < end and 48 <= text[at] <= 57:
            if many < _MOST_DIGITS:
                digits = digits * np.uint64(10) + np.uint64(text[at] - 48)
                many = many + 1 if digits > 0 else 0
                power -= 1
            at += 1
        if at == first:
            return nothing
    if at < end and (text[at] == 69 or text[at] == 101):
        at += 1
        down = at < end and text[at] == 45
        if at < end and (text[at] == 45 or text[at] == 43):
            at += 1
        first, written = at, 0
        while at < end and 48 <= text[at] <= 57:
            written = min(written * 10 + (text[at] - 48), 100_000)
            at += 1
        if at == first:
            return nothing
        power += -written if down else written
    value, sure = _product(digits, power)
    if not sure:
        return nothing
    return -value if negative else value, at


@numba.njit(**options)
def _product(digits, power):  # type: ignore[no-untyped-def]
    """(float32 nearest to digits * 10 ** power, whether it surely is)."""
    if digits == 0:
        return np.float32(0.0), True
    if digits <= _EXACT_DIGITS and -_EXACT_POWER <= power <= _EXACT_POWER:
        scale = _POWERS[abs(power) - _LEAST]
        return np.float32(np.float64(digits) / scale if power < 0 else np.float64(digits) * scale), True
    if power < _LEAST or power >= _MOST:
        return np.float32(0.0), False
    value = np.float64(digits) * _POWERS[power - _LEAST]
    low, high = np.float32(value * (1.0 - _NEAR)), np.float32(value * (1.0 + _NEAR))
    return low, low == high and value > _TINY


@numba.njit(**options)
def lists(text, spans, dim, vectors, good):  # type: ignore[no-untyped-def]
    """Fill `vectors` (n, dim) from the insides of JSON lists, at `spans` (n, 2) of `text`; `good` (n) tells which are `dim` numbers."""
    for row in range(spans.shape[0]):
        at, end, column = spans[row, 0], spans[row, 1], 0
        while column < dim:
            value, at = number(text, blank(text, at, end), end)
            if at < 0:
                break
            vectors[row, column] = value
            column += 1
            at = blank(text, at, end)
            if at == end or text[at] != 44:
                break
            at += 1
        good[row] = column == dim and at == end and text[end - 1] != 44


@numba.njit(**options)
def fields(text, spans, names, ends, vectors, good):  # type: ignore[no-untyped-def]
    """Fill `vectors` (n, d) from lines of JSON where d numbers follow one another, each behind its name.

    `names` are the quoted names as bytes, one after the other, and `ends` (d) where each ends. `spans` (n, 2) say where the
    first name may begin and the line ends; of a `good` line the second becomes the place behind the last number.
    """
    for row in range(spans.shape[0]):
        at, end, column, name = spans[row, 0], spans[row, 1], 0, 0
        while column < ends.size:
            while name < ends[column] and at < end and text[at] == names[name]:
                at += 1
                name += 1
            if name < ends[column]:
                break
            at = blank(text, at, end)
            if at == end or text[at] != 58:
                break
            value, at = number(text, blank(text, at + 1, end), end)
            if at < 0:
                break
            vectors[row, column] = value
            column += 1
            if column < ends.size:
                at = blank(text, at, end)
                if at == end or text[at] != 44:
                    break
                at = blank(text, at + 1, end)
        good[row] = column == ends.size
        if good[row]:
            spans[row, 1] = at


@numba.njit(**options)
def elements(text, at, spans):  # type: ignore[no-untyped-def]
    """Fill `spans` (n, 2) with the places of the elements of a JSON list or object, of which the first begins at or behind `at`.

    Returns (how many, place behind the last or behind its comma, whether the list is closed there).
    """
    count, depth, begin, quoted = 0, 0, at, False
    end = text.size
    here = at
    while here < end and count < spans.shape[0]:
        byte = text[here]
        if quoted:
            if byte == 92:
                here += 1
            elif byte == 34:
                quoted = False
        elif byte == 34:
            quoted = True
        elif byte == 91 or byte == 123:
            depth += 1
        elif (byte == 93 or byte == 125) and depth > 0:
            depth -= 1
        elif depth == 0 and (byte == 44 or byte == 93 or byte == 125):
            spans[count, 0], spans[count, 1] = begin, here
            count += 1
            begin = here + 1
            if byte != 44:
                return count, begin, True
        here += 1
    return count, begin, False


def warm() -> None:
    """Compile the loops of this file, or load them from the cache."""
    text, spans = np.frombuffer(b"[1]", np.uint8), np.array([[1, 2]], np.int64)
    lists(text, spans, 1, np.empty((1, 1), np.float32), np.empty(1, np.bool_))
    fields(text, spans, text, np.array([1]), np.empty((1, 1), np.float32), np.empty(1, np.bool_))
    elements(text, 1, spans)
