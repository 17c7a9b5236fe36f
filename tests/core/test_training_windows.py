"""Windows: cut within sentences, kept apart, broken at one word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError
from core.training._encode import Corpus, encode, split
from core.training.five_gram import FiveGramLearner, FiveGramParams
from core.training.objective import Plan
from core.training.windows import Breaker, cut, slot_groups
from tests.core.training_texts import small_text

WORDS = st.sampled_from("abcdefgh")
TEXTS = st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=12).filter(
    lambda text: len({word for sentence in text for word in sentence}) > 1
)


def _all(corpus: Corpus) -> np.ndarray:
    return np.arange(len(corpus.offsets) - 1)


def _texts(corpus: Corpus, starts: np.ndarray, size: int) -> list[tuple[str, ...]]:
    return [tuple(corpus.labels[row] for row in corpus.tokens[start : start + size]) for start in starts]


@settings(deadline=None, max_examples=60)
@given(TEXTS, st.integers(2, 9))
def test_a_sentence_of_t_words_makes_t_less_window_plus_one_windows_and_none_crosses_its_end(text, window) -> None:
    corpus = encode(text)
    found = _texts(corpus, cut(corpus, _all(corpus), window), window)
    assert found == [tuple(s[i : i + window]) for s in text for i in range(max(0, len(s) - window + 1))]


def test_a_window_with_a_word_too_rare_for_the_vocabulary_is_left_out() -> None:
    corpus = encode([list("abcab"), list("aXbca"), list("bcabc")], min_count=2)
    assert corpus.tokens.tolist().count(-1) == 1
    assert _texts(corpus, cut(corpus, _all(corpus), 3), 3) == [
        ("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b"), ("b", "c", "a"), ("b", "c", "a"), ("c", "a", "b"), ("a", "b", "c"),
    ]  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 60), st.floats(0.01, 0.9), st.integers(0, 5))
def test_every_sentence_is_on_one_side_of_the_split_and_neither_side_is_empty(count, share, seed) -> None:
    sentences = np.arange(count) * 3
    training, held = split(sentences, share, np.random.default_rng(seed))
    assert sorted([*training, *held]) == sentences.tolist()
    assert len(training) > 0
    assert len(held) == min(max(1, round(share * count)), count - 1)


def test_a_held_out_share_of_zero_keeps_everything_for_training() -> None:
    training, held = split(np.arange(5), 0.0, np.random.default_rng(0))
    assert (training.tolist(), held.tolist()) == ([0, 1, 2, 3, 4], [])


def test_no_held_out_window_is_trained_on_even_where_the_text_repeats_itself() -> None:
    text = small_text(400) + [["every", "day", "the", "same", "five", "words"]] * 100
    corpus = encode(text)
    learner = FiveGramLearner(Plan(corpus, 4, 1, 0), FiveGramParams(held_out=0.3))
    trained = set(_texts(corpus, learner._starts, 5))
    checked = {tuple(corpus.labels[row] for row in window) for window in learner._held_out[0]}
    assert len(checked) > 10
    assert not trained & checked


def test_a_text_that_only_repeats_itself_has_nothing_to_check_on() -> None:
    corpus = encode([["the", "same", "five", "words", "again"]] * 50)
    with pytest.raises(DataError, match="also occurs in the rest"):
        FiveGramLearner(Plan(corpus, 4, 1, 0), FiveGramParams())


def _broken(
    text: list[list[str]], slot: str, window: int = 5, **options
) -> tuple[Breaker, Corpus, tuple[np.ndarray, ...]]:
    corpus = encode(text)
    starts = cut(corpus, _all(corpus), window)
    breaker = Breaker.make(corpus, len(starts), window, options.get("power", 0.75), options.get("redraw", False), 0)
    breaker.learn(starts)
    slots = np.repeat(np.arange(window, dtype=np.int32), np.diff(slot_groups(len(starts), window, slot)))
    windows, swaps = breaker.break_windows(starts, slots)
    broken = windows.copy()
    broken[np.arange(len(slots)), slots] = swaps
    return breaker, corpus, (corpus.tokens[starts[:, None] + np.arange(window)], windows, broken, slots)


@pytest.mark.parametrize("slot", ["any", "middle", "last"])
def test_a_broken_window_differs_from_its_twin_in_exactly_the_word_at_its_slot(slot: str) -> None:
    _, _, (true, windows, broken, slots) = _broken(small_text(300), slot)
    assert (windows == true).all()
    differs = windows != broken
    assert (differs.sum(axis=1) == 1).all()
    assert (differs.argmax(axis=1) == slots).all()


@pytest.mark.parametrize(("slot", "expected"), [("middle", [0, 0, 0, 13, 13, 13]), ("last", [0, 0, 0, 0, 0, 13])])
def test_one_slot_takes_all_the_breaks_when_it_is_chosen(slot: str, expected: list[int]) -> None:
    assert slot_groups(13, 5, slot).tolist() == expected


def test_any_slot_deals_the_breaks_out_evenly_and_the_odd_ones_in_turn() -> None:
    sizes = np.array([np.diff(slot_groups(13, 5, "any", turn)) for turn in range(5)])
    assert set(sizes.ravel()) == {2, 3}
    assert (sizes.sum(axis=1) == 13).all()
    assert (sizes.sum(axis=0) == 13).all()


def test_attested_twins_are_counted_as_a_search_through_the_text_counts_them() -> None:
    breaker, _, (true, _, broken, _) = _broken(small_text(300), "any", window=3)
    known = set(map(tuple, true))
    assert breaker.attested == sum(tuple(window) in known for window in broken) > 0
    assert breaker.drawn == len(broken)


def test_redrawing_leaves_no_attested_twin_where_there_is_another() -> None:
    breaker, _, (true, _, broken, _) = _broken(small_text(300), "any", window=3, redraw=True)
    assert not set(map(tuple, true)) & set(map(tuple, broken))
    assert breaker.attested == 0


def test_redrawing_gives_up_where_every_twin_is_attested() -> None:
    every_pair = [[a, b] for a in "abc" for b in "abc"]
    breaker, _, (_, windows, broken, _) = _broken(every_pair, "any", window=2, redraw=True)
    assert breaker.attested == 9
    assert ((windows != broken).sum(axis=1) == 1).all()


def test_windows_are_known_by_their_words_and_their_order() -> None:
    corpus = encode([list("abcde"), list("abced"), list("abcde"), list("edcba")])
    breaker = Breaker.make(corpus, 4, 5, 0.75, False, 0)
    starts = corpus.offsets[:-1]
    breaker.learn(starts[:1])
    assert breaker.knows(starts).tolist() == [True, False, True, False]


def test_the_same_seed_breaks_the_same_windows_the_same_way() -> None:
    first, second = (_broken(small_text(50), "any")[2][2] for _ in range(2))
    assert (first == second).all()
