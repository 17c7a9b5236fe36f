"""The task before any training: the text as windows, valid and broken side by side, and what gives them away."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import N_
from dashboard import frame
from dashboard.frame import View
from dashboard.i18n import _
from dashboard.words_views import aside
from dashboard.words_views.task import Task

if TYPE_CHECKING:
    from core.training import Pair, Preview

TITLE = N_("Windows")
SLOT = "windows"
SETTINGS = ("window", "slot", "sampler", "power", "held_out", "min_count", "redraw_attested")
_SHOWN = 9
_SHORT = 6  # words of a window that leave room for those around it


def render(view: View, task: Task) -> None:
    if task.objective != "five-gram":
        with view.picture:
            st.info(_("Windows with a swapped word are what the five-gram task learns from. The task chosen now has none."))  # fmt: skip
            st.button(_("Choose the five-gram task"), key="w_to_five", on_click=_choose, args=("w_objective", "five-gram"))  # fmt: skip
        return
    with view.reading:
        frame.reading(
            _("Each pair is a window of the text and, below it, the same window with one word swapped. R will have to tell them apart, and it sees nothing but the vectors of these words."),
            _("A high figure for word counts alone is a warning: R could then do well by liking common words. Only what it scores above that figure comes from how words are used."),
        )  # fmt: skip
        _tries()
    with view.picture:
        if task.text is None:
            st.info(_("Give a text on the left, and its windows stand here."))
            return
        settings = {name: value for name, value in task.settings.items() if name in SETTINGS}
        answer = aside.fetch(
            SLOT, "preview", task.text.source, count=_SHOWN, seed=task.settings["seed"], **settings
        )  # fmt: skip
        if answer.found is None:
            return
        found: Preview = answer.found
        if not answer.fresh:
            st.caption(_("These are the windows of the settings before."))
        st.html(_facts(found))
        st.html(_table(found.pairs))
    view.status(
        task.text.title,
        _("{count} words in {sentences} sentences").format(count=f"{found.words:,}", sentences=f"{found.sentences:,}"),
        _("{count} words in the vocabulary").format(count=f"{found.vocabulary:,}"),
        _("{count} held-out windows also stand in the training part and are left out").format(count=f"{found.repeated:,}") if found.repeated else "",
        _("{shown} windows shown, drawn at random").format(shown=len(found.pairs)),
        _("seed {seed}").format(seed=task.settings["seed"]),
    )  # fmt: skip


def _facts(found: Preview) -> str:
    auc = found.frequency_auc
    facts = (
        (f"{found.windows:,}", _("windows to learn from"), None),
        (f"{found.held_out_windows:,}", _("windows kept out, to check on"), None),
        (f"{found.attested_share:.2%}", _("of broken windows stand in the text all the same"), found.attested_share),
        (f"{auc:.3f}" if auc == auc else "–", _("AUC of word counts alone; a blind guess has .500"), max(0.0, 2 * auc - 1)),
    )  # fmt: skip
    return f'<div class="es-facts">{"".join(_fact(*fact) for fact in facts)}</div>'


def _fact(figure: str, said: str, share: float | None) -> str:
    bar = "" if share is None else f'<span class="es-bar"><i style="width:{min(1.0, share):.1%}"></i></span>'
    return f"<div><b>{figure}</b><span>{escape(said)}</span>{bar}</div>"


def _table(pairs: Sequence[Pair]) -> str:
    """Two lines a pair, the words of both in the same columns; long windows stand without the words around them."""
    long = bool(pairs) and len(pairs[0].words) > _SHORT
    kind = "es-pairs es-long" if long else "es-pairs"
    return f'<div class="es-scroll"><table class="{kind}">{"".join(map(_pair, pairs))}</table></div>'


def _pair(pair: Pair) -> str:
    broken = _("broken, but the text has it too") if pair.attested else _("broken")
    before, after = escape(" ".join(pair.before)), escape(" ".join(pair.after))
    return (
        f'<tbody><tr><th>✓ {escape(_("valid"))}</th><td class="es-around" dir="auto">{before}</td>'
        f'{_words(pair.words, pair.slot, "u")}<td class="es-around" dir="auto">{after}</td></tr>'
        f'<tr><th>✗ {escape(broken)}</th><td class="es-around"></td>{_words(pair.broken, pair.slot, "mark")}<td class="es-around"></td></tr></tbody>'
    )  # fmt: skip


def _words(words: Sequence[str], slot: int, mark: str) -> str:
    sign = "✗ " if mark == "mark" else ""
    return "".join(
        f'<td dir="auto"><{mark}>{sign}{escape(word)}</{mark}></td>' if at == slot else f'<td dir="auto">{escape(word)}</td>'
        for at, word in enumerate(words)
    )  # fmt: skip


def _tries() -> None:
    frame.tries()
    st.button(
        _("Draw all words alike"), key="w_try_uniform", width="stretch", on_click=_choose, args=("w_sampler", "uniform"),
        help=_("Rare words are swapped in more often than they occur, and the counts alone give many windows away."),
    )  # fmt: skip
    st.button(
        _("Draw as often as words occur"), key="w_try_unigram", width="stretch", on_click=_as_they_occur,
        help=_("Then counts tell nothing: the figure falls to about .500."),
    )  # fmt: skip
    st.button(
        _("Swap only the middle word"), key="w_try_middle", width="stretch", on_click=_choose, args=("w_slot", "middle"),
        help=_("As Collobert and Weston did in 2008."),
    )  # fmt: skip


def _choose(key: str, value: object) -> None:
    st.session_state[key] = value


def _as_they_occur() -> None:
    st.session_state["w_sampler"] = "unigram"
    st.session_state["w_power"] = 1.0
