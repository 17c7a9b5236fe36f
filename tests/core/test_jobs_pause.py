"""Pausing on real workers: who pauses waits, gives the place to others, and keeps nobody else from anything."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from core.errors import WorkerLost
from core.jobs import Job, JobAbandoned, Runner, connect, tasks, worker
from core.jobs.worker import HOLD, Order, Parked, Reporter, Work
from core.progress import Step
from core.training import train
from tests.core import test_jobs_tasks  # noqa: F401 - registers the tasks submitted here
from tests.core.training_texts import small_text

WAIT = 30.0  # seconds after which a test that waits for a condition fails; none waits so long when all is well


@tasks.task("test parked threads")
def parked_threads(report: object, salt: int = 0) -> int:
    """How many other runs are parked in this worker."""
    return sum(thread.name.startswith("run-") for thread in threading.enumerate()) - 1


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """One worker: who gets something from it while another is paused, got that one's place."""
    with connect(workers=1, data_dir=tmp_path_factory.mktemp("data")) as runner:
        yield runner


def begun(job: Job) -> int:
    """The process id of the worker that computes it, once its first step has come."""
    return int(next(job.events()).figures["pid"])


_SALT = iter(range(10_000))


def parked(runner: Runner) -> int:
    """How many runs are parked in the one worker; the answer comes when it is free."""
    return int(runner.submit("test parked threads", next(_SALT)).result(WAIT))


def test_a_paused_job_waits_where_it_is_and_goes_on_when_told(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    job = runner.submit("test until", str(gate))
    begun(job)
    assert not job.paused
    job.pause()
    assert job.paused
    assert parked(runner) == 1
    seen = job.latest
    assert seen is not None
    gate.touch()  # it would end at once if it did anything
    assert parked(runner) == 1
    assert (job.latest, job.state, job.over, job.ahead) == (seen, "running", False, 0)
    job.resume()
    assert not job.paused
    assert job.result(WAIT) == "to the end"
    assert parked(runner) == 0


def test_thirty_who_pause_leave_the_worker_to_the_next(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    jobs = [runner.submit("test until", str(gate), f"student {number}") for number in range(30)]
    for job in jobs:
        begun(job)
        job.pause()
    assert parked(runner) == 30
    assert (runner.status().running, runner.status().waiting) == (0, 0)
    gate.touch()
    for job in jobs:
        job.resume()
    assert [job.result(WAIT) for job in jobs] == ["to the end"] * 30


def test_who_resumes_waits_for_the_worker_and_is_ahead_of_who_came_later(runner: Runner, tmp_path: Path) -> None:
    gate, other = tmp_path / "gate", tmp_path / "other"
    job = runner.submit("test until", str(gate))
    begun(job)
    job.pause()
    busy = runner.submit("test until", str(other))
    begun(busy)
    later = runner.submit("test count", 50)
    job.resume()
    assert (job.ahead, later.ahead) == (1, 2)
    busy.cancel()
    while job.ahead:
        assert not job.wait(0.01)
    assert later.state == "waiting"
    gate.touch()
    assert job.result(WAIT) == "to the end"
    assert later.result(WAIT) == 50


def test_a_job_that_waits_in_the_queue_lets_others_pass_while_it_is_paused(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    blocker = runner.submit("test until", str(gate))
    begun(blocker)
    paused, passing = runner.submit("test count", 51), runner.submit("test count", 52)
    paused.pause()
    assert (paused.ahead, passing.ahead, runner.status().waiting) == (0, 1, 1)
    gate.touch()
    assert passing.result(WAIT) == 52
    assert paused.state == "waiting"
    paused.resume()
    assert paused.result(WAIT) == 51


def test_a_job_paused_before_its_first_step_pauses_there(runner: Runner, tmp_path: Path) -> None:
    job = runner.submit("test until", str(tmp_path / "gate"))
    job.pause()
    assert parked(runner) in (0, 1)  # it had left for the worker, or not yet
    job.resume()
    (tmp_path / "gate").touch()
    assert job.result(WAIT) == "to the end"


def test_stopping_while_paused_keeps_what_there_is_even_when_the_worker_is_busy(runner: Runner, tmp_path: Path) -> None:
    job, busy = (runner.submit("test until", str(tmp_path / "gate"), name) for name in "ab")
    begun(job)
    job.pause()
    begun(busy)
    job.stop()
    assert job.result(WAIT) == "as it stands"
    assert (job.state, job.paused) == ("stopped", False)
    busy.cancel()
    assert parked(runner) == 0


def test_stopping_what_can_make_no_snapshot_goes_on_to_its_stop(runner: Runner) -> None:
    job = runner.submit("test count", 10_000_000)
    begun(job)
    job.pause()
    assert parked(runner) == 1
    reached = job.latest
    assert reached is not None
    job.stop()
    assert job.result(WAIT) == reached.done
    assert job.state == "stopped"


def test_cancelling_while_paused_leaves_nothing_in_the_worker(runner: Runner, tmp_path: Path) -> None:
    job = runner.submit("test until", str(tmp_path / "gate"))
    begun(job)
    job.pause()
    assert parked(runner) == 1
    job.cancel()
    assert (job.state, job.paused) == ("cancelled", False)
    with pytest.raises(JobAbandoned):
        job.result(WAIT)
    assert parked(runner) == 0
    (tmp_path / "gate").touch()
    assert runner.submit("test until", str(tmp_path / "gate")).result(WAIT) == "to the end"


def test_a_paused_handle_that_nobody_holds_any_more_ends_the_run(runner: Runner, tmp_path: Path) -> None:
    job = runner.submit("test until", str(tmp_path / "gate"))
    begun(job)
    job.pause()
    assert parked(runner) == 1
    run = job._run
    del job
    gc.collect()
    with runner._changed:
        assert runner._changed.wait_for(lambda: run.over, WAIT)
    assert run.state == "cancelled"
    assert parked(runner) == 0


def test_one_visitors_pause_keeps_only_their_own_view_still(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    pausing, going = (runner.submit("test until", str(gate)) for _ in range(2))
    begun(pausing)
    pausing.pause()
    assert (pausing.paused, going.paused) == (True, False)
    assert (pausing.others, going.others) == (1, 0)
    seen, frame, events = pausing.latest, pausing.frame, pausing.history
    assert len(list(islice(going.events(), len(events) + 5))) == len(events) + 5
    gate.touch()
    assert going.result(WAIT) == "to the end"
    assert (pausing.latest, pausing.frame, pausing.history) == (seen, frame, events)
    assert pausing.poll(after=len(events) - 1) == []
    assert (pausing.state, pausing.over) == ("running", False)
    pausing.resume()
    assert [event.seq for event in pausing.events()] == list(range(len(going.history)))
    assert pausing.result(WAIT) == "to the end"


def test_it_waits_when_all_who_watch_have_paused_and_a_newcomer_sets_it_going(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    first, second = (runner.submit("test until", str(gate)) for _ in range(2))
    begun(first)
    first.pause()
    second.pause()
    assert parked(runner) == 1
    events = first.history
    gate.touch()
    newcomer = runner.submit("test until", str(gate))
    assert newcomer.result(WAIT) == "to the end"
    assert (first.over, first.history) == (False, events)
    second.cancel()
    first.stop()
    assert first.result(WAIT) == "to the end"


def test_a_visitor_who_stops_leaves_the_paused_one_paused(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    pausing, stopping = (runner.submit("test until", str(gate)) for _ in range(2))
    begun(pausing)
    pausing.pause()
    stopping.stop()
    assert stopping.result(WAIT) == "as it stands"
    assert parked(runner) == 1
    gate.touch()
    pausing.resume()
    assert pausing.result(WAIT) == "to the end"


def test_a_killed_worker_takes_its_paused_runs_along_and_says_so(runner: Runner, tmp_path: Path) -> None:
    job = runner.submit("test until", str(tmp_path / "gate"))
    pid = begun(job)
    job.pause()
    assert parked(runner) == 1
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(WorkerLost, match="start it again"):
        job.result(WAIT)
    assert (job.state, job.paused) == ("failed", False)
    assert parked(runner) == 0
    assert runner.submit("test count", 53).result(WAIT) == 53


def test_when_the_scheduler_dies_paused_runs_are_lost_and_the_next_job_works(tmp_path: Path) -> None:
    with connect(workers=1, data_dir=tmp_path) as runner:
        job = runner.submit("test until", str(tmp_path / "gate"))
        host = psutil.Process(begun(job)).parent()
        assert host is not None
        job.pause()
        assert parked(runner) == 1
        host.kill()
        with pytest.raises(WorkerLost):
            job.result(WAIT)
        assert runner.submit("test count", 54).result(WAIT) == 54


def test_with_two_workers_new_work_goes_where_nothing_resumed_computes(tmp_path: Path) -> None:
    with connect(workers=2, data_dir=tmp_path) as runner:
        gate = tmp_path / "gate"
        jobs = [runner.submit("test until", str(gate), name) for name in "abc"]
        for job in jobs[:2]:
            begun(job)
        jobs[0].pause()
        assert begun(jobs[2]) > 0  # got the place
        jobs[0].resume()
        assert jobs[0].ahead == 2
        jobs[1].cancel()  # of the other worker: the resumed one cannot use that, a newcomer can
        assert runner.submit("test count", 55).result(WAIT) == 55
        assert jobs[0].ahead == 1
        jobs[2].cancel()
        gate.touch()
        assert jobs[0].result(WAIT) == "to the end"


def test_a_training_that_was_paused_gives_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.loop.PAUSE", 0)
    monkeypatch.setattr(worker, "STEPS_A_SECOND", 1e9)
    text, parked_at = small_text(), []

    def send(message: dict[str, Any]) -> None:
        if message["kind"] == "step" and message["figures"]["epoch"] in (2, 4):
            worker.raise_flag("training", f"{HOLD}{len(parked_at) * 2 + 1}")

    work = Work(Order("training", "train", "core.jobs.tasks", (text,), {"dim": 8, "epochs": 6}), "", send)
    outcome = work.go_on()
    while isinstance(outcome, Parked):
        parked_at.append(outcome)
        outcome = worker.carry_on("training", len(parked_at) * 2)
    whole = train(text, dim=8, epochs=6)
    assert len(parked_at) >= 2
    assert all(outcome.snapshots for outcome in parked_at)
    assert outcome.result.vectors.tobytes() == whole.vectors.tobytes()
    assert outcome.result.history.held_out_auc == whole.history.held_out_auc


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_pause_is_not_counted_as_work(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, sent = Clock(), []
    monkeypatch.setattr(worker, "monotonic", clock)

    def park(step: Step) -> None:
        clock.now += 1000
        worker.raise_flag("clocked", f"{HOLD}2")

    report = Reporter("clocked", sent.append, park)
    clock.now += 1
    worker.raise_flag("clocked", f"{HOLD}1")
    assert report(Step(done=1, total=9, unit="step")) is False
    clock.now += 1
    assert report(Step(done=2, total=9, unit="step")) is False
    assert [message["at"] for message in sent] == [1.0, 2.0]


def test_turns_that_overtake_one_another_are_put_in_order() -> None:
    parks: list[Any] = []
    report = Reporter("crossing", lambda message: None, parks.append)
    for flag in (f"{HOLD}2", f"{HOLD}1"):  # pause, then resume, heard the wrong way round
        worker.raise_flag("crossing", flag)
    report(Step(done=1, total=9, unit="step"))
    assert parks == []


def test_a_parked_run_whose_server_is_gone_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(worker, "LEASE_SECONDS", 0.05)
    work = Work(Order("left", "test until", "tests.core.test_jobs_tasks", (str(tmp_path / "gate"),)), "", np.size)
    worker.raise_flag("left", f"{HOLD}1")
    assert isinstance(work.go_on(), Parked)
    work._thread.join(WAIT)
    assert not work._thread.is_alive()
    outcome = worker.carry_on("left", 2)
    assert not isinstance(outcome, Parked)
    assert isinstance(outcome.error, WorkerLost)
