"""The runs that are not over: those in the queue, and those that Dask has."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import uuid4

from core.jobs import tasks
from core.jobs.run import FIRST, LAST, Run
from core.jobs.worker import Order


class Line:
    """Plain state, guarded by the runner's lock. A run goes from `add` over `next` to `remove`."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._sent: dict[str, Run] = {}
        self._joinable: dict[str, Run] = {}
        self._count = 0

    def __iter__(self) -> Iterator[Run]:
        """All of them, in the order in which they were asked for."""
        return iter(list(self._runs.values()))

    @property
    def sent(self) -> dict[str, Run]:
        """Those that Dask has, by id."""
        return self._sent

    @property
    def waiting(self) -> int:
        """How many of people's runs are in the queue; those that are paused are not."""
        return sum(run.rank == FIRST and run.ready and run.id not in self._sent for run in self._runs.values())

    @property
    def warming(self) -> bool:
        """Whether warm-up is not over."""
        return any(run.rank == LAST for run in self._runs.values())

    def add(
        self, key: str, task: str, args: tuple[object, ...], settings: dict[str, object], pinned: str | None = None
    ) -> Run:
        """A new run at the end of the queue: of the people's part or, pinned to a worker, of the warm-up behind it."""
        order = Order(uuid4().hex, task, tasks.find(task).__module__, args, settings)
        self._count += 1
        run = Run(key, order, FIRST if pinned is None else LAST, self._count, pinned)
        self._runs[run.id] = run
        if pinned is None:
            self._joinable[key] = run
        return run

    def joinable(self, key: str) -> Run | None:
        """The run of that key that a newcomer may watch too."""
        return self._joinable.get(key)

    def close_to_newcomers(self, run: Run) -> None:
        """It is about to end early: who asks for the same from now on gets a run of their own."""
        if self._joinable.get(run.key) is run:
            del self._joinable[run.key]

    def next(self, workers: Collection[str]) -> Run | None:
        """Take the first that can go out of the queue, as sent. Warm-up runs go one at a time, so that it
        never takes every worker; a parked run goes on in its own worker only, when that one is free."""
        warming = any(run.rank == LAST for run in self._sent.values())
        taken = {run.address for run in self._sent.values()}

        def can_go(run: Run) -> bool:
            if run.id in self._sent or not run.ready:
                return False
            if run.parked:  # None: a run on its way may come to lie on any worker
                return run.address in workers and not taken & {run.address, None}
            return run.rank == FIRST or not warming

        first = min(filter(can_go, self._runs.values()), default=None)
        if first is not None:
            self._sent[first.id] = first
        return first

    def park(self, run: Run) -> None:
        """It gave its place back; in the queue it stands where it stood."""
        self._sent.pop(run.id, None)

    def get(self, id: str) -> Run | None:
        return self._runs.get(id)

    def remove(self, run: Run) -> None:
        """It is over."""
        self._runs.pop(run.id, None)
        self._sent.pop(run.id, None)
        self.close_to_newcomers(run)

    def ahead(self, run: Run) -> int:
        """How many runs that have a place or were asked for earlier are not over; 0 for one that has a place or is paused."""
        if run.id in self._sent or not run.ready:
            return 0
        return sum(other.id in self._sent or (other < run and other.ready) for other in self._runs.values())
