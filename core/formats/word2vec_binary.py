"""word2vec binary: a line "rows dimensions", then each label, a blank, and its float32 values (little-endian)."""

from __future__ import annotations

import numpy as np

from core import _clock
from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats._assemble import assemble, decoded, unbroken
from core.formats._base import FORMATS, Format, NoParams
from core.formats._limits import LONGEST_LABEL, check_shape
from core.formats._skipped import Skipped
from core.formats.word2vec_text import Word2vecText, header


@FORMATS.register(
    "word2vec-binary",
    title=N_("word2vec binary"),
    params=NoParams,
    about=N_("Labels as text, numbers as 4 bytes each; small, fast and exact, read by gensim. Blanks in labels become _."),
    rank=21,
)  # fmt: skip
class Word2vecBinary(Format):
    extensions = (".bin", ".w2v")

    @staticmethod
    def claims(data: bytes) -> bool:
        try:
            start, rows, dim = header(data, "")
        except DataError:
            return False
        return rows * (4 * dim + 2) <= len(data) - start and not Word2vecText.claims(data)

    @staticmethod
    def read(data: bytes, filename: str, params: NoParams) -> Embedding:
        at, rows, dim = header(data, filename)
        check_shape(filename, rows, dim, len(data) - at, 4 * dim + 2)
        vectors = np.empty((rows, dim), dtype=np.float32)
        names = []
        for row in range(rows):
            if row % 1024 == 0:
                _clock.check(row / rows)
            blank = data.find(b" ", at, at + 4 * LONGEST_LABEL)
            if blank < 0 or blank + 1 + 4 * dim > len(data):
                raise DataError(
                    N_("Row {row} of {file} is not whole: a label, a blank and {dim} numbers of 4 bytes are expected there. The file is cut off or damaged; fetch it again."),
                    file=filename, row=row + 1, dim=dim,
                )  # fmt: skip
            names.append(data[at:blank].lstrip(b"\n"))  # word2vec.c ends each row with one
            vectors[row] = np.frombuffer(data, dtype="<f4", count=dim, offset=blank + 1)
            at = blank + 1 + 4 * dim
        labels, notes = decoded(names)
        return assemble(filename, labels, vectors, notes=notes, skipped=Skipped(params.skip))

    @staticmethod
    def check(embedding: Embedding) -> None:
        unbroken(embedding.labels)

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        parts = [f"{len(embedding)} {embedding.dim}\n".encode()]
        for label, vector in zip(unbroken(embedding.labels), embedding.vectors.astype("<f4", copy=False), strict=True):
            parts += [label.encode(), b" ", vector.tobytes(), b"\n"]
        return b"".join(parts)
