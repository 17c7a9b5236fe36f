"""The map: in any colours, wound back through its run, asked by click and lasso."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import sources
from dashboard.components.plot import plot
from dashboard.explore_views import asking, choosing, colouring, drawing, trust
from dashboard.explore_views.drawing import Drawn
from dashboard.explore_views.wishes import Look
from dashboard.i18n import _


def render(source: sources.Source, drawn: Drawn, asked: asking.Asked, look: Look) -> None:
    from core.figures.explore import map_board
    from core.figures.maps import MANY

    groups = colouring.groups(source, look.metric) if look.colour == colouring.GROUPS else None
    error = colouring.own_error(source, drawn, look.k) if look.colour == colouring.ERROR else None
    kind = (look.colour, look.size, look.k if error is not None else 0, None if groups is None else len(set(groups)))

    def make() -> Any:
        dress = colouring.dress(source, look.colour, look.size, error, groups)
        return map_board(drawing.panel(source, drawn, dress), drawn.result.steps, drawn.result.frames, _("Step"))

    highlight = trust.lit(source, drawn, asked, look)
    plot(
        drawing.held_board((drawn.wish.key, kind), make), key="ex_map", highlight=highlight,
        meters=[trust.measured(drawn, len(source.embedding))],
        alt=_("Map of the embedding; the list beside it has the neighbours of the chosen word"),
        on_pick=lambda row: asking.clicked(source.embedding.labels, row),
        on_lasso=lambda rows: choosing.choose(source.embedding, rows),
    )  # fmt: skip
    far = trust.far_words(highlight, look)
    if far:
        st.caption(far)
    if look.colour == colouring.NOTHING and drawn.coordinates.shape[1] == 2 and len(drawn.coordinates) > MANY:
        st.caption(_("The deeper the colour, the more points lie on one spot."))
    if source.embedding.pictures is not None and drawn.coordinates.shape[1] == 3:
        st.caption(_("In space the rows are points; in 2-D they are their pictures."))
