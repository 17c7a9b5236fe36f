"""What the input of a vision transformer costs, model beside model, as the image grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.board import Board, Panel, Slider
from core.patches.counts import VITS, Vit, vit_counts

RESOLUTION = "resolution"  # the slider: place in the list of resolutions
RESOLUTIONS = tuple(range(112, 1025, 16))
_HEAD, _LINE, _WORDS = 52, 46, 19  # pixels of the heads, of a line, and of its words, which stand above its numbers
_CLEAR, _EDGE = "rgba(0,0,0,0)", "rgba(128,128,128,0.35)"
_BAR = [(0.0, "rgb(0,114,178)"), (1.0, "rgb(0,114,178)")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWords:
    """What the board says, in the reader's language. `mine` names one's own model; `rows` the seven lines of the table:
    image side, tokens, parameters of projection and of positions, pairs, multiply-adds of a layer and of all, in millions."""

    resolution: str
    table: str
    tokens: str
    attention: str
    mine: str
    rows: tuple[str, str, str, str, str, str, str]


def model_counts(resolution: int, vit: Vit) -> tuple[int, int, int, int, int, int, int]:
    """The seven figures of a model at the largest square of whole patches within a resolution, with a class token."""
    side = max(1, resolution // vit.patch) * vit.patch
    found = vit_counts(side, side, vit.patch, vit.dim)
    layer = found.attention_multiply_adds
    return (
        side,
        found.tokens,
        found.projection_parameters,
        found.position_parameters,
        found.attention_pairs,
        round(layer / 1e6),
        round(layer * vit.layers / 1e6),
    )


def models_board(mine: Vit, words: ModelWords) -> Board:
    """A table whose numbers follow the slider of the resolution, and bars of tokens and attention on a scale of tens."""
    every = [*VITS.values(), mine]
    cells = np.array([[model_counts(one, vit) for vit in every] for one in RESOLUTIONS], dtype=np.int64)
    fits = np.minimum(cells, 2**31 - 1).astype(np.int32)
    start, names = RESOLUTIONS.index(224), [*(name.removeprefix("ViT-") for name in VITS), words.mine]
    tens = np.log10(np.maximum(1, cells)).astype(np.float32)
    return Board(
        panels=[
            _table(names, fits[start], words),
            _bars(names, tens[:, :, 1], start, words.tokens),
            _bars(names, tens[:, :, 6], start, words.attention),
        ],
        sliders=[
            Slider(name=RESOLUTION, label=words.resolution, low=0, high=len(RESOLUTIONS) - 1, value=start, play=True, labels=[f"{one} × {one}" for one in RESOLUTIONS])
        ],
        matrices={"cells": fits, "tokens": tens[:, :, 1], "attention": tens[:, :, 6]},
        bindings=[
            {"panel": 0, "trace": 0, "attr": "cells.values", "matrix": "cells", "axis": 0, "control": RESOLUTION},
            {"panel": 1, "trace": 0, "attr": "y", "matrix": "tokens", "axis": 0, "control": RESOLUTION},
            {"panel": 2, "trace": 0, "attr": "y", "matrix": "attention", "axis": 0, "control": RESOLUTION},
        ],
        columns="repeat(2, minmax(0, 1fr))",
    )  # fmt: skip


def _table(names: list[str], cells: NDArray[np.int32], words: ModelWords) -> Panel:
    """A column a model, so that five of them fit on a phone: what a line is stands above its numbers, over the whole width."""
    plain: dict[str, Any] = {"fill": {"color": _CLEAR}, "line": {"width": 0}, "align": "right"}
    figure = go.Figure(
        go.Table(
            header={"values": names, "height": _HEAD, **plain},
            cells={"values": cells.tolist(), "format": [",d"], "height": _LINE, **plain},
        )
    )
    height = _HEAD + _LINE * len(words.rows) + 6
    at = [1 - (_HEAD + _LINE * row - _WORDS) / height for row in range(len(words.rows))]
    whole = {"xref": "paper", "yref": "paper"}
    lines = [
        {"type": "line", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": {"color": _EDGE, "width": 1}, **whole} for y in at
    ]
    told = [
        {"text": text, "x": 0, "y": y - 2 / height, "xanchor": "left", "yanchor": "top", "showarrow": False, "font": {"size": 12}, "opacity": 0.75, **whole}
        for text, y in zip(words.rows, at, strict=True)
    ]  # fmt: skip
    figure.update_layout(annotations=told, shapes=lines, margin={"l": 0, "r": 0, "t": 0, "b": 0}, uirevision="table")
    return Panel(figure=figure, title=words.table, height=height, fixed=True, wide=True)


def _bars(names: list[str], tens: NDArray[np.float32], start: int, title: str) -> Panel:
    high = int(np.ceil(tens.max()))
    trace = go.Bar(x=np.arange(len(names), dtype=np.int32), y=tens[start], marker={"colorscale": _BAR, "cmin": 0, "cmax": 1})  # fmt: skip
    figure = go.Figure(trace).update_layout(
        bargap=0.35,
        xaxis={"range": [-0.6, len(names) - 0.4], "tickvals": list(range(len(names))), "ticktext": names, "showgrid": False, "zeroline": False, "fixedrange": True},
        yaxis={"range": [0, high], "tickvals": list(range(high + 1)), "ticktext": [f"{10**power:,}" for power in range(high + 1)], "zeroline": True, "fixedrange": True},
        margin={"l": 78, "r": 8, "t": 9, "b": 30},
    )  # fmt: skip
    return Panel(figure=figure, title=title, fast=True, height=240, fixed=True)
