"""Position codes as a heat map with curves on its edges and clocks below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.board import Board, Dials, Panel, Slider
from core.figures.palette import DIVERGING, FIXED, SELECTED

SINE, COSINE = FIXED, "#E69F00"
CLOCKS = 64  # more than these are told apart by nobody: then every second, fourth, ... frequency has one
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 8, 42  # margins that keep neighbouring panels level
_TITLE = {"size": 13}
_DOT = {"size": 9, "color": SELECTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWords:
    """What the board says, in the reader's language."""

    position: str
    dimension: str
    row: str
    column: str
    table: str
    clock: str
    clocks: str


def heat(values: NDArray[Any], reach: float, *, x: str = "", y: str = "", ticks: int = 9) -> go.Figure:
    """(rows, columns) signed values, row 0 on top: blue below zero, red above, white at zero; colours end at +-reach.
    At most `ticks` ticks an axis."""
    trace = go.Heatmap(
        z=np.asarray(values, dtype=np.float32), colorscale=DIVERGING, zmid=0, zmin=-reach, zmax=reach, showscale=False, hoverinfo="skip"
    )  # fmt: skip
    rows, columns = values.shape
    across, down = ({"text": text, "standoff": 6, "font": _TITLE} for text in (x, y))
    return laid_out(
        [trace],
        xaxis={"title": across, "range": [-0.5, columns - 0.5], **whole(columns, ticks)},
        yaxis={"title": down, "range": [rows - 0.5, -0.5], **whole(rows, ticks)},
        margin={"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
    )


def laid_out(traces: Sequence[Any], **layout: Any) -> go.Figure:
    """The traces with their layout, checked once: `update_layout` on a figure that is there takes five times as long."""
    return go.Figure(list(traces), layout=layout)


def whole(count: int, ticks: int = 9) -> dict[str, Any]:
    """Ticks of an axis that counts 0 .. count - 1: no fractions, no grid, at most `ticks` of them."""
    step = 1
    while count > ticks * step:
        step *= 2
    return {"showgrid": False, "zeroline": False, "tick0": 0, "dtick": step, "tickangle": 0, "fixedrange": True}


def value_axis(reach: float = 1.0) -> dict[str, Any]:
    """An axis of signed values with zero marked."""
    return {"range": [-1.12 * reach, 1.12 * reach], "tickvals": [-reach, 0, reach], "zeroline": True, "showgrid": False, "fixedrange": True}  # fmt: skip


def code_board(
    codes: NDArray[Any],
    sines: NDArray[Any],
    cosines: NDArray[Any],
    words: CodeWords,
    formula: Sequence[Any],
    vectors: dict[str, NDArray[Any]],
) -> Board:
    """(length, dim) codes -> the heat map with a crosshair, the row at `pos` above it, the column `i` beside it, clocks below.

    `sines` and `cosines` are the columns that hold them, pair by pair; `formula` and `vectors` come from `formula_text`.
    """
    length, dim = codes.shape
    pairs = [(int(sine), int(cosines[k]) if k < len(cosines) else -1) for k, sine in enumerate(sines)]
    of = np.full(dim, len(sines) - 1)  # a padding column counts to the last pair
    for columns in (cosines, sines):
        of[columns] = np.arange(len(columns))
    stride = max(1, -(-len(pairs) // CLOCKS))
    shown = Dials(matrix="code", row="pos", mark="i", pairs=pairs[::stride], of=(of // stride).tolist())
    large = Dials(matrix="code", row="pos", mark="i", pairs=pairs, of=of.tolist(), only=True, colours=(SINE, COSINE))
    blank = laid_out([], xaxis={"visible": False}, yaxis={"visible": False}, margin={"l": 2, "r": 2, "t": 2, "b": 2})
    return Board(
        panels=[
            Panel(figure=_row_curve(dim, sines, cosines), height=104, title=words.row, cross=("i", None), fast=True, fixed=True),
            Panel(figure=blank, height=104, title=words.clock, dials=large, fixed=True),
            Panel(figure=heat(codes, 1.0, x=words.dimension, y=words.position), height=338, title=words.table, cross=("i", "pos"), fixed=True),
            Panel(figure=_column_curve(length), height=338, title=words.column, cross=(None, "pos"), fast=True, fixed=True),
            Panel(figure=blank, height=78, title=words.clocks, dials=shown, fixed=True, wide=True),
        ],
        sliders=[
            Slider(name="pos", label=words.position, low=0, high=length - 1, value=min(5, length - 1)),
            Slider(name="i", label=words.dimension, low=0, high=dim - 1, value=min(6, dim - 1)),
        ],
        matrices={"code": (2, 0), **vectors},
        bindings=_bindings(sines, cosines),
        text=formula,
        columns="minmax(0, 1fr) 8.6rem",
        narrow="minmax(0, 1fr) 5.75rem",
    )  # fmt: skip


def formula_text(
    dim: int, base: float, sines: NDArray[Any], cosines: NDArray[Any], rate: tuple[int, int], *, misprint: bool
) -> tuple[list[Any], dict[str, NDArray[Any]]]:
    """The line `PE(5, 6) = sin(5 / 10000^(6/64)) = sin(2.1089) = 0.8587`, numbers following the sliders, and the vectors it needs.

    `rate` = (step, whole): pair k has the exponent step * k / whole.
    """
    kind, above = np.full(dim, 2, dtype=np.int32), np.zeros(dim, dtype=np.int32)
    for code, columns in enumerate((sines, cosines)):
        kind[columns] = code
        above[columns] = rate[0] * np.arange(len(columns))
    column = {"cell": ["i"]}
    pos, exponent = {"value": "pos"}, {"op": "/", "of": [{"matrix": "above", **column}, rate[1]]}
    shown_base = f"{base:.0f}" if base == int(base) else f"{base:g}"
    power = {"sup": [{"number": {"matrix": "above", **column}}, f"/{rate[1]}"]}
    if misprint:
        written = ["(", pos, f" / {shown_base})", power]
        angle = {"op": "^", "of": [{"op": "/", "of": [pos, base]}, exponent]}
    else:
        written = [pos, f" / {shown_base}", power]
        angle = {"op": "/", "of": [pos, {"op": "^", "of": [base, exponent]}]}
    value = {"matrix": "code", "cell": ["pos", "i"], "digits": 4}
    wave = [
        [f" = {name}(", *written, f") = {name}(", {"number": angle, "digits": 4}, ") = ", value]
        for name in ("sin", "cos")
    ]
    text = [
        "PE(",
        pos,
        ", ",
        {"value": "i"},
        ")",
        {"choose": {"matrix": "kind", **column}, "of": [*wave, [" = ", value]]},
    ]
    return text, {"kind": kind, "above": above}


def _row_curve(dim: int, sines: NDArray[Any], cosines: NDArray[Any]) -> go.Figure:
    mode = "lines+markers" if dim <= 128 else "lines"
    line = {"mode": mode, "hoverinfo": "skip"}
    return laid_out(
        [
            go.Scatter(x=sines, line={"color": SINE, "width": 2}, marker={"size": 5, "color": SINE}, **line),
            go.Scatter(x=cosines, line={"color": COSINE, "width": 2, "dash": "dash"}, marker={"size": 5, "color": COSINE}, **line),
            go.Scatter(mode="markers", marker=_DOT, hoverinfo="skip"),
        ],
        xaxis={"range": [-0.5, dim - 0.5], "showticklabels": False, **whole(dim)},
        yaxis=value_axis(),
        margin={"l": LEFT, "r": RIGHT, "t": TOP, "b": TOP},
    )  # fmt: skip


def _column_curve(length: int) -> go.Figure:
    return laid_out(
        [
            go.Scatter(y=np.arange(length), mode="lines", line={"color": SINE, "width": 2}, hoverinfo="skip"),
            go.Scatter(mode="markers", marker=_DOT, hoverinfo="skip"),
        ],
        xaxis=value_axis(),
        yaxis={"range": [length - 0.5, -0.5], "showticklabels": False, **whole(length)},
        margin={"l": 4, "r": RIGHT, "t": TOP, "b": BOTTOM},
    )


def _bindings(sines: NDArray[Any], cosines: NDArray[Any]) -> list[dict[str, Any]]:
    step = int(sines[1] - sines[0]) if len(sines) > 1 else 1
    row = {"panel": 0, "attr": "y", "matrix": "code", "axis": 0, "control": "pos"}
    found: list[dict[str, Any]] = [{**row, "trace": 0, "every": [int(sines[0]), step]}] if len(sines) else []
    if len(cosines):
        found.append({**row, "trace": 1, "every": [int(cosines[0]), step]})
    return [
        *found,
        {"panel": 0, "trace": 2, "attr": "x", "control": "i"},
        {"panel": 0, "trace": 2, "attr": "y", "matrix": "code", "cell": ["pos", "i"]},
        {"panel": 3, "trace": 0, "attr": "x", "matrix": "code", "axis": 1, "control": "i"},
        {"panel": 3, "trace": 1, "attr": "x", "matrix": "code", "cell": ["pos", "i"]},
        {"panel": 3, "trace": 1, "attr": "y", "control": "pos"},
    ]
