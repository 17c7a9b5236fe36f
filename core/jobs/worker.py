"""What happens inside a worker: one order is carried out, steps are told, flags are heard.

Steps leave through the worker's event stream. Flags (cancel, stop, a wish for a snapshot) come
in on the worker's event loop while the task computes in its own thread, so a kernel that
releases the GIL never delays them; the task hears them at its next step.
"""

from __future__ import annotations

import logging
import pickle
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal

import numpy as np

from core.arrays import FloatArray
from core.errors import N_, CoreError, JobCancelled
from core.jobs import tasks
from core.progress import Step

CANCEL, STOP, SNAPSHOT = "cancel", "stop", "snapshot:"
STEPS_A_SECOND = 12.0
BYTES_A_SECOND = 8e6  # pictures of many points come less often rather than fill the stream

_LOG = logging.getLogger(__name__)
_FLAGS: OrderedDict[str, set[str]] = OrderedDict()
_FLAGS_KEPT = 256  # flags of runs that ended before they came, or that run on another worker
_SNAPSHOTS: dict[str, Any] = {}
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


def execute(order: Order, topic: str) -> Outcome:
    """Carry out an order, telling its steps under a topic; whatever happens in it becomes an Outcome."""
    from distributed import get_worker

    worker = get_worker()
    try:
        with _ONE_AT_A_TIME:
            report = Reporter(order.run, lambda message: worker.log_event(topic, message))
            report.begin(worker.address)
            return _carry_out(order, report)
    finally:
        _FLAGS.pop(order.run, None)


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
    """The callback a task gets: tells its steps, about 12 a second, and answers whether to stop."""

    def __init__(self, run: str, send: Callable[[dict[str, Any]], None]) -> None:
        self.stopped = False
        self._run, self._send = run, send
        self._began = monotonic()
        self._next = self._began
        self._held: Step | None = None
        self._picture: FloatArray | None = None
        self._labels: list[str] | None = None

    def begin(self, address: str) -> None:
        self._send({"run": self._run, "kind": "start", "address": address})

    def __call__(self, step: Step) -> bool:
        flags = _FLAGS.get(self._run)
        if flags:
            if CANCEL in flags:
                raise JobCancelled
            self._answer_wishes(step, flags)
            self.stopped = self.stopped or STOP in flags
        if step.coordinates is not None:
            self._picture = np.array(step.coordinates, dtype=np.float32)  # the kernel goes on writing in its own
        if step.labels is not None:
            self._labels = list(step.labels)
        self._held = step
        if monotonic() >= self._next:
            self.flush()
        return self.stopped

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


def take_snapshot(token: str) -> Any:
    """Called on the worker's event loop: hand over a snapshot, once."""
    return _SNAPSHOTS.pop(token)


def _size(result: Any) -> int:
    """Bytes the result takes when it travels; raises what makes it unable to."""
    buffers: list[pickle.PickleBuffer] = []
    packed = pickle.dumps(result, protocol=5, buffer_callback=buffers.append)
    return len(packed) + sum(buffer.raw().nbytes for buffer in buffers)
