"""How long work tells where it is and asks whether to go on, in one call.

A callback receives a `Step` and answers: None or False, go on; True, stop here and return
what there is. To abandon the work it raises `core.errors.JobCancelled`, which passes through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.arrays import FloatArray

Nearby = tuple[tuple[str, float], ...]  # (word, cosine), the nearest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where the work is: `done` of `total` `unit`s; `figures` are named numbers of this moment
    (loss, windows per second, ...); `coordinates` is the picture now, (n, components), or None;
    `labels` name its rows, told once with the first picture where the watcher cannot know them;
    `watched` are the nearest words of a few words that somebody follows, by word;
    `snapshot` makes the whole result as it stands, for a visitor who stops here and keeps it."""

    done: int
    total: int
    unit: str
    figures: dict[str, float] = field(default_factory=dict)
    coordinates: FloatArray | None = None
    labels: Sequence[str] | None = None
    watched: dict[str, Nearby] = field(default_factory=dict)
    snapshot: Callable[[], Any] | None = None


OnStep = Callable[[Step], bool | None]


def never_stop(step: Step) -> bool:
    """The callback of work that nobody watches."""
    return False
