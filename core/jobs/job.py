"""A handle on a run: what `Runner.submit` gives to each who asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from threading import Condition
from typing import Any, Literal

from core.errors import N_, CoreError
from core.jobs.run import Event, Run, State, Watch

Leave = Callable[[Run, Watch, Literal["cancel", "stop"]], None]
Hold = Callable[[Run, Watch, bool], None]


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

    def __init__(
        self, run: Run, watch: Watch, changed: Condition, leave: Leave, hold: Hold, ahead: Callable[[Run], int]
    ) -> None:
        self._run, self._watch, self._changed = run, watch, changed
        self._leave, self._hold, self._ahead = leave, hold, ahead

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
        return self._watch.state or ("running" if self._still else self._run.state)

    @property
    def over(self) -> bool:
        """True once the state is final."""
        return self._watch.state is not None or (self._run.over and not self._still)

    @property
    def paused(self) -> bool:
        """True between `pause()` and `resume()`, unless the job ended meanwhile."""
        return self._watch.paused and not self.over

    @property
    def others(self) -> int:
        """How many others watch the same run and want it to go on: while there are any, a pause stops
        this handle's view only."""
        with self._changed:
            watches = self._run.watches
            return sum(
                one is not self._watch and one.state is None and not (one.stopping or one.paused) for one in watches
            )

    @property
    def _still(self) -> bool:
        """Whether the run went on for others while this handle is paused; a failure is not kept back."""
        return self._watch.paused and self._watch.seen is not None and self._run.state in ("running", "done")

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
            found = self._events(max(-1, self._seen - 2))
            return found[-1] if found else None

    @property
    def frame(self) -> Event | None:
        """The newest event that has coordinates."""
        return self._watch.frame if self._still else self._run.frame

    @property
    def history(self) -> list[Event]:
        """Every event from the start of the run, without coordinates."""
        with self._changed:
            return self._run.history[: self._seen]

    def poll(self, after: int = -1) -> list[Event]:
        """The events with `seq` above `after`, at once; of their pictures only the newest is kept."""
        with self._changed:
            return self._events(after)

    def events(self) -> Iterator[Event]:
        """Every event from the start of the run, each as soon as it is there, until the job is over."""
        seen = 0
        while True:
            with self._changed:
                while not self.over and self._seen <= seen:
                    self._changed.wait()
                fresh, over = self._events(seen - 1), self.over
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

    def pause(self) -> None:
        """Let the work wait at its next step; until then it gives its place to the next in the queue.

        It waits only when everybody who watches the same run has paused (stopped watchers do not
        count): one visitor's pause never halts another's work. Where others go on (`others`), this
        handle stands still instead: no newer events, pictures or result until `resume()`, then all
        at once. A job that has not begun waits in the queue and lets others pass. Who asks for the
        same while it waits sets it going again. `stop` and `cancel` work meanwhile.
        """
        self._hold(self._run, self._watch, True)

    def resume(self) -> None:
        """Go on, as soon as the worker in which it waits has a place: it is ahead of all who came later."""
        self._hold(self._run, self._watch, False)

    def _events(self, after: int) -> list[Event]:
        found = self._run.events(after)
        if not self._still:
            return found
        found, frame = found[: max(0, self._seen - after - 1)], self._watch.frame
        if frame is not None and frame.seq > after:
            found[frame.seq - after - 1] = frame
        return found

    @property
    def _seen(self) -> int:
        """How many events this handle shows."""
        return self._watch.seen or 0 if self._still else len(self._run.history)

    def cancel(self) -> None:
        """Leave. The work ends with the last handle that leaves."""
        self._leave(self._run, self._watch, "cancel")

    def stop(self) -> None:
        """Leave and keep what there is: `result()` gives it after the next step.

        A job that has not begun has nothing to keep and is cancelled.
        """
        self._leave(self._run, self._watch, "stop")
