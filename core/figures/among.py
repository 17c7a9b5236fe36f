"""Chosen words against each other: a heat map of their similarities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.arrays import FloatArray
from core.figures.board import Board, Panel
from core.figures.palette import DIVERGING, SEQUENTIAL
from core.figures.plain import plain

MOST_WRITTEN = 14  # words up to which every cell has its number written in it


def similarity_board(labels: Sequence[str], scores: FloatArray, *, metric: str, title: str = "") -> Board:
    """(m, m) scores of m labels, the first row on top. Cosine and dot are centred on zero; a distance is dark when near."""
    count = len(labels)
    places = list(range(count))
    names = [plain(label) for label in labels]
    signed = metric != "euclidean"
    most = 1.0 if metric == "cosine" else float(np.abs(scores).max()) or 1.0
    colours = (
        {"colorscale": DIVERGING, "zmid": 0, "zmin": -most, "zmax": most}
        if signed
        else {"colorscale": SEQUENTIAL, "zmin": 0, "zmax": most}
    )
    rows, columns = np.meshgrid(names, names, indexing="ij")
    figure = go.Figure(
        go.Heatmap(
            x=places, y=places, z=scores, xgap=1, ygap=1, **colours,
            customdata=np.stack([rows, columns], axis=2).tolist(),
            hovertemplate="%{customdata[0]} · %{customdata[1]}: %{z:.3f}<extra></extra>",
            texttemplate="%{z:.2f}" if count <= MOST_WRITTEN else None,
            colorbar={"thickness": 12, "outlinewidth": 0, "len": 0.8},
        )
    )  # fmt: skip
    ticks = {"tickvals": places, "ticktext": names, "showgrid": False, "zeroline": False, "fixedrange": True}
    figure.update_layout(
        xaxis={**ticks, "side": "top", "tickangle": -45 if count > 6 else 0},
        yaxis={**ticks, "autorange": "reversed"},
        margin={"l": 96, "r": 8, "t": 84 if count > 6 else 34, "b": 8},
    )
    return Board(panels=[Panel(figure=figure, height=620, title=title, aspect=0.86, fast=True)])
