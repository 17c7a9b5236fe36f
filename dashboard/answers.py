"""Neighbours as a ranked list with bars: the same on every page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import N_
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.embedding import Neighbour

_NAMES = {
    "cosine": N_("cosine similarity: 1 is the same direction, 0 a right angle"),
    "euclidean": N_("Euclidean distance: 0 is the same place, smaller is nearer"),
    "dot": N_("dot product: larger for a smaller angle and for longer vectors"),
}


def table(neighbours: Sequence[Neighbour], metric: str, *, ranks: Sequence[int] = ()) -> None:
    """Rank, label, bar and score. The bar of a distance is long when it is near; `ranks` replace 1, 2, 3."""
    if not neighbours:
        st.caption(_("No neighbours: there is nothing else in this embedding."))
        return
    shares = _shares([one.score for one in neighbours], metric)
    ranked(
        [
            (ranks[at] if ranks else at + 1, one.label, share, f"{one.score:.3f}", False)
            for at, (one, share) in enumerate(zip(neighbours, shares, strict=True))
        ],
        _(_NAMES[metric]),
    )


def ranked(rows: Sequence[tuple[int, str, float, str, bool]], said: str) -> None:
    """A list of (rank, label, length of its bar from 0 to 1, figure, whether it stands out) over a line in small print."""
    lines = "".join(
        f'<li{" aria-current=true" if chosen else ""}><span class="es-rank">{rank}</span><span class="es-label" dir="auto">{escape(_short(label))}</span>'
        f'<span class="es-bar"><i style="width:{share:.1%}"></i></span><span class="es-score">{figure}</span></li>'
        for rank, label, share, figure, chosen in rows
    )
    st.html(f'<ol class="es-answers">{lines}</ol><p class="es-fine">{escape(said)}</p>')


def _shares(scores: Sequence[float], metric: str) -> list[float]:
    """Length of each bar, 0 to 1."""
    if metric == "euclidean":
        nearest = min(scores)
        return [max(0.02, nearest / score) if score > 0 else 1.0 for score in scores]
    most = max(1.0 if metric == "cosine" else 1e-9, *(abs(score) for score in scores))
    return [max(0.0, min(1.0, score / most)) for score in scores]


def _short(label: str, limit: int = 60) -> str:
    return label if len(label) <= limit else label[: limit - 1] + "…"
