"""What a browser holds and did not save: private, bounded, forgotten."""

from __future__ import annotations

import time

import numpy as np
import pytest

from core.embedding import Embedding
from dashboard import workspaces
from dashboard.session import Held


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspaces, "_spaces", {})


def held(rows: int = 3) -> Held:
    return Held("t", Embedding([str(row) for row in range(rows)], np.ones((rows, 4))), "o")


def test_one_browser_never_sees_what_another_holds() -> None:
    workspaces.put("mine", "own-1", held())
    assert list(workspaces.look("mine")) == ["own-1"]
    assert workspaces.look("yours") == {}
    workspaces.drop("yours", "own-1")
    assert list(workspaces.look("mine")) == ["own-1"]


def test_a_browser_holds_so_many_and_so_much_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(workspaces.LIMIT + 2):
        workspaces.put("mine", f"own-{at}", held())
    assert list(workspaces.look("mine")) == [f"own-{at}" for at in range(2, workspaces.LIMIT + 2)]
    monkeypatch.setattr(workspaces, "BYTES", 2 * workspaces.weight({"one": held(100)}))
    for at in range(3):
        workspaces.put("mine", f"big-{at}", held(100))
    assert list(workspaces.look("mine")) == ["big-1", "big-2"]


def test_browsers_that_stay_away_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    workspaces.put("gone", "own-1", held())
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + workspaces.IDLE + 1)
    workspaces.put("first", "own-1", held(100))
    assert workspaces.look("gone") == {}
    monkeypatch.setattr(workspaces, "ALL_BYTES", workspaces.weight({"one": held(100)}) + 10)
    monkeypatch.setattr(time, "monotonic", lambda: now + workspaces.IDLE + 2)
    workspaces.put("second", "own-1", held(100))
    assert workspaces.look("first") == {}
    assert list(workspaces.look("second")) == ["own-1"]
