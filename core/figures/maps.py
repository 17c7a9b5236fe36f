"""The map of an embedding: points, their labels, their classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.arrays import FloatArray, IntArray
from core.figures.board import Gauge, Panel, Sprites
from core.figures.palette import PLAIN, VIRIDIS, group, scale

FEW = 400  # above this many points the browser draws them on a canvas (WebGL) instead of as shapes
_LOW = 400  # pixels
MANY = 20_000  # above this many flat points the board paints them itself, pixel by pixel


def embedding_map(
    coordinates: FloatArray,
    labels: Sequence[str],
    *,
    classes: Sequence[object] | None = None,
    numbers: tuple[str, FloatArray] | None = None,
    sizes: FloatArray | None = None,
    others: str = "others",
    none: str = "none",
    order: Sequence[int] | IntArray | None = None,
    axes: Sequence[str] = (),
    title: str = "",
    height: int = 620,
    sprites: Sprites | None = None,
    show_labels: bool = True,
) -> Panel:
    """(n, 2 or 3) coordinates -> one panel. `classes` colours the points, rows without one are grey
    and called `none`; their labels come after those of the others. `numbers`, a title and (n,) values, colours them by
    viridis instead, with a colour bar, rows without a number (NaN) grey; `sizes` (n,) sets their areas. `axes` names the axes,
    and without names there are no ticks: the axes of t-SNE and UMAP carry no meaning.
    `order` is the order in which labels get their place, the most important first.
    """
    groups = None if classes is None or numbers is not None else group(classes, others, none)
    if order is None and classes is not None:
        order = np.argsort([one in (None, "") for one in classes], kind="stable").tolist()
    solid = coordinates.shape[1] == 3
    raster = not solid and sprites is None and len(coordinates) > MANY
    if raster and order is None:  # rows of a file often come group by group: labels are to be found everywhere
        order = np.random.default_rng(0).permutation(len(coordinates))
    gauge = None if numbers is None else _gauge(*numbers)
    size = _size(len(coordinates)) * (0.55 if solid else 1.0)
    if classes is None and numbers is None and height < _LOW and len(coordinates) > FEW:
        size *= 0.7  # a crowd of one colour in a small picture shows its shape
    marker: dict[str, object] = {"size": size, "opacity": 0.9, "color": PLAIN, "line": {"width": 0.4, "color": "rgba(60, 60, 60, 0.3)"}}  # fmt: skip
    if groups is not None:
        marker |= _by_class(*groups, none, size)
    if numbers is not None and gauge is not None:
        marker |= _by_number(numbers[1], gauge)
    if sizes is not None:
        marker["size"] = _areas(sizes, size)
    if sprites is not None:
        marker |= {"opacity": 0.01, "size": sprites.size}
    columns = {name: coordinates[:, at] for at, name in enumerate("xyz"[: coordinates.shape[1]])}
    # a raster is not drawn by Plotly: a WebGL canvas, though empty, would be read back with every frame
    kind = go.Scatter3d if solid else go.Scatter if raster or len(coordinates) <= FEW else go.Scattergl
    figure = go.Figure(kind(**columns, mode="markers", marker=marker))
    figure.update_layout(_axes(axes, solid=solid, flat=_is_flat(coordinates)))
    if raster:
        for name, values in zip(("xaxis", "yaxis"), coordinates.T, strict=True):
            figure.update_layout({name: {"range": _range(values), "type": "linear"}})
    return Panel(
        figure=figure, height=height, title=title, points=0, labels=labels, order=order, groups=groups,
        sprites=sprites, square=not solid, gauge=gauge, raster=raster, show_labels=show_labels and sprites is None,
    )  # fmt: skip


def _by_class(
    names: Sequence[str], colours: Sequence[str], codes: NDArray[np.uint8], none: str, size: float
) -> dict[str, object]:
    marker: dict[str, object] = {"color": codes, "colorscale": scale(colours), "cmin": -0.5, "cmax": len(colours) - 0.5, "showscale": False}  # fmt: skip
    if none in names:  # words without a class stay in the background
        marker["size"] = np.where(codes == names.index(none), 0.6, 1.0).astype(np.float32) * size
    return marker


def _by_number(values: FloatArray, gauge: Gauge) -> dict[str, object]:
    steps = list(map(list, zip(np.linspace(0, 1, len(VIRIDIS)), VIRIDIS, strict=True)))
    return {"color": np.asarray(values, np.float32), "colorscale": steps, "cmin": gauge.low, "cmax": gauge.high, "showscale": False}  # fmt: skip


def _size(n: int) -> float:
    return 9 if n <= 300 else 7 if n <= 2_000 else 5 if n <= 20_000 else 3 if n <= 200_000 else 2


def _gauge(title: str, values: FloatArray) -> Gauge:
    """From the least to the greatest number there is."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    return Gauge(title=title, low=low, high=high if high > low else low + 1, colors=VIRIDIS)


def _areas(values: FloatArray, size: float) -> FloatArray:
    """(n,) diameters: areas grow evenly from a quarter to four times the usual one; no number, the smallest."""
    known = values[np.isfinite(values)]
    low, spread = (float(known.min()), float(np.ptp(known))) if len(known) else (0.0, 0.0)
    share = np.nan_to_num((values - low) / (spread or 1.0))
    return np.asarray(size * np.sqrt(0.25 + 3.75 * share), dtype=np.float32)


def _range(values: FloatArray) -> list[float]:
    """From the least to the greatest with a margin."""
    low, high = float(values.min()), float(values.max())
    room = 0.04 * ((high - low) or 1.0)
    return [low - room, high + room]


def _is_flat(coordinates: FloatArray) -> bool:
    """Whether one direction has next to no room: drawn to scale, Plotly shows nothing of it."""
    spread = np.ptp(coordinates, axis=0)
    return bool(spread.min() < 1e-3 * spread.max())


def _axes(names: Sequence[str], *, solid: bool, flat: bool) -> dict[str, object]:
    keys = ("xaxis", "yaxis", "zaxis")[: 3 if solid else 2]
    bare = {"showticklabels": False, "showgrid": False, "zeroline": False, "showline": False, "title": {"text": ""}}
    named = {"showgrid": True, "zeroline": False, "showline": False, "showticklabels": True}
    axes = {
        key: ({**named, "title": {"text": names[at]}} if at < len(names) else dict(bare)) for at, key in enumerate(keys)
    }
    if solid:
        return {"scene": {**axes, "aspectmode": "cube" if flat else "data"}, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}}
    room = 44 if names else 6
    return {**axes, "margin": {"l": room, "r": 6, "t": 6, "b": room}}
