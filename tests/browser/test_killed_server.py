"""The installed command, killed while visitors train, save and delete: nothing that was saved is lost, nothing is left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.browser.conftest import free_port, wait_until_healthy
from tests.browser.killing import MOMENTS, kill, leftovers
from tests.visiting import Visitor

KILLS = 6  # in the suite; `python -m tests.browser.killing` takes a hundred


def test_a_server_killed_under_its_visitors_loses_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    told = kill(tmp_path, KILLS, seed=8)
    assert told.faults == []
    assert min(told.struck[moment] for moment in MOMENTS) > 0
    for name in ("numba/kernels/a.nbi", "numba/kernels/a.1.nbc"):
        left = tmp_path / f"{name}.tmp.0123456789abcdef"  # as numba writes them
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_bytes(b"half")
    before = set(leftovers(tmp_path))
    assert before
    port = free_port()
    command = [str(Path(sys.executable).with_name("embedscope")), "--no-browser", "--port", str(port), "--data-dir", str(tmp_path)]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process)
        with Visitor(f"http://127.0.0.1:{port}") as visitor:
            visitor.visit("words", "lang=en")
            visitor.press("w_train")  # answers once the workers are there
            visitor.visit("library", "lang=en")
    finally:
        process.terminate()
        process.wait(30)
    assert before & set(leftovers(tmp_path)) == set()
