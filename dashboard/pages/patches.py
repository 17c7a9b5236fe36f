"""Patches: a photo becomes a sequence of vectors."""

from __future__ import annotations

from core.errors import N_
from dashboard import frame, links
from dashboard.i18n import _
from dashboard.patch_views import cut, learn, models, order, parts, places, several

TITLE = N_("Patches")
RANK = 4
VIEWS = {"cut": cut, "learn": learn, "several": several, "order": order, "places": places, "models": models}


def render() -> None:
    with frame.page(_("How does a transformer read a photo?")) as view:
        with view.picture:
            chosen = links.view({name: module.TITLE for name, module in VIEWS.items()}, key=parts.VIEW)
        VIEWS[chosen].render(view)
