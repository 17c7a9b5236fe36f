"""A whole sheet as labels, vectors and texts: by a compiled loop where it is long and looks as usual, else by Expat."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from core import _clock
from core.arrays import FloatArray
from core.errors import DataError
from core.formats import _sheet, _table
from core.formats._assemble import joined
from core.formats._cells import safe_cell
from core.formats._limits import check_beside, check_shape
from core.formats._sheet_dates import iso
from core.formats._skipped import Skipped

WORTH_IT = 4 * 1024**2  # bytes of XML from which the compiled loop pays for its loading
_ROWS = 1024  # of a batch
_LONGEST_ROW = 32 * 1024**2  # bytes
_BEGINS = re.compile(rb"<sheetData(?:\s[^>]*)?>")
_ENCODING = re.compile(rb"""encoding=["']([^"']*)["']""")
_VALUE = re.compile(rb"(?:<f>[^<]*</f>)?<v>([^<\r]*)</v>")
_INLINE = re.compile(rb"<is><t(?: xml:space=\"preserve\")?>([^<\r]*)</t></is>")
_ENTITY = re.compile("&([^;]*;?)")
_ENTITIES = {"amp;": "&", "lt;": "<", "gt;": ">", "quot;": '"', "apos;": "'"}


class _Odd(Exception):
    """The sheet is not written as the compiled loop knows it."""


@dataclass(slots=True)
class _Batch:
    """Rows: their `vectors` (n, d), the `texts` of the other columns, and `whole`, which reads a row that has no texts: its number and cells."""

    vectors: FloatArray
    texts: list[list[str] | None]
    whole: Callable[[int], _sheet.Numbered]


def parse(book: _sheet.Book, table: _table.Table) -> tuple[_table.Table, list[str] | None, FloatArray, dict[str, list[str]]]:  # fmt: skip
    """(the table with what was skipped, labels or None, (n, d) float32, metadata columns as text) of what `table` tells of the first rows."""
    if book.size >= WORTH_IT and not table.listed:
        try:
            fresh = replace(table, skipped=Skipped(table.skipped.allowed))
            return fresh, *_collected(fresh, _compiled(book, table))
        except _Odd:
            pass
    return table, *_collected(table, _by_expat(book, table))


def plain_text(value: Any) -> str:
    """A cell as text, a whole number without its point."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def text_of(value: Any) -> str:
    """A cell as the text that the CSV reader expects."""
    return plain_text(value) if isinstance(value, float) else safe_cell(value)


def _others(table: _table.Table) -> list[int]:
    """The columns that are no numbers of the vector and are kept."""
    return [*([] if table.roles.label is None else [table.roles.label]), *table.roles.metadata]


def _collected(table: _table.Table, batches: Iterator[_Batch]) -> tuple[list[str] | None, FloatArray, dict[str, list[str]]]:  # fmt: skip
    blocks: list[FloatArray] = []
    columns: list[list[str]] = [[] for _ in _others(table)]
    dim, count, header = table.dim, 0, table.has_header
    for batch in batches:
        kept: list[int] = []
        for row, given in enumerate(batch.texts):
            texts = given
            if texts is None:
                line, values = batch.whole(row)
                cells = list(map(text_of, values))
                if header or not any(cells):
                    header = header and not any(cells)
                    continue
                try:
                    texts = _checked(table, cells, batch.vectors[row], line)
                except DataError as error:
                    table.skipped.add(error)
                    continue
            elif header:
                header = False
                continue
            kept.append(row)
            for column, text in zip(columns, texts, strict=True):
                column.append(text)
        blocks.append(batch.vectors[kept])
        count += len(kept)
        check_shape(table.filename, count or 1, dim)
        check_beside(table.filename, count, len(columns))
    table.skipped.notes(count)  # raises where most are bad
    check_shape(table.filename, count, dim)
    labels = None if table.roles.label is None else columns.pop(0)
    names = (table.names[at] for at in table.roles.metadata)
    return labels, joined(blocks, count, dim), dict(zip(names, columns, strict=True))


def _checked(table: _table.Table, cells: list[str], vector: FloatArray, line: int) -> list[str]:
    """Put the numbers of a row into `vector` and give its other cells; DataError for one without them."""
    width = len(table.names)
    while len(cells) > width and not cells[-1]:
        cells.pop()
    cells += [""] * (width - len(cells))
    with np.errstate(over="ignore"):  # beyond float32 becomes infinite, which is then named by its row
        vector[:] = _table.numbers(table, cells, line)
    return [cells[at] for at in _others(table)]


def _by_expat(book: _sheet.Book, table: _table.Table) -> Iterator[_Batch]:
    rows = book.rows()
    while batch := list(islice(rows, _ROWS)):
        yield _Batch(np.empty((len(batch), table.dim), np.float32), [None] * len(batch), batch.__getitem__)  # fmt: skip


def _compiled(book: _sheet.Book, table: _table.Table) -> Iterator[_Batch]:
    pieces, rest = _ahead(book), b""
    while (begins := _BEGINS.search(rest)) is None:
        rest += next(pieces, b"<!")
        _usual(rest, b"!")
    encoding = _ENCODING.search(rest, 0, 200)
    if encoding is not None and encoding[1].lower() not in (b"utf-8", b"us-ascii"):
        raise _Odd
    rest = rest[begins.end() :]
    reader = _Reader(book, table)
    for piece in pieces:
        rest = yield from reader.batches(rest + piece)
        if rest[:11] == b"</sheetData":
            break
    else:
        rest = yield from reader.batches(rest)
        if rest[:11] != b"</sheetData":  # cut off, or something unknown between rows
            raise _Odd
    for _ in pieces:  # to its end, where its checksum is
        pass


def _ahead(book: _sheet.Book) -> Iterator[bytes]:
    """The XML of the sheet, the next piece unpacked while one is read."""
    pieces, read = book.pieces(), 0
    with ThreadPoolExecutor(1) as beside:  # which knows of no time limit: that is kept here
        coming = beside.submit(next, pieces, b"")
        while piece := coming.result():
            coming = beside.submit(next, pieces, b"")
            read += len(piece)
            _clock.check(read / max(read, book.size))
            yield piece


def _usual(text: bytes, *marks: bytes) -> None:
    """Raises where a "<" with one of these marks behind it begins something else than a cell. The marks alone are looked
    for first: they are rare, where a "<" stands everywhere."""
    if any(mark in text and b"<" + mark in text for mark in marks) or len(text) > _LONGEST_ROW:
        raise _Odd


class _Reader:
    """Reads rows out of pieces of a sheet's XML."""

    def __init__(self, book: _sheet.Book, table: _table.Table) -> None:
        from core.formats import _sheet_kernels

        self._kernels, self._book = _sheet_kernels, book
        others, vector = _others(table), table.roles.vector
        self._places = np.zeros(len(table.names), np.int64)
        self._places[vector] = np.arange(1, len(vector) + 1)
        self._places[others] = -np.arange(1, len(others) + 1)
        self._dim, self._cells = len(vector), np.empty((_ROWS, len(others), 3), np.int64)
        self._spans, self._good = np.empty((_ROWS, 3), np.int64), np.empty(_ROWS, np.bool_)
        self._number = 0  # of the row before
        self._dates = np.zeros(max(book.dates.styles, default=-1) + 1, np.bool_)
        self._dates[list(book.dates.styles)] = True

    def batches(self, text: bytes) -> Generator[_Batch, None, bytes]:
        """Batches of the rows that `text` holds whole; returns what is left."""
        _usual(text, b"!", b"?")
        array, at, count = np.frombuffer(text, np.uint8), 0, 1
        while count:
            vectors = np.empty((_ROWS, self._dim), np.float32)
            count, at, self._number = self._kernels.rows(
                array, at, self._number, self._places, self._dates, vectors, self._cells, self._spans, self._good
            )
            if count:
                spans = self._spans[:count].tolist()
                cells = self._cells[:count].tolist()
                texts = [self._texts(text, one) if good else None for one, good in zip(cells, self._good[:count].tolist(), strict=True)]  # fmt: skip
                yield _Batch(vectors[:count], texts, partial(self._whole, text, spans))
        rest = text[at:]
        if len(rest) > 10 and not rest.startswith((b"<row", b"</sheetData")):
            raise _Odd
        return rest

    def _texts(self, text: bytes, cells: list[list[int]]) -> list[str] | None:
        found: list[str] = []
        for kind, begin, end in cells:
            one = "" if kind == self._kernels.EMPTY else self._text(kind, text[begin:end])
            if one is None:
                return None
            found.append(one)
        return found

    def _text(self, kind: int, content: bytes) -> str | None:
        """What a cell says, None where Expat must tell."""
        found = (_INLINE if kind == self._kernels.INLINE else _VALUE).fullmatch(content)
        if found is None:
            return None
        try:
            if kind == self._kernels.NUMBER:
                return text_of(float(found[1])) if found[1] else ""
            if kind == self._kernels.DATE:
                return text_of(iso(float(found[1]), self._book.dates.from_1904)) if found[1] else ""
            if kind == self._kernels.SHARED:
                return safe_cell(_sheet.unescaped(self._book.shared[int(found[1])]))
            return safe_cell(_sheet.unescaped(_ENTITY.sub(lambda one: _ENTITIES[one[1]], found[1].decode())))
        except (ValueError, LookupError):
            return None

    def _whole(self, text: bytes, spans: list[list[int]], row: int) -> _sheet.Numbered:
        begin, end, number = spans[row]
        pieces = [b"<sheetData>", text[begin:end], b"</sheetData>"]
        for _, cells in _sheet.parsed(pieces, self._book.shared, self._book.filename, self._book.dates):
            return number, cells
        return number, []
