"""Recommend: the same reader before two lists, by tag and by angle; many readers; and the loop."""

from __future__ import annotations

import streamlit as st

from core.errors import N_
from dashboard import frame
from dashboard.i18n import _
from dashboard.links import choice
from dashboard.recommend_views import loop, measures, panes

TITLE = N_("Recommend")
RANK = 7
VIEWS = {"lists": panes, "many": measures, "loop": loop}


def render() -> None:
    with frame.page(_("Why is a reader of one thing shown another?")) as view:
        with view.picture:
            titles = {name: module.TITLE for name, module in VIEWS.items()}
            chosen = choice(
                st.segmented_control, _("View"), titles, key="rc_view", default="lists", required=True, label_visibility="collapsed",
            )  # fmt: skip
        VIEWS[chosen].render(view)
