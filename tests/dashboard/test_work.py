"""The runner of the server, as a page waits for it."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import CoreError
from dashboard import work
from tests.dashboard.conftest import open_page


def test_workers_that_do_not_come_are_told_in_a_sentence_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_runner", Future())
    with pytest.raises(work.StillStarting, match="not started within 0 seconds") as caught:
        work.runner(0.0)
    assert isinstance(caught.value, CoreError)
    assert isinstance(caught.value, TimeoutError)


def test_the_page_says_so_where_the_picture_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_runner", Future())
    monkeypatch.setattr(work.runner, "__defaults__", (0.01,))
    test: AppTest = open_page("explore")
    assert not test.exception
    assert ["have not started within 0.01 seconds" in error.value.replace("\\", "") for error in test.error] == [True]
