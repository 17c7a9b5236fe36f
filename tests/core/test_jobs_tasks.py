"""The list of tasks, and the tasks that the other tests of jobs submit."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from core.errors import DataError, ParameterError
from core.jobs import tasks
from core.progress import OnStep, Step


@tasks.task("test count")
def count(report: OnStep, total: int, ledger: str | None = None) -> int:
    """Count to total; a line in the ledger each time it is really carried out."""
    if ledger is not None:
        with Path(ledger).open("a") as file:
            file.write(f"{total}\n")
    for done in range(1, total + 1):
        picture = np.full((3, 2), done, dtype=np.float32)
        if report(Step(done=done, total=total, unit="number", figures={"pid": os.getpid()}, coordinates=picture)):
            return done
    return total


@tasks.task("test until")
def until(report: OnStep, gate: str, name: str = "") -> str:
    """Step until the gate (a file) exists or somebody stops it."""
    done, pause = 0, threading.Event()
    while not Path(gate).exists():
        done += 1
        step = Step(
            done=done,
            total=1_000_000,
            unit="look",
            figures={"pid": os.getpid()},
            coordinates=np.full((2, 2), done, dtype=np.float32),
            snapshot=lambda: "as it stands",
        )
        if report(step):
            return "as it was stopped"
        pause.wait(0.002)
    return "to the end"


@tasks.task("test refuse")
def refuse(report: OnStep, kind: str) -> None:
    """Fail on purpose (a CoreError), by a slip, or for want of memory."""
    if kind == "on purpose":
        raise DataError("Row {row} is empty.", row=7)
    if kind == "memory":
        raise MemoryError
    raise IndexError("list index out of range")


@tasks.task("test unsendable")
def unsendable(report: OnStep) -> object:
    return threading.Lock()


@tasks.task("test array")
def array(report: OnStep, values: np.ndarray) -> np.ndarray:
    return values * 2


@tasks.task("test die")
def die(report: OnStep) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_an_unknown_task_is_refused_with_the_list_of_what_there_is() -> None:
    with pytest.raises(ParameterError, match=r"test count.*warm"):
        tasks.find("os.system")


def test_a_worker_finds_a_task_by_importing_the_module_that_registered_it() -> None:
    assert tasks.find_in(__name__, "test count") is tasks.find("test count")


def test_every_engine_task_lives_in_a_module_that_workers_have() -> None:
    ours = [name for name in tasks.names() if not name.startswith("test ")]
    assert "warm" in ours
    assert {tasks.find(name).__module__ for name in ours} == {"core.jobs.tasks"}
