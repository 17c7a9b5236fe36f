"""Pasted word lists, vocabularies and nearest spellings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError, ParameterError
from core.text import MAX_LABELS, OUT, labelled_words, number_words, spellings, vocabulary, word_list


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("cat\ndog\nNew York\n\ncat\n", ["cat", "dog", "New York"]),
        ("cat dog mouse.", ["cat", "dog", "mouse"]),
        ("New York, Rome; Paris", ["New York", "Rome", "Paris"]),
        ("猫、狗；马，牛\t羊|猪", ["猫", "狗", "马", "牛", "羊", "猪"]),
        ("- cat\n* dog\n• cow\n1. hen\n(2) pig", ["cat", "dog", "cow", "hen", "pig"]),
        ('"cat", “dog”, 「牛」', ["cat", "dog", "牛"]),
        ("cat, dog\nhorse, cow\npig, hen", ["cat", "dog", "horse", "cow", "pig", "hen"]),
        ("\ufeffcafe\u0301\u200b , C++ , 3.14", ["café", "C++", "3.14"]),
        ("<b>bold</b>\n=1+1", ["<b>bold</b>", "=1+1"]),
    ],
)
def test_a_list_is_read_however_it_was_typed(text: str, labels: list[str]) -> None:
    assert word_list(text) == labels
    assert labelled_words(text) == (labels, None)


@pytest.mark.parametrize(
    "text",
    [
        "cat\tanimal\ndog\tanimal\nrose\tplant\nlily\tplant",
        "cat,animal\ndog, animal\nrose,plant\nlily,plant",
        "cat > animal\ndog > animal\nrose > plant\nlily > plant",
        "word,class\ncat,animal\ndog,animal\nrose,plant\nlily,plant",
        "animal: cat, dog\nplant: rose lily",
        "animal：cat、dog\n\nplant：rose，lily",
    ],
)
def test_classes_are_read_from_columns_and_from_groups(text: str) -> None:
    assert labelled_words(text) == (["cat", "dog", "rose", "lily"], ["animal", "animal", "plant", "plant"])


def test_two_words_a_line_are_no_classes_when_nothing_repeats() -> None:
    text = "science,科学\nphysics,物理\nart,艺术\nmusic,音乐"
    assert labelled_words(text)[1] is None
    assert len(labelled_words(text)[0]) == 8


def test_a_word_with_two_classes_keeps_the_first() -> None:
    assert labelled_words("a: x, y\nb: y, z") == (["x", "y", "z"], ["a", "a", "b"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no word in this list"),
        (" , ;\n\n\t", "no word in this list"),
        ("cat\n" + "long " * 30, "Line 2 has a label of 149 characters; a label may have at most 80"),
        ("\n".join(map(str, range(MAX_LABELS + 1))), "50001 labels; at most 50000"),
    ],
    ids=["empty", "separators", "running text", "too many"],
)
def test_an_unusable_list_gets_a_sentence_with_the_rule(text: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        labelled_words(text)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=120))
def test_labels_are_distinct_and_clean_whatever_was_pasted(text: str) -> None:
    try:
        labels, classes = labelled_words(text)
    except DataError:
        return
    assert len(set(labels)) == len(labels)
    assert all(label and label == label.strip() and "\n" not in label for label in labels)
    assert classes is None or len(classes) == len(labels)


SENTENCES = [["b", "a", "c"], ["a", "b"], [], ["d", "a", "c"]]


def test_words_are_ordered_by_count_then_alphabet() -> None:
    found = vocabulary(SENTENCES)
    assert found.words == ["a", "b", "c", "d"]
    assert found.counts.tolist() == [3, 2, 2, 1]
    assert found.index["c"] == 2
    assert ("d" in found, "x" in found, len(found)) == (True, False, 4)


def test_a_rare_word_stays_in_place_as_out() -> None:
    """Dropping it would make neighbours of words that never stood side by side."""
    flat = vocabulary(SENTENCES, min_count=2).ids(SENTENCES)
    assert flat.ids.tolist() == [1, 0, 2, 0, 1, OUT, 0, 2]
    assert flat.ids.dtype == np.int32
    assert flat.offsets.tolist() == [0, 3, 5, 5, 8]


def test_of_too_many_words_the_frequent_ones_stay() -> None:
    assert vocabulary(SENTENCES, max_size=2).words == ["a", "b"]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(st.sampled_from(["cat", "dog", "科学", "猫", "x", "y"]), max_size=8), max_size=8),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(1, 4)),
)
def test_one_pass_gives_what_two_give(sentences: list[list[str]], min_count: int, max_size: int | None) -> None:
    two = vocabulary(sentences, min_count, max_size)
    one, flat = number_words(iter(sentences), min_count, max_size)
    assert one.words == two.words
    np.testing.assert_array_equal(one.counts, two.counts)
    np.testing.assert_array_equal(flat.ids, two.ids(sentences).ids)
    np.testing.assert_array_equal(flat.offsets, two.ids(sentences).offsets)


def test_counts_below_one_are_refused() -> None:
    with pytest.raises(ParameterError, match="min_count must be a whole number of at least 1; got 0"):
        vocabulary(SENTENCES, min_count=0)
    with pytest.raises(ParameterError, match="max_size"):
        vocabulary(SENTENCES, max_size=0)


@pytest.mark.parametrize(
    ("word", "best"),
    [("sciense", "science"), ("Technolgy", "technology"), ("pirnce", "prince"), ("QUEEN", "queen"), ("女玉", "女王"), ("科枝", "科学")],
)  # fmt: skip
def test_the_nearest_spelling_comes_first(word: str, best: str) -> None:
    labels = ["science", "technology", "prince", "princess", "price", "queen", "女王", "国王", "科学", "科技", "king"]
    assert spellings(word, labels)[0] == best


def test_a_word_like_nothing_gets_nothing() -> None:
    assert spellings("zzzz", ["science", "queen"]) == []
    assert spellings("猫", ["狗", "cat"]) == []
    assert spellings("", ["a"]) == []
    assert spellings("queen", []) == []
    assert spellings("x" * 1000, ["x" * 999]) == []


def test_capitals_make_no_distance() -> None:
    assert spellings("paris", ["parks", "PARIS"]) == ["PARIS", "parks"]


def _distance(a: str, b: str) -> int:
    """Optimal string alignment, written out plainly."""
    table = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@settings(deadline=None, max_examples=60)
@given(
    st.text("abc", min_size=3, max_size=8), st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=12)
)
def test_the_answers_are_the_nearest_by_edit_distance(word: str, labels: list[str]) -> None:
    reach = max(len(word) // 3, min(len(word) // 2, 2))
    near = sorted(_distance(word, label) for label in labels if _distance(word, label) <= reach)
    assert [_distance(word, label) for label in spellings(word, labels, n=20)] == near


@pytest.mark.parametrize("label", ["well-known", "alert(1)", "**bold**", "-ing", "a1)", "jack-o'-lantern", "3.5 mm"])
def test_signs_inside_a_label_are_no_bullets(label: str) -> None:
    assert word_list(f"cat\n{label}\ndog") == ["cat", label, "dog"]


@pytest.mark.parametrize("bullet", ["- ", "* ", "• ", "1. ", "2) ", "(3) ", "4、", "– "])
def test_bullets_and_numbers_at_the_start_of_a_line_fall_away(bullet: str) -> None:
    assert word_list(f"{bullet}cat\n{bullet}well-known") == ["cat", "well-known"]


def test_one_line_is_a_list_whatever_signs_are_in_it() -> None:
    assert labelled_words("a -> b, cat, dog") == (["a -> b", "cat", "dog"], None)
