"""One line of the benchmark table, and how a time is taken."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

QUICK = "EMBEDSCOPE_BENCH_QUICK"  # the environment variable behind --quick


class CannotRun(Exception):
    """What a benchmark needs is not on this machine; the message says what. Not a crash."""


@dataclass(frozen=True)
class Row:
    """`ours` and `peer` in `unit`, measured in the same call; `target` is what must be reached. None: there is no such figure."""

    what: str
    ours: float
    peer_name: str = ""
    peer: float | None = None
    unit: str = "s"
    target: float | None = None
    note: str = ""
    bigger_is_better: bool = False


def seconds(work: Callable[[], object], repeats: int = 5) -> tuple[float, float]:
    """(median, minimum) of `repeats` runs, after one that warms up."""
    work()
    taken = []
    for _ in range(often(repeats)):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), min(taken)


def often(repeats: int, quick: int = 2) -> int:
    """How many repeats to take: fewer when only the way is tried (--quick)."""
    return min(repeats, quick) if os.environ.get(QUICK) else repeats
