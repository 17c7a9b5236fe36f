"""The feedback loop: recommend, click, retrain, again; what becomes of diversity, in both directions."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from core.errors import N_, CoreError
from core.figures.recommend import loop_board
from core.formats import csv_table
from core.recommend import POLICIES, LoopParams, LoopResult
from core.recommend.loop import MEASURES
from dashboard import controls, exports, frame, jobs
from dashboard.components.plot import plot
from dashboard.exports import CSV, File
from dashboard.i18n import _
from dashboard.recommend_views import data
from dashboard.recommend_views.data import Asked
from dashboard.recommend_views.panes import receipt

TITLE = N_("Feedback loop")
SLOT = "rc_loop"
_RESULT, _ABOUT, _TOLD = "es_rc_loop", "es_rc_loop_about", "es_rc_loop_told"
NAMES = {"exact": N_("Exact"), "fuzzy": N_("Fuzzy"), "mixed": N_("Mixed")}
_FIRST = {"readers": 60, "rounds": 12, "seeds": 2}  # small, so that the page opens with a picture
_YARDSTICKS = {"vectors": N_("by vectors"), "tags": N_("by tags")}


def render(view: frame.View) -> None:
    asked = data.choose(view, reader=False)
    with view.controls:
        params = controls.settings(LoopParams, "rl")
        with st.expander(_("More about the loop")):
            params |= controls.settings(LoopParams, "rl", folded=True)
            seed = int(st.number_input(_("First seed"), 0, 2**31 - 1, 0, key="rl_seed", bind="query-params", persist_state="session"))  # fmt: skip
        _run(asked, params, seed)
    with view.picture:
        result = _latest(asked)
        if result is None:
            st.html(f'<div class="es-waiting">{escape(_("The first loop is being run."))}</div>')
        else:
            _picture(result)
    with view.reading:
        note = st.session_state.pop(_TOLD, None)
        if note:
            st.info(_(note))
        if result is not None:
            _verdict(result)
        frame.reading(
            _("Each round every reader gets a list, clicks, and the model is retrained on the clicks. Curves are means over readers and seeds, bands one standard deviation over the seeds. Within: how unlike the items of one list are. Between: how unlike two readers' lists are."),
            _("These readers do what the settings say, no more. Studies of real ones went both ways: following recommendations narrowed people's lists less than not following them (Nguyen et al. 2014), and whether filtering narrows or widens depends on what people believe and would have chosen anyway (Aridor et al. 2020). Nothing here decides it."),
        )  # fmt: skip
        _tries()
        if result is not None:
            _take_away(result)
    if result is not None:
        _status(view, asked, result)


def _run(asked: Asked, params: dict[str, Any], seed: int) -> None:
    about = asked.recipe.fingerprint
    if jobs.running(SLOT):
        jobs.progress(SLOT, stop=_("Stop and keep whole seeds"), keeps=True)
        return
    found = jobs.take(SLOT)
    if found is not None:
        st.session_state[_RESULT] = st.session_state.get(_ABOUT, about), found
    asked_for = st.button(_("Run the loop"), type="primary", key="rc_run", width="stretch")
    if asked_for or (_latest(asked) is None and st.session_state.get(_ABOUT) != about):
        given = params if asked_for else params | _FIRST
        st.session_state[_ABOUT] = about
        try:
            jobs.start(SLOT, "recommend_loop", asked.recipe, seed, given)
            st.rerun()
        except CoreError as error:
            frame.show(error)


def _latest(asked: Asked) -> LoopResult | None:
    about, found = st.session_state.get(_RESULT, ("", None))
    return found if about == asked.recipe.fingerprint else None


def _picture(result: LoopResult) -> None:
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


def _verdict(result: LoopResult) -> None:
    """First and last round of every policy, with the spread of the last: the figures, and no judgement."""
    rows = []
    for name, title in (("within", _("within a list")), ("between", _("between readers")), ("within_tags", _("within, by tags")), ("between_tags", _("between, by tags"))):  # fmt: skip
        cells = []
        for policy in POLICIES:
            mean, deviation = result.spread(policy, name)
            arrow = "→" if abs(mean[-1] - mean[0]) <= 2 * max(deviation[-1], deviation[0]) else "↑" if mean[-1] > mean[0] else "↓"  # fmt: skip
            cells.append(f"<td>{mean[0]:.2f} {arrow} {mean[-1]:.2f}</td>")
        rows.append(f"<tr><td>{escape(title)}</td>{''.join(cells)}</tr>")
    head = "".join(f"<th>{escape(_(NAMES[policy]))}</th>" for policy in POLICIES)
    st.html(f'<div class="es-wide-figures"><table><thead><tr><th></th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>')  # fmt: skip
    st.caption(_("First and last round. ↑ and ↓ only where the change is more than twice the spread over the seeds."))


_PRESETS = (
    ("keep", N_("Readers who keep to their tags"), N_("Openness is 0 now: nobody clicks what carries no liked tag. Run the loop and see which way each curve goes."), 0.0),
    ("near", N_("Readers who follow what is near"), N_("Openness is 1 now: readers click whatever lies near their taste, tag or no tag. Run the loop and compare."), 1.0),
)  # fmt: skip


def _tries() -> None:
    frame.tries()
    for name, title, told, openness in _PRESETS:
        st.button(_(title), key=f"rl_try_{name}", width="stretch", on_click=_set, args=(told, openness))


def _set(told: str, openness: float) -> None:
    st.session_state["rl_openness"] = openness
    st.session_state[_TOLD] = told


def _take_away(result: LoopResult) -> None:
    places = [(policy, at) for policy in POLICIES for at in range(result.params.rounds)]
    table: dict[str, list[Any]] = {"list": [policy for policy, _at in places], "round": [at + 1 for _policy, at in places]}  # fmt: skip
    for name in MEASURES:
        spread = {policy: result.spread(policy, name) for policy in POLICIES}
        table[name] = [float(spread[policy][0][at]) for policy, at in places]
        table[f"{name}_sd"] = [float(spread[policy][1][at]) for policy, at in places]
    exports.files([File(_("The loop as CSV"), "embedscope-loop.csv", CSV, lambda _about: csv_table(table))], key="rl_csv", width="stretch")  # fmt: skip


def _status(view: frame.View, asked: Asked, result: LoopResult) -> None:
    params, seeds = result.params, len(result.curves["exact"]["within"])
    view.status(
        *receipt(asked)[:3],
        _("{readers} made-up readers, {rounds} rounds, {seeds} seeds, lists of {k}").format(
            readers=params.readers, rounds=params.rounds, seeds=seeds, k=params.k
        ),
        _("openness {openness}, drift {drift}, pull {learning}").format(
            openness=params.openness, drift=params.drift, learning=params.learning
        ),
        _("{items} of {of} items, sampled anew for each seed").format(items=f"{result.items:,}", of=f"{result.of:,}") if result.items < result.of else "",
        _("{seconds} s").format(seconds=f"{result.seconds:.1f}"),
    )  # fmt: skip
