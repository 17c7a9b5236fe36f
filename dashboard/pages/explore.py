"""Explore: any embedding as a map, its true neighbours, and how far the map may be trusted."""

from __future__ import annotations

import streamlit as st

from core.embedding import Neighbour
from core.errors import N_, CoreError
from dashboard import answers, bring, explore_parts, frame, jobs, sources
from dashboard.components.plot import Highlight, plot
from dashboard.i18n import _

TITLE = N_("Explore")
RANK = 2
_FIND, _CLICKED = "ex_find", "es_ex_clicked"


def render() -> None:
    with frame.page(_("What does this embedding look like, and how far can the picture be trusted?")) as view:
        with view.controls:
            bring.your_own()
            source = sources.choose()
            wish = explore_parts.choose(source)
        with view.reading:
            row, near = _selection(source, wish.metric, wish.k)
            if row is None:
                explore_parts.reading(wish)
        with view.picture:
            if jobs.running(explore_parts.SLOT):
                explore_parts.live(source)
            else:
                _picture(source, wish, row, near)
        with view.reading:
            done = explore_parts.finished(source, wish)
            if done is not None and not jobs.running(explore_parts.SLOT):
                explore_parts.trust(done, wish)
            explore_parts.tries(wish)
            if done is not None:
                explore_parts.take_away(source, done)
        view.status(*explore_parts.receipt(source, wish, done))


def _selection(source: sources.Source, metric: str, k: int) -> tuple[int | None, list[Neighbour]]:
    """The word that was clicked or searched, with its neighbours in the original space."""
    word = st.text_input(_("Find a word"), key=_FIND, bind="query-params", placeholder=source.embedding.labels[0])
    word = word.strip()
    if not word:
        return None, []
    try:
        row = source.embedding.index(
            word if word in source.embedding else explore_parts.spelled(source.embedding, word)
        )
        near = source.embedding.nearest(source.embedding.labels[row], k, metric)
    except CoreError as error:
        frame.show(error)
        return None, []
    explore_parts.name(source, row)
    answers.table(near, metric)
    return row, near


def _picture(source: sources.Source, wish: explore_parts.Wish, row: int | None, near: list[Neighbour]) -> None:
    board, wished = explore_parts.board(source, wish)
    if board is not None and not wished:
        st.caption(_("This is the earlier picture; Draw makes the one that is set now."))
    if board is None:
        st.html(f'<div class="es-waiting">{_("Press Draw to make this picture.")}</div>')
        return
    lit = None if row is None else Highlight(row, [one.index for one in near], focus=_focus(row))
    labels = source.embedding.labels
    picked = plot(
        board,
        key="ex_map",
        alt=_("Map of the embedding; the list beside it has the neighbours of the chosen word"),
        highlight=lit,
        on_pick=lambda clicked: _ask(labels, clicked),
    )
    if len(picked.rows) > 1:
        explore_parts.lassoed(source, picked.rows)


def _ask(labels: list[str], row: int) -> None:
    """A click in the map asks for that row."""
    if row < len(labels):
        st.session_state[_FIND], st.session_state[_CLICKED] = labels[row], row


def _focus(row: int) -> str:
    """A searched word is brought to the middle; a clicked one is already under the reader's eye."""
    return "" if st.session_state.get(_CLICKED) == row else f"row-{row}"
