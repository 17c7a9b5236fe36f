"""Widgets of a method, built from the settings class of the engine: one place for all methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.errors import N_
from core.params import Control, controls
from dashboard import links
from dashboard.i18n import _

# The values of choices as a reader sees them; the values themselves stand in links.
_CHOICES = {
    "any": N_("any word"),
    "middle": N_("the middle word"),
    "last": N_("the last word"),
    "uniform": N_("all words alike"),
    "unigram": N_("by count"),
    "logistic": N_("logistic"),
    "hinge": N_("hinge"),
    "cosine": N_("cosine"),
    "euclidean": N_("Euclidean"),
    "dot": N_("dot product"),
    "pca": N_("PCA"),
    "random": N_("random"),
    "spectral": N_("spectral"),
}


def choice(value: str) -> str:
    """A choice in the reader's words."""
    return _(_CHOICES[value]) if value in _CHOICES else value


def choices(values: Sequence[str]) -> dict[str, str]:
    """value -> its English title, for `links.choice`."""
    return {value: _CHOICES.get(value, value) for value in values}


def settings(
    params: type,
    prefix: str,
    *,
    skip: Sequence[str] = (),
    only: Sequence[str] = (),
    defaults: dict[str, Any] | None = None,
    folded: bool = False,
) -> dict[str, Any]:
    """Draw the controls of a settings class (the folded ones, or the others; `only` these) and return their values.

    Keys, and so link parameters, are `<prefix>_<name>`.
    """
    given = defaults or {}
    return {
        name: _widget(f"{prefix}_{name}", given.get(name, default), control)
        for name, default, control in controls(params)
        if name not in skip and control.folded == folded and (not only or name in only)
    }


def _widget(key: str, default: Any, control: Control) -> Any:
    label, words = _(control.label), _(control.help) if control.help else None
    if control.choices:
        return links.choice(st.selectbox, label, choices(control.choices), key=key, default=default, help=words)
    if isinstance(default, bool):
        return links.setting(st.toggle, label, key=key, default=default, help=words)
    low, high = control.low, control.high
    if low is None or high is None or not isinstance(default, (int, float)):
        return links.setting(st.number_input, label, key=key, default=default, help=words)
    if isinstance(default, int):
        return links.setting(
            st.slider, label, key=key, default=default, low=int(low), high=int(high), step=int(control.step or 1),
            help=words,
        )  # fmt: skip
    if control.typed:
        return links.setting(
            st.number_input, label, key=key, default=default, low=float(low), high=float(high), step=default / 5,
            help=words, format="%g",
        )  # fmt: skip
    step = control.step or _step(low, high)
    return links.setting(
        st.slider, label, key=key, default=default, low=float(low), high=float(high), step=step,
        help=words, format=_format(step),
    )  # fmt: skip


def _step(low: float, high: float) -> float:
    """A thousandth of small ranges, a hundredth of others."""
    return 0.001 if high - low <= 1 else 0.01


def _format(step: float) -> str:
    digits = max(0, len(f"{step:.6f}".rstrip("0").partition(".")[2]))
    return f"%.{digits}f"
