"""Places on a grid and how alike their codes are (after figure 7 of Dosovitskiy et al. 2021); patches in order and shuffled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.arrays import FloatArray, IntArray
from core.figures.board import Board, Panel, Slider
from core.figures.palette import DIVERGING, LEARNED, OTHERS

PLACE, EPOCH = "place", "epoch"  # the sliders
_BARE = {"showticklabels": False, "showgrid": False, "zeroline": False, "showline": False, "ticks": "", "constrain": "domain"}  # fmt: skip
Grid = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """What the board says, in the reader's language."""

    place: str
    epoch: str
    overview: str
    one: str
    accuracy: str
    held_out: str
    resampled: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """How a learned table came about: held-out `accuracy` (k) at `epochs` (k); `frames` (f, n, dim) the tables that can be
    shown, the last f of them; `resampled` the last table on another `grid`, if asked for."""

    epochs: Sequence[int]
    accuracy: Sequence[float]
    frames: FloatArray
    resampled: FloatArray | None = None
    grid: Grid = (1, 1)


def cosines(table: NDArray[Any]) -> FloatArray:
    """(n, dim) -> (n, n) cosines of every two rows; 0 where a row is zero."""
    wide = np.asarray(table, dtype=np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    unit = wide / np.where(lengths > 0, lengths, 1.0)
    near: FloatArray = (unit @ unit.T).astype(np.float32)
    return near


def mosaic(near: FloatArray, grid: Grid) -> FloatArray:
    """(n, n) -> a grid of grids: the cell of each place shows how like every other place is, one blank between cells."""
    rows, columns = grid
    whole = np.full((rows, rows + 1, columns, columns + 1), np.nan, dtype=np.float32)
    whole[:, :-1, :, :-1] = near.reshape(rows, columns, rows, columns).transpose(0, 2, 1, 3)
    return whole.reshape(rows * (rows + 1), columns * (columns + 1))[:-1, :-1]


def places_board(
    table: NDArray[Any], grid: Grid, words: PlaceWords, text: Sequence[Any] = (), learning: Learning | None = None
) -> Board:
    """All places at once, and one of them large; with `learning`, the table forming, its accuracy, and it on another grid."""
    near = cosines(table)
    panels = [_overview(mosaic(near, grid), grid, words.overview), _one(near, grid, words.one)]
    sliders = [Slider(name=PLACE, label=words.place, low=0, high=len(near) - 1, value=len(near) // 2 + grid[1] // 2, selects=True)]  # fmt: skip
    matrices: dict[str, Any] = {"near": near.reshape(len(near), *grid)}
    bindings: list[dict[str, Any]] = [
        {"panel": 1, "trace": 0, "attr": "z", "matrix": "near", "axis": 0, "control": PLACE}
    ]
    if learning is not None:
        last = len(learning.frames) - 1
        shown = [f"{epoch}" for epoch in learning.epochs[-len(learning.frames) :]]
        sliders.append(Slider(name=EPOCH, label=words.epoch, low=0, high=last, value=last, labels=shown, play=last > 0))
        matrices["forming"] = np.stack([mosaic(cosines(frame), grid) for frame in learning.frames])
        bindings.append({"panel": 0, "trace": 0, "attr": "z", "matrix": "forming", "axis": 0, "control": EPOCH})
        accuracy = _accuracy(learning, words, marked=1 < len(learning.frames) == len(learning.epochs))
        if learning.resampled is None:  # alone in its row, else as high as the map beside it
            panels.append(replace(accuracy, span=2, height=190, fixed=True))
        else:
            panels.append(accuracy)
            panels.append(_overview(mosaic(cosines(learning.resampled), learning.grid), learning.grid, words.resampled, points=False))  # fmt: skip
    return Board(
        panels=panels, sliders=sliders, matrices=matrices, bindings=bindings, text=text, columns="repeat(2, minmax(0, 1fr))"
    )  # fmt: skip


def _heat(values: FloatArray, side: str = "") -> go.Heatmap:
    return go.Heatmap(z=values, colorscale=DIVERGING, zmid=0, zmin=-1, zmax=1, showscale=bool(side), hoverinfo="skip", colorbar={"thickness": 10, "len": 0.8, "tickvals": [-1, 0, 1], "outlinewidth": 0})  # fmt: skip


def _overview(values: FloatArray, grid: Grid, title: str, *, points: bool = True) -> Panel:
    (high, wide), (rows, columns) = values.shape, grid
    down, across = np.divmod(np.arange(rows * columns), columns)
    figure = go.Figure(_heat(values))
    if points:
        middle = {"x": across * (columns + 1) + (columns - 1) / 2, "y": down * (rows + 1) + (rows - 1) / 2}
        figure.add_scatter(mode="none", **{name: value.astype(np.float32) for name, value in middle.items()})
    figure.update_layout(
        xaxis={**_BARE, "range": [-1, wide]}, yaxis={**_BARE, "range": [high, -1]},
        margin={"l": 2, "r": 2, "t": 2, "b": 2}, hoverdistance=-1, uirevision=str(grid),
    )  # fmt: skip
    return Panel(
        figure=figure, title=title, points=1 if points else None, labels=[str(place) for place in range(rows * columns)] if points else (),
        show_labels=False, order=(), square=True, tile=(columns + 1, rows + 1), height=430, aspect=min(1.0, max(0.3, high / wide)), wheel=False,
    )  # fmt: skip


def _one(near: FloatArray, grid: Grid, title: str) -> Panel:
    rows, columns = grid
    down, across = np.divmod(np.arange(len(near)), columns)
    figure = go.Figure(_heat(near[0].reshape(grid), side="right"))
    figure.add_scatter(mode="none", x=across.astype(np.float32), y=down.astype(np.float32))
    figure.update_layout(
        xaxis={**_BARE, "range": [-0.5, columns - 0.5], "fixedrange": True}, yaxis={**_BARE, "range": [rows - 0.5, -0.5], "fixedrange": True},
        margin={"l": 2, "r": 44, "t": 2, "b": 2}, hoverdistance=-1, uirevision=str(grid),
    )  # fmt: skip
    return Panel(
        figure=figure, title=title, points=1, labels=[str(place) for place in range(len(near))], show_labels=False, order=(),
        square=True, tile=(1, 1), height=430, aspect=min(1.0, max(0.3, rows / columns)), wheel=False,
    )  # fmt: skip


def _accuracy(learning: Learning, words: PlaceWords, *, marked: bool) -> Panel:
    epochs, percent = np.arange(len(learning.epochs)), 100 * np.asarray(learning.accuracy, dtype=np.float32)
    line = go.Scatter(
        x=epochs, y=percent, mode="lines", line={"color": LEARNED, "width": 2}, name=words.held_out,
        hovertemplate="%{x}: %{y:.0f} %<extra>" + words.held_out + "</extra>",
    )  # fmt: skip
    chance = go.Scatter(x=[-0.5, len(epochs) - 0.5], y=[10, 10], mode="lines", line={"color": OTHERS, "width": 1, "dash": "dot"}, hoverinfo="skip")  # fmt: skip
    figure = go.Figure([line, chance]).update_layout(
        xaxis={"range": [-0.5, max(1, len(epochs)) - 0.5], "tick0": 0, "dtick": max(1, len(epochs) // 5), "showgrid": False, "zeroline": False, "fixedrange": True},
        yaxis={"range": [0, 104], "tickvals": [0, 50, 100], "ticktext": ["0 %", "50 %", "100 %"], "fixedrange": True},
        margin={"l": 46, "r": 14, "t": 9, "b": 24},
    )  # fmt: skip
    return Panel(figure=figure, title=words.accuracy, cross=(EPOCH, None) if marked else None, height=430, aspect=1.0)


def shuffle_board(
    pictures: tuple[str, str], pixels: tuple[int, int], grid: Grid, order: IntArray, titles: tuple[str, str], patch: str, text: Sequence[Any] = ()
) -> Board:  # fmt: skip
    """The fitted photo and the same patches in `order` (place k holds patch order[k]), linked patch by patch."""
    where = np.argsort(order)
    places = (np.arange(len(order)), where)
    return Board(
        panels=[_tiles(url, pixels, grid, at, title) for url, at, title in zip(pictures, places, titles, strict=True)],
        sliders=[
            Slider(name=PLACE, label=patch, low=0, high=len(order) - 1, value=len(order) // 2, selects=True, play=True)
        ],
        text=text,
        columns="repeat(2, minmax(0, 1fr))",
    )


def _tiles(url: str, pixels: tuple[int, int], grid: Grid, places: IntArray, title: str) -> Panel:
    height, width = pixels
    tile = width / grid[1], height / grid[0]
    down, across = np.divmod(places, grid[1])
    figure = go.Figure(go.Scatter(mode="none", x=((across + 0.5) * tile[0]).astype(np.float32), y=((down + 0.5) * tile[1]).astype(np.float32)))  # fmt: skip
    picture = {"source": url, "xref": "x", "yref": "y", "x": 0, "y": 0, "sizex": width, "sizey": height}
    figure.update_layout(
        images=[{**picture, "sizing": "stretch", "layer": "below"}],
        xaxis={**_BARE, "range": [0, width]}, yaxis={**_BARE, "range": [height, 0]},
        margin={"l": 2, "r": 2, "t": 2, "b": 2}, hoverdistance=-1, uirevision=url,
    )  # fmt: skip
    return Panel(
        figure=figure, title=title, points=0, labels=[str(row) for row in range(len(places))], show_labels=False, order=(),
        square=True, tile=tile, height=520, aspect=min(1.0, max(0.2, height / width)),
    )  # fmt: skip
