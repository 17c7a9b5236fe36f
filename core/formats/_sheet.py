"""The first sheet of an Excel workbook (.xlsx) as rows of text, and rows of text as such a workbook.

The file is a zip of XML (ECMA-376). It is read as a stream by Expat, values only: formulas are never run,
a document type (where entities that swell are declared) is refused, and cells are counted before they are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from core import _archive, _clock
from core.errors import N_, DataError
from core.formats._assemble import encodable
from core.formats._limits import MOST_COLUMNS, MOST_ROWS

LARGEST = 512 * 1024**2  # bytes unpacked
MOST_CELLS = 40_000_000  # with the empty ones between
_BLOCK = 1024**2  # bytes of XML parsed at a time
EXCEL_ROWS, EXCEL_COLUMNS, EXCEL_CELL = 1_048_576, 16_384, 32_767
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how a workbook writes what XML cannot hold
_TO_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class _Enough(Exception):
    """As many rows as were asked for."""


def rows_of(data: bytes, filename: str, most: int | None = None) -> list[list[Any]]:
    """Rows of cells of the first sheet, numbers as float, at most `most`; rows without a cell are left out. DataError for what is no workbook."""
    members = _archive.read_members(data, filename, _archive.Bounds(members=2_000, total=LARGEST, flat=False))
    sheet = _first_sheet(members, filename)
    shared = _Shared()
    if "xl/sharedStrings.xml" in members:
        _parse(members["xl/sharedStrings.xml"], shared, filename)
    reader = _Sheet(shared.texts, filename, most)
    _parse(members[sheet], reader, filename)
    return reader.rows


def _first_sheet(members: dict[str, bytes], filename: str) -> str:
    """The member that the workbook names first, else the first of the usual names."""
    names = sorted((name for name in members if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)), key=lambda name: (len(name), name))  # fmt: skip
    book, links = _Attributes("sheet"), _Attributes("Relationship")
    _parse(members.get("xl/workbook.xml", b""), book, filename)
    _parse(members.get("xl/_rels/workbook.xml.rels", b""), links, filename)
    wanted = next((value for name, value in (book.found[0] if book.found else {}).items() if name.endswith(":id")), None)  # fmt: skip
    target = next((link.get("Target", "") for link in links.found if link.get("Id") == wanted), "")
    path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    if path in names:
        return path
    if not names:
        raise DataError(N_("{file} holds no sheet of an Excel workbook. Save it as .xlsx or CSV again."), file=filename)
    return names[0]


def _parse(xml: bytes, reader: Any, filename: str) -> None:
    if not xml:
        return
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for start in range(0, len(xml), _BLOCK):
            _clock.check(start / len(xml))
            parser.Parse(xml[start : start + _BLOCK], start + _BLOCK >= len(xml))
    except _Enough:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(N_("{file} is a damaged Excel workbook; save it again as .xlsx or CSV."), file=filename) from error  # fmt: skip


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

    def __init__(self) -> None:
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
        elif name == "rPh":
            self._in_reading = False
        elif name == "t":
            self._in_text = False

    def text(self, text: str) -> None:
        if self._in_text:
            self._parts.append(text)


class _Sheet:
    """The cells of a sheet, row by row."""

    def __init__(self, shared: Sequence[str], filename: str, most: int | None) -> None:
        self.rows: list[list[Any]] = []
        self._shared, self._filename, self._most = shared, filename, most
        self._row: list[Any] = []
        self._kind, self._column, self._parts = "n", 0, list[str]()
        self._listening, self._cells = False, 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = []
        elif name == "c":
            self._kind, self._parts = attributes.get("t", "n"), []
            self._column = _column(attributes.get("r", ""), len(self._row))
        elif name in ("v", "t"):
            self._listening = True

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._listening = False
        elif name == "c":
            self._keep()
        elif name == "row" and self._row:
            self.rows.append(self._row)
            if self._most is not None and len(self.rows) >= self._most:
                raise _Enough
            if len(self.rows) > MOST_ROWS:
                raise self._oversized()

    def text(self, text: str) -> None:
        if self._listening:
            self._parts.append(text)

    def _keep(self) -> None:
        gap = self._column - len(self._row)
        self._cells += gap + 1
        if self._column >= MOST_COLUMNS or self._cells > MOST_CELLS:
            raise self._oversized()
        self._row += [""] * gap
        value: Any = "".join(self._parts)
        if self._kind == "s":
            value = _unescaped(self._shared[int(value)]) if value else ""
        elif self._kind in ("inlineStr", "str"):
            value = _unescaped(value)
        elif self._kind == "n" and value:
            value = float(value)
        if gap < 0:
            self._row[self._column] = value
        else:
            self._row.append(value)

    def _oversized(self) -> DataError:
        return DataError(
            N_("{file} has more than {rows} rows, {columns} columns or {cells} million cells. Take a part of it, or save it as Parquet."),
            file=self._filename, rows=MOST_ROWS, columns=MOST_COLUMNS, cells=MOST_CELLS // 10**6,
        )  # fmt: skip


def _unescaped(text: str) -> str:
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


_TYPES = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
_LINK = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>'
_BOOK = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="embedding" sheetId="1" r:id="rId1"/></sheets></workbook>'


def workbook(rows: Iterable[Sequence[Any]]) -> bytes:
    """An .xlsx of one sheet: numbers as numbers, all else as inline text, which is never a formula."""
    body = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    sheet = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{body}</sheetData></worksheet>'
    members = {
        "[Content_Types].xml": _TYPES, "_rels/.rels": _LINK.format(kind="officeDocument", target="xl/workbook.xml"),
        "xl/workbook.xml": _BOOK, "xl/_rels/workbook.xml.rels": _LINK.format(kind="worksheet", target="worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": sheet,
    }  # fmt: skip
    return _archive.pack({name: text.encode() for name, text in members.items()}, squeeze=True)


def _cell(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"<c><v>{value}</v></c>"
    text = "" if value is None else next(iter(encodable([str(value)])))
    text = _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
