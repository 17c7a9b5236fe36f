"""Controls that several views share: the size of a table, its base, and the table as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from dashboard import exports, links
from dashboard.exports import CSV, NPY, File
from dashboard.i18n import _

LONGEST, WIDEST = 512, 512


def size() -> tuple[int, int]:
    """(length, dim) of the fixed code."""
    length = links.setting(st.slider, _("Positions"), key="pos_length", default=64, low=2, high=LONGEST)
    dim = links.setting(st.slider, _("Dimensions d"), key="pos_dim", default=64, low=1, high=WIDEST)
    return length, dim


def base(place: DeltaGenerator) -> float:
    """The base of the wavelengths; 10000 in the paper."""
    return float(
        links.setting(
            place.number_input, _("Base"), key="pos_base", default=10_000, low=2, high=10_000_000,
            help=_("The slowest wave is about 2π times this many positions long. The paper takes 10000."),
        )
    )  # fmt: skip


def downloads(
    place: DeltaGenerator,
    table: NDArray[Any],
    name: str,
    rows: Mapping[str, Sequence[Any]],
    columns: Sequence[str] | None = None,
) -> None:
    """The (n, d) table as a file, written when asked for: NPY holds the numbers alone, CSV begins with `rows`, n cells each
    that say what a row is, and names the `columns`; without names they are the dimensions."""
    with place:
        files = [
            File(_("Table as CSV"), f"{name}.csv", CSV, lambda _about: csv(table, rows, columns)),
            File(_("Table as NPY"), f"{name}.npy", NPY, lambda _about: _npy(table)),
        ]
        exports.files(files, key="pos_table", width="stretch")


def csv(table: NDArray[Any], rows: Mapping[str, Sequence[Any]], columns: Sequence[str] | None = None) -> bytes:
    """UTF-8 CSV of the (n, d) table behind its `rows`; no cell of it is run by a spreadsheet."""
    from core.formats import csv_table

    names = columns or [f"d{at}" for at in range(table.shape[1])]
    return csv_table({**rows, **{name: table[:, at] for at, name in enumerate(names)}})


def _npy(table: NDArray[Any]) -> bytes:
    out = BytesIO()
    np.save(out, table, allow_pickle=False)
    return out.getvalue()
