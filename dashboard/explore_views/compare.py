"""Two to four linked maps of the same rows: methods, perplexities, seeds, before and after training, two embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from core.errors import N_
from dashboard import frame, jobs, links, sources
from dashboard.components.plot import Highlight, plot
from dashboard.explore_views import asking, choosing, colouring, compare_changes, compare_sets, drawing, reading, trust
from dashboard.explore_views.compare_sets import Pair, Ready, Set
from dashboard.explore_views.drawing import Drawn
from dashboard.explore_views.wishes import Look, Wish
from dashboard.i18n import _

KINDS = {
    "methods": N_("methods"),
    "sizes": N_("neighbourhood sizes"),
    "seeds": N_("seeds"),
    "training": N_("before and after training"),
    "tables": N_("two embeddings"),
}
SLOT = "ex_cmp"
_GO = "es_ex_cmp_go"


def render(view: frame.View, source: sources.Source, wish: Wish, asked: asking.Asked, look: Look) -> None:
    kind = links.choice(st.segmented_control, _("Compare"), KINDS, key="ex_cmp", default="methods", required=True)
    wanted = compare_sets.wanted(kind, source, wish)
    if wanted is None:
        view.status(*reading.about(source))
        return
    ready = _turned(_draw(wanted))
    seconds = sum(one.drawn.result.seconds for one in ready)
    view.status(
        *reading.about(source), wish.title if kind == "tables" else "", " | ".join(pair.title for pair in wanted.pairs),
        _("{seconds} s").format(seconds=f"{seconds:.1f}") if seconds else "",
    )  # fmt: skip
    if len(ready) < 2:
        st.html(f'<div class="es-waiting">{_("The maps appear here as they are finished.")}</div>')
        return
    _board(source, wanted, ready, asked, look)
    compare_changes.render(wanted, ready, look)


def _turned(ready: list[Ready]) -> list[Ready]:
    """Each picture turned onto the first one, where it means the same however it is turned."""
    from core.projection import METHODS
    from core.projection.align import align, widened

    out = ready[:1]
    for one in ready[1:]:
        drawn = one.drawn
        if METHODS.get(drawn.wish.method).params.turns and len(ready[0].drawn.coordinates) == len(drawn.coordinates):
            onto = align(drawn.coordinates, widened(ready[0].drawn.coordinates, drawn.coordinates.shape[1]))
            drawn = replace(drawn, result=replace(drawn.result, coordinates=onto))
        out.append(replace(one, drawn=drawn))
    return out


def _draw(wanted: Set) -> list[Ready]:
    """The pictures that are there; the others are started, small ones at once, large ones when asked."""
    ready, missing = [], []
    for at, pair in enumerate(wanted.pairs):
        done = pair.given or drawing.of(pair.wish)
        if done is not None:
            jobs.let_go(f"{SLOT}_{at}")  # the page drew the same meanwhile, or it was for another comparison
        else:
            done = _taken(at, pair)
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
            jobs.start(slot, "project", pair.source.embedding.vectors, *drawing.arguments(pair.source, pair.wish))
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
    meters = [trust.measured(one.drawn, len(first.embedding)) for one in ready]

    def make() -> Any:
        dress = colouring.dress(first, look.colour, look.size, None, None)
        height = 430 if len(ready) > 2 else 560
        return linked_board(
            [drawing.panel(first, one.drawn, dress, height=height, title=one.pair.title) for one in ready]
        )

    key = "compare", tuple(one.drawn.wish.key for one in ready), wanted.key, look.colour, look.size
    highlight = _lit(source, wanted, ready, asked, look)
    plot(
        drawing.held_board(key, make), key="ex_linked", highlight=highlight, meters=meters,
        alt=_("Linked maps of the same rows: what is clicked or chosen in one is so in all"),
        on_pick=lambda row: asking.clicked(first.embedding.labels, row),
        on_lasso=lambda rows: choosing.choose(source.embedding, wanted.back(rows)),
    )  # fmt: skip
    st.caption(wanted.note)


def _lit(source: sources.Source, wanted: Set, ready: Sequence[Ready], asked: asking.Asked, look: Look) -> Highlight:
    """The same rows in every map, though the maps may hold only some of the rows of the embedding."""
    drawn = [one.drawn for one in ready]
    if wanted.rows is None:
        return trust.lit(source, drawn[0], asked, look, *drawn[1:])
    mask = choosing.mask(source.embedding)
    place = {int(row): at for at, row in enumerate(wanted.rows)}
    near = [place[row] for row in asked.rows if row in place]
    point = None if asked.row is None else place.get(asked.row)
    return Highlight(point, near if point is not None else [], chosen=None if mask is None else mask[wanted.rows])
