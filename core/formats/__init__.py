"""Embeddings as files: bytes in, bytes out, nothing ever unpickled.

A new format is one new file in this room: a class registered under its name. What a file is, is
told from its content first and its name second; where its content tells nothing, it is read as what it is named, so
that the reader of that format says where it is damaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from core import _clock
from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats._base import FORMATS, Format
from core.formats._cells import csv_table, parquet_table, safe_cell
from core.formats._first_rows import is_text
from core.formats._limits import check_size
from core.formats._preview import TablePreview, preview, words_of
from core.formats._wrapped import inside, unwrapped
from core.params import build, require
from core.progress import OnStep
from core.registry import Variant

__all__ = [
    "FORMATS",
    "Format",
    "FormatFacts",
    "TablePreview",
    "check_writable",
    "csv_table",
    "detect",
    "formats",
    "parquet_table",
    "preview",
    "read_embedding",
    "safe_cell",
    "unwrapped",
    "warm",
    "words_of",
    "write_embedding",
]

_ANYTHING, _TABLES = (
    (".txt", ".zip"),
    (".csv", ".tsv"),
)  # endings of all kinds of files; of tables and of lists of words


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """What a page lists: `title` and `about` are English source strings, `media` the MIME type, `extension` with its dot."""

    name: str
    title: str
    extension: str
    media: str
    about: str
    keeps_metadata: bool
    keeps_settings: bool


def formats() -> list[FormatFacts]:
    """Every format there is; all are read and written."""
    return [
        FormatFacts(
            item.name,
            item.title,
            item.run.extensions[0],
            item.run.media,
            item.about,
            item.run.keeps_metadata,
            item.run.keeps_settings,
        )
        for item in FORMATS
    ]


def read_embedding(
    data: bytes,
    filename: str,
    *,
    format: str | None = None,
    seconds: float = _clock.LONGEST,
    on_step: OnStep | None = None,
    **options: object,
) -> Embedding:
    """The embedding in a file's bytes; `filename` helps to tell the format and is named in errors. The one file in a zip
    or a .gz is read as itself.

    `options` are the settings of the format (`label_column=` of CSV, `metadata=` of TensorBoard, ...).
    Decisions the reader took stand in `.notes`: rows left out for a repeated label, rows numbered
    for want of labels. `on_step` hears the percentage read, and may end it. Raises DataError (what is wrong
    with the file, by line or row, or that it was not read within `seconds`) and ParameterError (unknown
    format or option).
    """
    check_size(filename, len(data))
    with _clock.limited(filename, seconds, on_step=on_step):
        data, filename = unwrapped(data, filename)
        known = _named(format) if format else _claimed(data, filename)
        variant = known or _meant(data, filename)
        try:
            return variant.run.read(data, filename, build(variant.params, options))
        except DataError as error:
            if known is not None:
                raise
            raise _damaged(filename, error) from error


def write_embedding(embedding: Embedding, format: str, about: Mapping[str, Any] | None = None) -> bytes:
    """The bytes of a file in that format, with `about` (how it was made, as JSON knows it) in its head where the
    format keeps settings. Raises ParameterError (unknown format, or `about` for one that does not), DataError
    (labels it cannot hold)."""
    run = _named(format).run
    if about is None:
        return run.write(embedding)
    require("about", format, run.keeps_settings, N_("left out: this format has no place for settings"))
    return run.write_with(embedding, about)


def check_writable(embedding: Embedding, format: str) -> None:
    """DataError for an embedding that a file of that format cannot hold, before any work is done for it."""
    _named(format).run.check(embedding)


def detect(data: bytes, filename: str) -> str:
    """The name of the format; among those that fit the content, one that fits the file name. Raises DataError for none."""
    data, filename = unwrapped(data, filename)
    return (_claimed(data, filename) or _meant(data, filename)).name


def _claimed(data: bytes, filename: str) -> Variant[type[Format]] | None:
    """The format that the content shows; None where it shows none."""
    extension = PurePath(filename).suffix.lower()
    by_name = sorted(FORMATS, key=lambda item: extension not in item.run.extensions)  # stable: rank decides the rest
    return next((item for item in by_name if item.run.claims(data)), None)


def _meant(data: bytes, filename: str) -> Variant[type[Format]]:
    """The format that the ending names, for a file whose content shows none: its reader tells where it is damaged. DataError
    for an ending that says nothing, and for a text that may be a list of words."""
    ending = PurePath(filename).suffix.lower()
    named = next((item for item in FORMATS if ending in item.run.extensions), None)
    if named is not None and ending not in _ANYTHING and not (ending in _TABLES and is_text(data)):
        return named
    if len(held := inside(data)) > 1:
        raise DataError(
            N_("{file} holds several files: {names}. Unpack it and drop the one that is meant, or vectors.tsv and metadata.tsv together."),
            file=filename, names=", ".join(held[:20])[:200],
        )  # fmt: skip
    raise DataError(
        N_("{file} is in no format that is read here. Known are: {known}."),
        file=filename, known=", ".join(item.title for item in FORMATS),
    )  # fmt: skip


def _damaged(filename: str, error: DataError) -> DataError:
    return DataError(
        N_("{file} ends in {ending}, but is damaged or something else. {reason}"),
        file=filename, ending=PurePath(filename).suffix.lower(), reason=error,
    )  # fmt: skip


def warm() -> None:
    """Compile the loops that read long text files, or load them from the cache."""
    from core.formats import _number_kernels, _sheet_kernels

    _number_kernels.warm()
    _sheet_kernels.warm()


def _named(name: str) -> Variant[type[Format]]:
    return FORMATS.get(name.strip().lower().replace("_", "-").replace(" ", "-"))
