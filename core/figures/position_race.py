"""Learned positions beside fixed ones: how well each tells order as they train, their tables, and what lies beyond."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.board import Board, Panel, Slider
from core.figures.palette import FIXED, LEARNED, OTHERS
from core.figures.positions import BOTTOM, LEFT, RIGHT, TOP, heat, laid_out, whole

COLOURS = {"none": OTHERS, "fixed": FIXED, "learned": LEARNED, "rotary": "#CC79A7", "alibi": "#E69F00"}
DASHES = {"none": "solid", "fixed": "solid", "learned": "dash", "rotary": "dot", "alibi": "dashdot"}
ACCURACY, FIXED_TABLE, LEARNED_TABLE, FIXED_NEAR, LEARNED_NEAR, LOOKS = range(6)  # panels
PARTS = ("high", "low", "mean")  # traces of a scheme, in this order: the band, then the line


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceWords:
    """What the board says, in the reader's language. `schemes` names each scheme, `missing` stands where there is no row."""

    position: str
    dimension: str
    step: str
    accuracy: str
    right: str
    fixed: str
    learned: str
    fixed_near: str
    learned_near: str
    looks: str
    missing: str
    schemes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """What the board shows: `steps` (k,), `mean` and `spread` (schemes, k) in percent, the `fixed` table (n, d) and the `frames`
    (k, m, d) of a learned one with m <= n rows, the cosines of both, (n, n) and (k, m, m), and for "fixed" and "learned"
    where each place looked, (k, m, m). All of them may hold one record only."""

    schemes: Sequence[str]
    steps: Sequence[int]
    mean: NDArray[Any]
    spread: NDArray[Any]
    fixed: NDArray[Any]
    frames: NDArray[Any]
    fixed_near: NDArray[Any]
    frames_near: NDArray[Any]
    looks: Mapping[str, NDArray[Any]]
    last: int


def race_board(race: Race, words: RaceWords) -> Board:
    """Accuracy by step with its spread, the two tables, and the cosines of their rows; with several records a slider of steps."""
    rows, length = len(race.fixed), race.frames.shape[1]
    learned, near = padded(race.frames, rows, race.frames.shape[2]), padded(race.frames_near, rows, rows)
    moves = len(race.steps) > 1
    reach = float(np.abs(race.frames[-1]).max()) if moves else 1.0
    axes: dict[str, Any] = {"ticks": 5, "x": words.dimension, "y": words.position}
    pos: dict[str, Any] = {"ticks": 5, "x": words.position, "y": words.position}
    tables: dict[str, Any] = {"height": 190, "fixed": True, "cross": ("i", "pos") if moves else None}
    nears: dict[str, Any] = {"height": 190, "fixed": True, "cross": (None, "pos") if moves else None}
    empty = _missing(length, rows, words.missing)
    panels = [
        Panel(figure=_accuracy(race, words), height=190, fixed=True, wide=True, fast=moves, title=words.accuracy),
        Panel(figure=heat(race.fixed, 1.0, **axes), title=words.fixed, **tables),
        Panel(figure=heat(learned[-1], reach, **axes).update_layout(annotations=empty), title=words.learned, **tables),
        Panel(figure=heat(race.fixed_near, 1.0, **pos), title=words.fixed_near, **nears),
        Panel(figure=heat(near[-1], 1.0, **pos), title=words.learned_near, **nears),
    ]
    if not moves:
        return Board(panels=panels, columns="1fr 1fr", narrow="1fr 1fr")
    panels.append(Panel(figure=_looks(rows), height=112, fixed=True, wide=True, fast=True, cross=("pos", None), title=words.looks))  # fmt: skip
    steps = np.asarray(race.steps, dtype=np.float32)
    means = {f"mean_{name}": line.astype(np.float32) for name, line in zip(race.schemes, race.mean, strict=True)}  # fmt: skip
    looks = {f"looks_{name}": padded(look, rows, rows) for name, look in race.looks.items()}
    return Board(
        panels=panels,
        sliders=_sliders(rows, race, words),
        matrices={"learned": learned, "learned_near": near, "fixed": (FIXED_TABLE, 0), "steps": steps, **means, **looks},
        bindings=[*_bindings(race.schemes), *_look_bindings(race.looks)],
        text=_text(race.schemes, length, words),
        columns="1fr 1fr",
        narrow="1fr 1fr",
    )  # fmt: skip


def bands(
    steps: Sequence[float], mean: NDArray[Any], apart: NDArray[Any]
) -> dict[str, tuple[list[float], list[float]]]:
    """One line's traces by `PARTS`: x and y."""
    x = [float(step) for step in steps]
    lines = {"high": mean + apart, "low": mean - apart, "mean": mean}
    return {part: (x, [float(value) for value in lines[part]]) for part in PARTS}


def banded(x: NDArray[Any], mean: NDArray[Any], apart: NDArray[Any], scheme: str, name: str) -> list[go.Scatter]:
    """A line with its spread as a band around it: three traces, by `PARTS`."""
    red, green, blue = (int(COLOURS[scheme][at : at + 2], 16) for at in (1, 3, 5))
    edge: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
    return [
        go.Scatter(x=x, y=mean + apart, **edge),
        go.Scatter(x=x, y=mean - apart, fill="tonexty", fillcolor=f"rgba({red},{green},{blue},0.22)", **edge),
        go.Scatter(
            x=x, y=mean, mode="lines+markers" if len(x) == 1 else "lines", name=name, marker={"size": 5}, line={"color": COLOURS[scheme], "width": 2.2, "dash": DASHES[scheme]},
            hovertemplate="%{y:.1f} %<extra>" + name + "</extra>",
        ),
    ]  # fmt: skip


def percent_axis(title: str) -> dict[str, Any]:
    """0 to 100 %. The signs stand in the texts: Plotly adds no suffix to ticks that are given."""
    places = [0, 25, 50, 75, 100]
    return {"title": {"text": title, "font": {"size": 13}}, "range": [-3, 106], "tickvals": places, "ticktext": [f"{place} %" for place in places], "zeroline": False, "fixedrange": True}  # fmt: skip


def padded(frames: NDArray[Any], rows: int, columns: int) -> NDArray[np.float32]:
    """Frames with rows (and columns) of nothing behind the last one."""
    out = np.full((len(frames), rows, columns), np.nan, dtype=np.float32)
    out[:, : frames.shape[1], : frames.shape[2]] = frames
    return out


def _accuracy(race: Race, words: RaceWords) -> go.Figure:
    steps = np.asarray(race.steps, dtype=np.float32)
    lines = [
        trace
        for name, mean, apart in zip(race.schemes, race.mean, race.spread, strict=True)
        for trace in banded(steps, mean, apart, name, words.schemes[name])
    ]
    marks = [
        go.Scatter(x=[], y=[], mode="markers", marker={"size": 8, "color": COLOURS[name]}, hoverinfo="skip", showlegend=False)
        for name in race.schemes
    ]  # fmt: skip
    return laid_out(
        [*lines, *marks],
        xaxis={"title": {"text": words.step, "font": {"size": 13}, "standoff": 4}, "range": [-0.01 * race.last, 1.01 * race.last], "zeroline": False, "fixedrange": True},
        yaxis=percent_axis(words.right),
        margin={"l": 66, "r": RIGHT, "t": TOP, "b": 40},
        showlegend=True,
        legend={"orientation": "v", "x": 1.01, "y": 0.5, "yanchor": "middle", "xanchor": "left", "traceorder": "normal"},
        hovermode="x",
    )  # fmt: skip


def _sliders(rows: int, race: Race, words: RaceWords) -> list[Slider]:
    last, dim = len(race.steps) - 1, race.fixed.shape[1]
    return [
        Slider(name="step", label=words.step, low=0, high=last, value=last, labels=[str(step) for step in race.steps], play=True),
        Slider(name="pos", label=words.position, low=0, high=rows - 1, value=min(5, rows - 1)),
        Slider(name="i", label=words.dimension, low=0, high=dim - 1, value=min(6, dim - 1)),
    ]  # fmt: skip


def _bindings(schemes: Sequence[str]) -> list[dict[str, Any]]:
    first = len(PARTS) * len(schemes)
    marks: list[dict[str, Any]] = []
    for at, name in enumerate(schemes):
        marks += [
            {"panel": ACCURACY, "trace": first + at, "attr": "x", "matrix": "steps", "cell": ["step"]},
            {"panel": ACCURACY, "trace": first + at, "attr": "y", "matrix": f"mean_{name}", "cell": ["step"]},
        ]  # fmt: skip
    return [
        *marks,
        {"panel": LEARNED_TABLE, "trace": 0, "attr": "z", "matrix": "learned", "axis": 0, "control": "step"},
        {"panel": LEARNED_NEAR, "trace": 0, "attr": "z", "matrix": "learned_near", "axis": 0, "control": "step"},
    ]


def _look_bindings(looks: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"panel": LOOKS, "trace": at, "attr": "y", "matrix": f"looks_{name}", "within": "step", "axis": 0, "control": "pos"}
        for at, name in enumerate(("fixed", "learned"))
        if name in looks
    ]  # fmt: skip


def _text(schemes: Sequence[str], length: int, words: RaceWords) -> list[Any]:
    inside = {"op": "<", "of": [{"value": "pos"}, length]}
    learned = {"number": {"matrix": "learned", "cell": ["step", "pos", "i"]}, "digits": 3}
    line: list[Any] = []
    for name in ("fixed", "learned", "none"):
        if name in schemes:
            share = {"number": {"matrix": f"mean_{name}", "cell": ["step"]}, "digits": 1}
            line += [f"{words.schemes[name]} ", share, " %, "]
    line[-1:] = [
        f" % {words.right} · p(", {"value": "pos"}, ", ", {"value": "i"}, f"): {words.schemes['fixed']} ",
        {"matrix": "fixed", "cell": ["pos", "i"], "digits": 3},
        f", {words.schemes['learned']} ", {"choose": inside, "of": [[words.missing], [learned]]},
    ]  # fmt: skip
    return line


def _missing(length: int, rows: int, sentence: str) -> list[dict[str, Any]]:
    if rows == length:
        return []
    middle = (length + rows - 1) / 2
    return [{"x": 0.5, "xref": "x domain", "y": middle, "text": sentence, "showarrow": False, "font": {"size": 12}}]


def _looks(rows: int) -> go.Figure:
    places = np.arange(rows)
    line: dict[str, Any] = {"mode": "lines", "hoverinfo": "skip"}
    return laid_out(
        [go.Scatter(x=places, line={"color": COLOURS[name], "width": 2, "dash": DASHES[name]}, **line) for name in ("fixed", "learned")],
        xaxis={"range": [-0.5, rows - 0.5], **whole(rows)},
        yaxis={"range": [-0.04, 1.04], "tickvals": [0, 0.5, 1], "zeroline": True, "showgrid": False, "fixedrange": True},
        margin={"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM - 18},
    )  # fmt: skip
