"""Losses, accuracy and AUC of scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.training._measuring import auc, hinge, logistic

SCORES = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30)


@settings(deadline=None, max_examples=80)
@given(SCORES, SCORES)
def test_auc_is_the_share_of_pairs_in_the_right_order_with_ties_counting_half(valid, broken) -> None:
    pairs = [(v > b) + 0.5 * (v == b) for v in valid for b in broken]
    assert auc(np.array(valid), np.array(broken)) == pytest.approx(np.mean(pairs))


def test_zero_scores_lose_a_bit_in_nats_and_are_right_half_of_the_time() -> None:
    zero = np.zeros(7, np.float32)
    measures = logistic(zero, zero)
    assert (measures.loss, measures.accuracy, measures.auc) == (pytest.approx(0.69314718), 0.5, 0.5)


def test_equal_scores_have_a_hinge_loss_of_one() -> None:
    scores = np.array([3.0, -2.0, 0.5], np.float32)
    assert hinge(scores, scores).loss == 1


def test_a_margin_of_one_costs_nothing() -> None:
    measures = hinge(np.array([2.0, 0.5], np.float32), np.array([1.0, -0.5], np.float32))
    assert (measures.loss, measures.accuracy) == (0, 1)


def test_with_more_negatives_the_fair_guess_is_lower_and_so_is_the_dividing_line() -> None:
    """The best constant score with k negatives is -log k: its loss is the entropy, its accuracy a half."""
    guess = np.full(10, -np.log(5.0))
    measures = logistic(guess, guess, negatives=5)
    assert measures.loss == pytest.approx(-(np.log(1 / 6) + 5 * np.log(5 / 6)) / 6)
    assert measures.accuracy == 0.5


def test_scores_far_out_have_a_finite_loss() -> None:
    far = np.array([1e6], np.float32)
    assert logistic(far, -far).loss == 0
    assert logistic(-far, far).loss == pytest.approx(1e6)


def test_nothing_held_out_is_not_measured() -> None:
    assert np.isnan(auc(np.empty(0), np.empty(0)))
