"""A map the size of a stamp, as SVG without a word in it: for cards of saved embeddings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.arrays import FloatArray
from core.figures.palette import NONE, group

WIDTH, HEIGHT, MOST = 240, 150, 400  # pixels; points drawn
_EDGE = 8
_PLAIN = "#3D7FC4"  # seen on light and on dark ground


def thumbnail(coordinates: FloatArray, classes: Sequence[object] | None = None) -> bytes:
    """(n, 2) coordinates -> an SVG on no ground, one unit alike on both axes; rows without a class are grey."""
    rows = spread(len(coordinates))
    points = np.asarray(coordinates, dtype=np.float64)[rows]
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([WIDTH, HEIGHT]) - 2 * _EDGE
    scale = float(np.min(room / np.maximum(high - low, 1e-12)))
    places = (points - (low + high) / 2) * scale * [1, -1] + np.array([WIDTH, HEIGHT]) / 2
    colours = _colours(None if classes is None else [classes[row] for row in rows])
    radius = 3 if len(rows) <= 60 else 2
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colours[at % len(colours)]}"/>'
        for at, (x, y) in enumerate(places)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"><g fill-opacity=".85">{dots}</g></svg>'.encode()


def spread(count: int) -> list[int]:
    """At most MOST rows of so many, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST)).round().astype(int)).tolist()


def _colours(classes: Sequence[object] | None) -> list[str]:
    if classes is None or not any(value not in (None, "") for value in classes):
        return [_PLAIN]
    names, colours, codes = group(classes, "\x00others", "\x00none")
    return [NONE if names[code] == "\x00none" else colours[code] for code in codes]
