"""GloVe text (Pennington et al. 2014): a label and its numbers a line, no header."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats._assemble import assemble, decoded, unbroken
from core.formats._base import FORMATS, Format, NoParams
from core.formats._rows import Layout, read_rows, write_rows
from core.formats._skipped import Skipped

_SAMPLE = 1024**2  # bytes
_LINES = 100
_WHOLE = re.compile(rb"( -?[0-9]+)$", re.MULTILINE)


@FORMATS.register(
    "glove",
    title=N_("GloVe text"),
    params=NoParams,
    about=N_("Labels and numbers as text, without a first line that counts them. Blanks in labels become _."),
    rank=50,
)
class Glove(Format):
    extensions = (".txt", ".glove")
    media = "text/plain"

    @staticmethod
    def claims(data: bytes) -> bool:
        numbers = dimensions(data) if _is_text(data[:_SAMPLE]) else 0
        return numbers >= 2 or (numbers == 1 and _fractions(data))

    @staticmethod
    def read(data: bytes, filename: str, params: NoParams) -> Embedding:
        start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        dim = dimensions(data[start : start + _SAMPLE])
        if dim < 1:
            raise DataError(N_("Line {line} of {file} must be a label and its numbers, with blanks between."), file=filename, line=1)  # fmt: skip
        skipped = Skipped(params.skip)
        names, vectors, _ = read_rows(data, Layout(filename, dim, skipped=skipped), start)
        labels, notes = decoded(names)
        return assemble(filename, labels, vectors, notes=notes, skipped=skipped)

    @staticmethod
    def check(embedding: Embedding) -> None:
        unbroken(embedding.labels)

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        whole = b"".join(write_rows(unbroken(embedding.labels), embedding.vectors))
        return _WHOLE.sub(rb"\1.0", whole) if embedding.dim == 1 else whole  # as `_fractions` expects


def _fractions(data: bytes) -> bool:
    """Whether each of the first lines is a label and a number with a point or a power: "route 66" is a phrase."""
    lines = [line.split() for line in data[:_SAMPLE].split(b"\n")[:_LINES] if line.strip()]
    return all(len(fields) == 2 and (b"." in fields[1] or b"e" in fields[1]) for fields in lines)


def _is_text(start: bytes) -> bool:
    """No zero bytes, but for those of labels in UTF-8."""
    try:
        return b"\x00" not in start or bool(codecs.utf_8_decode(start, "strict", False))
    except UnicodeDecodeError:
        return False


def dimensions(data: bytes) -> int:
    """Numbers a line: how many most of the first lines end in (a label may end in one more); 0 if none do."""
    lines = data[:_SAMPLE].split(b"\n")
    whole = lines if len(data) <= _SAMPLE else lines[:-1]
    counts = Counter(_numbers_at_end(line.split()) for line in whole[:_LINES] if line.strip())
    return max(counts, key=lambda numbers: (counts[numbers], -numbers), default=0)


def _numbers_at_end(fields: list[bytes]) -> int:
    """How many fields at the end are numbers; the first field is always the label."""
    count = 0
    for field in reversed(fields[1:]):
        try:
            float(field)
        except ValueError:
            break
        count += 1
    return count
