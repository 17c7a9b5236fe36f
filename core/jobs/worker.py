"""What happens inside a worker: one order is carried out, steps are told, flags are heard.

Steps leave through the worker's event stream. Flags (cancel, stop, pause, a wish for a snapshot)
come in on the worker's event loop while the task computes in its own thread, so a kernel that
releases the GIL never delays them; the task hears them at its next step.

A paused task waits in its callback and is parked: Dask is answered, so that the worker is free for
others, and the thread stays where it is. To go on it is given a place by Dask again. While parked it
still hears a cancel and grants snapshots, which need no place.
"""

from __future__ import annotations

import logging
import pickle
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from time import monotonic
from typing import Any, Literal

import numpy as np

from core.arrays import Filed, FloatArray
from core.errors import N_, CoreError, DataError, JobCancelled, WorkerLost
from core.jobs import tasks
from core.progress import Step

CANCEL, STOP, SNAPSHOT = "cancel", "stop", "snapshot:"
HOLD = "hold:"  # and a number that rises: odd, wait; even, go on; the highest counts
STEPS_A_SECOND = 12.0
LEASE_SECONDS = 120.0  # a parked run that nobody renews for so long is given up: its server is gone
BYTES_A_SECOND = 8e6  # pictures of many points come less often rather than fill the stream

_LOG = logging.getLogger(__name__)
_FLAGS: OrderedDict[str, set[str]] = OrderedDict()
_FLAGS_KEPT = 256  # flags of runs that ended before they came, or that run on another worker
_SNAPSHOTS: dict[str, Any] = {}
_WORKS: dict[str, Work] = {}
_ONE_AT_A_TIME = threading.Lock()  # two parallel kernels at once in one process can abort it


@dataclass(frozen=True, slots=True)
class Order:
    """One run as it travels to a worker: the task, the module that registers it, and what it is given."""

    run: str
    task: str
    module: str
    args: tuple[Any, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `size` is the result in bytes, `details` a traceback for the server's log."""

    state: Literal["done", "stopped", "cancelled", "failed"]
    result: Any = None
    size: int = 0
    error: CoreError | None = None
    details: str = ""


@dataclass(frozen=True, slots=True)
class Parked:
    """A run that waits in its worker; `snapshots` tells whether it can make one where it is."""

    snapshots: bool


def execute(order: Order, topic: str) -> Outcome | Parked:
    """Carry out an order to its end or its next pause, telling its steps under a topic; whatever happens in it becomes an Outcome."""
    from distributed import get_worker

    worker = get_worker()
    try:
        order = replace(order, args=tuple(arg.array() if isinstance(arg, Filed) else arg for arg in order.args))
    except (OSError, ValueError):
        return Outcome("failed", error=DataError(N_("The file that held this table is gone or damaged. Open the table again.")))  # fmt: skip
    return Work(order, worker.address, lambda message: worker.log_event(topic, message)).go_on()


def carry_on(run: str, turn: int) -> Outcome | Parked:
    """Go on with a parked run."""
    work = _WORKS.get(run)
    if work is None:  # its lease ran out
        return Outcome("failed", error=WorkerLost())
    raise_flag(run, f"{HOLD}{turn}")
    return work.go_on()


class Work:
    """One order under way, in a thread of its own, so that it can be left in the middle and gone on with later."""

    def __init__(self, order: Order, address: str, send: Callable[[dict[str, Any]], None]) -> None:
        self._order, self._address = order, address
        self._report = Reporter(order.run, send, self._park)
        self._turn, self._woken = threading.Event(), threading.Event()
        self._outcomes: SimpleQueue[Outcome | Parked] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=f"run-{order.run}", daemon=True)
        _WORKS[order.run] = self

    def go_on(self) -> Outcome | Parked:
        """Compute until the end or the next pause, when no other run of this process computes."""
        with _ONE_AT_A_TIME:
            self._turn.set()
            if self._thread.ident is None:
                self._report.begin(self._address)
                self._thread.start()
            self.wake()
            return self._outcomes.get()

    def wake(self) -> None:
        """There is something to hear."""
        self._woken.set()

    def _work(self) -> None:
        outcome = Outcome("failed", error=WorkerLost())
        try:
            outcome = _carry_out(self._order, self._report)
        finally:
            _FLAGS.pop(self._order.run, None)
            _WORKS.pop(self._order.run, None)
            self._outcomes.put(outcome)

    def _park(self, step: Step) -> None:
        """Give the place back and wait for the next. Raises JobCancelled on a cancel, or when the lease runs out."""
        self._turn.clear()
        self._outcomes.put(Parked(step.snapshot is not None))
        while not self._turn.is_set():
            if not self._woken.wait(LEASE_SECONDS):
                raise JobCancelled
            self._woken.clear()
            self._report.hear(step)


def _carry_out(order: Order, report: Reporter) -> Outcome:
    try:
        result = tasks.find_in(order.module, order.task)(report, *order.args, **order.settings)
        report.flush()
        return Outcome("stopped" if report.stopped else "done", result, _size(result))
    except JobCancelled:
        return Outcome("cancelled")
    except CoreError as error:
        return Outcome("failed", error=error)
    except MemoryError:
        sentence = N_("There was not enough memory for this. Try it with less data or smaller settings.")
        return Outcome("failed", error=CoreError(sentence), details=traceback.format_exc())
    except Exception as error:
        return Outcome("failed", error=unexpected(error), details=traceback.format_exc())


def unexpected(error: BaseException) -> CoreError:
    """The one sentence for an error that nobody foresaw; its details belong in the log."""
    reason = f"{type(error).__name__}: {error}"
    shown = reason if len(reason) <= 200 else reason[:199] + "…"
    return CoreError(
        N_("The computation failed ({reason}). Nothing was changed; try other data or settings. The details are in the server's log."),
        reason=shown,
    )  # fmt: skip


class Reporter:
    """The callback a task gets: tells its steps, about 12 a second, waits while it is paused (by `park`,
    if given), and answers whether to stop."""

    def __init__(
        self, run: str, send: Callable[[dict[str, Any]], None], park: Callable[[Step], None] | None = None
    ) -> None:
        self.stopped = False
        self._run, self._send, self._park = run, send, park
        self._began = monotonic()
        self._next = self._began
        self._held: Step | None = None
        self._picture: FloatArray | None = None
        self._labels: list[str] | None = None

    def begin(self, address: str) -> None:
        self._send({"run": self._run, "kind": "start", "address": address})

    def __call__(self, step: Step) -> bool:
        self.hear(step)
        if step.coordinates is not None:
            self._picture = np.array(step.coordinates, dtype=np.float32)  # the kernel goes on writing in its own
        if step.labels is not None:
            self._labels = list(step.labels)
        self._held = step
        if monotonic() >= self._next:
            self.flush()
        while self._park is not None and not self.stopped and self._must_wait():
            self.flush()
            left = monotonic()
            self._park(step)
            self._began += monotonic() - left  # a pause is not work
            self.hear(step)
        return self.stopped

    def hear(self, step: Step) -> None:
        """Heed the flags; raises JobCancelled."""
        flags = _FLAGS.get(self._run)
        if flags:
            if CANCEL in flags:
                raise JobCancelled
            self._answer_wishes(step, flags)
            self.stopped = self.stopped or STOP in flags

    def _must_wait(self) -> bool:
        turns = [int(flag.removeprefix(HOLD)) for flag in _FLAGS.get(self._run, set()).copy() if flag.startswith(HOLD)]
        return max(turns, default=0) % 2 == 1

    def flush(self) -> None:
        """Send the latest step if it was held back: the last step of a run always arrives."""
        step, picture, labels = self._held, self._picture, self._labels
        if step is None:
            return
        self._held = self._picture = self._labels = None
        now = monotonic()
        self._send(
            {
                "run": self._run,
                "kind": "step",
                "at": now - self._began,
                "done": int(step.done),
                "total": int(step.total),
                "unit": step.unit,
                "figures": {name: float(value) for name, value in step.figures.items()},
                "labels": labels,
                "watched": {word: [list(near) for near in found] for word, found in step.watched.items()},
                "shape": None if picture is None else list(picture.shape),
                "data": None if picture is None else picture.tobytes(),
            }
        )
        size = 0 if picture is None else picture.nbytes
        self._next = now + max(1 / STEPS_A_SECOND, size / BYTES_A_SECOND)

    def _answer_wishes(self, step: Step, flags: set[str]) -> None:
        """Make one snapshot for all who asked; a step that cannot make one leaves the wish for the next."""
        wishes = [flag for flag in flags.copy() if flag.startswith(SNAPSHOT)]
        if not wishes or step.snapshot is None:
            return
        flags.difference_update(wishes)
        try:
            snapshot = deepcopy(step.snapshot())  # it holds good until we return
        except Exception:  # one visitor's wish must not end the run of the others; they get its final result
            _LOG.exception("a snapshot could not be made")
            return
        for wish in wishes:
            token = wish.removeprefix(SNAPSHOT)
            _SNAPSHOTS[token] = snapshot
            self._send({"run": self._run, "kind": "snapshot", "token": token})


def raise_flag(run: str, flag: str) -> None:
    """Called on the worker's event loop; the reporter of that run hears it at its next step."""
    _FLAGS.setdefault(run, set()).add(flag)
    while len(_FLAGS) > _FLAGS_KEPT:
        _FLAGS.popitem(last=False)
    renew(run)


def renew(run: str) -> None:
    """Called on the worker's event loop: a parked run is still wanted."""
    work = _WORKS.get(run)
    if work is not None:
        work.wake()


def take_snapshot(token: str) -> Any:
    """Called on the worker's event loop: hand over a snapshot, once."""
    return _SNAPSHOTS.pop(token)


def _size(result: Any) -> int:
    """Bytes the result takes when it travels; raises what makes it unable to."""
    buffers: list[pickle.PickleBuffer] = []
    packed = pickle.dumps(result, protocol=5, buffer_callback=buffers.append)
    return len(packed) + sum(buffer.raw().nbytes for buffer in buffers)
