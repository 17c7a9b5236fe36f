"""Choices in links by their value. A choice bound by Streamlit itself stands in the link by its label, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard.i18n import _


def choice(
    widget: Callable[..., Any], label: str, options: Mapping[str, str], *, key: str, default: str, **given: Any
) -> str:
    """Draw a selectbox or segmented control over value -> English title; the link parameter `key` holds the value.

    A value in the link that is not among the options counts as not given; the default leaves the link short.
    """
    written = f"{key}_link"
    asked = st.query_params.get(key)
    if asked in options and asked != st.session_state.get(written):
        st.session_state[key] = asked
    elif key not in st.session_state:
        st.session_state[key] = default
    chosen = widget(
        label, list(options), format_func=lambda value: _(options[value]), key=key, persist_state="session", **given
    )
    if chosen == default:
        if key in st.query_params:
            del st.query_params[key]
    elif asked != chosen:
        st.query_params[key] = chosen
    st.session_state[written] = None if chosen == default else chosen
    return str(chosen)
