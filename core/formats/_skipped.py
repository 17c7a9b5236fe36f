"""Rows that cannot be read: an error, or, where the reader of the file wishes it, left out and named."""

from __future__ import annotations

from core.errors import N_, DataError
from core.notes import Note

_NAMED = 20


class Skipped:
    """Where `allowed`, `add` keeps what is wrong with a row instead of raising it."""

    def __init__(self, allowed: bool = False) -> None:
        self.allowed = allowed
        self.count = 0
        self.lines: set[object] = set()  # the numbers of lines that were left out
        self._first: list[DataError] = []

    def add(self, error: DataError) -> None:
        """Leave out the row that this says is wrong; raises it where rows may not be left out."""
        if not self.allowed:
            raise error
        self.count += 1
        self.lines.add(error.values.get("line"))
        if len(self._first) < _NAMED:
            self._first.append(error)

    def notes(self, kept: int) -> list[Note]:
        """What was left out, row by row. More left out than kept is no file with a few bad rows: raises the first error."""
        if not self.count:
            return []
        if self.count > kept:
            raise self._first[0]
        told = [Note(N_("Rows left out because they could not be read: {count} of {all}."), {"count": self.count, "all": self.count + kept}, lost=self.count)]  # fmt: skip
        told += [Note(error.template, error.values) for error in self._first]
        if self.count > len(self._first):
            told.append(Note(N_("And {count} more."), {"count": self.count - len(self._first)}))
        return told
