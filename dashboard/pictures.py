"""A quick flat picture of any embedding: PCA of its first rows, made once and held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import jobs
from dashboard.components.plot import hold
from dashboard.i18n import _, language

if TYPE_CHECKING:
    from core.arrays import FloatArray
    from core.embedding import Embedding

MOST = 5_000  # points of a small map


@dataclass(frozen=True)
class Picture:
    """The address of a board and the rows of the embedding that its points stand for."""

    url: str
    rows: Sequence[int]


def flat(embedding: Embedding, slot: str) -> Picture:
    """The PCA of the embedding in two dimensions; shows progress and stops the page until it is there."""
    rows = range(min(len(embedding), MOST))
    held: dict[tuple[str, str], Picture] = st.session_state.setdefault("es_pictures", {})
    key = (embedding.content, language())
    if key not in held:
        shown = embedding if len(embedding) <= MOST else embedding.take(list(rows))
        projected = jobs.result(f"{slot}_flat", "project", shown.vectors, "pca", 2, 0, {}, measure=False)
        while len(held) >= 8:
            held.pop(next(iter(held)))
        held[key] = Picture(_draw(shown, projected.coordinates), rows)
    return held[key]


def _draw(embedding: Embedding, coordinates: FloatArray) -> str:
    from core.figures.board import Board
    from core.figures.maps import embedding_map

    classes = embedding.metadata.get("class")
    return hold(
        Board(
            panels=[
                embedding_map(
                    coordinates, embedding.labels, classes=classes, others=_("others"), none=_("no class"), height=560
                )
            ]
        )
    )
