"""Texts that cannot be learned from: one sentence each, with the mend."""

from __future__ import annotations

import pytest

from core.errors import DataError
from core.training import OBJECTIVES, train

REFUSED = [
    ("five-gram", [], {}, "no words to learn from"),
    ("five-gram", [[], []], {}, "no words to learn from"),
    ("five-gram", ["a text"], {}, "Sentence 1 is text, not a list of words"),
    ("five-gram", [["ja", "a"], "nein"], {}, "Sentence 2 is text"),
    ("five-gram", [["echo"] * 1000], {}, "only one distinct word, echo"),
    ("skip-gram", [["echo"] * 1000], {}, "only one distinct word, echo"),
    ("five-gram", [["three", "small", "words"]], {}, "5 words side by side .* the longest has 3 words"),
    ("five-gram", [["a", "b", "c", "d"]] * 9, {"window": 9}, "9 words side by side"),
    ("five-gram", [["a", "b", "c", "d", "e"]], {}, "Only one sentence is long enough"),
    ("five-gram", [["a", "b", "c", "d", "e"]] * 9, {}, "also occurs in the rest of the text"),
    ("five-gram", [["a", "b", "c", "d", "e"]], {"min_count": 2}, "Fewer than two words occur at least 2 times"),
    ("five-gram", [["a", "x", "b", "y", "a"], ["a", "z", "b", "w", "b"]], {"min_count": 2}, "side by side"),
    ("skip-gram", [["a"], ["b"]], {}, "No sentence has two words"),
    ("skip-gram", [["a", "b"]], {}, "Only one sentence is long enough"),
]


@pytest.mark.parametrize(("objective", "text", "settings", "said"), REFUSED)
def test_a_text_that_cannot_be_learned_from_is_refused_with_the_mend(objective, text, settings, said) -> None:
    with pytest.raises(DataError, match=said):
        train(text, objective, epochs=1, **settings)


@pytest.mark.parametrize("objective", OBJECTIVES.names())
def test_the_least_text_that_can_be_learned_from_is_learned_from(objective: str) -> None:
    embedding = train([["a", "b", "c", "d", "e"]], objective, dim=2, epochs=3, held_out=0.0)
    assert len(embedding) == 5
    assert embedding.history.frames[-1].coordinates.shape == (5, 2)


@pytest.mark.parametrize("objective", OBJECTIVES.names())
def test_two_words_make_a_picture(objective: str) -> None:
    embedding = train([["a", "b", "a", "b", "b"], ["b", "a", "a", "b", "a"]], objective, dim=3, epochs=2)
    assert embedding.history.frames[-1].coordinates.shape == (2, 2)


@pytest.mark.parametrize("objective", OBJECTIVES.names())
def test_a_text_without_full_stops_is_one_long_sentence(objective: str) -> None:
    words = [f"w{i % 97}" for i in range(30_000)]
    assert len(train([words], objective, dim=4, epochs=1, held_out=0.0)) == 97


@pytest.mark.parametrize("objective", OBJECTIVES.names())
def test_empty_sentences_and_odd_words_do_no_harm(objective: str) -> None:
    text = [[], ["科学", "科技", "a b", "<b>", "科学"], [], ["<b>", "a b", "科技", "科学", ""]]
    assert set(train(text, objective, dim=2, epochs=1).labels) == {"科学", "科技", "a b", "<b>", ""}
