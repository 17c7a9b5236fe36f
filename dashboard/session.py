"""What belongs to one visitor: names of the session keys, and the embeddings brought or made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from core.embedding import Embedding

EMBEDDINGS = "es_embeddings"
JOBS = "es_jobs"
LIMIT = 12  # embeddings held for one visitor; the oldest goes first


@dataclass(frozen=True)
class Held:
    """An embedding of this visitor: what it is called, where it came from, and how it was made."""

    title: str
    embedding: Embedding
    origin: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def embeddings() -> dict[str, Held]:
    """This visitor's own embeddings by id, the newest last."""
    held: dict[str, Held] = st.session_state.setdefault(EMBEDDINGS, {})
    return held


def keep(embedding: Embedding, title: str, origin: str, settings: Mapping[str, Any] | None = None) -> str:
    """Hold an embedding for this visitor and return its id; the same content has the same id."""
    held = embeddings()
    name = f"own-{embedding.fingerprint[:12]}"
    held.pop(name, None)
    held[name] = Held(title, embedding, origin, settings or {})
    while len(held) > LIMIT:
        held.pop(next(iter(held)))
    return name
