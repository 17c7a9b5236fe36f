"""A photo and its patches: the grid, the map, the sequence, one patch as a vector and as a token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.arrays import FloatArray
from core.figures.board import Board, Panel, Slider, Sprites
from core.patches.lattice import Lattice

SIDE, PATCH = "side", "patch"  # the sliders: place in the list of sides, number of the patch
PER_ROW = 24  # patches a row of the sequence
NUMBERED = 150  # up to so many patches the photo carries their numbers
CHANNELS = ("#D64545", "#3A9A4B", "#4A7FD6")
# the two halves of the diverging map without its white middle, on which a low bar would not be seen
_SIGNED = ((0.0, "rgb(33,102,172)"), (0.5, "rgb(92,160,204)"), (0.5, "rgb(235,130,95)"), (1.0, "rgb(190,30,45)"))
_BARE = {"showticklabels": False, "showgrid": False, "zeroline": False, "showline": False, "ticks": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the board shows.

    photo: address of the picture; height, width: its pixels
    sides, lattices: the patch sides on offer and the grid of each; `at` is the one in use
    sheet: address of the fitted picture, whose tiles are the patches; patch: their (height, width) in it
    vectors: (n, patch * patch * 3) uint8, channels last; tokens: (n, dim); coordinates: (n, 2), a map of the vectors
    channels_first: the order in which the vector is drawn
    name: changes with the photo, so that a new one is seen whole
    wide: the width of a patch of every side on offer, 0 where it is the side
    """

    photo: str
    height: int
    width: int
    sides: Sequence[int]
    lattices: Sequence[Lattice]
    at: int
    sheet: str
    patch: tuple[int, int]
    vectors: NDArray[np.uint8]
    tokens: FloatArray
    coordinates: FloatArray
    channels_first: bool
    name: str
    wide: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchWords:
    """What the board says, in the reader's language; `channels` are red, green and blue."""

    side: str
    patch: str
    photo: str
    map: str
    sequence: str
    lens: str
    vector: str
    token: str
    channels: tuple[str, str, str]


def patches_board(scene: Scene, words: PatchWords, text: Sequence[Any] = ()) -> Board:
    """Six panels whose rows are the patches in reading order. The grid follows the slider of sides at once, the
    vector and the token follow the slider of patches; everything else waits for a new board.
    """
    count, columns = len(scene.vectors), scene.lattices[scene.at].columns
    sheet = {"url": scene.sheet, "tile": scene.patch[1], "tall": scene.patch[0], "columns": columns}
    grids = [_lines(lattice) for lattice in scene.lattices]
    rings = [_ring(lattice, scene.height, scene.width) for lattice in scene.lattices]
    reach = float(np.abs(scene.tokens).max()) or 1.0
    places = np.arange(count)
    return Board(
        panels=[
            _photo(scene, words.photo, grids[scene.at], rings[scene.at]),
            _map(scene, words.map, sheet),
            _sequence(scene, words.sequence, sheet),
            _lens(words.lens, sheet),
            _vector(scene, words),
            _token(scene, words.token, reach),
        ],
        sliders=[
            Slider(name=SIDE, label=words.side, low=0, high=len(scene.sides) - 1, value=scene.at, labels=[f"{scene.wide or side} × {side}" for side in scene.sides]),
            Slider(name=PATCH, label=words.patch, low=0, high=count - 1, value=0, selects=True, play=True),
        ],
        matrices={
            "grid x": _stack([grid[0] for grid in grids]),
            "grid y": _stack([grid[1] for grid in grids]),
            "ring x": _stack([ring[0] for ring in rings]),
            "ring y": _stack([ring[1] for ring in rings]),
            "vector": scene.vectors,
            "token": np.rint(scene.tokens * (32767 / reach)).astype(np.int16),
            "row": (places // columns).astype(np.uint16),
            "column": (places % columns).astype(np.uint16),
        },
        bindings=_bindings(reach / 32767),
        text=text,
        columns="repeat(6, minmax(0, 1fr))",
    )  # fmt: skip


def _bindings(scale: float) -> list[dict[str, Any]]:
    side = {"panel": 0, "axis": 0, "control": SIDE}
    grid = [{**side, "trace": trace, "attr": attr, "matrix": f"grid {attr}"} for trace in (1, 2) for attr in "xy"]
    ring = [{**side, "trace": 0, "attr": attr, "matrix": f"ring {attr}"} for attr in "xy"]
    patch = {"axis": 0, "control": PATCH}
    vector = [{**patch, "panel": 4, "trace": c, "attr": "y", "matrix": "vector", "every": [c, 3]} for c in range(3)]
    token = {**patch, "panel": 5, "trace": 0, "attr": "y", "matrix": "token", "scale": scale}
    return [*ring, *grid, *vector, token]


def _photo(scene: Scene, title: str, grid: NDArray[np.float32], ring: NDArray[np.float32]) -> Panel:
    lattice = scene.lattices[scene.at]
    bottom, right = lattice.top + lattice.rows * lattice.height, lattice.left + lattice.columns * lattice.width
    low_y, low_x = min(0.0, lattice.top), min(0.0, lattice.left)
    high_y, high_x = max(scene.height, bottom), max(scene.width, right)
    padded = low_x < 0 or low_y < 0 or high_x > scene.width or high_y > scene.height
    place = (lattice.left, lattice.top, right, bottom) if padded else (0, 0, scene.width, scene.height)
    numbers = len(lattice) <= NUMBERED
    fine = 0.8 if lattice.columns <= 20 else 0.55 if lattice.columns <= 48 else 0.35
    centre_y, centre_x = _centres(lattice)
    figure = _figure(
        [
            go.Scatter(x=ring[0], y=ring[1], mode="lines", line={"width": 0}, fill="toself", fillcolor="rgba(120,120,120,0.7)", hoverinfo="skip"),
            go.Scatter(x=grid[0], y=grid[1], mode="lines", line={"width": 2, "color": f"rgba(0,0,0,{fine / 2.5:.2f})"}, hoverinfo="skip"),
            go.Scatter(x=grid[0], y=grid[1], mode="lines", line={"width": 1, "color": f"rgba(255,255,255,{fine})"}, hoverinfo="skip"),
            go.Scatter(x=centre_x, y=centre_y, mode="none"),
        ],
        images=[_picture(scene.sheet if padded else scene.photo, *place)],
        xaxis={**_BARE, "range": [low_x, high_x], "constrain": "domain"},
        yaxis={**_BARE, "range": [high_y, low_y], "constrain": "domain"},
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
        hoverdistance=-1,
        uirevision=scene.name,
    )  # fmt: skip
    return Panel(
        figure=figure, title=title, points=3, labels=_numbers(len(lattice)), order=None if numbers else (), square=True,
        tile=(lattice.width, lattice.height), fast=True, zoom=True, span=_span_of(scene), height=420, aspect=_aspect(scene),
    )  # fmt: skip


def _map(scene: Scene, title: str, sheet: dict[str, Any]) -> Panel:
    x, y = scene.coordinates[:, 0], scene.coordinates[:, 1]
    size = next(size for most, size in ((60, 30), (250, 22), (900, 16), (2000, 12), (10**9, 9)) if len(x) <= most)
    figure = _figure(
        go.Scatter(x=x, y=y, mode="none"),
        xaxis={**_BARE, "range": _span(x)},
        yaxis={**_BARE, "range": _span(y)},
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
        hoverdistance=24,
        uirevision=f"{scene.name} {scene.patch}",
    )
    return Panel(
        figure=figure, title=title, points=0, labels=_numbers(len(x)), show_labels=False, square=True,
        sprites=Sprites(**sheet, size=size), span=_span_of(scene), height=420, aspect=max(0.3, _aspect(scene)),
    )  # fmt: skip


def _sequence(scene: Scene, title: str, sheet: dict[str, Any]) -> Panel:
    count = len(scene.vectors)
    per = min(PER_ROW, max(8, count))
    rows = -(-count // per)
    places = np.arange(count)
    figure = _figure(
        go.Scatter(x=places % per, y=places // per, mode="none"),
        xaxis={**_BARE, "range": [-0.5, per - 0.5]},
        # a first range of one row: the scale of x stretches it downwards as far as the panel reaches
        yaxis={
            **_BARE, "range": [0.5, -0.5], "constraintoward": "top", "showticklabels": True,
            "tickvals": list(range(rows)), "ticktext": [str(row * per) for row in range(rows)], "tickfont": {"size": 11},
        },
        margin={"l": 38, "r": 2, "t": 2, "b": 2},
        hoverdistance=-1,
        uirevision=f"{scene.name} {scene.patch}",
    )  # fmt: skip
    return Panel(
        figure=figure, title=title, points=0, labels=_numbers(count), show_labels=False, square=True, tile=(0.96, 0.96),
        sprites=Sprites(**sheet, span=0.92 * min(1.0, sheet["tile"] / sheet["tall"])), span=6, height=220, aspect=min(rows / per + 0.01, 0.25), follow=True, wheel=False,
    )  # fmt: skip


def _lens(title: str, sheet: dict[str, Any]) -> Panel:
    axis = {**_BARE, "range": [-0.5, 0.5], "fixedrange": True}
    figure = _figure([], xaxis=dict(axis), yaxis=dict(axis), margin={"l": 2, "r": 2, "t": 2, "b": 2})
    span = 0.98 * min(1.0, sheet["tile"] / sheet["tall"])
    return Panel(figure=figure, title=title, square=True, sprites=Sprites(**sheet, span=span, slider=PATCH), height=150)


def _vector(scene: Scene, words: PatchWords) -> Panel:
    plane = scene.patch[0] * scene.patch[1]
    ends = [0, plane, 2 * plane, 3 * plane - 1]
    traces = []
    for channel, (name, colour) in enumerate(zip(words.channels, CHANNELS, strict=True)):
        x = np.arange(plane) + channel * plane if scene.channels_first else np.arange(plane) * 3 + channel
        traces.append(
            go.Scatter(
                x=x.astype(np.int32), y=scene.vectors[0, channel::3], mode="lines", name=name,
                line={"color": colour, "width": 1.3}, hovertemplate="%{x}: %{y}<extra>" + name + "</extra>",
            )
        )  # fmt: skip
    figure = _figure(
        traces,
        xaxis={"range": [-0.5, 3 * plane - 0.5], "tickvals": ends, "ticktext": [f"{end:,}" for end in ends], "zeroline": False, "showgrid": True},
        yaxis={"range": [-6, 261], "tickvals": [0, 255], "showgrid": False, "fixedrange": True},
        margin={"l": 34, "r": 24, "t": 9, "b": 24},
        uirevision=f"{plane} {scene.channels_first}",
    )  # fmt: skip
    return Panel(figure=figure, title=words.vector, fast=True, span=3, height=150, fixed=True)


def _token(scene: Scene, title: str, reach: float) -> Panel:
    values, dim = scene.tokens[0], scene.tokens.shape[1]
    edge = {"width": 0.5 if dim <= 64 else 0, "color": "rgba(128,128,128,0.8)"}
    marker = {"color": values, "colorscale": _SIGNED, "cmin": -reach, "cmax": reach, "line": edge}
    trace = go.Bar(
        x=np.arange(dim, dtype=np.int32), y=values, marker=marker, hovertemplate="%{x}: %{y:.3f}<extra></extra>"
    )
    figure = _figure(
        trace,
        bargap=0.15 if dim <= 64 else 0,
        xaxis={"range": [-0.6, dim - 0.4], "tickvals": [0, dim - 1], "showgrid": False, "zeroline": False},
        yaxis={"range": [-1.05 * reach, 1.05 * reach], "nticks": 4, "showgrid": False, "zeroline": True, "fixedrange": True},
        margin={"l": 34, "r": 14, "t": 9, "b": 24},
        uirevision=str(dim),
    )  # fmt: skip
    return Panel(figure=figure, title=title, fast=True, span=2, height=150, fixed=True)


def _figure(traces: Any, **layout: Any) -> go.Figure:
    """Layout given at birth, and an empty template, which the board leaves out: a third of the time that changing it takes."""
    return go.Figure(traces, layout={"template": {}, **layout})


def _lines(lattice: Lattice) -> NDArray[np.float32]:
    """(2, m): x and y of the grid's lines, from edge to edge, a NaN after each."""
    bottom, right = lattice.top + lattice.rows * lattice.height, lattice.left + lattice.columns * lattice.width
    down = [(x, x, lattice.top, bottom) for x in np.linspace(lattice.left, right, lattice.columns + 1)]
    across = [(lattice.left, right, y, y) for y in np.linspace(lattice.top, bottom, lattice.rows + 1)]
    ends = np.array(down + across, dtype=np.float32)
    gap = np.full((len(ends), 1), np.nan, dtype=np.float32)
    return np.stack([np.hstack([ends[:, :2], gap]).ravel(), np.hstack([ends[:, 2:], gap]).ravel()])


def _ring(lattice: Lattice, height: int, width: int) -> NDArray[np.float32]:
    """(2, 11): what lies in the photo or in the grid but not in both, as an outer and, turned the other way, an inner rectangle."""
    bottom, right = lattice.top + lattice.rows * lattice.height, lattice.left + lattice.columns * lattice.width
    left_out, right_out, top_out, bottom_out = (
        min(0, lattice.left),
        max(width, right),
        min(0, lattice.top),
        max(height, bottom),
    )
    left_in, right_in, top_in, bottom_in = (
        max(0, lattice.left),
        min(width, right),
        max(0, lattice.top),
        min(height, bottom),
    )
    x = [left_out, right_out, right_out, left_out, left_out, np.nan, left_in, left_in, right_in, right_in, left_in]
    y = [top_out, top_out, bottom_out, bottom_out, top_out, np.nan, top_in, bottom_in, bottom_in, top_in, top_in]
    return np.array([x, y], dtype=np.float32)


def _stack(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Rows of unequal length as one table, filled up with NaN."""
    table = np.full((len(rows), max(map(len, rows))), np.nan, dtype=np.float32)
    for at, row in enumerate(rows):
        table[at, : len(row)] = row
    return table


def _centres(lattice: Lattice) -> tuple[FloatArray, FloatArray]:
    y = lattice.top + (np.arange(lattice.rows, dtype=np.float32) + 0.5) * lattice.height
    x = lattice.left + (np.arange(lattice.columns, dtype=np.float32) + 0.5) * lattice.width
    return np.repeat(y, lattice.columns), np.tile(x, lattice.rows)


def _picture(url: str, left: float, top: float, right: float, bottom: float) -> dict[str, Any]:
    return {
        "source": url, "xref": "x", "yref": "y", "x": left, "y": top, "sizex": right - left, "sizey": bottom - top,
        "sizing": "stretch", "layer": "below",
    }  # fmt: skip


@lru_cache(maxsize=4)
def _numbers(count: int) -> tuple[str, ...]:
    """One object for all panels: the board then sends it once."""
    return tuple(map(str, range(count)))


def _span(values: FloatArray) -> list[float]:
    low, high = float(values.min()), float(values.max())
    pad = 0.06 * ((high - low) or 1.0)
    return [low - pad, high + pad]


def _span_of(scene: Scene) -> int:
    """Half of the board, or the whole of it for a panorama."""
    return 6 if scene.width > 2.5 * scene.height else 3


def _aspect(scene: Scene) -> float:
    least = 0.1 if _span_of(scene) == 6 else 0.5
    return min(1.0, max(least, scene.height / scene.width))
