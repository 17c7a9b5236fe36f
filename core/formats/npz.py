"""NumPy .npz: arrays "vectors" (n, d) and "labels" (n,), and the metadata as the bytes of its JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import _archive
from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats import _npy
from core.formats._assemble import (
    assemble,
    decoded,
    encodable,
    metadata_from_json,
    metadata_to_json,
    no_single_table,
)
from core.formats._base import FORMATS, Format, NoParams
from core.formats._limits import LARGEST_ARRAY
from core.formats._skipped import Skipped
from core.notes import Note

_VECTORS = ("vectors", "embeddings", "embedding", "arr_0", "X", "x")
_METADATA = "metadata_json"


@FORMATS.register(
    "npz",
    title=N_("NumPy arrays (.npz)"),
    params=NoParams,
    about=N_("Two arrays, vectors and labels, and the metadata; exact, and opened with numpy.load."),
    rank=11,
)
class Npz(Format):
    extensions = (".npz",)
    keeps_metadata = True

    @staticmethod
    def claims(data: bytes) -> bool:
        names = _archive.member_names(data) if data.startswith(_archive.MAGIC) else []
        return any(name.endswith(".npy") for name in names)

    @staticmethod
    def read(data: bytes, filename: str, params: NoParams) -> Embedding:
        members = _archive.read_members(data, filename)
        arrays = {
            name.removesuffix(".npy"): _npy.read_array(content, f"{filename}: {name}")
            for name, content in members.items()
            if name.endswith(".npy")
        }
        vectors = _npy.numeric(_pick_vectors(arrays, filename), filename)
        labels, notes = _pick_labels(arrays, len(vectors), filename)
        stored = arrays.get(_METADATA)
        if stored is None or stored.dtype != np.uint8:
            return assemble(filename, labels, vectors, notes=notes, skipped=Skipped(params.skip))
        metadata = metadata_from_json(filename, stored.tobytes(), len(vectors))
        return assemble(filename, labels, vectors, metadata, notes, skipped=Skipped(params.skip))

    @staticmethod
    def check(embedding: Embedding) -> None:
        longest = max(map(len, embedding.labels))
        if 4 * longest * len(embedding) > LARGEST_ARRAY // 2:  # NumPy gives each label the room of the longest
            raise DataError(N_("A label of {length} characters makes this format too large; choose Parquet or safetensors."), length=longest)  # fmt: skip

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        Npz.check(embedding)
        arrays: dict[str, NDArray[Any]] = {
            "vectors": embedding.vectors,
            "labels": np.array(encodable(embedding.labels), dtype=np.str_),
        }
        if embedding.metadata:
            arrays[_METADATA] = np.frombuffer(metadata_to_json(embedding.metadata).encode(), dtype=np.uint8)
        return _archive.pack({f"{name}.npy": _npy.to_bytes(array) for name, array in arrays.items()}, squeeze=False)


def _pick_vectors(arrays: dict[str, NDArray[Any]], filename: str) -> NDArray[Any]:
    tables = {name: array for name, array in arrays.items() if array.ndim == 2 and array.dtype.kind in "fiub"}
    for name in _VECTORS:
        if name in tables:
            return tables[name]
    if len(tables) == 1:
        return next(iter(tables.values()))
    shapes = {name: f"{name} {array.shape}" for name, array in arrays.items()}
    raise no_single_table(filename, [shapes[name] for name in tables], list(shapes.values()))


def _pick_labels(arrays: dict[str, NDArray[Any]], rows: int, filename: str) -> tuple[list[str] | None, list[Note]]:
    """Texts, or bytes of UTF-8."""
    texts = {name: array for name, array in arrays.items() if array.dtype.kind in "US" and array.shape == (rows,)}
    chosen = texts.get("labels", next(iter(texts.values()), None))
    if chosen is None:
        return None, []
    try:
        return decoded(map(bytes, chosen)) if chosen.dtype.kind == "S" else ([str(label) for label in chosen], [])
    except ValueError as error:  # 32-bit values beyond Unicode
        raise DataError(N_("The labels of {file} are not text."), file=filename) from error
