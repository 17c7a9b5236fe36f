"""What a browser brought or made and did not save: private to it, bounded, and forgotten when it stays away.

Streamlit's session ends with the tab or a reload. A browser is known here by a cookie with a random
value (see `guard`), so its embeddings outlive a reload and open in its other tabs. They live in the
memory of the server and end with it.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from core.embedding import Embedding
    from dashboard.session import Held

COOKIE = "embedscope_browser"
LIMIT = 12  # embeddings of one browser; the oldest goes first
BYTES = 512 * 2**20  # of one browser
ALL_BYTES = 4 * 2**30  # of all browsers; who was longest away goes first
IDLE = 12 * 3600.0  # seconds
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass
class _Workspace:
    held: dict[str, Held] = field(default_factory=dict)
    seen: float = 0.0


_lock = threading.Lock()
_spaces: dict[str, _Workspace] = {}


def browser() -> str:
    """The cookie of this visitor's browser, or "" where there is none (a page under test)."""
    given = st.context.cookies.get(COOKIE, "")
    return given if isinstance(given, str) and _TOKEN.fullmatch(given) else ""


def look(name: str) -> dict[str, Held]:
    """A copy of what that browser holds, the newest last."""
    with _lock:
        space = _spaces.get(name)
        if space is None:
            return {}
        space.seen = time.monotonic()
        return dict(space.held)


def put(name: str, key: str, held: Held) -> None:
    """Hold one more; the oldest, and browsers that stayed away, make room."""
    with _lock:
        space = _spaces.setdefault(name, _Workspace())
        space.seen = time.monotonic()
        space.held.pop(key, None)
        space.held[key] = held
        trim(space.held)
        for other in [one for one, kept in _spaces.items() if space.seen - kept.seen > IDLE]:
            del _spaces[other]
        by_age = sorted((one for one in _spaces if one != name), key=lambda one: _spaces[one].seen)
        while by_age and sum(weight(kept.held) for kept in _spaces.values()) > ALL_BYTES:
            del _spaces[by_age.pop(0)]


def drop(name: str, key: str) -> None:
    with _lock:
        if name in _spaces:
            _spaces[name].held.pop(key, None)


def trim(held: dict[str, Held]) -> None:
    """Forget the oldest until the rest is within LIMIT and BYTES; the newest always stays."""
    while len(held) > 1 and (len(held) > LIMIT or weight(held) > BYTES):
        held.pop(next(iter(held)))


def weight(held: dict[str, Held]) -> int:
    """Bytes of memory, nearly: the vectors, 64 a label, and pictures."""
    return sum(_bytes(one.embedding) for one in held.values())


def _bytes(embedding: Embedding) -> int:
    pictures = 0 if embedding.pictures is None else len(embedding.pictures.sheet)
    return embedding.vectors.nbytes + 64 * len(embedding) + pictures
