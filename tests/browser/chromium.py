"""The browser of the tests: find an installed Chromium, or install one. `python -m tests.browser.chromium` does both."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera that shows a moving picture, for pages that ask for one
]


def path() -> str | None:
    """An installed Chromium, or None where only Playwright's own can serve."""
    return next((found for found in map(shutil.which, NAMES) if found), None)


def install() -> None:
    """Debian's package where we may install it (with a face for Chinese), Playwright's download elsewhere."""
    if path() is not None:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-cjk"], check=True)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=True)


if __name__ == "__main__":
    install()
    print(path() or "Playwright's Chromium")
