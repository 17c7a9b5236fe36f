"""What one interactive picture is made of: panels (Plotly figures), sliders that move inside it,
and what follows them. The page sends a board once; the browser moves it without asking again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.io.json import to_json_plotly


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A whole-number slider inside the picture. `labels` names each value (epochs, words); `play` adds a play button."""

    name: str
    label: str
    low: int
    high: int
    value: int
    labels: Sequence[str] = ()
    play: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One Plotly figure of a board.

    points: index of the trace whose points are the rows of the data (None: nothing to point at)
    labels: a name a row, drawn where there is room and shown on hover; data, never markup
    order: rows in the order in which their labels are drawn (None: as they come)
    groups: (names, colours, code of each row), the legend beside the picture
    tile: (width, height) in data units when each point is a rectangle (patches of a photo)
    sprites: pictures drawn at the points, see `Sprites`
    cross: (slider of x, slider of y): a crosshair that follows them and can be dragged
    square: one unit has the same length on both axes
    """

    figure: go.Figure
    height: int = 600
    title: str = ""
    points: int | None = None
    labels: Sequence[str] = ()
    show_labels: bool = True
    order: Sequence[int] | None = None
    groups: tuple[Sequence[str], Sequence[str], NDArray[Any]] | None = None
    tile: tuple[float, float] | None = None
    sprites: Sprites | None = None
    cross: tuple[str, str] | None = None
    square: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprites:
    """Small pictures cut from one sheet: `url` of the sheet, `tile` pixels each, `columns` a row, drawn at `size` pixels."""

    url: str
    tile: int
    columns: int
    size: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Panels laid out in a grid, sliders, the matrices they index and the bindings between.

    bindings, each a dict with panel, trace and attr:
      matrix, axis, control   attr = matrix sliced along `axis` at the slider's value
      matrix, cell            attr = [matrix[value of cell[0], value of cell[1]]]
      control                 attr = [the slider's value]
    text: parts of a line that follows the sliders: strings; {"value": slider};
      {"matrix": name, "cell": [slider, slider], "digits": n}; {"sup": parts}; {"sub": parts};
      {"parity": slider, "even": parts, "odd": parts}
    columns: the CSS grid columns of wide screens, such as "2fr 1fr"; a phone has one.
    """

    panels: Sequence[Panel]
    sliders: Sequence[Slider] = ()
    matrices: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    bindings: Sequence[Mapping[str, Any]] = ()
    text: Sequence[Any] = ()
    columns: str = "1fr"

    def to_json(self) -> bytes:
        """The board as the browser reads it; arrays as base64 of their bytes."""
        whole = {
            "panels": [_panel(panel) for panel in self.panels],
            "sliders": [{name: getattr(slider, name) for name in Slider.__slots__} for slider in self.sliders],
            "matrices": {name: typed(matrix) for name, matrix in self.matrices.items()},
            "bindings": [dict(binding) for binding in self.bindings],
            "text": list(self.text),
            "columns": self.columns,
        }
        return str(to_json_plotly(whole)).encode()


def _panel(panel: Panel) -> dict[str, Any]:
    figure = panel.figure.to_dict()
    groups = panel.groups
    return {
        "data": figure["data"],
        "layout": {name: value for name, value in figure["layout"].items() if name != "template"},
        "height": panel.height,
        "title": panel.title,
        "points": panel.points,
        "labels": list(panel.labels),
        "showLabels": panel.show_labels,
        "order": None if panel.order is None else list(map(int, panel.order)),
        "groups": None if groups is None else {"names": list(groups[0]), "colors": list(groups[1]), "codes": typed(groups[2])},
        "tile": panel.tile,
        "sprites": None if panel.sprites is None else {name: getattr(panel.sprites, name) for name in Sprites.__slots__},
        "cross": panel.cross,
        "square": panel.square,
        "wide": panel.wide,
    }  # fmt: skip


def typed(values: NDArray[Any]) -> dict[str, Any]:
    """{"dtype", "bdata", "shape"}: an array as Plotly writes it, at most 4 bytes a number."""
    import base64

    import numpy as np

    narrow = {"float64": "float32", "int64": "int32", "uint64": "uint32", "bool": "uint8"}
    values = np.asarray(values)
    values = np.ascontiguousarray(values, dtype=narrow.get(values.dtype.name, values.dtype))
    kind = values.dtype.kind + str(values.dtype.itemsize)
    return {"dtype": kind, "bdata": base64.b64encode(values.tobytes()).decode(), "shape": ", ".join(map(str, values.shape))}
