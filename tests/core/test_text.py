"""Sentences and words out of text of any script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ParameterError
from core.text import iter_sentences, sentences


def words(text: str, language: str = "auto") -> list[str]:
    found = sentences(text, language)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don’t say he's well-known!", ["don't", "say", "he's", "well-known"]),
        ("It cost 1,234.50 in 2026, or 3.14?", ["it", "cost", "1,234.50", "in", "2026", "or", "3.14"]),
        ("'quoted' -- dash_and_snake __init__", ["quoted", "dash_and_snake", "init"]),
        ("The U.S. at 5 p.m. today", ["the", "u.s", "at", "5", "p.m", "today"]),
        ("Zürich, caf\u0065\u0301 and İstanbul", ["zürich", "café", "and", "istanbul"]),
        ("ＡＢＣ１２３ full width", ["abc123", "full", "width"]),
        ("co\u00adoperate 🙂 → end", ["cooperate", "end"]),
    ],
)
def test_latin_words_are_lower_case_and_keep_what_is_inside(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Привет, мир", ["привет", "мир"]),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("한국어 문장입니다", ["한국어", "문장입니다"]),
        ("カタカナと世界", ["カタカナ", "と", "世界"]),
        ("Ελληνικά λόγια", ["ελληνικά", "λόγια"]),
    ],
)
def test_other_scripts_are_parted_by_their_letters(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_han_goes_to_the_dictionary_and_the_rest_of_the_same_sentence_does_not() -> None:
    assert words("我爱Python3，科学和science。") == ["我", "爱", "python3", "科学", "和", "science"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Smith met Mr. J. K. Brown. They talked.", 2),
        ('"Come here!" he said. "Now?" Yes.', 3),
        ("I saw e.g. Paris and i.e. Rome, at No. 5. Then home.", 2),
        ("What?! No... Yes.", 3),
        ("It waited... and waited.", 1),
        ("Version 3.14 is out. It is fine.", 2),
        ("今天很冷。明天呢？很好！“好吧。”他说。", 5),
        ("你好!我来了.再见", 3),
        ("यह पहला है। यह दूसरा है।", 2),
    ],
)
def test_sentences_end_at_their_marks_and_not_at_abbreviations(text: str, count: int) -> None:
    assert len(sentences(text)) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("the cat sat on the mat. the dog ran home! did it? yes", 4),
        ("i met dr. smith and mr. j. brown. they talked.", 2),
        ("it waited... and waited. so did i.", 2),
        ('"come here!" he said. then he left.', 2),
        ("кошка спит. собака бежит.", 2),
        ("An Editor writes it. so does the other.", 1),
    ],
)
def test_a_text_in_small_letters_throughout_has_sentences_too(text: str, count: int) -> None:
    assert len(sentences(text)) == count


WRAPPED = """\
It was early in the year when the old man first walked down to the harbour,
carrying a net that nobody had asked him to mend, and sat there until the
bells of the town rang for the evening. Nobody spoke to him, for everyone was
busy.

CHAPTER TWO
On the second day the wind had turned, and the boats that had gone out before
dawn came home empty; the old man was still there, and so was his well-
known net.
"""


def test_hard_wrapped_prose_is_not_cut_at_its_line_ends() -> None:
    found = sentences(WRAPPED)
    assert [one[0] for one in found] == ["it", "nobody", "chapter", "on"]
    assert found[1][-2:] == ["was", "busy"]
    assert "well-known" in found[3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_a_pasted_list_keeps_its_lines_whatever_ends_them(end: str) -> None:
    assert sentences(end.join(["apple", "new york", "cherry", "a longer line of a list"])) == [
        ["apple"], ["new", "york"], ["cherry"], ["a", "longer", "line", "of", "a", "list"],
    ]  # fmt: skip


def test_one_paragraph_a_line_ends_at_the_line() -> None:
    """Lines of all lengths were not filled up to one width."""
    lines = [
        "a short line without a stop",
        "another line which is a good deal longer than the first of them",
        "the end",
    ]
    assert len(sentences("\n".join(lines))) == 3


def test_lines_that_begin_like_sentences_are_not_joined() -> None:
    lines = ["Every line of this list was written by one person", "Every other line was written by somebody else here"]
    assert len(sentences("\n".join(lines * 3))) == 6


def test_a_line_end_in_chinese_ends_the_sentence() -> None:
    assert sentences("春天来了\n我们喜欢夏天") == [["春天", "来", "了"], ["我们", "喜欢", "夏天"]]


def test_hard_wrapped_chinese_is_joined_without_a_space_unless_chinese_was_asked_for() -> None:
    text = "我们今天去公园里散步，看见许多漂亮的花和高大的树木，小明说他想科\n学地研究它们，因为这里的空气特别新鲜，老师也同意他的意见，还说要\n再来一次。"
    assert len(sentences(text)) == 1
    assert "科学" in sentences(text)[0]
    assert len(sentences(text, "zh")) == 3


def test_list_marks_start_a_new_sentence_in_wrapped_text() -> None:
    text = WRAPPED + "\n" + "- first point\n- second point\n"
    assert sentences(text)[-2:] == [["first", "point"], ["second", "point"]]


def test_a_sentence_without_a_word_is_dropped() -> None:
    assert sentences("... !!! \n\n --- 。。") == []
    assert sentences("") == []


def test_a_language_nobody_knows_is_refused_before_any_work() -> None:
    with pytest.raises(ParameterError, match="one of: auto, en, zh; got fr"):
        iter_sentences("text", "fr")


def test_the_iterator_gives_the_same_sentences() -> None:
    assert list(iter_sentences(WRAPPED)) == sentences(WRAPPED)


def test_text_without_any_sentence_end_comes_in_bounded_sentences() -> None:
    """A corpus of one line must not become one list of a hundred million words."""
    found = sentences("word " * 50_000)
    assert sum(map(len, found)) == 50_000
    assert max(map(len, found)) <= 10_000
    han = sentences("科学" * 150_000)
    assert sum(len(word) for one in han for word in one) == 300_000


def test_a_word_is_one_object_however_often_it_stands() -> None:
    found = sentences("the cat and the dog. The end of the cat.")
    assert len({id(word) for one in found for word in one if word == "the"}) == 1


texts = st.text(alphabet=st.sampled_from("abcXYZ é'-_.,!?。！ \n\r\t科学技术猫かカ한д0123456789"), max_size=200)


@settings(deadline=None, max_examples=150)
@given(texts)
def test_no_letter_is_lost_and_no_word_is_empty(text: str) -> None:
    """Whatever the punctuation, the letters come out once each and in order."""
    letters: Callable[[str], str] = lambda s: "".join(c for c in s.lower() if c.isalnum())  # noqa: E731
    found = [word for one in sentences(text) for word in one]
    assert all(letters(word) for word in found)
    assert letters("".join(found)) == letters(text)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200), st.sampled_from(["auto", "en", "zh"]))
def test_any_text_at_all_gives_non_empty_sentences(text: str, language: str) -> None:
    assert all(one and all(one) for one in sentences(text, language))
