"""Delimited text: what its first rows show, and its columns, by Arrow's parser.

Where Arrow refuses, Python's own csv module reads row by row; it takes what Arrow is strict about
(a plus sign) and names the line and column of what nobody can read.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from core import _clock
from core.arrays import FloatArray
from core.errors import N_, DataError
from core.formats._columns import Roles, names_columns
from core.formats._limits import MOST_ROWS, check_beside, check_shape
from core.formats._skipped import Skipped
from core.text.decoding import Decoded, decode, utf16

_SAMPLE, _LARGE_SAMPLE = 256 * 1024, 4 * 1024**2  # bytes
_LEAST_ROWS = 4  # that are looked at, where there are so many
_SAMPLE_ROWS = 200
_BLOCK = 4 * 1024**2  # bytes parsed at a time, at least
_WIDE = 3000  # bytes for each column: one of a block costs the same for few rows as for many
_NUMBER = re.compile(r"[ \t]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t]*")
_THOUSANDS = re.compile(r"[ \t]*[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?[ \t]*")
_LIST = re.compile(r"\s*\[([-+0-9.eE,\s]+)\]\s*")  # a vector in a cell, as Python or NumPy writes it
_EXCEL = re.compile(r"sep=([^\r\n])\r?\n", re.IGNORECASE)
_COMMENTS = re.compile(r"(?:#[^\n]*\n)+")
_COMMA_NUMBER = re.compile(r"[ \t]*[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?[ \t]*")


@dataclass(frozen=True, slots=True)
class Table:
    """A table's bytes (UTF-8) and how to read them; `comma` is True for decimal commas, `listed` counts the numbers in a
    cell where one column holds whole vectors, `before` the lines that were cut off before the table."""

    data: bytes
    filename: str
    separator: str
    names: list[str]
    has_header: bool
    roles: Roles
    comma: bool
    skipped: Skipped = field(default_factory=Skipped)
    listed: int = 0
    before: int = 0

    @property
    def dim(self) -> int:
        return self.listed or len(self.roles.vector)


def utf8(data: bytes, filename: str) -> bytes:
    """The text as UTF-8 without a byte order mark, whatever its encoding was."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    try:
        if (data.isascii() or data.decode()) and (b"\x00" not in data or _utf16(data[:_SAMPLE]) is None):
            return data
    except UnicodeDecodeError:
        pass
    return decode(data, filename).text.encode()


def sample(data: bytes) -> str:
    """The first whole lines as text; "" for what is no text."""
    head = data[:_SAMPLE]
    if head.count(b"\n") < _LEAST_ROWS:  # rows of thousands of columns
        head = data[:_LARGE_SAMPLE]
    if len(data) > len(head):
        head = head[: head.rfind(b"\n") + 1]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    if b"\x00" not in head:
        return head.decode("utf-8-sig", errors="replace")
    found = _utf16(head)
    if found is not None:
        return found.text
    try:
        return head.decode("utf-8-sig")  # a label may hold a zero
    except UnicodeDecodeError:
        return ""


def _utf16(head: bytes) -> Decoded | None:
    return utf16(head[: len(head) // 2 * 2])


def begin(text: str) -> tuple[str, str | None, int]:
    """(the text from where the table begins, its separator if there is one, how many lines were passed over).

    Those are Excel's line sep=; and comments that begin with #, but for one that names as many columns as follow.
    """
    named = _EXCEL.match(text)
    rest = text[named.end() :] if named else text
    comments = _COMMENTS.match(rest)
    body = rest[comments.end() :] if comments else rest
    separator = named[1] if named else find_separator(body)
    if comments and separator:
        last = rest.rfind("\n", 0, comments.end() - 1) + 1
        first = rows_of(rest[last:], separator)[:2]
        if len(first) == 2 and len(first[0]) == len(first[1]):
            body = rest[last:]
    if separator is None:
        return text, find_separator(text), 0
    return body, separator, text.count("\n", 0, len(text) - len(body))


def rows_of(text: str, separator: str) -> list[list[str]]:
    """The first rows, blank lines left out; what the csv module cannot split ends the list."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if row:
                rows.append(row)
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return rows


def find_separator(text: str) -> str | None:
    """The separator that splits most of the first rows into the same number of cells, more than one."""
    best, best_score = None, (0.0, 0)
    for separator in ("\t", ";", ",", "|"):
        widths = Counter(map(len, rows_of(text, separator)))
        if not widths:
            continue
        width, rows = widths.most_common(1)[0]
        score = (round(rows / widths.total(), 1), width)
        if width > 1 and score > best_score and score[0] >= 0.6:
            best, best_score = separator, score
    return best


def is_number(cell: str) -> bool:
    """With a decimal point or a decimal comma, or with commas between thousands."""
    return any(kind.fullmatch(cell) for kind in (_NUMBER, _COMMA_NUMBER, _THOUSANDS))


def plain(cell: str, comma: bool) -> str:
    """The cell with a point and nothing between thousands, if it is a number."""
    if "," in cell:
        return cell.replace(",", ".") if comma else cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else cell
    return cell


def numeric_columns(rows: list[list[str]], comma: bool) -> list[bool]:
    """Whether most of a column's filled cells are numbers; the odd other cell is then an error to show, not a text."""
    return _columns(rows, lambda cell: _NUMBER.fullmatch(plain(cell, comma)) is not None)


def list_columns(rows: list[list[str]]) -> list[bool]:
    """Whether most of a column's filled cells hold a whole vector."""
    return _columns(rows, lambda cell: _LIST.fullmatch(cell) is not None)


def _columns(rows: list[list[str]], test: Callable[[str], bool]) -> list[bool]:
    width = max(map(len, rows), default=0)
    columns = [[row[at] for row in rows if at < len(row) and row[at].strip()] for at in range(width)]
    return [bool(cells) and sum(map(test, cells)) >= 0.8 * len(cells) for cells in columns]


def length(rows: list[list[str]], column: int) -> int:
    """Numbers in the first vector of a column of vectors."""
    return next((len(_parts(row[column])) for row in rows if column < len(row) and _LIST.fullmatch(row[column])), 0)


def _parts(cell: str) -> list[str]:
    found = _LIST.fullmatch(cell)
    return found[1].replace(",", " ").split() if found else []


def header_alone(rows: list[list[str]], filename: str) -> DataError | None:
    """Where there is one row, and it names columns."""
    names = [cell.strip().lower() for cell in rows[0]] if len(rows) == 1 else []
    if len(names) > 1 and names_columns(names):
        return DataError(N_("{file} has a line that names columns, and no rows below it."), file=filename)
    return None


def looks_like_header(rows: list[list[str]], comma: bool) -> bool:
    """True where the first row has text over a column of numbers or vectors, or counts those columns from 0 or 1."""
    over = [cell for is_column, cell in zip(numeric_columns(rows[1:], comma), rows[0], strict=False) if is_column]
    if any(
        is_list and not _LIST.fullmatch(cell) for is_list, cell in zip(list_columns(rows[1:]), rows[0], strict=False)
    ):
        return True
    counted = len(over) > 1 and over in ([str(at) for at in range(start, start + len(over))] for start in (0, 1))
    return counted or any(not is_number(cell) for cell in over)


def decimal_comma(rows: list[list[str]], separator: str) -> bool:
    """True where numbers are written 0,5 and none is written 0.5."""
    cells = [cell for row in rows for cell in row if is_number(cell)]
    return separator != "," and any("," in cell for cell in cells) and not any("." in cell for cell in cells)


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
        found = list(map(float, _parts(cell)))
    except ValueError:  # the dots of a vector that was cut short for show
        found = []
    if len(found) != table.listed:
        raise DataError(N_("Line {line} of {file} has no vector of {dim} numbers."), line=line, file=table.filename, dim=table.listed)  # fmt: skip
    return found


def _number(table: Table, cell: str, column: int, line: int) -> float:
    written = plain(cell, table.comma)
    if not _NUMBER.fullmatch(written):
        raise DataError(
            N_("Line {line} of {file}, column {column}: {cell} is not a number. Correct it, or remove the row or the column."),
            file=table.filename, line=line, column=table.names[column], cell=cell[:40] or "''",
        )  # fmt: skip
    return float(written)
