"""What a shift does: the dot product by distance, and the waves from the fastest to the slowest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.board import Board, Panel, Slider
from core.figures.palette import FIXED, OTHERS, SELECTED
from core.figures.positions import RIGHT, TOP, laid_out, value_axis, whole

_LEFT, _BOTTOM = 70, 46
SAMPLING = 2.0  # positions: a shorter wave could not be told from a longer one


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftWords:
    """What the board says, in the reader's language. `rise` names the first rise, `whole` the line of the table's length,
    `limit` that of the sampling limit; `turned` is the title of the turned code; `bits` is the title and `told` the axis of the bits, `apart` its count of rows."""

    distance: str
    dot: str
    pair: str
    wavelength: str
    dots: str
    waves: str
    rise: str
    whole: str
    limit: str
    turned: str
    dimension: str
    bits: str
    apart: str
    told: str


def shift_board(
    dots: NDArray[Any],
    rise: int | None,
    turns: tuple[NDArray[Any], NDArray[Any]],
    waves: NDArray[Any],
    distinct: NDArray[Any],
    length: int,
    words: ShiftWords,
) -> Board:
    """(K,) dot products of codes 0 .. K - 1 apart, with the first rise marked, and (pairs,) wavelengths with the
    length of the table as a line; `turns` has code(p + k) and R_k code(p), (K, shown dimensions) each, for one p; `distinct` (B,) rows that 1 .. B bits a value tell apart. The slider `k` is the distance.
    """
    return Board(
        panels=[
            Panel(figure=_dots(dots, rise, words), height=250, fixed=True, fast=True, cross=("k", None), wide=True, title=words.dots),
            Panel(figure=_turned(turns[0], words), height=140, fixed=True, fast=True, wide=True, title=words.turned),
            Panel(figure=_waves(waves, length, words), height=230, fixed=True, fast=True, title=words.waves),
            Panel(figure=_bits(distinct, length, words), height=230, fixed=True, title=words.bits),
        ],
        sliders=[Slider(name="k", label=words.distance, low=0, high=len(dots) - 1, value=min(5, len(dots) - 1))],
        matrices={"dots": np.asarray(dots), "code": turns[0], "turned": turns[1]},
        bindings=[
            {"panel": 0, "trace": 1, "attr": "x", "control": "k"},
            {"panel": 0, "trace": 1, "attr": "y", "matrix": "dots", "cell": ["k"]},
            {"panel": 1, "trace": 1, "attr": "y", "matrix": "code", "axis": 0, "control": "k"},
            {"panel": 1, "trace": 2, "attr": "y", "matrix": "turned", "axis": 0, "control": "k"},
        ],
        text=["code(p) · code(p + ", {"value": "k"}, ") = Σ cos(ω", {"sub": ["i"]}, " · ", {"value": "k"}, ") = ", {"matrix": "dots", "cell": ["k"], "digits": 4}],
        columns="3fr 2fr",
    )  # fmt: skip


def _dots(dots: NDArray[Any], rise: int | None, words: ShiftWords) -> go.Figure:
    last = len(dots) - 1
    low, high = float(dots.min()), float(dots.max())
    room = 0.1 * (high - low or 1.0)
    arrow = {"showarrow": True, "arrowhead": 2, "arrowcolor": "#80868f", "ax": 34, "ay": -46, "xanchor": "left", "font": {"size": 13}}  # fmt: skip
    seen = rise is not None and rise < last
    return laid_out(
        [
            go.Scatter(x=np.arange(last + 1), y=dots, mode="lines", line={"color": FIXED, "width": 2}, hoverinfo="skip"),
            go.Scatter(mode="markers", marker={"size": 10, "color": SELECTED}, hoverinfo="skip"),
        ],
        annotations=[{"x": rise, "y": float(dots[rise]), "text": words.rise, **arrow}] if seen else [],
        xaxis={"title": {"text": words.distance, "font": {"size": 13}}, "range": [-0.01 * last - 0.3, 1.01 * last + 0.3], "zeroline": False, "fixedrange": True},
        yaxis={"title": {"text": words.dot, "font": {"size": 13}}, "range": [low - room, high + room], "zeroline": True, "fixedrange": True},
        margin={"l": _LEFT, "r": RIGHT, "t": TOP, "b": _BOTTOM},
    )  # fmt: skip


def _turned(codes: NDArray[Any], words: ShiftWords) -> go.Figure:
    """The code of p as it stands in grey, that of p + k as a line, and the turned one as dots upon it."""
    dim = codes.shape[1]
    columns = np.arange(dim)
    line: dict[str, Any] = {"x": columns, "mode": "lines", "hoverinfo": "skip"}
    return laid_out(
        [
            go.Scatter(y=codes[0], line={"color": OTHERS, "width": 1.2}, **line),
            go.Scatter(y=codes[0], line={"color": FIXED, "width": 2}, **line),
            go.Scatter(x=columns, y=codes[0], mode="markers", marker={"size": 5, "color": SELECTED}, hoverinfo="skip"),
        ],
        xaxis={"title": {"text": words.dimension, "font": {"size": 13}, "standoff": 4}, "range": [-0.5, dim - 0.5], **whole(dim)},
        yaxis=value_axis(),
        margin={"l": _LEFT, "r": RIGHT, "t": TOP, "b": 38},
    )  # fmt: skip


def _waves(waves: NDArray[Any], length: int, words: ShiftWords) -> go.Figure:
    pairs = np.arange(len(waves))
    shape = {"mode": "markers", "hoverinfo": "skip"}
    inside = waves <= length
    low, high = np.log10(SAMPLING) - 0.2, np.log10(max(float(waves.max()), length)) + 0.25
    lines = [(length, words.whole, "top", {"dash": "dash", "color": SELECTED}), (SAMPLING, words.limit, "bottom", {"dash": "dot", "color": OTHERS})]  # fmt: skip
    note = {"x": 1, "xref": "x domain", "xanchor": "right", "showarrow": False, "font": {"size": 12}}
    return laid_out(
        [
            go.Scatter(x=pairs[inside], y=waves[inside], marker={"size": 7, "color": FIXED}, **shape),
            go.Scatter(x=pairs[~inside], y=waves[~inside], marker={"size": 7, "color": FIXED, "symbol": "circle-open"}, **shape),
        ],
        shapes=[{"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": {"width": 1.2, **line}} for y, _text, _side, line in lines],
        annotations=[{**note, "y": float(np.log10(y)), "text": text, "yanchor": side} for y, text, side, _line in lines],
        xaxis={"title": {"text": words.pair, "font": {"size": 13}}, "range": [-0.5, len(waves) - 0.5], "zeroline": False, "showgrid": False, "fixedrange": True},
        yaxis={"title": {"text": words.wavelength, "font": {"size": 13}}, "type": "log", "range": [low, high], "dtick": 1, "tickformat": ",", "fixedrange": True},
        margin={"l": _LEFT, "r": RIGHT, "t": TOP, "b": _BOTTOM},
    )  # fmt: skip


def _bits(distinct: NDArray[Any], length: int, words: ShiftWords) -> go.Figure:
    """A bar for each number of bits, in full colour once every row is told apart."""
    bits = np.arange(1, len(distinct) + 1)
    return laid_out(
        [go.Bar(
            x=bits, y=distinct, width=0.7, marker={"color": [FIXED if count >= length else OTHERS for count in distinct]},
            text=[f"{count:,}" for count in distinct], textposition="outside", cliponaxis=False, hoverinfo="skip",
        )],
        xaxis={"title": {"text": words.told, "font": {"size": 13}}, "dtick": 1, "range": [0.4, len(bits) + 0.6], "zeroline": False, "showgrid": False, "fixedrange": True},
        yaxis={"title": {"text": words.apart, "font": {"size": 13}}, "range": [0, 1.14 * length], "nticks": 5, "zeroline": False, "fixedrange": True},
        margin={"l": _LEFT, "r": RIGHT, "t": TOP, "b": _BOTTOM},
        showlegend=False,
    )  # fmt: skip
