"""Many readers: what exact and fuzzy lists do to coverage, novelty, diversity and the long tail."""

from __future__ import annotations

import math
from html import escape

import streamlit as st

from core.errors import N_
from core.figures.recommend import measures_board
from core.formats import csv_table
from core.recommend.tasks import READERS, Compared
from dashboard import exports, frame, links
from dashboard.components.plot import plot
from dashboard.exports import CSV, File
from dashboard.i18n import _
from dashboard.recommend_views import data
from dashboard.recommend_views.data import Asked
from dashboard.recommend_views.panes import receipt

TITLE = N_("Many readers")
STRATEGIES = {"exact": N_("Exact"), "fuzzy": N_("Fuzzy"), "popular": N_("Popularity"), "random": N_("Chance")}
_ROWS = (
    ("overlap", N_("Overlap with exact"), N_("Items in both lists over items in either, mean over the readers.")),
    ("coverage", N_("Coverage"), N_("Share of all items that stand in at least one list.")),
    ("novelty", N_("Novelty, bits"), N_("Mean of -log2 of an item's share of all reading; unbounded once an item was shown that nobody had read.")),
    ("never", N_("Read by nobody before"), N_("Share of the places that went to items nobody had read.")),
    ("novelty_read", N_("Novelty of the rest, bits"), N_("The same mean over the places that went to items somebody had read.")),
    ("within", N_("Diversity within a list"), N_("Mean pairwise 1 - cos of the items of a list.")),
    ("between", N_("Diversity between readers"), N_("Mean 1 - cos between the middles of two readers' lists.")),
    ("gini", N_("Gini of showing"), N_("0: all items are shown alike. Near 1: few take it all. Items never shown count.")),
    ("tail", N_("Tail share"), N_("Share of the places outside the head, the smallest set of items with 80 % of all reading.")),
)  # fmt: skip
_PERCENT = {"overlap", "coverage", "never", "tail"}


def render(view: frame.View) -> None:
    asked = data.choose(view)
    with view.controls:
        seed = int(links.setting(st.number_input, _("Seed"), key="rc_seed", default=0, low=0, high=2**31 - 1))
    found = _found(view, asked, seed)
    with view.picture:
        _table(found)
        names = {name: _(title) for name, title in STRATEGIES.items()}
        words = {
            "frequency": _("How often items are shown, the commonest first"), "rank": _("rank of the item"), "times": _("times shown"),
            "tradeoff": _("MMR: what diversity costs the reader of {likes}").format(likes=", ".join(asked.likes)[:40]),
            "relevance": _("mean relevance"), "diversity": _("diversity within the list"),
        }  # fmt: skip
        plot(
            measures_board(found.comparison.shown, found.curves, names, words, asked.diversity), key="rc_measures",
            alt=_("Rank and frequency of the items shown, and relevance against diversity along MMR"),
        )  # fmt: skip
    with view.reading:
        frame.reading(
            _("The same made-up readers get four lists each. Popularity and chance are the measures' own yardsticks: a figure says something only beside theirs. Along MMR, relevance is the cosine for fuzzy and the share of liked tags for exact; the large dot is the list as it stands."),
            _("A high coverage or novelty is no virtue by itself: chance has plenty of both. And these readers are made up, from the tags of the items; real ones differ."),
        )  # fmt: skip
        _head(asked, found)
        _take_away(asked, found)
    view.status(
        *receipt(asked),
        _("{count} made-up readers, seed {seed}").format(count=found.comparison.readers, seed=seed),
        _("lists of {k}, what a reader has read left out").format(k=asked.k),
        _("penalty {penalty}, diversity {diversity}").format(penalty=asked.penalty, diversity=asked.diversity),
    )


def _found(view: frame.View, asked: Asked, seed: int) -> Compared:
    wish = {"penalty": asked.penalty, "diversity": asked.diversity, "metric": asked.metric}
    given = asked.recipe, list(asked.likes), asked.k, seed, wish
    held = st.session_state.setdefault("es_rc_compared", {})
    name = repr((asked.recipe.fingerprint, *given[1:]))
    if name not in held:
        made = data.waited(view, "rc_compare", name, "recommend_compare", *given)
        held.clear()
        held[name] = made
    result: Compared = held[name]
    return result


def _table(found: Compared) -> None:
    head = "".join(f"<th>{escape(_(title))}</th>" for title in STRATEGIES.values())
    rows = "".join(
        f'<tr title="{escape(_(about), quote=True)}"><td>{escape(_(title))}</td>'
        + "".join(
            f"<td>{escape(written(name, found.comparison.figures[strategy][name]))}</td>" for strategy in STRATEGIES
        )
        + "</tr>"
        for name, title, about in _ROWS
    )
    st.html(f'<div class="es-wide-figures"><table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>')  # fmt: skip


def written(measure: str, value: float | None) -> str:
    """A figure in words: what is not defined says so, and never as 0."""
    if value is None:
        return _("not defined")
    if math.isinf(value):
        return _("unbounded")
    return f"{value:.1%}" if measure in _PERCENT else f"{value:.3f}"


def _head(asked: Asked, found: Compared) -> None:
    head = found.comparison.head
    first = ", ".join(asked.catalogue.items[row] for row in head[:3])
    st.caption(
        frame.plain(
            _(
                "The head: {count} of {all} items hold 80 % of the reading of these {readers} readers, first {first}."
            ).format(count=f"{len(head):,}", all=f"{len(asked.catalogue):,}", readers=READERS, first=first)
        )
    )
    for _name, title, about in _ROWS:
        st.caption(f"**{_(title)}.** {frame.plain(_(about))}")


def _take_away(asked: Asked, found: Compared) -> None:
    figures = found.comparison.figures
    table = {"measure": [name for name, _title, _about in _ROWS]}
    table |= {strategy: [_cell(figures[strategy][name]) for name, _title, _about in _ROWS] for strategy in STRATEGIES}
    places = [(strategy, reader, rank, row) for strategy, lists in found.comparison.lists.items() for reader, rows in enumerate(lists) for rank, row in enumerate(rows, 1)]  # fmt: skip
    lists = {
        "list": [place[0] for place in places],
        "reader": [place[1] for place in places],
        "rank": [place[2] for place in places],
        "item": [asked.catalogue.items[place[3]] for place in places],
    }
    head = {"rank": [*range(1, len(found.comparison.head) + 1)], "item": [asked.catalogue.items[row] for row in found.comparison.head]}  # fmt: skip
    several = [
        File(_("Measures as CSV"), "embedscope-measures.csv", CSV, lambda _about: csv_table(table)),
        File(_("The head as CSV"), "embedscope-head.csv", CSV, lambda _about: csv_table(head)),
        File(_("All lists as CSV"), "embedscope-all-lists.csv", CSV, lambda _about: csv_table(lists)),
    ]
    exports.files(several, key="rc_csv_measures", width="stretch")


def _cell(value: float | None) -> object:
    return "" if value is None else "unbounded" if math.isinf(value) else value
