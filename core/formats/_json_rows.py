"""The objects of a JSON-lines file, or of one list of objects, a block at a time: nothing but a block is held as objects.
One object of names and vectors is read as if it were a list of objects with a label and a vector each.

The numbers of a long file are read by a compiled loop (see `_json_cutters`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np

from core import _clock
from core.arrays import FloatArray
from core.errors import N_, DataError
from core.formats._assemble import joined
from core.formats._columns import VECTOR_NAMES
from core.formats._json_cutters import BLOCK, LABEL, VECTOR, Span, Wanted, cutter_for, entry_of, parse
from core.formats._limits import MOST_ROWS, check_beside, check_shape
from core.formats._skipped import Skipped
from core.text.decoding import decode

_ROWS = 4096  # of a block at most
_BOM = b"\xef\xbb\xbf"
_OPENS_LIST = re.compile(rb"\s*\[")
_OPENS_NAMED = re.compile(rb'\s*\{\s*(?="(?:[^"\\]|\\.){0,10000}"\s*:\s*\[)')
_LOOKED = 20  # entries that tell whether an object is one of names and vectors


@dataclass(slots=True)
class Rows:
    """`vectors` (n, d), and of each row the values of the wanted fields, by name."""

    vectors: FloatArray
    fields: dict[str, list[Any]]


def utf8(data: bytes, filename: str) -> bytes:
    """The text as UTF-8, checked in pieces: a whole copy would weigh more than the vectors."""
    try:
        for begin, end in _pieces(data):
            if not data[begin:end].isascii():
                data[begin:end].decode()
    except UnicodeDecodeError:
        return decode(data, filename).text.encode() if filename else data.decode("utf-8", "replace").encode()
    return data


def objects(data: bytes, filename: str, skipped: Skipped, most: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of each line of UTF-8, at most `most`; one list of objects is read as its elements."""
    found, parsed = 0, entry_of if names_vectors(data) else parse
    for block in _blocks(data, filename):
        for number, begin, end in block:
            value = parsed(data[begin:end])
            if not isinstance(value, dict):
                skipped.add(_no_object(filename, number))
                continue
            yield number, value
            found += 1
            if found == most:
                return


def read_rows(data: bytes, filename: str, wanted: Wanted, skipped: Skipped) -> Rows:
    """All rows that hold a vector; the others are `skipped`, by line."""
    check_shape(filename, 1, wanted.dim)
    check_beside(filename, 1, len(wanted.fields))
    blocks: list[FloatArray] = []
    fields: dict[str, list[Any]] = {name: [] for name in wanted.fields}
    named = names_vectors(data)
    cutter, parsed = cutter_for(data, wanted, named), entry_of if named else parse
    count = 0
    for block in _blocks(data, filename):
        vectors = np.empty((len(block), wanted.dim), np.float32)
        cuts = cutter.cut(block, vectors) if cutter else [None] * len(block)
        kept: list[int] = []
        for row, (number, begin, end) in enumerate(block):
            one = cuts[row] if cuts[row] is not None else _read_whole(parsed(data[begin:end]), vectors[row], wanted)
            if isinstance(one, dict):
                _keep(one, fields, count + len(kept))
                kept.append(row)
            else:
                skipped.add(_without(filename, number, one, wanted.dim))
        blocks.append(vectors if len(kept) == len(block) else vectors[kept])
        count += len(kept)
        check_beside(filename, count, len(fields))
        if count > MOST_ROWS:
            break
    check_shape(filename, count, wanted.dim)
    for values in fields.values():
        values += [None] * (count - len(values))
    return Rows(joined(blocks, count, wanted.dim), fields)


def names_vectors(data: bytes) -> bool:
    """Whether it is one object whose first entries are names of vectors of one length, and no line of several."""
    first = len(_BOM) if data.startswith(_BOM) else 0
    opening = _OPENS_NAMED.match(data, first)
    if opening is None:
        return False
    from core.formats import _number_kernels

    spans = np.empty((_LOOKED, 2), np.int64)
    count, at, closed = _number_kernels.elements(np.frombuffer(data, np.uint8), opening.end(), spans)
    entries = [entry_of(data[begin:end]) for begin, end in spans[:count].tolist()]
    vectors = [one[VECTOR] for one in entries if one is not None and is_vector(one[VECTOR])]
    if not vectors or len(vectors) < count or len(set(map(len, vectors))) > 1:
        return False
    if closed and data[at : at + 1024].strip():  # another line
        return False
    return count > 1 or (entries[0] or {})[LABEL].lower() not in VECTOR_NAMES


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_vector(value: object) -> TypeGuard[list[int | float]]:
    return isinstance(value, list) and bool(value) and all(map(is_number, value))


def _read_whole(one: Any, row: FloatArray, wanted: Wanted) -> dict[str, Any] | bool:
    """The object of a line, its vector put into `row`; True for one without a vector of that length, False for no object."""
    if not isinstance(one, dict):
        return False
    value = one.get(wanted.keys[0]) if len(wanted.keys) == 1 else None
    numbers = value if is_vector(value) else [one.get(key) for key in wanted.keys]
    if not is_vector(numbers) or len(numbers) != wanted.dim:
        return True
    try:
        with np.errstate(over="ignore"):
            row[:] = np.array(numbers, dtype=np.float64).astype(np.float32)
    except OverflowError:  # a whole number beyond a double: not finite here, and named by its row later
        row[:] = np.inf
    return one


def _keep(one: dict[str, Any], fields: dict[str, list[Any]], row: int) -> None:
    """Put what an object holds of the wanted fields behind them, in the place of its row; work only for what is there."""
    for name, value in one.items():
        values = fields.get(name)
        if values is not None:
            values += [None] * (row - len(values))
            values.append(_flat(value))


def _without(filename: str, line: int, is_object: object, dim: int) -> DataError:
    if is_object:
        return DataError(N_("Line {line} of {file} has no vector of {dim} numbers."), line=line, file=filename, dim=dim)
    return _no_object(filename, line)


def _flat(value: object) -> object:
    """A value that a column can hold: what has parts is kept as JSON."""
    return value if value is None or isinstance(value, (str, int, float, bool)) else json.dumps(value, ensure_ascii=False)  # fmt: skip


def _blocks(data: bytes, filename: str) -> Iterator[list[Span]]:
    """Places of lines with anything in them, or of a list's elements, some megabytes at a time."""
    first = len(_BOM) if data.startswith(_BOM) else 0
    named = names_vectors(data)
    opening = (_OPENS_NAMED if named else _OPENS_LIST).match(data, first)
    spans = _lines(data, first) if opening is None else _elements(data, opening.end(), filename, b"}" if named else b"]")  # fmt: skip
    block: list[Span] = []
    begun = 0
    for span in spans:
        block.append(span)
        if len(block) == _ROWS or span[2] - begun > BLOCK:
            _clock.check(span[2] / len(data))
            yield block
            block, begun = [], span[2]
    _clock.check()
    if block:
        yield block


def _lines(data: bytes, begin: int) -> Iterator[Span]:
    number = 0
    while begin < len(data):
        end = data.find(b"\n", begin)
        end = len(data) if end < 0 else end
        number += 1
        if end - begin > 64 or data[begin:end].strip():
            yield number, begin, end
        begin = end + 1


def _elements(data: bytes, at: int, filename: str, ends: bytes) -> Iterator[Span]:
    from core.formats import _number_kernels

    text, number, closed = np.frombuffer(data, np.uint8), 0, False
    spans = np.empty((_ROWS, 2), np.int64)
    while not closed:
        count, at, closed = _number_kernels.elements(text, at, spans)
        for begin, end in spans[:count].tolist():
            number += 1
            if number > 1 or not closed or data[begin:end].strip():
                yield number, begin, end
        if count < _ROWS and not closed:
            break
    if not closed or data[at - 1 : at] != ends or data[at:].strip():
        raise DataError(N_("A part of {file} that should be JSON is not; the file is damaged."), file=filename)


def _pieces(data: bytes) -> Iterator[tuple[int, int]]:
    begin = 0
    while begin < len(data):
        cut = data.find(b"\n", begin + BLOCK)  # no character has this byte inside
        end = len(data) if cut < 0 else cut + 1
        yield begin, end
        begin = end


def _no_object(filename: str, line: int) -> DataError:
    return DataError(N_("Line {line} of {file} is not a JSON object."), line=line, file=filename)
