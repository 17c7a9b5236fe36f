"""Embeddings as files: bytes in, bytes out, nothing ever unpickled.

A new format is one new file in this room: a class registered under its name. What a file is, is
told from its content first and its name second.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats._base import FORMATS, Format
from core.formats._cells import csv_table, parquet_table, safe_cell
from core.formats._limits import check_size
from core.formats._preview import TablePreview, preview, words_of
from core.params import build
from core.registry import Variant

__all__ = [
    "FORMATS",
    "Format",
    "FormatFacts",
    "TablePreview",
    "csv_table",
    "detect",
    "formats",
    "parquet_table",
    "preview",
    "read_embedding",
    "safe_cell",
    "words_of",
    "write_embedding",
]


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """What a page lists: `title` and `about` are English source strings, `media` the MIME type, `extension` with its dot."""

    name: str
    title: str
    extension: str
    media: str
    about: str
    keeps_metadata: bool


def formats() -> list[FormatFacts]:
    """Every format there is; all are read and written."""
    return [
        FormatFacts(item.name, item.title, item.run.extensions[0], item.run.media, item.about, item.run.keeps_metadata)
        for item in FORMATS
    ]


def read_embedding(data: bytes, filename: str, *, format: str | None = None, **options: object) -> Embedding:
    """The embedding in a file's bytes; `filename` helps to tell the format and is named in errors.

    `options` are the settings of the format (`label_column=` of CSV, `metadata=` of TensorBoard, ...).
    Decisions the reader took stand in `.notes`: rows left out for a repeated label, rows numbered
    for want of labels. Raises DataError (what is wrong with the file, by line or row) and
    ParameterError (unknown format or option).
    """
    check_size(filename, len(data))
    variant = _named(format) if format else FORMATS.get(detect(data, filename))
    return variant.run.read(data, filename, build(variant.params, options))


def write_embedding(embedding: Embedding, format: str) -> bytes:
    """The bytes of a file in that format. Raises ParameterError (unknown format), DataError (labels it cannot hold)."""
    return _named(format).run.write(embedding)


def detect(data: bytes, filename: str) -> str:
    """The name of the format; among those that fit the content, one that fits the file name. Raises DataError for none."""
    extension = PurePath(filename).suffix.lower()
    by_name = sorted(FORMATS, key=lambda item: extension not in item.run.extensions)  # stable: rank decides the rest
    for item in by_name:
        if item.run.claims(data):
            return item.name
    raise DataError(
        N_("{file} is in no format that is read here. Known are: {known}."),
        file=filename, known=", ".join(item.title for item in FORMATS),
    )  # fmt: skip


def _named(name: str) -> Variant[type[Format]]:
    return FORMATS.get(name.strip().lower().replace("_", "-").replace(" ", "-"))
