"""A real server and a real browser. Every test ends by asking: did the page call another host, or log an error?"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, path

expect.set_options(timeout=20_000)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The installed command on a free port, with a data folder of its own."""
    folder = tmp_path_factory.mktemp("data")
    port = free_port()
    log = (folder / "server.log").open("wb")
    command = [str(Path(sys.executable).with_name("embedscope")), "--no-browser", "--port", str(port)]
    process = subprocess.Popen([*command, "--data-dir", str(folder)], stdout=log, stderr=log, env={**os.environ})
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], tries: int = 300, pause: float = 0.1) -> None:
    """Ask until the server answers; each refused connection waits for the process `pause` seconds."""
    for _ in range(tries):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
                return
        except (URLError, OSError):
            try:
                process.wait(pause)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"the server ended with {process.returncode}") from None
    raise AssertionError("the server did not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = path()
        chromium = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US", reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, server: str) -> Iterator[Page]:
    """A page at 1400x900 that may speak to our server only and must not log an error."""
    page = context.new_page()
    strangers, errors = watch(page, server)
    yield page
    assert strangers == [], "the page asked another host"
    assert errors == [], "the browser logged errors"


def until(page: Page, condition: str, arg: object = None) -> None:
    """Until an expression of `arg` holds in the page. While what it speaks of is not there, or just drawn anew, it does not."""
    page.wait_for_function(
        f"(arg) => {{ try {{ return {condition}; }} catch (error) {{ if (error instanceof TypeError) return false; throw error; }} }}",
        arg=arg,
    )


def watch(page: Page, server: str) -> tuple[list[str], list[str]]:
    strangers: list[str] = []
    errors: list[str] = []
    home = urlparse(server).netloc

    def asked(url: str) -> None:
        parts = urlparse(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != home:
            strangers.append(url)

    page.on("request", lambda request: asked(request.url))
    page.on("websocket", lambda socket: asked(socket.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return strangers, errors
