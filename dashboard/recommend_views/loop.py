"""The feedback loop: recommend, click, retrain, again; what becomes of diversity, in both directions."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arrays import fingerprint
from core.errors import N_, CoreError
from core.formats import csv_table
from core.recommend import POLICIES, LoopParams, LoopResult
from core.recommend.loop import MEASURES
from dashboard import controls, exports, frame, jobs, links
from dashboard.exports import CSV, File
from dashboard.i18n import _
from dashboard.recommend_views import data, loop_parts
from dashboard.recommend_views.data import Asked
from dashboard.recommend_views.panes import receipt

TITLE = N_("Feedback loop")
SLOT = "rc_loop"
_RESULT, _ABOUT, _TOLD = "es_rc_loop", "es_rc_loop_about", "es_rc_loop_told"
_RAN, _GO = "es_rc_loop_ran", "es_rc_loop_go"  # what was asked for last, and whether to run without a press
_LINK = "rl_run"  # names the run that a reload joins
_FIRST = {"readers": 60, "rounds": 12, "seeds": 2}  # small, so that the page opens with a picture


def render(view: frame.View) -> None:
    asked = data.choose(view, reader=False)
    with view.controls:
        params = controls.settings(LoopParams, "rl")
        with st.expander(_("More about the loop")):
            params |= controls.settings(LoopParams, "rl", folded=True)
            seed = int(links.setting(st.number_input, _("First seed"), key="rl_seed", default=0, low=0, high=2**31 - 1))
        _run(asked, params, seed)
    with view.picture:
        result = _latest(asked)
        if result is None:
            frame.waiting(view.picture, _("The first loop is being run."))
        else:
            loop_parts.picture(result)
    with view.reading:
        note = st.session_state.pop(_TOLD, None)
        if note:
            st.info(_(note))
        frame.reading(
            _("Each round every reader gets a list, clicks, and the model is retrained on the clicks. Mixed fills half of a list by tag and the rest by angle. Curves are means over readers and seeds, bands one standard deviation over the seeds. Within: how unlike the items of one list are. Between: how unlike two readers' lists are."),
            _("These readers do what the settings say, no more. Studies of real ones went both ways: following recommendations narrowed people's lists less than not following them (Nguyen et al. 2014), and whether filtering narrows or widens depends on what people believe and would have chosen anyway (Aridor et al. 2020). Nothing here decides it."),
        )  # fmt: skip
        _tries()
        if result is not None:
            _take_away(result)
    if result is not None:
        _status(view, asked, result)


def _run(asked: Asked, params: dict[str, Any], seed: int) -> None:
    """The button, or the progress of what runs; a first visit runs a small loop, or the one that its link names."""
    about = asked.recipe.fingerprint
    now = fingerprint(about, seed, params)[:12]
    named = st.query_params.get(_LINK) == now and _ABOUT not in st.session_state
    if st.session_state.get(_RAN) == now or named:
        st.query_params[_LINK] = now
    elif _LINK in st.query_params:
        del st.query_params[_LINK]
    at_once = st.session_state.pop(_GO, False)
    if jobs.running(SLOT) and not at_once:
        jobs.progress(SLOT, stop=_("Stop and keep what there is"), keeps=True)
        return
    found = None if at_once else jobs.take(SLOT)
    if found is not None:
        held: dict[str, LoopResult] = st.session_state.setdefault(_RESULT, {})
        held[st.session_state.get(_ABOUT, about)] = found
    pressed = st.button(_("Run the loop"), type="primary", key="rc_run", width="stretch") or at_once or named
    if pressed or (_latest(asked) is None and st.session_state.get(_ABOUT) != about):
        st.session_state[_ABOUT], st.session_state[_RAN] = about, now if pressed else None
        try:
            jobs.start(SLOT, "recommend_loop", asked.recipe, seed, params if pressed else params | _FIRST)
            st.rerun()
        except CoreError as error:
            frame.show(error)


def _latest(asked: Asked) -> LoopResult | None:
    """The last loop over this catalogue."""
    held: dict[str, LoopResult] = st.session_state.get(_RESULT, {})
    return held.get(asked.recipe.fingerprint)


_PRESETS = (
    ("few", N_("Few items a tag: articles"), N_("Three or four articles carry each tag. Before any click fuzzy lists are the wider ones. Then clicks lead exact into other tags: its lists widen while its readers come to resemble one another. Fuzzy lists hardly move."), {"rc_data": "articles", "rl_openness": 0.5}),
    ("many", N_("Many items a tag: films"), N_("Most liked tags stand on hundreds of films, so no list runs out. Fuzzy lists are the narrower ones from the start, and as clicks sharpen what is known of a reader every kind of list narrows. How far readers are apart changes less."), {"rc_data": "films", "rl_openness": 0.5}),
    ("keep", N_("Readers who keep to their tags"), N_("Openness is 0 now: nobody clicks what carries no liked tag. Set beside the next one, the catalogue turns the curves more than the readers do."), {"rl_openness": 0.0}),
    ("near", N_("Readers who follow what is near"), N_("Openness is 1 now: readers click whatever lies near their taste, tag or no tag. Set beside the one before, the catalogue turns the curves more than the readers do."), {"rl_openness": 1.0}),
)  # fmt: skip


def _tries() -> None:
    frame.tries()
    for name, title, told, state in _PRESETS:
        st.button(_(title), key=f"rl_try_{name}", width="stretch", on_click=_set, args=(told, state))


def _set(told: str, state: dict[str, object]) -> None:
    """Change the settings, with those that the telling stands on as they are at first, and run at once."""
    links.put({"rc_vectors": "ready", "rl_k": LoopParams().k, "rl_drift": LoopParams().drift, "rl_learning": LoopParams().learning} | state)  # fmt: skip
    st.session_state[_TOLD], st.session_state[_GO] = told, True


def _take_away(result: LoopResult) -> None:
    places = [(policy, at) for policy in POLICIES for at in range(result.rounds)]
    table: dict[str, list[Any]] = {"list": [policy for policy, _at in places], "round": [at + 1 for _policy, at in places]}  # fmt: skip
    for name in MEASURES:
        spread = {policy: result.spread(policy, name) for policy in POLICIES}
        table[name] = [float(spread[policy][0][at]) for policy, at in places]
        table[f"{name}_sd"] = [float(spread[policy][1][at]) for policy, at in places]
    exports.files([File(_("The loop as CSV"), "embedscope-loop.csv", CSV, lambda _about: csv_table(table))], key="rl_csv", width="stretch")  # fmt: skip


def _status(view: frame.View, asked: Asked, result: LoopResult) -> None:
    params = result.params
    view.status(
        *receipt(asked)[:5],
        _("{readers} made-up readers, {rounds} rounds, {seeds} seeds, lists of {k}").format(
            readers=params.readers, rounds=result.rounds, seeds=result.seeds, k=params.k
        ),
        _("stopped: {rounds} rounds and {seeds} seeds were asked for").format(rounds=params.rounds, seeds=params.seeds)
        if (result.rounds, result.seeds) != (params.rounds, params.seeds)
        else "",
        _("openness {openness}, drift {drift}, pull {learning}").format(
            openness=params.openness, drift=params.drift, learning=params.learning
        ),
        _("{items} of {of} items, sampled anew for each seed").format(items=f"{result.items:,}", of=f"{result.of:,}") if result.items < result.of else "",
        _("{seconds} s").format(seconds=f"{result.seconds:.1f}"),
    )  # fmt: skip
