"""word2vec text, which is also fastText's .vec: a line "rows dimensions", then a label and its numbers a line."""

from __future__ import annotations

import re

from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats._assemble import assemble, decoded, unbroken
from core.formats._base import FORMATS, Format, NoParams
from core.formats._limits import check_shape
from core.formats._rows import Layout, read_rows, write_rows
from core.formats._skipped import Skipped
from core.notes import Note

_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[ \t]*(\d{1,12})[ \t]+(\d{1,9})[ \t]*\r?\n")


@FORMATS.register(
    "word2vec-text",
    title=N_("word2vec text"),
    params=NoParams,
    about=N_("Labels and numbers as text, with a first line that counts them; read by gensim and fastText. Blanks in labels become _."),
    rank=20,
)  # fmt: skip
class Word2vecText(Format):
    extensions = (".vec", ".txt", ".w2v")
    media = "text/plain"

    @staticmethod
    def claims(data: bytes) -> bool:
        head = _HEADER.match(data)
        if not head:
            return False
        second = _first_row(data, head.end()).split()
        dim = int(head[2])
        return len(second) > dim and all(map(_is_number, second[len(second) - dim :]))

    @staticmethod
    def read(data: bytes, filename: str, params: NoParams) -> Embedding:
        start, rows, dim = header(data, filename)
        check_shape(filename, rows, dim, len(data) - start, 2 * dim + 1)
        separator = "\t" if _first_row(data, start).count(b"\t") >= dim else " "
        skipped = Skipped(params.skip)
        layout = Layout(filename, dim, separator=separator, skipped=skipped)
        names, vectors, more = read_rows(data, layout, start, line=2, most=rows)
        if len(vectors) + skipped.count < rows:
            raise DataError(
                N_("{file} announces {rows} vectors but holds {found}. It is cut off or damaged; fetch it again."),
                file=filename, rows=rows, found=len(vectors),
            )  # fmt: skip
        labels, notes = decoded(names)
        if more:
            notes.append(Note(N_("Only the {rows} vectors that the first line of {file} counts were read."), {"rows": rows, "file": filename}))  # fmt: skip
        return assemble(filename, labels, vectors, notes=notes, skipped=skipped)

    @staticmethod
    def check(embedding: Embedding) -> None:
        unbroken(embedding.labels)

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        head = f"{len(embedding)} {embedding.dim}\n".encode()
        return b"".join([head, *write_rows(unbroken(embedding.labels), embedding.vectors)])


def header(data: bytes, filename: str) -> tuple[int, int, int]:
    """(where the rows start, how many, how many numbers each) by the first line."""
    head = _HEADER.match(data)
    if not head:
        raise DataError(
            N_("The first line of {file} must be two whole numbers, the count of vectors and of numbers in each; without it, read the file as GloVe."),
            file=filename,
        )  # fmt: skip
    return head.end(), int(head[1]), int(head[2])


def _first_row(data: bytes, start: int) -> bytes:
    """The first line that is not blank, cut at a megabyte."""
    return data[start : start + 1024**2].lstrip(b"\r\n").split(b"\n", 1)[0]


def _is_number(text: bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
