"""The runner: hands out runs to workers, one a worker, and lets any number of handles watch each.

The queue is ours rather than Dask's: a run goes to Dask only when a worker is free for it. So a
worker that dies takes down the run it was computing and none of those waiting, people's work
comes before warm-up, and leaving the queue costs nothing.

Every attribute that changes is guarded by `_changed`. Nothing waits for Dask while holding it,
because Dask's own loop needs it to deliver a step.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from time import monotonic
from types import TracebackType
from typing import Any, Literal

from core.arrays import key_of
from core.errors import N_, CoreError, DataError, WorkerLost
from core.jobs import judging as judging  # registers its tasks
from core.jobs import tasks
from core.jobs.cluster import Link, Place
from core.jobs.job import Job
from core.jobs.line import Line
from core.jobs.results import Results
from core.jobs.run import FIRST, Run, Watch
from core.jobs.wishes import settle, tell_turn
from core.jobs.worker import CANCEL, LEASE_SECONDS, Outcome, Parked

WATCH_SECONDS = 0.5  # how often a lost scheduler is looked for
RETRY_SECONDS = 5.0  # for so long one failure to connect answers everybody who asks

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Status:
    """For a status line: workers there are, runs on them, people's runs in the queue (paused ones are
    neither), and whether warm-up is over."""

    workers: int
    running: int
    waiting: int
    ready: bool


class Runner:
    """See `core.jobs.connect`. Safe to use from any thread; close it, or use it in a `with`."""

    def __init__(self, place: Place, results: Results) -> None:
        self.ready = threading.Event()  # set when warm-up is over
        self.note = place.note  # what a reader is told of where the workers run; None where all is as usual
        self._place, self._results, self._line = place, results, Line()
        self._changed = threading.Condition(threading.RLock())
        self._opening = threading.Lock()
        self._closing = threading.Event()
        self._link: Link | None = None
        self._workers: set[str] = set()
        self._warm_rooms: Sequence[str] = ()
        self._failure: tuple[float, CoreError] | None = None
        self._open()
        threading.Thread(target=self._keep_alive, name="embedscope-jobs", daemon=True).start()

    def submit(self, task: str, *args: Any, **settings: Any) -> Job:
        """Ask for a task of `core.jobs.tasks` and get a handle on it, at once.

        Who asks for the same (task, arguments, settings) joins the run that is under way, or is
        given the result that was kept. Arguments travel when a worker is free: do not change them
        after. Raises ParameterError for an unknown task, CoreError when there is no scheduler.
        """
        tasks.find(task)
        key = key_of(task, args, settings)
        self._revive()
        with self._changed:
            run = self._results.get(key) or self._line.joinable(key) or self._line.add(key, task, args, settings)
            job = self._watched(run)
        self._pump()
        return job

    def warm(self, rooms: Sequence[str] = tasks.WARM_ROOMS) -> None:
        """Have every worker compile its kernels, one worker after the other and behind all people's work.

        Returns at once; workers that join or are replaced later are warmed as they come.
        """
        with self._changed:
            self._warm_rooms = rooms
            for address in sorted(self._workers):
                self._warm_up(address)
            self._set_ready()
        self._pump()

    def status(self) -> Status:
        with self._changed:
            return Status(len(self._workers), len(self._line.sent), self._line.waiting, self.ready.is_set())

    def close(self) -> None:
        """Cancel what runs and end the workers (those of a scheduler elsewhere stay)."""
        self._closing.set()
        with self._opening:
            with self._changed:
                link, self._link = self._link, None
                sent = [run.id for run in self._line if run.parked or run.id in self._line.sent]
                for run in self._line:
                    self._end(run, Outcome("cancelled"))
            if link is not None:
                link.close(sent)
            self._place.leave()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # From the queue to a worker.

    def _pump(self) -> None:
        """Send runs while there are workers free for them."""
        with self._changed:
            link = self._link
            while link is not None and link.alive and len(self._line.sent) < len(self._workers):
                run = self._line.next(self._workers)
                if run is None:
                    return
                done = partial(self._on_done, run)
                try:
                    if run.parked and run.address is not None:
                        run.parked = False
                        run.future = link.carry_on(run.id, run.turns, run.address, done)
                    else:
                        run.future = link.submit(run.order, run.pinned, done)
                except Exception as error:
                    self._end(run, Outcome("failed", error=_unsendable(run, error) if link.alive else WorkerLost()))

    def _warm_up(self, address: str) -> None:
        for room in self._warm_rooms:
            self._line.add("", "warm", (room,), {}, address)

    def _set_ready(self) -> None:
        if not self._line.warming:
            self.ready.set()

    def _end(self, run: Run, outcome: Outcome) -> None:
        """Write down how a run ended, once."""
        if run.over:
            return
        run.finish(outcome)
        self._line.remove(run)
        if run.rank != FIRST:
            self._set_ready()
        elif run.state == "done":
            self._results.keep(run)
        self._changed.notify_all()

    # What visitors do.

    def _watched(self, run: Run) -> Job:
        watch = Watch()
        if not run.over:
            run.watches.append(watch)
            self._settle(run)  # one that others have paused goes on for the newcomer
        job = Job(run, watch, self._changed, self._leave, self._hold, self._line.ahead)
        weakref.finalize(job, self._nobody_holds, run, watch).atexit = False
        return job

    def _hold(self, run: Run, watch: Watch, paused: bool) -> None:
        with self._changed:
            if watch.state is None and not watch.stopping and watch.paused != paused and (watch.paused or not run.over):
                watch.paused = paused
                if not paused:
                    watch.seen = watch.frame = None
                self._settle(run)
                self._changed.notify_all()
        self._pump()

    def _leave(self, run: Run, watch: Watch, how: Literal["cancel", "stop"]) -> None:
        with self._changed:
            if watch.state is not None or (watch.stopping and how == "stop"):
                return
            watch.paused, watch.seen, watch.frame = False, None, None
            if how == "stop" and run.address is not None and not run.over:
                watch.stopping = True
            elif not run.over:
                watch.state = "cancelled"
            self._settle(run)
            self._changed.notify_all()
        self._pump()

    def _settle(self, run: Run) -> None:
        if not run.over and self._link is not None and settle(run, self._line, self._link):
            self._end(run, Outcome("cancelled"))

    def _nobody_holds(self, run: Run, watch: Watch) -> None:
        """A handle was garbage: this may be any thread at any moment, so only leave a note for the loop."""
        link = self._link
        if link is not None and not run.over:
            link.later(partial(self._leave, run, watch, "cancel"))

    # What the workers tell. These come on Dask's loop.

    def _on_step(self, message: dict[str, Any]) -> None:
        with self._changed:
            run, link = self._line.get(message["run"]), self._link
            if run is None or link is None:
                return
            if message["kind"] == "step":
                run.add(message)
            elif message["kind"] == "start":
                run.address, run.state = message["address"], "running"
                tell_turn(run, link)
            elif run.address is not None:
                link.fetch_snapshot(message["token"], run.address, partial(self._hand_over, run, message["token"]))
            self._changed.notify_all()
        if message["kind"] == "start":
            self._pump()  # parked runs wait to see where it would be

    def _hand_over(self, run: Run, token: str, snapshot: Any) -> None:
        with self._changed:
            for watch in run.watches:
                if watch.token == token and watch.state is None and not run.over:
                    watch.state, watch.result = "stopped", snapshot
            self._settle(run)
            self._changed.notify_all()

    def _on_done(self, run: Run, outcome: Outcome | Parked) -> None:
        with self._changed:
            if isinstance(outcome, Outcome):
                self._end(run, outcome)
            elif not run.over:
                run.parked, run.snapshots, run.future = True, outcome.snapshots, None
                self._line.park(run)
                self._settle(run)
                self._changed.notify_all()
        self._pump()

    def _on_cluster(self, link: Link, message: Any) -> None:
        if not isinstance(message, dict) or "worker" not in message:
            return
        with self._changed:
            if link is not self._link:
                return
            address = message["worker"]
            if message.get("action") == "add-worker":
                self._welcome(address)
            elif message.get("action") == "remove-worker":
                self._workers.discard(address)
                for run in [run for run in self._line if run.address == address]:
                    # A scheduler elsewhere may try it on the next worker; what killed one is not for another.
                    link.flag(run.id, CANCEL, None)
                    if run.future is not None:
                        link.forget(run.future)
                    self._end(run, Outcome("failed", error=WorkerLost()))
        self._pump()

    # The way to the workers.

    def _open(self) -> None:
        link = self._place.open()
        with self._changed:
            self._link, self._workers = link, set()
        there = link.listen(self._on_step, partial(self._on_cluster, link))
        with self._changed:
            for address in there:
                self._welcome(address)

    def _welcome(self, address: str) -> None:
        if address not in self._workers:
            self._workers.add(address)
            self._warm_up(address)

    def _revive(self) -> None:
        """Make sure there is a way to the workers, or raise why there is none."""
        with self._changed:
            if self._link is not None and self._link.alive:
                return
        with self._opening:
            if self._closing.is_set():
                raise CoreError(N_("The workers were closed; connect again to compute."))
            if self._link is not None and self._link.alive:
                return
            if self._failure is not None and monotonic() - self._failure[0] < RETRY_SECONDS:
                raise copy(self._failure[1])
            self._replace()
        self._pump()

    def _replace(self) -> None:
        with self._changed:
            link, self._link, self._workers = self._link, None, set()
            for run in self._line:
                if run.parked or run.id in self._line.sent:
                    self._end(run, Outcome("failed", error=WorkerLost()))
        if link is not None:
            link.close([])
        try:
            self._open()
        except CoreError as error:
            self._failure = monotonic(), error
            with self._changed:
                for run in self._line:
                    self._end(run, Outcome("failed", error=error))
            raise

    def _keep_alive(self) -> None:
        """Notice within half a second that the scheduler is gone, say so to its runs, and connect anew."""
        renewed = monotonic()
        while not self._closing.wait(WATCH_SECONDS):
            link = self._link
            if link is None:
                continue
            if link.alive:
                if monotonic() - renewed > LEASE_SECONDS / 6:
                    renewed = monotonic()
                    with self._changed:
                        link.renew([run.id for run in self._line if run.parked])
                continue
            try:
                self._revive()
            except CoreError as error:
                _LOG.error("%s", error)


def _unsendable(run: Run, error: Exception) -> CoreError:
    return DataError(
        N_("What {task} was given cannot be sent to a worker ({reason}); give arrays, text, numbers, lists of them, or an embedding."),
        task=run.order.task, reason=str(error)[:200],
    )  # fmt: skip
