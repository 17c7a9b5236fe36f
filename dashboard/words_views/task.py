"""What is to be learned: the text, the task and its settings, as the controls have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import controls, links
from dashboard.i18n import _
from dashboard.words_views import text
from dashboard.words_views.text import Text

MOST_DIM = 256


@dataclass(frozen=True)
class Task:
    """`text` is None while there is nothing to learn from; `settings` are those of `core.training.train`."""

    text: Text | None
    settings: dict[str, Any]
    place: DeltaGenerator  # for the primary button, above the folded settings

    @property
    def objective(self) -> str:
        return str(self.settings["objective"])


def choose(*, opened: bool) -> Task:
    """The controls; `opened`: the folded ones are in sight."""
    from core.training import OBJECTIVES

    chosen = text.choose()
    titles = {variant.name: variant.title for variant in OBJECTIVES}
    objective = links.choice(st.selectbox, _("Task"), titles, key="w_objective", default="five-gram")
    variant = OBJECTIVES.get(objective)
    st.caption(_(variant.about))
    settings = controls.settings(variant.params, "w", only=("window",))
    dim = st.slider(
        _("Dimensions"), 2, MOST_DIM, 32, key="w_dim", bind="query-params", help=_("How many numbers a word gets.")
    )
    place = st.container()
    with st.expander(_("More"), expanded=opened):
        settings |= controls.settings(variant.params, "w", skip=("window",))
        settings |= controls.settings(variant.params, "w", folded=True)
        epochs, seed = _course()
    return Task(chosen, {"objective": objective, "dim": dim, "epochs": epochs or None, "seed": seed, **settings}, place)


def _course() -> tuple[int, int]:
    epochs = st.slider(
        _("Epochs"), 0, 200, 0, key="w_epochs", bind="query-params",
        help=_("Passes over the text; 0 takes as many as suit its length."),
    )  # fmt: skip
    seed = st.number_input(
        _("Seed"), 0, 2**31 - 1, 0, key="w_seed", bind="query-params",
        help=_("The same text, settings and seed give the same vectors."),
    )  # fmt: skip
    return epochs, int(seed)
