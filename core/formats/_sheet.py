"""A sheet of an Excel workbook (.xlsx), row by row: the first one with a table.

The file is a zip of XML (ECMA-376), unpacked and read a piece at a time. Expat reads it, values only: formulas are never
run, a document type (where entities that swell are declared) is refused, and cells are counted before they are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from xml.parsers import expat
from zipfile import ZipFile

from core import _archive, _clock
from core.errors import N_, DataError
from core.formats._limits import MOST_COLUMNS, MOST_ROWS
from core.formats._sheet_dates import Styles, iso

_BOUNDS = _archive.Bounds(members=2_000, total=2 * 1024**3, flat=False)
MOST_CELLS = 40_000_000  # with the empty ones between
_MOST_SHARED = 5_000_000  # texts
_BLOCK = 1024**2  # bytes of XML at a time
_MOST_SHEETS = 50  # that are looked into
LOOKED = 200  # rows that tell what each column is
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how a workbook writes what XML cannot hold

Numbered = tuple[int, list[Any]]  # number of the row, its cells: a float, or text


@dataclass(frozen=True, slots=True)
class Dates:
    """The numbers of the styles of cells that show dates, and whether their days are counted from 1904."""

    styles: frozenset[int]
    from_1904: bool


class Book:
    """A workbook within an open archive: one sheet, `first` its first rows, `shared` the texts that cells refer to by number.

    The sheet is the first whose first rows `holds_table` likes, else the first that has rows; `names` are all sheets,
    that one first.
    """

    def __init__(self, archive: ZipFile, filename: str, holds_table: Callable[[list[Numbered]], bool]) -> None:
        self._archive, self.filename = archive, filename
        self._members = {info.filename: info for info in _archive.members_of(archive, filename, _BOUNDS)}
        reader = _Shared(filename)
        self._read("xl/sharedStrings.xml", reader)
        self.shared: list[str] = reader.texts
        styles, about = Styles(), _Attributes("workbookPr")
        self._read("xl/styles.xml", styles)
        self._read("xl/workbook.xml", about)
        from_1904 = bool(about.found) and about.found[0].get("date1904") in ("1", "true")
        self.dates = Dates(frozenset(styles.dates), from_1904)
        self._sheet, self.first, self.names = self._chosen(holds_table)

    @property
    def size(self) -> int:
        """Bytes of the sheet's XML, as announced."""
        return self._members[self._sheet].file_size

    def pieces(self, name: str = "") -> Iterator[bytes]:
        """The XML of the sheet, or of another member."""
        info = self._members[name or self._sheet]
        with self._archive.open(info) as member:
            while piece := member.read(_BLOCK):
                _clock.check(None if name else member.tell() / info.file_size)
                yield piece

    def rows(self) -> Iterator[Numbered]:
        """Every row that holds a value, read by Expat. DataError for what is no workbook, and for too many cells."""
        yield from parsed(self.pieces(), self.shared, self.filename, self.dates)

    def _read(self, name: str, reader: Any) -> None:
        if name in self._members:
            for _ in _parse(self.pieces(name), reader, self.filename):
                pass

    def _chosen(self, holds_table: Callable[[list[Numbered]], bool]) -> tuple[str, list[Numbered], list[str]]:
        sheets = self._sheets()
        chosen, first = next(iter(sheets)), list[Numbered]()
        for path in list(sheets)[:_MOST_SHEETS]:
            rows = list(islice(parsed(self.pieces(path), self.shared, self.filename, self.dates), LOOKED))
            good = holds_table(rows)
            if rows and (good or not first):
                chosen, first = path, rows
            if good:
                break
        return chosen, first, [sheets.pop(chosen), *sheets.values()]

    def _sheets(self) -> dict[str, str]:
        """Member -> name of the sheets in the order of the workbook, else the first of the usual names."""
        names = sorted((name for name in self._members if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)), key=lambda name: (len(name), name))  # fmt: skip
        book, links = _Attributes("sheet"), _Attributes("Relationship")
        self._read("xl/workbook.xml", book)
        self._read("xl/_rels/workbook.xml.rels", links)
        targets = {link.get("Id"): link.get("Target", "") for link in links.found}
        found: dict[str, str] = {}
        for sheet in book.found:
            wanted = next((value for name, value in sheet.items() if name.endswith(":id")), None)
            target = targets.get(wanted, "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in names:
                found.setdefault(path, sheet.get("name", "")[:80])
        if found:
            return found
        if not names:
            raise DataError(N_("{file} holds no sheet of an Excel workbook. Save it as .xlsx or CSV again."), file=self.filename)  # fmt: skip
        return {names[0]: ""}


def parsed(pieces: Iterable[bytes], shared: Sequence[str], filename: str, dates: Dates) -> Iterator[Numbered]:
    """The rows that hold a value, of a sheet's XML or of a part of it."""
    reader = _Sheet(shared, filename, dates)
    for _ in _parse(pieces, reader, filename):
        yield from reader.rows
        reader.rows.clear()


def _parse(pieces: Iterable[bytes], reader: Any, filename: str) -> Iterator[None]:
    """Let `reader` hear what is in the XML, with a stop behind each piece."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for piece in pieces:
            parser.Parse(piece)
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(N_("{file} is a damaged Excel workbook; save it again as .xlsx or CSV."), file=filename) from error  # fmt: skip
    yield


def _refuse(*_: object) -> None:
    raise ValueError("a document type is not needed in a workbook")


class _Attributes:
    """The attributes of every element of one name."""

    def __init__(self, name: str) -> None:
        self._name, self.found = name, list[dict[str, str]]()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == self._name and len(self.found) < 2_000:
            self.found.append(attributes)

    def end(self, name: str) -> None:
        """Nothing to close."""

    def text(self, text: str) -> None:
        """No text is wanted."""


class _Shared:
    """The texts that cells refer to by number."""

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._in_reading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":  # how the characters are pronounced, not what they are
            self._in_reading = True
        elif name == "t":
            self._in_text = not self._in_reading

    def end(self, name: str) -> None:
        if name == "si":
            self.texts.append("".join(self._parts))
            if len(self.texts) > _MOST_SHARED:
                raise oversized(self._filename)
        elif name == "rPh":
            self._in_reading = False
        elif name == "t":
            self._in_text = False

    def text(self, text: str) -> None:
        if self._in_text:
            self._parts.append(text)


class _Sheet:
    """The cells of a sheet, row by row."""

    def __init__(self, shared: Sequence[str], filename: str, dates: Dates) -> None:
        self.rows: list[Numbered] = []
        self._shared, self._filename, self._dates = shared, filename, dates
        self._dated, self._style = frozenset(map(str, dates.styles)), ""
        self._row: list[Any] = []
        self._kind, self._column, self._parts = "n", 0, list[str]()
        self._listening, self._cells, self._number, self._count = False, 0, 0, 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = []
            written = attributes.get("r", "")
            self._number = int(written) if written.isdecimal() and len(written) < 8 else self._number + 1
        elif name == "c":
            self._kind, self._parts = attributes.get("t", "n"), []
            self._style = attributes.get("s", "")
            self._column = _column(attributes.get("r", ""), len(self._row))
        elif name in ("v", "t"):
            self._listening = True

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._listening = False
        elif name == "c":
            self._keep()
        elif name == "row" and any(value != "" for value in self._row):
            self.rows.append((self._number, self._row))
            self._count += 1
            if self._count > MOST_ROWS:
                raise oversized(self._filename)

    def text(self, text: str) -> None:
        if self._listening:
            self._parts.append(text)

    def _keep(self) -> None:
        gap = self._column - len(self._row)
        self._cells += gap + 1
        if self._column >= MOST_COLUMNS or self._cells > MOST_CELLS:
            raise oversized(self._filename)
        self._row += [""] * gap
        value: Any = "".join(self._parts)
        if self._kind == "s":
            value = unescaped(self._shared[int(value)]) if value else ""
        elif self._kind in ("inlineStr", "str"):
            value = unescaped(value)
        elif self._kind == "n" and value:
            value = float(value)
            if self._style in self._dated:
                value = iso(value, self._dates.from_1904)
        if gap < 0:
            self._row[self._column] = value
        else:
            self._row.append(value)


def oversized(filename: str) -> DataError:
    return DataError(
        N_("{file} has more than {rows} rows, {columns} columns or {cells} million cells. Take a part of it, or save it as Parquet."),
        file=filename, rows=MOST_ROWS, columns=MOST_COLUMNS, cells=MOST_CELLS // 10**6,
    )  # fmt: skip


def unescaped(text: str) -> str:
    """The text of a cell, with what XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _column(reference: str, following: int) -> int:
    """0 for A1, 26 for AA1; where there is no reference, the next one."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return following
    number = 0
    for letter in found[1]:
        number = 26 * number + ord(letter) - 64
    return number - 1
