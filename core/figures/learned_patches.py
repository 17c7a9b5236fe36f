"""A projection of patches as it learns: the photo put together again, the filters, the error on its way down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.arrays import DoubleArray
from core.figures.board import Board, Panel, Slider, Sprites
from core.figures.palette import FIXED, LEARNED, SELECTED
from core.patches.lattice import Lattice

FRAME = "frame"  # the slider: which moment of the training
_BARE = {"showticklabels": False, "showgrid": False, "zeroline": False, "showline": False, "ticks": "", "fixedrange": True}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Pictures of equal size one below the other in one file, a frame each: the address, and (width, height) of one."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnScene:
    """What the board shows.

    given: the picture the training starts from, once; made, reading, writing: a strip with a picture a frame
    lattice: the patches over the fitted picture, (height, width) pixels in `pixels`
    steps: training step of each frame; told: steps at which `error` (root mean square, in grey levels of 255) was measured,
        those of the frames, or more while the training runs and there is one frame only, the newest
    dim: numbers a token; least: the least such error there is with so many, NaN while unknown; optimum: with 1, 2, ... numbers,
        empty while unknown; tried: (dim, error) of trainings before
    """

    given: Strip
    made: Strip
    reading: Strip
    writing: Strip
    lattice: Lattice
    pixels: tuple[int, int]
    steps: Sequence[int]
    told: Sequence[int]
    error: DoubleArray
    dim: int
    least: float
    optimum: DoubleArray
    tried: Sequence[tuple[int, float]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnWords:
    """What the board says, in the reader's language; `line` is the sentence above it in parts."""

    step: str
    given: str
    made: str
    reading: str
    writing: str
    error: str
    against: str
    dims: str
    pca: str
    trained: str


def learned_board(scene: LearnScene, words: LearnWords, text: Sequence[Any] = ()) -> Board:
    """Six panels; the slider moves the photo, the filters and the mark on the curve. Patches are linked between the photos."""
    last = len(scene.steps) - 1
    return Board(
        panels=[
            _picture(scene, scene.given, words.given, moving=False),
            _picture(scene, scene.made, words.made, moving=True),
            _filters(scene.reading, words.reading),
            _filters(scene.writing, words.writing),
            _curve(scene, words),
            _against(scene, words),
        ],
        sliders=[
            Slider(name=FRAME, label=words.step, low=0, high=last, value=last, play=last > 0, labels=[f"{step:,}" for step in scene.steps])
        ],
        matrices={"error": np.asarray(scene.error[-len(scene.steps) :], dtype=np.float32)},
        text=text,
        columns="repeat(2, minmax(0, 1fr))",
    )  # fmt: skip


def _picture(scene: LearnScene, strip: Strip, title: str, *, moving: bool) -> Panel:
    """A photo around the origin, its patches as points that light up together in both photos."""
    (height, width), lattice = scene.pixels, scene.lattice
    rows, columns = np.divmod(np.arange(len(lattice)), lattice.columns)
    figure = go.Figure(
        go.Scatter(
            x=((columns + 0.5) * (width / lattice.columns) - width / 2).astype(np.float32),
            y=((rows + 0.5) * (height / lattice.rows) - height / 2).astype(np.float32),
            mode="none",
        )
    )
    figure.update_layout(
        xaxis={**_BARE, "range": [-width / 2, width / 2], "constrain": "domain"},
        yaxis={**_BARE, "range": [height / 2, -height / 2], "constrain": "domain"},
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
        hoverdistance=-1,
    )
    if not moving:
        place = {"x": -width / 2, "y": -height / 2, "sizex": width, "sizey": height}
        figure.update_layout(images=[{"source": strip.url, "xref": "x", "yref": "y", "sizing": "stretch", "layer": "below", **place}])  # fmt: skip
    sprite = Sprites(url=strip.url, tile=strip.width, tall=strip.height, columns=1, span=float(width), slider=FRAME)
    return Panel(
        figure=figure, title=title, points=0, labels=[str(index) for index in range(len(lattice))], show_labels=False, order=(),
        square=True, tile=(width / lattice.columns, height / lattice.rows), sprites=sprite if moving else None,
        height=380, aspect=min(1.0, max(0.2, height / width)), wheel=False,
    )  # fmt: skip


def _filters(strip: Strip, title: str) -> Panel:
    half = strip.height / strip.width / 2
    figure = go.Figure().update_layout(
        xaxis={**_BARE, "range": [-0.5, 0.5], "constrain": "domain", "constraintoward": "left"},
        yaxis={**_BARE, "range": [-half, half], "constrain": "domain", "constraintoward": "top"},
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
    )
    sprite = Sprites(url=strip.url, tile=strip.width, tall=strip.height, columns=1, span=1.0, slider=FRAME)
    aspect = strip.height / strip.width
    return Panel(figure=figure, title=title, square=True, sprites=sprite, height=150, aspect=min(0.6, aspect), wheel=False)  # fmt: skip


def _curve(scene: LearnScene, words: LearnWords) -> Panel:
    count = len(scene.told)
    places = np.arange(count, dtype=np.float32)
    shown = np.unique(np.linspace(0, count - 1, min(count, 5)).round().astype(int))
    traces = [_line(places, scene.error, LEARNED, words.trained, scene.told)]
    if np.isfinite(scene.least):
        across = np.array([-0.5, count - 0.5])
        traces.append(_line(across, np.full(2, scene.least), FIXED, words.pca, ["", ""], dash="dash"))
    figure = go.Figure(traces).update_layout(
        xaxis={"range": [-0.5, count - 0.5], "tickvals": shown.tolist(), "ticktext": [f"{scene.told[at]:,}" for at in shown], "showgrid": False, "zeroline": False, "fixedrange": True},
        yaxis={"range": [0, 1.06 * float(np.max(scene.error)) or 1.0], "nticks": 4, "fixedrange": True},
        margin={"l": 34, "r": 14, "t": 9, "b": 24},
    )  # fmt: skip
    return Panel(
        figure=figure,
        title=words.error,
        cross=(FRAME, None) if len(scene.steps) == count else None,
        height=150,
        fixed=True,
    )


def _against(scene: LearnScene, words: LearnWords) -> Panel:
    """Error by numbers a token: the least there can be, and what trainings reached."""
    dims = np.arange(1, len(scene.optimum) + 1)
    traces = [_line(np.log2(dims), scene.optimum, FIXED, words.pca, dims.tolist(), dash="dash")] if len(dims) else []
    now = (scene.dim, float(scene.error[-1]))
    points = [one for one in scene.tried if one != now]
    for dots, colour, size in ((points, LEARNED, 7), ([now], SELECTED, 10)):
        if dots:
            x, y = np.log2([dim for dim, _ in dots]), np.array([error for _, error in dots])
            mark = {"color": colour, "size": size, "line": {"width": 1, "color": "white"}}
            traces.append(
                go.Scatter(x=x, y=y, mode="markers", marker=mark, text=[f"{dim:,}" for dim, _ in dots], hovertemplate="%{text}: %{y:.1f}<extra>" + words.trained + "</extra>")
            )  # fmt: skip
    most = max(scene.dim, len(dims), 2)
    ticks = [2**power for power in range(0, int(np.log2(most)) + 1, 1 if most <= 64 else 2)]
    high = max([float(scene.error[-1]), *[error for _, error in scene.tried], *scene.optimum[:1].tolist()])
    figure = go.Figure(traces).update_layout(
        xaxis={"range": [-0.3, float(np.log2(most)) + 0.3], "tickvals": np.log2(ticks).tolist(), "ticktext": [str(tick) for tick in ticks], "title": {"text": words.dims, "standoff": 4, "font": {"size": 11}}, "zeroline": False, "showgrid": False, "fixedrange": True},
        yaxis={"range": [0, 1.1 * high or 1.0], "nticks": 4, "fixedrange": True},
        margin={"l": 34, "r": 14, "t": 9, "b": 38},
    )  # fmt: skip
    return Panel(figure=figure, title=words.against, height=150, fixed=True)


def _line(
    x: NDArray[Any], y: NDArray[Any], colour: str, name: str, labels: Sequence[Any], dash: str = "solid"
) -> go.Scatter:
    return go.Scatter(
        x=x.astype(np.float32), y=np.asarray(y, dtype=np.float32), mode="lines", line={"color": colour, "width": 2, "dash": dash},
        text=[str(label) for label in labels], hovertemplate="%{text}: %{y:.1f}<extra>" + name + "</extra>",
    )  # fmt: skip
