"""Positions: how a model is told where each word stands."""

from __future__ import annotations

import streamlit as st

from core.errors import N_
from dashboard import frame
from dashboard.i18n import _
from dashboard.links import choice
from dashboard.position_views import beyond, code, grid, learned, relative, sentence, shift

TITLE = N_("Positions")
RANK = 5
VIEWS = {
    "code": code,
    "shift": shift,
    "sum": sentence,
    "learned": learned,
    "beyond": beyond,
    "relative": relative,
    "grid": grid,
}


def render() -> None:
    with frame.page(_("How does a model know where each word stands?")) as view:
        with view.picture:
            titles = {name: module.TITLE for name, module in VIEWS.items()}
            chosen = choice(
                st.segmented_control, _("View"), titles, key="pos_view", default="code", required=True, label_visibility="collapsed",
            )  # fmt: skip
        VIEWS[chosen].render(view)
