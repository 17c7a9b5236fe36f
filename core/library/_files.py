"""The files of one saved embedding: how they are written, read and known by their content."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core._disk import sync_folder, write_file
from core.arrays import FloatArray, fingerprint
from core.embedding import Embedding

VECTORS, CONTENT, ABOUT, PICTURE = "vectors.safetensors", "embedding.json", "about.json", "picture.svg"


def describe(embedding: Embedding) -> tuple[str, str]:
    """(labels and metadata as JSON, the id: a hash of that and of the vectors)."""
    content = json.dumps({"labels": embedding.labels, "metadata": embedding.metadata}, default=plain)
    return content, fingerprint(content, embedding.vectors)


def write(kept: Path, scratch: Path, embedding: Embedding, content: str, about: Mapping[str, Any], picture: bytes) -> None:  # fmt: skip
    """All files under another name, on the disk for certain, then moved into place in one step."""
    folder = scratch / f"{about['id']}.{secrets.token_hex(4)}"
    try:
        folder.mkdir()
        write_file(folder / VECTORS, _vectors_to_bytes(embedding.vectors))
        write_file(folder / CONTENT, content.encode())
        write_file(folder / ABOUT, json.dumps(about).encode())
        if picture:
            write_file(folder / PICTURE, picture)
        sync_folder(folder)
        folder.rename(kept / about["id"])
        sync_folder(kept)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read(key: str, content: bytes, vectors: bytes) -> Embedding:
    """The embedding of these two files. ValueError, KeyError or TypeError where they are not what was saved."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    text = content.decode()
    try:
        table = load(vectors)["vectors"]
    except SafetensorError as error:
        raise ValueError("not a safetensors file") from error
    if fingerprint(text, table) != key:
        raise ValueError("the content does not match its id")
    held = json.loads(text)
    return Embedding(held["labels"], table, held["metadata"])


def plain(value: object) -> object:
    """What JSON can hold of a value: numbers of NumPy as Python's, everything else as text."""
    return value.item() if isinstance(value, np.generic) else str(value)


def _vectors_to_bytes(vectors: FloatArray) -> bytes:
    from safetensors.numpy import save

    return save({"vectors": vectors})
