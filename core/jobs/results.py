"""Finished runs, kept for the next who asks for the same."""

from __future__ import annotations

from collections import OrderedDict

from core.jobs.run import Run


class Results:
    """The latest finished runs by key, at most `count` of them and `size` bytes together."""

    def __init__(self, size: int, count: int) -> None:
        self._size, self._count = size, count
        self._runs: OrderedDict[str, Run] = OrderedDict()

    def get(self, key: str) -> Run | None:
        run = self._runs.get(key)
        if run is not None:
            self._runs.move_to_end(key)
        return run

    def keep(self, run: Run) -> None:
        """Keep it, and let go of those that were asked for longest ago; one that is larger than all the room is not kept."""
        if run.size > self._size:
            return
        self._runs[run.key] = run
        self._runs.move_to_end(run.key)
        while len(self._runs) > self._count or sum(kept.size for kept in self._runs.values()) > self._size:
            self._runs.popitem(last=False)
