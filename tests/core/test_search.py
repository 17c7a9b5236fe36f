"""Rows by what is written on them."""

from __future__ import annotations

from time import perf_counter

import pytest

from core.errors import DataError
from core.search import LONGEST, kind_of, search

LABELS = ["cat", "Cats", "dog", "(a", "科学", "科技", "a" * 5000]


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("CAT", [0]),
        ("ca*", [0, 1]),
        ("/^c.t$/", [0]),
        ("/^科/", [4, 5]),
        ("/\\(/", [3]),
        ("nothing", []),
        (" cat ", [0]),
    ],
)
def test_a_word_a_prefix_and_a_pattern_name_rows_in_their_order(line: str, rows: list[int]) -> None:
    assert search(LABELS, line).rows.tolist() == rows


def test_a_line_is_read_by_its_ends() -> None:
    assert [kind_of(line) for line in ("cat", "ca*", "/c/", "*", "/", "//")] == [
        "word", "prefix", "pattern", "word", "word", "pattern",
    ]  # fmt: skip


@pytest.mark.parametrize("pattern", ["/(/", "/[a/", "/(x{500}){500}/", "/(?=a)/"])
def test_a_pattern_that_cannot_be_read_is_told(pattern: str) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        search(LABELS, pattern)


def test_a_line_has_a_bound() -> None:
    with pytest.raises(DataError, match="at most 200"):
        search(LABELS, "a" * (LONGEST + 1))


def test_a_pattern_that_would_stall_a_backtracking_engine_takes_a_moment() -> None:
    """(a+)+$ against a thousand letters a and one b: 2^1000 ways to try for others."""
    began = perf_counter()
    assert len(search(["a" * 1000 + "b"] * 100, "/(a+)+$/").rows) == 0
    assert perf_counter() - began < 5


def test_half_of_a_character_in_a_label_harms_nothing() -> None:
    assert search(["\ud83d", "cat"], "cat").rows.tolist() == [1]
