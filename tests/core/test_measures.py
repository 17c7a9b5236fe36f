"""Class gap and neighbour purity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import measures
from core.embedding import Embedding
from core.errors import DataError, ParameterError
from core.measures import (
    Agreement,
    AnalogyScore,
    analogy_score,
    class_gap,
    neighbour_purity,
    purity_by_class,
    similarity_agreement,
)

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


# ---- what people say, and analogies

PLANE = Embedding(["a", "b", "c", "d", "e"], [[1, 0], [1, 0.1], [1, 1], [0, 1], [-1, 0.2]])


def test_agreement_is_spearmans_over_the_pairs_that_are_there() -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(0)
    embedding = Embedding([f"w{row}" for row in range(30)], rng.normal(size=(30, 4)))
    pairs = [
        (f"w{i}", f"W{j}", float(said))
        for i, j, said in zip(*rng.integers(0, 30, (2, 80)), rng.integers(0, 5, 80), strict=True)
    ]
    units = embedding.vectors / np.linalg.norm(embedding.vectors, axis=1, keepdims=True)
    cosines = [units[int(one[1:])] @ units[int(other[1:])] for one, other, _ in pairs]
    found = similarity_agreement(embedding, [*pairs, ("w1", "nowhere", 3.0)])
    assert found.rho == pytest.approx(stats.spearmanr(cosines, [said for *_, said in pairs])[0], abs=1e-6)
    assert (found.covered, found.total) == (80, 81)


def test_agreement_needs_three_pairs_that_differ() -> None:
    assert similarity_agreement(PLANE, [("a", "b", 1), ("a", "c", 2)]) == Agreement(None, 2, 2)
    assert similarity_agreement(PLANE, [("a", "b", 1), ("a", "c", 1), ("a", "d", 1)]) == Agreement(None, 3, 3)
    assert similarity_agreement(PLANE, []) == Agreement(None, 0, 0)
    assert similarity_agreement(PLANE, [("a", "b", 3), ("a", "c", 2), ("a", "e", 1)]).rho == pytest.approx(1)


def test_analogies_count_what_comes_first_without_the_inputs_and_with_them() -> None:
    grid = Embedding(
        ["man", "woman", "king", "queen", "stone"], [[5, 0, 1], [5, 1, 1], [5, 0, 6], [5, 1.2, 6.1], [-5, 1, 0]]
    )
    questions = [("man", "woman", "king", "queen"), ("king", "queen", "man", "woman"), ("man", "king", "woman", "dog")]
    assert analogy_score(grid, questions[:1]).right == 1
    found = analogy_score(grid, questions)
    assert (found.covered, found.total) == (2, 3)
    answers = [grid.analogy([b, c], [a], k=1)[0].label for a, b, c, _ in questions[:2]]
    assert found.right == sum(answer == d for answer, (*_, d) in zip(answers, questions, strict=False))
    # Without leaving any out, the nearest to "woman - man + stone" is stone itself.
    assert analogy_score(grid, [("man", "woman", "stone", "queen")]).right_unfiltered == 0
    assert analogy_score(grid, []) == AnalogyScore(0, 0, 0, 0)


def test_zero_vectors_are_near_nothing() -> None:
    embedding = Embedding(["a", "b", "c", "d"], [[1, 0], [0, 0], [1, 0.5], [0, 1]])
    assert analogy_score(embedding, [("a", "b", "c", "d")]).covered == 1
    assert similarity_agreement(embedding, [("a", "b", 1), ("a", "c", 3), ("a", "d", 2)]).rho is not None
