"""One computation as the server sees it, and each visitor's watch over it.

Everything here is plain state; the runner's lock guards it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Literal
from uuid import uuid4

import numpy as np

from core.arrays import FloatArray
from core.errors import CoreError
from core.jobs.worker import Order, Outcome
from core.progress import Nearby

State = Literal["waiting", "running", "done", "failed", "cancelled", "stopped"]
RECENT_SECONDS = 5.0  # over which a pace is measured
FIRST, LAST = 0, 1  # ranks in the queue: people's work before warm-up

_LOG = logging.getLogger("core.jobs")


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a run. `seq` counts from 0, `at` is seconds since the work began, `figures` are
    the numbers of that moment, `coordinates` the picture, (n, components) float32 read-only, or
    None; `labels` name its rows, and come once, where only the work could know them. `watched` are the
    nearest words of each word that is followed, as (word, cosine). `rate` is units a second of late,
    None at the first event of a unit."""

    seq: int
    done: int
    total: int
    unit: str
    at: float
    figures: dict[str, float]
    rate: float | None = None
    labels: tuple[str, ...] | None = None
    watched: dict[str, Nearby] = field(default_factory=dict)
    coordinates: FloatArray | None = None

    @property
    def remaining(self) -> float | None:
        """Seconds left in this unit at its present pace; None before a hundredth is done, when that would be a guess."""
        return (self.total - self.done) / self.rate if self.rate and 100 * self.done >= self.total else None


@dataclass(eq=False, slots=True)
class Watch:
    """One handle's side of a run: whether it left, and what it took along."""

    token: str = field(default_factory=lambda: uuid4().hex)
    state: State | None = None  # None: whatever the run's state is
    stopping: bool = False
    wished: bool = False  # a snapshot was asked for
    paused: bool = False
    seen: int | None = None  # events there were when the run went on without a paused watch; `frame` the last picture
    frame: Event | None = None
    result: Any = None


@dataclass(eq=False, slots=True)
class Run:
    """One computation, however many handles watch it.

    `history` keeps the figures of every event; a picture is kept for the latest frame only.
    """

    key: str
    order: Order
    rank: int = FIRST
    number: int = 0
    pinned: str | None = None  # the worker it was meant for (warm-up)
    state: State = "waiting"
    address: str | None = None  # the worker it runs on
    future: Any = None
    result: Any = None
    error: CoreError | None = None
    size: int = 0
    history: list[Event] = field(default_factory=list)
    frame: Event | None = None
    watches: list[Watch] = field(default_factory=list)
    parked: bool = False  # it waits in its worker and has no place there
    snapshots: bool = False  # where it is parked a snapshot can be made
    turns: int = 0  # how often it was told to wait or go on; odd: to wait

    @property
    def id(self) -> str:
        return self.order.run

    def __lt__(self, other: Run) -> bool:
        return (self.rank, self.number) < (other.rank, other.number)

    @property
    def over(self) -> bool:
        return self.state not in ("waiting", "running")

    @property
    def wanted(self) -> bool:
        """Whether anybody still waits for a result of it, whole or as it stands."""
        return any(watch.state is None for watch in self.watches)

    @property
    def staying(self) -> bool:
        """Whether anybody wants it to go on."""
        return any(watch.state is None and not watch.stopping for watch in self.watches)

    @property
    def held(self) -> bool:
        """Whether all who want it to go on want it to wait for now."""
        return self.staying and all(
            watch.paused for watch in self.watches if watch.state is None and not watch.stopping
        )

    @property
    def ready(self) -> bool:
        """Whether there is something to do for a worker: not for one that waits, nor for one that a snapshot is enough of."""
        return not self.held and (not self.parked or self.staying or not self.snapshots)

    def add(self, message: dict[str, Any]) -> None:
        """Take in one step as the worker told it."""
        done, at, unit = message["done"], message["at"], message["unit"]
        labels, shape = message["labels"], message["shape"]
        event = Event(
            seq=len(self.history), done=done, total=message["total"], unit=unit, at=at, figures=message["figures"],
            rate=self._rate(unit, done, at), labels=None if labels is None else tuple(labels),
            watched={word: tuple((near, score) for near, score in found) for word, found in message["watched"].items()},
        )  # fmt: skip
        self.history.append(event)
        if shape is not None:
            picture = np.frombuffer(message["data"], dtype=np.float32).reshape(shape)
            self.frame = replace(event, coordinates=picture)

    def _rate(self, unit: str, done: int, at: float) -> float | None:
        """Units a second over the last seconds of this unit: reading, compiling and training go at paces of their own."""
        first = None
        for event in reversed(self.history):
            if event.unit != unit or (first is not None and at - event.at > RECENT_SECONDS):
                break
            first = event
        return None if first is None or at <= first.at else (done - first.done) / (at - first.at)

    def events(self, after: int = -1) -> list[Event]:
        """The events behind that number; the one of the latest frame brings its picture."""
        found = list(islice(self.history, after + 1, None))
        frame = self.frame
        if frame is not None and frame.seq > after:
            found[frame.seq - after - 1] = frame
        return found

    def finish(self, outcome: Outcome) -> None:
        """Write down how it ended; what broke it goes to the server's log, not to the page."""
        self.state = outcome.state
        self.result, self.error, self.size = outcome.result, outcome.error, outcome.size
        if self.frame is not None and self.frame.coordinates is not None:
            self.size += self.frame.coordinates.nbytes
        self.future, self.watches = None, []
        self.order = replace(self.order, args=(), settings={})  # they may be large
        if outcome.details:
            _LOG.error("%s failed in a worker\n%s", self.order.task, outcome.details)
