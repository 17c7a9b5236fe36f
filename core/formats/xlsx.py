"""Excel workbooks: the first sheet with a table, read and written as a table of labels, metadata and numbers, like CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from core import _archive
from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats import _first_rows, _sheet, _sheet_rows, _workbook
from core.formats._base import FORMATS, Format
from core.formats._columns import distinct, series_name
from core.formats._rows import write_rows
from core.formats.csv import CsvParams, finished, opened
from core.notes import Note


@FORMATS.register(
    "xlsx",
    title=N_("Excel workbook (.xlsx)"),
    params=CsvParams,
    about=N_(
        "The first sheet with numbers: labels, metadata, and a column for each number. Text cells are text and never run."
    ),
    rank=45,
)
class Xlsx(Format):
    extensions = (".xlsx", ".xlsm")
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    keeps_metadata = True

    @staticmethod
    def claims(data: bytes) -> bool:
        return data.startswith(_archive.MAGIC) and "workbook.xml" in _archive.member_names(data)

    @staticmethod
    def read(data: bytes, filename: str, params: CsvParams) -> Embedding:
        with _archive.reading(data, filename) as archive:
            book = _sheet.Book(archive, filename, _holds_numbers)
            table = opened(_csv(book.first), filename, replace(params, separator="comma"))
            embedding = finished(*_sheet_rows.parse(book, table))
        if len(book.names) > 1:
            sheet, *others = book.names
            embedding.notes = [
                Note(N_("The sheet {sheet} was read; beside it {file} holds: {others}."), {"sheet": sheet, "file": filename, "others": ", ".join(others)[:200]}),
                *embedding.notes,
            ]  # fmt: skip
        return embedding

    @staticmethod
    def check(embedding: Embedding) -> None:
        width = 1 + len(embedding.metadata) + embedding.dim
        longest = max(map(len, embedding.labels))
        if len(embedding) >= _workbook.EXCEL_ROWS or width > _workbook.EXCEL_COLUMNS or longest > _workbook.EXCEL_CELL:
            raise DataError(
                N_("A sheet of Excel holds {rows} rows, {columns} columns and {letters} characters in a cell; this is more. Choose CSV or Parquet."),
                rows=_workbook.EXCEL_ROWS, columns=_workbook.EXCEL_COLUMNS, letters=_workbook.EXCEL_CELL,
            )  # fmt: skip

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        Xlsx.check(embedding)
        columns = list(embedding.metadata.values())
        names = [*distinct(["label", *embedding.metadata]), *map(series_name, range(embedding.dim))]
        return _workbook.workbook(chain([_workbook.cells(names)], _rows(embedding, columns)))


def _rows(embedding: Embedding, columns: list[list[Any]]) -> Iterator[str]:
    lines = (line for block in write_rows(None, embedding.vectors, ",") for line in block.decode().splitlines())
    for row, (label, line) in enumerate(zip(embedding.labels, lines, strict=True)):
        before = _workbook.cells([label, *(column[row] for column in columns)])
        yield f"{before}<c><v>{line.replace(',', '</v></c><c><v>')}</v></c>"


def first_rows(data: bytes, filename: str) -> bytes:
    """The first rows of the sheet that is read as CSV in UTF-8; text that would run in a spreadsheet is marked as the CSV reader expects."""
    with _archive.reading(data, filename) as archive:
        return _csv(_sheet.Book(archive, filename, _holds_numbers).first)


def texts(data: bytes, filename: str) -> Iterator[tuple[int, list[str]]]:
    """(number, cells as text) of every row of the sheet that is read, with as many cells as the first at least."""
    width = 0
    with _archive.reading(data, filename) as archive:
        for number, row in _sheet.Book(archive, filename, _holds_numbers).rows():
            width = width or len(row)
            cells = list(map(_sheet_rows.plain_text, row))
            while len(cells) > width and not cells[-1]:
                cells.pop()
            yield number, cells + [""] * (width - len(cells))


def _holds_numbers(rows: list[_sheet.Numbered]) -> bool:
    """Whether the first rows of a sheet have a column of numbers or vectors."""
    cells = [list(map(_sheet_rows.text_of, row)) for _, row in rows]
    body = cells[1:] or cells
    return any(_first_rows.numeric_columns(body, "")) or any(_first_rows.list_columns(body))


def _csv(rows: Iterable[_sheet.Numbered]) -> bytes:
    """Rows as CSV, of one width; a row with more cells than the table has columns is left out, for it tells nothing of them."""
    cells = [list(map(_sheet_rows.text_of, row)) for _, row in rows]
    width = _width(cells)
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\r\n")  # which makes it quote cells with either
    for row in cells:
        if not any(row[width:]):
            write.writerow([*row[:width], *[""] * (width - len(row))])
    return out.getvalue().encode()


def _width(cells: list[list[str]]) -> int:
    """Columns of the table: what stands beyond the first row in hardly any row is a note beside the table."""
    width, first = max(map(len, cells), default=0), len(cells[0]) if cells else 0
    while width > first and sum(any(row[width - 1 :]) for row in cells) < 0.1 * len(cells):
        width -= 1
    return width
