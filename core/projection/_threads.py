"""One thread or all: whichever is quicker just now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

_TRY_AGAIN = 25  # stretches of work


class Quicker:
    """Runs stretches of equal work with one thread or with all that numba may use, after trying both now and again.

    Threads meet at a barrier several times an iteration. On a busy machine a barrier waits for whatever else runs on the
    other core, and all threads can be ten times slower than one. Results must not, and here do not, depend on the number.
    """

    def __init__(self) -> None:
        import numba

        self._numba, self._all = numba, numba.get_num_threads()
        self._seconds = {1: 0.0, self._all: 0.0}
        self._turn = 0

    @contextmanager
    def threads(self) -> Iterator[None]:
        """Around one stretch of work."""
        turn, self._turn = self._turn % _TRY_AGAIN, self._turn + 1
        number = (self._all, 1)[turn] if turn < 2 else min(self._seconds, key=lambda tried: self._seconds[tried])
        self._numba.set_num_threads(number)
        began = perf_counter()
        try:
            yield
        finally:
            self._seconds[number] = perf_counter() - began
            self._numba.set_num_threads(self._all)
