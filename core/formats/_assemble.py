"""From what a file held to an Embedding, and from an Embedding to what a file can hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from core import _clock
from core.arrays import FloatArray, as_matrix
from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats._limits import LONGEST_LABEL
from core.formats._skipped import Skipped
from core.notes import Note

_TOLD = 20  # rows that a note names
_BREAKS = re.compile(r"[ \t\n\r\f\v]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def assemble(
    filename: str,
    labels: Sequence[str] | None,
    vectors: object,
    metadata: Mapping[str, Sequence[Any]] | None = None,
    notes: Iterable[Note] = (),
    skipped: Skipped | None = None,
    known: Mapping[int, DataError] | None = None,
) -> Embedding:
    """Without labels the rows are numbered from 0; several rows without a label are named by their number; of rows
    with one label the first is kept: each is noted. `known` says of rows that hold no finite numbers why that is."""
    _clock.check(1.0)
    skipped = skipped or Skipped()
    with np.errstate(over="ignore"):  # a double beyond float32 becomes infinite, which is then named by its row
        matrix = as_matrix(vectors, name=filename, finite=not skipped.allowed)
    noted = list(notes)
    if labels is None:
        labels = [str(row) for row in range(len(matrix))]
        noted.append(Note(N_("{file} holds no labels: the rows are numbered from 0."), {"file": filename}))
    if len(labels) != len(matrix):
        raise DataError(
            N_("{file} holds {labels} labels but {rows} vectors; each vector needs one label."),
            file=filename, labels=len(labels), rows=len(matrix),
        )  # fmt: skip
    good = _good_rows(filename, labels, matrix, skipped, known or {})
    labels, named = _named(labels, good)
    noted += named
    noted += skipped.notes(len(good))
    first = _first_rows(labels, good)
    if len(first) < len(good):
        noted.append(_repeats(labels, good, first))
    if len(first) == len(labels):
        embedding = Embedding(labels, matrix, metadata)
    else:
        kept = {name: [column[row] for row in first] for name, column in (metadata or {}).items()}
        embedding = Embedding([labels[row] for row in first], matrix[first], kept)
    embedding.notes = noted
    return embedding


def _named(labels: Sequence[str], rows: Sequence[int]) -> tuple[Sequence[str], list[Note]]:
    """The labels; of several of these rows that have none each becomes "#" and its number, for one would drop the others."""
    empty = [row for row in rows if not labels[row]]
    if not empty:
        return labels, []
    if len(empty) == 1:
        return labels, [Note(N_("Row {row} has no label: its point has no name."), {"row": empty[0] + 1})]
    taken, named = set(labels), list(labels)
    for row in empty:
        name = f"#{row + 1}"
        while name in taken:  # and not left out as a repeat
            name = f"#{name}"
        named[row] = name
    note = Note(
        N_("Rows without a label are named by their number: {count} of them, {names}."),
        {"count": len(empty), "names": _some([named[row] for row in empty])},
    )
    return named, [note]


def _some(names: Sequence[str]) -> str:
    return ", ".join([*names[:_TOLD], *["…"] * (len(names) > _TOLD)])


def _good_rows(
    filename: str, labels: Sequence[str], matrix: FloatArray, skipped: Skipped, known: Mapping[int, DataError]
) -> Sequence[int]:
    """The rows whose label is not beyond all measure and whose numbers are finite; the others are skipped."""
    bad = {
        row: DataError(
            N_("The label in row {row} of {file} has {length} characters; at most {limit} are read. Is it the right column?"),
            file=filename, row=row + 1, length=len(label), limit=LONGEST_LABEL,
        )
        for row, label in enumerate(labels) if len(label) > LONGEST_LABEL
    }  # fmt: skip
    if skipped.allowed:
        for row in np.flatnonzero(~np.isfinite(matrix).all(axis=1)).tolist():
            bad[row] = known.get(row) or DataError(N_("Row {row} of {name} has a value that is not a finite number; remove it or fill it in."), row=row + 1, name=filename)  # fmt: skip
    for row in sorted(bad):
        skipped.add(bad[row])
    return [row for row in range(len(labels)) if row not in bad] if bad else range(len(labels))


def _first_rows(labels: Sequence[str], rows: Sequence[int]) -> list[int]:
    """The row of each label's first appearance among these rows."""
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(labels[row], row)
    return list(first.values())


def _repeats(labels: Sequence[str], rows: Sequence[int], first: list[int]) -> Note:
    kept = set(first)
    left = (row for row in rows if row not in kept)
    names = [f"{row + 1} ({labels[row][:40]})" for row in islice(left, _TOLD + 1)]
    return Note(
        N_("Rows left out because their label stands in an earlier row: {count}, namely row {rows}."),
        {"count": len(rows) - len(first), "rows": _some(names)},
        lost=len(rows) - len(first),
    )


def no_single_table(filename: str, tables: Sequence[str], held: Sequence[str]) -> DataError:
    """Where a file of named arrays has not one table among what it holds, but none or several."""
    if not tables:
        return DataError(N_("{file} holds no table of numbers, in rows and columns. It holds: {names}."), file=filename, names=", ".join(held)[:200])  # fmt: skip
    return DataError(
        N_("{file} holds several tables of numbers: {names}. Save the one that is meant alone, or under the name vectors."),
        file=filename, names=", ".join(tables)[:200],
    )  # fmt: skip


def joined(blocks: list[FloatArray], rows: int, dim: int) -> FloatArray:
    """(rows, dim) of the blocks below each other; each is let go as it is copied, so that they hardly lie there twice."""
    matrix = np.empty((rows, dim), np.float32)
    blocks.reverse()
    at = 0
    while blocks:
        block = blocks.pop()
        matrix[at : at + len(block)] = block
        at += len(block)
    return matrix


def decoded(labels: Iterable[bytes]) -> tuple[list[str], list[Note]]:
    """UTF-8 labels; bytes that are none become � and are noted."""
    texts, damaged = [], 0
    for label in labels:
        try:
            texts.append(label.decode())
        except UnicodeDecodeError:
            texts.append(label.decode(errors="replace"))
            damaged += 1
    note = Note(N_("Labels that are not UTF-8: {count}; what could not be read is shown as �."), {"count": damaged})
    return texts, [note] if damaged else []


def encodable(texts: Iterable[str]) -> list[str]:
    """The texts with halves of characters, which no encoding can hold, as �."""
    return [_LONE_SURROGATE.sub("�", text) for text in texts]


def unbroken(labels: list[str]) -> list[str]:
    """Labels for formats that end a label at a blank: blanks become "_", as in word2vec's own phrases (new_york).

    Raises DataError where that makes two labels the same, or a label is empty.
    """
    words = [_BREAKS.sub("_", label) for label in encodable(labels)]
    seen: dict[str, int] = {}
    for row, word in enumerate(words):
        if not word:
            raise DataError(N_("Label {row} is empty; this format needs a word there. Choose CSV or Parquet."), row=row + 1)  # fmt: skip
        if seen.setdefault(word, row) != row:
            raise DataError(
                N_("This format writes blanks as _, which makes the labels {first} and {second} the same. Rename one, or choose CSV or Parquet."),
                first=labels[seen[word]][:80], second=labels[row][:80],
            )  # fmt: skip
    return words


def metadata_to_json(metadata: Mapping[str, Sequence[Any]]) -> str:
    """ASCII JSON, so that any text survives; values that JSON does not know become text."""
    return json.dumps({name: [_plain(value) for value in column] for name, column in metadata.items()})


def settings_to_json(about: Mapping[str, Any]) -> str:
    """How something was made, as ASCII JSON; what JSON does not know becomes text."""
    return json.dumps(about, default=str)


def metadata_from_json(filename: str, raw: bytes | str, rows: int) -> dict[str, list[Any]]:
    """Column -> values; DataError unless each column is a list of one value a row."""
    columns = load_json(filename, raw)
    if not isinstance(columns, dict) or not all(isinstance(c, list) and len(c) == rows for c in columns.values()):
        raise DataError(N_("The metadata of {file} must be lists of one value for each label."), file=filename)
    return columns


def labels_from_json(filename: str, raw: bytes | str) -> list[str]:
    """DataError unless it is a list of texts."""
    labels = load_json(filename, raw)
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise DataError(N_("The labels of {file} are not a list of texts."), file=filename)
    return labels


def load_json(filename: str, raw: bytes | str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, TypeError, RecursionError) as error:
        raise DataError(
            N_("A part of {file} that should be JSON is not; the file is damaged."), file=filename
        ) from error


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
