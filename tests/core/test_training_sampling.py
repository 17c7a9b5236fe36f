"""Sampling: the formulas of word2vec, and what word frequency alone gives away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.training._encode import encode
from core.training._random import alias_table, draw_word, start_state
from core.training.five_gram import FiveGramLearner, FiveGramParams
from core.training.objective import Plan
from core.training.sampling import keep_chances, sampling_weights
from core.training.skip_gram import SkipGramLearner, SkipGramParams
from core.training.windows import Breaker, cut
from tests.core.training_texts import zipf_text


def test_negatives_are_drawn_in_proportion_to_count_to_the_three_quarters() -> None:
    assert sampling_weights(np.array([16, 1, 1, 1, 1]), 0.75) == pytest.approx([2 / 3, 1 / 12, 1 / 12, 1 / 12, 1 / 12])


@pytest.mark.parametrize(("power", "expected"), [(0.0, [1 / 3, 1 / 3, 1 / 3]), (1.0, [0.7, 0.2, 0.1])])
def test_power_zero_is_uniform_and_one_the_text_itself(power: float, expected: list[float]) -> None:
    assert sampling_weights(np.array([7, 2, 1]), power) == pytest.approx(expected)


def test_subsampling_keeps_as_word2vec_does() -> None:
    assert keep_chances(np.array([1]), 1e-3) == pytest.approx([0.03262278], abs=1e-7)
    assert keep_chances(np.array([999_999, 1]), 1e-3)[1] == 1
    assert keep_chances(np.array([5, 1]), 0).tolist() == [1, 1]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=40))
def test_the_alias_table_holds_exactly_the_chances_it_was_made_from(weights: list[float]) -> None:
    chances = np.array(weights) / np.sum(weights)
    share, other = alias_table(chances)
    held = share.astype(float)
    np.add.at(held, other, 1 - share.astype(float))
    assert held / len(chances) == pytest.approx(chances, abs=1e-6)


def test_words_are_drawn_as_often_as_they_should_be() -> None:
    chances = np.array([2 / 3, 1 / 12, 1 / 12, 1 / 12, 1 / 12])
    share, other = alias_table(chances)
    state = start_state(0)
    drawn = np.bincount([draw_word(share, other, state) for _ in range(20_000)], minlength=5)
    expected = chances * 20_000
    assert (np.square(drawn - expected) / expected).sum() < 18.47  # chi-square, 4 degrees of freedom, p = .001


def test_swapping_ends_even_where_one_word_is_nearly_the_whole_text() -> None:
    corpus = encode([["a"] * 50_000, ["b", "c"]])
    breaker = Breaker.make(corpus, 50_000, 2, 1.0, False, 0)
    starts = cut(corpus, np.array([0]), 2)
    _, swaps = breaker.break_windows(starts, np.zeros(len(starts), np.int32))
    assert set(swaps.tolist()) == {1, 2}


def _frequency_auc(**settings: object) -> float:
    corpus = encode(zipf_text(40_000, 1_000))
    learner = FiveGramLearner(Plan(corpus, 2, 1, 0), FiveGramParams(held_out=0.4, **settings))
    return learner.frequency_auc


def test_word_frequency_gives_broken_windows_away_and_less_so_the_nearer_the_sampler_is_to_the_text() -> None:
    """About .70, .56 and .50 on Zipf data, by the facts; the exact values depend on the vocabulary."""
    uniform, between, unigram = (
        _frequency_auc(sampler="uniform"), _frequency_auc(power=0.75), _frequency_auc(power=1.0),
    )  # fmt: skip
    assert 0.64 < uniform < 0.74
    assert 0.53 < between < 0.60
    assert unigram == pytest.approx(0.5, abs=0.025)


def test_skip_gram_states_the_same_shortcut() -> None:
    corpus = encode(zipf_text(20_000, 500))
    learner = SkipGramLearner(Plan(corpus, 2, 1, 0), SkipGramParams(power=0.0))
    assert learner.frequency_auc > 0.75
