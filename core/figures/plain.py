"""Labels as Plotly may be given them: it reads some markup in the words of an axis, and labels are data."""

from __future__ import annotations

import re

_UNSEEN = re.compile("[\u0000-\u001f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(label: str, limit: int = 24) -> str:
    """The label on one line, cut when long, with nothing in it that is markup or turns the direction of writing."""
    text = _UNSEEN.sub("", label)
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
