"""What one interactive picture is made of: panels (Plotly figures), sliders that move inside it,
and what follows them. The page sends a board once; the browser moves it without asking again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.io.json import to_json_plotly

MANY_LABELS = 20_000  # labels beyond these are fetched after the picture is there
_LONG = 4096  # bytes of an array that travels as it is in memory
_NARROW = {"f8": "f4", "i8": "i4", "u8": "u4"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A whole-number slider inside the picture. `labels` names each value (epochs, words); `play` adds a play button.
    `selects`: its value is the selected row: moving it selects, and a click on a point moves it.
    """

    name: str
    label: str
    low: int
    high: int
    value: int
    labels: Sequence[str] = ()
    play: bool = False
    selects: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One Plotly figure of a board.

    points: index of the trace whose points are the rows of the data (None: nothing to point at)
    labels: a name a row, drawn where there is room and shown on hover; data, never markup
    order: rows in the order in which their labels are drawn (None: as they come)
    labels_left: the labels of so many first rows stand to the left of their points
    groups: (names, colours, code of each row), the legend beside the picture
    gauge: the colour bar of a picture whose marker colours are numbers, see `Gauge`
    raster: the points are painted by the board itself, not by Plotly: for very many of them. The figure's ranges must be set
    tile: (width, height) in data units when each point is a rectangle (patches of a photo)
    sprites: pictures drawn at the points, see `Sprites`
    cross: (slider of x, slider of y): a crosshair that follows them and can be dragged; None leaves one of its lines out
    dials: clocks drawn over the figure, see `Dials`
    fast: traces bound to sliders are drawn over the figure (lines, filled areas, markers, bars), so that they keep up with a
      finger; those with a hovertemplate can be pointed at once they rest. The figure's ranges must be set
    zoom: whether the reader can zoom a fast panel
    wheel: whether the wheel zooms it; where it does not, the page scrolls
    fixed: `height` is taken as it is on every screen, so that panels side by side stay level
    square: one unit has the same length on both axes
    aspect: height as a share of the width, up to `height` (None: the smaller of both)
    span: how many columns of the board it takes on a wide screen
    follow: the view moves up and down to keep the selected row in it
    """

    figure: go.Figure
    height: int = 600
    title: str = ""
    points: int | None = None
    labels: Sequence[str] = ()
    show_labels: bool = True
    order: Sequence[int] | NDArray[Any] | None = None
    labels_left: int = 0
    groups: tuple[Sequence[str], Sequence[str], NDArray[Any]] | None = None
    gauge: Gauge | None = None
    raster: bool = False
    tile: tuple[float, float] | None = None
    sprites: Sprites | None = None
    cross: tuple[str | None, str | None] | None = None
    dials: Dials | None = None
    fast: bool = False
    zoom: bool = False
    wheel: bool = True
    fixed: bool = False
    square: bool = False
    wide: bool = False
    aspect: float | None = None
    span: int = 1
    follow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A colour bar: its title, the numbers at its ends, and evenly spaced colours between them."""

    title: str
    low: float
    high: float
    colors: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprites:
    """Small pictures cut from one sheet: `url` of the sheet, each `tile` pixels wide and `tall` high (None: as high as wide),
    `columns` a row, drawn with a longer side of `size` pixels, or as wide as `span` units of the axis; a panel with groups
    frames each in the colour of its group. With a `slider` there is one only: that of its value, at (0, 0).
    """

    url: str
    tile: int
    columns: int
    size: int = 24
    span: float | None = None
    slider: str | None = None
    tall: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dials:
    """Clocks whose hands follow the slider `row`: `pairs` are the (sine, cosine) columns of the matrix, one pair a clock,
    cosine -1 where there is none. The slider `mark` is a column; `of` gives the clock of each column. A click on a clock
    sets `mark` to its sine. `only`: one large clock, the marked one, with both shadows of its hand in `colours` (sine, cosine).
    """

    matrix: str
    row: str
    mark: str
    pairs: Sequence[tuple[int, int]]
    of: Sequence[int]
    only: bool = False
    colours: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordList:
    """A short list of words below the panels that follows a slider: at its value k it shows `names[rows[k]]` with `scores[k]`,
    both (values, places); a row of -1 is an empty place. Without a slider it shows the last value.
    """

    title: str
    names: Sequence[str]
    rows: NDArray[Any]
    scores: NDArray[Any]
    slider: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines of words above the panels, one for each value of a slider; pointing at one moves the slider there.
    `marked` is the place of the word that stands out in each line (-1: none), `tags` what stands before it.
    """

    slider: str
    words: Sequence[Sequence[str]]
    marked: Sequence[int]
    tags: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lit:
    """Rows of the first panel that a slider lights: of the matrices `rows` (values, k) and `marked` (values, 1), -1 is none."""

    slider: str
    rows: str
    marked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Panels laid out in a grid, sliders, the matrices they index and the bindings between.

    bindings, each a dict with panel, trace and attr:
      matrix, axis, control   attr = matrix sliced along `axis` at the slider's value (of a stack of matrices, one of them); with
                              within = slider, the matrix is first picked from a stack; with every = [first, step], a part of the slice;
                              with scale, times that
      matrix, cell            attr = [matrix[value of cell[0], value of cell[1]]]
      control                 attr = [the slider's value]
      choices, control        attr = choices[the slider's value]
    text: parts of a line that follows the sliders: strings; {"value": slider};
      {"matrix": name, "cell": [slider, slider], "digits": n}; {"sup": parts}; {"sub": parts};
      {"label": slider}, the name of its value; {"parity": slider, "even": parts, "odd": parts}; {"choose": number, "of": [parts, parts, ...]};
      {"number": number, "digits": n} or {"number": number, "significant": n}, where a number is a constant,
      {"value": slider}, {"matrix": name, "cell": [sliders]} or {"op": + - * / ^ <, "of": [number, number]}
    matrices: arrays by name; (panel, trace) shares the z of that heat map instead of sending it twice
    lists, lines, lit: words that go with the picture, see `WordList`, `Lines` and `Lit`
    bare: a small picture beside another, without buttons of its own
    brush: rows in a lasso stay, in every panel, and all others turn grey until the page says otherwise (`Highlight.chosen`)
    columns: the CSS grid columns of wide screens, such as "2fr 1fr"; `narrow` those of a phone.
    """

    panels: Sequence[Panel]
    sliders: Sequence[Slider] = ()
    matrices: Mapping[str, NDArray[Any] | tuple[int, int]] = field(default_factory=dict)
    bindings: Sequence[Mapping[str, Any]] = ()
    text: Sequence[Any] = ()
    brush: bool = False
    columns: str = "1fr"
    narrow: str = "1fr"
    lists: Sequence[WordList] = ()
    lines: Lines | None = None
    lit: Lit | None = None
    bare: bool = False

    def to_json(self) -> bytes:
        """The board as one JSON text; arrays as base64 of their bytes."""
        return str(to_json_plotly(self._whole())).encode()

    def to_bytes(self, hold_labels: Callable[[bytes], str]) -> bytes:
        """The board as the browser fetches it: 8 bytes (the length of the head), the head in JSON, and every long
        array as it is in memory. In the head {"dtype", "at", "count", "shape"} stands where an array belongs.

        Labels that an earlier panel has are not sent twice. `hold_labels` is given the labels of very many points, as
        JSON, and says where the browser finds them: they are fetched after the picture is there.
        """
        whole = self._whole()
        for at, panel in enumerate(self.panels):
            first = next(other for other in range(at + 1) if self.panels[other].labels is panel.labels)
            if first < at:
                whole["panels"][at]["labels"] = {"same": first}
            elif len(panel.labels) > MANY_LABELS:
                text = json.dumps(list(panel.labels), ensure_ascii=False).encode("utf-8", "replace")
                whole["panels"][at]["labels"] = {"url": hold_labels(text)}
        arrays: list[bytes] = []
        head = str(to_json_plotly(_lifted(whole, arrays))).encode()
        head += b" " * (-len(head) % 8)
        return b"".join([len(head).to_bytes(8, "little"), head, *arrays])

    def _whole(self) -> dict[str, Any]:
        return {
            "panels": [_panel(panel) for panel in self.panels],
            "sliders": [{name: getattr(slider, name) for name in Slider.__slots__} for slider in self.sliders],
            "matrices": {name: _matrix(matrix) for name, matrix in self.matrices.items()},
            "brush": self.brush,
            "bindings": [dict(binding) for binding in self.bindings],
            "text": list(self.text),
            "columns": self.columns,
            "narrow": self.narrow,
            "bare": self.bare,
            "lists": [_fields(words) for words in self.lists],
            "lines": None if self.lines is None else _fields(self.lines),
            "lit": None if self.lit is None else _fields(self.lit),
        }


def _lifted(value: Any, arrays: list[bytes], *, deep: bool = False) -> Any:
    """The value with its long arrays moved to the end of `arrays`, each at a multiple of 8 bytes. Those of more than one
    axis only within the matrices and heat maps: Plotly wants its own as they are."""
    if isinstance(value, dict):
        if "bdata" not in value:
            heat = value.get("type") == "heatmap"
            return {
                name: _lifted(one, arrays, deep=deep or name == "matrices" or (heat and name == "z"))
                for name, one in value.items()
            }
        flat = "," not in str(value.get("shape", ""))
        if len(value["bdata"]) <= _LONG or not (flat or deep):
            return value
        kind = value["dtype"]
        array = np.frombuffer(base64.b64decode(value["bdata"]), np.dtype(kind)).astype(_NARROW.get(kind, kind))
        place = sum(map(len, arrays))
        arrays.append(array.tobytes() + b"\0" * (-array.nbytes % 8))
        return {"dtype": array.dtype.str[1:], "at": place, "count": array.size, "shape": value.get("shape", array.size)}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_lifted(one, arrays, deep=deep) for one in value]
    return value


def _fields(part: WordList | Lines | Lit) -> dict[str, Any]:
    """The part by name, its arrays as the browser reads them."""

    values = {name: getattr(part, name) for name in part.__slots__}
    return {name: typed(value) if isinstance(value, np.ndarray) else value for name, value in values.items()}


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
        "order": None if panel.order is None else typed(np.asarray(panel.order, dtype=np.int32)),
        "labelsLeft": panel.labels_left,
        "gauge": None if panel.gauge is None else {name: getattr(panel.gauge, name) for name in Gauge.__slots__},
        "raster": panel.raster,
        "groups": None if groups is None else {"names": list(groups[0]), "colors": list(groups[1]), "codes": typed(groups[2])},
        "tile": panel.tile,
        "sprites": None if panel.sprites is None else {name: getattr(panel.sprites, name) for name in Sprites.__slots__},
        "cross": panel.cross,
        "dials": None if panel.dials is None else {name: getattr(panel.dials, name) for name in Dials.__slots__},
        "fast": panel.fast,
        "zoom": panel.zoom,
        "wheel": panel.wheel,
        "fixed": panel.fixed,
        "square": panel.square,
        "wide": panel.wide,
        "aspect": panel.aspect,
        "span": panel.span,
        "follow": panel.follow,
    }  # fmt: skip


def _matrix(matrix: NDArray[Any] | tuple[int, int]) -> dict[str, Any]:
    return {"panel": matrix[0], "trace": matrix[1]} if isinstance(matrix, tuple) else typed(matrix)


def typed(values: NDArray[Any]) -> dict[str, Any]:
    """{"dtype", "bdata", "shape"}: an array as Plotly writes it, at most 4 bytes a number."""
    narrow = {"float64": "float32", "int64": "int32", "uint64": "uint32", "bool": "uint8"}
    values = np.asarray(values)
    values = np.ascontiguousarray(values, dtype=narrow.get(values.dtype.name, values.dtype))
    kind = values.dtype.kind + str(values.dtype.itemsize)
    return {
        "dtype": kind,
        "bdata": base64.b64encode(values.tobytes()).decode(),
        "shape": ", ".join(map(str, values.shape)),
    }
