"""What a feedback loop shows: its curves, where each began and ended, and which widened or narrowed."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.errors import N_
from core.figures.recommend import loop_board
from core.recommend import POLICIES, LoopResult
from core.recommend.loop import MEASURES
from dashboard.components.plot import plot
from dashboard.i18n import _

NAMES = {"exact": N_("Exact"), "fuzzy": N_("Fuzzy"), "mixed": N_("Mixed")}
_YARDSTICKS = {"vectors": N_("by vectors"), "tags": N_("by tags")}
_ROWS = {
    "within": N_("within a list"), "between": N_("between readers"),
    "within_tags": N_("within, by tags"), "between_tags": N_("between, by tags"), "length": N_("items in a list"),
}  # fmt: skip
_ARROWS = {1: "↑", -1: "↓", 0: "→", None: ""}


def picture(result: LoopResult) -> None:
    """The yardstick, the curves, what they come to in words, and the figures."""
    yardstick = st.segmented_control(
        _("Yardstick"), list(_YARDSTICKS), default="vectors", required=True, format_func=lambda name: _(_YARDSTICKS[name]),
        key="rl_yardstick", persist_state="session", help=_("Vectors favour one side, tags the other: look at both."),
    )  # fmt: skip
    end = "_tags" if yardstick == "tags" else ""
    curves = {policy: {name: result.spread(policy, name) for name in MEASURES} for policy in POLICIES}
    measures = (
        (f"within{end}", _("Diversity within a list")), (f"between{end}", _("Diversity between readers")),
        ("clicks", _("Share of shown items clicked")), ("coverage", _("Share of items shown so far")),
    )  # fmt: skip
    plot(
        loop_board(curves, measures, {name: _(title) for name, title in NAMES.items()}, _("round")), key="rc_loop_board",
        alt=_("Diversity within and between readers, clicks and coverage, round by round, for exact, fuzzy and mixed lists"),
    )  # fmt: skip
    _directions(result, end)
    _table(result)


def _directions(result: LoopResult, end: str) -> None:
    """Both directions, as this run has them; none is left out."""
    words = {1: _("Wider in the end: {found}."), -1: _("Narrower in the end: {found}."), 0: _("No change beyond the spread: {found}.")}  # fmt: skip
    parts = []
    for way, sentence in words.items():
        found = [
            _("{policy} {measure}").format(policy=_(NAMES[policy]), measure=_(_ROWS[name]))
            for name in ("within", "between")
            for policy in POLICIES
            if result.change(policy, f"{name}{end}") == way
        ]
        if found:
            parts.append(sentence.format(found=" · ".join(found)))
    if not parts:
        parts = [_("One seed tells no spread: take more seeds before you read a direction into the curves.")]
    st.html(f'<p class="es-verdict">{escape(" ".join(parts))}</p>')


def _table(result: LoopResult) -> None:
    """First and last round of every policy, with the spread over the seeds."""
    rows = ""
    for name, title in _ROWS.items():
        cells = ""
        for policy in POLICIES:
            mean, deviation = result.spread(policy, name)
            first, last = (f"{mean[at]:.2f} ± {deviation[at]:.2f}" for at in (0, -1))
            cells += f"<td>{first} {_ARROWS[result.change(policy, name)]} {last}</td>"
        rows += f"<tr><td>{escape(_(title))}</td>{cells}</tr>"
    head = "".join(f"<th>{escape(_(NAMES[policy]))}</th>" for policy in POLICIES)
    st.html(f'<div class="es-wide-figures"><table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>')  # fmt: skip
    st.caption(_("First round, before any click, and last one: mean and standard deviation over the seeds. ↑ and ↓ only where the change is more than twice that. Exact lists are short where few items carry a liked tag: half of the items are on offer in a round."))  # fmt: skip
