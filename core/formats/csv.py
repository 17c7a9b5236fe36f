"""CSV, TSV and semicolon tables: one column of labels, columns of numbers as the vector, the rest as metadata.

A text cell that a spreadsheet would run (it starts with = + - @, a tab or a line end) is written
with an apostrophe in front, which the reader takes away again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.arrays import FloatArray
from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats import _first_rows, _table
from core.formats._assemble import assemble
from core.formats._base import FORMATS, Format
from core.formats._cells import csv_table, plain_cell
from core.formats._columns import VECTOR_NAMES, Roles, TableParams, assign, distinct, series_name
from core.formats._limits import MOST_COLUMNS, check_shape
from core.formats._skipped import Skipped
from core.notes import Note
from core.params import control, require

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvParams(TableParams):
    """How to read a table; "auto" and "" let the reader find out."""

    separator: str = field(
        default="auto", metadata=control(N_("Separator"), choices=("auto", *_SEPARATORS), help=N_("What stands between two cells."), folded=True)
    )  # fmt: skip
    header: str = field(
        default="auto", metadata=control(N_("Header"), choices=("auto", "yes", "no"), help=N_("Whether the first row names the columns."), folded=True)
    )  # fmt: skip

    def __post_init__(self) -> None:
        choices = ("auto", *_SEPARATORS)
        require("separator", self.separator, self.separator in choices, N_("one of: {known}"), known=", ".join(choices))
        require("header", self.header, self.header in ("auto", "yes", "no"), N_("one of: {known}"), known="auto, yes, no")  # fmt: skip


@FORMATS.register(
    "csv",
    title=N_("CSV table"),
    params=CsvParams,
    about=N_("Opens in any spreadsheet: labels, metadata, and a column for each number. Cells that a spreadsheet would run get an apostrophe in front."),
    rank=40,
)  # fmt: skip
class Csv(Format):
    extensions = (".csv", ".tsv", ".txt")
    media = "text/csv"
    keeps_metadata = True

    @staticmethod
    def claims(data: bytes) -> bool:
        sample, separator, _ = _first_rows.begin(_first_rows.sample(data))
        rows = _first_rows.rows_of(sample, separator) if separator else []
        body = rows[1:] or rows
        comma = _first_rows.decimal_comma(rows, separator) if separator else ""
        return (
            any(_first_rows.numeric_columns(body, comma))
            or any(_first_rows.list_columns(body))
            or _first_rows.header_alone(rows, "") is not None
        )

    @staticmethod
    def read(data: bytes, filename: str, params: CsvParams) -> Embedding:
        table = opened(_first_rows.utf8(data, filename), filename, params)
        return finished(table, *_table.parse(table))

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        names = distinct(["label", *embedding.metadata])
        texts = dict(zip(names, (embedding.labels, *embedding.metadata.values()), strict=True))
        numbers = np.asfortranarray(embedding.vectors).T
        return csv_table(texts | {series_name(at): numbers[at] for at in range(embedding.dim)})


def opened(data: bytes, filename: str, params: CsvParams) -> _table.Table:
    """What the first rows show of the whole: separator, header, and the part each column plays."""
    sample, before = _first_rows.sample(data), 0
    separator = _SEPARATORS.get(params.separator, "")
    if not separator:
        sample, found, before = _first_rows.begin(sample)
        separator = found or ","
    rows = _first_rows.rows_of(sample, separator)
    if not rows:
        raise DataError(N_("{file} holds no table: rows of cells with commas, semicolons or tabs between are expected."), file=filename)  # fmt: skip
    if len(rows[0]) > MOST_COLUMNS:
        check_shape(filename, len(rows), len(rows[0]))
    if params.header == "auto" and (alone := _first_rows.header_alone(rows, filename)):
        raise alone
    comma = _first_rows.decimal_comma(rows, separator)
    has_header = params.header == "yes" or (params.header == "auto" and _first_rows.looks_like_header(rows, comma))
    names, body = distinct(rows[0] if has_header else [""] * len(rows[0])), rows[1:] if has_header else rows
    numeric = (_first_rows.numeric_columns(body, comma) + [False] * len(names))[: len(names)]
    has_index = has_header and not rows[0][0].strip() and numeric[0]  # as pandas writes its row numbers
    lists = [at for at, is_list in enumerate(_first_rows.list_columns(body)[: len(names)]) if is_list]
    numbers = [is_number or at in lists for at, is_number in enumerate(numeric)]
    roles = assign(names, numbers, params, filename, has_header=has_header, index=0 if has_index else None)
    listed = next((at for at in lists if names[at].lower() in VECTOR_NAMES), lists[0]) if lists else None
    if listed is not None:  # the whole vector in one cell
        others = [at for at in range(len(names)) if at not in (listed, roles.label)]
        roles = Roles(None if roles.label == listed else roles.label, [listed], others)
    for _ in range(before):
        data = data[data.find(b"\n") + 1 :]
    length = 0 if listed is None else _first_rows.length(body, listed)
    return _table.Table(
        data, filename, separator, names, has_header, roles, comma, Skipped(params.skip), length, before
    )


def finished(
    table: _table.Table, labels: list[str] | None, vectors: FloatArray, metadata: dict[str, list[str]]
) -> Embedding:
    """The embedding of a table whose cells were read."""
    notes = [_decision(table.names, table.roles)] if table.has_header and _is_a_choice(table) else []
    text = None if labels is None else [plain_cell(label) for label in labels]
    columns = {plain_cell(name): _values(column) for name, column in metadata.items()}
    return assemble(table.filename, text, vectors, columns, notes, table.skipped)


def _is_a_choice(table: _table.Table) -> bool:
    return not table.listed and (bool(table.roles.metadata) or table.roles.label is None)


def _decision(names: list[str], roles: Roles) -> Note:
    first, last = names[roles.vector[0]], names[roles.vector[-1]]
    return Note(
        N_("The vector is made of {count} columns, {first} to {last}; kept beside it: {others}."),
        {"count": len(roles.vector), "first": first, "last": last, "others": ", ".join(names[at] for at in roles.metadata)[:200]},
    )  # fmt: skip


def _values(cells: list[str]) -> list[Any]:
    """Whole numbers, numbers or text: whatever all filled cells are; an empty cell among numbers is None.

    007 is text: a number would lose its zeros.
    """
    filled = [cell for cell in cells if cell]
    for kind, pattern in ((int, _WHOLE), (float, _DECIMAL)):
        if filled and all(map(pattern.fullmatch, filled)):
            return [kind(cell) if cell else None for cell in cells]
    return [plain_cell(cell) for cell in cells]
