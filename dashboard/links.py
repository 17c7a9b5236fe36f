"""Settings in links, by their value.

Streamlit's own binding is not used: it strips the entry of the browser's history that a reader leaves, so that Back finds
the defaults, and it writes a choice by its label, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from dashboard import frame
from dashboard.i18n import _, language

T = TypeVar("T", str, int)
_LETTERS = 1_500  # of a text in a link; in Chinese each takes nine in the address


def choice(
    widget: Callable[..., Any],
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    default: str,
    turn: int = 0,
    first: str | None = None,
    **given: Any,
) -> str:
    """Draw a selectbox or segmented control over value -> English title; the link parameter `key` holds the value.

    A value in the link that is not among the options counts as not given; the default leaves the link short.
    Where the program chooses, it raises `turn` and names its choice in `first`: the widget is then a new one,
    so that what the browser still says of the old one cannot undo the choice.
    """
    place, news = f"{key}_{turn}" if turn else key, _news(key)
    if place in st.session_state and st.session_state[place] not in options:  # what was chosen is gone
        del st.session_state[place]
    if place not in st.session_state and first in options:
        st.session_state[place] = first
    elif news in options:
        st.session_state[place] = news
    elif place not in st.session_state:
        st.session_state[place] = default
    elif st.session_state.get(f"{key}_language") != language():
        st.session_state[place] = st.session_state[place]  # assigned anew, its label is drawn anew
    st.session_state[f"{key}_language"] = language()
    chosen = widget(
        label, list(options), format_func=lambda value: _(options[value]), key=place, persist_state="session", **given
    )
    _write(key, str(chosen), chosen == default)
    return str(chosen)


def view(titles: Mapping[str, str], *, key: str) -> str:
    """The views of a page, name -> English title, in a row; the first is there at first."""
    return choice(
        st.segmented_control, _("View"), titles, key=key, default=next(iter(titles)), required=True, label_visibility="collapsed",
    )  # fmt: skip


def setting(
    widget: Callable[..., Any],
    label: str,
    *,
    key: str,
    default: Any,
    low: Any = None,
    high: Any = None,
    step: Any = None,
    **given: Any,
) -> Any:
    """Draw a slider, a number or text field or a toggle whose value stands in the link under `key`, unless it is the default.

    A default of two numbers makes a slider with two ends. What the link says is brought between `low` and `high`, a whole
    number onto a `step` and a text to its `max_chars`; what cannot be read counts as not given. Where the default
    becomes another one, with other data or another method, a value that was the default follows it.
    """
    asked = {"min_value": low, "max_value": high, "step": step}
    bounds = {name: value for name, value in asked.items() if value is not None}
    news, before = _news(key), st.session_state.get(f"{key}_default", default)
    if news is not None:
        value = _read(news[: given.get("max_chars")], default, low, high, step)
        st.session_state[key] = default if value is None else value
    elif key not in st.session_state or (before != default and st.session_state[key] == before):
        st.session_state[key] = default
    st.session_state[f"{key}_default"] = default
    chosen = widget(label, key=key, persist_state="session", **bounds, **given)
    said = _written(chosen)
    if len(said) > _LETTERS:
        st.caption(_("A link holds {count} characters; this longer text stays until the page is loaded anew.").format(count=f"{_LETTERS:,}"))  # fmt: skip
    _write(key, said, chosen == default or len(said) > _LETTERS)
    return chosen


def anew(link: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a link that the program opens within the visit: what stood there before is news once more."""
    for key in link:
        _seen(key).clear()
    return dict(link)


def put(values: Mapping[str, Any]) -> None:
    """Set controls from a button, drawn or not yet: what the address still says of them is no news any more."""
    for key, value in values.items():
        _hear(key, _asked(key))
        st.session_state[key] = value


def _seen(key: str) -> list[str]:
    """Every value that stood in the address under that key in this visit."""
    found: list[str] = st.session_state.setdefault(f"{key}_link", [])
    return found


def _asked(key: str) -> str | None:
    """What the address says under that key; given several times, with commas between, as old links give two ends."""
    said = st.query_params.get_all(key)
    return ",".join(said) if said else None


def _news(key: str) -> str | None:
    """What the address asks under that key, unless it stood there earlier in the visit.

    Back may return to an address from before the last change, and an address that the browser sends may lag behind a
    quick hand. So a value that stood there before is no news.
    """
    asked = _asked(key)
    return None if asked in _seen(key) else asked


def _hear(key: str, *said: str | None) -> None:
    seen = _seen(key)
    seen.extend(word for word in dict.fromkeys(said) if word is not None and word not in seen)


def _write(key: str, said: str, short: bool) -> None:
    """Let the address say it, or nothing where it is the default."""
    frame.linked()[key] = said
    asked = _asked(key)
    _hear(key, asked, said)
    if short:
        if asked is not None:
            del st.query_params[key]
    elif asked != said:
        st.query_params[key] = said


def _written(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return ",".join(map(_written, value))
    return (
        f"{value:.10g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)
    )


def _read(text: str, default: Any, low: Any = None, high: Any = None, step: Any = None) -> Any:
    """The text as a legal value of the default's kind; None where it is none."""
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text.lower())
    if isinstance(default, str):
        return text
    if isinstance(default, tuple):
        ends = [_read(part, default[0], low, high, step) for part in text.split(",")]
        return None if None in ends or len(ends) != len(default) else tuple(sorted(ends))
    try:
        said = float(text)
        value = type(default)(_between(said, low, high))
    except (ValueError, OverflowError):
        return None
    if isinstance(default, int):
        value -= (value - (low or 0)) % (step or 1)
    return value if said == said else None


def _between(value: Any, low: Any, high: Any) -> Any:
    if low is not None:
        value = max(low, value)
    return value if high is None else min(high, value)


def begin(key: str, options: Sequence[T], first: T) -> None:
    """Before the widget of that key is drawn: give it the link's value, else `first`; what the link asks in vain is told in place.

    For pages whose plot writes the link (`plot(..., link=...)`), which adds no step to the browser's history.
    """
    held = st.session_state.get(key)
    if held in options:
        frame.linked()[key] = str(held)
        st.session_state[key] = held  # said again, or a select box shows the words of the language before
        return
    asked = st.query_params.get(key)
    found = next((option for option in options if str(option) == asked), None)
    if asked is not None and found is None:
        st.caption(_("The link asks for {asked}, which is not on offer here.").format(asked=frame.plain(asked[:40])))
    st.session_state[key] = first if found is None else found
    frame.linked()[key] = str(st.session_state[key])


def number(key: str, most: int = 10**6) -> int | None:
    """A whole number from the link, 0 to `most`; None where there is none."""
    given = st.query_params.get(key, "")
    value = int(given) if given.isascii() and given.isdigit() and len(given) < 12 else None
    return value if value is not None and value <= most else None
