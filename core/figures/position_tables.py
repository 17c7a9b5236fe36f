"""A fixed table of positions beside a learned one, and what each says about who is near whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.board import Board, Panel, Slider
from core.figures.palette import FIXED, LEARNED
from core.figures.positions import BOTTOM, LEFT, RIGHT, TOP, heat, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class TableWords:
    """What the board says, in the reader's language. `missing` stands where the learned table has no row."""

    position: str
    dimension: str
    step: str
    fixed: str
    learned: str
    fixed_near: str
    learned_near: str
    curves: str
    missing: str
    value_fixed: str
    value_learned: str
    held_out: str


def table_board(
    fixed: NDArray[Any],
    frames: NDArray[Any],
    fixed_near: NDArray[Any],
    frames_near: NDArray[Any],
    steps: Sequence[int],
    accuracy: NDArray[Any],
    words: TableWords,
) -> Board:
    """fixed (n, d) and frames (k, m, d) of a learned table with m <= n rows, each with the cosines of its rows,
    (n, n) and (k, m, m); `steps` (k) names the frames and `accuracy` (k) says how well each tells offsets apart.
    """
    rows, length = len(fixed), frames.shape[1]
    learned, near = _padded(frames, rows, frames.shape[2]), _padded(frames_near, rows, rows)
    reach = float(np.abs(frames[-1]).max())
    axes: dict[str, Any] = {"ticks": 5, "x": words.dimension, "y": words.position}
    tables: dict[str, Any] = {"height": 206, "fixed": True, "cross": ("i", "pos")}
    nears: dict[str, Any] = {"height": 200, "fixed": True, "cross": (None, "pos")}
    empty = _missing(length, rows, words.missing)
    pos: dict[str, Any] = {"ticks": 5, "x": words.position, "y": words.position}
    return Board(
        panels=[
            Panel(figure=heat(fixed, 1.0, **axes), title=words.fixed, **tables),
            Panel(figure=heat(learned[-1], reach, **axes).update_layout(annotations=empty), title=words.learned, **tables),
            Panel(figure=heat(fixed_near, 1.0, **pos), title=words.fixed_near, **nears),
            Panel(figure=heat(near[-1], 1.0, **pos), title=words.learned_near, **nears),
            Panel(figure=_curves(rows), height=106, fixed=True, wide=True, fast=True, cross=("pos", None), title=words.curves),
        ],
        sliders=_sliders(rows, fixed.shape[1], steps, words),
        matrices={
            "fixed": (0, 0), "fixed_near": (2, 0), "learned": learned, "learned_near": near,
            "accuracy": 100 * np.asarray(accuracy),
        },
        bindings=[
            {"panel": 1, "trace": 0, "attr": "z", "matrix": "learned", "axis": 0, "control": "step"},
            {"panel": 3, "trace": 0, "attr": "z", "matrix": "learned_near", "axis": 0, "control": "step"},
            {"panel": 4, "trace": 0, "attr": "y", "matrix": "fixed_near", "axis": 0, "control": "pos"},
            {"panel": 4, "trace": 1, "attr": "y", "matrix": "learned_near", "within": "step", "axis": 0, "control": "pos"},
        ],
        text=_text(length, words),
        columns="1fr 1fr",
        narrow="1fr 1fr",
    )  # fmt: skip


def _sliders(rows: int, dim: int, steps: Sequence[int], words: TableWords) -> list[Slider]:
    last = len(steps) - 1
    return [
        Slider(name="pos", label=words.position, low=0, high=rows - 1, value=min(5, rows - 1)),
        Slider(name="i", label=words.dimension, low=0, high=dim - 1, value=min(6, dim - 1)),
        Slider(name="step", label=words.step, low=0, high=last, value=last, labels=[str(step) for step in steps], play=last > 0),
    ]  # fmt: skip


def _text(length: int, words: TableWords) -> list[Any]:
    inside = {"op": "<", "of": [{"value": "pos"}, length]}
    learned = {"number": {"matrix": "learned", "cell": ["step", "pos", "i"]}, "digits": 4}
    share = {"number": {"matrix": "accuracy", "cell": ["step"]}, "digits": 0}
    return [
        f"{words.value_fixed} ", {"matrix": "fixed", "cell": ["pos", "i"], "digits": 4},
        f" · {words.value_learned} ", {"choose": inside, "of": [[words.missing], [learned]]},
        f" · {words.held_out} ", share, " %",
    ]  # fmt: skip


def _padded(frames: NDArray[Any], rows: int, columns: int) -> NDArray[np.float32]:
    """Frames with rows (and columns) of nothing behind the last one."""
    out = np.full((len(frames), rows, columns), np.nan, dtype=np.float32)
    out[:, : frames.shape[1], : frames.shape[2]] = frames
    return out


def _missing(length: int, rows: int, sentence: str) -> list[dict[str, Any]]:
    if rows == length:
        return []
    middle = (length + rows - 1) / 2
    return [{"x": 0.5, "xref": "x domain", "y": middle, "text": sentence, "showarrow": False, "font": {"size": 12}}]


def _curves(rows: int) -> go.Figure:
    places = np.arange(rows)
    figure = go.Figure(
        [
            go.Scatter(x=places, mode="lines", line={"color": FIXED, "width": 2}, hoverinfo="skip"),
            go.Scatter(x=places, mode="lines", line={"color": LEARNED, "width": 2, "dash": "dash"}, hoverinfo="skip"),
        ]
    )
    return figure.update_layout(
        xaxis={"range": [-0.5, rows - 0.5], **whole(rows)},
        yaxis={"range": [-1.1, 1.1], "tickvals": [-1, 0, 1], "zeroline": True, "showgrid": False, "fixedrange": True},
        margin={"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM - 18},
    )
