"""The numbers of a long JSON-lines file, lists or fields that follow one another, read by a compiled loop: they are cut out
of their line, and what is left of the line is read as JSON. A line that looks in any way unlike that is read as JSON
whole, so both ways give the same.
"""

from __future__ import annotations

import json
import re
import secrets
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import FloatArray, IntArray

BLOCK = 4 * 1024**2  # bytes of lines at a time
WORTH_IT = 2 * 1024**2  # bytes from which the compiled loop pays for its loading
_ENTRY = re.compile(rb'\s*("(?:[^"\\]|\\.)*")\s*:\s*\[')
LABEL, VECTOR = "label", "vector"  # the fields that its entries are read as

Span = tuple[int, int, int]  # number of the line, its begin, its end


@dataclass(frozen=True, slots=True)
class Wanted:
    """`keys` are the fields of the vector, one list or a number each, `dim` numbers together; `fields` are kept beside it."""

    keys: list[str]
    dim: int
    fields: list[str]


class _Cutter(ABC):
    """Reads the numbers of many lines at once, and what is left of each line as JSON."""

    def __init__(self, data: bytes, wanted: Wanted) -> None:
        self._data, self._wanted = data, wanted
        self._text = np.frombuffer(data, np.uint8)
        self._mark = secrets.token_hex(16)  # stands in the place of the numbers, and can be in no file
        self._quoted = f'"{self._mark}"'.encode()
        self._first = self._opening()

    def cut(self, block: list[Span], vectors: FloatArray) -> list[dict[str, Any] | None]:
        """Fill the rows of `vectors` and give what the lines hold beside them; None for a line to be read whole."""
        spans = np.array([self._place(begin, end) for _, begin, end in block], np.int64)
        good = np.zeros(len(block), np.bool_)
        self._fill(spans, vectors, good)
        return [
            self._rest(line, span) if fine else None
            for line, span, fine in zip(block, spans.tolist(), good.tolist(), strict=True)
        ]

    def _found(self, begin: int, end: int) -> re.Match[bytes] | None:
        found = self._first.search(self._data, begin, end)
        if found is None or self._data[found.start() - 1 : found.start()] == b"\\":  # the end of a longer name
            return None
        return found

    @abstractmethod
    def _opening(self) -> re.Pattern[bytes]:
        """What the numbers of a line begin with."""

    @abstractmethod
    def _place(self, begin: int, end: int) -> tuple[int, int]:
        """Where the numbers of a line stand, or nothing where it does not look like any."""

    @abstractmethod
    def _fill(self, spans: IntArray, vectors: FloatArray, good: NDArray[np.bool_]) -> None:
        """Read the numbers at the spans, which end behind the last number then; `good` tells where all were there."""

    @abstractmethod
    def _rest(self, line: Span, span: list[int]) -> dict[str, Any] | None:
        """The object without its numbers; None where they lay deeper, or stand twice."""


class _ListCutter(_Cutter):
    """The numbers are the list under one key."""

    def _opening(self) -> re.Pattern[bytes]:
        return re.compile(rb"(?:%b)\s*:\s*\[" % b"|".join(map(re.escape, _ways(self._wanted.keys[0]))))

    def _place(self, begin: int, end: int) -> tuple[int, int]:
        found = self._found(begin, end)
        close = -1 if found is None else self._data.find(b"]", found.end(), end)
        return (begin, begin) if found is None or close < 0 else (found.end(), close)

    def _fill(self, spans: IntArray, vectors: FloatArray, good: NDArray[np.bool_]) -> None:
        from core.formats import _number_kernels

        _number_kernels.lists(self._text, spans, self._wanted.dim, vectors, good)

    def _rest(self, line: Span, span: list[int]) -> dict[str, Any] | None:
        one = parse(b"%b%b%b" % (self._data[line[1] : span[0] - 1], self._quoted, self._data[span[1] + 1 : line[2]]))
        return one if isinstance(one, dict) and one.get(self._wanted.keys[0]) == self._mark else None


class _EntryCutter(_ListCutter):
    """The numbers are the list behind a name of their own."""

    def _opening(self) -> re.Pattern[bytes]:
        return _ENTRY

    def _found(self, begin: int, end: int) -> re.Match[bytes] | None:
        return self._first.match(self._data, begin, end)

    def _rest(self, line: Span, span: list[int]) -> dict[str, Any] | None:
        one = entry_of(b"%b%b%b" % (self._data[line[1] : span[0] - 1], self._quoted, self._data[span[1] + 1 : line[2]]))
        return one if one is not None and one.pop(VECTOR) == self._mark else None


class _FieldCutter(_Cutter):
    """The numbers are fields that follow one another in every line, in the same order."""

    def __init__(self, data: bytes, wanted: Wanted) -> None:
        super().__init__(data, wanted)
        names = [
            next((way for way in _ways(key) if data.find(way, 0, BLOCK) >= 0), _ways(key)[0]) for key in wanted.keys
        ]
        self._names = np.frombuffer(b"".join(names), np.uint8)
        self._ends = np.cumsum([len(name) for name in names], dtype=np.int64)
        self._keys = frozenset(wanted.keys)

    def _opening(self) -> re.Pattern[bytes]:
        return re.compile(rb"(?:%b)\s*:" % b"|".join(map(re.escape, _ways(self._wanted.keys[0]))))

    def _place(self, begin: int, end: int) -> tuple[int, int]:
        found = self._found(begin, end)
        return (begin, begin) if found is None else (found.start(), end)

    def _fill(self, spans: IntArray, vectors: FloatArray, good: NDArray[np.bool_]) -> None:
        from core.formats import _number_kernels

        _number_kernels.fields(self._text, spans, self._names, self._ends, vectors, good)

    def _rest(self, line: Span, span: list[int]) -> dict[str, Any] | None:
        one = parse(b"%b%b:null%b" % (self._data[line[1] : span[0]], self._quoted, self._data[span[1] : line[2]]))
        alone = isinstance(one, dict) and one.pop(self._mark, 0) is None and self._keys.isdisjoint(one)
        return one if alone else None


def _ways(key: str) -> list[bytes]:
    """How programs write a key."""
    return sorted({json.dumps(key).encode(), json.dumps(key, ensure_ascii=False).encode("utf-8", "replace")})


def cutter_for(data: bytes, wanted: Wanted, named: bool) -> _Cutter | None:
    if len(data) < WORTH_IT:
        return None
    if named:
        return _EntryCutter(data, wanted) if wanted.keys == [VECTOR] else None
    return _ListCutter(data, wanted) if len(wanted.keys) == 1 else _FieldCutter(data, wanted)


def entry_of(piece: bytes) -> dict[str, Any] | None:
    """One name and its vector out of an object of many."""
    one = parse(b"{%b}" % piece)
    if not isinstance(one, dict) or len(one) != 1:
        return None
    ((name, vector),) = one.items()
    return {LABEL: name, VECTOR: vector}


def parse(line: bytes) -> Any:
    try:
        return json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
