"""Jobs on real workers: told in order, run once, left by one without ending another's."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from core.errors import CoreError, DataError, ParameterError
from core.jobs import Job, JobAbandoned, Runner, StillRunning, connect
from core.jobs.results import Results
from core.jobs.run import Run
from core.jobs.worker import Order
from tests.core import test_jobs_tasks  # noqa: F401 - registers the tasks submitted here

WAIT = 30.0  # seconds after which a test that waits for a condition fails; none waits so long when all is well


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with connect(workers=2, data_dir=tmp_path_factory.mktemp("data")) as runner:
        yield runner


def begun(job: Job) -> Job:
    """The job, once its first step has come."""
    assert next(job.events(), None) is not None, job
    assert job.state == "running"
    return job


def test_events_come_in_order_and_the_last_one_always_arrives(runner: Runner) -> None:
    job = runner.submit("test count", 5000)
    events = list(job.events())
    assert [event.seq for event in events] == list(range(len(events)))
    assert [event.done for event in events] == sorted({event.done for event in events})
    assert (events[0].done, events[-1].done) == (1, 5000)
    assert job.result(WAIT) == 5000
    assert job.state == "done"
    assert job.over


def test_the_newest_picture_comes_with_its_event_and_older_ones_are_let_go(runner: Runner) -> None:
    job = runner.submit("test count", 4000)
    assert job.result(WAIT) == 4000
    events = job.poll()
    assert [event.coordinates is None for event in events[:-1]] == [True] * (len(events) - 1)
    assert job.latest == job.frame == events[-1]
    assert events[-1].coordinates is not None
    np.testing.assert_array_equal(events[-1].coordinates, np.full((3, 2), 4000))
    assert job.poll(after=events[-1].seq) == []
    assert job.poll(after=events[-1].seq - 1) == events[-1:]
    assert all(event.coordinates is None for event in job.history)


def test_the_same_asked_twice_at_once_runs_once(runner: Runner, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    first, second = (runner.submit("test count", 3000, ledger=str(ledger)) for _ in range(2))
    assert first is not second
    assert first.key == second.key
    assert first.result(WAIT) == second.result(WAIT) == 3000
    assert ledger.read_text() == "3000\n"


def test_the_same_asked_later_gets_the_kept_result_and_its_history_at_once(runner: Runner, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    first = runner.submit("test count", 3001, ledger=str(ledger))
    assert first.result(WAIT) == 3001
    again = runner.submit("test count", 3001, ledger=str(ledger))
    assert again.state == "done"
    assert [event.done for event in again.events()] == [event.done for event in first.history]
    assert ledger.read_text() == "3001\n"


def test_other_settings_are_another_run(runner: Runner) -> None:
    keys = {runner.submit("test count", total).key for total in (1, 2)}
    keys.add(runner.submit("test array", np.zeros(2)).key)
    keys.add(runner.submit("test array", np.zeros(2, dtype=np.float32)).key)
    assert len(keys) == 4


def test_a_late_joiner_sees_the_figures_from_the_start(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    first = begun(runner.submit("test until", str(gate)))
    list(islice(first.events(), 3))
    second = runner.submit("test until", str(gate))
    assert second.state == "running"
    assert [event.seq for event in second.poll()][:3] == [0, 1, 2]
    gate.touch()
    assert first.result(WAIT) == second.result(WAIT) == "to the end"


def test_one_visitor_stops_with_what_there_is_and_the_other_goes_on(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    leaver, stayer = (runner.submit("test until", str(gate)) for _ in range(2))
    begun(leaver).stop()
    assert leaver.result(WAIT) == "as it stands"
    assert leaver.state == "stopped"
    assert stayer.state == "running"
    gate.touch()
    assert stayer.result(WAIT) == "to the end"
    assert stayer.state == "done"
    assert leaver.result(WAIT) == "as it stands"


def test_two_stop_and_a_third_goes_on(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    jobs = [runner.submit("test until", str(gate)) for _ in range(3)]
    begun(jobs[0]).stop()
    jobs[1].stop()
    assert [job.result(WAIT) for job in jobs[:2]] == ["as it stands"] * 2
    gate.touch()
    assert jobs[2].result(WAIT) == "to the end"


def test_the_only_visitor_stops_the_work_itself_and_that_is_not_kept_for_others(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    job = begun(runner.submit("test until", str(gate)))
    job.stop()
    assert job.result(WAIT) == "as it was stopped"
    assert job.state == "stopped"
    gate.touch()
    assert runner.submit("test until", str(gate)).result(WAIT) == "to the end"


def test_when_all_others_leave_a_stopped_visitor_still_gets_a_result(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    keeper, leaver = (runner.submit("test until", str(gate)) for _ in range(2))
    begun(keeper).stop()
    leaver.cancel()
    assert keeper.result(WAIT) in ("as it stands", "as it was stopped")
    assert keeper.state == "stopped"


def test_one_visitor_cancels_and_the_other_goes_on(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    leaver, stayer = (runner.submit("test until", str(gate)) for _ in range(2))
    begun(leaver).cancel()
    assert leaver.state == "cancelled"
    with pytest.raises(JobAbandoned, match="Start it again"):
        leaver.result(WAIT)
    gate.touch()
    assert stayer.result(WAIT) == "to the end"


def test_cancelling_frees_the_worker_for_the_next_job(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    jobs = [begun(runner.submit("test until", str(gate), name)) for name in "ab"]
    next_one = runner.submit("test count", 10)
    assert (next_one.state, next_one.ahead) == ("waiting", 2)
    assert runner.status().running == 2
    assert runner.status().waiting == 1
    jobs[0].cancel()
    assert next_one.result(WAIT) == 10
    assert jobs[1].state == "running"
    jobs[1].cancel()


def test_a_job_that_waits_is_cancelled_without_ever_running(runner: Runner, tmp_path: Path) -> None:
    gate, ledger = tmp_path / "gate", tmp_path / "ledger"
    blockers = [begun(runner.submit("test until", str(gate), name)) for name in "ab"]
    cancelled = runner.submit("test count", 11, ledger=str(ledger))
    stopped = runner.submit("test count", 12, ledger=str(ledger))
    cancelled.cancel()
    stopped.stop()
    assert (cancelled.state, stopped.state) == ("cancelled", "cancelled")
    assert list(cancelled.events()) == []
    gate.touch()
    assert [job.result(WAIT) for job in blockers] == ["to the end"] * 2
    assert runner.submit("test count", 13).result(WAIT) == 13
    assert not ledger.exists()


def test_jobs_begin_in_the_order_they_were_asked_for(runner: Runner, tmp_path: Path) -> None:
    gate, ledger = tmp_path / "gate", tmp_path / "ledger"
    blockers = [begun(runner.submit("test until", str(gate), name)) for name in "ab"]
    queue = [runner.submit("test count", 20 + n, ledger=str(ledger)) for n in range(4)]
    assert [job.ahead for job in queue] == [2, 3, 4, 5]
    blockers[0].cancel()
    assert [job.result(WAIT) for job in queue] == [20, 21, 22, 23]
    assert ledger.read_text().split() == ["20", "21", "22", "23"]
    assert blockers[1].state == "running"
    blockers[1].cancel()


def test_a_handle_that_nobody_holds_any_more_counts_as_cancelled(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    job = begun(runner.submit("test until", str(gate)))
    run = job._run
    del job
    gc.collect()
    with runner._changed:
        assert runner._changed.wait_for(lambda: run.over, WAIT)
    assert run.state == "cancelled"


def test_a_page_in_another_thread_gets_the_result_too(runner: Runner) -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(runner.submit("test count", 31).result(WAIT)))
    thread.start()
    thread.join(WAIT)
    assert found == [31]


def test_an_error_on_purpose_comes_back_as_itself(runner: Runner) -> None:
    job = runner.submit("test refuse", "on purpose")
    with pytest.raises(DataError, match="Row 7 is empty"):
        job.result(WAIT)
    assert job.state == "failed"
    assert isinstance(job.error, DataError)


def test_any_other_error_becomes_one_sentence_and_its_traceback_goes_to_the_log(
    runner: Runner, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(CoreError, match=r"The computation failed \(IndexError: list index out of range\)") as caught:
        runner.submit("test refuse", "by a slip").result(WAIT)
    assert "Traceback" not in str(caught.value)
    assert "Traceback" in caplog.text


def test_want_of_memory_is_said_so(runner: Runner) -> None:
    with pytest.raises(CoreError, match="not enough memory"):
        runner.submit("test refuse", "memory").result(WAIT)


def test_an_error_is_not_kept_for_the_next_who_asks(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gone" / "ledger"
    with pytest.raises(CoreError, match="FileNotFoundError"):
        runner.submit("test count", 3, ledger=str(gate)).result(WAIT)
    gate.parent.mkdir()
    assert runner.submit("test count", 3, ledger=str(gate)).result(WAIT) == 3


def test_a_result_that_cannot_travel_fails_with_a_sentence(runner: Runner) -> None:
    with pytest.raises(CoreError, match="cannot pickle"):
        runner.submit("test unsendable").result(WAIT)


def test_arguments_that_cannot_travel_are_refused_with_a_sentence(runner: Runner) -> None:
    with pytest.raises(DataError, match="cannot be sent to a worker"):
        runner.submit("test array", threading.Lock()).result(WAIT)


def test_arrays_of_many_megabytes_travel_without_a_warning(runner: Runner) -> None:
    values = np.arange(4_000_000, dtype=np.float32)
    np.testing.assert_array_equal(runner.submit("test array", values).result(WAIT), values * 2)


def test_an_unknown_task_is_refused(runner: Runner) -> None:
    with pytest.raises(ParameterError, match=r"one of: .*test count"):
        runner.submit("rm")


def test_waiting_for_a_result_can_be_given_a_limit(runner: Runner, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    job = begun(runner.submit("test until", str(gate)))
    with pytest.raises(StillRunning, match=r"not ready after 0\.01 seconds"):
        job.result(0.01)
    gate.touch()
    assert job.result(WAIT) == "to the end"


def test_the_time_left_is_read_off_the_pace_of_this_unit() -> None:
    run = Run("key", Order("run", "task", "module"))
    told = {"figures": {}, "labels": None, "watched": {}, "shape": None, "data": None, "total": 1000}
    steps = [
        ("character", 0, 0),
        ("character", 4, 800),
        ("epoch", 10, 0),
        ("epoch", 30, 5),
        ("epoch", 32, 100),
        ("epoch", 34, 300),
    ]
    for unit, at, done in steps:
        run.add({"unit": unit, "at": float(at), "done": done, **told})
    # Each unit starts afresh; the twenty seconds in which the kernels were compiled are soon forgotten.
    assert [event.rate for event in run.history] == [None, 200.0, None, 5 / 20, 95 / 2, 295 / 4]
    assert [event.remaining for event in run.history] == [None, 1.0, None, None, 900 / (95 / 2), 700 / (295 / 4)]


def test_kept_results_are_bounded_in_number_and_bytes() -> None:
    results = Results(size=100, count=3)
    for name in "abcd":
        results.keep(Run(name, Order(name, "t", "m"), size=10))
    assert [name for name in "abcd" if results.get(name)] == ["b", "c", "d"]
    results.keep(Run("large", Order("e", "t", "m"), size=85))
    assert [name for name in ("b", "c", "d", "large") if results.get(name)] == ["d", "large"]
    results.keep(Run("too large", Order("f", "t", "m"), size=101))
    assert results.get("too large") is None
    assert results.get("large") is not None
