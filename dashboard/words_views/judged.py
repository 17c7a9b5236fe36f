"""A window of the reader's own under R's eye: its verdict, every word ranked for one slot, and what one step of gradient moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import CoreError, UnknownLabel
from dashboard import answers, frame, links
from dashboard.asking import question
from dashboard.components.plot import plot
from dashboard.frame import View
from dashboard.i18n import _
from dashboard.words_views.trained import Trained

if TYPE_CHECKING:
    from core.training import Judge, Pair

_LINE, _SWAP = "w_eye", "w_eye_swap"
_LISTED = 8


def window(view: View, held: Trained, judge: Judge, example: Pair | None) -> None:
    """Controls and verdict in the reading column, ranking and step under the picture."""
    first = example.words if example is not None else tuple(held.embedding.labels[: judge.window])
    with view.reading:
        typed = links.setting(
            st.text_input, _("A window of {count} words").format(count=judge.window), key=_LINE, default="", placeholder=" ".join(first),
        ).strip()  # fmt: skip
        try:
            words = _words(typed, held) if typed else first
            verdict = judge.verdict(words)
        except UnknownLabel as error:
            question.spellings(error, _LINE)
            return
        except CoreError as error:
            frame.show(error)
            return
        st.html(_verdict(verdict.score, verdict.probability))
        slot = _slot(words, judge.window // 2)
        ranking = judge.rank(words, slot)
        own = ranking.rank(words[slot])
        _ranked(ranking, words[slot], own)
        swap = _swap(held, words, slot, example)
    with view.picture:
        _pictures(held, judge, words, slot, ranking, own, swap)


def _words(typed: str, held: Trained) -> tuple[str, ...]:
    """The words of a line: as typed, in small letters and without punctuation where only those are known, and cut as the
    text was where spaces do not tell."""
    parts = [word for part in typed.split() for word in _bare(part, held)]
    if len(parts) < held.window:
        parts = _read(typed)
    return tuple(word if word in held.embedding else word.casefold() for word in parts)


def _bare(part: str, held: Trained) -> list[str]:
    """A word as it is known, else as the reading of a text leaves it, without punctuation: one word or none."""
    if part in held.embedding or part.casefold() in held.embedding:
        return [part]
    read = _read(part)
    return read if len(read) < 2 else [part]


def _read(text: str) -> list[str]:
    from core.text import sentences

    return [word for sentence in sentences(text) for word in sentence]


def _verdict(score: float, probability: float | None) -> str:
    if probability is None:
        said = _("R scores it {score}. Under the hinge loss only the comparison of two windows means something.").format(score=f"{score:.2f}")  # fmt: skip
        return f'<p class="es-verdict">{said}</p>'
    says = _("R takes it for valid") if probability >= 0.5 else _("R takes it for broken")
    return (
        f'<p class="es-verdict"><b>{"✓" if probability >= 0.5 else "✗"} {says}</b>'
        f'<span class="es-bar"><i style="width:{probability:.1%}"></i></span>'
        f"<span>{_('{share} to be valid').format(share=f'{probability:.1%}')}</span></p>"
    )


def _slot(words: tuple[str, ...], first: int) -> int:
    places = list(range(len(words)))
    chosen = st.pills(
        _("Which word to rank"), places, default=min(first, len(words) - 1), key=f"w_eye_slot_{len(words)}",
        format_func=lambda at: f"{at + 1} {frame.plain(words[at])}", required=True,
    )  # fmt: skip
    return int(chosen) if chosen is not None else first


def _ranked(ranking: Any, word: str, own: int) -> None:
    """The best words for the slot and the one that stands there, with its rank among all."""
    count = len(ranking.labels)
    shown = list(range(min(_LISTED, count)))
    if own - 1 not in shown:
        shown.append(own - 1)
    best = max(float(ranking.scores[0]), 1e-9)
    answers.ranked(
        [
            (at + 1, ranking.labels[at], max(0.0, float(ranking.scores[at]) / best), f"{ranking.scores[at]:.2f}", at == own - 1)
            for at in shown
        ],
        _("R's score of the window with each word in that place; {word} comes {rank} of {count}").format(word=word, rank=f"{own:,}", count=f"{count:,}"),
    )  # fmt: skip


def _swap(held: Trained, words: tuple[str, ...], slot: int, example: Pair | None) -> str:
    """The word that stands in the slot of the broken twin for the step of gradient."""
    labels = held.embedding.labels
    first = example.swap if example is not None and example.swap in held.embedding else labels[len(labels) // 2]
    if first == words[slot]:
        first = next(label for label in labels if label != words[slot])
    typed = links.setting(
        st.text_input, _("Swap it for"), key=_SWAP, default="", placeholder=first,
        help=_("The broken twin that R is shown beside this window in the step of gradient below the map."),
    ).strip()  # fmt: skip
    return typed or first


def _pictures(
    held: Trained, judge: Judge, words: tuple[str, ...], slot: int, ranking: Any, own: int, swap: str
) -> None:
    from core.figures.board import Board
    from core.figures.eye import ranking_panel, step_panel

    try:
        step = judge.step(words, slot, swap if swap in held.embedding else swap.casefold())
    except UnknownLabel as error:
        question.spellings(error, _SWAP)
        return
    except CoreError as error:
        frame.show(error)
        return
    titles = {
        "ranking": _("Every word in that place, ranked by R"), "rank": _("rank"), "score": _("score"),
        "step": _("How far one step of gradient moves each row of W"), "row": _("row of W, the commonest word first"),
        "length": _("length of the move"),
    }  # fmt: skip
    count = len(held.embedding)
    plot(
        Board(
            panels=[
                ranking_panel(ranking.scores, [(words[slot], own)], titles),
                step_panel(count, step.rows, step.lengths, step.labels, titles),
            ],
            columns="1fr 1fr",
            bare=True,
        ),
        key="w_eye_step",
        alt=_("Scores of every word for one slot, and the lengths of one step of gradient by row"),
    )
    st.caption(
        frame.plain(
            _("One step on this window and its broken twin moves {moved} of {count} rows: {words}. The other {rest} move by exactly 0. The loss of the two goes from {before} to {after}.")
            .format(moved=len(step.rows), count=f"{count:,}", words=", ".join(step.labels), rest=f"{count - len(step.rows):,}",
                    before=f"{step.loss:.4g}", after=f"{step.loss_after:.4g}")
        )
    )  # fmt: skip
