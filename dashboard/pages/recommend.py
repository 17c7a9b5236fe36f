"""Recommend: the same reader before two lists, by tag and by angle; many readers; and the loop."""

from __future__ import annotations

from core.errors import N_
from dashboard import frame, links
from dashboard.i18n import _
from dashboard.recommend_views import loop, measures, panes

TITLE = N_("Recommend")
RANK = 7
VIEWS = {"lists": panes, "many": measures, "loop": loop}


def render() -> None:
    with frame.page(_("Why is a reader of one thing shown another?")) as view:
        with view.picture:
            chosen = links.view({name: module.TITLE for name, module in VIEWS.items()}, key="rc_view")
        VIEWS[chosen].render(view)
