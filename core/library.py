"""Saved embeddings on disk: one folder each, and a catalogue that says what they are.

    folder/catalogue.sqlite            who is there: name, origin, settings, size, date
    folder/embeddings/<id>/            vectors.safetensors, embedding.json (labels, metadata), about.json
    folder/unfinished/                 what is being written or thrown away

The id is the hash of the content, so no path is ever made of a name. Everything that changes files
happens inside one write transaction of the catalogue: of all processes on the folder only one is
there at a time, and what lies in `unfinished` when nobody is there was left by one that died. A
folder is moved into place whole, or away whole; the row follows in the same transaction. Opening
the library mends what a death between the two left: a folder without a row is entered, a row
without a folder is dropped.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core._disk import failures_told, folder_size, sync_folder, write_file
from core.arrays import fingerprint
from core.embedding import Embedding
from core.errors import N_, DataError

DATA_DIR = "EMBEDSCOPE_DATA_DIR"  # the environment variable that moves the data folder
LONGEST_NAME = 200  # characters
_VERSION = 1  # of the catalogue and the files; a newer one is refused
_PATIENCE = 60.0  # seconds to wait while another process saves
_ID = re.compile(r"[0-9a-f]{32}")
_TABLE = """CREATE TABLE IF NOT EXISTS embeddings (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, origin TEXT NOT NULL, settings TEXT NOT NULL,
    rows INTEGER NOT NULL, dim INTEGER NOT NULL, bytes INTEGER NOT NULL, saved REAL NOT NULL)"""
_INSERT = "INSERT OR REPLACE INTO embeddings VALUES (:id, :name, :origin, :settings, :rows, :dim, :bytes, :saved)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One saved embedding: `rows` x `dim` vectors, `bytes` on disk, `saved` in seconds since 1970 (UTC)."""

    id: str
    name: str
    origin: str
    rows: int
    dim: int
    bytes: int
    saved: float
    settings: Mapping[str, Any] = field(default_factory=dict)


def data_folder() -> Path:
    """Where saved work lives: EMBEDSCOPE_DATA_DIR if set, else the user's data folder of this system. Not created here."""
    from platformdirs import user_data_path

    told = os.environ.get(DATA_DIR, "").strip()
    return Path(told).expanduser() if told else user_data_path("embedscope", appauthor=False)


class Library:
    """The saved embeddings of one folder; may be shared by threads and by processes.

    Raises DataError where the folder cannot be used: full, read-only, busy, damaged, or made by a newer version.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self._kept = self.folder / "embeddings"
        self._unfinished = self.folder / "unfinished"
        with failures_told():
            self._kept.mkdir(parents=True, exist_ok=True)
            self._unfinished.mkdir(exist_ok=True)
            with self._look() as catalogue:  # readers read while one writes; the mode stays with the file
                catalogue.execute("PRAGMA journal_mode = WAL")
            with self._change() as (catalogue, _):
                self._migrate(catalogue)
                self._mend(catalogue)

    def save(self, embedding: Embedding, name: str, origin: str = "", settings: Mapping[str, Any] | None = None) -> str:
        """Keep an embedding; returns its id. The same content saved again keeps its id and takes the new description."""
        content = json.dumps({"labels": embedding.labels, "metadata": embedding.metadata}, default=_plain)
        key = _identity(content, embedding.vectors)
        about: dict[str, Any] = {
            "id": key, "version": _VERSION, "saved": time.time(), "rows": len(embedding), "dim": embedding.dim,
            "name": _clean(name), "origin": _text(origin), "settings": json.dumps(dict(settings or {}), default=_plain),
        }  # fmt: skip
        with failures_told(), self._change() as (catalogue, undo):
            if not (self._kept / key).exists():
                undo.callback(shutil.rmtree, self._kept / key, ignore_errors=True)
                self._write(key, embedding, content, about)
            catalogue.execute(_INSERT, {**about, "bytes": folder_size(self._kept / key)})
        return key

    def open(self, key: str) -> Embedding:
        """The embedding of an id. DataError if there is none, or if its files are not what was saved."""
        name = self.entry(key).name
        with failures_told():
            try:
                return _read(self._kept / key, key)
            except FileNotFoundError:
                raise _unknown(key) from None
            except (ValueError, KeyError, TypeError) as error:
                raise DataError(N_("The saved files of {name} are damaged. Delete it and save it again."), name=name) from error  # fmt: skip

    def entries(self, search: str = "") -> list[Entry]:
        """What is saved, the latest first; `search` finds words in name and origin, in any case."""
        with failures_told(), self._look() as catalogue:
            rows = catalogue.execute("SELECT * FROM embeddings ORDER BY saved DESC, id").fetchall()
        words = search.casefold().split()
        found = (_entry(row) for row in rows)
        return [entry for entry in found if all(word in f"{entry.name} {entry.origin}".casefold() for word in words)]

    def entry(self, key: str) -> Entry:
        """What the catalogue says of an id; DataError if there is none."""
        with failures_told(), self._look() as catalogue:
            row = catalogue.execute("SELECT * FROM embeddings WHERE id = ?", (_text(key),)).fetchone()
        if row is None or not _ID.fullmatch(key):
            raise _unknown(key)
        return _entry(row)

    def rename(self, key: str, name: str) -> None:
        """Give an entry another name; its id stays."""
        self.entry(key)
        with failures_told(), self._change() as (catalogue, _):
            catalogue.execute("UPDATE embeddings SET name = ? WHERE id = ?", (_clean(name), key))

    def delete(self, key: str) -> None:
        """Remove an entry and its files."""
        self.entry(key)
        away = self._unfinished / f"{key}.{secrets.token_hex(4)}"
        with failures_told():
            with self._change() as (catalogue, undo):
                with contextlib.suppress(FileNotFoundError):  # another process was faster
                    (self._kept / key).rename(away)
                    undo.callback(away.rename, self._kept / key)
                catalogue.execute("DELETE FROM embeddings WHERE id = ?", (key,))
            shutil.rmtree(away, ignore_errors=True)

    def _write(self, key: str, embedding: Embedding, content: str, about: Mapping[str, Any]) -> None:
        """All files under another name, on the disk for certain, then moved into place in one step."""
        from safetensors.numpy import save

        folder = self._unfinished / f"{key}.{secrets.token_hex(4)}"
        try:
            folder.mkdir()
            write_file(folder / "vectors.safetensors", save({"vectors": embedding.vectors}))
            write_file(folder / "embedding.json", content.encode())
            write_file(folder / "about.json", json.dumps(about).encode())
            sync_folder(folder)
            folder.rename(self._kept / key)
            sync_folder(self._kept)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _migrate(self, catalogue: sqlite3.Connection) -> None:
        version = catalogue.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise DataError(
                N_("The library in {folder} was made by a newer version of Embedscope. Install that version, or choose another data folder."),
                folder=str(self.folder),
            )  # fmt: skip
        if version < _VERSION:
            catalogue.execute(_TABLE)
            catalogue.execute(f"PRAGMA user_version = {_VERSION}")

    def _mend(self, catalogue: sqlite3.Connection) -> None:
        """What a process that died left behind. Nobody else is writing: we hold the catalogue."""
        for left in self._unfinished.iterdir():
            shutil.rmtree(left, ignore_errors=True)
        folders = {path.name for path in self._kept.iterdir() if _ID.fullmatch(path.name)}
        known = {row["id"] for row in catalogue.execute("SELECT id FROM embeddings")}
        for key in known - folders:
            catalogue.execute("DELETE FROM embeddings WHERE id = ?", (key,))
        for key in folders - known:
            with contextlib.suppress(OSError, ValueError, TypeError, sqlite3.Error):  # not one of ours: left alone
                about = json.loads((self._kept / key / "about.json").read_bytes())
                catalogue.execute(_INSERT, {**about, "id": key, "bytes": folder_size(self._kept / key)})

    @contextlib.contextmanager
    def _look(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self.folder / "catalogue.sqlite", timeout=_PATIENCE, isolation_level=None)) as catalogue:  # fmt: skip
            catalogue.row_factory = sqlite3.Row
            yield catalogue

    @contextlib.contextmanager
    def _change(self) -> Iterator[tuple[sqlite3.Connection, contextlib.ExitStack]]:
        """The only writer among all processes, until the end of the block. If the block or its commit fails,
        the catalogue stays as it was and the callbacks given to the second value put the files back."""
        with self._look() as catalogue:
            catalogue.execute("PRAGMA synchronous = FULL")
            catalogue.execute("BEGIN IMMEDIATE")
            undo = contextlib.ExitStack()
            try:
                yield catalogue, undo
                catalogue.execute("COMMIT")
            except BaseException:
                undo.close()
                with contextlib.suppress(sqlite3.Error):  # the first error is the one to tell
                    catalogue.execute("ROLLBACK")
                raise


def _unknown(key: str) -> DataError:
    return DataError(N_("There is no saved embedding {id}; it may have been deleted."), id=_text(key)[:40])


def _read(folder: Path, key: str) -> Embedding:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    content = (folder / "embedding.json").read_text(encoding="utf-8")
    try:
        vectors = load((folder / "vectors.safetensors").read_bytes())["vectors"]
    except SafetensorError as error:
        raise ValueError("not a safetensors file") from error
    if _identity(content, vectors) != key:
        raise ValueError("the content does not match its id")
    held = json.loads(content)
    return Embedding(held["labels"], vectors, held["metadata"])


def _identity(content: str, vectors: np.ndarray[Any, Any]) -> str:
    return fingerprint(content, vectors)


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(**{**dict(row), "settings": json.loads(row["settings"])})


def _clean(name: str) -> str:
    """A name in one line. Raises DataError for an empty or overlong one."""
    one_line = " ".join(_text(name).split())
    if not one_line:
        raise DataError(N_("A saved embedding needs a name; type one."))
    if len(one_line) > LONGEST_NAME:
        raise DataError(N_("The name has {length} characters; at most {limit} fit. Shorten it."), length=len(one_line), limit=LONGEST_NAME)  # fmt: skip
    return one_line


def _text(value: str) -> str:
    """Without halves of characters, which SQLite cannot hold."""
    return value.encode("utf-8", "replace").decode()


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else str(value)
