"""What the pages of a Parquet file say of themselves, read before any of them is unpacked.

A few bytes may stand for hundreds of millions of equal numbers, and the sums in the footer may say otherwise than the
pages do; Arrow believes the pages. Source: the Parquet format's `parquet.thrift` and Thrift's compact protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core import _clock

_MOST_DEPTH = 24  # of structs and lists in one another; the format itself has ten
_MOST_ELEMENTS = 1_000_000  # of a list, as Arrow has it
_LONGEST_HEADER = 16 * 1024**2  # bytes of a page header, as Arrow has it
_FOOTER_END = 8  # bytes: the length of the footer and the mark
_DELTA_TEXTS = (6, 7)  # encodings of texts that Arrow does not read as a dictionary
_DATA_PAGES = {5: 2, 8: 4}  # field of the page header -> the field of it that names the encoding


@dataclass(slots=True)
class Column:
    """All chunks of one column of values: sums over their pages, and the largest page.

    `values` counts numbers or texts, `unpacked` and `largest` are bytes; `delta`: texts each told by the one before it.
    """

    values: int = 0
    unpacked: int = 0
    largest: int = 0
    delta: bool = False


def columns(data: bytes) -> dict[tuple[str, ...], Column]:
    """The columns of a file by their names, level by level; ValueError, TypeError or LookupError where the footer or a
    page header is none."""
    found: dict[tuple[str, ...], Column] = {}
    start = len(data) - _FOOTER_END - int.from_bytes(data[-_FOOTER_END : -_FOOTER_END + 4], "little")
    if start < 0:
        raise ValueError("the footer is longer than the file")
    footer = _Compact(memoryview(data)[start:]).struct()
    for group in footer.get(4, ()):
        for chunk in group[1]:
            about = chunk[3]
            column = found.setdefault(tuple(str(name, "utf-8", "replace") for name in about[3]), Column())
            for page in _pages(data, about):
                _add(column, page)
    return found


def _pages(data: bytes, about: dict[int, Any]) -> Iterator[dict[int, Any]]:
    """The headers of the pages of one chunk, as far as its counts of values and bytes reach."""
    at = about[9]
    if 0 < about.get(11, 0) < at:  # a dictionary stands before the data
        at = about[11]
    if at < 0:
        raise ValueError("a page before the file")
    view, end = memoryview(data), min(at + about[7], len(data) - _FOOTER_END)
    seen = 0
    while at < end and seen < about[5]:
        _clock.check()
        reader = _Compact(view[at : at + _LONGEST_HEADER])
        page = reader.struct()
        values = [page[field][1] for field in _DATA_PAGES if field in page]
        if min(page[2], page[3], *values) < 0:
            raise ValueError("a page of less than nothing")
        yield page
        seen += sum(values)
        at += reader.at + page[3]


def _add(column: Column, page: dict[int, Any]) -> None:
    column.unpacked += page[2]
    column.largest = max(column.largest, page[2])
    for field, encoding in _DATA_PAGES.items():
        if field in page:
            column.values += page[field][1]
            column.delta |= page[field][encoding] in _DELTA_TEXTS


class _Compact:
    """Thrift's compact protocol: a struct as {field: value}, integers, bytes and lists of them as they are."""

    def __init__(self, data: memoryview) -> None:
        self._data, self.at = data, 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        fields: dict[int, Any] = {}
        field = 0
        while head := self._byte():
            field = field + (head >> 4) if head >> 4 else self._signed()
            fields[field] = self._value(head & 15, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if depth > _MOST_DEPTH:
            raise ValueError("parts within parts without end")
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._signed()
        if kind == 7:
            return self._bytes(8)
        if kind == 8:
            return self._bytes(self._number())
        if kind in (9, 10):
            head = self._byte()
            count = head >> 4 if head >> 4 < 15 else self._number()
            if count > _MOST_ELEMENTS:
                raise ValueError("a list without end")
            return [self._element(head & 15, depth) for _ in range(count)]
        if kind == 12:
            return self.struct(depth + 1)
        raise ValueError(f"no kind {kind} stands in a Parquet file")

    def _element(self, kind: int, depth: int) -> Any:
        return self._byte() == 1 if kind in (1, 2) else self._value(kind, depth + 1)

    def _byte(self) -> int:
        value = self._data[self.at]
        self.at += 1
        return value

    def _bytes(self, length: int) -> bytes:
        if length > len(self._data) - self.at:
            raise ValueError("a text reaches past the end")
        self.at += length
        return bytes(self._data[self.at - length : self.at])

    def _number(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise ValueError("a number of more than 64 bits")

    def _signed(self) -> int:
        value = self._number()
        return (value >> 1) ^ -(value & 1)
