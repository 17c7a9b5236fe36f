"""Passages of a text for a task about order: running words, some sentences kept back to measure on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from core.arrays import IntArray
from core.errors import N_, DataError

HELD_OUT = 0.1
MOST = 200_000  # words read; a longer text is cut there
STOP = 0  # the token between two sentences


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """Tokens are numbers, STOP between sentences. `trained` and `held` are running text; `vocabulary` counts the words and STOP;
    `words` were read, and `cut` says whether there were more."""

    trained: IntArray
    held: IntArray
    vocabulary: int
    words: int
    cut: bool

    def draw(self, length: int, count: int, rng: np.random.Generator, *, held: bool = False) -> IntArray:
        """(count, length) passages that begin anywhere; they may overlap."""
        text = self.held if held else self.trained
        starts = rng.integers(0, len(text) - length + 1, count)
        return text[starts[:, None] + np.arange(length)]


def passages(sentences: Iterable[Sequence[str]], longest: int) -> Passages:
    """Number the words and keep a tenth of the sentences back, drawn with a seed of its own.

    Raises DataError where either part is shorter than the `longest` passage.
    """
    numbered: list[list[int]] = []
    numbers: dict[str, int] = {}
    words, cut, stream = 0, False, iter(sentences)
    for sentence in stream:
        if words >= MOST:
            cut = True
            break
        kept = list(islice(sentence, MOST))
        numbered.append([numbers.setdefault(word, len(numbers) + 1) for word in kept] + [STOP])
        words += len(kept)
    order = np.random.default_rng(0).permutation(len(numbered))
    parts = order[: round(HELD_OUT * len(order))], order[round(HELD_OUT * len(order)) :]
    held, trained = (np.array([token for at in part for token in numbered[at]], dtype=np.int64) for part in parts)
    if min(len(held), len(trained)) < longest:
        raise DataError(
            N_("This text has {words} words, of which a tenth is kept back to measure on; for passages of up to {longest} words it needs about {need} words. Bring a longer text, or choose fewer positions."),
            words=words, longest=longest, need=round(1.1 * longest / HELD_OUT),
        )  # fmt: skip
    return Passages(trained, held, len(numbers) + 1, words, cut)
