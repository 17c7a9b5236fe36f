"""Mapping: what a map from X to Y keeps, from a lookup table to one that keeps structure."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.errors import N_, CoreError
from core.mapping import DOMAINS, reread
from dashboard import frame, mapping_make, mapping_parts
from dashboard.components.plot import Highlight, plot
from dashboard.i18n import _

TITLE = N_("Mapping")
RANK = 6
_CLICKED = "es_map_clicked"
_MADE = "es_map_made"  # the last map that could be drawn


def render() -> None:
    with frame.page(_("What does a map keep, and when do two things land on one?")) as view:
        with view.controls:
            made = _make(*mapping_make.choose())
        if made is None:
            frame.waiting(view.picture, _("Nothing to draw yet: the reason stands beside."))
            with view.reading:
                mapping_parts.story()
            return
        with view.picture:
            tolerance = _picture(made)
        report = reread(made.report, made.domain.inputs, made.outputs, tolerance)
        with view.reading:
            mapping_parts.told()
            mapping_parts.found(made, report)
            _reading()
            mapping_parts.story()
            mapping_parts.take_away(made, report)
        view.status(
            _("X: {domain}").format(domain=_(DOMAINS[made.domain.name])),
            _("{count} inputs, outputs in R^{dim}").format(count=f"{len(made.domain):,}", dim=made.outputs.shape[1]),
            made.title,
            _("tolerance {value}, Euclidean").format(value=f"{tolerance:.3g}"),
            *made.notes,
        )  # fmt: skip


def _make(domain: str, kind: str) -> mapping_make.Made | None:
    """The map that is asked for; where it cannot be, the reason, and the map before, which says so."""
    try:
        made = st.session_state[_MADE] = mapping_make.make(domain, kind)
    except CoreError as error:
        frame.show(error)
        before: mapping_make.Made | None = st.session_state.get(_MADE)
        return before and replace(before, notes=(*before.notes, _("the map before: what is asked now cannot be drawn")))
    return made


def _picture(made: mapping_make.Made) -> float:
    """Draw the map and answer the tolerance that its slider shows."""
    url, steps = mapping_parts.board(made)
    at = mapping_parts.tolerance(steps, url)
    clicked, n, lit = st.session_state.get(_CLICKED), len(made.rows), None
    if clicked is not None and clicked[0] == url and clicked[1] < 2 * n:
        row = clicked[1]
        same = mapping_parts.same_output(made, row % n, steps[at])
        lit = Highlight(row, [(row + n) % (2 * n), *same])
    plot(
        url, key=mapping_parts.PLOT, highlight=lit, sliders={"tolerance": at},
        link={"map_tol": f"{steps[at]:.4g}"} if at or "map_tol" in st.query_params else None,
        alt=_("X on the left, its image on the right, arrows from x to f(x); collisions are dashed and crossed"),
        on_pick=lambda row: st.session_state.__setitem__(_CLICKED, (url, row)),
    )  # fmt: skip
    return steps[at]


def _reading() -> None:
    frame.reading(
        _(
            "Each arrow goes from an x to its f(x). Where two arrows end in one place, within the tolerance, they are dashed and the place is crossed. Click a point to follow it."
        ),
        _(
            "Injective means a bijection onto the image, not onto all of Y, and it is no sign of meaning. Order is one structure among several: for points and vectors there is none to keep, and the table says so."
        ),
    )
