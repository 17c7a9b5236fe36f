"""NumPy .npy: the vectors alone."""

from __future__ import annotations

from core.embedding import Embedding
from core.errors import N_
from core.formats import _npy
from core.formats._assemble import assemble
from core.formats._base import FORMATS, Format, NoParams
from core.formats._skipped import Skipped


@FORMATS.register(
    "npy",
    title=N_("NumPy array (.npy)"),
    params=NoParams,
    about=N_("The vectors alone, exact. It has no place for labels: on reading, rows are numbered from 0."),
    rank=10,
)
class Npy(Format):
    extensions = (".npy",)

    @staticmethod
    def claims(data: bytes) -> bool:
        return data.startswith(_npy.MAGIC)

    @staticmethod
    def read(data: bytes, filename: str, params: NoParams) -> Embedding:
        return assemble(
            filename, None, _npy.numeric(_npy.read_array(data, filename), filename), skipped=Skipped(params.skip)
        )

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        return _npy.to_bytes(embedding.vectors)
