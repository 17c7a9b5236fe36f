"""Rows of a delimited text (CSV, TSV, semicolons), a row at a time, within the limit of time that stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from core import _clock
from core.errors import N_, DataError

_SEPARATORS = "\t;,"


def rows(text: str, filename: str, head: int = 0) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row that is not blank.

    The separator is the one of tab, semicolon and comma that stands most often in the first `head` characters, or in the first line.
    DataError names the line where a quotation mark is never closed; also raises as `_clock.check`.
    """
    first = text[:head] if head else text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=first.count))
    lines = text.count("\n") + 1
    try:
        for number, cells in enumerate(reader):
            if number % 1024 == 0:
                _clock.check(min(1.0, reader.line_num / lines))
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise DataError(N_("Line {line} of {file} cannot be read as a table: a quotation mark may be missing."), file=filename, line=reader.line_num) from error  # fmt: skip
