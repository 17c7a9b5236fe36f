"""Neighbours: one question line, the answers as a ranked list and lit in a small map."""

from __future__ import annotations

import streamlit as st

from core.embedding import METRICS
from core.errors import N_, CoreError
from core.query import Answer, ask
from dashboard import answers, controls, frame, links, pictures, sources
from dashboard.components.plot import Highlight, plot
from dashboard.i18n import _

TITLE = N_("Neighbours")
RANK = 3
_EXAMPLES = {
    "small-world-en": ("king - man + woman", "paris - france + italy", "dog cat"),
    "small-world-zh": ("国王 - 男人 + 女人", "王子 - 男人 + 女人", "小狗 小猫"),
}
_LINE = "nb_q"


def render() -> None:
    with frame.page(_("Which words does the model think are alike?")) as view:
        with view.controls:
            source = sources.choose()
            metric, k, unfiltered = _controls()
        with view.picture:
            examples = _examples(source)
            answer = _question(source, examples[0], metric, k)
            picture = pictures.flat(source.embedding, "nb")
            _map(picture, source, answer)
        with view.reading:
            if answer is not None:
                _answer(answer, metric, unfiltered)
            _reading(examples)
        view.status(
            source.title,
            _("{count} rows of {dim} dimensions").format(count=f"{len(source.embedding):,}", dim=source.embedding.dim),
            _("neighbours: exact, over all rows, {metric}").format(metric=controls.choice(metric)),
            _("lengths left as they are"),
            _("map: PCA, drawn for {shown} of {count} rows").format(
                shown=f"{len(picture.rows):,}", count=f"{len(source.embedding):,}"
            ),
        )


def _controls() -> tuple[str, int, bool]:
    metric = links.choice(
        st.segmented_control, _("Measure"), controls.choices(METRICS), key="nb_metric", default="cosine", required=True
    )
    k = st.slider(_("Neighbours"), 1, 50, 10, key="nb_k", bind="query-params")
    unfiltered = st.toggle(
        _("Keep the asked words in the answer"), key="nb_raw", bind="query-params",
        help=_("Usually they are left out. With them, the nearest word to king - man + woman is often king itself."),
    )  # fmt: skip
    return metric, k, unfiltered


def _examples(source: sources.Source) -> tuple[str, ...]:
    """Questions that this embedding can answer."""
    known = _EXAMPLES.get(source.id)
    if known:
        return known
    labels = source.embedding.labels
    return tuple(map(_quoted, labels[:3]))


def _question(source: sources.Source, example: str, metric: str, k: int) -> Answer | None:
    line = st.text_input(
        _("Question"), key=_LINE, bind="query-params", placeholder=example,
        help=_("A word, several words, or a sum. A minus needs a space before it."),
    )  # fmt: skip
    try:
        return ask(source.embedding, line.strip() or example, k, metric)
    except CoreError as error:
        frame.show(error)
        return None


def _answer(answer: Answer, metric: str, unfiltered: bool) -> None:
    for note in answer.notes:
        st.caption(frame.plain(_(note.template).format(**note.values)))
    if unfiltered:
        answers.table(answer.unfiltered, metric)
    else:
        answers.table(answer.neighbours, metric, ranks=answer.ranks)


def _map(picture: pictures.Picture, source: sources.Source, answer: Answer | None) -> None:
    at = {row: place for place, row in enumerate(picture.rows)}
    index = source.embedding.index
    lit = None
    if answer is not None:
        asked = [at[index(word)] for word in answer.query.positive + answer.query.negative if index(word) in at]
        near = [at[one.index] for one in answer.neighbours if one.index in at]
        single = len(asked) == 1
        first, rest = (asked[0], near) if single else (near[0] if near else None, [*near[1:], *asked])
        lit = Highlight(first, rest, lines=single)
    labels = [source.embedding.labels[row] for row in picture.rows]
    plot(
        picture.url,
        key="nb_map",
        alt=_("Map of the embedding with the answers lit"),
        highlight=lit,
        on_pick=lambda row: _set_line(_quoted(labels[row])) if row < len(labels) else None,
    )


def _quoted(label: str) -> str:
    return f'"{label}"' if " " in label else label


def _reading(examples: tuple[str, ...]) -> None:
    frame.reading(
        _(
            "The answers in order, each with its rank among all rows, and the same answers lit in a map of two dimensions out of many."
        ),
        _(
            "Near means used alike, not meaning the same: hot and cold are used alike. Distances in the map are not the distances that were asked; the list is."
        ),
    )
    frame.tries()
    for at, example in enumerate(examples):
        st.button(frame.plain(example), key=f"nb_try_{at}", width="stretch", on_click=_set_line, args=(example,))


def _set_line(line: str) -> None:
    st.session_state[_LINE] = line
