"""What the first rows of delimited text show: its encoding, where the table begins, its separator, header and columns."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable

from core.errors import N_, DataError
from core.formats._columns import names_columns
from core.text.decoding import Decoded, decode, utf16

_SAMPLE, _LARGE_SAMPLE = 256 * 1024, 4 * 1024**2  # bytes
_LEAST_ROWS = 4  # that are looked at, where there are so many
_SAMPLE_ROWS = 200
NUMBER = re.compile(r"[ \t]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t]*")
_THOUSANDS = re.compile(r"[ \t]*[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?[ \t]*")
_POINT_THOUSANDS = re.compile(r"[ \t]*[+-]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?[ \t]*")
COMMA, GROUPED = "comma", "comma and points"  # how numbers are written
_NO_NUMBER = ""  # in the place of a cell that is none
_LIST = re.compile(r"\s*\[([-+0-9.eE,\s]+)\]\s*")  # a vector in a cell, as Python or NumPy writes it
_EXCEL = re.compile(r"sep=([^\r\n])\r?\n", re.IGNORECASE)
_COMMENTS = re.compile(r"(?:#[^\n]*\n)+")
_COMMA_NUMBER = re.compile(r"[ \t]*[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?[ \t]*")


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


def is_text(data: bytes) -> bool:
    """Whether the beginning is text in some encoding."""
    try:
        return bool(decode(data[:_SAMPLE], "").text)
    except DataError:
        return False


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
    return any(kind.fullmatch(cell) for kind in (NUMBER, _COMMA_NUMBER, _THOUSANDS, _POINT_THOUSANDS))


def plain(cell: str, comma: str) -> str:
    """The cell with a point and nothing between thousands, if it is a number; `comma` is what `decimal_comma` found."""
    if comma == GROUPED and "." in cell:
        return cell.replace(".", "").replace(",", ".") if _POINT_THOUSANDS.fullmatch(cell) else _NO_NUMBER
    if "," in cell:
        return cell.replace(",", ".") if comma else cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else cell
    return cell


def numeric_columns(rows: list[list[str]], comma: str) -> list[bool]:
    """Whether most of a column's filled cells are numbers; the odd other cell is then an error to show, not a text."""
    return _columns(rows, lambda cell: NUMBER.fullmatch(plain(cell, comma)) is not None)


def list_columns(rows: list[list[str]]) -> list[bool]:
    """Whether most of a column's filled cells hold a whole vector."""
    return _columns(rows, lambda cell: _LIST.fullmatch(cell) is not None)


def _columns(rows: list[list[str]], test: Callable[[str], bool]) -> list[bool]:
    width = max(map(len, rows), default=0)
    columns = [[row[at] for row in rows if at < len(row) and row[at].strip()] for at in range(width)]
    return [bool(cells) and sum(map(test, cells)) >= 0.8 * len(cells) for cells in columns]


def length(rows: list[list[str]], column: int) -> int:
    """Numbers in the first vector of a column of vectors."""
    return next((len(parts(row[column])) for row in rows if column < len(row) and _LIST.fullmatch(row[column])), 0)


def parts(cell: str) -> list[str]:
    found = _LIST.fullmatch(cell)
    return found[1].replace(",", " ").split() if found else []


def header_alone(rows: list[list[str]], filename: str) -> DataError | None:
    """Where there is one row, and it names columns."""
    names = [cell.strip().lower() for cell in rows[0]] if len(rows) == 1 else []
    if len(names) > 1 and names_columns(names):
        return DataError(N_("{file} has a line that names columns, and no rows below it."), file=filename)
    return None


def looks_like_header(rows: list[list[str]], comma: str) -> bool:
    """True where the first row has text over a column of numbers or vectors, or counts those columns from 0 or 1."""
    over = [cell for is_column, cell in zip(numeric_columns(rows[1:], comma), rows[0], strict=False) if is_column]
    if any(
        is_list and not _LIST.fullmatch(cell) for is_list, cell in zip(list_columns(rows[1:]), rows[0], strict=False)
    ):
        return True
    counted = len(over) > 1 and over in ([str(at) for at in range(start, start + len(over))] for start in (0, 1))
    return counted or any(not is_number(cell) for cell in over)


def decimal_comma(rows: list[list[str]], separator: str) -> str:
    """COMMA where numbers are written 0,5 and none is written 0.5; GROUPED where some are written 1.500,25 and all points
    stand between thousands; "" otherwise."""
    cells = [cell for row in rows for cell in row if is_number(cell)]
    if separator == "," or not any("," in cell for cell in cells):
        return ""
    pointed = [cell for cell in cells if "." in cell]
    if not pointed:
        return COMMA
    return GROUPED if any("," in cell for cell in pointed) and all(map(_POINT_THOUSANDS.fullmatch, pointed)) else ""
