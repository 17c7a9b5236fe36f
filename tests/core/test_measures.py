"""Class gap and neighbour purity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import measures
from core.errors import DataError, ParameterError
from core.measures import class_gap, neighbour_purity, purity_by_class

CROSS = np.array([[2, 0], [3, 0], [0, 1], [0, 5]], np.float32)


def _gap_pair_by_pair(vectors: np.ndarray, classes: list[str | None]) -> float:
    rows = [row for row, name in enumerate(classes) if name is not None]
    pairs = [(i, j) for i in rows for j in rows if i < j]
    cosine = {
        (i, j): vectors[i] @ vectors[j] / np.linalg.norm(vectors[i]) / np.linalg.norm(vectors[j]) for i, j in pairs
    }
    within = [cosine[i, j] for i, j in pairs if classes[i] == classes[j]]
    between = [cosine[i, j] for i, j in pairs if classes[i] != classes[j]]
    return float(np.mean(within) - np.mean(between))


def test_classes_at_right_angles_have_a_gap_of_one() -> None:
    assert class_gap(CROSS, ["a", "a", "b", "b"]) == pytest.approx(1)
    assert class_gap(CROSS, ["a", "b", "a", "b"]) == pytest.approx(-0.5)


def test_opposite_classes_have_a_gap_of_two() -> None:
    assert class_gap(np.array([[1.0], [2.0], [-1.0], [-3.0]]), ["a", "a", "b", "b"]) == pytest.approx(2)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=4, max_size=12), st.integers(0, 99))
def test_the_gap_is_the_one_counted_pair_by_pair(middle: list[str | None], seed: int) -> None:
    classes = ["a", "a", "b", *middle]
    vectors = np.random.default_rng(seed).normal(size=(len(classes), 5)).astype(np.float32)
    assert class_gap(vectors, classes) == pytest.approx(_gap_pair_by_pair(vectors, classes), abs=1e-5)


def test_the_gap_does_not_ask_how_long_the_vectors_are() -> None:
    vectors = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    classes = list("aabbccabc")
    stretched = vectors * np.arange(1, 10, dtype=np.float32)[:, None]
    assert class_gap(stretched, classes) == pytest.approx(class_gap(vectors, classes), abs=1e-5)


def test_purity_is_the_share_of_like_neighbours() -> None:
    assert neighbour_purity(CROSS, ["a", "a", "b", "b"], k=1) == 1
    assert neighbour_purity(CROSS, ["a", "a", "b", "b"], k=3) == pytest.approx(1 / 3)
    assert neighbour_purity(CROSS, ["a", "b", "a", "b"], k=1) == 0


def test_purity_by_class_averages_to_the_whole_and_names_every_class() -> None:
    vectors = np.random.default_rng(1).normal(size=(30, 4)).astype(np.float32)
    classes = ["x"] * 10 + ["y"] * 15 + [None] * 5
    parts = purity_by_class(vectors, classes, k=4)
    assert list(parts) == ["x", "y"]
    assert (10 * parts["x"] + 15 * parts["y"]) / 25 == pytest.approx(neighbour_purity(vectors, classes, k=4))


def test_rows_without_a_class_are_no_neighbours() -> None:
    between = np.insert(CROSS, 0, CROSS[0], axis=0)
    assert neighbour_purity(between, [None, "a", "a", "b", "b"], k=1) == 1


def test_purity_is_the_same_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(2).normal(size=(50, 4)).astype(np.float32)
    classes = list("abcde") * 10
    whole = neighbour_purity(vectors, classes, k=6)
    monkeypatch.setattr(measures, "_BLOCK", 7)
    assert neighbour_purity(vectors, classes, k=6) == pytest.approx(whole)


def test_random_vectors_have_the_purity_of_chance_and_no_gap() -> None:
    vectors = np.random.default_rng(3).normal(size=(600, 40)).astype(np.float32)
    classes = list("abc") * 200
    assert neighbour_purity(vectors, classes) == pytest.approx(1 / 3, abs=0.03)
    assert class_gap(vectors, classes) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    ("vectors", "classes", "said"),
    [
        (CROSS, ["a", "b"], "2 classes for 4 vectors"),
        (CROSS, [None] * 4, "None of these words has a class"),
        (CROSS, ["a"] * 4, "two words of one class and a word of another"),
        (CROSS, ["a", "b", "c", "d"], "two words of one class and a word of another"),
        (CROSS * [[1], [1], [0], [1]], ["a", "a", "b", "b"], "Row 3 is a zero vector"),
    ],
)
def test_what_has_no_gap_is_refused(vectors: np.ndarray, classes: list[str | None], said: str) -> None:
    with pytest.raises(DataError, match=said):
        class_gap(vectors, classes)


def test_purity_needs_company() -> None:
    with pytest.raises(DataError, match="at least two words"):
        neighbour_purity(CROSS, ["a", None, None, None])
    with pytest.raises(ParameterError, match="k must be"):
        neighbour_purity(CROSS, ["a", "a", "b", "b"], k=0)
