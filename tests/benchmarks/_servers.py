"""Real servers and a real browser for the benchmarks: ours, and a bare Streamlit to hold it against."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from tests.benchmarks._row import CannotRun
from tests.browser.chromium import ARGUMENTS, path
from tests.browser.conftest import free_port, wait_until_healthy

PAUSE = 0.01  # seconds between two knocks at a server that starts
BARE = 'import streamlit as st\nst.write("Hello")\n'
_IDLE = 0.05  # seconds of processor time within half a second: what a process that only waits may take


@dataclass(frozen=True)
class Server:
    """A server that answers, and the seconds it took from the command to the first answer."""

    url: str
    process: subprocess.Popen[bytes]
    seconds: float


@contextmanager
def embedscope(folder: Path) -> Iterator[Server]:
    """The installed command with its data in `folder`; compiled kernels that are there already are used."""
    command = [_installed("embedscope"), "--no-browser", "--data-dir", str(folder)]
    with _started([*command, "--port"], folder) as server:
        yield server


@contextmanager
def bare_streamlit(folder: Path) -> Iterator[Server]:
    """`streamlit run` of a script of one line, without telemetry."""
    script = folder / "bare.py"
    script.write_text(BARE, encoding="utf-8")
    options = ["--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.address", "127.0.0.1"]
    with _started([_installed("streamlit"), "run", str(script), *options, "--server.port"], folder) as server:
        yield server


def _installed(command: str) -> str:
    found = Path(sys.executable).with_name(command)
    if not found.exists():
        raise CannotRun(f"the command {command} is not installed beside {sys.executable}")
    return str(found)


@contextmanager
def _started(command: list[str], folder: Path) -> Iterator[Server]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (folder / "server.log").open("ab") as log:
        began = time.perf_counter()
        process = subprocess.Popen([*command, str(port)], stdout=log, stderr=log, cwd=folder)
        try:
            wait_until_healthy(url, process, tries=12_000, pause=PAUSE)
            yield Server(url, process, time.perf_counter() - began)
        finally:
            process.terminate()
            process.wait(30)


def until_idle(server: Server, most: float = 240.0) -> float:
    """Seconds until the workers are there, have compiled or loaded what they need and only wait; `most` if they never do."""
    import psutil

    began, quiet, before = time.perf_counter(), 0, 0.0
    while (waited := time.perf_counter() - began) < most and quiet < 4:
        time.sleep(0.5)
        now = _processor_time(server.process.pid)
        workers = psutil.Process(server.process.pid).children()
        quiet = quiet + 1 if workers and abs(now - before) < _IDLE else 0
        before = now
    return min(waited, most)


def _processor_time(pid: int) -> float:
    """Of the process and all its descendants, in seconds."""
    import psutil

    total = 0.0
    whole = psutil.Process(pid)
    for process in [whole, *whole.children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def loaded(server: Server, names: tuple[str, ...]) -> list[str]:
    """Which of these packages the server's own process has loaded, seen from the libraries in its memory."""
    import psutil

    mapped = " ".join(region.path for region in psutil.Process(server.process.pid).memory_maps())
    return [name for name in names if f"/site-packages/{name}/" in mapped]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path(), args=ARGUMENTS)
        except Error as error:
            raise CannotRun(f"no browser could be started: {str(error).splitlines()[0]}") from error
        try:
            yield browser
        finally:
            browser.close()
