"""A seeded grammar: word lists and sentence patterns -> text whose true classes are known.

A grammar file has settings (`seed = 20`), word lists, classes and topics:

    farm: cow, sheep, goat            a list; earlier words are drawn more often (Zipf-like)
    animal = farm + pet               lists joined; every word keeps its frequency
    king: king/queen                  one role in two genders; a sentence has one gender
    nation(country capital):          a table, one row a line: "  France | Paris"
    class animal = animal             the class of the words of these lists
    [farm animals 4]                  a topic and its share; its patterns follow, one a line
    The {king} wore {his} crown.      {list} draws a word, each at most once a sentence
    {nation.capital} [is|was] big.    {table.column}: all cells of one row; nation2 is another row
    {~king}                           the other gender; [a|b] chooses, [|a] may stay empty
"""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

_LIST = re.compile(r"(\w+): (.+)")
_UNION = re.compile(r"(\w+) = (.+)")
_CLASS = re.compile(r"class (\w+) = (.+)")
_TABLE = re.compile(r"(\w+)\(([\w ]+)\):")
_TOPIC = re.compile(r"\[([\w ]+) (\d+)\]")
_CHOICE = re.compile(r"\[([^\]]*)\]")
_SLOT = re.compile(r"\{(~?)([a-z_]+)(\d?)(?:\.(\w+))?\}")
_BEFORE_VOWEL = re.compile(r"\b([Aa]) (?=[aeiouAEIOU])")


@dataclass(slots=True)
class Grammar:
    """`lists`: name -> (entries, their weights); `tables`: name -> rows by column; `classes`: class -> names of lists;
    `topics`: name -> (share, patterns)."""

    seed: int = 0
    sentences: int = 0
    lists: dict[str, tuple[list[str], list[float]]] = field(default_factory=dict)
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    classes: dict[str, list[str]] = field(default_factory=dict)
    topics: dict[str, tuple[int, list[str]]] = field(default_factory=dict)


def read_grammar(source: str) -> Grammar:
    """A grammar file as a Grammar. These files come with the program: a mistake in one is a ValueError."""
    grammar = Grammar()
    rows: list[dict[str, str]] = []
    columns: list[str] = []
    patterns: list[str] | None = None
    for line in source.splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if found := _TOPIC.fullmatch(text):
            patterns = []
            grammar.topics[found[1]] = int(found[2]), patterns
        elif patterns is not None:
            patterns.append(text)
        elif line.startswith("  "):
            rows.append(dict(zip(columns, (cell.strip() for cell in text.split("|")), strict=True)))
        elif found := _TABLE.fullmatch(text):
            rows, columns = [], found[2].split()
            grammar.tables[found[1]] = rows
        else:
            _define(grammar, text)
    return grammar


def _define(grammar: Grammar, text: str) -> None:
    if found := _CLASS.fullmatch(text):
        grammar.classes[found[1]] = [name.strip() for name in found[2].split("+")]
    elif found := _LIST.fullmatch(text):
        entries = [entry.strip() for entry in found[2].split(",")]
        grammar.lists[found[1]] = entries, _zipf(len(entries))
    elif found := _UNION.fullmatch(text):
        if found[2].isdigit():
            setattr(grammar, found[1], int(found[2]))
            return
        parts = [grammar.lists[name.strip()] for name in found[2].split("+")]
        grammar.lists[found[1]] = [e for entries, _ in parts for e in entries], [w for _, ws in parts for w in ws]
    else:
        raise ValueError(f"not a line of a grammar: {text}")


def _zipf(count: int, power: float = 0.7) -> list[float]:
    return [1 / (rank + 3) ** power for rank in range(count)]


def word_classes(grammar: Grammar) -> dict[str, str]:
    """word -> class, words as written in the lists."""
    classes: dict[str, str] = {}
    for name, sources in grammar.classes.items():
        for source in sources:
            table, _, column = source.partition(".")
            words = [row[column] for row in grammar.tables[table]] if column else grammar.lists[source][0]
            classes.update((word, name) for entry in words for word in entry.split("/"))
    return classes


def word_pairs(grammar: Grammar) -> dict[str, list[tuple[str, str]]]:
    """relation -> pairs of words that stand in it: a country and its capital, its language; a man's role and a woman's."""
    nations = grammar.tables["nation"]
    pairs = {column: [(row["country"], row[column]) for row in nations] for column in ("capital", "language")}
    sources = {source for names in grammar.classes.values() for source in names if "." not in source}
    entries = dict.fromkeys(entry for name in sorted(sources) for entry in grammar.lists[name][0] if "/" in entry)
    pairs["gender"] = [(first, second) for first, second in (entry.split("/") for entry in entries)]
    return pairs


def generate(grammar: Grammar) -> list[str]:
    """The sentences, the same ones every time: nothing but `Random.random` is asked, whose sequence Python guarantees."""
    rng = Random(grammar.seed)  # noqa: S311 - a text, not a secret
    writer = _Writer(grammar, rng)
    shares = list(accumulate(share for share, _ in grammar.topics.values()))
    patterns = [lines for _, lines in grammar.topics.values()]
    sentences = []
    for _ in range(grammar.sentences):
        lines = patterns[bisect(shares, rng.random() * shares[-1])]
        sentences.append(writer.sentence(lines[int(rng.random() * len(lines))]))
    return sentences


class _Writer:
    """Fills patterns. A sentence has one gender, one row a table name, and no word twice."""

    def __init__(self, grammar: Grammar, rng: Random) -> None:
        self._random = rng.random
        self._tables = grammar.tables
        self._row_weights = {name: list(accumulate(_zipf(len(rows), 0.4))) for name, rows in grammar.tables.items()}
        self._lists = {name: (words, list(accumulate(weights))) for name, (words, weights) in grammar.lists.items()}
        self._gender = 0
        self._used: set[int | str] = set()
        self._rows: dict[str, dict[str, str]] = {}

    def sentence(self, pattern: str) -> str:
        self._gender = int(self._random() * 2)
        self._used, self._rows = set(), {}
        text = _CHOICE.sub(self._choose, pattern) if "[" in pattern else pattern
        text = " ".join(_SLOT.sub(self._fill, text).split())
        text = _BEFORE_VOWEL.sub(r"\1n ", text)
        return text[0].upper() + text[1:]

    def _choose(self, found: re.Match[str]) -> str:
        options = found[1].split("|")
        return options[int(self._random() * len(options))]

    def _fill(self, found: re.Match[str]) -> str:
        other, name, number, column = found.groups()
        if column:
            return self._row(name, number)[column]
        entry = self._draw(*self._lists[name])
        if "/" not in entry:
            return entry
        return entry.split("/")[1 - self._gender if other else self._gender]

    def _row(self, name: str, number: str) -> dict[str, str]:
        if name + number not in self._rows:
            rows = self._tables[name]
            others = list(self._rows.values())
            row = rows[bisect(weights := self._row_weights[name], self._random() * weights[-1])]
            while row in others:
                row = rows[bisect(weights, self._random() * weights[-1])]
            self._rows[name + number] = row
        return self._rows[name + number]

    def _draw(self, words: list[str], weights: list[float]) -> str:
        while True:
            word = words[bisect(weights, self._random() * weights[-1])]
            if len(words) == 1:
                return word
            if word not in self._used:
                self._used.add(word)
                return word
