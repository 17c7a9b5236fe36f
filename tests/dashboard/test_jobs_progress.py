"""The line of a running job: how far it is, and the buttons that pause and end it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import Event, Job
from dashboard import i18n, jobs
from tests.core import test_jobs_tasks  # noqa: F401 - registers the task submitted here

WAIT = 30.0


def progress_of(gate: Path, language: str = "en") -> AppTest:
    def script(gate: str) -> None:
        from dashboard import frame, jobs
        from dashboard.i18n import _

        frame.begin()
        if jobs.current("slot") is None:
            jobs.start("slot", "test until", gate)
        jobs.progress("slot", stop=_("Cancel"), pausable=True)

    test = AppTest.from_function(script, default_timeout=60, args=(str(gate),))
    test.query_params.update({"lang": language})
    return test.run()


def job_of(test: AppTest) -> Job:
    job = test.session_state["es_jobs"]["slot"]
    assert isinstance(job, Job)
    return job


def labels(test: AppTest) -> list[str]:
    return [button.label for button in test.button if button.key.startswith("slot_")]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "2.6 M of 10.1 M windows · 0.72 M windows/s"),
        ("zh", "第 260 万个窗口，共 1,010 万个 · 每秒 72.0 万个窗口"),
    ],
)
def test_what_is_done_and_how_fast_are_told_in_one_unit_of_the_language(
    monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setattr(i18n, "language", lambda: language)
    event = Event(seq=1, at=0.1, done=2_600_000, total=10_100_000, unit="window", figures={"windows_per_second": 720_000.0})  # fmt: skip
    assert jobs._line(event) == said


def test_a_job_is_paused_and_resumed_where_the_one_button_stands_and_the_other_stood(tmp_path: Path) -> None:
    test = progress_of(tmp_path / "gate")
    assert next(job_of(test).events()).done > 0
    assert labels(test.run()) == ["Pause", "Cancel"]
    test.button(key="slot_pause").click().run()
    assert job_of(test).paused
    assert labels(test) == ["Resume", "Cancel"]
    assert [button.key for button in test.button] == [
        "slot_resume",
        "slot_stop",
    ]  # the same click twice is no other click
    test.button(key="slot_resume").click().run()
    assert not job_of(test).paused
    assert labels(test) == ["Pause", "Cancel"]
    (tmp_path / "gate").touch()
    assert job_of(test).result(WAIT) == "to the end"


def test_who_pauses_what_others_watch_too_is_told_that_it_goes_on(tmp_path: Path) -> None:
    first, second = progress_of(tmp_path / "gate"), progress_of(tmp_path / "gate")
    assert next(job_of(first).events()).done > 0
    first.button(key="slot_pause").click().run()
    assert [caption.value for caption in first.caption] == [
        "1 more watch the same work, so it goes on for them. Your picture stands still until you resume."
    ]
    assert not second.run().caption
    job_of(first).cancel()
    job_of(second).cancel()


@pytest.mark.parametrize(("language", "expected"), [("en", "Pause"), ("zh", "暂停")])
def test_the_buttons_speak_the_readers_language(tmp_path: Path, language: str, expected: str) -> None:
    test = progress_of(tmp_path / language, language)
    assert labels(test.run())[0] == expected
    job_of(test).cancel()
