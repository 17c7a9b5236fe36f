"""The typed formula: read by our own parser, bounded, and every error names its place."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CoreError, DataError
from core.mapping import parse

X = {"x": np.array([1.0, 2.0, 3.0, 4.0]), "y": np.array([0.5, 1.0, 1.5, 2.0])}


def value(text: str) -> list[float]:
    return parse(text)(X)[:, 0].tolist()


@pytest.mark.parametrize(
    ("text", "at_two"),
    [
        ("2 + 3 * x", 8), ("(2 + 3) * x", 10), ("-x^2", -4), ("2^-1", 0.5), ("2^3^2", 512), ("7 % 4 - x", 1), ("x / 4", 0.5),
        ("abs(-x)", 2), ("min(x, y)", 1), ("max(x, 3)", 3), ("sqrt(x + 2)", 2), ("floor(x / 3)", 0), ("2 * pi", 2 * math.pi),
        ("1e2 - x", 98), (".5*x", 1), ("x − 1", 1), ("x × 2 ÷ 4", 1), ("（x）", 2), ("x**2", 4), ("sign(-x)", -1),
    ],
)  # fmt: skip
def test_formulas_mean_what_they_say(text: str, at_two: float) -> None:
    assert value(text)[1] == pytest.approx(at_two)


def test_a_comma_makes_a_point_of_the_plane() -> None:
    assert parse("x, x^2")(X).shape == (4, 2)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 / (x - 3)", r"divides by zero at x = 3, y = 1.5 \(character 3\)"),
        ("x % (y - 1)", "divides by zero at x = 2"),
        ("9^9^9", "runs away"),
        ("x**x**x**x", "runs away at x = 3"),
        ("exp(exp(exp(x)))", "runs away"),
        ("sqrt(2 - x)", "no value at x = 3"),
        ("log(0*x)", "runs away"),
        ("x +", "ends where"),
        ("x x", "Character 3"),
        ("x $ 2", r"Character 3 of the formula, \$"),
        ("(x", "character 1 is not closed"),
        ("foo(x)", "foo at character 1"),
        ("sin x", "needs parentheses"),
        ("min(x)", "takes 2 values; got 1"),
        ("z", "z at character 1"),
        ("1e99", "larger than"),
        ("", "ends where"),
        ("x" + "+x" * 200, "at most 200"),
        ("(" * 60 + "x" + ")" * 60, "nested more than 30"),
        ("-" * 60 + "x", "nested more than 30"),
        ("x,x,x,x", "4 parts"),
        ("__import__('os')", "Character 1"),
        ("x.real", "Character 2"),
    ],
)
def test_what_cannot_be_read_or_runs_away_is_said_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        value(text)


def test_a_domain_without_y_says_so() -> None:
    with pytest.raises(DataError, match="no y"):
        parse("x + y")({"x": X["x"]})


@given(st.text(alphabet="xy0123456789.+-*/^%(), sincoabqrtlgep", max_size=60))
def test_any_text_gives_finite_numbers_or_one_sentence(text: str) -> None:
    found = answer(text)
    assert found.endswith(".") if isinstance(found, str) else np.isfinite(found).all()


def answer(text: str) -> object:
    try:
        return parse(text)(X)
    except CoreError as error:
        return str(error)
