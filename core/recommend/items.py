"""Where items come from: our articles, the films, or a table of the visitor's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core._assets import asset
from core.errors import N_, DataError, ParameterError
from core.notes import Note

MOST_ITEMS = 50_000
MOST_TAGS = 60  # of one item
LONGEST_TITLE, LONGEST_TAG = 300, 100  # characters
MOST_BYTES = 20 * 1024**2
FILM_COLUMNS = ("genres", "directors", "countries", "languages")
SEPARATORS = "|;,"


@dataclass(frozen=True, slots=True)
class ItemTable:
    """n items: different `items` names, `tags` a list each (possibly empty), `texts` (n or none), and what was noticed."""

    items: list[str]
    tags: list[list[str]]
    texts: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def articles(language: str = "en") -> ItemTable:
    """150 short articles written for Embedscope; `language` is "en" or "zh"."""
    if language not in ("en", "zh"):
        raise ParameterError("language", language, N_("one of: {known}"), known="en, zh")
    text = asset("articles", "articles.tsv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
    return ItemTable(
        [row[f"title_{language}"] for row in rows],
        [row[f"tags_{language}"].split("|") for row in rows],
        [row[f"text_{language}"] for row in rows],
    )


def films(columns: Sequence[str] = ("genres", "countries", "languages")) -> ItemTable:
    """16,975 films (Wikidata, CC0) whose tags are these of `FILM_COLUMNS`; a title that repeats gets its year."""
    for name in columns:
        if name not in FILM_COLUMNS:
            raise ParameterError("columns", name, N_("one of: {known}"), known=", ".join(FILM_COLUMNS))
    rows = list(csv.DictReader(io.StringIO(asset("films", "films.csv").read_text("utf-8"), newline="")))
    once: dict[str, int] = {}
    for row in rows:
        once[row["title"]] = once.get(row["title"], 0) + 1
    titles = [row["title"] if once[row["title"]] == 1 else f"{row['title']} ({row['year']})" for row in rows]
    items, _ = _numbered(titles)
    return ItemTable(items, [[tag for name in columns for tag in row[name].split("|") if tag] for row in rows])


def columns_of(data: bytes, filename: str) -> list[str]:
    """The columns of a table with a heading, as its first row names them."""
    return next(_rows(data, filename))[1]


def read_items(data: bytes, filename: str, title: str, tags: Sequence[str]) -> ItemTable:
    """A CSV, TSV or semicolon table: column `title` names the items, the columns `tags` hold tags parted by | ; or ,.

    Titles that repeat are numbered and items without tags kept, and both are noted. DataError names the row and the
    column of what cannot be read, and the columns there are where one is unknown.
    """
    rows = _rows(data, filename)
    _, names = next(rows)
    places = [_place(names, name, filename) for name in (title, *tags)]
    titles, held, bare = [], [], []
    for line, cells in rows:
        if len(cells) != len(names):
            raise DataError(N_("Line {line} of {file} has {found} cells; the first line has {wanted}."), file=filename, line=line, found=len(cells), wanted=len(names))  # fmt: skip
        name = cells[places[0]].strip()
        if not name:
            raise DataError(N_("Line {line} of {file}, column {column}: the name of the item is missing. Fill it in or remove the row."), file=filename, line=line, column=title)  # fmt: skip
        titles.append(_bounded(name, LONGEST_TITLE, filename, line, title))
        own = [
            tag for at, column in zip(places[1:], tags, strict=True) for tag in _tags(cells[at], filename, line, column)
        ]
        own = list(dict.fromkeys(own))
        if len(own) > MOST_TAGS:
            raise DataError(N_("Line {line} of {file}, column {column}: {count} tags; an item takes at most {limit}."), file=filename, line=line, column=tags[0], count=len(own), limit=MOST_TAGS)  # fmt: skip
        if not own:
            bare.append(name)
        held.append(own)
        if len(titles) > MOST_ITEMS:
            raise DataError(N_("{file} has more than {limit} rows; take a part of them."), file=filename, limit=MOST_ITEMS)  # fmt: skip
    if not titles:
        raise DataError(N_("{file} has a heading but no items below it."), file=filename)
    if not any(held):
        raise DataError(N_("No item of {file} has a tag in {columns}; choose the column that holds the tags."), file=filename, columns=", ".join(tags))  # fmt: skip
    items, repeated = _numbered(titles)
    return ItemTable(items, held, [], _notes(repeated, bare))


def _notes(repeated: list[str], bare: list[str]) -> list[Note]:
    notes = []
    if repeated:
        notes.append(Note(N_("Titles that repeat were numbered: {count}, the first is {first}."), {"count": len(repeated), "first": repeated[0][:60]}))  # fmt: skip
    if bare:
        notes.append(Note(N_("Items without tags: {count}, the first is {first}. Neither way can find them."), {"count": len(bare), "first": bare[0][:60]}))  # fmt: skip
    return notes


def _rows(data: bytes, filename: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row that is not blank, the heading first; bounded before anything is decoded."""
    from core.text import decode

    if len(data) > MOST_BYTES:
        raise DataError(N_("{file} has {size} MB; at most {limit} MB are read."), file=filename, size=len(data) // 2**20, limit=MOST_BYTES // 2**20)  # fmt: skip
    text = decode(data, filename).text
    head = text[: text.find("\n") if "\n" in text else len(text)]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max("\t;,", key=head.count))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise DataError(N_("Line {line} of {file} cannot be read as a table: a quotation mark may be missing."), file=filename, line=reader.line_num) from error  # fmt: skip


def _place(names: list[str], wanted: str, filename: str) -> int:
    if wanted not in names:
        raise DataError(N_("{file} has no column {column}. Its columns are: {known}."), file=filename, column=wanted[:60], known=", ".join(names)[:300])  # fmt: skip
    return names.index(wanted)


def _tags(cell: str, filename: str, line: int, column: str) -> list[str]:
    mark = next((mark for mark in SEPARATORS if mark in cell), "|")
    return [_bounded(part.strip(), LONGEST_TAG, filename, line, column) for part in cell.split(mark) if part.strip()]


def _bounded(text: str, limit: int, filename: str, line: int, column: str) -> str:
    if len(text) > limit:
        raise DataError(N_("Line {line} of {file}, column {column}: {length} characters; at most {limit} are taken."), file=filename, line=line, column=column, length=len(text), limit=limit)  # fmt: skip
    return text


def _numbered(titles: list[str]) -> tuple[list[str], list[str]]:
    """(titles with " (2)", " (3)" behind those that repeat, the ones that did)."""
    taken, items, repeated = set(titles), [], []
    seen: dict[str, int] = {}
    for title in titles:
        name, number = title, seen.get(title, 0) + 1
        if number > 1:
            repeated.append(title)
            while f"{title} ({number})" in taken:
                number += 1
            name = f"{title} ({number})"
            taken.add(name)
        seen[title] = number
        items.append(name)
    return items, repeated
