"""Jobs: how soon workers are there, and what the way to them and back adds, each beside plain Dask."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from core.jobs import Runner, connect
from core.jobs.tasks import task
from core.progress import OnStep, Step
from tests.benchmarks._row import Row, seconds

FRAMES = 25


@task("bench nothing")
def nothing(report: OnStep, number: int) -> int:
    return number


@task("bench frames")
def frames(report: OnStep, points: int, most: int = FRAMES) -> None:
    """Pictures as fast as they are let through, each with the time at which it was told."""
    picture, pause = np.zeros((points, 2), dtype=np.float32), threading.Event()
    for done in range(1_000_000):
        if report(Step(done=done, total=1_000_000, unit="step", figures={"at": time.time()}, coordinates=picture)):
            return
        if done >= most * 1000:
            return
        pause.wait(0.0001)


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        yield _up(folder)
        with connect(data_dir=folder) as runner:
            yield from _there_and_back(runner)
            yield _frame(runner)
            yield _after_a_cancel(runner)
            yield _again(runner)


def _up(folder: str) -> Row:
    from distributed import Client
    from distributed.deploy.subprocess import SubprocessCluster

    def plain() -> None:
        with (
            SubprocessCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
            Client(cluster) as client,
        ):
            client.wait_for_workers(2)

    median, least = seconds(lambda: connect(data_dir=folder).close(), repeats=3)
    peer, _ = seconds(plain, repeats=2)
    return Row(
        "2 workers up and down again", median, "Dask SubprocessCluster", peer,
        target=1.5, note=f"minimum {least:.2f} s; beside the server, which does not wait for it",
    )  # fmt: skip


def _there_and_back(runner: Runner) -> Iterator[Row]:
    client: Any = runner._link._client  # type: ignore[union-attr]
    numbers = iter(range(10**9))
    jobs = []
    ask, _ = seconds(lambda: jobs.append(runner.submit("bench nothing", next(numbers))), repeats=50)
    for job in jobs:
        job.result(30)
    futures = []
    peer, _ = seconds(lambda: futures.append(client.submit(abs, next(numbers), pure=False)), repeats=50)
    client.gather(futures)
    yield Row("submit a job", ask * 1000, "Dask submit", peer * 1000, unit="ms", target=5.0)
    both, _ = seconds(lambda: runner.submit("bench nothing", next(numbers)).result(30), repeats=50)
    peer, _ = seconds(lambda: client.submit(abs, next(numbers), pure=False).result(), repeats=50)
    yield Row(
        "submit a job of nothing and have its result",
        both * 1000,
        "Dask submit, result",
        peer * 1000,
        unit="ms",
        target=50.0,
    )


def _frame(runner: Runner) -> Row:
    """From the worker's report to the handle that waits for it."""
    job = runner.submit("bench frames", 2000)
    late = []
    for event in job.events():
        late.append(time.time() - event.figures["at"])
        if len(late) > FRAMES:
            break
    job.cancel()
    peer = _plain_frames(runner)
    return Row(
        "a frame of 2,000 points, worker to handle", statistics.median(late[1:]) * 1000, "Dask log_event alone", peer * 1000,
        unit="ms", target=20.0, note=f"maximum {max(late[1:]) * 1000:.1f} ms",
    )  # fmt: skip


def _plain_frames(runner: Runner) -> float:
    client: Any = runner._link._client  # type: ignore[union-attr]
    late: list[float] = []
    client.subscribe_topic("bench", lambda event: late.append(time.time() - event[1]["at"]))
    client.submit(_log_frames, FRAMES, pure=False).result()
    client.unsubscribe_topic("bench")
    return statistics.median(late)


def _log_frames(count: int) -> None:
    from distributed import get_worker

    picture, pause = np.zeros((2000, 2), dtype=np.float32), threading.Event()
    for _ in range(count):
        get_worker().log_event("bench", {"at": time.time(), "data": picture.tobytes()})
        pause.wait(0.08)


def _after_a_cancel(runner: Runner) -> Row:
    """Both workers busy, one job cancelled: until the next in the queue has begun."""
    taken = []
    for number in range(5):
        busy = [runner.submit("bench frames", 10 + number, 1000 + side) for side in range(2)]
        for job in busy:
            next(job.events())
        waiting = runner.submit("bench frames", 5, 2000 + number)
        start = time.perf_counter()
        busy[0].cancel()
        next(waiting.events())
        taken.append(time.perf_counter() - start)
        for job in (waiting, busy[1]):
            job.cancel()
    return Row("cancel a job until the next one has begun", statistics.median(taken) * 1000, unit="ms", target=100.0)


def _again(runner: Runner) -> Row:
    """What the second visitor waits for who asks for the same 2,000 vectors."""
    vectors = np.random.default_rng(0).normal(size=(2000, 64)).astype(np.float32)
    runner.submit("bench array", vectors).result(30)
    again, _ = seconds(lambda: runner.submit("bench array", vectors).result(30), repeats=20)
    client: Any = runner._link._client  # type: ignore[union-attr]
    peer, _ = seconds(lambda: client.submit(np.sum, vectors).result(), repeats=20)
    return Row(
        "a job that somebody asked for before", again * 1000, "Dask, pure function", peer * 1000, unit="ms", target=5.0
    )


@task("bench array")
def total(report: OnStep, vectors: np.ndarray) -> float:
    return float(np.sum(vectors))
