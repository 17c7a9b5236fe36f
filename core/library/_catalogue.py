"""The catalogue of a library: its table, what a row says, and what a name may be."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import N_, DataError

LONGEST_NAME = 200  # characters
VERSION = 2  # of the catalogue and the files; an older one is migrated, a newer one is refused
_LATEST = 32_503_680_000.0  # the year 3000, in seconds since 1970: later ones are no dates on every system
_TURNING = re.compile(
    "[\u202a-\u202e\u2066-\u2069]"
)  # marks that turn what follows, so that a name would read otherwise
_TABLE = """CREATE TABLE IF NOT EXISTS embeddings (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, origin TEXT NOT NULL, settings TEXT NOT NULL,
    rows INTEGER NOT NULL, dim INTEGER NOT NULL, bytes INTEGER NOT NULL, saved REAL NOT NULL)"""
_LOST = "CREATE TABLE IF NOT EXISTS lost (id TEXT PRIMARY KEY, name TEXT NOT NULL)"  # rows whose folder was gone
INSERT = """INSERT OR REPLACE INTO embeddings (id, name, origin, settings, rows, dim, bytes, saved, discarded)
    VALUES (:id, :name, :origin, :settings, :rows, :dim, :bytes, :saved, NULL)"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One saved embedding: `rows` x `dim` vectors, `bytes` on disk, `saved` in seconds since 1970 (UTC);
    `discarded` likewise, None for what is in use."""

    id: str
    name: str
    origin: str
    rows: int
    dim: int
    bytes: int
    saved: float
    settings: Mapping[str, Any] = field(default_factory=dict)
    discarded: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a library holds: `saved` and `discarded` bytes of `entries` and `thrown` embeddings, of `quota` bytes."""

    entries: int
    saved: int
    thrown: int
    discarded: int
    quota: int


def migrate(catalogue: sqlite3.Connection, folder: Path) -> None:
    version = catalogue.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise DataError(
            N_("The library in {folder} was made by a newer version of Embedscope. Install that version, or choose another data folder."),
            folder=str(folder),
        )  # fmt: skip
    if version < VERSION:  # in the transaction of the caller: an old catalogue stays whole until the new one is
        catalogue.execute(_TABLE)
        catalogue.execute("ALTER TABLE embeddings ADD COLUMN discarded REAL")
        catalogue.execute(f"PRAGMA user_version = {VERSION}")
    catalogue.execute(_LOST)  # versions that do not know it leave it alone


def drop(catalogue: sqlite3.Connection, key: str, *, lost: bool) -> None:
    """Take a row out; where its files are lost, and not thrown away, its name is kept to be told."""
    if lost:
        catalogue.execute("INSERT OR REPLACE INTO lost SELECT id, name FROM embeddings WHERE id = ? AND discarded IS NULL", (key,))  # fmt: skip
    catalogue.execute("DELETE FROM embeddings WHERE id = ?", (key,))


def used(catalogue: sqlite3.Connection) -> list[tuple[int, int]]:
    """[(count, bytes) in use, (count, bytes) discarded]."""
    ask = "SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM embeddings WHERE discarded IS "
    return [tuple(catalogue.execute(ask + kind).fetchone()) for kind in ("NULL", "NOT NULL")]


def entry_of(row: sqlite3.Row) -> Entry:
    return Entry(**{**dict(row), "settings": settings_in(row["settings"])})


def settings_in(told: object) -> dict[str, Any]:
    """Settings written as JSON; {} for anything else."""
    try:
        found = json.loads(told) if isinstance(told, str) else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def row_of(about: Mapping[str, Any]) -> dict[str, Any]:
    """What a description by somebody else says, as values of a row. ValueError, KeyError or TypeError where that is nonsense."""
    rows, dim, saved = int(about["rows"]), int(about["dim"]), float(about["saved"])
    if min(rows, dim) < 1 or not 0 <= saved <= _LATEST:
        raise ValueError("not the description of an embedding")
    name, origin, settings = clean(str(about["name"])), text(str(about["origin"])), settings_in(about["settings"])
    return {"name": name, "origin": origin, "settings": json.dumps(settings), "rows": rows, "dim": dim, "saved": saved}


def clean(name: str) -> str:
    """A name in one line that reads as it is written. Raises DataError for an empty or overlong one."""
    one_line = " ".join(_TURNING.sub("", text(name)).split())
    if not one_line:
        raise DataError(N_("A saved embedding needs a name; type one."))
    if len(one_line) > LONGEST_NAME:
        raise DataError(N_("The name has {length} characters; at most {limit} fit. Shorten it."), length=len(one_line), limit=LONGEST_NAME)  # fmt: skip
    return one_line


def text(value: str) -> str:
    """Without halves of characters, which SQLite cannot hold."""
    return value.encode("utf-8", "replace").decode()
