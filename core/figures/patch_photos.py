"""Several photos and one map of all their patches, coloured by photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.arrays import FloatArray
from core.figures.board import Board, Panel, Slider, Sprites
from core.figures.palette import CLASSES, OTHERS

PATCH = "patch"  # the slider: number of the patch, photo after photo
_BARE = {"showticklabels": False, "showgrid": False, "zeroline": False, "showline": False, "ticks": ""}
_GAP = 0.06  # between photos, as a share of the largest


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePhoto:
    """A fitted photo: its title, its address as a picture, its (height, width) and its grid (rows, columns)."""

    title: str
    url: str
    pixels: tuple[int, int]
    grid: tuple[int, int]

    @property
    def patches(self) -> int:
        return self.grid[0] * self.grid[1]


def photos_board(
    photos: Sequence[OnePhoto], coordinates: FloatArray, sheet: Sprites, patch: tuple[int, int], words: tuple[str, str, str], text: Sequence[Any] = ()
) -> Board:  # fmt: skip
    """Two panels whose rows are the patches of all photos in order: the map (n, 2) of thumbnails, and the photos.

    `sheet` has the thumbnails, `patch` is (height, width) in pixels; `words` name the map, the photos and the slider.
    """
    count = sum(photo.patches for photo in photos)
    codes = np.repeat(np.arange(len(photos)), [photo.patches for photo in photos]).astype(np.uint8)
    colours = [CLASSES[at] if at < len(CLASSES) else OTHERS for at in range(len(photos))]
    groups = ([photo.title for photo in photos], colours, codes)
    name = " ".join(photo.url for photo in photos) + f" {patch}"
    return Board(
        panels=[
            _map(coordinates, sheet, groups, words[0], name),
            _photos(photos, patch, groups, words[1], name),
        ],
        sliders=[Slider(name=PATCH, label=words[2], low=0, high=count - 1, value=0, selects=True)],
        text=text,
        columns="repeat(2, minmax(0, 1fr))",
    )


def laid_out(photos: Sequence[OnePhoto]) -> tuple[list[tuple[float, float]], float, float]:
    """(left, top) of each photo in rows as nearly square together as they can be, and the width and height of the whole."""
    gap = _GAP * max(max(photo.pixels) for photo in photos)
    best: tuple[float, list[tuple[float, float]], float, float] | None = None
    for across in range(1, len(photos) + 1):
        corners, top, wide = [], 0.0, 0.0
        for start in range(0, len(photos), across):
            row, left = photos[start : start + across], 0.0
            for photo in row:
                corners.append((left, top))
                left += photo.pixels[1] + gap
            wide, top = max(wide, left - gap), top + max(photo.pixels[0] for photo in row) + gap
        side = max(wide, 1.25 * (top - gap))
        if best is None or side < best[0]:
            best = side, corners, wide, top - gap
    assert best is not None
    return best[1], best[2], best[3]


def _map(coordinates: FloatArray, sheet: Sprites, groups: Any, title: str, name: str) -> Panel:
    ranges = []
    for values in (coordinates[:, 0], coordinates[:, 1]):
        low, high = float(values.min()), float(values.max())
        pad = 0.06 * ((high - low) or 1.0)
        ranges.append([low - pad, high + pad])
    figure = go.Figure(go.Scatter(x=coordinates[:, 0], y=coordinates[:, 1], mode="none"))
    figure.update_layout(
        xaxis={**_BARE, "range": ranges[0]}, yaxis={**_BARE, "range": ranges[1]},
        margin={"l": 2, "r": 2, "t": 2, "b": 2}, hoverdistance=24, uirevision=name,
    )  # fmt: skip
    labels = [str(row) for row in range(len(coordinates))]
    return Panel(
        figure=figure, title=title, points=0, labels=labels, show_labels=False, groups=groups, square=True, sprites=sheet, height=560, aspect=1.0
    )  # fmt: skip


def _photos(photos: Sequence[OnePhoto], patch: tuple[int, int], groups: Any, title: str, name: str) -> Panel:
    corners, width, height = laid_out(photos)
    x, y, pictures, frames = [], [], [], []
    for (left, top), photo, colour in zip(corners, photos, groups[1], strict=True):
        rows, columns = np.divmod(np.arange(photo.patches), photo.grid[1])
        x.append(left + (columns + 0.5) * patch[1])
        y.append(top + (rows + 0.5) * patch[0])
        down, across = photo.pixels
        place = {"x": left, "y": top, "sizex": across, "sizey": down}
        pictures.append({"source": photo.url, "xref": "x", "yref": "y", "sizing": "stretch", "layer": "below", **place})
        edge = {"x0": left, "x1": left + across, "y0": top, "y1": top + down}
        frames.append({"type": "rect", "line": {"color": colour, "width": 3}, "layer": "above", **edge})
    pad = 0.02 * max(width, height)
    figure = go.Figure(
        go.Scatter(x=np.concatenate(x).astype(np.float32), y=np.concatenate(y).astype(np.float32), mode="none")
    )
    figure.update_layout(
        images=pictures, shapes=frames, hoverdistance=-1, uirevision=name, margin={"l": 2, "r": 2, "t": 2, "b": 2},
        xaxis={**_BARE, "range": [-pad, width + pad], "constrain": "domain"},
        yaxis={**_BARE, "range": [height + pad, -pad], "constrain": "domain"},
    )  # fmt: skip
    labels = [str(row) for row in range(len(groups[2]))]
    return Panel(
        figure=figure, title=title, points=0, labels=labels, show_labels=False, order=(), groups=groups, square=True,
        tile=(patch[1], patch[0]), height=560, aspect=1.0,
    )  # fmt: skip
