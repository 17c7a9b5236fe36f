"""Where the sliders inside a figure stand: remembered for this visitor, moved by a button, in the link at first.

The plot writes them into the address (`plot(..., link=...)`), which adds no step to the browser's history: after
twenty drags, Back still leaves the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import frame
from dashboard.i18n import _

HELD = "pos_places"  # slider -> where it was left
_SEEN = "pos_seen"  # plot -> the move that was already taken over
_NOTE = "pos_note"  # what the last "Try" did


def places(plot: str, sliders: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Slider -> value for the plot of that key; `sliders` gives (highest value, value at first) of each.

    The last move in the figure wins, then what this visitor left, then the link. What lies outside is brought inside
    and said on the page.
    """
    moved = _moved(plot)
    found: dict[str, int] = {}
    for name, (high, first) in sliders.items():
        asked = moved[name] if name in moved else _asked(name, first)
        found[name] = min(max(asked, 0), high)
        if found[name] != asked:
            _say(
                _("{name} = {asked} lies outside 0 to {high}; {shown} is shown."),
                name=name, asked=asked, high=high, shown=found[name],
            )  # fmt: skip
    put(found)
    return found


def put(values: Mapping[str, int]) -> None:
    """Remember where the sliders are to stand."""
    st.session_state.setdefault(HELD, {}).update(values)


def _moved(plot: str) -> dict[str, int]:
    """The move that the reader has made in the figure since the last run, read as untrusted input."""
    state: Any = st.session_state.get(plot)
    sliders = state.get("sliders") if isinstance(state, Mapping) else None
    seen = st.session_state.setdefault(_SEEN, {})
    fresh = sliders if sliders and sliders != seen.get(plot) else {}
    seen[plot] = sliders
    return {str(name): value for name, value in fresh.items() if isinstance(value, int)}


def _asked(name: str, first: int) -> int:
    """What this visitor left, on the first visit what the link says."""
    held: dict[str, int] = st.session_state.setdefault(HELD, {})
    given = st.query_params.get(name)
    if name in held or given is None:
        return held.get(name, first)
    if given.isascii() and given.isdigit() and len(given) < 9:
        return int(given)
    _say(
        _("The link gives {name} as {asked}, which is not a whole number from 0 to 99,999,999; {shown} is shown."),
        name=name, asked=given[:20], shown=first,
    )  # fmt: skip
    return first


def _say(sentence: str, **values: object) -> None:
    st.caption(frame.plain(sentence.format(**values)))


def offer(
    key: str,
    label: str,
    told: str,
    *,
    widgets: Mapping[str, Any] | None = None,
    sliders: Mapping[str, int] | None = None,
) -> None:
    """A button that changes one thing and says afterwards what happened."""
    st.button(label, key=f"pos_try_{key}", width="stretch", on_click=_change, args=(told, widgets or {}, sliders or {}))


def _change(told: str, widgets: Mapping[str, Any], sliders: Mapping[str, int]) -> None:
    for name, value in widgets.items():
        st.session_state[name] = value
    put(sliders)
    st.session_state[_NOTE] = told


def told() -> None:
    """What the button pressed last has done, until the next change."""
    note = st.session_state.pop(_NOTE, None)
    if note:
        st.info(note)
