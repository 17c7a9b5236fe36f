"""Controls that several views share: the size of a table, its base, and the table as a file."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from dashboard.i18n import _

LONGEST, WIDEST = 512, 512


def size() -> tuple[int, int]:
    """(length, dim) of the fixed code."""
    length = st.slider(_("Positions"), 2, LONGEST, 64, key="pos_length", bind="query-params", persist_state="session")
    dim = st.slider(_("Dimensions d"), 1, WIDEST, 64, key="pos_dim", bind="query-params", persist_state="session")
    return length, dim


def base(place: DeltaGenerator) -> float:
    """The base of the wavelengths; 10000 in the paper."""
    return float(
        place.number_input(
            _("Base"), 2, 10_000_000, 10_000, key="pos_base", bind="query-params", persist_state="session",
            help=_("The slowest wave is about 2π times this many positions long. The paper takes 10000."),
        )
    )  # fmt: skip


def downloads(place: DeltaGenerator, table: NDArray[Any], name: str) -> None:
    """The table as CSV and NPY, written when asked for."""
    with place:
        st.download_button(
            _("Table as CSV"),
            lambda: _csv(table),
            f"{name}.csv",
            "text/csv",
            key="pos_csv",
            on_click="ignore",
            width="stretch",
        )
        st.download_button(_("Table as NPY"), lambda: _npy(table), f"{name}.npy", "application/octet-stream", key="pos_npy", on_click="ignore", width="stretch")  # fmt: skip


def _csv(table: NDArray[Any]) -> bytes:
    out = BytesIO()
    np.savetxt(out, table, delimiter=",", fmt="%.9g")
    return out.getvalue()


def _npy(table: NDArray[Any]) -> bytes:
    out = BytesIO()
    np.save(out, table, allow_pickle=False)
    return out.getvalue()
