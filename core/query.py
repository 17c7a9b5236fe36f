"""One line asks an embedding: `paris`, `cat dog`, `king - man + woman`, `"new york" + food`.

Words are joined by spaces, commas or plus signs and taken away by minus signs (full-width ones
and the typographic minus too). The labels of the embedding decide what a word is:

- the longest label that fits is taken, so labels may hold spaces, hyphens or signs;
- a minus with a space before it, or at the start of the line, is a sign;
- a minus inside a word is a sign only if the whole is no label and all its parts are
  (`king-man` is a difference, `well-known` a word, and a misspelt `well-knwon` one unknown word);
- a label in double quotes is taken as it stands;
- a word that is unknown as typed is tried in other cases and widths (`King`, `ｋｉｎｇ`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass

from core.embedding import Embedding, Neighbour
from core.errors import N_, DataError
from core.notes import Note
from core.params import require_whole

LONGEST_LINE = 1_000  # characters
MOST_TERMS = 100

_PLUS = "+＋"
_MINUS = "-－−–"
_GAP = re.compile(r"[\s,，、;；]+")
_RUN = re.compile(r"[^\s,，、;；+＋]+")  # what may be one word: hyphens are looked at later
_EDGE = re.compile(r"[\s,，、;；+＋\-－−–]|$")  # where a label may end (at a minus: see _difference_follows)
_HYPHENS = re.compile(f"[{_MINUS}]")
_QUOTES = {'"': '"', "“": "”", "„": "“", "「": "」", "『": "』"}


@dataclass(frozen=True, slots=True)
class Query:
    """What a line asks for. `read_as` lists (typed, label) where another case or width was meant."""

    positive: tuple[str, ...]
    negative: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`neighbours` leaves the query's own labels out; `unfiltered` keeps them. `ranks` gives for each
    neighbour its place, from 1, among the unfiltered: the honest rank."""

    neighbours: tuple[Neighbour, ...]
    unfiltered: tuple[Neighbour, ...]
    ranks: tuple[int, ...]
    query: Query
    notes: tuple[Note, ...] = ()


def ask(embedding: Embedding, line: str, k: int = 10, metric: str = "cosine") -> Answer:
    """Parse the line and answer it. Raises DataError (the line), UnknownLabel, ParameterError (k, metric)."""
    query = parse(line, embedding)
    k = require_whole("k", k, 1)
    inputs = {*query.positive, *query.negative}
    everything = embedding.analogy(
        query.positive, query.negative, k=k + len(inputs), metric=metric, exclude_inputs=False
    )
    placed = [(rank, item) for rank, item in enumerate(everything, start=1) if item.label not in inputs][:k]
    return Answer(
        neighbours=tuple(item for _, item in placed),
        unfiltered=tuple(everything[:k]),
        ranks=tuple(rank for rank, _ in placed),
        query=query,
        notes=tuple(_notes(query, everything, inputs)),
    )


def _notes(query: Query, everything: list[Neighbour], inputs: set[str]) -> list[Note]:
    notes = [Note(N_("Read {typed} as {label}."), {"typed": typed, "label": label}) for typed, label in query.read_as]
    is_sum = len(query.positive) + len(query.negative) > 1
    if is_sum and everything and everything[0].label in inputs:
        label = everything[0].label
        notes.append(Note(N_("Inputs are left out of the answer. With them, {label} itself would come first."), {"label": label}))  # fmt: skip
    return notes


def parse(line: str, labels: Container[str]) -> Query:
    """The terms of a line, by the rules above. An unknown word stays as typed. Raises DataError, never UnknownLabel."""
    text = line.strip()
    if len(text) > LONGEST_LINE:
        raise DataError(N_("The question is {length} characters long; at most {limit} are read."), length=len(text), limit=LONGEST_LINE)  # fmt: skip
    if not _GAP.sub("", text):
        raise DataError(N_("Type a word, several words, or a sum such as king - man + woman."))
    if text in labels:
        return Query((text,))
    return _Reader(text, labels).read()


class _Reader:
    """Walks the line once, from left to right."""

    def __init__(self, text: str, labels: Container[str]) -> None:
        self._text, self._labels = text, labels
        self._at = 0
        self._sign = ""  # the sign that waits for its word
        self._terms: list[tuple[bool, str]] = []
        self._read_as: list[tuple[str, str]] = []

    def read(self) -> Query:
        self._skip()
        while self._at < len(self._text):
            self._sign_or_word()
            self._skip()
        if self._sign:
            raise DataError(N_("There is nothing after the last {sign}; add a word there or take the sign away."), sign=self._sign)  # fmt: skip
        if len(self._terms) > MOST_TERMS:
            raise DataError(N_("The question has {count} words; at most {limit} are read."), count=len(self._terms), limit=MOST_TERMS)  # fmt: skip
        return Query(
            tuple(word for taken_away, word in self._terms if not taken_away),
            tuple(word for taken_away, word in self._terms if taken_away),
            tuple(dict.fromkeys(self._read_as)),
        )

    def _sign_or_word(self) -> None:
        here = self._text[self._at]
        label = self._longest_label() if self._sign or here not in _PLUS + _MINUS else None
        if label is not None:
            self._at += len(label)
            self._term(label, label)
        elif here in _PLUS + _MINUS:
            if self._sign:
                raise DataError(N_("Two signs stand side by side ({first} and {second}); put a word between them."), first=self._sign, second=here)  # fmt: skip
            self._sign = here
            self._at += 1
        elif here in _QUOTES:
            self._quoted(_QUOTES[here])
        else:
            self._run()

    def _longest_label(self) -> str | None:
        """The longest label that starts here and ends at an edge of words."""
        ends = [match.start() for match in _EDGE.finditer(self._text, self._at + 1)]
        for end in reversed(ends):
            if self._text[self._at : end] in self._labels and self._difference_follows(end):
                return self._text[self._at : end]
        return None

    def _difference_follows(self, end: int) -> bool:
        """False where a label would end inside a hyphened word whose other parts are not all known."""
        if self._text[end : end + 1] not in tuple(_MINUS):
            return True
        rest = _RUN.match(self._text, end)
        return rest is not None and all(self._known(part) for part in _HYPHENS.split(rest.group()) if part)

    def _quoted(self, closing: str) -> None:
        end = self._text.find(closing, self._at + 1)
        inside = self._text[self._at + 1 : end if end >= 0 else None]
        if end < 0:
            raise DataError(N_("The quotation mark before {text} is not closed."), text=inside[:40])
        if not inside.strip():
            raise DataError(N_("There is nothing between the quotation marks; write a label there."))
        self._at = end + 1
        self._term(inside, self._known(inside))

    def _run(self) -> None:
        """A run without gaps that is no label: one word in another case, a difference of known words, or unknown."""
        match = _RUN.match(self._text, self._at)
        run = match.group() if match else self._text[self._at]
        self._at += len(run)
        whole = self._known(run)
        parts = [] if whole else [part for part in _HYPHENS.split(run) if part]
        if not all(self._known(part) for part in parts) or not parts:
            self._term(run, whole)
            return
        for part in parts:
            self._term(part, self._known(part))
            self._sign = "-"
        self._sign = run[-1] if run[-1] in _MINUS else ""

    def _known(self, word: str) -> str | None:
        """The label meant by a word: as typed, or in another width or case."""
        folded = unicodedata.normalize("NFKC", word).strip()
        forms = (word, folded, folded.lower(), folded.capitalize(), folded.title(), folded.upper())
        return next((form for form in forms if form in self._labels), None)

    def _term(self, typed: str, label: str | None) -> None:
        if label is not None and label != typed:
            self._read_as.append((typed, label))
        self._terms.append((bool(self._sign) and self._sign in _MINUS, label or typed))
        self._sign = ""

    def _skip(self) -> None:
        gap = _GAP.match(self._text, self._at)
        if gap:
            self._at = gap.end()
