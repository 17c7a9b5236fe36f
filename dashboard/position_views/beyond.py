"""Beyond the training length: what is defined there, and what is right there, kept apart."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.errors import N_
from dashboard.components.plot import plot
from dashboard.frame import View, reading, tries
from dashboard.i18n import _
from dashboard.position_views import race, tables
from dashboard.position_views.places import offer, places, told

TITLE = N_("Beyond")
KEY = "pos_beyond"
BLOCK = 4  # places averaged into one point


def render(view: View) -> None:
    outcome = race.outcome(view)
    if outcome is None:
        return
    with view.picture:
        _picture(outcome)
    with view.reading:
        _measured(outcome)
        _reading(outcome)
        shares = 100 * outcome.comparison.by_place.mean(axis=1).T
        tables.downloads(
            st.expander(_("Tables")),
            shares,
            "right-by-place",
            {"position": np.arange(len(shares))},
            outcome.comparison.schemes,
        )
    view.status(
        *race.receipt(outcome),
        _("measured on {count} held-out passages of {words} words, {block} places a point").format(count=48, words=outcome.comparison.by_place.shape[2], block=BLOCK),
    )  # fmt: skip


def _picture(outcome: race.Outcome) -> None:
    from core.figures.position_beyond import Beyond, BeyondWords, beyond_board
    from core.positions import spread

    comparison = outcome.comparison
    rows = comparison.by_place.shape[2]
    blocks = 100 * _blocks(comparison.by_place)
    mean, apart = spread(blocks)
    beyond = Beyond(
        schemes=comparison.schemes,
        length=comparison.length,
        rows=rows,
        places=np.arange(rows // BLOCK) * BLOCK + (BLOCK - 1) / 2,
        mean=mean,
        spread=apart,
        stretched=100 * _blocks(comparison.stretched).mean(axis=0),
        defined={name: rows if (reach := comparison.defined(name)) is None else reach for name in comparison.schemes},
    )
    words = BeyondWords(
        position=_("position pos"),
        defined=_("Defined: is there something to give for this position?"),
        accurate=_("Accurate: is the word before named there? Mean of the seeds, and their spread as a band"),
        right=_("right"),
        missing=_("no row"),
        trained=_("training length {length}").format(length=comparison.length),
        stretched=_("learned, table stretched"),
        nothing=_("nothing at any position"),
        untrained=_("learned; beyond, rows never trained"),
        schemes=race.names(),
    )
    last = len(beyond.places) - 1
    at = places(KEY, {"block": (last, last // 2)})
    alt = _("Two plots over positions up to four times the training length: where each kind of position is defined, and how often it is right.")  # fmt: skip
    plot(beyond_board(beyond, words), key=KEY, alt=alt, sliders=at, link=at)


def _blocks(values: np.ndarray) -> np.ndarray:
    """(..., places) -> (..., blocks): the mean of every few places; the first has one place less."""
    cut = values[..., : values.shape[-1] // BLOCK * BLOCK]
    return np.nanmean(cut.reshape(*cut.shape[:-1], -1, BLOCK), axis=-1)


def _measured(outcome: race.Outcome) -> None:
    comparison = outcome.comparison
    names = race.names()
    rows = [(_("right, %"), _("within"), _("beyond"))]
    for scheme in comparison.schemes:
        shares = [100 * share for share in comparison.beyond(scheme)]
        rows.append((names[scheme], *(f"{share.mean():.1f}\u00a0±\u00a0{share.std(ddof=1):.1f}" for share in shares)))
    rows.append(
        (_("learned, table stretched"), "", f"{100 * np.nanmean(comparison.stretched[:, comparison.length :]):.1f}")
    )
    st.markdown(race.plain_table(rows))


def _reading(outcome: race.Outcome) -> None:
    length = outcome.comparison.length
    reading(
        _("Trained on passages of {length} words, measured on passages four times as long. The fixed code is defined at every position, yet the head that reads it was never asked about those codes: the second plot says what it makes of them. The learned table has no row there; to measure it all the same, the rows it lacks were left as random as they began.").format(length=length),
        _("Defined is not accurate. Nor does this picture rank the schemes for language: the word before is what rotary and ALiBi are best at, because both know nothing but the distance. Larger models with fixed codes were measured to get worse beyond their length too (Press et al. 2022)."),
    )  # fmt: skip
    tries()
    offer("behind", _("Go just behind the line"), _("The first places that no passage in training ever had."), sliders={"block": length // BLOCK})  # fmt: skip
    offer("far", _("Go to the far end"), _("Four times the training length. Rotary and ALiBi see distances, not places; how far that carries, the curves say."), sliders={"block": outcome.comparison.by_place.shape[2] // BLOCK - 1})  # fmt: skip
    told()
    st.caption(_("Stretched: the learned table resampled to four times its rows, as a vision transformer's is for larger photos (see Patches). One row further is then a quarter of a step, which this head has never seen."))  # fmt: skip
