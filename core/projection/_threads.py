"""One thread or all: whichever is quicker just now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

_TRY_AGAIN = 50  # stretches
_TRIAL = 2  # iterations of a stretch that tries


class Quicker:
    """Cuts a run into stretches of iterations, each with one thread or with all that numba may use.

    Threads meet at a barrier several times an iteration. On a busy machine a barrier waits for whatever else runs on the
    other core, and all threads can be ten times slower than one. So every now and then three short stretches try both.
    Their lengths do not depend on the clock, and results must not, and here do not, depend on the number of threads.
    """

    def __init__(self) -> None:
        import numba

        self._numba, self._all = numba, numba.get_num_threads()
        self._trials = (self._all, 1, self._all)  # the first of a run may load kernels, so it is tried again
        self._seconds = dict.fromkeys(self._trials, 0.0)  # per iteration, when last used
        self._turn = -1

    def stretch(self, longest: int) -> int:
        """Begin the next stretch: how many iterations it should have."""
        self._turn = (self._turn + 1) % _TRY_AGAIN
        return min(longest, _TRIAL) if self._turn < len(self._trials) else longest

    @contextmanager
    def threads(self, iterations: int) -> Iterator[None]:
        """Around the work of the stretch."""
        trying = self._turn < len(self._trials)
        number = self._trials[self._turn] if trying else min(self._seconds, key=lambda tried: self._seconds[tried])
        self._numba.set_num_threads(number)
        began = perf_counter()
        try:
            yield
        finally:
            self._seconds[number] = (perf_counter() - began) / iterations
            self._numba.set_num_threads(self._all)
