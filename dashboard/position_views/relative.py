"""Two later schemes on the axes of the fixed code: rotary turns, ALiBi lowers; both know the distance only."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.errors import N_
from dashboard.components.plot import plot
from dashboard.frame import View, reading, tries
from dashboard.i18n import _
from dashboard.position_views import race, tables
from dashboard.position_views.places import offer, places, told

TITLE = N_("Rotary, ALiBi")
KEY = "pos_relative"
SLOPES = (0.5, 0.0625, 0.00390625)  # the steepest, the fourth and the last of ALiBi's eight heads


def render(view: View) -> None:
    from core.figures.position_relative import RelativeWords, relative_board
    from core.positions.relative import by_distance, moved_along

    with view.controls:
        count, asked = tables.size()
        dim = max(2, asked - asked % 2)
        base = tables.base(st.expander(_("More")))
        files = st.expander(_("Tables"))
    change = by_distance(count, dim, base, SLOPES)
    query, key = np.random.default_rng(0).normal(size=(2, dim)) / 4
    moved = moved_along(query, key, count, base)
    names = ["fixed", "rotary", *(f"ALiBi 1/{round(1 / slope)}" for slope in SLOPES)]
    tables.downloads(files, change.T, "score-by-distance", {"distance": np.arange(count)}, names)
    words = RelativeWords(
        distance=_("distance k"),
        place=_("place p of the key, the query k places on"),
        score=_("attention score"),
        change=_("change of the score"),
        by_distance=_("How the score q·k/√d changes with the distance, words left out"),
        by_place=_("The same two words moved along the text, always k apart"),
        slopes=names[2:],
        schemes=race.names(),
    )
    with view.picture:
        at = places(KEY, {"k": (count - 1, 5)})
        alt = _("Scores of attention by distance and by place, for the fixed code, rotary and ALiBi on the same axes.")
        plot(relative_board(change, moved, words), key=KEY, alt=alt, sliders=at, link=at)
    with view.reading:
        _reading(moved[:, at["k"]])
    facts = [
        _("{count} distances and places, {dim} dimensions, base {base}").format(count=count, dim=dim, base=f"{base:.0f}"),
        _("two random words of length √d / 4"),
        _("{dim} dimensions instead of {asked}: every sine needs its cosine").format(dim=dim, asked=asked) if dim != asked else "",
    ]  # fmt: skip
    view.status(*facts)


def _reading(moved: np.ndarray) -> None:
    """`moved` (3, n): the score of the two words at each place, for the distance shown."""
    fixed, rotary, alibi = (float(np.ptp(row)) for row in moved)
    st.latex(
        r"\begin{gathered}\text{rotary: }(R_m q)\cdot(R_n k)=q\cdot R_{n-m}k\\\text{ALiBi: }q\cdot k/\!\sqrt d-s\,(m-n)\end{gathered}"
    )
    reading(
        _("Above, a rotary query and key of equal content draw the very curve of the fixed code: both turn the same clocks. ALiBi falls in a straight line, by 1/2 a place in one head, by 1/256 in another. Below, two words keep their distance and walk through the text: with the fixed code added, their score wavers with the place, because words meet codes; rotary and ALiBi give one number."),
        _("That a score knows only the distance does not make a model good at long texts. And these are scores before training: queries and keys are learned, and a model can make of a fixed code what it needs within the length it has seen."),
    )  # fmt: skip
    st.markdown(
        _("Over all places the score of the two words varies by **{fixed}** with the fixed code, by {rotary} with rotary and by {alibi} with ALiBi.")
        .format(fixed=f"{fixed:.2f}", rotary=f"{rotary:.0f}", alibi=f"{alibi:.0f}")
    )  # fmt: skip
    tries()
    offer("far", _("Sixty places apart"), _("The steepest head of ALiBi has gone out of the picture below; the fixed code and rotary have come back up several times on the way."), sliders={"k": 60})  # fmt: skip
    offer("next", _("Neighbours"), _("One place apart: close to the top of every curve."), sliders={"k": 1})
    told()
