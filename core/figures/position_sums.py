"""A sentence as a transformer reads it: words, positions, and their sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.board import Board, Panel, Slider
from core.figures.palette import NEIGHBOUR, SELECTED
from core.figures.positions import BOTTOM, LEFT, RIGHT, TOP, heat, value_axis, whole

_CUT = 9  # characters of a word beside a table


@dataclass(frozen=True, slots=True, kw_only=True)
class SumWords:
    """What the board says, in the reader's language."""

    first: str
    second: str
    dimension: str
    words: str
    positions: str
    sums: str
    words_near: str
    sums_near: str
    curves: str
    cosine_words: str
    cosine_sums: str


def sum_board(
    words: NDArray[Any],
    positions: NDArray[Any],
    sums: NDArray[Any],
    near: tuple[NDArray[Any], NDArray[Any]],
    tokens: Sequence[str],
    say: SumWords,
) -> Board:
    """(n, d) words, positions and sums, one row a token, on one colour scale; `near` has the cosines of the words and of
    the sums with each other, (n, n) each. The sliders `a` and `b` choose two places, `i` a dimension.
    """
    n, dim = words.shape
    reach = float(max(np.abs(table).max() for table in (words, positions, sums)))
    names = [f"{place} {token}" for place, token in enumerate(tokens)]
    table: dict[str, Any] = {"height": 262, "fixed": True, "cross": ("i", "a")}
    square: dict[str, Any] = {"height": 262, "fixed": True, "cross": ("b", "a")}
    return Board(
        panels=[
            Panel(figure=_named(heat(words, reach, x=say.dimension, ticks=6), tokens), title=say.words, **table),
            Panel(figure=_named(heat(positions, reach, x=say.dimension, ticks=6), tokens), title=say.positions, **table),
            Panel(figure=_named(heat(sums, reach, x=say.dimension, ticks=6), tokens), title=say.sums, **table),
            Panel(figure=_named(heat(near[0], 1.0, x=say.second, ticks=6), tokens), title=say.words_near, **square),
            Panel(figure=_named(heat(near[1], 1.0, x=say.second, ticks=6), tokens), title=say.sums_near, **square),
            Panel(figure=_curves(dim, reach, say.dimension), height=262, fixed=True, fast=True, cross=("i", None), title=say.curves),
        ],
        sliders=[
            Slider(name="a", label=say.first, low=0, high=n - 1, value=0, labels=names),
            Slider(name="b", label=say.second, low=0, high=n - 1, value=n - 1, labels=names),
            Slider(name="i", label=say.dimension, low=0, high=dim - 1, value=min(6, dim - 1)),
        ],
        matrices={"sums": (2, 0), "words_near": (3, 0), "sums_near": (4, 0)},
        bindings=[
            {"panel": 5, "trace": 0, "attr": "y", "matrix": "sums", "axis": 0, "control": "a"},
            {"panel": 5, "trace": 1, "attr": "y", "matrix": "sums", "axis": 0, "control": "b"},
        ],
        text=[
            {"label": "a"}, " ↔ ", {"label": "b"},
            f" · {say.cosine_words} ", {"matrix": "words_near", "cell": ["a", "b"], "digits": 3},
            f" · {say.cosine_sums} ", {"matrix": "sums_near", "cell": ["a", "b"], "digits": 3},
        ],
        columns="repeat(3, minmax(0, 1fr))",
    )  # fmt: skip


def shown(token: str) -> str:
    """A token as text beside an axis: nothing in it is markup, and a long one is cut."""
    cut = token if len(token) <= _CUT else token[: _CUT - 1] + "…"
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _named(figure: go.Figure, tokens: Sequence[str]) -> go.Figure:
    """Tokens beside the rows; where there are many, every second or third is named."""
    step = -(-len(tokens) // 16)
    places = list(range(0, len(tokens), step))
    ticks = {"tickmode": "array", "tickvals": places, "ticktext": [shown(tokens[place]) for place in places]}
    return figure.update_layout(yaxis={**ticks, "dtick": None, "tick0": None, "ticks": ""}, margin={"l": 76})


def _curves(dim: int, reach: float, label: str) -> go.Figure:
    columns = np.arange(dim)
    figure = go.Figure(
        [
            go.Scatter(x=columns, mode="lines+markers", line={"color": SELECTED, "width": 2}, marker={"size": 5, "color": SELECTED}, hoverinfo="skip"),
            go.Scatter(x=columns, mode="lines+markers", line={"color": NEIGHBOUR, "width": 2, "dash": "dash"}, marker={"size": 5, "color": NEIGHBOUR}, hoverinfo="skip"),
        ]
    )  # fmt: skip
    axis = value_axis(round(reach, 1))
    return figure.update_layout(
        xaxis={"range": [-0.5, dim - 0.5], "title": {"text": label, "font": {"size": 13}}, **whole(dim, 6)},
        yaxis=axis,
        margin={"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
    )
