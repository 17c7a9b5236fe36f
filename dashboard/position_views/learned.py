"""Fixed positions beside learned ones, trained live on a task that needs order."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.errors import N_, PositionOutOfRange
from dashboard.components.plot import plot
from dashboard.frame import View, plain, reading, tries
from dashboard.i18n import _, tell
from dashboard.position_views import race, tables
from dashboard.position_views.places import HELD, offer, places, told

TITLE = N_("Learned")
KEY = "pos_learned"


def render(view: View) -> None:
    outcome = race.outcome(view)
    with view.reading:
        _task()
    if outcome is None:
        return
    with view.picture:
        _picture(outcome)
    with view.reading:
        _measured(outcome)
        _reading(outcome)
        with st.expander(_("Every seed, and the table as a file")):
            _each_seed(outcome)
            table = outcome.comparison.frames[-1]
            tables.downloads(st.container(), table, "learned-positions", {"position": np.arange(len(table))})
    view.status(*race.receipt(outcome))


def _picture(outcome: race.Outcome) -> None:
    from core.figures.position_race import race_board

    comparison = outcome.comparison
    rows = comparison.length + comparison.length // 4
    drawn = race.race(comparison, rows)
    last = len(drawn.steps) - 1
    sliders = {"pos": (rows - 1, 5), "i": (outcome.asked.dim - 1, 6)}
    at = places(KEY, sliders | ({"step": (last, last)} if last else {}))
    alt = _("How often each kind of position was right by training step, and heat maps of a fixed and a learned table of {length} positions with the cosines of their rows.").format(length=comparison.length)  # fmt: skip
    plot(race_board(drawn, race.words()), key=KEY, alt=alt, sliders=at, link=at)


def _task() -> None:
    st.markdown(
        f"**{_('The task.')}** "
        + _("For each word of a passage, one head of attention has to name the word just before it. Words are given as e = w + p, so without p it sees a bag and can only guess from which words go together.")
    )  # fmt: skip


def _measured(outcome: race.Outcome) -> None:
    """The end of the training: mean and spread of each kind."""
    from core.positions import spread

    comparison = outcome.comparison
    mean, apart = spread(100 * comparison.accuracy[:, :, -1])
    names = race.names()
    rows = [(_("Positions"), _("right, %"))]
    for at, scheme in enumerate(comparison.schemes):
        rows.append((names[scheme], f"{mean[at]:.1f}\u00a0±\u00a0{apart[at]:.1f}"))
    st.markdown(race.plain_table(rows))


def _each_seed(outcome: race.Outcome) -> None:
    names = race.names()
    seeds = [_("seed {number}").format(number=number + 1) for number in range(outcome.comparison.seeds)]
    rows: list[tuple[str, ...]] = [(_("right, %"), *seeds)]
    for scheme, shares in zip(outcome.comparison.schemes, outcome.comparison.accuracy[:, :, -1], strict=True):
        rows.append((names[scheme], *(f"{100 * share:.1f}" for share in shares)))
    st.markdown(race.plain_table(rows))


def _reading(outcome: race.Outcome) -> None:
    from core.positions import spread

    comparison = outcome.comparison
    mean, apart = spread(100 * comparison.accuracy[:, :, -1])
    fixed, learned, none = (comparison.schemes.index(name) for name in ("fixed", "learned", "none"))
    st.markdown(
        _("Learned minus fixed: **{difference} points**, where the seeds of one kind differ by {apart}; without positions both lose {lost}.")
        .format(difference=f"{mean[learned] - mean[fixed]:+.1f}".replace("-", "−"), apart=f"{np.max(apart[[fixed, learned]]):.1f}", lost=f"{min(mean[fixed], mean[learned]) - mean[none]:.0f}")
    )  # fmt: skip
    reading(
        _("Above, words never trained on, three runs of each kind. Below, the code of the formula and a table that began as noise: its rows come to resemble their neighbours, since a row beside the right one earns part of the credit."),
        _("Columns of the learned table have no order and no frequency; only its rows can be compared. One small head on one task is not a language model: that the two kinds end up alike there was measured by others (Vaswani et al. 2017, table 3, row E), here you see it for this task, whose settings were chosen so that both train in half a minute; others widen the gap or turn it round."),
    )  # fmt: skip
    tries()
    offer("beyond", _("A position beyond the table"), _("The formula still gives a code; the learned table has nothing to give."), sliders={"pos": comparison.length + 1})  # fmt: skip
    offer("start", _("Back to the random start"), _("Step 0: every row is a random vector, near another by chance only. Press play to see the table form."), sliders={"step": 0})  # fmt: skip
    told()
    pos = st.session_state.get(HELD, {}).get("pos", 0)
    try:
        comparison.positions[pos]
    except PositionOutOfRange as error:
        st.info(plain(tell(error)))
