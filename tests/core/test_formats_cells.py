"""What is taken away as CSV opens in a spreadsheet as text, never as a formula."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.formats import csv_table, safe_cell
from core.formats._cells import plain_cell

RUN = ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]


@pytest.mark.parametrize("cell", RUN)
def test_a_cell_that_would_run_is_written_as_text(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@given(st.text())
def test_a_safe_cell_never_starts_a_formula_and_loses_nothing(text: str) -> None:
    safe = safe_cell(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert plain_cell(safe) == text


def test_a_table_keeps_numbers_and_makes_texts_and_names_safe() -> None:
    data = csv_table(
        {"=name": ["a", "=1+1", None], "x": np.float32([0.1, -2, 3]), "n": [1, None, -3], "odd": [1, "-1", None]}
    )
    assert list(csv.reader(io.StringIO(data.decode()))) == [
        ["'=name", "x", "n", "odd"],
        ["a", "0.1", "1", "1"],
        ["'=1+1", "-2", "", "'-1"],
        ["", "3", "-3", ""],
    ]
