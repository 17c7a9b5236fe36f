"""Words against each other: similarity of two, odd one out of several, and the heat map of all pairs."""

from __future__ import annotations

import streamlit as st

from core.among import MOST_WORDS, Among, among
from core.embedding import METRICS, Embedding
from core.errors import CoreError, UnknownLabel
from dashboard import answers, controls, frame, links
from dashboard.asking import question
from dashboard.components.plot import plot
from dashboard.i18n import _


def line(embedding: Embedding, example: str, *, key: str, metric: str) -> Among | None:
    """The input for the words; None, with a sentence in place, where they cannot be compared."""
    typed = links.setting(
        st.text_input, _("Words to compare"), key=key, default="", max_chars=1_000, placeholder=example,
        help=_("Two words or more, at most {most}, with spaces or commas between them.").format(most=MOST_WORDS),
    ).strip()  # fmt: skip
    try:
        return among(embedding, typed or example, metric)
    except UnknownLabel as error:
        question.spellings(error, key)
    except CoreError as error:
        frame.show(error)
    return None


def matrix(found: Among, *, key: str, metric: str) -> None:
    """The heat map of every pair."""
    from core.figures.among import similarity_board

    plot(
        similarity_board(found.words, found.scores, metric=metric),
        key=key,
        alt=_("Heat map of the similarities of {count} words").format(count=len(found.words)),
    )


def verdict(embedding: Embedding, found: Among) -> None:
    """Two words: their score in every measure. More: how near each is to the middle of all, and who is the odd one out."""
    if len(found.words) == 2:
        _pair(embedding, found.words[0], found.words[1])
    elif found.odd is None:
        st.caption(_("These words point every way and cancel out, so none of them is the odd one."))
    else:
        st.markdown(f"**{_('Odd one out')}**  {frame.plain(found.odd)}")
        answers.table(found.to_middle, "cosine")
        st.caption(_("Cosine of each word to the mean direction of all; the last fits the others least. Some word is always last, even among words that fit."))  # fmt: skip


def _pair(embedding: Embedding, one: str, other: str) -> None:
    rows = []
    for metric in METRICS:
        try:
            score = f"{embedding.similarity(one, other, metric):.3f}"
        except CoreError:  # a zero vector has no cosine
            score = "–"
        rows.append(f"<tr><td>{controls.choice(metric)}</td><td>{score}</td></tr>")
    st.markdown(f"**{frame.plain(one)} · {frame.plain(other)}**")
    st.html(f'<table class="es-figures">{"".join(rows)}</table>')
