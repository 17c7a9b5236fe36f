"""What a fresh server does ahead, and what it leaves until its first page is there."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from dashboard import ahead, work


def test_the_workers_wait_for_the_first_page_or_for_nobody_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(work, "start", lambda: done.append("workers"))
    monkeypatch.setattr(ahead, "load", lambda: done.append("pages"))
    monkeypatch.setattr(work, "settled", lambda: done.append("settled"))

    class Page:
        def wait(self, seconds: float) -> bool:
            done.append(f"waits {seconds:g} s")
            return True

    monkeypatch.setattr(ahead, "_shown", Page())
    try:
        ahead._begin()
    finally:
        gc.unfreeze()
    assert done == ["waits 3 s", "workers", "pages", "settled"]


def test_what_is_loaded_is_left_out_by_the_collector() -> None:
    before = gc.get_freeze_count()
    try:
        ahead.load()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


def test_the_first_page_loads_neither_pandas_nor_numba_nor_torch() -> None:
    """Streamlit loads pandas to look at what a component is given, unless that is text."""
    page = "from dashboard import frame\nfrom dashboard.pages import home\nframe.begin()\nhome.render()"
    code = (
        "import sys\nfrom streamlit.testing.v1 import AppTest\n"
        f"assert not AppTest.from_string({page!r}, default_timeout=60).run().exception\n"
        "print([name for name in ('pandas', 'numba', 'torch', 'scipy', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
