"""Where the sliders inside a figure stand: in the link, remembered over a page switch, moved by a button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import frame
from dashboard.i18n import _

_HELD = "pos_places"  # slider -> where it was left
_SEEN = "pos_seen"  # plot -> the move that was already taken over
_NOTE = "pos_note"  # what the last "Try" did


def places(plot: str, sliders: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Slider -> value for the plot of that key; `sliders` gives (highest value, value at first) of each.

    The last move in the figure wins, then the link, then what this visitor left. What lies outside is brought inside
    and said on the page.
    """
    moved = _moved(plot)
    found: dict[str, int] = {}
    for name, (high, first) in sliders.items():
        asked = moved[name] if name in moved else _asked(name, first)
        found[name] = min(max(asked, 0), high)
        if found[name] != asked:
            st.caption(
                frame.plain(
                    _("{name} = {asked} lies outside 0 to {high}; {shown} is shown.").format(
                        name=name, asked=asked, high=high, shown=found[name]
                    )
                )
            )
    put(found)
    return found


def put(values: Mapping[str, int]) -> None:
    """Write the values into the link and remember them."""
    st.session_state.setdefault(_HELD, {}).update(values)
    written = {name: str(value) for name, value in values.items()}
    if any(st.query_params.get(name) != value for name, value in written.items()):
        st.query_params.update(written)  # at once: each call is a step of the browser's history


def forget(names: Sequence[str]) -> None:
    """Take the sliders of other views out of the link."""
    for name in names:
        if name in st.query_params:
            del st.query_params[name]


def _moved(plot: str) -> dict[str, int]:
    """The move that the reader has made in the figure since the last run, read as untrusted input."""
    state: Any = st.session_state.get(plot)
    sliders = state.get("sliders") if isinstance(state, Mapping) else None
    seen = st.session_state.setdefault(_SEEN, {})
    fresh = sliders if sliders and sliders != seen.get(plot) else {}
    seen[plot] = sliders
    return {str(name): value for name, value in fresh.items() if isinstance(value, int)}


def _asked(name: str, first: int) -> int:
    held = st.session_state.setdefault(_HELD, {}).get(name, first)
    given = st.query_params.get(name)
    if given is None:
        return int(held)
    if given.isascii() and given.isdigit() and len(given) < 9:
        return int(given)
    st.caption(
        frame.plain(
            _("The link gives {name} as {asked}, which is not a whole number; {shown} is shown.").format(
                name=name, asked=given[:20], shown=held
            )
        )
    )
    return int(held)


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
