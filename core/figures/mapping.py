"""A map drawn: X on the left, its image on the right, an arrow from each x to f(x), collisions standing out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.arrays import DoubleArray
from core.figures.board import Board, Panel, Slider
from core.figures.palette import ERROR, NEIGHBOUR, OTHERS

LEFT, RIGHT = 0.0, 1.55  # where the two unit squares begin
MOST_ARROWS = 130  # above this only collisions get their arrow
ON_LINE = 0.55  # of its square, where a number line stands
FAR = 0.012  # between a point and its arrow
CROSS = 0.022  # half the width of the cross over a collision


@dataclass(frozen=True, slots=True, kw_only=True)
class MapWords:
    """What the board says, in the reader's language."""

    tolerance: str
    domain: str
    image: str
    collides: str


def map_board(
    places: tuple[DoubleArray, DoubleArray],
    lines: tuple[bool, bool],
    labels: tuple[Sequence[str], Sequence[str]],
    edges: Sequence[tuple[int, int]],
    separations: DoubleArray,
    steps: Sequence[float],
    verdicts: Sequence[str],
    say: MapWords,
) -> Board:
    """places: (n, 2) of X and of its image; `lines` says which of them are number lines (drawn upright, with marks).

    `labels`: how each input and each output is written. The slider "tolerance" goes through `steps`, each with its
    sentence in `verdicts`; an output is in collision when its `separations` (n,) is at most the step. The points of X
    are rows 0 to n - 1 of the panel, those of the image rows n to 2n - 1.
    """
    n = len(places[0])
    left, right = (_fit(part, line, start) for part, line, start in zip(places, lines, (LEFT, RIGHT), strict=True))
    struck = np.asarray(separations)[None, :] <= np.asarray(steps)[:, None]  # (steps, n)
    figure = go.Figure(
        [
            _edges(left, edges),
            _arrows(left, right, quiet=n <= MOST_ARROWS),
            _struck_lines(),
            _struck_points(say.collides),
            go.Scatter(x=[*left[:, 0], *right[:, 0]], y=[*left[:, 1], *right[:, 1]], mode="markers", marker=_marks(n)),
            *_ruler(lines[1], right),
        ]
    )
    figure.update_layout(_layout(lines, say))
    strokes = [_segments(left, right, row) for row in struck]
    spots = [_crosses(right, row) for row in struck]
    matrices: dict[str, NDArray[Any]] = {
        "line_x": np.stack([one[0] for one in strokes]), "line_y": np.stack([one[1] for one in strokes]),
        "spot_x": np.stack([one[0] for one in spots]), "spot_y": np.stack([one[1] for one in spots]),
    }  # fmt: skip
    bound = ((2, "x", "line_x"), (2, "y", "line_y"), (3, "x", "spot_x"), (3, "y", "spot_y"))
    panel = Panel(
        figure=figure, height=600, points=4, labels=[*labels[0], *labels[1]], aspect=0.84,
        show_labels=n <= MOST_ARROWS, order=_order(separations), labels_left=n, fast=True, zoom=True, wheel=False,
    )  # fmt: skip
    return Board(
        panels=[panel],
        sliders=[Slider(name="tolerance", label=say.tolerance, low=0, high=len(steps) - 1, value=0, labels=[f"{step:.3g}" for step in steps])],
        matrices=matrices,
        bindings=[{"panel": 0, "trace": trace, "attr": attr, "matrix": name, "axis": 0, "control": "tolerance"} for trace, attr, name in bound],
        text=[{"choose": {"value": "tolerance"}, "of": [[verdict] for verdict in verdicts]}],
    )  # fmt: skip


def tolerances(separations: DoubleArray, outputs: DoubleArray, count: int = 24) -> list[float]:
    """0, then steps that grow evenly in ratio from half the least separation above zero to a third of the widest one, and
    between them separations themselves, at which verdicts turn: all of them, or `count` spread over all."""
    apart = np.unique(np.asarray(separations)[np.asarray(separations) > 0])
    width = float(np.linalg.norm(np.ptp(outputs, axis=0)))
    if not width:
        return [0.0, 1.0]
    least = float(apart[0]) / 2 if len(apart) else width / 1000
    even = np.geomspace(min(least, width / 20), max(width / 3, 1.2 * float(np.max(separations))), count)
    turning = apart[np.unique(np.linspace(0, len(apart) - 1, min(len(apart), count)).astype(int))] if len(apart) else apart  # fmt: skip
    return np.unique(np.concatenate([[0.0], even, turning])).tolist()


def _fit(places: DoubleArray, line: bool, start: float) -> DoubleArray:
    """Into the unit square that begins at `start`; a line stands upright in its middle."""
    low, high = places.min(axis=0), places.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    unit = np.where(high > low, (places - low) / span, 0.5)
    if line:
        unit[:, 0] = ON_LINE if start == LEFT else 1 - ON_LINE
    return np.asarray(unit + np.array([start, 0.0]))


def _segments(left: DoubleArray, right: DoubleArray, rows: NDArray[np.bool_]) -> tuple[DoubleArray, DoubleArray]:
    """x and y of one arrow a row with a gap after it; all gap where the row is not asked for."""
    away = right - left
    length = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    ends = np.stack([left + away / length * FAR, right - away / length * FAR, np.full_like(left, np.nan)], axis=1)
    ends[~rows] = np.nan
    return ends[:, :, 0].ravel(), ends[:, :, 1].ravel()


def _arrows(left: DoubleArray, right: DoubleArray, *, quiet: bool) -> go.Scatter:
    x, y = _segments(left, right, np.full(len(left), quiet))
    size = np.tile([0, 9, 0], len(left))
    return go.Scatter(
        x=x, y=y, mode="lines+markers", hoverinfo="skip", line={"color": "rgba(130, 138, 148, 0.55)", "width": 1.2},
        marker={"symbol": "arrow", "size": size, "angleref": "previous", "color": "rgba(130, 138, 148, 0.9)"},
    )  # fmt: skip


def _struck_lines() -> go.Scatter:
    return go.Scatter(x=[], y=[], mode="lines", hoverinfo="skip", line={"color": ERROR, "width": 2.6, "dash": "dash"})


def _struck_points(name: str) -> go.Scatter:
    return go.Scatter(x=[], y=[], mode="lines", name=name, hoverinfo="skip", line={"color": ERROR, "width": 2.6})


def _crosses(right: DoubleArray, rows: NDArray[np.bool_]) -> tuple[DoubleArray, DoubleArray]:
    """x and y of a cross over each output in collision: told by its shape as well as by its colour."""
    arms = np.array(
        [[-CROSS, -CROSS], [CROSS, CROSS], [np.nan, np.nan], [-CROSS, CROSS], [CROSS, -CROSS], [np.nan, np.nan]]
    )
    ends = right[:, None, :] + arms[None, :, :] * [1.0, 1.0]
    ends[~rows] = np.nan
    return ends[:, :, 0].ravel(), ends[:, :, 1].ravel()


def _marks(n: int) -> dict[str, Any]:
    return {
        "size": 9 if n <= 60 else 6,
        "color": [NEIGHBOUR] * n + [OTHERS] * n,
        "symbol": ["circle"] * n + ["square"] * n,
        "line": {"width": 0.5, "color": "rgba(60, 60, 60, 0.4)"},
    }


def _edges(left: DoubleArray, edges: Sequence[tuple[int, int]]) -> go.Scatter:
    x, y = [], []
    for one, other in edges:
        x += [left[one, 0], left[other, 0], None]
        y += [left[one, 1], left[other, 1], None]
    return go.Scatter(x=x, y=y, mode="lines", hoverinfo="skip", line={"color": "rgba(130, 138, 148, 0.4)", "width": 1})


def _ruler(line: bool, drawn: DoubleArray) -> list[go.Scatter]:
    """The number line under the points of the image; their labels are its marks."""
    if not line:
        return []
    at = float(drawn[0, 0])
    return [go.Scatter(x=[at, at], y=[0, 1], mode="lines", hoverinfo="skip", line={"color": OTHERS, "width": 1})]


def _layout(lines: tuple[bool, bool], say: MapWords) -> dict[str, Any]:
    bare = {"showgrid": False, "zeroline": False, "showticklabels": False, "showline": False}
    heading = {"xref": "x", "yref": "paper", "y": 1.0, "yanchor": "bottom", "showarrow": False, "font": {"size": 14}}
    return {
        "xaxis": {**bare, "range": [-0.17, RIGHT + 1.1]},
        "yaxis": {**bare, "range": [-0.06, 1.06]},
        "margin": {"l": 8, "r": 8, "t": 30, "b": 8},
        "annotations": [
            {**heading, "x": ON_LINE if lines[0] else 0.5, "text": say.domain},
            {**heading, "x": RIGHT + (1 - ON_LINE if lines[1] else 0.5), "text": say.image},
        ],
    }


def _order(separations: DoubleArray) -> list[int]:
    """Labels of X first, then those of the image, what lies closest to another before the rest."""
    n = len(separations)
    return [*range(n), *(n + int(row) for row in np.argsort(separations, kind="stable"))]
