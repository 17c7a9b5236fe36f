"""Beyond the training length: where a scheme has something to give, and where what it gives is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.board import Board, Panel, Slider
from core.figures.palette import SELECTED
from core.figures.position_race import COLOURS, banded, percent_axis
from core.figures.positions import RIGHT, TOP

_LEFT = 104


@dataclass(frozen=True, slots=True, kw_only=True)
class BeyondWords:
    """What the board says, in the reader's language. `schemes` names each scheme; `trained` names the line of the training length,
    `missing` and `nothing` stand where a scheme has nothing for some places or for any; `untrained` names the learned table's line."""

    position: str
    defined: str
    accurate: str
    right: str
    missing: str
    trained: str
    nothing: str
    untrained: str
    stretched: str
    schemes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """`mean` and `spread` (schemes, blocks) in percent at the middle `places` (blocks,) of blocks of places; `stretched` (blocks,)
    is the learned table resampled, or nothing; `defined` says how many of all `rows` places each scheme has something for."""

    schemes: Sequence[str]
    length: int
    rows: int
    places: NDArray[Any]
    mean: NDArray[Any]
    spread: NDArray[Any]
    stretched: NDArray[Any] | None
    defined: Mapping[str, int]


def beyond_board(beyond: Beyond, words: BeyondWords) -> Board:
    """Two plots on one axis of positions: defined, and accurate. The slider `block` names a block of places."""
    of = {f"right_{name}": line.astype(np.float32) for name, line in zip(beyond.schemes, beyond.mean, strict=True)}  # fmt: skip
    last = len(beyond.places) - 1
    return Board(
        panels=[
            Panel(figure=_defined(beyond, words), height=44 + 30 * len(beyond.schemes), fixed=True, title=words.defined),
            Panel(figure=_accurate(beyond, words), height=366, fixed=True, fast=True, title=words.accurate),
        ],
        sliders=[Slider(name="block", label=words.position, low=0, high=last, value=last // 2, labels=_blocks(beyond))],
        matrices={"places": np.asarray(beyond.places, dtype=np.float32), **of},
        bindings=[
            {"panel": 1, "trace": _first_mark(beyond) + at, "attr": axis, "matrix": matrix, "cell": ["block"]}
            for at, name in enumerate(beyond.schemes)
            for axis, matrix in (("x", "places"), ("y", f"right_{name}"))
        ],
        text=_text(beyond, words),
    )  # fmt: skip


def _blocks(beyond: Beyond) -> list[str]:
    wide = beyond.rows // len(beyond.places)
    return [f"{at * wide}–{at * wide + wide - 1}" for at in range(len(beyond.places))]


def _first_mark(beyond: Beyond) -> int:
    return 3 * len(beyond.schemes) + (beyond.stretched is not None)


def _text(beyond: Beyond, words: BeyondWords) -> list[Any]:
    line: list[Any] = [f"{words.right}: "]
    for name in beyond.schemes:
        line += [f"{words.schemes[name]} ", {"matrix": f"right_{name}", "cell": ["block"], "digits": 0}, " % · "]
    line[-1] = " %"
    return line


def _axis(beyond: Beyond, title: str) -> dict[str, Any]:
    return {"title": {"text": title, "font": {"size": 13}, "standoff": 4}, "range": [-1, beyond.rows], "zeroline": False, "fixedrange": True, "dtick": max(1, beyond.length // 2)}  # fmt: skip


def _marked(figure: go.Figure, beyond: Beyond) -> go.Figure:
    return figure.add_vline(x=beyond.length - 0.5, line={"dash": "dash", "width": 1.2, "color": SELECTED})


def _defined(beyond: Beyond, words: BeyondWords) -> go.Figure:
    """A bar as long as the scheme reaches."""
    names = [words.schemes[name] for name in beyond.schemes]
    figure = go.Figure(
        go.Bar(
            y=names, x=[beyond.defined[name] for name in beyond.schemes], orientation="h", width=0.5, hoverinfo="skip",
            marker={"color": [COLOURS[name] for name in beyond.schemes]},
        )
    )  # fmt: skip
    for at, name in enumerate(beyond.schemes):
        if beyond.defined[name] < beyond.rows:
            text = words.missing if beyond.defined[name] else words.nothing
            figure.add_annotation(x=(beyond.defined[name] + beyond.rows) / 2, y=at, text=text, showarrow=False, font={"size": 13})  # fmt: skip
    figure.update_layout(
        xaxis=_axis(beyond, ""),
        yaxis={"autorange": "reversed", "fixedrange": True, "showgrid": False},
        margin={"l": _LEFT, "r": RIGHT, "t": 22, "b": 22},
        showlegend=False,
    )
    figure.add_annotation(x=beyond.length, y=1, yref="y domain", yanchor="bottom", xanchor="left", text=words.trained, showarrow=False, font={"size": 12})  # fmt: skip
    return _marked(figure, beyond)


def _accurate(beyond: Beyond, words: BeyondWords) -> go.Figure:
    traces: list[go.Scatter] = []
    for name, mean, apart in zip(beyond.schemes, beyond.mean, beyond.spread, strict=True):
        traces += banded(
            beyond.places, mean, apart, name, words.untrained if name == "learned" else words.schemes[name]
        )
    if beyond.stretched is not None:
        traces.append(
            go.Scatter(
                x=beyond.places, y=beyond.stretched, mode="markers", name=words.stretched, hoverinfo="skip",
                marker={"size": 5, "symbol": "x-thin", "line": {"width": 1.5, "color": COLOURS["learned"]}},
            )
        )  # fmt: skip
    marks = [
        go.Scatter(mode="markers", marker={"size": 9, "color": COLOURS[name]}, hoverinfo="skip", showlegend=False)
        for name in beyond.schemes
    ]
    figure = go.Figure([*traces, *marks]).update_layout(
        xaxis=_axis(beyond, words.position),
        yaxis=percent_axis(words.right),
        margin={"l": _LEFT, "r": RIGHT, "t": TOP, "b": 122},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top", "traceorder": "normal"},
        hovermode="x",
    )
    return _marked(figure, beyond)
