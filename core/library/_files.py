"""The files of one saved embedding: how they are written, read and known by their content."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core._disk import sync_folder, write_file
from core.arrays import FILED, Filed, fingerprint
from core.embedding import Embedding
from core.errors import DataError
from core.library import _catalogue
from core.notes import Note
from core.pictures import Pictures

VECTORS, CONTENT, ABOUT, PICTURE, HISTORY = "vectors.safetensors", "embedding.json", "about.json", "picture.svg", "history.npz"  # fmt: skip
# What reading raises of files that are not what was saved, or not there.
DAMAGED = (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)  # fmt: skip
_SHEET, _LAID = (
    "pictures",
    "pictures_laid",
)  # beside the vectors: a sheet of small pictures, and [height, width, columns]


def describe(embedding: Embedding) -> tuple[str, str]:
    """(labels and metadata as JSON, the id: a hash of that and of the vectors)."""
    content = json.dumps({"labels": embedding.labels, "metadata": embedding.metadata}, default=plain)
    return content, fingerprint(content, embedding.vectors)


def write(kept: Path, scratch: Path, embedding: Embedding, content: str, about: Mapping[str, Any], beside: Mapping[str, bytes]) -> None:  # fmt: skip
    """All files under another name, on the disk for certain, then moved into place in one step. `beside`: name -> bytes of what else there is."""
    folder = scratch / f"{about['id']}.{secrets.token_hex(4)}"
    try:
        folder.mkdir()
        write_file(folder / VECTORS, _vectors_to_bytes(embedding))
        write_file(folder / CONTENT, content.encode())
        write_file(folder / ABOUT, json.dumps(about).encode())
        for name, extra in beside.items():
            if extra:
                write_file(folder / name, extra)
        sync_folder(folder)
        folder.rename(kept / about["id"])
        sync_folder(kept)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def describe_anew(folder: Path, scratch: Path, about: bytes) -> bytes:
    """Put another description in the place of the one in that folder, in one step; returns the one before. FileNotFoundError
    where there is none."""
    before, new = (folder / ABOUT).read_bytes(), scratch / f"about.{secrets.token_hex(4)}"
    try:
        write_file(new, about)
        new.replace(folder / ABOUT)
        sync_folder(folder)
    finally:
        new.unlink(missing_ok=True)
    return before


def sound(key: str, folder: Path) -> bool:
    """Whether what is in that folder is what was saved under that id."""
    try:
        read(key, folder)
    except DAMAGED:
        return False
    return True


def present(folder: Path, rows: int, dim: int) -> bool:
    """Whether the files are there and as long as they must be at least, which is seen without reading them."""
    try:
        return (folder / CONTENT).stat().st_size > 0 and (folder / VECTORS).stat().st_size >= 4 * rows * dim
    except OSError:
        return False


def about(key: str, folder: Path) -> dict[str, Any]:
    """The description in that folder as values of a row; where it is damaged, what the other files tell. One of DAMAGED where
    they are damaged too."""
    try:
        return _catalogue.row_of(json.loads((folder / ABOUT).read_bytes()))
    except DAMAGED:
        embedding = read(key, folder)
        told = {"name": key[:12], "origin": "", "settings": "{}", "saved": folder.stat().st_mtime}
        return {**told, "rows": len(embedding), "dim": embedding.dim}


def read(key: str, folder: Path) -> Embedding:
    """The embedding whose files are in that folder. OSError where they are not there."""
    path = folder / VECTORS
    vectors = path.read_bytes()
    embedding = unpack(key, (folder / CONTENT).read_bytes(), vectors)
    FILED.keep(embedding.vectors, Filed(str(path), _offset(vectors), "<f4", embedding.vectors.shape))
    return embedding


def _offset(vectors: bytes) -> int:
    """Where in a safetensors file the vectors begin, in bytes."""
    start = 8 + int.from_bytes(vectors[:8], "little")
    return start + int(json.loads(vectors[8:start])["vectors"]["data_offsets"][0])


def unpack(key: str, content: bytes, vectors: bytes) -> Embedding:
    """The embedding of these two files. ValueError, KeyError or TypeError where they are not what was saved.

    Its content is held against its id while it is put together, and its identity is found at the same time.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    text = content.decode()
    try:
        tables = load(vectors)
    except SafetensorError as error:
        raise ValueError("not a safetensors file") from error
    table = tables["vectors"]
    with ThreadPoolExecutor(1) as beside:
        found = beside.submit(fingerprint, text, table)
        held = json.loads(text)
        embedding = Embedding(held["labels"], table, held["metadata"])
        known = beside.submit(lambda: embedding.fingerprint)
        if found.result() != key:
            raise ValueError("the content does not match its id")
        known.result()
    if _SHEET in tables:
        high, wide, columns = tables[_LAID].tolist()
        embedding.pictures = Pictures(tables[_SHEET].tobytes(), (high, wide), columns, len(embedding))
    return embedding


def history_of(embedding: Embedding) -> bytes:
    """What its training left behind, to be kept beside it; b"" where there was none."""
    if getattr(embedding.history, "objective", None) is None:
        return b""
    from core.training.keeping import history_to_bytes

    return history_to_bytes(embedding.history)


def give_history(embedding: Embedding, data: bytes | None, name: str) -> Embedding:
    """The embedding with the history that was kept beside it; a damaged one is left out and noted."""
    if data:
        from core.training.keeping import history_from_bytes

        try:
            embedding.history = history_from_bytes(data, name, len(embedding))
        except DataError as error:
            embedding.notes.append(Note(error.template, error.values))
    return embedding


def plain(value: object) -> object:
    """What JSON can hold of a value: numbers of NumPy as Python's, everything else as text."""
    return value.item() if isinstance(value, np.generic) else str(value)


def _vectors_to_bytes(embedding: Embedding) -> bytes:
    from safetensors.numpy import save

    tables: dict[str, NDArray[Any]] = {"vectors": embedding.vectors}
    pictures = embedding.pictures
    if pictures is not None:
        tables |= {
            _SHEET: np.frombuffer(pictures.sheet, np.uint8),
            _LAID: np.array([*pictures.tile, pictures.columns], np.int64),
        }
    return bytes(save(tables))
