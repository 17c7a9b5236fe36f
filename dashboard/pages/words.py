"""Words: train an embedding on a text and watch it form."""

from __future__ import annotations

import streamlit as st

from core.errors import N_, CoreError
from dashboard import answers, controls, frame, jobs, links, shelf, words_parts
from dashboard.components.plot import Highlight, plot
from dashboard.i18n import _

TITLE = N_("Words")
RANK = 1
_WORD = "w_word"


def render() -> None:
    with frame.page(_("How does a word become a vector?")) as view:
        with view.controls:
            text = _controls()
        classes = _classes(text)
        if jobs.running(words_parts.SLOT):
            with view.picture:
                words_parts.live_picture(classes)
            with view.reading:
                _reading_while()
            view.status(text.title if text else "", _("training now"))
            return
        with view.controls:
            words_parts.finish(text or words_parts.Text("", {}), classes)
        trained = words_parts.shown(classes)
        with view.controls:
            shelf.save_button(trained.id, place="w")
        with view.reading:
            highlight = _ask(trained)
            _reading()
        with view.picture:
            plot(
                words_parts.finished_board(trained),
                key="w_map",
                alt=_("Map of the trained words over the curves of loss and AUC"),
                highlight=highlight,
                on_pick=lambda row: _set_word(trained.labels[row]) if row < len(trained.labels) else None,
            )
        doubt = words_parts.doubt(trained)
        if doubt:
            with view.reading:
                st.warning(doubt)
        view.status(*trained.receipt)


def _controls() -> words_parts.Text | None:
    from core.training import OBJECTIVES

    text = words_parts.choose_text()
    titles = {variant.name: variant.title for variant in OBJECTIVES}
    objective = links.choice(st.selectbox, _("Task"), titles, key="w_objective", default="five-gram")
    variant = OBJECTIVES.get(objective)
    st.caption(_(variant.about))
    dim = st.slider(
        _("Dimensions"), 2, 128, 32, key="w_dim", bind="query-params", help=_("How many numbers a word gets.")
    )
    with st.expander(_("More")):
        epochs = st.slider(
            _("Epochs"),
            0,
            200,
            0,
            key="w_epochs",
            bind="query-params",
            help=_("Passes over the text; 0 takes as many as suit its length."),
        )
        params = controls.settings(variant.params, "w") | controls.settings(variant.params, "w", folded=True)
        seed = st.number_input(
            _("Seed"),
            0,
            2**31 - 1,
            0,
            key="w_seed",
            bind="query-params",
            help=_("The same text, settings and seed give the same vectors."),
        )
    settings = {"objective": objective, "dim": dim, "epochs": epochs or None, "seed": int(seed), **params}
    if jobs.running(words_parts.SLOT):
        jobs.progress(words_parts.SLOT, stop=_("Stop and keep"), keeps=True)
    elif (
        st.button(_("Train"), type="primary", width="stretch", disabled=text is None, key="w_train")
        and text is not None
    ):
        try:
            jobs.start(words_parts.SLOT, "train", text.source, **settings)
            st.rerun()
        except CoreError as error:
            frame.show(error)
    return text


def _classes(text: words_parts.Text | None) -> dict[str, str]:
    from core.text import corpus_classes

    name = text.source.get("corpus") if text else None
    return corpus_classes(name) if name else {}


def _ask(trained: words_parts.Trained) -> Highlight | None:
    """A word, its neighbours with their similarities; returns what to light in the map."""
    word = st.text_input(
        _("A word, and its neighbours"), key=_WORD, bind="query-params", placeholder=trained.labels[0]
    ).strip()
    if not word:
        return None
    try:
        near = trained.embedding.nearest(word if word in trained.embedding else word.lower(), 8)
    except CoreError as error:
        frame.show(error)
        return None
    answers.table(near, "cosine")
    return words_parts.highlight(
        trained, word if word in trained.embedding else word.lower(), [one.label for one in near]
    )


def _set_word(word: str) -> None:
    st.session_state[_WORD] = word


def _reading() -> None:
    frame.reading(
        _(
            "Every point is a word, at its vector's two widest directions (PCA). The curves below tell how well held-out windows are told apart; the dashed line is what word counts alone reach."
        ),
        _(
            "Two words near each other here may be far apart in the table: the map keeps two of its dimensions. And a word is near another because it is used alike, which opposites often are."
        ),
    )
    frame.tries()
    st.button(_("Ask for a near word"), key="w_try_word", width="stretch", on_click=_set_word, args=(_("dog"),))
    st.caption(_("Drag the epoch back to 0: the untrained table knows nothing, and the map shows it."))


def _reading_while() -> None:
    frame.reading(
        _(
            "R is shown windows of words, half of them with one word swapped, and says which are valid. Each answer moves the rows of W that were looked up, and only those."
        ),
        _(
            "A falling loss on the windows it trains on proves little. Watch the held-out curve, and how far it rises above the dashed line."
        ),
    )
