"""Patches: a photo becomes a sequence of vectors."""

from __future__ import annotations

import streamlit as st

from core.errors import N_
from dashboard import frame
from dashboard.i18n import _
from dashboard.links import choice
from dashboard.patch_views import cut, learn, models, order, parts, places, several

TITLE = N_("Patches")
RANK = 4
VIEWS = {"cut": cut, "learn": learn, "several": several, "order": order, "places": places, "models": models}


def render() -> None:
    with frame.page(_("How does a transformer read a photo?")) as view:
        with view.picture:
            titles = {name: module.TITLE for name, module in VIEWS.items()}
            chosen = choice(
                st.segmented_control, _("View"), titles, key=parts.VIEW, default="cut", required=True, label_visibility="collapsed",
            )  # fmt: skip
        VIEWS[chosen].render(view)
