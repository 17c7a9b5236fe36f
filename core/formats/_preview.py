"""What a table looks like before it is read whole: its first rows, its columns, and the part each would play."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core import _archive, _clock, _delimited
from core.errors import N_, CoreError, DataError
from core.formats import _first_rows
from core.formats._cells import plain_cell
from core.formats._columns import VECTOR_NAMES, TableParams, assign, distinct
from core.formats._json_rows import is_number, is_vector, names_vectors, objects, utf8
from core.formats._limits import MOST_ROWS
from core.formats._skipped import Skipped
from core.formats._wrapped import unwrapped

ROWS = 8  # shown
_GAPS = ("nan", "na", "n/a", "#n/a", "null", "none", "nil", "inf", "-inf", "-", "?", "缺失", "无")
_LOOKED, _HEAD = 200, 2 * 1024**2  # rows and bytes looked at


@dataclass(frozen=True, slots=True)
class TablePreview:
    """`names` and the first `rows` of cells as text; `numeric` tells which columns are numbers (a list of numbers is one).

    `label` is the column that would name the rows ("" for none), `vector` the columns of the vector (empty for a table
    of words), `encoding` and `separator` what was found out ("" where there is none); `format` reads it whole. `doubtful`
    are columns of numbers that many cells without one keep out of the vector.
    """

    format: str
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    label: str
    vector: tuple[str, ...]
    encoding: str = ""
    separator: str = ""
    doubtful: tuple[str, ...] = ()


def preview(data: bytes, filename: str, seconds: float = _clock.LONGEST) -> TablePreview | None:
    """The preview of a CSV, Excel, JSON-lines or Parquet table; None for any other file. DataError for a damaged one,
    and for one that cannot be looked at within so many seconds."""
    with _clock.limited(filename, seconds):
        _clock.check()
        return _looked_at(*unwrapped(data, filename))


def _looked_at(data: bytes, filename: str) -> TablePreview | None:
    from core.formats.jsonl import JsonLines
    from core.formats.xlsx import Xlsx, first_rows

    if data.startswith(b"PAR1"):
        return _parquet(data, filename)
    if data.startswith(_archive.MAGIC):
        return _text_table(first_rows(data, filename), filename, "xlsx") if Xlsx.claims(data) else None
    if JsonLines.claims(data) or (filename.lower().endswith((".jsonl", ".ndjson")) and data[:1] == b"{"):
        return _json(data, filename)
    return _text_table(data, filename, "csv")


def _text_table(data: bytes, filename: str, format: str) -> TablePreview | None:
    head = data[:_HEAD]
    encoding = _encoding(head, filename)
    text = (
        _first_rows.sample(head)
        if not encoding or encoding.startswith("utf")
        else _first_rows.utf8(head, filename).decode()
    )
    separator: str | None = ","
    if format == "csv":
        text, separator, _ = _first_rows.begin(text)
    rows = _first_rows.rows_of(text, separator) if separator else []
    if not rows or not separator or len(rows[0]) < 2:
        return None
    if alone := _first_rows.header_alone(rows, filename):
        raise alone
    comma = _first_rows.decimal_comma(rows, separator)
    has_header = _first_rows.looks_like_header(rows, comma) or _text_header(rows)
    names = distinct(rows[0] if has_header else [""] * len(rows[0]))
    body = rows[1:] if has_header else rows
    lists = [name for name, is_list in zip(names, _first_rows.list_columns(body), strict=False) if is_list]
    numeric = (_first_rows.numeric_columns(body, comma) + [False] * len(names))[: len(names)]
    numeric = [is_number or name in lists for name, is_number in zip(names, numeric, strict=True)]
    vector = sorted(lists, key=lambda name: name.lower() not in VECTOR_NAMES)[:1]
    if format == "csv" and not has_header and not any(numeric):
        return None  # two words a line are a word list, not a table
    built = _built(format, names, [row[: len(names)] for row in body[:ROWS]], numeric, filename, encoding=encoding if format == "csv" else "", separator=separator if format == "csv" else "", vector=vector or None)  # fmt: skip
    doubtful = (name for at, name in enumerate(names) if not numeric[at] and _in_doubt([row[at] for row in body if at < len(row)]))  # fmt: skip
    return replace(built, doubtful=tuple(doubtful))


def _in_doubt(cells: Sequence[str]) -> bool:
    """Whether a column looks like numbers with gaps: half of what is filled in is one, or all that is not says so."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    numbers = sum(map(_first_rows.is_number, filled))
    return numbers > 0 and (numbers >= 0.5 * len(filled) or all(_first_rows.is_number(cell) or cell.lower() in _GAPS for cell in filled))  # fmt: skip


def _text_header(rows: Sequence[Sequence[str]]) -> bool:
    """A table of words has a header where the first row names columns as people do: short, distinct, never again below."""
    if len(rows) < 3 or len(set(rows[0])) < len(rows[0]) or any(_first_rows.is_number(cell) for cell in rows[0]):
        return False
    known = ("word", "label", "text", "name", "title", "class", "category", "term", "token", "item", "tag", "tags", "词", "标签", "类别", "文本", "标题", "名称")  # fmt: skip
    return any(cell.strip().lower() in known for cell in rows[0])


def _encoding(head: bytes, filename: str) -> str:
    from core.text.decoding import decode

    try:
        end = head.rfind(b"\n")
        whole = head if len(head) < _HEAD else head[: end + end % 2]  # whole lines, and whole signs of UTF-16 too
        return "ascii" if whole.isascii() and b"\x00" not in whole else decode(whole, filename).encoding
    except CoreError:
        return ""


def _json(data: bytes, filename: str) -> TablePreview | None:
    from core.formats.jsonl import fields, mostly

    lines = (
        data if data.lstrip()[:1] == b"[" or names_vectors(data) else data[: max(_HEAD, data.find(b"\n", _HEAD) + 1)]
    )
    found = [one for _, one in objects(utf8(lines, filename), filename, Skipped(True), most=_LOOKED)]
    names = fields(found)
    if not found or not names:
        return None
    numeric = [mostly(found, name, is_number) or mostly(found, name, is_vector) for name in names]
    lists = [name for name in names if mostly(found, name, is_vector)]
    rows = [[_cell(one.get(name)) for name in names] for one in found[:ROWS]]
    vector = sorted(lists, key=lambda name: name.lower() not in VECTOR_NAMES)[:1]
    return _built("jsonl", names, rows, numeric, filename, vector=vector or None)


def _parquet(data: bytes, filename: str) -> TablePreview:
    from core.formats.parquet import damage_told, is_list, is_number, opened, written_in

    with damage_told(filename):
        source = opened(data, filename)
        batch = next(source.batches(rows=ROWS), None)
        source.check(0 if batch is None else sum(map(written_in, batch.columns)))
        rows = [] if batch is None else [[_cell(column[at].as_py()) for column in batch.columns] for at in range(batch.num_rows)]  # fmt: skip
    schema = source.file.schema_arrow
    names = list(schema.names)
    lists = [name for name, kind in zip(names, schema.types, strict=True) if is_list(kind)]
    numeric = [is_list(kind) or is_number(kind) for kind in schema.types]
    return _built("parquet", names, rows, numeric, filename, vector=lists[:1] or None)


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False, default=str)  # fmt: skip
    return text if len(text) <= 80 else text[:79] + "…"


def _built(format: str, names: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool], filename: str, *, vector: Sequence[str] | None = None, encoding: str = "", separator: str = "") -> TablePreview:  # fmt: skip
    try:
        roles = assign(names, numeric, TableParams(), filename)
        label, found = roles.label, [names[at] for at in roles.vector]
    except DataError:  # words only
        label, found = next((at for at, is_number in enumerate(numeric) if not is_number), None), []
    if vector is not None:
        found = list(vector)
        label = next((at for at, name in enumerate(names) if not numeric[at]), None) if label is None or names[label] in found else label  # fmt: skip
    shown = tuple(tuple(_cell(cell) for cell in row) for row in rows)
    return TablePreview(format, tuple(names), shown, tuple(numeric), "" if label is None else names[label], tuple(found), encoding, separator)  # fmt: skip


def words_of(
    data: bytes, filename: str, column: str, classes: str = "", seconds: float = _clock.LONGEST
) -> tuple[list[str], list[str] | None]:
    """(the distinct texts of one column of a table, their classes out of another): for words that get ready vectors.

    Raises DataError as `core.text.word_list` does, for a column that is not there, and when it takes longer than `seconds`.
    """
    from core.text import labelled_words

    first: dict[str, str] = {}
    with _clock.limited(filename, seconds):
        data, filename = unwrapped(data, filename)
        for row in _texts(data, filename, [column, classes] if classes else [column]):
            word = " ".join(row[0].split())
            if word:
                first.setdefault(word, row[-1].strip() if classes else "")
    labels, _ = labelled_words("\n".join(first))
    return labels, [first.get(label, "") for label in labels] if classes else None


def _texts(data: bytes, filename: str, wanted: list[str]) -> Iterable[list[str]]:
    """The cells of these columns as text, row by row."""
    seen = _looked_at(data, filename)
    missing = next((name for name in wanted if seen is None or name not in seen.names), None)
    if seen is None or missing is not None:
        raise DataError(N_("{file} has no column {column}."), file=filename, column=missing or "")
    if seen.format == "jsonl":
        found = objects(utf8(data, filename), filename, Skipped(True), most=MOST_ROWS)
        return ([_whole(one.get(name)) for name in wanted] for _, one in found)
    if seen.format == "parquet":
        return _parquet_texts(data, filename, wanted)
    return _delimited_texts(data, filename, seen, wanted)


def _parquet_texts(data: bytes, filename: str, wanted: list[str]) -> Iterable[list[str]]:
    from core.formats.parquet import columns_of, damage_told, opened

    with damage_told(filename):
        columns = columns_of(opened(data, filename), wanted)
    return (list(map(_whole, row)) for row in zip(*(columns[name] for name in wanted), strict=True))


def _delimited_texts(data: bytes, filename: str, seen: TablePreview, wanted: list[str]) -> Iterable[list[str]]:
    from core.formats.xlsx import texts

    places, first, header = [seen.names.index(name) for name in wanted], True, tuple(map(plain_cell, seen.names))
    for row in (cells for _, cells in texts(data, filename)) if seen.format == "xlsx" else _csv_texts(data, filename, seen.separator):  # fmt: skip
        _clock.check()
        if row and not (first and tuple(distinct(row)) == header):
            yield [row[at] if at < len(row) else "" for at in places]
        first = first and not row


def _csv_texts(data: bytes, filename: str, separator: str) -> Iterable[list[str]]:
    text = _first_rows.begin(_first_rows.utf8(data, filename).decode())[0]
    return (list(map(plain_cell, cells)) for _, cells in _delimited.rows(text, filename, separator=separator or ","))


def _whole(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
