"""What is lost and what goes on when a worker, the scheduler or the server dies; and schedulers elsewhere."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import numpy as np
import psutil
import pytest

from core.errors import CoreError, ParameterError, WorkerLost
from core.jobs import Job, Runner, connect
from tests.core import test_jobs_tasks  # noqa: F401 - registers the tasks submitted here

WAIT = 30.0  # seconds after which a test that waits for a condition fails; none waits so long when all is well
ROOT = Path(__file__).parents[2]


def worker_of(job: Job) -> int:
    """The process id of the worker that computes it, once its first step has come."""
    return int(next(job.events()).figures["pid"])


def ended(processes: list[psutil.Process]) -> bool:
    """Whether they all end; one that its new parent has not yet collected counts as ended."""
    pause, deadline = threading.Event(), monotonic() + WAIT
    while any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes):
        if monotonic() > deadline:
            return False
        pause.wait(0.01)
    return True


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with connect(workers=1, data_dir=tmp_path_factory.mktemp("data")) as runner:
        yield runner


def test_a_killed_worker_gives_one_clear_sentence_and_the_next_jobs_work(runner: Runner, tmp_path: Path) -> None:
    job = runner.submit("test until", str(tmp_path / "gate"))
    waiting = runner.submit("test count", 5)
    os.kill(worker_of(job), signal.SIGKILL)
    with pytest.raises(WorkerLost, match="start it again"):
        job.result(WAIT)
    assert job.state == "failed"
    assert isinstance(job.error, WorkerLost)
    assert waiting.result(WAIT) == 5
    assert runner.submit("test count", 6).result(WAIT) == 6


def test_a_job_that_kills_its_worker_is_not_tried_again(runner: Runner) -> None:
    with pytest.raises(WorkerLost):
        runner.submit("test die").result(WAIT)
    assert runner.submit("test count", 7).result(WAIT) == 7


def test_when_the_scheduler_itself_dies_the_next_job_works(tmp_path: Path) -> None:
    with connect(workers=1, data_dir=tmp_path) as runner:
        job = runner.submit("test until", str(tmp_path / "gate"))
        waiting = runner.submit("test count", 8)
        worker = psutil.Process(worker_of(job))
        host = worker.parent()
        assert host is not None
        host.kill()
        with pytest.raises(WorkerLost):
            job.result(WAIT)
        assert waiting.result(WAIT) == 8
        assert runner.submit("test count", 9).result(WAIT) == 9
        assert ended([worker])


def test_closing_ends_every_process_and_cancels_what_runs(tmp_path: Path) -> None:
    runner = connect(workers=2, data_dir=tmp_path)
    job, waiting = (runner.submit("test until", str(tmp_path / "gate"), name) for name in "ab")
    worker = psutil.Process(worker_of(job))
    family = [process for process in (worker, *worker.parents()) if process.pid != os.getpid()]
    family = family[: next(n for n, process in enumerate(family) if process.ppid() == os.getpid()) + 1]
    assert len(family) == 2
    runner.close()
    assert ended(family)
    assert (job.state, waiting.state) == ("cancelled", "cancelled")
    with pytest.raises(CoreError, match="closed"):
        runner.submit("test count", 1)
    runner.close()


SCRIPT = """
import pathlib, sys
with open(sys.argv[1], "a") as ledger:
    ledger.write("main was run\\n")
import tests.core.test_jobs_tasks
from core.jobs import connect
runner = connect(workers=1, data_dir=sys.argv[2])
job = runner.submit("test until", sys.argv[3])
print(int(next(job.events()).figures["pid"]), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def script(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A program without `if __name__ == "__main__"` that connects, begins a job and prints its worker's process id."""
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    arguments = [str(tmp_path / name) for name in ("ledger", "data", "gate")]
    with subprocess.Popen(
        [sys.executable, str(path), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_the_program_that_asks_for_workers_is_not_run_again_in_them(
    script: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert script.stdout is not None
    assert int(script.stdout.readline()) > 0
    assert (tmp_path / "ledger").read_text() == "main was run\n"


def test_when_the_server_is_killed_its_workers_end_too(script: subprocess.Popen[str]) -> None:
    assert script.stdout is not None
    worker = psutil.Process(int(script.stdout.readline()))
    host = worker.parent()
    assert host is not None
    assert host.ppid() == script.pid
    script.kill()
    assert ended([worker, host])


def test_a_program_that_ends_without_closing_leaves_no_process(script: subprocess.Popen[str]) -> None:
    assert script.stdout is not None
    assert script.stdin is not None
    worker = psutil.Process(int(script.stdout.readline()))
    script.stdin.close()
    assert script.wait(WAIT) == 0
    assert ended([worker])


def test_connecting_works_beside_a_running_event_loop_as_in_a_notebook(tmp_path: Path) -> None:
    async def cell() -> int:
        with connect(workers=1, data_dir=tmp_path) as runner:
            return runner.submit("test count", 3).result(WAIT)

    assert asyncio.run(cell()) == 3


def test_warm_up_is_behind_peoples_work_and_says_when_it_is_over(tmp_path: Path) -> None:
    with connect(workers=1, data_dir=tmp_path) as runner:
        gate = tmp_path / "gate"
        first = runner.submit("test until", str(gate))
        assert worker_of(first) > 0
        runner.warm(rooms=["arrays", "progress"])
        second = runner.submit("test count", 2)
        assert second.ahead == 1
        assert runner.status().ready is False
        gate.touch()
        assert second.result(WAIT) == 2
        assert runner.ready.wait(WAIT)
        assert runner.status().ready is True


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Dask scheduler with one worker, started as their own commands are."""
    folder = tmp_path_factory.mktemp("dask")
    told = folder / "scheduler.json"
    common = ["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    module = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    quiet = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    first = subprocess.Popen([*module, "--port", "0", "--scheduler-file", str(told), *common], **quiet)
    module = [sys.executable, "-m", "distributed.cli.dask_worker"]
    wait = ["--scheduler-file", str(told), "--nthreads", "1", "--local-directory", str(folder), *common]
    second = subprocess.Popen([*module, *wait], **quiet)
    try:
        pause, deadline = threading.Event(), monotonic() + WAIT
        while not told.exists() or not told.read_text().endswith("}"):
            assert first.poll() is None
            assert monotonic() < deadline
            pause.wait(0.02)
        yield json.loads(told.read_text())["address"]
    finally:
        for process in (second, first):
            process.terminate()
            process.wait(WAIT)


def test_a_scheduler_elsewhere_computes_the_same(scheduler: str) -> None:
    with connect(scheduler) as runner:
        job = runner.submit("test count", 3000)
        assert [event.done for event in job.events()][-1] == 3000
        assert job.result(WAIT) == 3000
        assert runner.status().workers == 1


def test_a_scheduler_elsewhere_does_not_try_a_job_again_whose_worker_died(scheduler: str, tmp_path: Path) -> None:
    with connect(scheduler) as runner:
        job = runner.submit("test until", str(tmp_path / "gate"))
        os.kill(worker_of(job), signal.SIGKILL)
        with pytest.raises(WorkerLost):
            job.result(WAIT)
        assert runner.submit("test count", 4).result(WAIT) == 4


def test_closing_frees_the_workers_of_a_scheduler_elsewhere(scheduler: str, tmp_path: Path) -> None:
    with connect(scheduler) as runner:
        assert worker_of(runner.submit("test until", str(tmp_path / "gate"))) > 0
    with connect(scheduler) as runner:
        assert runner.submit("test count", 40).result(WAIT) == 40


def test_two_runners_share_a_scheduler_and_closing_one_leaves_the_workers(scheduler: str) -> None:
    with connect(scheduler) as staying:
        with connect(scheduler) as leaving:
            assert leaving.submit("test count", 41).result(WAIT) == 41
        assert staying.submit("test count", 42).result(WAIT) == 42


def test_a_scheduler_that_does_not_answer_is_named_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.cluster.CONNECT_SECONDS", 0.3)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(CoreError, match=rf"(?s){address}.*dask scheduler"):
            connect(address)


@pytest.mark.parametrize("address", ["nonsense://x:1", "tcp://", "127.0.0.1:notaport"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ParameterError, match=r"scheduler must be an address like"):
        connect(address)


@pytest.mark.parametrize("settings", [{"workers": 0}, {"workers": 1.5}, {"threads": 0}])
def test_settings_out_of_range_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ParameterError, match="at least 1"):
        connect(**settings)


@pytest.mark.parametrize("blocked", [".", "numba", "scratch/hosts.lock"])
def test_where_the_data_folder_takes_no_files_pictures_are_drawn_and_it_is_named(tmp_path: Path, blocked: str) -> None:
    folder = tmp_path / "data"
    where = folder / blocked
    where.parent.mkdir(parents=True, exist_ok=True)
    where.touch()
    if blocked.endswith("lock"):
        where.parent.chmod(0o500)
        if os.access(where.parent, os.W_OK):
            pytest.skip("who may write everywhere has no folder that is read-only")
    vectors = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
    with connect(workers=1, data_dir=folder) as runner:
        assert "data cannot be written to (" in str(runner.note)
        method = "tsne" if blocked == "numba" else "pca"  # one is compiled, which takes its time
        assert len(runner.submit("project", vectors, method).result(120).coordinates) == 12
        instead = runner._place.data_dir
        assert instead.is_dir()
    assert not instead.exists()
    where.parent.chmod(0o700)


def test_where_the_data_folder_takes_files_nothing_is_said(runner: Runner) -> None:
    assert runner.note is None


def test_importing_jobs_imports_no_dask() -> None:
    code = "import sys, core.jobs; print([name for name in ('dask', 'distributed', 'torch', 'numba') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
