"""A fixed table beside a learned one, the learned one forming step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from core.errors import N_, PositionOutOfRange
from dashboard import jobs
from dashboard.components.plot import plot
from dashboard.frame import View, plain, reading, tries
from dashboard.i18n import _, tell
from dashboard.position_views.places import HELD, offer, places, told

if TYPE_CHECKING:
    from core.positions import TrainedTable

TITLE = N_("Fixed and learned")
KEY = "pos_learned"
SLOT = "positions"
_HELD = "pos_tables"  # (length, dim, seed) -> the trained table, for this visitor
_ASKED = "pos_asked"  # the settings of the job in the slot
_KEPT = 4
_FRAMES = 31


def render(view: View) -> None:
    with view.controls:
        length = st.slider(
            _("Positions to learn"), 8, 96, 48, key="pos_rows", bind="query-params", persist_state="session",
            help=_("The learned table has one row for each, and none beyond."),
        )  # fmt: skip
        dim = st.slider(
            _("Dimensions of the tables"), 2, 64, 32, key="pos_width", bind="query-params", persist_state="session"
        )
        seed = st.number_input(_("Seed"), 0, 9999, 0, key="pos_seed", bind="query-params", persist_state="session")
        trained = _trained(length, dim, int(seed))
        jobs.progress(SLOT, stop=_("Cancel"))
        if trained is None and jobs.current(SLOT) is not None and not jobs.running(SLOT):
            st.rerun()  # it ended just now, before anything watched it
    with view.picture:
        _picture(length, dim, int(seed), trained)
    with view.reading:
        _reading(length, int(seed), trained)
    view.status(*_receipt(length, dim, int(seed), trained))


def _trained(length: int, dim: int, seed: int) -> TrainedTable | None:
    """The trained table of these settings; None while a worker trains it."""
    held: dict[tuple[int, int, int], Any] = st.session_state.setdefault(_HELD, {})
    wanted = (length, dim, seed)
    _take(held)
    if wanted in held:
        return held[wanted]
    asked = st.session_state.get(_ASKED)
    ended = asked == wanted and jobs.current(SLOT) is None  # cancelled or failed: not started again unasked
    if asked != wanted or (ended and st.button(_("Train"), type="primary", width="stretch")):
        st.session_state[_ASKED] = wanted
        jobs.start(SLOT, "train_positions", length, dim, seed).wait(jobs.PATIENCE)
        _take(held)
    return held.get(wanted)


def _take(held: dict[tuple[int, int, int], Any]) -> None:
    """Hold the table that has just been finished, and let go of the oldest."""
    finished = jobs.take(SLOT)
    if finished is not None:
        held[st.session_state[_ASKED]] = finished
        while len(held) > _KEPT:
            held.pop(next(iter(held)))


def _picture(length: int, dim: int, seed: int, trained: TrainedTable | None) -> None:
    from core.figures.position_tables import TableWords, table_board
    from core.positions import LearnedPositions, similarities, sinusoidal

    beyond = max(2, length // 4)
    fixed = sinusoidal(length + beyond, dim)
    if trained is None:
        frames, steps, accuracy = LearnedPositions(length, dim, seed).table[None], [0], np.full(1, np.nan)
    else:
        chosen = np.unique(np.linspace(0, len(trained.frames) - 1, _FRAMES).round().astype(int))
        frames, accuracy = trained.frames[chosen], trained.held_out_accuracy[chosen]
        steps = [int(step) for step in trained.steps[chosen]]
    words = TableWords(
        position=_("position pos"),
        dimension=_("dimension i"),
        step=_("training step"),
        fixed=_("Fixed: the sinusoidal code"),
        learned=_("Learned: one free row a position"),
        fixed_near=_("Fixed: cosine of every two positions"),
        learned_near=_("Learned: cosine of every two positions"),
        curves=_("Cosine of pos with every position: fixed solid, learned dashed"),
        missing=_("no row"),
        value_fixed=_("fixed"),
        value_learned=_("learned"),
        held_out=_("right on held-out pairs"),
    )
    board = table_board(fixed, frames, similarities(fixed), np.stack([similarities(table) for table in frames]), steps, accuracy, words)  # fmt: skip
    last = len(steps) - 1
    sliders = {"pos": (length + beyond - 1, 5), "i": (dim - 1, 6)}
    at = places(KEY, sliders | ({"step": (last, last)} if last else {}))
    alt = _("Heat maps of a fixed and a learned table of {length} positions in {dim} dimensions, with the cosines of every two rows.").format(length=length, dim=dim)  # fmt: skip
    plot(board, key=KEY, alt=alt, sliders=at, link=at)


def _reading(length: int, seed: int, trained: TrainedTable | None) -> None:
    reading(
        _("Left the code of the formula, right a table that began as noise and was trained to name the offset of two positions and nothing else. Below, the cosine of every two rows: both end up with near positions alike, each in its own way."),
        _("Columns of the learned table have no order and no frequency; only its rows can be compared. It was trained on offsets, not on language, so this is no proof that the two kinds do equally well in a language model. And *defined* is not *accurate*: the formula gives a code for any position, but models that use it were measured to get worse beyond the length they were trained on (Press et al. 2022)."),
    )  # fmt: skip
    tries()
    offer("beyond", _("A position beyond the table"), _("The formula still gives a code; the learned table has nothing to give."), sliders={"pos": length + 1})  # fmt: skip
    offer("start", _("Back to the random start"), _("Step 0: every row is a random vector, near another by chance only. Press play to see the table form."), sliders={"step": 0})  # fmt: skip
    offer("seed", _("Another random start"), _("The columns look different, the band along the diagonal comes back: what is learned is the relation of the rows."), widgets={"pos_seed": (seed + 1) % 10_000})  # fmt: skip
    told()
    pos = st.session_state.get(HELD, {}).get("pos", 0)
    if trained is not None:
        try:
            trained.positions[pos]
        except PositionOutOfRange as error:
            st.info(plain(tell(error)))


def _receipt(length: int, dim: int, seed: int, trained: TrainedTable | None) -> list[str]:
    facts = [
        _("{length} positions × {dim} dimensions").format(length=length, dim=dim),
        _("start N(0, 0.1), seed {seed}").format(seed=seed),
    ]
    if trained is None:
        return [*facts, _("random start; training") if jobs.running(SLOT) else _("random start, not trained")]
    return [
        *facts,
        _("{steps} steps").format(steps=int(trained.steps[-1])),
        _("offset told exactly on {share} of held-out pairs (commonest answer: {chance})").format(share=f"{trained.held_out_accuracy[-1]:.0%}", chance=f"{trained.chance:.0%}"),
    ]  # fmt: skip
