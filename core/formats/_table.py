"""Delimited text: its columns, by Arrow's parser.

Where Arrow refuses, Python's own csv module reads row by row; it takes what Arrow is strict about
(a plus sign) and names the line and column of what nobody can read.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

import numpy as np

from core import _clock
from core.arrays import FloatArray
from core.errors import N_, DataError
from core.formats._columns import Roles
from core.formats._first_rows import NUMBER, parts, plain
from core.formats._limits import MOST_ROWS, check_beside, check_shape
from core.formats._skipped import Skipped

_BLOCK = 4 * 1024**2  # bytes parsed at a time, at least
_WIDE = 3000  # bytes for each column: one of a block costs the same for few rows as for many


@dataclass(frozen=True, slots=True)
class Table:
    """A table's bytes (UTF-8) and how to read them; `comma` tells of decimal commas, `listed` counts the numbers in a
    cell where one column holds whole vectors, `before` the lines that were cut off before the table."""

    data: bytes
    filename: str
    separator: str
    names: list[str]
    has_header: bool
    roles: Roles
    comma: str
    skipped: Skipped = field(default_factory=Skipped)
    listed: int = 0
    before: int = 0

    @property
    def dim(self) -> int:
        return self.listed or len(self.roles.vector)


def parse(table: Table) -> tuple[list[str] | None, FloatArray, dict[str, list[str]]]:
    """(labels or None, (n, d) float32, metadata columns as text)."""
    import pyarrow as pa

    try:
        return _parse_rows(table) if table.listed else _parse_fast(table)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _parse_rows(table)


def _parse_fast(table: Table) -> tuple[list[str] | None, FloatArray, dict[str, list[str]]]:
    import pyarrow as pa
    from pyarrow import csv as arrow

    roles, inside = table.roles, set(table.roles.vector)
    columns = [f"f{at}" for at in range(len(table.names))]  # the names that Arrow generates
    types = {name: pa.float32() if at in inside else pa.string() for at, name in enumerate(columns)}
    batches = arrow.open_csv(
        pa.BufferReader(table.data),
        arrow.ReadOptions(
            autogenerate_column_names=True,
            skip_rows_after_names=int(table.has_header),
            block_size=max(_BLOCK, _WIDE * len(columns)),
        ),
        arrow.ParseOptions(delimiter=table.separator, newlines_in_values=b'"' in table.data),
        arrow.ConvertOptions(
            column_types=types,
            include_columns=columns,
            null_values=[],
            strings_can_be_null=False,
            decimal_point="," if table.comma else ".",
        ),
    )
    shortest = len(columns) + len(roles.vector)  # bytes of a row: a separator a column, a digit a number
    most = min(table.data.count(b"\n") + table.data.count(b"\r"), len(table.data) // shortest) + 1
    check_shape(table.filename, most, len(roles.vector))
    check_beside(table.filename, most, len(roles.metadata))
    vectors, done = np.empty((most, len(roles.vector)), dtype=np.float32), 0
    texts: dict[int, list[str]] = {at: [] for at in range(len(columns)) if at not in inside}
    for batch in batches:
        _clock.check(min(1.0, done / most))
        for column, at in enumerate(roles.vector):
            vectors[done : done + batch.num_rows, column] = batch.column(at).to_numpy()
        for at, cells in texts.items():
            cells += batch.column(at).to_pylist()
        done += batch.num_rows
    check_shape(table.filename, done, len(roles.vector))
    labels = None if roles.label is None else texts[roles.label]
    return labels, vectors[:done], {table.names[at]: texts[at] for at in roles.metadata}


def _parse_rows(table: Table) -> tuple[list[str] | None, FloatArray, dict[str, list[str]]]:
    roles = table.roles
    check_shape(table.filename, 1, table.dim)
    check_beside(table.filename, table.data.count(b"\n") // 2, len(roles.metadata))  # blank lines are none
    labels: list[str] = []
    metadata: dict[str, list[str]] = {table.names[at]: [] for at in roles.metadata}
    vectors: list[FloatArray] = []
    reader = csv.reader(io.StringIO(table.data.decode(), newline=""), delimiter=table.separator)
    try:
        for number, row in enumerate(row for row in reader if row):
            if number == 0 and table.has_header:
                continue
            if number % 1024 == 1:
                _clock.check()
            try:
                found = numbers(table, row, reader.line_num)
            except DataError as error:
                table.skipped.add(error)
                continue
            with np.errstate(over="ignore"):  # beyond float32 becomes infinite, which is then named by its row
                vectors.append(np.array(found, dtype=np.float32))
            for at in roles.metadata:
                metadata[table.names[at]].append(row[at])
            labels.append(row[roles.label] if roles.label is not None else "")
            if len(vectors) > MOST_ROWS:
                check_shape(table.filename, len(vectors), table.dim)
    except csv.Error as error:
        raise DataError(N_("Line {line} of {file} cannot be read as a table: a quotation mark may be missing."), file=table.filename, line=reader.line_num + table.before) from error  # fmt: skip
    table.skipped.notes(len(vectors))  # raises where most are bad
    check_shape(table.filename, len(vectors), table.dim)
    return labels if roles.label is not None else None, np.stack(vectors), metadata


def numbers(table: Table, row: list[str], line: int) -> list[float]:
    """The vector of one row; DataError for a row of another width or a cell that is no number."""
    line += table.before
    if len(row) != len(table.names):
        raise DataError(
            N_("Line {line} of {file} has {found} cells; the first line has {wanted}."),
            file=table.filename, line=line, found=len(row), wanted=len(table.names),
        )  # fmt: skip
    if table.listed:
        return _listed(table, row[table.roles.vector[0]], line)
    return [_number(table, row[at], at, line) for at in table.roles.vector]


def _listed(table: Table, cell: str, line: int) -> list[float]:
    try:
        found = list(map(float, parts(cell)))
    except ValueError:  # the dots of a vector that was cut short for show
        found = []
    if len(found) != table.listed:
        raise DataError(N_("Line {line} of {file} has no vector of {dim} numbers."), line=line, file=table.filename, dim=table.listed)  # fmt: skip
    return found


def _number(table: Table, cell: str, column: int, line: int) -> float:
    written = plain(cell, table.comma)
    if not NUMBER.fullmatch(written):
        raise DataError(
            N_("Line {line} of {file}, column {column}: {cell} is not a number. Correct it, or remove the row or the column."),
            file=table.filename, line=line, column=table.names[column], cell=cell[:40] or "''",
        )  # fmt: skip
    return float(written)
