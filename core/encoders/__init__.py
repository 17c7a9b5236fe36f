"""Ready vectors for any words or phrases, without training.

A new encoder is one new file in this room: a class registered under its name, whose objects turn
a batch of labels into rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.embedding import Embedding
from core.encoders._base import ENCODERS, Encoder
from core.errors import N_, DataError, MissingPart
from core.notes import Note
from core.params import build
from core.progress import OnStep, Step, never_stop

__all__ = ["BATCH", "ENCODERS", "LONGEST_LABEL", "MOST_LABELS", "Encoder", "EncoderFacts", "encode", "encoders"]

MOST_LABELS = 50_000
LONGEST_LABEL = 1_000  # characters
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
BATCH = 64  # labels between two reports of progress; part of the result's last digits, so a constant


@dataclass(frozen=True, slots=True)
class EncoderFacts:
    """What a page lists: `title` and `about` are English source strings; `install` mends `available` = False."""

    name: str
    title: str
    dim: int
    available: bool
    about: str
    install: str


def encoders() -> list[EncoderFacts]:
    """Every encoder there is, those that cannot run here included."""
    return [
        EncoderFacts(item.name, item.title, item.run.dim, item.run.available(), item.about, item.run.install)
        for item in ENCODERS
    ]


def encode(
    labels: Iterable[str],
    encoder: str = "use-multilingual",
    *,
    on_progress: OnStep = never_stop,
    **params: object,
) -> Embedding:
    """An Embedding of the labels, trimmed, the repeated ones once, in their order.

    `on_progress` is told after every batch (unit "word"); where it answers True, what is encoded by
    then is returned. Raises DataError (no labels, an empty one, too many, too long, not text),
    ParameterError (unknown encoder or setting), MissingPart (its package is not installed).
    """
    variant = ENCODERS.get(encoder)
    settings = build(variant.params, params)
    asked = _checked(labels)
    if not variant.run.available():
        raise MissingPart(variant.title, variant.run.install)
    unique = list(dict.fromkeys(asked))
    model = variant.run(settings)
    rows = []
    for start in range(0, len(unique), BATCH):
        rows.append(model.encode(unique[start : start + BATCH]))
        done = min(start + BATCH, len(unique))
        if on_progress(Step(done=done, total=len(unique), unit="word")):
            break
    vectors = np.concatenate(rows)
    embedding = Embedding(unique[: len(vectors)], vectors)
    embedding.notes += _notes(len(asked), len(unique), len(vectors))
    return embedding


def _checked(labels: Iterable[str]) -> list[str]:
    asked = []
    for row, label in enumerate(labels, start=1):
        if not isinstance(label, str):
            raise DataError(N_("Label {row} is {value}, not text; turn labels into text first."), row=row, value=repr(label)[:80])  # fmt: skip
        word = label.strip()
        if not word:
            raise DataError(N_("Label {row} is empty; remove it or write a word there."), row=row)
        if len(word) > LONGEST_LABEL:
            raise DataError(
                N_("Label {row} has {length} characters; an encoder takes at most {limit}. Shorten it."),
                row=row, length=len(word), limit=LONGEST_LABEL,
            )  # fmt: skip
        if _LONE_SURROGATE.search(word):
            raise DataError(N_("Label {row} holds half of a character; paste it again or remove it."), row=row)
        asked.append(word)
    if not asked:
        raise DataError(N_("There is nothing to encode: the list of words is empty."))
    if len(asked) > MOST_LABELS:
        raise DataError(N_("There are {count} labels; at most {limit} are encoded at once. Take a part of them."), count=len(asked), limit=MOST_LABELS)  # fmt: skip
    return asked


def _notes(asked: int, unique: int, encoded: int) -> list[Note]:
    notes = []
    if asked > unique:
        notes.append(Note(N_("Repeated labels, taken once: {count}."), {"count": asked - unique}))
    if encoded < unique:
        notes.append(Note(N_("Stopped early: {encoded} of {count} labels have vectors."), {"encoded": encoded, "count": unique}))  # fmt: skip
    return notes
