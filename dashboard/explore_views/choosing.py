"""The rows chosen in Explore and the way back; the link holds them, so that a reload and another browser find them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.embedding import Embedding

LINK = "ex_rows"
_HELD = "es_ex_chosen"  # (embedding, stack of chosen rows)
_LETTERS = 2_000  # of a link; about 1,500 rows that lie near each other in the table
_STEPS_BACK = 20


def stack(embedding: Embedding) -> list[list[int]]:
    """What was chosen of that embedding one after another, the last counts."""
    owner, held = st.session_state.get(_HELD, ("", []))
    if owner != embedding.fingerprint:
        held = []
        st.session_state[_HELD] = embedding.fingerprint, held
    kept: list[list[int]] = held
    return kept


def choose(embedding: Embedding, rows: Sequence[int]) -> None:
    """These rows stay in colour, all others turn grey; the choice before is one Undo away."""
    held = stack(embedding)
    kept = sorted({int(row) for row in rows if 0 <= row < len(embedding)})
    if kept and (not held or held[-1] != kept):
        put(embedding, kept)


def put(embedding: Embedding, rows: list[int]) -> None:
    held = stack(embedding)
    held.append(rows)
    del held[:-_STEPS_BACK]


def undo(embedding: Embedding) -> None:
    held = stack(embedding)
    if held:
        held.pop()


def chosen(embedding: Embedding) -> list[int]:
    held = stack(embedding)
    return held[-1] if held else []


def mask(embedding: Embedding) -> NDArray[np.bool_] | None:
    """(n,) which rows are chosen; None when nothing is."""
    import numpy as np

    rows = chosen(embedding)
    if not rows:
        return None
    out = np.zeros(len(embedding), bool)
    out[rows] = True
    return out


def from_link(embedding: Embedding) -> bool:
    """At the first look of a visit: choose what the link says. Whether it said something."""
    if _HELD in st.session_state:
        return False
    table, _dot, rows = st.query_params.get(LINK, "").partition(".")
    if table == _mark(embedding):
        choose(embedding, unpacked(rows))
    return bool(chosen(embedding))


def keep_link(embedding: Embedding) -> bool:
    """Let the link say what is chosen. Whether it can: very many rows do not fit."""
    said = packed(chosen(embedding))
    if said:
        st.query_params[LINK] = f"{_mark(embedding)}.{said}"
    elif LINK in st.query_params:
        del st.query_params[LINK]
    return bool(said) or not chosen(embedding)


def _mark(embedding: Embedding) -> str:
    """Of which table the rows are: those of another one would be rows chosen by chance."""
    return embedding.fingerprint[:6]


def packed(rows: Sequence[int]) -> str:
    """Ascending rows as text for a link; "" where it would be too long.

    The gaps between them, seven bits to a byte, the lowest first; the eighth says that more follow.
    """
    if len(rows) > _LETTERS:
        return ""
    out, before = bytearray(), -1
    for row in rows:
        gap, before = row - before - 1, row
        while gap > 127:
            out.append(gap & 127 | 128)
            gap >>= 7
        out.append(gap)
    said = base64.urlsafe_b64encode(out).decode().rstrip("=")
    return said if len(said) <= _LETTERS else ""


def unpacked(said: str) -> list[int]:
    """The rows that `packed` wrote; none where it is anything else."""
    said = said[:_LETTERS]
    try:
        data = base64.b64decode(said + "=" * (-len(said) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return []
    rows, row, gap, shift = [], -1, 0, 0
    for byte in data:
        gap |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            row += gap + 1
            rows.append(row)
            gap, shift = 0, 0
    return rows
