"""Neighbours: one question line, the answers as a ranked list and lit in a small map; or words against each other."""

from __future__ import annotations

import streamlit as st

from core.embedding import METRICS
from core.errors import N_
from core.query import Answer
from dashboard import controls, frame, links, pictures, sources
from dashboard.asking import compared, question
from dashboard.components.plot import plot
from dashboard.i18n import _, shape

TITLE = N_("Neighbours")
RANK = 3
VIEWS = {"ask": N_("One question"), "among": N_("Words against each other")}
_EXAMPLES = {
    "small-world-en": ("king - man + woman", "paris - france + italy", "dog cat"),
    "small-world-zh": ("国王 - 男人 + 女人", "王子 - 男人 + 女人", "小狗 小猫"),
}
_AMONG = {
    "small-world-en": ("dog cat horse king queen prince apple bread cheese", "dog cat horse cow piano", "science technology"),
    "small-world-zh": ("小狗 小猫 国王 女王 王子 苹果 面包 科学 科技", "小狗 小猫 国王 女王 王子", "科学 科技"),
}  # fmt: skip
_LINE, _WORDS = "nb_q", "nb_words"


def render() -> None:
    with frame.page(_("Which words does the model think are alike?")) as view:
        with view.controls:
            source = sources.choose()
            metric = links.choice(
                st.segmented_control, _("Measure"), controls.choices(METRICS), key="nb_metric", default="cosine", required=True
            )  # fmt: skip
        with view.picture:
            chosen = links.view(VIEWS, key="nb_view")
        facts = _ask(view, source, metric) if chosen == "ask" else _among(view, source, metric)
        view.status(
            source.title,
            shape(len(source.embedding), source.embedding.dim),
            *facts,
        )


def _ask(view: frame.View, source: sources.Source, metric: str) -> list[str]:
    embedding = source.embedding
    with view.controls:
        k = links.setting(st.slider, _("Neighbours"), key="nb_k", default=10, low=1, high=50)
        unfiltered = links.setting(
            st.toggle, _("Keep the asked words in the answer"), key="nb_raw", default=False,
            help=_("Usually they are left out. With them, the nearest word to king - man + woman is often king itself."),
        )  # fmt: skip
    examples = _examples(_EXAMPLES, source)
    with view.picture:
        answer = question.line(embedding, _("Question"), examples[0], key=_LINE, k=k, metric=metric)
        picture = pictures.flat(embedding, "nb")
        _map(picture, source, answer, metric)
    with view.reading:
        if answer is not None:
            question.told(answer, metric, unfiltered=unfiltered)
            question.close_up(answer, embedding, metric, key="nb_close")
        frame.reading(
            _("The answers in order, each with its rank among all rows, and the same answers lit in a map of two dimensions out of many."),
            _("Near means used alike, not meaning the same: hot and cold are used alike. Distances in the map are not the distances that were asked; the list is."),
        )  # fmt: skip
        _tries(examples, _LINE)
    return [
        _("neighbours: exact, over all rows, {metric}").format(metric=controls.choice(metric)),
        _("lengths left as they are"),
        _("map: PCA, drawn for {shown} of {count} rows").format(
            shown=f"{len(picture.rows):,}", count=f"{len(embedding):,}"
        ),
    ]


def _among(view: frame.View, source: sources.Source, metric: str) -> list[str]:
    examples = _examples(_AMONG, source)
    with view.picture:
        found = compared.line(source.embedding, examples[0], key=_WORDS, metric=metric)
        if found is not None:
            compared.matrix(found, key="nb_matrix", metric=metric)
    with view.reading:
        if found is not None:
            compared.verdict(source.embedding, found)
        frame.reading(
            _("Every cell is the score of its row's word and its column's word, measured in the table itself, in all its dimensions."),
            _("Only these words are compared. Two words may score high here and still have many nearer neighbours elsewhere: ask the question line for ranks."),
        )  # fmt: skip
        _tries(examples, _WORDS)
    return [_("every pair measured, {metric}").format(metric=controls.choice(metric)), _("lengths left as they are")]


def _examples(known: dict[str, tuple[str, ...]], source: sources.Source) -> tuple[str, ...]:
    """Questions that this embedding can answer."""
    labels = [_quoted(label) for label in source.embedding.labels[:8]]
    if known is _AMONG:
        return known.get(source.id, (" ".join(labels),))
    return known.get(source.id, tuple(labels[:3]))


def _map(picture: pictures.Picture, source: sources.Source, answer: Answer | None, metric: str) -> None:
    at = {row: place for place, row in enumerate(picture.rows)}
    labels = [source.embedding.labels[row] for row in picture.rows]
    plot(
        picture.url,
        key="nb_map",
        alt=_("Map of the embedding with the answers lit"),
        highlight=None if answer is None else question.lit(answer, source.embedding, at, metric),
        on_pick=lambda row: _put(_LINE, _quoted(labels[row])) if row < len(labels) else None,
    )


def _tries(examples: tuple[str, ...], key: str) -> None:
    frame.tries()
    for at, example in enumerate(examples):
        st.button(frame.plain(example), key=f"{key}_try_{at}", width="stretch", on_click=_put, args=(key, example))


def _put(key: str, line: str) -> None:
    st.session_state[key] = line


def _quoted(label: str) -> str:
    return f'"{label}"' if " " in label else label
