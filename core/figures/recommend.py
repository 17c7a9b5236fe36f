"""Pictures of recommending: items around a reader by angle, how often items are shown, what diversity costs, the loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.arrays import DoubleArray
from core.figures.board import Board, Panel
from core.figures.palette import CLASSES, OTHERS, SELECTED

BOTH, FUZZY, EXACT = CLASSES[2], CLASSES[0], CLASSES[4]  # found by both ways, by the angle only, by the tag only
STRATEGY = {"exact": EXACT, "fuzzy": FUZZY, "mixed": BOTH, "popular": CLASSES[5], "random": OTHERS}
DASH = {"exact": "solid", "fuzzy": "dash", "mixed": "dot", "popular": "dashdot", "random": "longdash"}
_INNER, _MOST_LANES = 0.44, 8  # the innermost lane, and how many there may be


def fan_board(
    angles: Sequence[float], labels: Sequence[str], codes: Sequence[int], names: Sequence[str], reader: str, left: int
) -> Board:
    """Items at their angle (degrees, 0 to 180) from the reader, who looks straight up: the first `left` to the left of it.

    `codes` say which of the three `names` (found by both ways, by the angle only, by the tag only) each belongs to.
    """
    order = np.argsort(np.asarray(angles), kind="stable")
    side, lane = np.where(np.arange(len(order)) < left, -1.0, 1.0), np.empty(len(order))
    lanes = np.linspace(
        1.0, _INNER, int(np.clip(len(order) // 2, 3, _MOST_LANES))
    )  # so that labels at one angle do not collide
    for way in (-1.0, 1.0):
        own = order[side[order] == way]
        lane[own] = lanes[np.arange(len(own)) % len(lanes)]
    turn = np.radians(np.asarray(angles))
    x, y = side * lane * np.sin(turn), lane * np.cos(turn)
    colours = [BOTH, FUZZY, EXACT]
    figure = go.Figure(
        [
            _spokes(x, y),
            *_arcs(),
            go.Scatter(x=[0, 0], y=[0, 1.12], mode="lines", line={"color": SELECTED, "width": 3}, hoverinfo="skip"),
            go.Scatter(
                x=x.astype(np.float32), y=y.astype(np.float32), mode="markers",
                marker={"size": 11, "color": [colours[code] for code in codes], "symbol": [("circle", "diamond", "square")[code] for code in codes], "line": {"width": 0.6, "color": "rgba(60, 60, 60, 0.4)"}},
            ),
        ]
    )  # fmt: skip
    bare = {"showgrid": False, "zeroline": False, "showticklabels": False, "showline": False}
    low = min(-0.06, float(y.min(initial=0)) - 0.06)
    figure.update_layout(
        xaxis={**bare, "range": [-1.45, 1.45]}, yaxis={**bare, "range": [low, 1.26]}, margin={"l": 4, "r": 4, "t": 4, "b": 4},
        annotations=[{"x": 0, "y": 1.19, "text": _plain(reader), "showarrow": False, "font": {"size": 15, "color": SELECTED}}],
    )  # fmt: skip
    groups = names, colours, np.asarray(codes, np.uint8)
    return Board(
        panels=[
            Panel(
                figure=figure, height=430, aspect=0.56, points=len(figure.data) - 1, labels=labels, order=order.tolist(),
                groups=groups, labels_left=left, wheel=False,
            )
        ]
    )  # fmt: skip


def _spokes(x: DoubleArray, y: DoubleArray) -> go.Scatter:
    gap = np.full(len(x), np.nan)
    zero = np.zeros(len(x))
    return go.Scatter(
        x=np.stack([zero, x, gap], axis=1).ravel(), y=np.stack([zero, y, gap], axis=1).ravel(),
        mode="lines", line={"color": "rgba(130, 138, 148, 0.35)", "width": 1}, hoverinfo="skip",
    )  # fmt: skip


def _arcs() -> list[go.Scatter]:
    """Rays at 30, 60 and 90 degrees on both sides, named at their ends."""
    rays = [np.radians(side * angle) for angle in (30, 60, 90) for side in (-1, 1)]
    ends = [(1.17 * np.sin(ray), 1.17 * np.cos(ray)) for ray in rays]
    faint = {"color": "rgba(130, 138, 148, 0.25)", "width": 1, "dash": "dot"}
    lines = [go.Scatter(x=[0, x], y=[0, y], mode="lines", line=faint, hoverinfo="skip") for x, y in ends]
    names = go.Scatter(
        x=[1.1 * x for x, _ in ends], y=[1.06 * y for _, y in ends], mode="text", hoverinfo="skip",
        text=["30°", "30°", "60°", "60°", "90°", "90°"], textfont={"size": 12, "color": OTHERS},
    )  # fmt: skip
    return [*lines, names]


def measures_board(
    shown: Mapping[str, NDArray[Any]],
    curves: Mapping[str, Sequence[tuple[float, float, float | None]]],
    names: Mapping[str, str],
    words: Mapping[str, str],
    at: float = 0.0,
) -> Board:
    """shown: strategy -> (n,) how often each item was shown; curves: strategy -> (setting, relevance, diversity) points,
    the one of the setting `at` larger.

    `words`: frequency, rank, times, tradeoff, relevance, diversity.
    """
    ranked = go.Figure([_ranked(values, names[name], name) for name, values in shown.items() if values.any()])
    logarithmic = {"type": "log", "dtick": 1, "zeroline": False}
    ranked.update_layout(_axes(words["rank"], words["times"], logarithmic, logarithmic))
    paid = go.Figure([_curve(points, names[name], name, at) for name, points in curves.items()])
    paid.update_layout(_axes(words["diversity"], words["relevance"], {"zeroline": False}, {"zeroline": False}))
    return Board(
        panels=[
            Panel(figure=ranked, height=330, title=words["frequency"], aspect=0.85),
            Panel(figure=paid, height=330, title=words["tradeoff"], aspect=0.85),
        ],
        columns="1fr 1fr",
    )


def _ranked(values: NDArray[Any], name: str, strategy: str) -> go.Scatter:
    counts = np.sort(values[values > 0])[::-1]
    return go.Scatter(
        x=np.arange(1, len(counts) + 1), y=counts, mode="lines", name=name,
        line={"color": STRATEGY[strategy], "width": 2.4, "dash": DASH[strategy], "shape": "hv"}, hovertemplate="%{x}: %{y}<extra>" + name + "</extra>",
    )  # fmt: skip


def _curve(points: Sequence[tuple[float, float, float | None]], name: str, strategy: str, at: float) -> go.Scatter:  # fmt: skip
    known = [(setting, relevance, apart) for setting, relevance, apart in points if apart is not None]
    return go.Scatter(
        x=[apart for _, _, apart in known], y=[relevance for _, relevance, _ in known], mode="lines+markers", name=name,
        text=[f"{setting:.2f}" for setting, _, _ in known], hovertemplate="%{text}: %{x:.3f}, %{y:.3f}<extra>" + name + "</extra>",
        line={"color": STRATEGY[strategy], "width": 2.2, "dash": DASH[strategy]}, marker={"size": [13 if abs(setting - at) < 0.01 else 6 for setting, _, _ in known], "color": STRATEGY[strategy]},
    )  # fmt: skip


def loop_board(
    curves: Mapping[str, Mapping[str, tuple[DoubleArray, DoubleArray]]],
    measures: Sequence[tuple[str, str]],
    names: Mapping[str, str],
    round_word: str,
) -> Board:
    """curves: policy -> measure -> (mean, deviation), (rounds,) each; `measures`: (measure, title), one panel each."""
    panels = []
    for measure, title in measures:
        figure = go.Figure()
        for policy, held in curves.items():
            mean, deviation = held[measure]
            rounds = np.arange(1, len(mean) + 1)
            figure.add_trace(_band(rounds, mean, deviation, policy))
            figure.add_trace(
                go.Scatter(
                    x=rounds, y=mean, mode="lines", name=names[policy],
                    line={"color": STRATEGY[policy], "width": 2.6, "dash": DASH[policy]}, hovertemplate="%{y:.3f}<extra>" + names[policy] + "</extra>",
                )
            )  # fmt: skip
        figure.update_layout(_axes(round_word, "", {"zeroline": False}, {"zeroline": False, "nticks": 5}))
        figure.update_layout(hovermode="x")
        panels.append(Panel(figure=figure, height=270, title=title, aspect=0.62))
    return Board(panels=panels, columns="1fr 1fr")


def _band(rounds: NDArray[Any], mean: DoubleArray, deviation: DoubleArray, policy: str) -> go.Scatter:
    colour = STRATEGY[policy]
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return go.Scatter(
        x=np.concatenate([rounds, rounds[::-1]]), y=np.concatenate([mean + deviation, (mean - deviation)[::-1]]),
        fill="toself", fillcolor=f"rgba({red}, {green}, {blue}, 0.18)", line={"width": 0}, mode="lines", hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def _axes(x: str, y: str, xaxis: dict[str, Any], yaxis: dict[str, Any]) -> dict[str, Any]:
    small = {"size": 13}
    return {
        "margin": {"l": 52 if y else 44, "r": 8, "t": 30, "b": 40},
        "xaxis": {"title": {"text": x, "standoff": 4, "font": small}, **xaxis},
        "yaxis": {"title": {"text": y, "standoff": 4, "font": small}, **yaxis},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "bgcolor": "rgba(0,0,0,0)"},
    }


def _plain(text: str) -> str:
    cut = text if len(text) <= 40 else text[:39] + "…"
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
