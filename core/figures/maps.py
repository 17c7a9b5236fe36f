"""The map of an embedding: points, their labels, their classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.arrays import FloatArray
from core.figures.board import Panel, Sprites
from core.figures.palette import NEIGHBOUR, group, scale

FEW = 400  # above this many points the browser draws them on a canvas (WebGL) instead of as shapes


def embedding_map(
    coordinates: FloatArray,
    labels: Sequence[str],
    *,
    classes: Sequence[object] | None = None,
    others: str = "others",
    none: str = "none",
    order: Sequence[int] | None = None,
    axes: Sequence[str] = (),
    title: str = "",
    height: int = 620,
    sprites: Sprites | None = None,
    show_labels: bool = True,
) -> Panel:
    """(n, 2 or 3) coordinates -> one panel. `classes` colours the points, rows without one are grey
    and called `none`; their labels come after those of the others. `axes` names the axes,
    and without names there are no ticks: the axes of t-SNE and UMAP carry no meaning.
    `order` is the order in which labels get their place, the most important first.
    """
    groups = None if classes is None else group(classes, others, none)
    if order is None and classes is not None:
        order = sorted(range(len(classes)), key=lambda row: classes[row] in (None, ""))
    solid = coordinates.shape[1] == 3
    size = _size(len(coordinates)) * (0.55 if solid else 1.0)
    marker: dict[str, object] = {
        "size": size,
        "opacity": 0.9,
        "color": NEIGHBOUR,
        "line": {"width": 0.4, "color": "rgba(60, 60, 60, 0.3)"},
    }
    if groups is not None:
        names, colours, codes = groups
        marker |= {
            "color": codes,
            "colorscale": scale(colours),
            "cmin": -0.5,
            "cmax": len(colours) - 0.5,
            "showscale": False,
        }
        if none in names:  # words without a class stay in the background
            marker["size"] = np.where(codes == names.index(none), 0.6, 1.0).astype(np.float32) * size
    if sprites is not None:
        marker |= {"opacity": 0.01, "size": sprites.size}
    columns = {name: coordinates[:, at] for at, name in enumerate("xyz"[: coordinates.shape[1]])}
    kind = go.Scatter3d if solid else go.Scatter if len(coordinates) <= FEW else go.Scattergl
    figure = go.Figure(kind(**columns, mode="markers", marker=marker))
    figure.update_layout(_axes(axes, solid=solid))
    return Panel(
        figure=figure, height=height, title=title, points=0, labels=labels, order=order, groups=groups,
        sprites=sprites, square=not solid, show_labels=show_labels and sprites is None,
    )  # fmt: skip


def _size(n: int) -> float:
    return 9 if n <= 300 else 7 if n <= 2_000 else 5 if n <= 20_000 else 3


def _axes(names: Sequence[str], *, solid: bool) -> dict[str, object]:
    keys = ("xaxis", "yaxis", "zaxis")[: 3 if solid else 2]
    bare = {"showticklabels": False, "showgrid": False, "zeroline": False, "showline": False, "title": {"text": ""}}
    named = {"showgrid": True, "zeroline": False, "showline": False, "showticklabels": True}
    axes = {
        key: ({**named, "title": {"text": names[at]}} if at < len(names) else dict(bare)) for at, key in enumerate(keys)
    }
    if solid:
        return {"scene": {**axes, "aspectmode": "data"}, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}}
    room = 44 if names else 6
    return {**axes, "margin": {"l": room, "r": 6, "t": 6, "b": room}}
