"""Two to four linked maps of the same rows: methods, perplexities, seeds, before and after training, two embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_
from dashboard import jobs, links, sources
from dashboard.components.plot import Highlight, plot
from dashboard.explore_views import asking, colouring, compare_sets, drawing, trust
from dashboard.explore_views.compare_sets import Pair, Set
from dashboard.explore_views.drawing import Drawn
from dashboard.explore_views.wishes import Look, Wish
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.projection import Changed

KINDS = {
    "methods": N_("methods"),
    "sizes": N_("neighbourhood sizes"),
    "seeds": N_("seeds"),
    "training": N_("before and after training"),
    "tables": N_("two embeddings"),
}
SLOT, CHANGED_SLOT = "ex_cmp", "ex_changed"
_GO, _CHANGED = "es_ex_cmp_go", "es_ex_changed"
LISTED = 15


@dataclass(frozen=True)
class Ready:
    """A panel that can be drawn: what it shows, under what name."""

    pair: Pair
    drawn: Drawn


def render(source: sources.Source, wish: Wish, asked: asking.Asked, look: Look) -> None:
    kind = links.choice(st.segmented_control, _("Compare"), KINDS, key="ex_cmp", default="methods", required=True)
    wanted = compare_sets.wanted(kind, source, wish)
    if wanted is None:
        return
    ready = _draw(wanted)
    if len(ready) < 2:
        st.html(f'<div class="es-waiting">{_("The maps appear here as they are finished.")}</div>')
        return
    _board(source, wanted, ready, asked, look)
    _differences(wanted, ready, look.k)


def _draw(wanted: Set) -> list[Ready]:
    """The pictures that are there; the others are started, small ones at once, large ones when asked."""
    ready, missing = [], []
    for at, pair in enumerate(wanted.pairs):
        done = pair.given or drawing.of(pair.wish) or _taken(at, pair)
        if done is not None:
            ready.append(Ready(pair, done))
        else:
            missing.append((at, pair))
    rows = len(wanted.pairs[0].source.embedding)
    small = rows <= drawing.AT_ONCE or all(pair.wish.method in drawing.QUICK for _at, pair in missing)
    if missing and not small and st.session_state.get(_GO) != wanted.key:
        if not st.button(
            _("Draw {count} maps of {rows} rows").format(count=len(missing), rows=f"{rows:,}"), type="primary", key="ex_cmp_go"
        ):  # fmt: skip
            return ready
        st.session_state[_GO] = wanted.key
    for at, pair in missing:
        slot = f"{SLOT}_{at}"
        failed = st.session_state.setdefault("es_ex_cmp_failed", set())
        if jobs.current(slot) is None and pair.wish.key not in failed:
            jobs.start(slot, "project", *drawing.arguments(pair.source, pair.wish))
            st.session_state[f"es_{slot}"] = pair.wish
        jobs.progress(slot, stop=_("Cancel"), pausable=True)
    if any(jobs.current(f"{SLOT}_{at}") is not None and not jobs.running(f"{SLOT}_{at}") for at, _pair in missing):
        st.rerun()  # over since it was looked at: nothing on the page would notice
    return ready


def _taken(at: int, pair: Pair) -> Drawn | None:
    """The result of that panel's job, once it is over; another wish in its place lets the job go."""
    slot = f"{SLOT}_{at}"
    if jobs.current(slot) is None:
        return None
    wish: Wish = st.session_state[f"es_{slot}"]
    if wish.key != pair.wish.key:
        jobs.let_go(slot)
        return None
    if jobs.running(slot):
        return None
    result = jobs.take(slot)
    if result is None:
        st.session_state.setdefault("es_ex_cmp_failed", set()).add(wish.key)
        return None
    done = Drawn(wish, result)
    drawing.keep(done)
    return done


def _board(source: sources.Source, wanted: Set, ready: Sequence[Ready], asked: asking.Asked, look: Look) -> None:
    from core.figures.explore import linked_board

    first = ready[0].pair.source

    def make() -> Any:
        dress = colouring.dress(first, look.colour, look.size, None, None)
        height = 430 if len(ready) > 2 else 560
        return linked_board(
            [drawing.panel(first, one.drawn, dress, height=height, title=one.pair.title) for one in ready]
        )

    key = "compare", tuple(one.drawn.wish.key for one in ready), wanted.key, look.colour, look.size
    highlight = _lit(source, wanted, ready, asked, look)
    plot(
        drawing.held_board(key, make), key="ex_linked", highlight=highlight,
        alt=_("Linked maps of the same rows: what is clicked or chosen in one is so in all"),
        on_pick=lambda row: asking.clicked(first.embedding.labels, row),
        on_lasso=lambda rows: asking.choose(source.embedding, wanted.back(rows)),
    )  # fmt: skip
    rows = len(first.embedding)
    meters = "".join(f"<div>{trust.meter(one.drawn, rows)}</div>" for one in ready)
    across = 2 if len(ready) in (2, 4) else len(ready)
    st.html(f'<div class="es-meters" style="grid-template-columns: repeat({across}, 1fr)">{meters}</div>')
    st.caption(wanted.note)


def _lit(source: sources.Source, wanted: Set, ready: Sequence[Ready], asked: asking.Asked, look: Look) -> Highlight:
    """The same rows in every map, though the maps may hold only some of the rows of the embedding."""
    drawn = [one.drawn for one in ready]
    if wanted.rows is None:
        return trust.lit(source, drawn[0], asked, look, *drawn[1:])
    mask = asking.mask(source.embedding)
    place = {int(row): at for at, row in enumerate(wanted.rows)}
    near = [place[row] for row in asked.rows if row in place]
    point = None if asked.row is None else place.get(asked.row)
    return Highlight(point, near if point is not None else [], chosen=None if mask is None else mask[wanted.rows])


def _differences(wanted: Set, ready: Sequence[Ready], k: int) -> None:
    """The rows whose neighbours differ most between the first two maps, or between the two tables."""
    changed = _changed(wanted, ready, k)
    if changed is None:
        return
    labels = ready[0].pair.source.embedding.labels
    names = ready[0].pair.title, ready[1].pair.title
    st.markdown(f"**{wanted.heading}**")
    st.caption(
        _("On average {share} of the {k} nearest differ; tables that have nothing in common would differ by {chance}.")
        .format(share=f"{changed.mean:.0%}", k=changed.k, chance=f"{changed.by_chance:.0%}")
        + (" " + _("measured on {count} rows").format(count=f"{changed.sampled:,}") if changed.sampled else "")
    )  # fmt: skip
    order = [int(at) for at in changed.order[:LISTED]]
    st.dataframe(
        {
            _("label"): [labels[changed.points[at]] for at in order],
            _("changed"): [f"{changed.share[at]:.0%}" for at in order],
            names[0]: [", ".join(labels[row] for row in changed.before[at][:5]) for at in order],
            names[1] + (" " if names[0] == names[1] else ""): [", ".join(labels[row] for row in changed.after[at][:5]) for at in order],
        },
        hide_index=True, width="stretch", height=260, key="ex_changed_table",
    )  # fmt: skip


def _changed(wanted: Set, ready: Sequence[Ready], k: int) -> Changed | None:
    one, two = ready[0], ready[1]
    held: dict[Any, Changed] = st.session_state.setdefault(_CHANGED, {})
    key = wanted.key, one.drawn.wish.key, two.drawn.wish.key, k
    if key not in held:
        tables = (
            (one.pair.source.embedding.vectors, two.pair.source.embedding.vectors, k, "cosine") if wanted.tables
            else (one.drawn.coordinates, two.drawn.coordinates, k, "euclidean")
        )  # fmt: skip
        found = jobs.result(CHANGED_SLOT, "changed", *tables)
        while len(held) >= 8:
            held.pop(next(iter(held)))
        held[key] = found
    return held[key]
