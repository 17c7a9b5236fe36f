"""One question line and its answer: neighbours or a sum of words, lit in a map, with the two steps of an analogy as arrows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core.arrays import FloatArray
from core.embedding import Embedding
from core.errors import CoreError, UnknownLabel
from core.query import Answer, ask
from core.steps import steps
from dashboard import answers, frame, links
from dashboard.components.plot import Highlight, plot
from dashboard.i18n import _

_ARROWS = ((0, 1), (2, 3))  # the two steps, by place in `Steps.labels`


def line(embedding: Embedding, label: str, example: str, *, key: str, k: int, metric: str = "cosine", blank: bool = False) -> Answer | None:  # fmt: skip
    """The input and what it asks; None, with a sentence in place, where there is no answer. `blank`: nothing typed asks nothing."""
    typed = links.setting(
        st.text_input, label, key=key, default="", placeholder=example,
        help=_("A word, several words, or a sum. A minus needs a space before it."),
    ).strip()  # fmt: skip
    if not typed and blank:
        return None
    try:
        return ask(embedding, typed or example, k, metric)
    except UnknownLabel as error:
        spellings(error, key)
    except CoreError as error:
        frame.show(error)
    return None


def spellings(error: UnknownLabel, key: str) -> None:
    """The sentence, and a button for each near spelling that puts it into the input of that key."""
    frame.show(error)
    if not error.suggestions:
        return
    with st.container(horizontal=True, gap="small"):
        for at, word in enumerate(error.suggestions):
            st.button(
                frame.plain(word), key=f"{key}_spelling_{at}", on_click=_replace,
                args=(key, str(error.values["label"]), word),
            )  # fmt: skip


def _replace(key: str, old: str, new: str) -> None:
    quoted = f'"{new}"' if " " in new else new
    typed = str(st.session_state.get(key, ""))
    st.session_state[key] = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _found: quoted, typed)


def told(answer: Answer, metric: str, *, unfiltered: bool = False) -> None:
    """The notes and the ranked list."""
    for note in answer.notes:
        st.caption(frame.plain(_(note.template).format(**note.values)))
    if unfiltered:
        answers.table(answer.unfiltered, metric)
    else:
        answers.table(answer.neighbours, metric, ranks=answer.ranks)


def lit(answer: Answer, embedding: Embedding, places: Mapping[int, int], metric: str = "cosine") -> Highlight | None:
    """What to light in a map; `places` gives the point of each row that is on it."""
    index = embedding.index
    asked = [places[index(word)] for word in answer.query.positive + answer.query.negative if index(word) in places]
    near = [places[one.index] for one in answer.neighbours if one.index in places]
    single = len(asked) == 1
    first, rest = (asked[0], near) if single else (near[0] if near else None, [*near[1:], *asked])
    found = steps(embedding, answer, metric)
    arrows = []
    if found is not None and all(row in places for row in found.rows):
        arrows = [(places[found.rows[start]], places[found.rows[end]]) for start, end in _ARROWS]
    return Highlight(first, rest, lines=single, arrows=arrows)


def close_up(answer: Answer, embedding: Embedding, metric: str, *, key: str) -> None:
    """The four words of an analogy alone, with its two steps, and how parallel these are; nothing for other questions."""
    from core.figures.board import Board
    from core.figures.maps import embedding_map

    found = steps(embedding, answer, metric)
    if found is None:
        return
    panel = embedding_map(found.coordinates, found.labels, height=200, title=_("The four words alone"))
    panel = replace(panel, square=False, fixed=True, fast=True)
    panel.figure.update_layout(xaxis={"range": _wide(found.coordinates[:, 0])}, margin={"t": 24, "b": 24})
    first, second = (f"{found.labels[start]} → {found.labels[end]}" for start, end in _ARROWS)
    plot(
        Board(panels=[panel], bare=True), key=key, alt=_("{one} beside {other}, as arrows").format(one=first, other=second),
        highlight=Highlight(None, (), arrows=_ARROWS),
    )  # fmt: skip
    st.caption(
        frame.plain(
            _("Drawn on the plane that fits these four best ({kept} of their spread), each axis to its own scale. In all {dim} dimensions the two steps have cosine {cosine}; 1 would be parallel.")
            .format(kept=f"{found.kept:.0%}", dim=embedding.dim, cosine=f"{found.cosine:.2f}")
        )
    )  # fmt: skip


def _wide(values: FloatArray) -> list[float]:
    """A range with room for a label beside the last point."""
    low, high = float(values.min()), float(values.max())
    return [low - 0.15 * (high - low), high + 0.45 * (high - low)]
