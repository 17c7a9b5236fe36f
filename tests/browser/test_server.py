"""The server as it is started: its commands, what it listens on, and what its first page leaves alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import free_port, until, wait_until_healthy

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(BIN / "embedscope"), *words], capture_output=True, text=True, check=False, timeout=60)


def test_the_help_names_every_option() -> None:
    said = command("--help").stdout
    for option in ("--host", "127.0.0.1", "--port", "--data-dir", "--workers", "--scheduler", "--no-browser"):
        assert option in said


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["--port", "99999"], "1 to 65535"),
        (["--workers", "none"], "1 to 64"),
        (["--scheduler", "localhost"], "tcp://"),
    ],
)
def test_a_wrong_option_is_told_with_its_rule(words: list[str], rule: str) -> None:
    done = command(*words)
    assert done.returncode == 2
    assert rule in done.stderr
    assert "Traceback" not in done.stderr


def test_streamlit_run_starts_the_same_app_which_leaves_heavy_libraries_alone(page: Page, tmp_path: Path) -> None:
    """The process of the server has served Home and maps no torch, numba or umap into its memory."""
    port = free_port()
    started = [str(BIN / "streamlit"), "run", str(ROOT / "dashboard" / "app.py"), "--server.port", str(port)]
    process = subprocess.Popen(
        started, cwd=tmp_path, env={"PATH": str(BIN), "HOME": str(tmp_path), "EMBEDSCOPE_DATA_DIR": str(tmp_path)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process)
        visitor = page.context.new_page()
        visitor.goto(f"http://127.0.0.1:{port}")
        expect(visitor.locator(".es-home[data-ready]")).to_be_visible(timeout=60_000)
        expect(visitor).to_have_title("Embedscope")
        mapped = Path(f"/proc/{process.pid}/maps")
        if not mapped.exists():
            pytest.skip("only Linux tells what a process has loaded")
        loaded = mapped.read_text()
        assert [name for name in ("/torch/", "/numba/", "/llvmlite/", "/umap/") if name in loaded] == []
        listening = Path(f"/proc/{process.pid}/net/tcp").read_text().splitlines()
        assert any(f"0100007F:{port:04X}" in line for line in listening)
        assert not any(f"00000000:{port:04X}" in line for line in listening)
    finally:
        process.terminate()
        process.wait(20)


def test_a_change_of_a_picture_costs_the_line_little_and_nothing_is_sent_as_already_known(
    page: Page, server: str
) -> None:
    got: list[bytes | str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: got.append(data)))
    page.goto(f"{server}/explore?lang=en&src=list-everyday-en")
    expect(page.locator(".st-key-ex_map .es-board[data-ready]")).to_be_visible(timeout=60_000)
    for word in ("cat", "red", "cat"):
        got.clear()
        page.get_by_label("Find", exact=True).fill(word)
        page.get_by_label("Find", exact=True).press("Enter")
        expect(page.locator(".es-answers")).to_contain_text("dog" if word == "cat" else "blue")
        messages = [ForwardMsg.FromString(one) for one in got if isinstance(one, bytes)]
        assert messages
        assert [one.ref_hash for one in messages if one.WhichOneof("type") == "ref_hash"] == []
        assert sum(len(one) for one in got) < 60_000


def test_what_draws_the_figures_is_read_before_there_is_one_and_only_once(page: Page, server: str) -> None:
    page.goto(f"{server}/library?lang=en")
    until(page, "window.Plotly")
    assert page.locator(".es-board").count() == 0
    page.get_by_role("link", name="Positions").first.click()
    expect(page.locator(".es-board[data-ready]").first).to_be_visible()
    assert page.evaluate("() => document.querySelectorAll('script[src$=\"vendor/plotly.js\"]').length") == 1
