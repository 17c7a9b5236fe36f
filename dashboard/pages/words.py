"""Words: train an embedding on a text and watch it form."""

from __future__ import annotations

import streamlit as st

from core.errors import N_
from dashboard import frame, jobs, links, shelf
from dashboard.i18n import _
from dashboard.words_views import eye, side, task, trained, windows
from dashboard.words_views import map as growing
from dashboard.words_views.trained import SLOT

TITLE = N_("Words")
RANK = 1
VIEWS = {"map": growing, "windows": windows, "eye": eye, "side": side}


def render() -> None:
    with frame.page(_("How does a word become a vector?")) as view:
        with view.picture:
            chosen = _view()
            failure = st.container()
        with view.controls:
            asked = task.choose(opened=chosen == "windows")
            with asked.place:
                side.primary(asked) if chosen == "side" and not jobs.running(SLOT) else _train(asked)
            if not jobs.running(SLOT):
                trained.finish()
                shelf.save_button(trained.shown().id, place="w")
                trained.keep_link(trained.shown().id)
        with failure:
            trained.tell_failure(asked.text, asked.settings)
        VIEWS[chosen].render(view, asked)


def _view() -> str:
    if st.session_state.pop(trained.TO_MAP, False):
        st.session_state["w_view"] = "map"
    return links.view({name: module.TITLE for name, module in VIEWS.items()}, key="w_view")


def _train(asked: task.Task) -> None:
    """The primary button, or what runs."""
    if trained.rejoin(asked.text, asked.settings) or jobs.running(SLOT):
        jobs.progress(SLOT, stop=_("Stop and keep"), keeps=True, pausable=True)
        if not trained.as_begun(asked.text, asked.settings):
            st.caption(_("What is being trained keeps the text and the settings it was begun with. Stop it and press “Train” to train with those set now."))  # fmt: skip
        return
    pressed = st.button(_("Train"), type="primary", width="stretch", disabled=asked.text is None, key="w_train")
    if pressed and asked.text is not None:
        trained.begin(asked.text, asked.settings)
        st.session_state[trained.TO_MAP] = True
        st.rerun()
