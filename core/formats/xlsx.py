"""Excel workbooks: the first sheet, read and written as a table of labels, metadata and numbers, like CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

from core import _archive, _clock
from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats import _sheet
from core.formats._base import FORMATS, Format
from core.formats._cells import safe_cell
from core.formats._columns import distinct, series_name
from core.formats.csv import Csv, CsvParams


@FORMATS.register(
    "xlsx",
    title=N_("Excel workbook (.xlsx)"),
    params=CsvParams,
    about=N_("The first sheet: labels, metadata, and a column for each number. Text cells are text and never run."),
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
        return Csv.read(as_csv(data, filename), filename, replace(params, separator="comma"))

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        columns = list(embedding.metadata.values())
        width = 1 + len(columns) + embedding.dim
        longest = max(map(len, embedding.labels))
        if len(embedding) >= _sheet.EXCEL_ROWS or width > _sheet.EXCEL_COLUMNS or longest > _sheet.EXCEL_CELL:
            raise DataError(
                N_("A sheet of Excel holds {rows} rows, {columns} columns and {letters} characters in a cell; this is more. Choose CSV or Parquet."),
                rows=_sheet.EXCEL_ROWS, columns=_sheet.EXCEL_COLUMNS, letters=_sheet.EXCEL_CELL,
            )  # fmt: skip
        names = [*distinct(["label", *embedding.metadata]), *map(series_name, range(embedding.dim))]
        rows = (
            [label, *(column[row] for column in columns), *map(_number, embedding.vectors[row])]
            for row, label in enumerate(embedding.labels)
        )
        return _sheet.workbook([names, *rows])


def as_csv(data: bytes, filename: str, most: int | None = None) -> bytes:
    """The first sheet as CSV in UTF-8; text that would run in a spreadsheet is marked as the CSV reader expects."""
    rows = _sheet.rows_of(data, filename, most)
    width = max(map(len, rows), default=0)
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\r\n")  # which makes it quote cells with either
    for number, row in enumerate(rows):
        if number % 1024 == 0:
            _clock.check()
        write.writerow([*map(_text, row), *[""] * (width - len(row))])
    return out.getvalue().encode()


def _text(value: Any) -> str:
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return safe_cell(value)


def _number(value: Any) -> float:
    return float(str(value))  # the shortest number that reads back as the same float32
