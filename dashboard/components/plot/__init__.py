"""The one interactive picture of every page (`plot`), and what the reader did in it (`Picked`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.arrays import FloatArray
from dashboard import payloads
from dashboard.i18n import _

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.figures.board import Board

_MOST_BITS = 8_000_000  # characters: a bit for each of 48 million rows
_FOLDER = Path(__file__).parent
_PARTS = (
    "data.js", "dials.js", "arrows.js", "raster.js", "glide.js", "cells.js", "brush.js", "overlay.js", "panel.js", "words.js", "key.js", "page.js", "saving.js", "board.js",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Highlight:
    """A row, its neighbours, and whether to bring it to the middle. `focus` is a token: the view moves once
    for each new one, to the whole picture for one that begins with "all". `lines` joins the row to its neighbours; `arrows` are drawn from row to row. `far`: for each panel
    (or one for all) those of the neighbours that its picture threw far away. `chosen` (n,) bool: on a board with a
    brush, all other rows turn grey.
    """

    point: int | None = None
    near: Sequence[int] = ()
    focus: str = ""
    lines: bool = True
    arrows: Sequence[tuple[int, int]] = ()
    far: Sequence[Sequence[int]] = ()
    chosen: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A measure of a picture, under it: a share of 1 as a bar, with a mark where chance would be, and a sentence beside
    it; `about` says in words what the bar shows."""

    share: float
    chance: float
    text: str
    about: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The points a line has now."""

    panel: int
    trace: int
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class Heat:
    """The values (rows, columns) a heat map has now."""

    panel: int
    trace: int
    values: FloatArray


@dataclass(frozen=True, slots=True)
class Live:
    """New coordinates (n, 2 or 3) of the rows of the first panel, new curves, new heat maps, and (label, score) pairs for each of the
    board's lists; `seq` tells one frame from the next."""

    seq: int
    coordinates: FloatArray | None = None
    curves: Sequence[Curve] = ()
    lists: Sequence[Sequence[tuple[str, float]]] = ()
    heats: Sequence[Heat] = ()


@dataclass(frozen=True, slots=True)
class Picked:
    """What the reader did: the row clicked, the rows in the lasso, where the sliders stand."""

    point: int | None = None
    click: str = ""
    rows: tuple[int, ...] = ()
    sliders: Mapping[str, int] = field(default_factory=dict)


def plot(
    board: Board | str,
    *,
    key: str,
    alt: str,
    highlight: Highlight | None = None,
    live: Live | None = None,
    sliders: Mapping[str, int] | None = None,
    link: Mapping[str, str | int] | None = None,
    meters: Sequence[Meter | None] = (),
    tool: str = "pan",
    on_pick: Callable[[int], None] | None = None,
    on_lasso: Callable[[Sequence[int]], None] | None = None,
) -> Picked:
    """Show a board (or the address `hold` gave for one) and return what the reader did in it.

    `on_pick` is called with the row that was clicked, before the page runs, so that it may set other widgets;
    `on_lasso` likewise with the rows in a lasso.

    `alt` says in words what the picture shows. `sliders` sets the sliders, from a link for instance.
    `link` is written into the page's address; reading it there on a first visit is up to the page. `meters` stand under
    the panels, in their order.
    """
    data: dict[str, Any] = {
        "url": board if isinstance(board, str) else hold(board),
        "alt": alt,
        "highlight": None if highlight is None else _highlight(highlight),
        "live": None if live is None else _live(live),
        "values": dict(sliders) if sliders else None,
        "heard": heard(key),
        "link": dict(link) if link else None,
        "meters": [None if meter is None else asdict(meter) for meter in meters],
        "tool": tool,
        "words": _words(),
    }

    def clicked() -> None:
        row = _picked(st.session_state.get(key)).point
        if on_pick is not None and row is not None:
            on_pick(row)

    def caught() -> None:
        rows = _picked(st.session_state.get(key)).rows
        if on_lasso is not None and rows:
            on_lasso(rows)

    result = _component()(
        key=key,
        data=payloads.as_text(data),
        on_picked_change=clicked,
        on_lasso_change=caught,
        on_sliders_change=_nothing,
    )
    return _picked(result)


def _words() -> dict[str, str]:
    """What the board itself says, in the reader's language."""
    return {
        "lasso": _("Lasso"),
        "move": _("Move"),
        "reset": _("Reset view"),
        "link": _("Link"),
        "copied": _("Copied"),
        "find": _("Find"),
        "play": _("Play"),
        "only": _("Click: hide or show this group. Double click: only this group, or all again."),
        "lost": _("This picture is no longer held by the server. Reload the page to draw it again."),
    }


def heard(key: str) -> str:
    """When the reader last let go of a slider of this plot, as the browser told it; "" before that."""
    state = st.session_state.get(key)
    sliders = state.get("sliders") if isinstance(state, Mapping) else None
    return str(sliders.get("at", "")) if isinstance(sliders, Mapping) else ""


def hold(board: Board) -> str:
    """Keep a board for the browser to fetch; the same board always has the same address."""
    return payloads.put(board.to_bytes(payloads.put), "application/octet-stream")


def _picked(result: Any) -> Picked:
    """What the browser sent, read as untrusted input: wrong shapes count as nothing done."""
    picked, lasso, sliders = (getattr(result, name, None) or {} for name in ("picked", "lasso", "sliders"))
    row = picked.get("row")
    rows = _rows(lasso)
    return Picked(
        point=row if isinstance(row, int) and row >= 0 else None,
        click=str(picked.get("click", "")),
        rows=tuple(one for one in rows if isinstance(one, int) and one >= 0),
        sliders={str(name): value for name, value in sliders.items() if isinstance(value, int)},
    )


def _rows(lasso: Mapping[str, Any]) -> Sequence[Any]:
    """The rows of a lasso: a list, or where there are very many a base64 text with a bit for each row of the data."""
    import base64
    import binascii

    bits = lasso.get("bits")
    if not isinstance(bits, str) or len(bits) > _MOST_BITS:
        rows = lasso.get("rows")
        return rows if isinstance(rows, (list, tuple)) else ()
    import numpy as np

    try:
        raw = base64.b64decode(bits, validate=True)
    except (ValueError, binascii.Error):
        return ()
    found: list[int] = np.flatnonzero(np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")).tolist()
    return found


def _highlight(highlight: Highlight) -> dict[str, Any]:
    near = [int(row) for row in highlight.near]
    given = {"point": highlight.point, "near": near, "focus": highlight.focus, "lines": highlight.lines}
    return given | {
        "arrows": [[int(start), int(end)] for start, end in highlight.arrows],
        "far": [[int(row) for row in rows] for rows in highlight.far],
        "chosen": None if highlight.chosen is None else _bits(highlight.chosen),
    }


def _bits(chosen: NDArray[np.bool_]) -> str:
    import base64

    import numpy as np

    return base64.b64encode(np.packbits(chosen, bitorder="little").tobytes()).decode()


def _live(live: Live) -> dict[str, Any]:
    from core.figures.board import typed

    data: dict[str, Any] = {"seq": live.seq}
    if live.coordinates is not None:
        data |= {name: typed(live.coordinates[:, at]) for at, name in enumerate("xyz"[: live.coordinates.shape[1]])}
    data["heats"] = [{"panel": heat.panel, "trace": heat.trace, "values": typed(heat.values)} for heat in live.heats]
    data["curves"] = [
        {"panel": curve.panel, "trace": curve.trace, "x": _line(curve.x), "y": _line(curve.y)} for curve in live.curves
    ]
    data["lists"] = [[[label, float(score)] for label, score in pairs] for pairs in live.lists]
    return data


def _line(values: Sequence[float]) -> Any:
    import numpy as np

    from core.figures.board import typed

    return typed(np.asarray(values, dtype=np.float32))


def _nothing() -> None:
    """A state needs a callback to be kept; the page reads the state instead."""


@cache
def _component() -> Any:
    script = "\n".join((_FOLDER / part).read_text(encoding="utf-8") for part in _PARTS)
    style = (_FOLDER / "plot.css").read_text(encoding="utf-8")
    return st.components.v2.component(
        "embedscope_plot", js=payloads.module("plot", script), css=style, isolate_styles=False
    )
