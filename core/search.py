"""Rows by what is written on them: `cat`, `cat*`, `/^c.t$/`.

Patterns are those of RE2, whose time grows with the length of the text and never with the cleverness of the pattern,
so that no line can hold up a server (Cox 2010; arrow.apache.org, compute functions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.arrays import IntArray
from core.errors import N_, DataError

LONGEST = 200  # characters of a line
Kind = Literal["word", "prefix", "pattern"]


@dataclass(frozen=True, slots=True)
class Found:
    """What the line was read as, and the rows it names, in their order."""

    kind: Kind
    rows: IntArray


def kind_of(line: str) -> Kind:
    """How a line is read: between slashes a pattern, with a star at its end a prefix, else one whole label."""
    line = line.strip()
    if len(line) > 1 and line.startswith("/") and line.endswith("/"):
        return "pattern"
    return "prefix" if len(line) > 1 and line.endswith("*") else "word"


def search(labels: Sequence[str], line: str) -> Found:
    """The rows of the labels (n,) that the line names; case is not minded. Raises DataError for a line that is too long
    and for a pattern that cannot be read or would need too much memory."""
    import pyarrow as pa
    import pyarrow.compute as pc

    line = line.strip()
    if len(line) > LONGEST:
        raise DataError(N_("The line has {length} characters; at most {most} are searched for."), length=len(line), most=LONGEST)  # fmt: skip
    kind = kind_of(line)
    try:
        texts = pa.array(labels, pa.string())
    except UnicodeEncodeError:  # half of a surrogate pair
        texts = pa.array([label.encode("utf-8", "replace").decode() for label in labels], pa.string())
    line = line.encode("utf-8", "replace").decode()
    try:
        if kind == "pattern":
            hits = pc.match_substring_regex(texts, line[1:-1], ignore_case=True)
        elif kind == "prefix":
            hits = pc.starts_with(texts, line[:-1], ignore_case=True)
        else:
            hits = pc.equal(pc.utf8_lower(texts), pc.utf8_lower(pa.scalar(line)))
    except pa.ArrowInvalid as error:
        raise DataError(
            N_("The pattern {pattern} cannot be read: {reason}. Close every bracket, and put a backslash before a sign that is meant as itself."),
            pattern=line, reason=str(error).partition("\n")[0][:120],
        ) from error  # fmt: skip
    return Found(kind, np.flatnonzero(hits.to_numpy(zero_copy_only=False)))
