"""The way to the workers: our own on this machine, or those of a Dask scheduler elsewhere."""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import N_, CoreError, ParameterError, WorkerLost
from core.jobs.lending import Lender
from core.jobs.worker import CANCEL, Order, Outcome, Parked, carry_on, execute, raise_flag, renew, take_snapshot
from core.notes import Note

CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 3.0
# What is importable here is importable there; and a main program given with -c is never run again in a spawned worker.
_PROGRAM = (
    "import sys; sys.path += [p for p in sys.argv[2:] if p not in sys.path]; from core.jobs.host import main; main()"
)
# The host ends without ceremony; Python's tracker of semaphores cleans up behind it and need not say so.
_UNTOLD = "ignore:resource_tracker:UserWarning"
Done = Callable[[Outcome | Parked], None]
_SCRATCH = "scratch"
_LOG = logging.getLogger("core.jobs")
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Place:
    """Where work is to run: at a scheduler's address, or in `workers` processes of our own, whose
    kernels use `threads` threads each and whose compiled kernels are kept in `data_dir`; `note` says if for this run only."""

    scheduler: str | None
    workers: int
    threads: int
    data_dir: Path
    note: Note | None = None

    def open(self) -> Link:
        return Link(self.scheduler) if self.scheduler else self._open_local()

    def leave(self) -> None:
        """Nobody will open it again: what is of use for this run only goes."""
        if self.note is not None:
            shutil.rmtree(self.data_dir, ignore_errors=True)

    def _open_local(self) -> Link:
        process = _start_host(self)
        try:
            return Link(_address_from(process), process, Lender(_scratch(self)))
        except BaseException:
            _end(process)
            raise


class Link:
    """A Dask client; when the workers are our own, the process behind it and who lends them large arrays."""

    def __init__(
        self, address: str, process: subprocess.Popen[bytes] | None = None, lender: Lender | None = None
    ) -> None:
        self.address = address
        self._process, self._lender = process, lender
        self._client = _client(address)
        self.topic = f"embedscope-{self._client.id}"

    @property
    def alive(self) -> bool:
        ended = self._process is not None and self._process.poll() is not None
        return self._client.status == "running" and not ended

    def listen(self, on_step: Callable[[Any], None], on_cluster: Callable[[Any], None]) -> list[str]:
        """Subscribe to the steps of our runs and to workers that come and go; the workers there are now."""
        self._client.subscribe_topic(self.topic, lambda event: on_step(event[1]))
        self._client.subscribe_topic("all", lambda event: on_cluster(event[1]))
        return list(self._client.nthreads())

    def submit(self, order: Order, pinned: str | None, done: Done) -> Any:
        """Send one order on its way; never waits. `done(outcome)` is called on the client's loop."""
        if self._lender is not None:
            order = self._lender.lend(order)
        return self._send(
            done, execute, order, self.topic, key=f"embedscope-{order.run}",
            workers=None if pinned is None else [pinned], allow_other_workers=pinned is not None,
        )  # fmt: skip

    def carry_on(self, run: str, turn: int, address: str, done: Done) -> Any:
        """Let a run go on that is parked at that worker; otherwise as `submit`."""
        return self._send(done, carry_on, run, turn, key=f"embedscope-{run}-{turn}", workers=[address])

    def _send(self, done: Done, function: Callable[..., Outcome | Parked], *args: Any, **how: Any) -> Any:
        import dask

        # Dask advises against large arguments for its own kind of graphs; ours are one task each.
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
            future = self._client.submit(function, *args, pure=False, **how)

        async def follow() -> None:
            done(await _outcome_of(future))

        # Not a callback of the future: those of all clients share one thread, and one that waits on a
        # client that is being closed would hold up the others for ever.
        self._client.loop.add_callback(follow)
        return future

    def flag(self, run: str, flag: str, address: str | None) -> None:
        """Tell the worker at that address (None: all of them) something about a run; never waits."""
        self._post(lambda: self._ask(address, raise_flag, run, flag))

    def renew(self, runs: Sequence[str]) -> None:
        """Say that these parked runs are still wanted; never waits."""

        async def say() -> None:
            for run in runs:
                await self._ask(None, renew, run)

        self._post(say)

    def fetch_snapshot(self, token: str, address: str, take: Callable[[Any], None]) -> None:
        """`take(result)` is called on the client's loop with the snapshot a worker holds ready; never waits."""

        async def fetch() -> None:
            answers = await self._ask(address, take_snapshot, token)
            for snapshot in answers.values():
                take(snapshot)

        self._post(fetch)

    def forget(self, future: Any) -> None:
        """Drop a run that may not have begun; never waits."""
        self._post(lambda: self._client.cancel([future], force=True))

    def later(self, call: Callable[[], None]) -> None:
        """Make a call on the client's loop, soon; may be used from a finalizer."""
        self._client.loop.add_callback(call)

    async def _cancel(self, runs: Sequence[str]) -> None:
        for run in runs:
            await self._ask(None, raise_flag, run, CANCEL)

    async def _ask(self, address: str | None, function: Callable[..., Any], *args: object) -> dict[str, Any]:
        workers = None if address is None else [address]
        return await self._client.run(function, *args, workers=workers, on_error="ignore")

    def _post(self, work: Callable[[], Awaitable[Any]]) -> None:
        async def quietly() -> None:
            with suppress(Exception):  # the worker or the scheduler is gone; the run's future tells it
                await work()

        self._client.loop.add_callback(quietly)

    def close(self, running: Sequence[str]) -> None:
        """Leave the scheduler, telling its workers to drop these runs; workers of our own end."""
        if self._process is None:
            with suppress(Exception):
                self._client.sync(self._cancel, running, callback_timeout=CLOSE_SECONDS)
        for topic in (self.topic, "all"):
            with suppress(Exception):
                self._client.unsubscribe_topic(topic)
        with suppress(Exception):
            self._client.close(timeout=2)
        if self._process is not None:
            _end(self._process)


async def _outcome_of(future: Any) -> Outcome | Parked:
    """What becomes of a future; what Dask itself has to say is turned into one of our sentences."""
    from distributed import KilledWorker

    try:
        outcome: Outcome | Parked = await future
        return outcome
    except (KilledWorker, concurrent.futures.CancelledError, asyncio.CancelledError):
        return Outcome("failed", error=WorkerLost())  # Dask cancels what was on a connection that broke
    except Exception as error:
        return Outcome(
            "failed",
            error=CoreError(N_("A worker could not begin this job ({reason}). Every worker machine needs the same version of embedscope."), reason=f"{type(error).__name__}: {error}"[:200]),
            details=traceback.format_exc(),
        )  # fmt: skip


def _client(address: str) -> Any:
    from distributed import Client

    try:
        return Client(address, set_as_default=False, timeout=CONNECT_SECONDS, name="embedscope")
    except ValueError as error:
        raise ParameterError("scheduler", address, N_("an address like tcp://127.0.0.1:8786")) from error
    except OSError as error:
        raise CoreError(
            N_("No Dask scheduler answers at {address}. Start one there with `dask scheduler`, check the address, or leave it out to compute on this machine."),
            address=address,
        ) from error  # fmt: skip


def writable(folder: Path) -> tuple[Path, Note | None]:
    """(the data folder, None), or, where nothing can be written there, (a folder that goes with this process, what that means)."""
    try:
        _make(folder)
    except CoreError as error:
        _LOG.warning("%s", error)
        try:
            instead = Path(tempfile.mkdtemp(prefix="embedscope-"))
        except OSError:
            raise error from None
        atexit.register(shutil.rmtree, instead, ignore_errors=True)
        return instead, Note(
            N_("The data folder {folder} cannot be written to ({reason}), so what is compiled is not kept: after each start the first pictures take up to a minute longer."),
            error.values,
        )  # fmt: skip
    return folder, None


def _make(folder: Path) -> None:
    """The folders that workers write to. CoreError where they cannot be made, or take no file."""
    for inner in (_caches(folder), folder / _SCRATCH):
        try:
            inner.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=inner).close()
        except OSError as error:
            raise CoreError(N_("The data folder {folder} cannot be written to ({reason}). Choose another one, or allow it."), folder=str(folder), reason=error.strerror or str(error)) from error  # fmt: skip


def _caches(folder: Path) -> Path:
    """Where compiled kernels are kept."""
    return folder / "numba"


def _scratch(place: Place) -> Path:
    """Where files lie that are of use while the workers live."""
    return place.data_dir / _SCRATCH


def _start_host(place: Place) -> subprocess.Popen[bytes]:
    caches, scratch = _caches(place.data_dir), _scratch(place)
    _make(place.data_dir)
    env = {
        **os.environ,
        **dict.fromkeys(_THREADS, str(place.threads)),
        "OMP_WAIT_POLICY": "passive",  # threads that spin while they wait take the time of the other worker
        "NUMBA_CACHE_DIR": str(caches),
    }
    settings = json.dumps({"workers": place.workers, "scratch": str(scratch), "caches": str(caches)})
    importable = filter(os.path.exists, map(os.path.abspath, sys.path))
    return subprocess.Popen(  # noqa: S603 - our own module, no shell
        [sys.executable, "-P", "-W", _UNTOLD, "-c", _PROGRAM, settings, *importable],
        env=env,
        stdin=subprocess.PIPE,  # its end is the sign to end
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal is for the server, which then ends the workers
    )


def _address_from(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    with process.stdout as answer:
        line = answer.readline()
    told = json.loads(line) if line else {"error": "it ended without a word"}
    if "error" in told:
        raise CoreError(N_("The workers on this machine did not start ({reason}). The details are in the server's log."), reason=told["error"])  # fmt: skip
    return str(told["address"])


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(CLOSE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
