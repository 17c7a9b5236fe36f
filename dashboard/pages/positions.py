"""Positions: how a model is told where each word stands."""

from __future__ import annotations

import streamlit as st

from core.errors import N_
from dashboard import frame
from dashboard.i18n import _
from dashboard.position_views import code
from dashboard.position_views.places import forget

TITLE = N_("Positions")
RANK = 5
VIEWS = {"code": code}


def render() -> None:
    with frame.page(_("How does a model know where each word stands?")) as view:
        with view.picture:
            chosen = st.segmented_control(
                _("View"), list(VIEWS), format_func=lambda name: _(VIEWS[name].TITLE), default="code", required=True,
                key="pos_view", bind="query-params", persist_state="session", label_visibility="collapsed",
            )  # fmt: skip
        shown = VIEWS[chosen]
        forget([name for other in VIEWS.values() for name in other.SLIDERS if name not in shown.SLIDERS])
        shown.render(view)
