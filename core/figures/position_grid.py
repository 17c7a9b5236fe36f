"""Positions on a grid: which places resemble one, and what becomes of that on a finer grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.board import Board, Panel, Slider
from core.figures.positions import heat


@dataclass(frozen=True, slots=True, kw_only=True)
class GridWords:
    """What the board says, in the reader's language."""

    place: str
    row: str
    column: str
    coarse: str
    anew: str
    resampled: str


def grid_board(coarse: NDArray[Any], anew: NDArray[Any], resampled: NDArray[Any], words: GridWords) -> Board:
    """Cosines of each place of a grid, (places, rows, columns), with all places of that grid, and of the place that it
    becomes on a finer grid with all places there, once computed anew and once resampled. The slider `place` counts row by row."""
    places, rows, columns = coarse.shape
    axes: dict[str, Any] = {"x": words.column, "y": words.row, "ticks": 6}
    wide: dict[str, Any] = {"height": 300, "square": True, "wide": True}
    narrow: dict[str, Any] = {"height": 280, "square": True}
    start = (rows // 2) * columns + columns // 2
    return Board(
        panels=[
            Panel(figure=_whole(heat(coarse[start], 1.0, **axes)), title=words.coarse, **wide),
            Panel(figure=_whole(heat(anew[start], 1.0, **axes)), title=words.anew, **narrow),
            Panel(figure=_whole(heat(resampled[start], 1.0, **axes)), title=words.resampled, **narrow),
        ],
        sliders=[Slider(name="place", label=words.place, low=0, high=places - 1, value=start)],
        matrices={
            "coarse": coarse, "anew": anew, "resampled": resampled,
            "row_of": np.arange(places, dtype=np.int32) // columns, "column_of": np.arange(places, dtype=np.int32) % columns,
        },
        bindings=[
            {"panel": at, "trace": 0, "attr": "z", "matrix": name, "axis": 0, "control": "place"}
            for at, name in enumerate(("coarse", "anew", "resampled"))
        ],
        text=[
            f"{words.place} ", {"value": "place"}, f" = {words.row} ", {"matrix": "row_of", "cell": ["place"], "digits": 0},
            f", {words.column} ", {"matrix": "column_of", "cell": ["place"], "digits": 0},
        ],
        columns="1fr 1fr",
    )  # fmt: skip


def _whole(figure: go.Figure) -> go.Figure:
    """The axes end where the grid ends, whatever the shape of the panel."""
    return figure.update_layout(xaxis_constrain="domain", yaxis_constrain="domain")
