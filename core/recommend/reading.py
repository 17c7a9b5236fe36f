"""A visitor's own table of items and tags: what its columns seem to be, and its rows, those left out named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from core import _clock, _delimited
from core.arrays import fingerprint
from core.errors import N_, DataError
from core.formats._skipped import Skipped
from core.notes import Note
from core.progress import OnStep
from core.recommend.items import ItemTable, numbered

MOST_ITEMS = 50_000
MOST_TAGS = 60  # of one item
LONGEST_TITLE, LONGEST_TAG = 300, 100  # characters
MOST_COLUMNS = 500
SEPARATORS = "|;；、,，"
_SEEN = 200  # rows from which is guessed what a column is
_TITLES = ("title", "name", "item", "标题", "名称", "名字", "条目", "片名", "书名")
_TAGS = ("tag", "genre", "categor", "keyword", "topic", "标签", "类", "主题", "关键词")


@dataclass(frozen=True, slots=True)
class ItemColumns:
    """What a table of items looks like: the `names` of its columns, and which seem to hold the `title` and the `tags`."""

    names: tuple[str, ...]
    title: str
    tags: tuple[str, ...]


def columns_of(data: bytes, filename: str, seconds: float = _clock.LONGEST) -> ItemColumns:
    """The columns of a table with a heading. DataError for a table of one column, and for what cannot be read in that time."""
    with _clock.limited(filename, seconds):
        rows = _rows(data, filename)
        names = _names(rows, filename)
        seen = [cells for _, cells in islice(rows, _SEEN) if len(cells) == len(names)]
    title = _guessed(names, _TITLES, names[0])
    others = [name for name in names if name != title]
    likely = [name for name in others if any(word in name.lower() for word in _TAGS)]
    shared = [name for name in others if _repeats([cells[names.index(name)] for cells in seen])]
    return ItemColumns(tuple(names), title, tuple(likely or shared[:1] or others[:1]))


def _guessed(names: Sequence[str], words: Sequence[str], otherwise: str) -> str:
    exact = [name for name in names if name.lower() in words]
    return next(iter(exact or [name for name in names if any(word in name.lower() for word in words)]), otherwise)


def _repeats(cells: Sequence[str]) -> bool:
    """Whether several rows share a part of this column, as tags are shared."""
    parts = [part for cell in cells for part in dict.fromkeys(_parts(cell))]
    return len(set(parts)) < 0.8 * len(parts)


def read_items(
    data: bytes, filename: str, title: str, tags: Sequence[str], *, skip: bool = False, seconds: float = _clock.LONGEST, on_step: OnStep | None = None
) -> ItemTable:  # fmt: skip
    """A CSV, TSV or semicolon table: column `title` names the items, the columns `tags` hold tags parted by | ; 、 or a comma.

    Titles that repeat are numbered and items without tags kept, and both are noted. DataError names the row and the
    column of what cannot be read, and the columns there are where one is unknown; with `skip` such rows are left out
    and noted, and so are the rows beyond MOST_ITEMS. Nothing is decoded of a file that is too large. `on_step` hears of percents,
    and ends the reading by answering True.
    """
    with _clock.limited(filename, seconds, on_step=on_step):
        rows = _rows(data, filename)
        names = _names(rows, filename)
        places = {name: _place(names, name, filename) for name in (title, *tags)}
        titles, held, skipped, cut = _taken(rows, filename, len(names), places, Skipped(skip))
    if not titles and not skipped.count:
        raise DataError(N_("{file} has a heading but no items below it."), file=filename)
    notes = skipped.notes(len(titles))
    if not any(held):
        raise DataError(N_("No item of {file} has a tag in {columns}; choose the column that holds the tags."), file=filename, columns=", ".join(tags))  # fmt: skip
    items, repeated = numbered(titles)
    if cut:
        notes.insert(0, Note(N_("Only the first {limit} rows were taken; {file} has more."), {"limit": MOST_ITEMS, "file": filename}))  # fmt: skip
    bare = [item for item, own in zip(items, held, strict=True) if not own]
    return ItemTable(items, held, [], [*notes, *_notes(repeated, bare)], fingerprint(items, held))


def _taken(
    rows: Iterator[tuple[int, list[str]]], filename: str, width: int, places: dict[str, int], skipped: Skipped
) -> tuple[list[str], list[list[str]], Skipped, bool]:
    """(titles, tags, what was left out, whether there were more than are taken)."""
    titles: list[str] = []
    held: list[list[str]] = []
    for line, cells in rows:
        if len(titles) == MOST_ITEMS:
            if not skipped.allowed:
                raise DataError(N_("{file} has more than {limit} rows; take a part of them."), file=filename, limit=MOST_ITEMS)  # fmt: skip
            return titles, held, skipped, True
        try:
            name, own = _item(cells, line, filename, width, places)
        except DataError as error:
            skipped.add(error)
            continue
        titles.append(name)
        held.append(own)
    return titles, held, skipped, False


def _item(cells: list[str], line: int, filename: str, width: int, places: dict[str, int]) -> tuple[str, list[str]]:
    if len(cells) != width:
        raise DataError(N_("Line {line} of {file} has {found} cells; the first line has {wanted}."), file=filename, line=line, found=len(cells), wanted=width)  # fmt: skip
    (title, at), *columns = places.items()
    name = " ".join(cells[at].split())
    if not name:
        raise DataError(N_("Line {line} of {file}, column {column}: the name of the item is missing. Fill it in or remove the row."), file=filename, line=line, column=title)  # fmt: skip
    _bounded(name, LONGEST_TITLE, filename, line, title)
    own: dict[str, None] = {}
    for column, place in columns:
        for part in _parts(cells[place]):
            own[_bounded(part, LONGEST_TAG, filename, line, column)] = None
    if len(own) > MOST_TAGS:
        raise DataError(N_("Line {line} of {file}, column {column}: {count} tags; an item takes at most {limit}."), file=filename, line=line, column=columns[0][0], count=len(own), limit=MOST_TAGS)  # fmt: skip
    return name, list(own)


def _parts(cell: str) -> list[str]:
    mark = next((mark for mark in SEPARATORS if mark in cell), "|")
    return [" ".join(part.split()) for part in cell.split(mark) if part.strip()]


def _bounded(text: str, limit: int, filename: str, line: int, column: str) -> str:
    if len(text) > limit:
        raise DataError(N_("Line {line} of {file}, column {column}: {length} characters; at most {limit} are taken."), file=filename, line=line, column=column, length=len(text), limit=limit)  # fmt: skip
    return text


def _rows(data: bytes, filename: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row that is not blank, the heading first; bounded before anything is decoded."""
    from core.formats.xlsx import texts
    from core.text import decode

    _delimited.check_size(data, filename)
    if data.startswith(b"PK\x03\x04"):
        return texts(data, filename)
    return _delimited.rows(decode(data, filename).text, filename)


def _names(rows: Iterator[tuple[int, list[str]]], filename: str) -> list[str]:
    """The heading, each name different."""
    from core.formats._columns import distinct

    _, cells = next(rows, (0, []))
    if len(cells) < 2:
        raise DataError(N_("{file} has one column; a table of items needs one with titles and one with tags, parted by commas, semicolons or tabs."), file=filename)  # fmt: skip
    if len(cells) > MOST_COLUMNS:
        raise DataError(N_("{file} has {count} columns; at most {limit} are read."), file=filename, count=len(cells), limit=MOST_COLUMNS)  # fmt: skip
    return distinct([cell[:60] for cell in cells])


def _place(names: list[str], wanted: str, filename: str) -> int:
    if wanted not in names:
        raise DataError(N_("{file} has no column {column}. Its columns are: {known}."), file=filename, column=wanted[:60], known=", ".join(names)[:300])  # fmt: skip
    return names.index(wanted)


def _notes(repeated: list[str], bare: list[str]) -> list[Note]:
    notes = []
    if repeated:
        notes.append(Note(N_("Titles that repeat were numbered: {count}, the first is {first}."), {"count": len(repeated), "first": repeated[0][:60]}))  # fmt: skip
    if bare:
        notes.append(Note(N_("Items without tags: {count}, the first is {first}. Neither way can find them."), {"count": len(bare), "first": bare[0][:60]}))  # fmt: skip
    return notes
