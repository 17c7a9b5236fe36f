"""Positions of image patches: a code for the row and one for the column, and what a finer grid does to them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.arrays import FloatArray
from core.errors import N_
from dashboard import links
from dashboard.components.plot import plot
from dashboard.frame import View, reading, tries
from dashboard.i18n import _
from dashboard.position_views import tables
from dashboard.position_views.places import offer, places, told

TITLE = N_("Grid")
KEY = "pos_grid"
FINER = 2  # times as many rows and columns


def render(view: View) -> None:
    from core.figures.position_grid import GridWords, grid_board
    from core.patches import resample_positions
    from core.positions import sinusoidal_2d

    with view.controls:
        rows = links.setting(st.slider, _("Rows"), key="pos_down", default=14, low=2, high=16)
        columns = links.setting(st.slider, _("Columns"), key="pos_across", default=14, low=2, high=16)
        dim = links.setting(
            st.slider, _("Dimensions d"), key="pos_grid_dim", default=64, low=4, high=512, step=4,
            help=_("Half of them tell the row, half the column."),
        )  # fmt: skip
        base = tables.base(st.expander(_("More")))
        files = st.expander(_("Tables"))
    coarse, finer = (rows, columns), (FINER * rows, FINER * columns)
    codes, anew = sinusoidal_2d(*coarse, dim, base=base), sinusoidal_2d(*finer, dim, base=base)
    resampled = resample_positions(codes, coarse, finer)
    down, across = np.divmod(np.arange(rows * columns), columns)
    tables.downloads(files, codes, "positions-on-a-grid", {"row": down, "column": across})
    becomes = np.add.outer(FINER * np.arange(rows) * finer[1], FINER * np.arange(columns)).ravel()
    sizes = {"rows": finer[0], "columns": finer[1]}
    words = GridWords(
        place=_("place"),
        row=_("row"),
        column=_("column"),
        coarse=_("Cosine of this place's code with every place, {rows} × {columns}").format(rows=rows, columns=columns),
        anew=_("{rows} × {columns}, the formula computed anew").format(**sizes),
        resampled=_("{rows} × {columns}, the table resampled").format(**sizes),
    )
    with view.picture:
        at = places(KEY, {"place": (rows * columns - 1, (rows // 2) * columns + columns // 2)})
        alt = _("Heat maps over a grid of places: how much each place's code resembles that of the place chosen, on this grid and on one twice as fine.")  # fmt: skip
        board = grid_board(
            _near(codes, np.arange(len(codes)), coarse), _near(anew, becomes, finer), _near(resampled, becomes, finer), words
        )  # fmt: skip
        plot(board, key=KEY, alt=alt, sliders=at, link=at)
    with view.reading:
        _reading(rows, columns, at["place"])
    view.status(
        _("{rows} × {columns} places, {dim} dimensions, base {base}").format(rows=rows, columns=columns, dim=dim, base=f"{base:.0f}"),
        _("finer grid {rows} × {columns}, resampled bicubic").format(**sizes),
    )  # fmt: skip


def _near(codes: np.ndarray, chosen: np.ndarray, grid: tuple[int, int]) -> FloatArray:
    """(places, rows, columns): the cosine of each chosen place with every place of the grid."""
    rows = codes / np.linalg.norm(codes, axis=1, keepdims=True)
    near: FloatArray = (rows[chosen] @ rows.T).reshape(len(chosen), *grid).astype(np.float32)
    return near


def _reading(rows: int, columns: int, place: int) -> None:
    st.latex(r"p(r,c)=\big[\,PE(r)\;;\;PE(c)\,\big]")
    reading(
        _("A patch has a row and a column, so half of its code tells the one and half the other; places in the same row or the same column resemble each other, which draws the cross. For a photo with twice as many patches, the formula may be computed anew, where the cross stays as many patches wide, or the table resampled, where it stays as wide in the photo. Learned tables have only the second way."),
        _("A cross is not a disc: this code measures down and across, not the straight line between two patches. And a resampled table is a guess that was never trained; vision transformers are usually trained a little more after it."),
    )  # fmt: skip
    tries()
    offer("corner", _("Go to a corner"), _("The same cross, cut off by the edges: the code does not know where the photo ends."), sliders={"place": 0})  # fmt: skip
    offer("right", _("One place to the right"), _("The pattern has moved along, its shape the same: the cosine knows only how far down and how far across."), sliders={"place": min(place + 1, rows * columns - 1)})  # fmt: skip
    offer("few_2d", _("8 dimensions"), _("Two waves for the row and two for the column: places far apart look alike again."), widgets={"pos_grid_dim": 8})  # fmt: skip
    told()
