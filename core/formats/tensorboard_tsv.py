"""TensorBoard's projector: vectors.tsv (numbers, no header) and metadata.tsv (labels), packed in one zip.

One metadata column has no header line; several have one (the projector's own rule). A spreadsheet opens such a
file too, so a cell that it would run is written as in CSV, with an apostrophe that the reader takes away again.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any
from zipfile import ZipInfo

from core import _archive
from core.arrays import FloatArray
from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats._assemble import assemble, encodable
from core.formats._base import FORMATS, Format, ReadParams
from core.formats._cells import plain_cell, safe_cell
from core.formats._columns import distinct
from core.formats._rows import Layout, read_stream, write_rows
from core.formats._skipped import Skipped

_SAMPLE = 1024**2  # bytes
_CELL_BREAKS = re.compile(r"[\t\n\r\v\f]")
_NUMBERS = re.compile(rb"[ \t]*[-+.\d][-+.\deE \t]*\r?")


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorboardParams(ReadParams):
    """`metadata`: the bytes of metadata.tsv, where vectors.tsv comes alone."""

    metadata: bytes = b""


@FORMATS.register(
    "tensorboard-tsv",
    title=N_("TensorBoard projector (vectors.tsv and metadata.tsv)"),
    params=TensorboardParams,
    about=N_("A zip of the two files that the TensorBoard projector loads. Tabs and line ends in labels become blanks, and cells that a spreadsheet would run get an apostrophe in front."),
    rank=30,
)  # fmt: skip
class TensorboardTsv(Format):
    extensions = (".zip", ".tsv")
    media = "application/zip"
    keeps_metadata = True

    @staticmethod
    def claims(data: bytes) -> bool:
        if data.startswith(_archive.MAGIC):
            return any(name.lower().endswith(".tsv") for name in _archive.member_names(data))
        lines = data[: 1024**2].split(b"\n", 2)
        return b"\t" in lines[0] and all(_NUMBERS.fullmatch(line) for line in lines[:2] if line.strip())

    @staticmethod
    def read(data: bytes, filename: str, params: TensorboardParams) -> Embedding:
        skipped = Skipped(params.skip)
        if not data.startswith(_archive.MAGIC):
            vectors, kept = _numbers(lambda: io.BytesIO(data), len(data), filename, skipped)
            return _joined(filename, vectors, kept, params.metadata, skipped)
        with _archive.reading(data, filename) as archive:
            members = _archive.members_of(archive, filename, _archive.Bounds())
            numbers, beside = _pair(members, filename)
            vectors, kept = _numbers(lambda: archive.open(numbers), numbers.file_size, filename, skipped)
            metadata = b"" if beside is None else archive.open(beside).read(beside.file_size)
        return _joined(filename, vectors, kept, metadata, skipped)

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        labels = [_cell(label) if label.strip() else "_" for label in embedding.labels]  # a blank line would be dropped
        columns = [labels, *(map(_cell, column) for column in embedding.metadata.values())]
        lines = ["\t".join(cells) for cells in zip(*columns, strict=True)]
        if embedding.metadata:
            lines.insert(0, "\t".join(map(_cell, ["label", *embedding.metadata])))
        text = "\n".join(encodable(lines)) + "\n"
        vectors = b"".join(write_rows(None, embedding.vectors, "\t"))
        return _archive.pack({"vectors.tsv": vectors, "metadata.tsv": text.encode()}, squeeze=True)


def _numbers(
    begin: Callable[[], IO[bytes]], size: int, filename: str, skipped: Skipped
) -> tuple[FloatArray, list[bool]]:
    """((n, d) of vectors.tsv, of each of its lines that is not blank whether it was read)."""
    with begin() as file:
        dim = _dimensions(file.read(min(size, _SAMPLE)))
    with begin() as file:
        vectors = read_stream(file, size, Layout(filename, dim, labelled=False, separator="\t", skipped=skipped))
    if not skipped.lines:
        return vectors, [True] * len(vectors)
    with begin() as file:
        return vectors, [number not in skipped.lines for number, line in enumerate(file, start=1) if line.strip()]


def _dimensions(start: bytes) -> int:
    """Numbers a line: as most of the first lines have."""
    lines = [line for line in start.split(b"\n")[:100] if line.strip()]
    return Counter(line.count(b"\t") + 1 for line in lines).most_common(1)[0][0] if lines else 1


def _joined(filename: str, vectors: FloatArray, kept: list[bool], metadata: bytes, skipped: Skipped) -> Embedding:
    """Vectors and their metadata; a line that was left out takes its line of metadata along."""
    if not metadata.strip():
        return assemble(filename, None, vectors, skipped=skipped)
    names, rows = _cells(metadata, len(kept), filename)
    columns = {name: [row[at] for row, good in zip(rows, kept, strict=True) if good] for at, name in enumerate(names)}
    return assemble(filename, columns.pop(names[0]), vectors, columns, skipped=skipped)


def _pair(members: list[ZipInfo], filename: str) -> tuple[ZipInfo, ZipInfo | None]:
    """(vectors, metadata) among the files of a zip: by name, metadata may be missing."""
    tables = {name: info for info in members if (name := _archive.base(info.filename).lower()).endswith(".tsv")}
    metadata = next((name for name in tables if "meta" in name or "label" in name), None)
    vectors = next((name for name in tables if name != metadata), None)
    if vectors is None:
        raise DataError(N_("{file} must hold vectors.tsv, and best metadata.tsv beside it."), file=filename)
    return tables[vectors], tables[metadata] if metadata else None


def _cells(metadata: bytes, rows: int, filename: str) -> tuple[list[str], list[list[str]]]:
    """(column names, cells): a line more than there are vectors is the header."""
    lines = metadata.decode("utf-8-sig", errors="replace").removesuffix("\n").split("\n")
    if len(lines) not in (rows, rows + 1):
        raise DataError(
            N_("metadata.tsv has {lines} lines for the {rows} vectors of {file}; it needs one each, and a header if it has several columns."),
            file=filename, lines=len(lines), rows=rows,
        )  # fmt: skip
    cells = [list(map(plain_cell, line.removesuffix("\r").split("\t"))) for line in lines]
    width = len(cells[0])
    names = distinct(cells.pop(0) if len(lines) > rows else [""] * width)
    return names, [(row + [""] * width)[:width] for row in cells]


def _cell(value: Any) -> str:
    text = _CELL_BREAKS.sub(" ", "" if value is None else str(value))
    return text if isinstance(value, (int, float)) else safe_cell(text)
