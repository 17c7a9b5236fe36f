"""safetensors: a tensor "vectors", with labels and metadata as JSON in the header.

Read and written here and not by the package of that name, which orders the header at random and
does not give the metadata of bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats._assemble import (
    assemble,
    labels_from_json,
    load_json,
    metadata_from_json,
    metadata_to_json,
    no_single_table,
    settings_to_json,
)
from core.formats._base import FORMATS, Format, NoParams
from core.formats._skipped import Skipped

_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"}  # fmt: skip
_LARGEST_HEADER = 256 * 1024**2  # bytes: two million labels fit


@FORMATS.register(
    "safetensors",
    title=N_("safetensors"),
    params=NoParams,
    about=N_("One tensor named vectors, with labels and metadata in its header; exact, fast and safe to open."),
    rank=13,
)
class Safetensors(Format):
    extensions = (".safetensors",)
    keeps_metadata = True
    keeps_settings = True

    @staticmethod
    def claims(data: bytes) -> bool:
        size = int.from_bytes(data[:8], "little")
        return data[8:9] == b"{" and 2 <= size <= len(data) - 8

    @staticmethod
    def read(data: bytes, filename: str, params: NoParams) -> Embedding:
        header, body = _header(data, filename)
        described = header.pop("__metadata__", {})
        tables = {name: entry for name, entry in header.items() if _is_table(entry)}
        if "vectors" not in tables and len(tables) != 1:
            raise no_single_table(
                filename, [f"{name} {entry['shape']}" for name, entry in tables.items()], list(header)
            )
        vectors = _tensor(tables.get("vectors", next(iter(tables.values()))), body, filename)
        texts = described if isinstance(described, dict) else {}
        labels = labels_from_json(filename, texts["labels"]) if "labels" in texts else None
        metadata = metadata_from_json(filename, texts.get("metadata", "{}"), len(vectors))
        return assemble(filename, labels, vectors, metadata, skipped=Skipped(params.skip))

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        return Safetensors.write_with(embedding, {})

    @staticmethod
    def write_with(embedding: Embedding, about: Mapping[str, Any]) -> bytes:
        vectors = embedding.vectors.astype("<f4", copy=False)
        texts = {"labels": json.dumps(embedding.labels), "metadata": metadata_to_json(embedding.metadata)}
        texts |= {"embedscope": settings_to_json(about)} if about else {}
        entry = {"dtype": "F32", "shape": list(vectors.shape), "data_offsets": [0, vectors.nbytes]}
        header = json.dumps({"__metadata__": texts, "vectors": entry}).encode()
        header += b" " * (-len(header) % 8)  # the numbers start at a multiple of 8
        return len(header).to_bytes(8, "little") + header + vectors.tobytes()


def _header(data: bytes, filename: str) -> tuple[dict[str, Any], memoryview]:
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(len(data) - 8, _LARGEST_HEADER):
        raise DataError(N_("The header of {file} is longer than the file. It is cut off or damaged; fetch it again."), file=filename)  # fmt: skip
    header = load_json(filename, data[8 : 8 + size])
    if not isinstance(header, dict):
        raise DataError(N_("A part of {file} that should be JSON is not; the file is damaged."), file=filename)
    return header, memoryview(data)[8 + size :]


def _is_table(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("shape"), list) and len(entry["shape"]) == 2 and entry.get("dtype") in _DTYPES  # fmt: skip


def _tensor(entry: dict[str, Any], body: memoryview, filename: str) -> NDArray[Any]:
    dtype = np.dtype(_DTYPES[entry["dtype"]])
    shape, offsets = entry["shape"], entry.get("data_offsets")
    placed = isinstance(offsets, list) and len(offsets) == 2 and all(type(n) is int and n >= 0 for n in [*shape, *offsets])  # fmt: skip
    begin, end = (offsets[0], offsets[1]) if isinstance(offsets, list) and placed else (0, -1)
    if end > len(body) or end - begin != math.prod(shape) * dtype.itemsize:
        raise DataError(N_("The header of {file} places its numbers outside the file. It is cut off or damaged; fetch it again."), file=filename)  # fmt: skip
    flat = np.frombuffer(body[begin:end], dtype=dtype)
    if entry["dtype"] == "BF16":  # the upper half of a float32
        flat = (flat.astype("<u4") << 16).view("<f4")
    return flat.reshape(shape)
