"""Rows of a delimited text (CSV, TSV, semicolons), a row at a time, within the limit of time that stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from core import _clock
from core.errors import N_, DataError

MOST_BYTES = 20 * 1024**2  # of a table that a page keeps whole
_SEPARATORS = "\t;,"


def check_size(data: bytes, filename: str) -> None:
    """DataError above MOST_BYTES, before anything is decoded."""
    if len(data) > MOST_BYTES:
        raise DataError(N_("{file} has {size} MB; at most {limit} MB are read."), file=filename, size=len(data) // 2**20, limit=MOST_BYTES // 2**20)  # fmt: skip


def rows(text: str, filename: str, head: int = 0, separator: str = "") -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row that is not blank.

    Where no separator is given, it is the one of tab, semicolon and comma that stands most often in the first `head`
    characters, or in the first line. DataError names the line where a quotation mark is never closed; also raises as `_clock.check`.
    """
    first = text[:head] if head else text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or max(_SEPARATORS, key=first.count))
    lines = text.count("\n") + 1
    try:
        for number, cells in enumerate(reader):
            if number % 1024 == 0:
                _clock.check(min(1.0, reader.line_num / lines))
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise DataError(N_("Line {line} of {file} cannot be read as a table: a quotation mark may be missing."), file=filename, line=reader.line_num) from error  # fmt: skip
