"""How long the reading of one file may take, asked between blocks of it, in whatever room a block is read.

A reader is many functions deep in several rooms (archives, text, tables), so the limit is not handed from one to
the next: it stands beside them for the length of one call. What lies between two questions is one call of a
library, and that is bounded by the size of what it is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from core.errors import N_, DataError, JobCancelled
from core.progress import OnStep, Step

LONGEST = 120.0  # seconds for one file, unless told otherwise


@dataclass(slots=True)
class _Watch:
    filename: str
    seconds: float
    ends: float
    clock: Callable[[], float]
    on_step: OnStep | None
    share: float = 0.0


_WATCH: ContextVar[_Watch | None] = ContextVar("watch", default=None)


@contextmanager
def limited(
    filename: str,
    seconds: float = LONGEST,
    *,
    on_step: OnStep | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[None]:
    """Within the block `check` raises once so many seconds of `clock` are over. A limit that stands already holds on."""
    if _WATCH.get() is not None:
        yield
        return
    token = _WATCH.set(_Watch(filename, seconds, clock() + seconds, clock, on_step))
    try:
        yield
    finally:
        _WATCH.reset(token)


def check(share: float | None = None) -> None:
    """Between two blocks: `share` (0 to 1) of the file is read. DataError when its time is over, JobCancelled when
    nobody waits for it any longer."""
    watch = _WATCH.get()
    if watch is None:
        return
    if watch.clock() >= watch.ends:
        raise DataError(
            N_("{file} could not be read within {seconds} s, so it was given up. Take a part of its rows, or save it as Parquet, NPZ or safetensors."),
            file=watch.filename, seconds=f"{watch.seconds:g}",
        )  # fmt: skip
    if share is not None:
        watch.share = max(watch.share, share)
    if watch.on_step is not None and watch.on_step(Step(done=int(100 * watch.share), total=100, unit="percent")):
        raise JobCancelled
