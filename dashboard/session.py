"""What belongs to one visitor: names of the session keys, and the embeddings brought or made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import workspaces

if TYPE_CHECKING:
    from core.embedding import Embedding

EMBEDDINGS = "es_embeddings"
JOBS = "es_jobs"


@dataclass(frozen=True)
class Held:
    """An embedding of this visitor: what it is called, where it came from, and how it was made."""

    title: str
    embedding: Embedding
    origin: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def embeddings() -> dict[str, Held]:
    """A copy of this visitor's own embeddings by id, the newest last: those of the browser, or of the
    session where the browser is not known."""
    name = workspaces.browser()
    return workspaces.look(name) if name else dict(_of_session())


def keep(embedding: Embedding, title: str, origin: str, settings: Mapping[str, Any] | None = None) -> str:
    """Hold an embedding for this visitor and return its id; the same content has the same id."""
    key, held = f"own-{embedding.content[:12]}", Held(title, embedding, origin, settings or {})
    name = workspaces.browser()
    if name:
        workspaces.put(name, key, held)
        return key
    own = _of_session()
    own.pop(key, None)
    own[key] = held
    workspaces.trim(own)
    return key


def forget(key: str) -> None:
    """Let go of one of this visitor's embeddings."""
    workspaces.drop(workspaces.browser(), key)
    _of_session().pop(key, None)


def weight() -> tuple[int, int]:
    """(bytes that this visitor's own embeddings take, how many they may)."""
    return workspaces.weight(embeddings()), workspaces.BYTES


def _of_session() -> dict[str, Held]:
    held: dict[str, Held] = st.session_state.setdefault(EMBEDDINGS, {})
    return held
