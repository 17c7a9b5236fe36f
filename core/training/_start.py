"""Going on from an embedding that is there: its words keep their vectors, new words join the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.arrays import FloatArray, IntArray
from core.training._encode import Corpus

if TYPE_CHECKING:
    from core.embedding import Embedding


@dataclass(slots=True)
class Start:
    """`rows` (n,) of the new table are the words of the old one, whose `vectors` (n, d) they keep; `arrays` is what
    else the old training left, by name, for the same objective. `adopted` turns True when a learner took that over."""

    rows: IntArray
    vectors: FloatArray
    arrays: dict[str, FloatArray] = field(default_factory=dict)
    adopted: bool = False

    def place(self, table: FloatArray) -> None:
        """Put the old vectors into their rows."""
        table[self.rows] = self.vectors

    def adopt(self, whole: dict[str, FloatArray], by_row: dict[str, FloatArray]) -> None:
        """Take over the old arrays, all or none: `whole` ones of the same shape, and those `by_row` (V, ...) at the old rows."""
        fits = all(name in self.arrays and self.arrays[name].shape == array.shape for name, array in whole.items())
        if fits and all(name in self.arrays for name in by_row):
            for name, array in whole.items():
                array[...] = self.arrays[name]
            for name, array in by_row.items():
                array[self.rows] = self.arrays[name]
            self.adopted = True


def merge(corpus: Corpus, embedding: Embedding, objective: str, min_count: int) -> tuple[Corpus, Start]:
    """The text with the old words in its vocabulary, and what to start from.

    Counts are added up, where the old training left its own. A new word needs `min_count` in the new text; an old one
    is never dropped, and counts at least 1.
    """
    history: Any = embedding.history
    old = {label: row for row, label in enumerate(embedding.labels)}
    counts = getattr(history, "counts", None)
    summed = np.zeros(len(old), np.int64) if counts is None else np.array(counts, np.int64)
    labels, where = list(embedding.labels), np.full(len(corpus.labels) + 1, -1, np.int64)
    joined: list[int] = []
    for row, (label, count) in enumerate(zip(corpus.labels, corpus.counts.tolist(), strict=True)):
        if label in old:
            where[row] = old[label]
            summed[old[label]] += count
        elif count >= min_count:
            where[row] = len(labels)
            labels.append(label)
            joined.append(count)
    all_counts = np.concatenate([np.maximum(summed, 1), np.array(joined, np.int64)])
    order = np.argsort(-all_counts, kind="stable")
    place = np.append(np.argsort(order), -1)  # old row -> new row, the commonest first; -1 stays
    merged = Corpus(
        [labels[row] for row in order], all_counts[order], place[where[corpus.tokens]].astype(np.int32), corpus.offsets
    )
    arrays = {**history.weights, **history.memory} if getattr(history, "objective", None) == objective else {}
    return merged, Start(place[: len(old)], embedding.vectors, arrays)
