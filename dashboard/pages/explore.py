"""Explore: any embedding as a map that moves, answers, and says how far to trust it."""

from __future__ import annotations

import streamlit as st

from core.errors import N_
from dashboard import bring, controls, frame, links, sources
from dashboard.explore_views import asking, choosing, compare, drawing, mapping, reading, trust, wishes
from dashboard.explore_views.drawing import Drawn
from dashboard.i18n import _

TITLE = N_("Explore")
RANK = 2
VIEWS = {"map": N_("Map"), "trust": N_("Trust"), "compare": N_("Compare")}


def render() -> None:
    with frame.page(_("What does this embedding look like, and how far can the picture be trusted?")) as view:
        with view.picture:
            shown = links.choice(
                st.segmented_control, _("View"), VIEWS, key="ex_view", default="map", required=True, label_visibility="collapsed",
            )  # fmt: skip
        with view.controls:
            bring.your_own()
            source = sources.choose()
            wish, look = wishes.choose(source, coloured=shown != "trust")
            drawing.button(source, wish)
        forming = drawing.begun()
        drawn = drawing.shown(source, wish)
        of = forming or (wish if drawn is None else drawn.wish)
        compares = shown == "compare"
        if not compares:
            view.status(*reading.receipt(source, of, None if forming else drawn))
        with view.reading:
            asked = asking.ask(source, look.metric, look.k)
            if asked.near and drawn is not None and not compares and drawn.wish.metric != look.metric:
                st.caption(
                    _("These neighbours are by {asked}; how far to trust the map is measured by {drawn}. More has both.")
                    .format(asked=controls.choice(look.metric), drawn=controls.choice(drawn.wish.metric))
                )  # fmt: skip
            asking.selection(source, drawn, asked)
            if asked.row is None and not choosing.chosen(source.embedding):
                reading.of_several() if compares else reading.texts(of)
            if drawn is not None and not forming and not compares:
                trust.figures(drawn)
            measures = st.container()
            reading.tries(wish, shown)
            if drawn is not None and not compares:
                reading.take_away(source, drawn)
        with view.picture:
            if compares:
                compare.render(view, source, wish, asked, look)
            elif forming is not None:
                _other(
                    _("Being drawn: {shown}. Cancel it and press Draw to make the one that is set now: {wished}."),
                    forming,
                    wish,
                )
                drawing.live(source, look.colour, look.size)
                if shown == "trust":
                    st.caption(_("How far to trust it is measured once the picture is finished."))
            else:
                _picture(source, wish, drawn, asked, look, shown)
        if drawn is not None and not forming and shown == "map":
            with measures:  # last, so that the picture does not wait for it
                drawing.measure(source, drawn)


def _picture(
    source: sources.Source, wish: wishes.Wish, drawn: Drawn | None, asked: asking.Asked, look: wishes.Look, view: str
) -> None:
    if drawn is None:
        st.html(f'<div class="es-waiting">{_("Press Draw to make this picture.")}</div>')
        return
    _other(_("This is the earlier picture: {shown}. Draw makes the one that is set now: {wished}."), drawn.wish, wish)
    (trust if view == "trust" and not trust.no_distances(drawn) else mapping).render(source, drawn, asked, look)


def _other(sentence: str, shown: wishes.Wish, wished: wishes.Wish) -> None:
    """Say so where the picture that is seen is not the one that is set."""
    if shown.key != wished.key:
        st.info(sentence.format(shown=frame.plain(shown.title), wished=frame.plain(wished.title)))
