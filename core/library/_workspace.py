"""A whole library as one zip: what it holds is checked piece by piece, and nothing of it becomes a path.

embedscope.json                    {"embedscope": 1, "entries": [{"id", "name", "origin", "settings", "saved"}, ...]}, the latest first
<id>/vectors.safetensors           as in the library; the id is the hash of the two
<id>/embedding.json
<id>/history.npz                    where it was trained
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import _archive, _clock
from core.embedding import Embedding
from core.errors import N_, DataError
from core.library import _files

if TYPE_CHECKING:
    from core.library import Entry

INDEX = "embedscope.json"
MOST_ENTRIES = 500
LARGEST = 1024**3  # bytes of a zip, packed and unpacked


@dataclass(frozen=True, slots=True)
class Packed:
    """One embedding of a workspace file, with its description; `saved` in seconds since 1970, None where the file does not say."""

    name: str
    origin: str
    settings: Mapping[str, Any]
    embedding: Embedding
    saved: float | None = None


def pack(kept: Path, entries: Sequence[Entry]) -> bytes:
    """The zip of these entries. DataError above MOST_ENTRIES or LARGEST."""
    if len(entries) > MOST_ENTRIES or sum(entry.bytes for entry in entries) > LARGEST:
        raise DataError(
            N_("A workspace file holds at most {most} embeddings and {limit} MB; this library has more. Delete what is not needed, or copy the data folder."),
            most=MOST_ENTRIES, limit=LARGEST // 2**20,
        )  # fmt: skip
    abouts = [
        {"id": one.id, "name": one.name, "origin": one.origin, "settings": dict(one.settings), "saved": one.saved}
        for one in entries
    ]
    members = {INDEX: json.dumps({"embedscope": 1, "entries": abouts}, ensure_ascii=False, indent=1).encode()}
    for entry in entries:
        for file in (_files.CONTENT, _files.VECTORS, _files.HISTORY):
            if (kept / entry.id / file).is_file():  # what is missing is named where the file comes in
                members[f"{entry.id}/{file}"] = (kept / entry.id / file).read_bytes()
    return _archive.pack(members, squeeze=False)


def read_workspace(data: bytes, filename: str, seconds: float = _clock.LONGEST) -> tuple[list[Packed], list[str]]:
    """(what a workspace file holds, the earliest first, the names of entries that are damaged). DataError for a file that is none, and for
    one that takes longer than `seconds`."""
    if len(data) > LARGEST:
        raise DataError(N_("{file} has {size} MB; at most {limit} MB are read. Take a part of the rows, or a binary format."), file=filename, size=len(data) // 2**20, limit=LARGEST // 2**20)  # fmt: skip
    if not data.startswith(_archive.MAGIC):
        raise _foreign(filename)
    bounds = _archive.Bounds(members=3 * MOST_ENTRIES + 1, total=LARGEST, flat=False)
    with _clock.limited(filename, seconds):
        members = _archive.read_members(data, filename, bounds)
        return _entries(members, filename)


def _entries(members: Mapping[str, bytes], filename: str) -> tuple[list[Packed], list[str]]:
    found, damaged = [], []
    for about in _index(members, filename):
        _clock.check()
        name = str(about.get("name", ""))[:200]
        key, settings = str(about.get("id", "")), about.get("settings")
        try:
            embedding = _files.unpack(key, members[f"{key}/{_files.CONTENT}"], members[f"{key}/{_files.VECTORS}"])
        except _files.DAMAGED:
            damaged.append(name or key[:32])
            continue
        _files.give_history(embedding, members.get(f"{key}/{_files.HISTORY}"), name)
        found.append(Packed(name or key, str(about.get("origin", ""))[:1000], settings if isinstance(settings, dict) else {}, embedding, _date(about.get("saved"))))  # fmt: skip
    return found[::-1], damaged


def _date(told: object) -> float | None:
    """A date in the past that the file gives; None for anything else."""
    return told if isinstance(told, float) and 0 <= told <= time.time() else None


def _index(members: Mapping[str, bytes], filename: str) -> list[dict[str, Any]]:
    try:
        index = json.loads(members.get(INDEX, b""))
        entries = index["entries"]
        known = index["embedscope"] == 1
    except (ValueError, KeyError, TypeError, RecursionError):
        entries, known = None, False
    if not known or not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        raise _foreign(filename)
    return [entry for entry in entries if isinstance(entry, dict)]


def _foreign(filename: str) -> DataError:
    return DataError(N_("{file} is no workspace of Embedscope: choose a file that was made by Export here."), file=filename)  # fmt: skip
