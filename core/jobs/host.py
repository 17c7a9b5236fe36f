"""The process that holds the local workers: a Dask scheduler and one nanny a worker.

Started by `core.jobs.cluster`. Because it is a process of its own, a spawned worker never runs
the script, page or notebook again that asked for workers.
It lives as long as its standard input is open, so it ends with whoever started it, however that
one ended; and the workers end with it. A worker that dies is replaced by its nanny.

The first line on standard output is JSON: {"address": ...} or {"error": ...}.
"""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, TextIO

from core.jobs.lending import LENT

START_SECONDS = 60.0

CONFIG = {
    "distributed.scheduler.allowed-failures": 0,  # a job that killed its worker is not tried on the next one
    "distributed.scheduler.work-stealing": False,  # the runner hands out one run a worker; there is nothing to steal
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,  # results leave at once: no spilling to disk, and
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,  # no paused worker on which the next job would wait for ever
    # Dask has freed memory given back at once (MALLOC_TRIM_THRESHOLD_); a training then takes three times as long
    "distributed.nanny.pre-spawn-environ": {},
    "distributed.admin.low-level-log-length": 16,  # events are kept a topic: pictures, so not many
}


def main() -> None:
    settings = json.loads(sys.argv[1])
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a worker prints goes to the log, not into a pipe that nobody reads
    threading.Thread(target=_end_with_parent, name="watch-parent", daemon=True).start()
    starting = threading.Timer(START_SECONDS, os._exit, [1])
    starting.daemon = True
    starting.start()
    here = _tidy(Path(settings["scratch"]), Path(settings["caches"]))
    try:
        asyncio.run(_serve(settings, answer, starting))
    except Exception as error:
        if answer.closed:
            raise
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=answer, flush=True)
    finally:
        here.close()


def _tidy(scratch: Path, caches: Path) -> IO[str]:
    """Remove what those that were killed left, half-written compiled kernels and arrays that were lent, unless another
    one is at work in the same folder. Dask does the same with the folders of its workers. The file that is returned
    tells, while it is open, that we are here."""
    here = (scratch / "hosts.lock").open("a")
    with suppress(ImportError):  # Windows has no such locks: there, nothing is removed
        import fcntl

        with suppress(BlockingIOError):  # somebody else is here
            fcntl.flock(here, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in (*caches.rglob("*.tmp.*"), *scratch.glob(f"{LENT}*")):
                left.unlink(missing_ok=True)
        fcntl.flock(here, fcntl.LOCK_SH)
    return here


async def _serve(settings: dict[str, Any], answer: TextIO, starting: threading.Timer) -> None:
    import dask
    from distributed import LocalCluster

    dask.config.set(CONFIG)
    async with LocalCluster(
        n_workers=settings["workers"],
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
        worker_dashboard_address=None,
        local_directory=settings["scratch"],
        silence_logs=logging.ERROR,
        asynchronous=True,
    ) as cluster:
        starting.cancel()
        print(json.dumps({"address": cluster.scheduler_address}), file=answer, flush=True)
        answer.close()
        await asyncio.Event().wait()  # until _end_with_parent ends the process


def _end_with_parent() -> None:
    """End with whoever holds the other end of standard input; at once, whatever a worker is in the middle of."""
    sys.stdin.buffer.read()
    for worker in multiprocessing.active_children():
        worker.kill()
    os._exit(0)
