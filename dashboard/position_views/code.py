"""The fixed code: every value, the row and the column under the finger, the clocks, the formula with its numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.arrays import DoubleArray
from core.errors import N_
from dashboard.components.plot import plot
from dashboard.frame import View, reading, tries
from dashboard.i18n import _
from dashboard.links import choice, setting
from dashboard.position_views import tables
from dashboard.position_views.places import offer, places, told

TITLE = N_("The code")
KEY = "pos_code"
BLENDED = 128  # cells an axis from which some screens have fewer pixels
LAYOUTS = {
    "interleaved": N_("interleaved: sine, cosine, sine, …"),
    "concatenated": N_("concatenated: all sines, then all cosines"),
    "tensor2tensor": N_("tensor2tensor: sines first, other frequencies"),
}


def render(view: View) -> None:
    from core.figures.positions import CodeWords, code_board, formula_text
    from core.positions import sinusoidal
    from core.positions.sinusoidal import code_columns

    with view.controls:
        length, dim = tables.size()
        layout = choice(
            st.selectbox, _("Layout"), LAYOUTS, key="pos_layout", default="interleaved",
            help=_("The paper alternates sines and cosines. Some code keeps them apart; the values are the same, in another order."),
        )  # fmt: skip
        misprint = setting(
            st.toggle, _("Show the misprint"), key="pos_misprint", default=False,
            help=_("Some texts put the bracket around pos / 10000 and raise that to the power. See what would go wrong."),
        )  # fmt: skip
        more = st.expander(_("More"))
        base = tables.base(more)
    codes = sinusoidal(length, dim, base=base, layout=layout, misprint=misprint)
    tables.downloads(more, codes, "positions", {"position": np.arange(length)})
    sines, cosines = code_columns(dim, layout)
    rate = (1, max(dim // 2 - 1, 1)) if layout == "tensor2tensor" else (2, dim)
    text, vectors = formula_text(dim, base, sines, cosines, rate, misprint=misprint)
    words = CodeWords(
        position=_("position pos"),
        dimension=_("dimension i"),
        row=_("The row of pos: its code. Sines solid, cosines dashed"),
        column=_("The wave of i"),
        table=_("Every code: a row a position, a column a dimension"),
        clock=_("Its clock"),
        clocks=_clocks(len(sines)),
    )
    with view.picture:
        at = places(KEY, {"pos": (length - 1, 5), "i": (dim - 1, 6)})
        plot(
            code_board(codes, sines, cosines, words, text, vectors), key=KEY, alt=_alt(length, dim), sliders=at, link=at
        )
    with view.reading:
        _reading(misprint, length - 1 <= base, at)
    view.status(*_receipt(codes, layout, base, misprint))


def _clocks(count: int) -> str:
    from core.figures.positions import CLOCKS

    stride = max(1, -(-count // CLOCKS))
    if stride == 1:
        return _("One clock a frequency, the fastest first: its hand reaches sin to the right and cos up")
    return _("One clock for every {stride} of {count} frequencies, the fastest first: its hand reaches sin to the right and cos up").format(stride=stride, count=count)  # fmt: skip


def _alt(length: int, dim: int) -> str:
    return _("Heat map of the position codes of {length} positions in {dim} dimensions with a crosshair, curves of its row and column, and a clock for each frequency.").format(length=length, dim=dim)  # fmt: skip


def _reading(misprint: bool, bounded: bool, at: dict[str, int]) -> None:
    if misprint:
        st.latex(r"PE(pos,2k)\neq\sin\!\left(\left(\tfrac{pos}{10000}\right)^{2k/d}\right)")
        see = (
            _("The misprinted formula. Every angle stays between 0 and 1, so no hand ever goes round, nothing is negative, and most rows look alike.")
            if bounded
            else _("The misprinted formula. The angles no longer grow in step with pos, so no hand turns at a steady speed.")
        )  # fmt: skip
    else:
        st.latex(
            r"\begin{aligned}PE(pos,2k)&=\sin\tfrac{pos}{10000^{2k/d}}\\PE(pos,2k{+}1)&=\cos\tfrac{pos}{10000^{2k/d}}\end{aligned}"
        )
        see = _("Red is +1, white 0, blue −1. Columns come in pairs: the sine and the cosine of one frequency, which together are one clock hand. The first hands race, the last hardly move, so a row tells near positions by its fast hands and far ones by its slow hands.")  # fmt: skip
    reading(
        see,
        _("One column does not name a position: its wave passes the same value again and again. And a code that is defined at every position is not a model that works at every position; that is measured, and it gets worse beyond the training length (Press et al. 2022)."),
    )  # fmt: skip
    tries()
    if misprint:
        offer("right", _("Put the bracket right"), _("Now pos is divided by a power of 10000, and every hand turns at its own steady speed."), widgets={"pos_misprint": False})  # fmt: skip
    else:
        offer("misprint", _("Put the bracket wrong"), _("The hands have lost their own steady speeds. At pos = 1 both formulas agree, so a check at that position alone would not notice."), widgets={"pos_misprint": True})  # fmt: skip
    offer("step", _("One position further"), _("Every hand has turned by its own fixed angle, wherever you start: a shift is a rotation."), sliders={"pos": at["pos"] + 1})  # fmt: skip
    offer("odd", _("An odd number of dimensions"), _("The last frequency has lost its cosine, so its clock shows only the sine: a dashed line."), widgets={"pos_dim": 15})  # fmt: skip
    told()


def _receipt(codes: DoubleArray, layout: str, base: float, misprint: bool) -> list[str]:
    length, dim = codes.shape
    norms = np.linalg.norm(codes, axis=1)
    spread = f"{norms.min():.3f}" if np.ptp(norms) < 5e-4 else f"{norms.min():.3f}–{norms.max():.3f}"
    return [
        _("{length} positions × {dim} dimensions").format(length=length, dim=dim),
        _("base {base}").format(base=f"{base:g}" if base < 1e6 else f"{base:.0f}"),
        _(LAYOUTS[layout]),
        _("misprinted formula") if misprint else _("Vaswani et al. 2017, section 3.5"),
        _("length of a code {norm}").format(norm=spread),
        _("cells smaller than a pixel are blended") if max(length, dim) > BLENDED else "",
    ]
