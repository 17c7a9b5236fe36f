"""What a task's callback does: which steps it sends, and how flags reach it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.errors import JobCancelled
from core.jobs import worker
from core.jobs.worker import CANCEL, SNAPSHOT, STEPS_A_SECOND, STOP, Reporter
from core.progress import Step


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(worker, "monotonic", clock)
    return clock


@pytest.fixture(autouse=True)
def no_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    worker._FLAGS.clear()


def step(done: int, **more: Any) -> Step:
    return Step(done=done, total=1000, unit="epoch", **more)


def test_steps_are_sent_a_dozen_times_a_second_with_the_first_and_the_last(clock: Clock) -> None:
    sent: list[dict[str, Any]] = []
    report = Reporter("run", sent.append)
    for done in range(1001):
        report(step(done))
        clock.now += 0.01
    report.flush()
    numbers = [message["done"] for message in sent]
    assert (numbers[0], numbers[-1]) == (0, 1000)
    assert 10 * STEPS_A_SECOND * 0.9 <= len(numbers) <= 10 * STEPS_A_SECOND + 2
    assert numbers == sorted(set(numbers))


def test_a_picture_between_two_sent_steps_goes_with_the_next(clock: Clock) -> None:
    sent: list[dict[str, Any]] = []
    report = Reporter("run", sent.append)
    report(step(0))
    report(step(1, coordinates=np.ones((4, 2), dtype=np.float32)))
    report(step(2))
    report.flush()
    assert [message["shape"] for message in sent] == [None, [4, 2]]
    assert sent[1]["done"] == 2


def test_a_picture_is_the_one_of_its_moment_though_the_kernel_goes_on_writing(clock: Clock) -> None:
    sent: list[dict[str, Any]] = []
    report = Reporter("run", sent.append)
    report(step(0))
    picture = np.ones((4, 2), dtype=np.float32)
    report(step(1, coordinates=picture))
    picture[:] = 7
    report.flush()
    assert set(np.frombuffer(sent[1]["data"], dtype=np.float32)) == {1.0}


def test_labels_come_once_with_the_next_sent_step(clock: Clock) -> None:
    sent: list[dict[str, Any]] = []
    report = Reporter("run", sent.append)
    report(step(0))
    report(step(1, labels=["cat", "dog"]))
    report(step(2))
    report.flush()
    report(step(3))
    report.flush()
    assert [message["labels"] for message in sent] == [None, ["cat", "dog"], None]


def test_a_snapshot_keeps_its_moment_though_the_work_goes_on(clock: Clock) -> None:
    report = Reporter("run", lambda message: None)
    live = np.ones(3)
    worker.raise_flag("run", SNAPSHOT + "a")
    report(step(1, snapshot=lambda: live))
    live[:] = 7
    np.testing.assert_array_equal(worker.take_snapshot("a"), np.ones(3))


def test_pictures_of_many_points_come_less_often(clock: Clock) -> None:
    sent: list[dict[str, Any]] = []
    report = Reporter("run", sent.append)
    picture = np.zeros((1_000_000, 2), dtype=np.float32)  # 8 MB: one a second
    for done in range(40):
        report(step(done, coordinates=picture))
        clock.now += 0.1
    assert len(sent) == 4


def test_a_second_flush_sends_nothing_twice(clock: Clock) -> None:
    sent: list[dict[str, Any]] = []
    report = Reporter("run", sent.append)
    report(step(0))
    report.flush()
    assert len(sent) == 1


def test_cancel_is_raised_at_the_next_step_of_that_run_only() -> None:
    report, other = Reporter("run", lambda message: None), Reporter("other", lambda message: None)
    worker.raise_flag("run", CANCEL)
    assert other(step(1)) is False
    with pytest.raises(JobCancelled):
        report(step(1))


def test_stop_is_answered_with_true_and_remembered() -> None:
    report = Reporter("run", lambda message: None)
    assert report(step(1)) is False
    assert report.stopped is False
    worker.raise_flag("run", STOP)
    assert report(step(2)) is True
    assert report.stopped is True


def test_a_snapshot_is_made_at_the_next_step_that_can_make_one_and_handed_over_once() -> None:
    sent: list[dict[str, Any]] = []
    report = Reporter("run", sent.append)
    worker.raise_flag("run", SNAPSHOT + "a")
    worker.raise_flag("run", SNAPSHOT + "b")
    assert report(step(1)) is False
    assert report(step(2, snapshot=lambda: [1, 2])) is False
    assert {message["token"] for message in sent if message["kind"] == "snapshot"} == {"a", "b"}
    assert report(step(3, snapshot=lambda: pytest.fail("nobody asked again"))) is False
    assert worker.take_snapshot("a") == worker.take_snapshot("b") == [1, 2]
    with pytest.raises(KeyError):
        worker.take_snapshot("a")


def test_a_snapshot_that_fails_does_not_end_the_run_of_the_others(caplog: pytest.LogCaptureFixture) -> None:
    report = Reporter("run", lambda message: None)
    worker.raise_flag("run", SNAPSHOT + "a")

    def broken() -> None:
        raise ZeroDivisionError

    assert report(step(1, snapshot=broken)) is False
    assert "snapshot" in caplog.text


def test_flags_of_runs_that_never_came_are_forgotten() -> None:
    for run in range(5000):
        worker.raise_flag(f"run {run}", CANCEL)
    assert len(worker._FLAGS) == worker._FLAGS_KEPT
    assert "run 4999" in worker._FLAGS
