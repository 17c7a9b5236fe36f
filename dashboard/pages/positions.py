"""Positions: how a model is told where each word stands."""

from __future__ import annotations

from core.errors import N_
from dashboard import frame, links
from dashboard.i18n import _
from dashboard.position_views import beyond, code, grid, learned, relative, sentence, shift

TITLE = N_("Positions")
RANK = 5
VIEWS = {
    "code": code,
    "shift": shift,
    "sum": sentence,
    "learned": learned,
    "beyond": beyond,
    "relative": relative,
    "grid": grid,
}


def render() -> None:
    with frame.page(_("How does a model know where each word stands?")) as view:
        with view.picture:
            chosen = links.view({name: module.TITLE for name, module in VIEWS.items()}, key="pos_view")
        VIEWS[chosen].render(view)
