"""The rows of a sheet's XML, compiled: numbers straight into float32, and where the other cells stand.

What Excel, LibreOffice, openpyxl and Arrow write is read here. A row that looks in any way else is marked, and is read by
Expat; comments, CDATA and instructions are not known here at all, and a sheet that has any is read by Expat whole.
"""

from __future__ import annotations

import numba
import numpy as np

from core.formats._number_kernels import blank, number, options

EMPTY, NUMBER, SHARED, TEXT, INLINE, DATE = range(6)
_ENOUGH = 16_384  # columns of a sheet


@numba.njit(**options)
def _is(text, at, end, word):  # type: ignore[no-untyped-def]
    if at + word.size > end:
        return False
    for step in range(word.size):  # noqa: SIM110  # compiled
        if text[at + step] != word[step]:
            return False
    return True


def _word(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(text.encode(), np.uint8)


_ROW, _ROW_END, _CELL, _CELL_END = _word("<row"), _word("</row>"), _word("<c"), _word("</c>")
_VALUE, _VALUE_END, _FORMULA, _FORMULA_END = _word("<v>"), _word("</v>"), _word("<f"), _word("</f>")
_N, _S, _INLINE = _word("n"), _word("s"), _word("inlineStr")


@numba.njit(**options)
def _tag(text, at, end, following):  # type: ignore[no-untyped-def]
    """(number in its attribute r, place behind the ">", whether there is nothing in it) of the tag whose attributes begin at `at`; without the attribute the following number."""
    number, quote, begin = following, 0, at
    while at < end:
        byte = text[at]
        if quote:
            if byte == quote:
                quote = 0
        elif byte == 34 or byte == 39:
            quote = byte
            if at - begin > 2 and text[at - 1] == 61 and text[at - 2] == 114 and text[at - 3] <= 32:  # blank, r, =
                written, place = 0, at + 1
                while place < end and 48 <= text[place] <= 57 and place - at < 9:
                    written = written * 10 + (text[place] - 48)
                    place += 1
                if place < end and text[place] == quote and 1 < place - at < 9:
                    number = written
        elif byte == 62:
            return number, at + 1, text[at - 1] == 47
        at += 1
    return number, -1, False


@numba.njit(**options)
def _cell(text, at, end, following):  # type: ignore[no-untyped-def]
    """(column, kind, style or -1, place of the content, whether there is none) of the cell whose attributes begin at `at`; place -1 for one that looks odd."""
    column, kind, style = following, NUMBER, -1
    while True:
        at = blank(text, at, end)
        if at >= end:
            return column, kind, style, -1, False
        if text[at] == 62:
            return column, kind, style, at + 1, False
        if text[at] == 47:
            return column, kind, style, at + 2 if at + 1 < end and text[at + 1] == 62 else -1, True
        name = at
        while at < end and text[at] != 61:
            at += 1
        length = at - name
        at += 1
        if at >= end or (text[at] != 34 and text[at] != 39):
            return column, kind, style, -1, False
        quote, at = text[at], at + 1
        begin = at
        while at < end and text[at] != quote:
            at += 1
        if length == 1 and text[name] == 114:  # r
            column, place = 0, begin
            while place < at and 65 <= text[place] <= 90 and place - begin < 3:
                column = 26 * column + (text[place] - 64)
                place += 1
            column -= 1
            if place in (begin, at) or not 48 <= text[place] <= 57:
                return column, kind, style, -1, False
        elif length == 1 and text[name] == 115:  # s
            style, place = 0, begin
            while place < at and 48 <= text[place] <= 57 and place - begin < 6:
                style = 10 * style + (text[place] - 48)
                place += 1
            if place < at or place == begin:
                return column, kind, style, -1, False
        elif length == 1 and text[name] == 116:  # t
            kind = TEXT
            if at - begin == 1 and _is(text, begin, end, _N):
                kind = NUMBER
            elif at - begin == 1 and _is(text, begin, end, _S):
                kind = SHARED
            elif at - begin == _INLINE.size and _is(text, begin, end, _INLINE):
                kind = INLINE
        at += 1


@numba.njit(**options)
def _value(text, at, end):  # type: ignore[no-untyped-def]
    """(number, place behind its cell) of a cell's content, its formula passed over; place -1 where it is no plain number."""
    at = blank(text, at, end)
    if _is(text, at, end, _FORMULA):
        _, at, closed = _tag(text, at, end, 0)
        if at < 0:
            return np.float32(0.0), -1
        if not closed:
            while at < end and text[at] != 60:
                at += 1
            if not _is(text, at, end, _FORMULA_END):
                return np.float32(0.0), -1
            at += _FORMULA_END.size
    if not _is(text, at, end, _VALUE):
        return np.float32(0.0), -1
    value, at = number(text, at + _VALUE.size, end)
    if at < 0 or not _is(text, at, end, _VALUE_END):
        return value, -1
    at += _VALUE_END.size
    return value, at + _CELL_END.size if _is(text, at, end, _CELL_END) else -1


@numba.njit(**options)
def _find(text, at, end, word):  # type: ignore[no-untyped-def]
    while at < end and not _is(text, at, end, word):
        at += 1
    return at


@numba.njit(**options)
def _row(text, at, end, places, vector, cells, dates):  # type: ignore[no-untyped-def]
    """(numbers found, cells with content, place behind the row) of the row whose cells begin at `at`; place -1 where it looks odd."""
    column, found, filled = -1, 0, 0
    while True:
        at = blank(text, at, end)
        if _is(text, at, end, _ROW_END):
            return found, filled, at + _ROW_END.size
        if not _is(text, at, end, _CELL) or at + _CELL.size >= end or text[at + _CELL.size] not in (32, 62, 47, 9, 10, 13):  # fmt: skip
            return found, filled, -1
        before = column
        column, kind, style, at, closed = _cell(text, at + _CELL.size, end, column + 1)
        if style >= 0 and kind == NUMBER and style < dates.size and dates[style]:
            kind = DATE
        if at < 0 or column <= before or column >= _ENOUGH:
            return found, filled, -1
        if closed:
            continue
        place = places[column] if column < places.size else 0
        if place > 0:
            vector[place - 1], at = _value(text, at, end)
            if at < 0 or kind != NUMBER:
                return found, filled, -1
            found += 1
            filled += 1
            continue
        begin = at
        at = _find(text, at, end, _CELL_END)
        if at > begin:
            filled += 1
            if place == 0:
                return found, filled, -1
            cells[-place - 1, 0], cells[-place - 1, 1], cells[-place - 1, 2] = kind, begin, at
        at += _CELL_END.size


@numba.njit(**options)
def rows(text, at, number, places, dates, vectors, cells, spans, good):  # type: ignore[no-untyped-def]
    """Read rows from `at` on, as many as `vectors` (n, d) has or the text holds whole; those without a value are left out.

    `places` tells of a column where its numbers go (1 to d), which of `cells` it is (-1, -2, ...), or 0 for a column that
    should be empty; `dates` of a style whether it shows dates. `cells` (n, m, 3) gets kind, begin and end of the others; `spans` (n, 3) where the row stands and its
    number, which follows `number` where none is written; `good` (n) whether all d numbers are there.
    Returns (rows read, place behind the last, number of the last).
    """
    count, end = 0, text.size
    while count < vectors.shape[0]:
        begin = blank(text, at, end)
        if not _is(text, begin, end, _ROW) or begin + _ROW.size >= end or text[begin + _ROW.size] not in (32, 62, 47, 9, 10, 13):  # fmt: skip
            return count, begin, number
        this, inside, closed = _tag(text, begin + _ROW.size, end, number + 1)
        if inside < 0:
            return count, begin, number
        if closed:
            at, number = inside, this
            continue
        cells[count] = 0
        found, filled, at = _row(text, inside, end, places, vectors[count], cells[count], dates)
        odd = at < 0
        if odd:
            at = _find(text, inside, end, _ROW_END) + _ROW_END.size
            if at > end:
                return count, begin, number
        number = this
        if odd or filled:
            spans[count, 0], spans[count, 1], spans[count, 2] = begin, at, number
            good[count] = not odd and found == vectors.shape[1]
            count += 1
    return count, at, number


def warm() -> None:
    """Compile the loops of this file, or load them from the cache."""
    text, spans = np.frombuffer(b"<row></row>", np.uint8), np.empty((1, 3), np.int64)
    vectors, cells = np.empty((1, 1), np.float32), np.empty((1, 1, 3), np.int64)
    rows(text, 0, 0, np.zeros(1, np.int64), np.zeros(0, np.bool_), vectors, cells, spans, np.empty(1, np.bool_))
