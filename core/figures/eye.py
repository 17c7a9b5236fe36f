"""Windows under R's eye: which rows of W they look up, every word ranked for a slot, and what one step of gradient moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.arrays import FloatArray, IntArray
from core.figures.board import Board, Lines, Lit, Panel, Slider
from core.figures.palette import DIVERGING, FIXED, OTHERS, SELECTED
from core.figures.plain import plain

STRIP = 1  # the panel with the rows looked up


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """n windows of T words as R sees them: `words`, their `rows` (n, T) of W, the place of the swapped word (-1: none) in
    `slots` (n,), and R's answers (n,): the probability of "valid", or under the hinge loss the score."""

    words: Sequence[Sequence[str]]
    rows: IntArray
    slots: IntArray
    answers: FloatArray


def eye_board(
    picture: Panel, places: Mapping[int, int], table: FloatArray, seen: Seen, tags: Sequence[str], text: Sequence[Any], words: Mapping[str, str]
) -> Board:  # fmt: skip
    """A list of windows; the one pointed at lights its rows in the map `picture` (`places`: row of W -> its point) and shows
    them as a strip of `table`. `tags` stand before the lines; `text` may use the matrices "answer" and "truth" (1: valid).
    `words` are the titles in the reader's language: window, strip, dimension.
    """
    on_map = np.vectorize(lambda row: places.get(int(row), -1), otypes=[np.int32])(seen.rows)
    marked = np.where(seen.slots >= 0, on_map[np.arange(len(on_map)), seen.slots], -1)[:, None].astype(np.int32)
    labels = [[f"{at + 1} · {plain(word, 14)}" for at, word in enumerate(window)] for window in seen.words]
    most = float(np.abs(table[seen.rows]).max()) or 1.0
    strip = go.Figure(
        go.Heatmap(
            z=table[seen.rows[0]], y=labels[0], colorscale=DIVERGING, zmid=0, zmin=-most, zmax=most, ygap=3,
            colorbar={"thickness": 10, "outlinewidth": 0}, hovertemplate="%{y}<br>%{x}: %{z:.3f}<extra></extra>",
        )
    )  # fmt: skip
    strip.update_layout(
        xaxis={"title": {"text": words["dimension"], "standoff": 8}, "zeroline": False, "showgrid": False},
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
        margin={"l": 104, "r": 4, "t": 6, "b": 44},
    )
    count = len(seen.words)
    slider = Slider(name="window", label=words["window"], low=0, high=count - 1, value=0, labels=[str(at + 1) for at in range(count)])  # fmt: skip
    return Board(
        panels=[replace(picture, height=380, span=3), Panel(figure=strip, height=250, title=words["strip"], span=2, fixed=True, wheel=False)],
        sliders=[slider],
        matrices={
            "rows": on_map, "marked": marked, "strip": table[seen.rows],
            "answer": seen.answers.reshape(-1, 1), "truth": (seen.slots < 0).astype(np.float32).reshape(-1, 1),
        },
        bindings=[
            {"panel": STRIP, "trace": 0, "attr": "z", "matrix": "strip", "axis": 0, "control": "window"},
            {"panel": STRIP, "trace": 0, "attr": "y", "choices": labels, "control": "window"},
        ],
        text=text,
        lines=Lines(slider="window", words=seen.words, marked=seen.slots.tolist(), tags=tags),
        lit=Lit(slider="window", rows="rows", marked="marked"),
        columns="repeat(5, 1fr)",
    )  # fmt: skip


def ranking_panel(scores: FloatArray, marks: Sequence[tuple[str, int]], words: Mapping[str, str]) -> Panel:
    """Scores of every word of the vocabulary, the best first, as bars side by side; `marks` (label, place from 1) stand out.
    `words`: ranking, rank, score."""
    ranks = np.arange(1, len(scores) + 1, dtype=np.float32)
    figure = go.Figure(
        go.Bar(x=ranks, y=scores, width=1.0, marker={"color": OTHERS, "line": {"width": 0}}, hovertemplate="%{x}: %{y:.2f}<extra></extra>")
    )  # fmt: skip
    for label, place in marks:
        share = place / len(scores)  # near an edge the label stands to its inner side, beside the numbers of the axis
        figure.add_annotation(
            xanchor="left" if share < 0.2 else "right" if share > 0.8 else "center",
            x=place, y=max(0.0, float(scores[place - 1])), text=f"{plain(label)} · {place:,}", showarrow=True, arrowhead=0, ax=0, ay=-26,
            font={"color": SELECTED, "size": 13}, arrowcolor=SELECTED,
        )  # fmt: skip
    low, high = float(scores.min()), float(scores.max())
    room = 0.22 * ((high - low) or 1.0)
    figure.update_layout(
        bargap=0, margin={"l": 48, "r": 8, "t": 8, "b": 40},
        xaxis={"title": {"text": words["rank"], "standoff": 4}, "zeroline": False, "range": [0.5, len(scores) + 0.5]},
        yaxis={"title": {"text": words["score"]}, "zeroline": True, "nticks": 5, "range": [min(low, 0) - room / 4, max(high, 0) + room]},
    )  # fmt: skip
    return Panel(figure=figure, height=230, title=words["ranking"], fixed=True, wheel=False)


def step_panel(
    vocabulary: int, rows: IntArray, lengths: FloatArray, labels: Sequence[str], words: Mapping[str, str]
) -> Panel:
    """How far each row of W moves in one step: the rows touched as stems over the whole table, all others on zero.
    `words`: step, row, length."""
    x = np.repeat(rows.astype(np.float32), 3)
    y = np.stack([np.zeros_like(lengths), lengths, np.full_like(lengths, np.nan)], axis=1).ravel()
    figure = go.Figure(
        [
            go.Scatter(x=[0, vocabulary - 1], y=[0, 0], mode="lines", line={"color": OTHERS, "width": 3}, hoverinfo="skip"),
            go.Scatter(x=x, y=y, mode="lines", line={"color": FIXED, "width": 2}, hoverinfo="skip"),
            go.Scatter(
                x=rows, y=lengths, mode="markers", marker={"color": FIXED, "size": 8},
                text=[plain(label) for label in labels], hovertemplate="%{text}: %{y:.2g}<extra></extra>",
            ),
        ]
    )  # fmt: skip
    most = float(lengths.max()) or 1.0
    figure.update_layout(
        margin={"l": 84, "r": 8, "t": 8, "b": 40},
        xaxis={"title": {"text": words["row"], "standoff": 4}, "zeroline": False, "range": [-0.02 * vocabulary, 1.02 * vocabulary]},
        yaxis={"title": {"text": words["length"]}, "nticks": 4, "zeroline": False, "range": [-0.06 * most, 1.3 * most], "exponentformat": "power"},
    )  # fmt: skip
    return Panel(figure=figure, height=230, title=words["step"], fixed=True, wheel=False)
