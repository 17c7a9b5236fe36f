"""A handle on a run: what `Runner.submit` gives to each who asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from threading import Condition
from typing import Any, Literal

from core.errors import N_, CoreError
from core.jobs.run import Event, Run, State, Watch

Leave = Callable[[Run, Watch, Literal["cancel", "stop"]], None]


class JobAbandoned(CoreError, RuntimeError):
    """The result of a cancelled job was asked for."""

    def __init__(self) -> None:
        super().__init__(N_("This job was cancelled, so it has no result. Start it again to get one."))


class StillRunning(CoreError, TimeoutError):
    """The result was not there within the time that was given."""

    def __init__(self, seconds: float) -> None:
        super().__init__(N_("The result was not ready after {seconds} seconds. Wait longer, or stop the job to keep what there is."), seconds=seconds)  # fmt: skip


class Job:
    """One visitor's handle. Others may watch the same run; what one does never ends another's.

    Safe to use from any thread. A handle that nobody holds any more counts as cancelled, so keep
    it (in the session state, in a variable) for as long as the work is wanted.
    """

    def __init__(self, run: Run, watch: Watch, changed: Condition, leave: Leave, ahead: Callable[[Run], int]) -> None:
        self._run, self._watch, self._changed = run, watch, changed
        self._leave, self._ahead = leave, ahead

    def __repr__(self) -> str:
        return f"Job({self.task!r}, {self.state})"

    @property
    def task(self) -> str:
        return self._run.order.task

    @property
    def key(self) -> str:
        """The fingerprint of task, arguments and settings: equal jobs have equal keys."""
        return self._run.key

    @property
    def state(self) -> State:
        """waiting, running, then done, failed, cancelled or stopped (ended early, the result kept)."""
        return self._watch.state or self._run.state

    @property
    def over(self) -> bool:
        """True once the state is final."""
        return self._watch.state is not None or self._run.over

    @property
    def stopping(self) -> bool:
        """True between `stop()` and the step at which the work hears it."""
        return self._watch.stopping and not self.over

    @property
    def ahead(self) -> int:
        """How many runs that began or were asked for earlier are not over; 0 once this one runs."""
        with self._changed:
            return 0 if self.over else self._ahead(self._run)

    @property
    def error(self) -> CoreError | None:
        """What went wrong, when the state is failed."""
        return self._run.error if self.state == "failed" else None

    @property
    def latest(self) -> Event | None:
        """The newest event."""
        with self._changed:
            seen = len(self._run.history)
            return self._run.events(seen - 2)[-1] if seen else None

    @property
    def frame(self) -> Event | None:
        """The newest event that has coordinates."""
        return self._run.frame

    @property
    def history(self) -> list[Event]:
        """Every event from the start of the run, without coordinates."""
        with self._changed:
            return list(self._run.history)

    def poll(self, after: int = -1) -> list[Event]:
        """The events with `seq` above `after`, at once; of their pictures only the newest is kept."""
        with self._changed:
            return self._run.events(after)

    def events(self) -> Iterator[Event]:
        """Every event from the start of the run, each as soon as it is there, until the job is over."""
        seen = 0
        while True:
            with self._changed:
                while not self.over and len(self._run.history) == seen:
                    self._changed.wait()
                fresh, over = self._run.events(seen - 1), self.over
            yield from fresh
            seen += len(fresh)
            if over:
                return

    def wait(self, timeout: float | None = None) -> bool:
        """Wait at most `timeout` seconds for the end; True when the job is over."""
        with self._changed:
            return self._changed.wait_for(lambda: self.over, timeout)

    def result(self, timeout: float | None = None) -> Any:
        """The result, waited for. It is shared by all who asked for the same: do not change it.

        Raises what went wrong, JobAbandoned when the job was cancelled, and StillRunning when
        `timeout` seconds were not enough.
        """
        if not self.wait(timeout):
            raise StillRunning(timeout or 0.0)
        if self.state == "cancelled":
            raise JobAbandoned
        if self._watch.state is not None:
            return self._watch.result
        if self._run.error is not None:
            raise copy(self._run.error)  # raised in many threads, one instance would pile up tracebacks
        return self._run.result

    def cancel(self) -> None:
        """Leave. The work ends with the last handle that leaves."""
        self._leave(self._run, self._watch, "cancel")

    def stop(self) -> None:
        """Leave and keep what there is: `result()` gives it after the next step.

        A job that has not begun has nothing to keep and is cancelled.
        """
        self._leave(self._run, self._watch, "stop")
