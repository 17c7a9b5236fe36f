"""A few words whose neighbours are followed while a training runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from core.arrays import FloatArray
from core.errors import N_, ParameterError
from core.notes import Note
from core.progress import Nearby

MOST = 5  # words
NEAR = 5  # neighbours of each


class Watched:
    """The words to follow, as far as the table has them; `notes` name those it has not, with the nearest spellings.

    A word that the table has in small letters only is followed under that label. Raises
    ParameterError for a single string, and for more than five words.
    """

    def __init__(self, labels: Sequence[str], words: Iterable[str]) -> None:
        asked = [] if isinstance(words, str) else list(dict.fromkeys(words))
        if isinstance(words, str) or len(asked) > MOST:
            raise ParameterError("watch", words, N_("a list of at most {most} words"), most=MOST)
        self._labels = labels
        self.notes: list[Note] = []
        self._rows: dict[str, int] = {}
        index = {label: row for row, label in enumerate(labels)} if asked else {}
        for word in asked:
            label = word if word in index else word.casefold()
            if label in index:
                self._rows[label] = index[label]
            else:
                self.notes.append(_unknown(word, labels))

    def look(self, vectors: FloatArray) -> dict[str, Nearby]:
        """The nearest words of each in cosine, nearest first, itself left out, with `vectors` (V, d) as they are."""
        if not self._rows:
            return {}
        rows = list(self._rows.values())
        lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
        with np.errstate(divide="ignore", invalid="ignore"):
            cosines = vectors @ (vectors[rows] / lengths[rows, None]).T / lengths[:, None]
        cosines = np.where(np.isfinite(cosines), cosines, -np.inf)  # a zero vector has no cosine
        cosines[rows, np.arange(len(rows))] = -np.inf
        most = min(NEAR, len(vectors) - 1)
        found = {}
        for column, word in enumerate(self._rows):
            first = np.argpartition(-cosines[:, column], most - 1)[:most]
            order = first[np.argsort(-cosines[first, column], kind="stable")]
            found[word] = tuple((self._labels[row], float(cosines[row, column])) for row in order)
        return found


def _unknown(word: str, labels: Sequence[str]) -> Note:
    from core.text.spelling import spellings

    near = spellings(word, labels)
    if near:
        return Note(
            N_("{word} is not in this text, so it cannot be watched. Nearest spellings: {suggestions}."),
            {"word": word[:80], "suggestions": ", ".join(near)},
        )
    return Note(N_("{word} is not in this text, so it cannot be watched."), {"word": word[:80]})
