"""What the command line decides, handed to the server process through its environment."""

from __future__ import annotations

import os
from pathlib import Path

DATA_DIR = "EMBEDSCOPE_DATA_DIR"
WORKERS = "EMBEDSCOPE_WORKERS"
SCHEDULER = "EMBEDSCOPE_SCHEDULER"
HOSTS = "EMBEDSCOPE_HOSTS"
QUOTA = "EMBEDSCOPE_QUOTA_MB"


def data_dir() -> Path | None:
    """The folder given with --data-dir, or None for the user's own data folder."""
    given = os.environ.get(DATA_DIR)
    return Path(given) if given else None


def workers() -> int:
    given = os.environ.get(WORKERS, "")
    return int(given) if given.isdigit() and int(given) > 0 else 2


def scheduler() -> str | None:
    return os.environ.get(SCHEDULER) or None


def hosts() -> frozenset[str]:
    """Names, beside this machine's own, under which the server answers."""
    return frozenset(name for name in os.environ.get(HOSTS, "").lower().split(",") if name)


def quota() -> int:
    """Bytes that saved embeddings may take on disk together."""
    from core.library import QUOTA as DEFAULT

    given = os.environ.get(QUOTA, "")
    return int(given) * 2**20 if given.isdigit() else DEFAULT
