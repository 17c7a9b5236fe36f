"""How far a picture may be trusted, as pictures: measures over k beside chance, and distances pair by pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from core.figures.board import Panel
from core.figures.palette import ERROR, FIXED, LEARNED, PLAIN, SELECTED

if TYPE_CHECKING:
    from core.projection import QualityCurves, Shepard

_TITLE = {"size": 13}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustWords:
    """Titles in the reader's language."""

    curves: str
    trustworthiness: str
    continuity: str
    recall: str
    chance: str
    neighbours: str
    pairs: str
    table: str
    picture: str


def curves_panel(curves: QualityCurves, k: int, words: TrustWords, *, height: int = 300) -> Panel:
    """The three measures over k; dashed in the same colour what a random picture has; a line at the k in use."""
    figure = go.Figure()
    for name, title, colour in (
        ("trustworthiness", words.trustworthiness, FIXED), ("continuity", words.continuity, LEARNED),
        ("neighbour_recall", words.recall, ERROR),
    ):  # fmt: skip
        figure.add_trace(_line(curves.ks, getattr(curves, name), title, {"color": colour, "width": 2.4}))
        chance = _line(curves.ks, getattr(curves.random, name), f"{title}, {words.chance}", {"color": colour, "width": 1.4, "dash": "dot"})  # fmt: skip
        figure.add_trace(chance.update(showlegend=False))
    ticks = [one for one in (1, 2, 5, 10, 20, 50, 100, 200) if one <= curves.ks[-1]]
    figure.update_layout(
        xaxis={"type": "log", "title": {"text": words.neighbours, "standoff": 4, "font": _TITLE}, "tickvals": ticks, "ticktext": [str(one) for one in ticks], "zeroline": False},
        yaxis={"range": [min(0.0, *(float(np.min(values)) for values in (curves.trustworthiness, curves.continuity))), 1.02], "zeroline": False},
        shapes=[{"type": "line", "xref": "x", "yref": "paper", "x0": k, "x1": k, "y0": 0, "y1": 1, "line": {"color": SELECTED, "width": 1.2, "dash": "dot"}}],
        margin={"l": 38, "r": 8, "t": 30, "b": 40},
        showlegend=True, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "bgcolor": "rgba(0,0,0,0)"}, hovermode="x",
    )  # fmt: skip
    return Panel(figure=figure, height=height, title=words.curves, aspect=0.75, wheel=False)


def pairs_panel(pairs: Shepard, words: TrustWords, title: str, *, height: int = 300) -> Panel:
    """A point a pair of rows: its distance in the table and in the picture. A faithful picture is one rising line."""
    cloud = go.Scattergl(
        x=pairs.table, y=pairs.picture, mode="markers", hoverinfo="skip",
        marker={"size": 3, "color": PLAIN, "opacity": 0.35},
    )  # fmt: skip
    middle = _line(*_medians(pairs), "", {"color": SELECTED, "width": 2.2})
    figure = go.Figure([cloud, middle.update(hoverinfo="skip", hovertemplate=None)])
    figure.update_layout(
        xaxis={"title": {"text": words.table, "standoff": 4, "font": _TITLE}, "zeroline": False, "rangemode": "tozero"},
        yaxis={"title": {"text": words.picture, "standoff": 4, "font": _TITLE}, "zeroline": False, "rangemode": "tozero", "showticklabels": False},
        margin={"l": 30, "r": 8, "t": 8, "b": 40},
    )  # fmt: skip
    return Panel(figure=figure, height=height, title=title, aspect=0.75, wheel=False)


def _line(x: Any, y: Any, name: str, line: dict[str, Any]) -> go.Scatter:
    return go.Scatter(
        x=np.asarray(x, np.float32), y=np.asarray(y, np.float32), name=name, mode="lines", line=line,
        hovertemplate="%{y:.3f}<extra>" + name + "</extra>",
    )  # fmt: skip


def _medians(pairs: Shepard, steps: int = 24) -> tuple[Any, Any]:
    """The middle of the drawn distances at each distance in the table."""
    order = np.argsort(pairs.table, kind="stable")
    parts = [part for part in np.array_split(order, min(steps, len(order))) if len(part)]
    return [float(np.median(pairs.table[part])) for part in parts], [float(np.median(pairs.picture[part])) for part in parts]  # fmt: skip
