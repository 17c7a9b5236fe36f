"""The measures of recommended lists, by their definitions; None where not defined; doubling the readers changes nothing."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataError, ParameterError
from core.recommend import between_readers, coverage, gini, head_of, intra_list_diversity, novelty, overlap, tail_share

LISTS = [[0, 1], [0, 2], [0, 1]]
COUNTS = [8, 4, 2, 2, 0]


def test_coverage_is_the_share_of_the_catalogue_that_was_shown() -> None:
    assert coverage(LISTS, 5) == 3 / 5
    assert coverage([], 5) == 0
    assert coverage([], 0) is None


def test_novelty_is_the_mean_of_minus_log2_of_the_share_of_all_interactions() -> None:
    """count / N: 8/16, 4/16, 2/16 are 1, 2 and 3 bits."""
    assert novelty(LISTS, COUNTS) == pytest.approx((1 + 2 + 1 + 3 + 1 + 2) / 6)
    assert novelty([["a"]], {"a": 1, "b": 3}) == 2


def test_an_item_never_chosen_makes_novelty_unbounded_and_not_zero() -> None:
    assert novelty([[4]], COUNTS) == math.inf
    assert novelty([["new"]], {"a": 1}) == math.inf


def test_novelty_without_lists_or_counts_is_not_defined() -> None:
    assert novelty([], COUNTS) is None
    assert novelty(LISTS, [0] * 5) is None


def test_diversity_within_a_list_is_the_mean_pairwise_one_minus_cosine() -> None:
    right, up, left = [1.0, 0.0], [0.0, 2.0], [-1.0, 0.0]
    assert intra_list_diversity([[right, up, left]]) == pytest.approx((1 + 2 + 1) / 3)
    assert intra_list_diversity([[right, up], [right, right]]) == pytest.approx(0.5)


def test_a_list_of_one_has_no_diversity() -> None:
    assert intra_list_diversity([[[1.0, 0.0]]]) is None
    assert intra_list_diversity([]) is None
    assert intra_list_diversity([[[1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]]]) == pytest.approx(1)


def test_a_zero_vector_has_no_cosine() -> None:
    with pytest.raises(DataError, match="Row 2"):
        intra_list_diversity([[[1.0, 0.0], [0.0, 0.0]]])


@given(st.integers(2, 8), st.integers(1, 5), st.integers(0, 20))
def test_diversity_within_agrees_with_all_pairs(rows: int, dim: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(rows, dim)) + 0.01
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    pairs = [1 - units[a] @ units[b] for a, b in combinations(range(rows), 2)]
    assert intra_list_diversity([vectors]) == pytest.approx(np.mean(pairs), abs=1e-9)


def test_gini_counts_the_items_that_were_never_shown() -> None:
    assert gini([1, 1, 1, 1]) == pytest.approx(0)
    assert gini([4, 0, 0, 0]) == pytest.approx(0.75)
    assert gini({"a": 1, "b": 3}) == pytest.approx(0.25)
    assert gini([0, 0]) is None
    assert gini([]) is None


def test_the_head_is_the_smallest_set_with_four_fifths_of_all_interactions() -> None:
    """8 + 4 = 12 of 16 is 75 %, so a third is needed; of equals the first."""
    assert head_of(COUNTS) == [0, 1, 2]
    assert head_of([80, 20]) == [0]
    assert head_of({"a": 1, "b": 9}) == ["b"]
    with pytest.raises(ParameterError):
        head_of(COUNTS, 0)


def test_tail_share_is_the_share_of_places_outside_the_head() -> None:
    assert tail_share([[0, 3], [4, 3]], COUNTS) == 3 / 4
    assert tail_share([], COUNTS) is None
    assert tail_share(LISTS, [0] * 5) is None


def test_overlap_is_what_both_lists_have_over_what_either_has() -> None:
    assert overlap([[0, 1], []], [[1, 2], []]) == pytest.approx(1 / 3)
    assert overlap([[]], [[]]) is None
    with pytest.raises(DataError):
        overlap([[1]], [])


def test_readers_with_one_direction_do_not_differ_and_opposite_ones_differ_most() -> None:
    same = [[[1.0, 0.0]], [[3.0, 0.0]]]
    assert between_readers(same) == pytest.approx(0)
    assert between_readers([[[1.0, 0.0]], [[-1.0, 0.0]]]) == pytest.approx(1)
    assert between_readers([[], []]) is None


@given(st.integers(1, 6), st.integers(0, 30))
def test_duplicating_every_reader_changes_no_measure(readers: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = 12
    vectors = rng.normal(size=(size, 3))
    lists = [rng.choice(size, rng.integers(0, 5), replace=False).tolist() for _ in range(readers)]
    others = [rng.choice(size, rng.integers(0, 5), replace=False).tolist() for _ in range(readers)]
    counts = rng.integers(0, 9, size)
    shown = np.bincount(np.array([row for rows in lists for row in rows], int), minlength=size)

    def measured(times: int) -> list[float | None]:
        many, more = lists * times, others * times
        rows = [vectors[one] for one in many]
        return [
            coverage(many, size), novelty(many, counts * times), intra_list_diversity(rows), between_readers(rows),
            gini(shown * times), tail_share(many, counts * times), overlap(many, more),
        ]  # fmt: skip

    for one, two in zip(measured(1), measured(2), strict=True):
        assert (one is None) == (two is None)
        assert one is None or two == pytest.approx(one)
