"""How many threads a compiled loop takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_FEW = 3_000  # rows


@contextmanager
def threads_for(rows: int) -> Iterator[None]:
    """One thread for few rows, all that numba may use for more.

    Loops over few rows last a fraction of a millisecond and meet at a barrier after each. On a busy machine a barrier waits
    for whatever else runs on the other core: thirty visitors' small pictures would take ten times as long, not twice.
    """
    import numba

    allowed = numba.get_num_threads()
    numba.set_num_threads(1 if rows <= _FEW else allowed)
    try:
        yield
    finally:
        numba.set_num_threads(allowed)
