"""What is to be learned: the text, the task and its settings, as the controls have them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import N_, CoreError
from dashboard import controls, frame, links, sources
from dashboard.i18n import _
from dashboard.words_views import text
from dashboard.words_views.text import Text

if TYPE_CHECKING:
    from core.embedding import Embedding

MOST_DIM = 256
MOST_WATCHED = 5
MOST_SEED = 2**31 - 1


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
    dim = links.setting(
        st.slider, _("Dimensions"), key="w_dim", default=32, low=2, high=MOST_DIM,
        help=_("How many numbers a word gets."),
    )  # fmt: skip
    watch = _watch(chosen)
    place = st.container()
    with st.expander(_("More"), expanded=opened):
        start = _start()
        settings |= controls.settings(variant.params, "w", skip=("window",))
        settings |= controls.settings(variant.params, "w", folded=True)
        epochs, seed = _course()
    course = {"objective": objective, "dim": dim, "epochs": epochs or None, "seed": seed, "watch": watch}
    if start is not None:
        course |= {"start": start, "dim": start.dim}
    return Task(chosen, {**course, **settings}, place)


def _watch(chosen: Text | None) -> tuple[str, ...]:
    """Up to five words whose neighbours are followed; those of our own corpora unless others are given."""
    from core.demo import WATCHED

    first = WATCHED.get(chosen.source.get("corpus", "") if chosen else "", ())
    typed = links.setting(
        st.text_input, _("Words to watch"), key="w_watch", default="", placeholder=" ".join(first) or _("up to five words"),
        help=_("Their nearest words are shown under the map and change as it learns."),
    )  # fmt: skip
    words = tuple(dict.fromkeys(re.split(r"[\s,，、;；]+", typed.strip()))) if typed.strip() else first
    if len(words) > MOST_WATCHED:
        st.caption(_("The first {most} are watched.").format(most=MOST_WATCHED))
    return words[:MOST_WATCHED]


def _start() -> Embedding | None:
    """The embedding to go on from, None to begin with random vectors."""
    known = {name: title for name, title in sources.titles().items() if not name.startswith("list-")}
    chosen = links.choice(
        st.selectbox, _("Begin with"), {"": N_("random vectors"), **known}, key="w_start", default="",
        help=_("Go on from an embedding with this text: its words keep their vectors and it keeps its dimensions; new words join the table."),
    )  # fmt: skip
    if not chosen:
        return None
    try:
        found = sources.open_source(chosen).embedding
    except CoreError as error:
        frame.show(error)
        return None
    st.caption(_("It keeps its {dim} dimensions, whatever the slider says.").format(dim=found.dim))
    return found


def _course() -> tuple[int, int]:
    epochs = links.setting(
        st.slider, _("Epochs"), key="w_epochs", default=0, low=0, high=200,
        help=_("Passes over the text; 0 takes as many as suit its length."),
    )  # fmt: skip
    seed = links.setting(
        st.number_input, _("Seed"), key="w_seed", default=0, low=0, high=MOST_SEED,
        help=_("The same text, settings and seed give the same vectors."),
    )  # fmt: skip
    return int(epochs), int(seed)
