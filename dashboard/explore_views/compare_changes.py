"""The rows whose neighbours differ most between two of the maps, or between their tables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_
from dashboard import controls, exports, jobs, links
from dashboard.explore_views.compare_sets import Ready, Set
from dashboard.explore_views.wishes import Look
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.projection import Changed

SLOT = "ex_changed"
LISTED = 15
_CHANGED = "es_ex_changed"
_OF = {"true": N_("true neighbours"), "drawn": N_("drawn neighbours")}


def render(wanted: Set, ready: Sequence[Ready], look: Look) -> None:
    """Which two of the maps, by which neighbours, and the rows that differ most."""
    left, right = st.columns(2) if len(ready) > 2 and wanted.tables else (st.container(), st.container())
    with left:
        one, two = _two(ready)
    with right:
        true = wanted.tables and links.choice(st.segmented_control, _("Compared by"), _OF, key="ex_cmp_of", default="true", required=True) == "true"  # fmt: skip
    metric = look.metric if true and look.metric in ("cosine", "euclidean") else "cosine" if true else "euclidean"
    changed = _changed(wanted, one, two, look.k, metric, true)
    st.markdown(
        f"**{_('The rows whose true neighbours differ most') if true else _('The rows whose drawn neighbours differ most')}**"
    )
    st.caption(
        _("On average {share} of the {k} nearest differ; tables that have nothing in common would differ by {chance}.")
        .format(share=f"{changed.mean:.0%}", k=changed.k, chance=f"{changed.by_chance:.0%}")
        + (" " + _("True neighbours: {metric}.").format(metric=controls.choice(metric)) if true else "")
        + (" " + _("measured on {count} rows").format(count=f"{changed.sampled:,}") if changed.sampled else "")
    )  # fmt: skip
    _table(changed, one, two)


def _two(ready: Sequence[Ready]) -> tuple[Ready, Ready]:
    """Two of the maps: the reader chooses where there are more."""
    pairs = {f"{a + 1}-{b + 1}": (ready[a], ready[b]) for a, b in combinations(range(len(ready)), 2)}
    if len(pairs) == 1:
        return next(iter(pairs.values()))
    titles = {name: f"{one.pair.title} | {two.pair.title}" for name, (one, two) in pairs.items()}
    return pairs[links.choice(st.selectbox, _("Which two maps"), titles, key="ex_cmp_two", default="1-2")]


def _table(changed: Changed, one: Ready, two: Ready) -> None:
    labels = one.pair.source.embedding.labels
    same = one.pair.title == two.pair.title

    def columns(count: int, near: int) -> dict[str, list[Any]]:
        """The rows that differ most, so many, with so many of their neighbours."""
        order = [int(at) for at in changed.order[:count]]
        return {
            _("label"): [labels[changed.points[at]] for at in order],
            _("changed"): [f"{changed.share[at]:.0%}" for at in order],
            one.pair.title: [", ".join(labels[row] for row in changed.before[at][:near]) for at in order],
            two.pair.title + (" " if same else ""): [", ".join(labels[row] for row in changed.after[at][:near]) for at in order],
        }  # fmt: skip

    st.dataframe(columns(LISTED, 5), hide_index=True, width="stretch", height=260, key="ex_changed_table")
    exports.table(lambda: columns(len(changed.order), changed.k), "changed", key="ex_changed_csv")


def _changed(wanted: Set, one: Ready, two: Ready, k: int, metric: str, true: bool) -> Changed:
    held: dict[Any, Changed] = st.session_state.setdefault(_CHANGED, {})
    key = wanted.key, one.drawn.wish.key, two.drawn.wish.key, k, metric, true
    if key not in held:
        tables = [panel.pair.source.embedding.vectors if true else panel.drawn.coordinates for panel in (one, two)]
        found = jobs.result_of(SLOT, repr(key), "changed", *tables, k, metric)
        while len(held) >= 8:
            held.pop(next(iter(held)))
        held[key] = found
    return held[key]
