"""The question line: what it reads, what it refuses, and the honest rank of what it answers."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.embedding import Embedding
from core.errors import DataError, ParameterError, UnknownLabel
from core.query import Query, ask, parse

LABELS = [
    "king", "man", "woman", "queen", "cat", "dog", "paris", "Berlin", "new", "new york", "food", "well", "well-known",
    "c++", "-ing", "国王", "男人", "女人", "女王", "rock, paper", "don't",
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "positive", "negative"),
    [
        ("paris", ["paris"], []),
        ("  paris  ", ["paris"], []),
        ("cat dog", ["cat", "dog"], []),
        ("cat, dog", ["cat", "dog"], []),
        ("cat，dog、man；woman;king", ["cat", "dog", "man", "woman", "king"], []),
        ("king - man + woman", ["king", "woman"], ["man"]),
        ("king-man+woman", ["king", "woman"], ["man"]),
        ("king -man +woman", ["king", "woman"], ["man"]),
        ("king- man", ["king"], ["man"]),
        ("king － man ＋ woman", ["king", "woman"], ["man"]),
        ("king − man", ["king"], ["man"]),
        ("king – man", ["king"], ["man"]),
        ("- man", [], ["man"]),
        ("国王 - 男人 + 女人", ["国王", "女人"], ["男人"]),
        ("国王－男人＋女人", ["国王", "女人"], ["男人"]),
        ("国王　－　男人", ["国王"], ["男人"]),
        ('"new york" + food', ["new york", "food"], []),
        ("“new york” + food", ["new york", "food"], []),
        ("「国王」-「男人」", ["国王"], ["男人"]),
        ("new york + food", ["new york", "food"], []),
        ("food - new york", ["food"], ["new york"]),
        ("new york-man", ["new york"], ["man"]),
        ("new food", ["new", "food"], []),
        ("well-known", ["well-known"], []),
        ("well-known - man", ["well-known"], ["man"]),
        ("man - well-known + cat", ["man", "cat"], ["well-known"]),
        ("c++ + cat", ["c++", "cat"], []),
        ("-ing", ["-ing"], []),
        ("cat - -ing", ["cat"], ["-ing"]),
        ('"-ing" + cat', ["-ing", "cat"], []),
        ("rock, paper", ["rock, paper"], []),
        ("rock, paper - cat", ["rock, paper"], ["cat"]),
        ("don't + cat", ["don't", "cat"], []),
        ("king king", ["king", "king"], []),
    ],
)
def test_a_line_reads_as_its_terms(line: str, positive: list[str], negative: list[str]) -> None:
    query = parse(line, LABELS)
    assert (list(query.positive), list(query.negative)) == (positive, negative)


@pytest.mark.parametrize("line", ["well-knwon", "well - well-knwon", "king-mann + cat"])
def test_a_misspelt_hyphened_word_stays_one_unknown_word(line: str) -> None:
    """Otherwise `well-knwon` would silently become `well` less something."""
    query = parse(line, LABELS)
    assert any("-" in word for word in [*query.positive, *query.negative])


def test_another_case_or_width_is_read_and_told() -> None:
    query = parse("King - berlin + ＣＡＴ", LABELS)
    assert query == Query(("king", "cat"), ("Berlin",), (("King", "king"), ("berlin", "Berlin"), ("ＣＡＴ", "cat")))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "Type a word"),
        ("   ", "Type a word"),
        (" , ", "Type a word"),
        ("king -", "nothing after the last -"),
        ("king - man +", "nothing after the last +"),
        ("king-", "nothing after the last -"),
        ("＋", "nothing after the last ＋"),
        ("king + - man", "Two signs"),
        ('"new york', "not closed"),
        ('"" + king', "between the quotation marks"),
        ("x" * 3000, "3000 characters"),
        ("king " * 200, "200 words"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: str, says: str) -> None:
    with pytest.raises(DataError, match=says.replace("+", r"\+")):
        parse(line, LABELS)


@given(st.text(alphabet='king man-+－"“”, 国', max_size=40))
@settings(deadline=None, max_examples=300)
def test_any_line_gives_a_query_or_a_sentence(line: str) -> None:
    with contextlib.suppress(DataError):  # anything else escapes and fails
        query = parse(line, LABELS)
        assert query.positive or query.negative


@given(st.lists(st.tuples(st.sampled_from("+-"), st.sampled_from(LABELS)), min_size=1, max_size=6))
@settings(deadline=None, max_examples=200)
def test_quoted_terms_come_back_as_written(terms: list[tuple[str, str]]) -> None:
    query = parse(" ".join(f'{sign} "{label}"' for sign, label in terms), LABELS)
    assert list(query.positive) == [label for sign, label in terms if sign == "+"]
    assert list(query.negative) == [label for sign, label in terms if sign == "-"]


@pytest.fixture(scope="module")
def embedding() -> Embedding:
    rng = np.random.default_rng(4)
    return Embedding(LABELS, rng.normal(size=(len(LABELS), 6)))


def test_an_answer_leaves_the_inputs_out_and_gives_the_rank_with_them_in(embedding: Embedding) -> None:
    answer = ask(embedding, "king - man + woman", k=5)
    assert list(answer.neighbours) == embedding.analogy(["king", "woman"], ["man"], k=5)
    assert list(answer.unfiltered) == embedding.analogy(["king", "woman"], ["man"], k=5, exclude_inputs=False)
    everything = embedding.analogy(["king", "woman"], ["man"], k=len(embedding), exclude_inputs=False)
    assert [everything[rank - 1] for rank in answer.ranks] == list(answer.neighbours)


def test_an_answer_notes_that_an_input_would_have_come_first() -> None:
    close = Embedding(["a", "b", "c"], [[1, 0], [0.9, 0.1], [0, 1]])
    assert "With them, a itself" in str(ask(close, "a a b").notes[-1])
    assert ask(close, "a").notes == ()


def test_a_case_that_was_changed_is_noted(embedding: Embedding) -> None:
    assert str(ask(embedding, "KING").notes[0]) == "Read KING as king."


def test_k_larger_than_the_embedding_gives_all_there_is(embedding: Embedding) -> None:
    answer = ask(embedding, "cat dog", k=1000)
    assert len(answer.neighbours) == len(answer.ranks) == len(embedding) - 2


def test_an_unknown_word_and_a_bad_k_are_refused(embedding: Embedding) -> None:
    with pytest.raises(UnknownLabel):
        ask(embedding, "king - unheard")
    with pytest.raises(ParameterError):
        ask(embedding, "king", k=0)
    with pytest.raises(ParameterError):
        ask(embedding, "king", metric="manhattan")
