"""Long work, away from the page: submit, follow, stop, cancel.

    from core.jobs import connect

    with connect() as runner:                       # workers on this machine; connect("tcp://HOST:8786") for others
        job = runner.submit("project", vectors, "tsne", perplexity=20)
        for event in job.events():                  # as the steps come, until the end
            print(event.done, event.total, event.unit, event.figures)
        picture = job.result()                      # or raises what went wrong, as a CoreError

A page keeps the job in its session and asks on each tick, which never waits:

    job.state        waiting, running, then done, failed, cancelled or stopped; `job.over` when final
    job.ahead        runs before it while it waits
    job.poll(seq)    the events behind that number; `job.latest` and `job.frame` are the newest ones
    job.pause()      wait, and let others compute meanwhile; `job.resume()` goes on, `job.paused` tells
    job.stop()       end early and keep what there is; `job.cancel()` ends early and keeps nothing
    job.error        what to show when it failed

Equal jobs run once: a second visitor who asks for the same joins the run or gets the kept result,
and one visitor's stop or cancel never touches another's. A handle nobody holds counts as cancelled.
What can be submitted is listed in `core.jobs.tasks`. Importing this costs nothing: Dask is imported
by `connect`.

Workers elsewhere need the same version of embedscope, and one thread each, as kernels use many:

    DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH=16 dask scheduler        # keeps 16 pictures, not 1,000
    OMP_NUM_THREADS=8 dask worker tcp://HOST:8786 --nworkers 1 --nthreads 1
"""

from __future__ import annotations

import os
from pathlib import Path

from core.jobs.job import Job, JobAbandoned, StillRunning
from core.jobs.results import Results
from core.jobs.run import Event, State
from core.jobs.runner import Runner, Status
from core.params import require_whole

__all__ = ["Event", "Job", "JobAbandoned", "Runner", "State", "Status", "StillRunning", "connect"]


def connect(
    scheduler: str | None = None,
    *,
    workers: int = 2,
    threads: int | None = None,
    data_dir: str | Path | None = None,
    keep_bytes: int = 256_000_000,
    keep_runs: int = 64,
) -> Runner:
    """A runner, over `workers` processes of its own or over the Dask scheduler at an address.

    `threads` is what a kernel may use, all processors unless given (both apply to our own workers
    only). Compiled kernels are kept in `data_dir`, the user's data folder unless given; where that cannot be
    written to they are not kept, and the runner's `note` says so. Up to
    `keep_runs` results of `keep_bytes` together are kept for whoever asks for the same again.
    Workers listen on 127.0.0.1 only and end with this process. Call it from any thread; it takes
    under a second. Raises ParameterError for a setting out of range, CoreError when no scheduler
    answers within 5 seconds.
    """
    from core.jobs.cluster import Place, writable
    from core.library import data_folder

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    folder, note = Path(data_dir) if data_dir is not None else data_folder(), None
    if scheduler is None:
        folder, note = writable(folder)
    place = Place(
        scheduler,
        require_whole("workers", workers, 1),
        require_whole("threads", cores if threads is None else threads, 1),
        folder,
        note,
    )
    return Runner(place, Results(keep_bytes, keep_runs))
