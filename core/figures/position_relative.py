"""Rotary and ALiBi beside the fixed code, on the same axes: scores by distance, and by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.board import Board, Panel, Slider
from core.figures.position_race import COLOURS, DASHES
from core.figures.positions import RIGHT, laid_out

_LEFT, _BOTTOM = 66, 44
_SEEN = 8  # distances up to which ALiBi stays in the second plot
MOVED = ("fixed", "rotary", "alibi")


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeWords:
    """What the board says, in the reader's language. `slopes` names the ALiBi lines of the first plot, `schemes` the rest."""

    distance: str
    place: str
    score: str
    change: str
    by_distance: str
    by_place: str
    slopes: Sequence[str]
    schemes: Mapping[str, str]


def relative_board(change: NDArray[Any], moved: NDArray[Any], words: RelativeWords) -> Board:
    """`change` (2 + slopes, n) by distance and `moved` (3, n, n) by [distance, place], as `core.positions.relative` gives them."""
    count = change.shape[1]
    low = min(float(change[:2].min()), -1.0)
    names = [words.schemes["fixed"], words.schemes["rotary"], *words.slopes]
    kinds = ["fixed", "rotary", *["alibi"] * len(words.slopes)]
    widths = [2.2, 2.2, *(3.4 / 2**at for at in range(len(words.slopes)))]  # the steeper, the wider
    lines = [
        _line(np.arange(count), row, kind, name, width)
        for row, kind, name, width in zip(change, kinds, names, widths, strict=True)
    ]
    marks = [_mark(kind) for kind in kinds]
    by_place = [_line(_ends(count, name), moved[at, 0, _ends(count, name)], name, words.schemes[name]) for at, name in enumerate(MOVED)]  # fmt: skip
    reach = (min(float(moved[:2].min()), float(moved[2, : _SEEN + 1].min())), float(moved[:2].max()))
    room = 0.15 * (reach[1] - reach[0] or 1.0)
    matrices = {f"moved_{name}": moved[at][:, _ends(count, name)].astype(np.float32) for at, name in enumerate(MOVED)}
    return Board(
        panels=[
            Panel(figure=_framed([*lines, *marks], count, [1.25 * low, 0.35], words.distance, words.change), height=320, fixed=True, fast=True, cross=("k", None), title=words.by_distance),
            Panel(figure=_framed(by_place, count, [reach[0] - room, reach[1] + room], words.place, words.score), height=270, fixed=True, fast=True, title=words.by_place),
        ],
        sliders=[Slider(name="k", label=words.distance, low=0, high=count - 1, value=min(5, count - 1))],
        matrices={**matrices, **{f"change_{at}": row.astype(np.float32) for at, row in enumerate(change)}},
        bindings=[
            *({"panel": 1, "trace": at, "attr": "y", "matrix": f"moved_{name}", "axis": 0, "control": "k"} for at, name in enumerate(MOVED)),
            *({"panel": 0, "trace": len(lines) + at, "attr": "x", "control": "k"} for at in range(len(kinds))),
            *({"panel": 0, "trace": len(lines) + at, "attr": "y", "matrix": f"change_{at}", "cell": ["k"]} for at in range(len(kinds))),
        ],
        text=_text(names),
    )  # fmt: skip


def _ends(count: int, scheme: str) -> NDArray[Any]:
    """The places of a line's points: all of them, or both ends where the score is one number at every place."""
    return np.arange(count) if scheme == "fixed" else np.array([0, count - 1])


def _text(names: Sequence[str]) -> list[Any]:
    parts: list[Any] = []
    for at, name in enumerate(names):
        parts += [f"{' · ' if at else ''}{name} ", {"matrix": f"change_{at}", "cell": ["k"], "digits": 2}]
    return parts


def _line(x: NDArray[Any], y: NDArray[Any], kind: str, name: str, width: float = 2.2) -> go.Scatter:
    return go.Scatter(x=x, y=y, mode="lines", name=name, line={"color": COLOURS[kind], "width": width, "dash": DASHES[kind]}, hoverinfo="skip")  # fmt: skip


def _mark(kind: str) -> go.Scatter:
    return go.Scatter(mode="markers", marker={"size": 9, "color": COLOURS[kind]}, hoverinfo="skip", showlegend=False)


def _framed(traces: list[go.Scatter], count: int, reach: list[float], x: str, y: str) -> go.Figure:
    return laid_out(
        traces,
        xaxis={"title": {"text": x, "font": {"size": 13}, "standoff": 4}, "range": [-0.5, count - 0.5], "zeroline": False, "fixedrange": True},
        yaxis={"title": {"text": y, "font": {"size": 13}}, "range": reach, "zeroline": True, "fixedrange": True},
        margin={"l": _LEFT, "r": RIGHT, "t": 26, "b": _BOTTOM},
        showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )  # fmt: skip
