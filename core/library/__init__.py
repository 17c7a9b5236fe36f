"""Saved embeddings on disk: one folder each, and a catalogue that says what they are.

    folder/catalogue.sqlite            who is there: name, origin, settings, size, date, whether thrown away
    folder/embeddings/<id>/            vectors.safetensors, embedding.json (labels, metadata), about.json,
                                       and where there is one: picture.svg, history.npz (of its training)
    folder/unfinished/                 what is being written or removed

The id is the hash of the content, so no path is ever made of a name. Everything that changes files
happens inside one write transaction of the catalogue: of all processes on the folder only one is
there at a time, and what lies in `unfinished` when nobody is there was left by one that died. A
folder is moved into place whole, or away whole; the row follows in the same transaction. Opening
the library mends what a death between the two left: a folder without a row is entered, a row
without a folder is dropped, and its name told once. What was discarded can be brought back for a day, then its files go.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from core._disk import failures_told, folder_size
from core.embedding import Embedding
from core.errors import N_, DataError
from core.library import _catalogue, _files, _workspace
from core.library._catalogue import LONGEST_NAME, Entry, Usage
from core.library._workspace import Packed, read_workspace

__all__ = ["DATA_DIR", "DISCARDED_FOR", "LONGEST_NAME", "QUOTA", "Entry", "Library", "Packed", "Usage", "data_folder", "read_workspace"]  # fmt: skip

DATA_DIR = "EMBEDSCOPE_DATA_DIR"  # the environment variable that moves the data folder
QUOTA = 8 * 1024**3  # bytes on disk, discarded ones included, unless told otherwise
DISCARDED_FOR = 24 * 3600.0  # seconds in which what was discarded can be brought back
_PATIENCE = 60.0  # seconds to wait while another process saves
_ID = re.compile(r"[0-9a-f]{32}")


def data_folder() -> Path:
    """Where saved work lives: EMBEDSCOPE_DATA_DIR if set, else the user's data folder of this system. Not created here."""
    from platformdirs import user_data_path

    told = os.environ.get(DATA_DIR, "").strip()
    return Path(told).expanduser() if told else user_data_path("embedscope", appauthor=False)


class Library:
    """The saved embeddings of one folder; may be shared by threads and by processes.

    Raises DataError where the folder cannot be used: full, read-only, busy, damaged, or made by a newer version.
    """

    def __init__(self, folder: str | os.PathLike[str], quota: int = QUOTA) -> None:
        self.folder, self.quota = Path(folder), quota
        self._kept = self.folder / "embeddings"
        self._unfinished = self.folder / "unfinished"
        with failures_told():
            self._kept.mkdir(parents=True, exist_ok=True)
            self._unfinished.mkdir(exist_ok=True)
            with self._look() as catalogue:  # readers read while one writes; the mode stays with the file
                catalogue.execute("PRAGMA journal_mode = WAL")
            with self._change() as (catalogue, _):
                _catalogue.migrate(catalogue, self.folder)
                self._mend(catalogue)
        self.tidy()

    def save(
        self,
        embedding: Embedding,
        name: str,
        origin: str = "",
        settings: Mapping[str, Any] | None = None,
        picture: bytes = b"",
        saved: float | None = None,
    ) -> str:
        """Keep an embedding, with a small SVG of it; returns its id. `saved`: the date it has, if not that of now. The same content saved again keeps its id
        and takes the new description. Raises DataError when the quota would be passed."""
        content, key = _files.describe(embedding)
        beside = {_files.PICTURE: picture, _files.HISTORY: _files.history_of(embedding)}
        about: dict[str, Any] = {
            "id": key, "version": _catalogue.VERSION, "saved": time.time() if saved is None else saved, "rows": len(embedding), "dim": embedding.dim,
            "name": _catalogue.clean(name), "origin": _catalogue.text(origin), "settings": json.dumps(dict(settings or {}), default=_files.plain),
        }  # fmt: skip
        away = None
        with failures_told(), self._change() as (catalogue, undo):
            if not _files.sound(key, self._kept / key):
                sheet = 0 if embedding.pictures is None else len(embedding.pictures.sheet)
                self._check_room(catalogue, embedding.vectors.nbytes + sheet + len(content) + sum(map(len, beside.values())))  # fmt: skip
                away = self._put_away(key, undo)  # what is damaged is replaced
                undo.callback(shutil.rmtree, self._kept / key, ignore_errors=True)
                _files.write(self._kept, self._unfinished, embedding, content, about, beside)
            catalogue.execute(_catalogue.INSERT, {**about, "bytes": folder_size(self._kept / key)})
            if away is None:
                self._describe(catalogue, key, undo)
        if away is not None:
            shutil.rmtree(away, ignore_errors=True)
        return key

    def open(self, key: str) -> Embedding:
        """The embedding of an id. DataError if there is none, or if its files are not what was saved."""
        name = self.entry(key).name
        with failures_told():
            try:
                folder = self._kept / key
                embedding = _files.read(key, folder)
                history = folder / _files.HISTORY
                return _files.give_history(embedding, history.read_bytes() if history.exists() else None, name)
            except _files.DAMAGED as error:
                self.entry(key)  # unless it was deleted since
                raise DataError(N_("The saved files of {name} are damaged or missing. Delete it on the Library page, or bring it again and save it."), name=name) from error  # fmt: skip

    def picture(self, key: str) -> bytes:
        """The small SVG saved with an embedding; b"" where there is none."""
        if not _ID.fullmatch(key):
            return b""
        with contextlib.suppress(OSError):
            return (self._kept / key / _files.PICTURE).read_bytes()
        return b""

    def entries(self, search: str = "", *, discarded: bool = False, said: Callable[[str], str] = str) -> list[Entry]:
        """What is saved, the latest first; `search` finds words in name and origin, in any case, and in the origin as it is `said`.
        `discarded`: what was thrown away and can be brought back, instead."""
        kind = "NOT NULL" if discarded else "NULL"
        with failures_told(), self._look() as catalogue:
            rows = catalogue.execute(
                f"SELECT * FROM embeddings WHERE discarded IS {kind} ORDER BY saved DESC, id"  # noqa: S608  two constants
            ).fetchall()
        words = search.casefold().split()
        found = (_catalogue.entry_of(row) for row in rows)
        return [
            entry
            for entry in found
            if all(word in f"{entry.name} {entry.origin} {said(entry.origin)}".casefold() for word in words)
        ]

    def entry(self, key: str) -> Entry:
        """What the catalogue says of an id; DataError if there is none in use."""
        with failures_told(), self._look() as catalogue:
            row = catalogue.execute("SELECT * FROM embeddings WHERE id = ?", (_catalogue.text(key),)).fetchone()
        if row is None or row["discarded"] is not None or not _ID.fullmatch(key):
            raise _unknown(key)
        return _catalogue.entry_of(row)

    def usage(self) -> Usage:
        """Bytes and counts, of what is saved and of what was discarded."""
        with failures_told(), self._look() as catalogue:
            used = _catalogue.used(catalogue)
        return Usage(*used[0], *used[1], self.quota)

    def rename(self, key: str, name: str) -> None:
        """Give an entry another name, in its folder too; its id stays."""
        self.entry(key)
        with failures_told(), self._change() as (catalogue, undo):
            catalogue.execute("UPDATE embeddings SET name = ? WHERE id = ?", (_catalogue.clean(name), key))
            self._describe(catalogue, key, undo)

    def discard(self, key: str) -> None:
        """Throw an entry away; for DISCARDED_FOR seconds `restore` brings it back."""
        self.entry(key)
        with failures_told(), self._change() as (catalogue, _):
            catalogue.execute("UPDATE embeddings SET discarded = ? WHERE id = ?", (time.time(), key))

    def restore(self, key: str) -> None:
        """Bring back what was discarded. DataError if it is gone."""
        with failures_told(), self._change() as (catalogue, _):
            found = catalogue.execute("UPDATE embeddings SET discarded = NULL WHERE id = ?", (_catalogue.text(key),))
        if not found.rowcount:
            raise _unknown(key)

    def delete(self, key: str) -> None:
        """Remove an entry and its files for good."""
        self.entry(key)
        self._remove(key)

    def tidy(self, older: float = DISCARDED_FOR) -> int:
        """Remove for good what was discarded more than `older` seconds ago; returns how many."""
        late = [entry for entry in self.entries(discarded=True) if (entry.discarded or 0.0) <= time.time() - older]
        for entry in late:
            self._remove(entry.id)
        return len(late)

    def lost(self) -> list[str]:
        """The names of those that were dropped when the library was opened, because their folders were gone."""
        with failures_told(), self._look() as catalogue:
            rows = catalogue.execute("SELECT name FROM lost WHERE id NOT IN (SELECT id FROM embeddings) ORDER BY name").fetchall()  # fmt: skip
        return [row["name"] for row in rows]

    def damaged(self) -> list[Entry]:
        """Those in use whose files are missing or cut short, as far as can be seen without reading them."""
        return [one for one in self.entries() if not _files.present(self._kept / one.id, one.rows, one.dim)]

    def forget_lost(self) -> None:
        """The names of what was lost were read; they need not be told again."""
        with failures_told(), self._change() as (catalogue, _):
            catalogue.execute("DELETE FROM lost")

    def pack(self) -> bytes:
        """Everything that is saved as one zip, which `add` takes on another server, without what is `damaged`. DataError when
        it would be too large."""
        out = {one.id for one in self.damaged()}
        with failures_told():
            return _workspace.pack(self._kept, [one for one in self.entries() if one.id not in out])

    def add(self, packed: Packed, picture: bytes = b"") -> str:
        """Save what `read_workspace` found in a zip, under its own name and date, and return its id."""
        return self.save(packed.embedding, packed.name, packed.origin, packed.settings, picture, packed.saved)

    def _remove(self, key: str) -> None:
        with failures_told():
            with self._change() as (catalogue, undo):
                away = self._put_away(key, undo)
                _catalogue.drop(catalogue, key, lost=False)
            shutil.rmtree(away, ignore_errors=True)

    def _describe(self, catalogue: sqlite3.Connection, key: str, undo: contextlib.ExitStack) -> None:
        """Let the folder of an entry say what its row says, for the day when the catalogue is lost."""
        row = catalogue.execute("SELECT * FROM embeddings WHERE id = ?", (key,)).fetchone()
        with contextlib.suppress(FileNotFoundError):  # the folder is damaged; the row still says it
            about = json.dumps({"version": _catalogue.VERSION, **dict(row)}).encode()
            before = _files.describe_anew(self._kept / key, self._unfinished, about)
            undo.callback(_files.describe_anew, self._kept / key, self._unfinished, before)
            size = folder_size(self._kept / key)
            catalogue.execute("UPDATE embeddings SET bytes = ? WHERE id = ?", (size, key))

    def _put_away(self, key: str, undo: contextlib.ExitStack) -> Path:
        """Move the folder of an entry out of sight, if it is there; where to."""
        away = self._unfinished / f"{key}.{secrets.token_hex(4)}"
        with contextlib.suppress(FileNotFoundError):  # another process was faster
            (self._kept / key).rename(away)
            undo.callback(away.rename, self._kept / key)
        return away

    def _check_room(self, catalogue: sqlite3.Connection, needed: int) -> None:
        (_, saved), (_, discarded) = _catalogue.used(catalogue)
        if saved + discarded + needed > self.quota:
            raise DataError(
                N_("The library holds {used} MB of the {quota} MB that it may, and this needs {needed} MB more. Delete something and empty the bin, or start the server with a larger --quota."),
                used=_megabytes(saved + discarded), quota=f"{self.quota / 2**20:g}", needed=_megabytes(needed),
            )  # fmt: skip

    def _mend(self, catalogue: sqlite3.Connection) -> None:
        """What a process that died left behind. Nobody else is writing: we hold the catalogue."""
        leaving = {path.name.partition(".")[0] for path in self._unfinished.iterdir()}  # what was being deleted
        for left in self._unfinished.iterdir():
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
        folders = {path.name for path in self._kept.iterdir() if _ID.fullmatch(path.name)}
        known = {row["id"] for row in catalogue.execute("SELECT id FROM embeddings")}
        for key in known - folders:
            _catalogue.drop(catalogue, key, lost=key not in leaving)
        for key in folders - known:
            with contextlib.suppress(*_files.DAMAGED):  # not one of ours: left alone
                about = _files.about(key, self._kept / key)
                catalogue.execute(_catalogue.INSERT, {**about, "id": key, "bytes": folder_size(self._kept / key)})

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


def _megabytes(count: int) -> str:
    """Bytes in MB, rounded up, so that what does not fit does not fit as it is told either."""
    return f"{math.ceil(10 * count / 2**20) / 10:g}"


def _unknown(key: str) -> DataError:
    return DataError(N_("There is no saved embedding {id}; it may have been deleted."), id=_catalogue.text(key)[:40])
