"""Telling a watcher how a picture forms: not too often, and without letting it spin."""

from __future__ import annotations

from time import perf_counter

from core.arrays import FloatArray
from core.progress import OnStep, Step, never_stop
from core.projection.align import align

_PAUSE = 1 / 15  # seconds between two frames
_FEWEST = 24  # frames of a run however quick it is, so that winding back through it shows how it went


class Watch:
    """Frames of one run of `total` `unit`s. The clock decides which frames are shown, never what is computed."""

    def __init__(self, on_step: OnStep, total: int, unit: str) -> None:
        self._on_step, self._total, self._unit = on_step, total, unit
        self._last, self._shown = 0.0, 0
        self._picture: FloatArray | None = None

    def turned(self, coordinates: FloatArray) -> FloatArray:
        """(n, components) turned onto the picture before it. Called at fixed steps, so that every run ends the same."""
        self._picture = coordinates if self._picture is None else align(coordinates, self._picture)
        return self._picture

    def due(self, done: int) -> bool:
        """Whether to show a frame: someone watches, and the last frame is long enough ago by the clock or by the run, or
        this is the end."""
        if self._on_step is never_stop:
            return False
        late = _FEWEST * done // self._total > _FEWEST * self._shown // self._total
        return late or done == self._total or perf_counter() - self._last >= _PAUSE

    def show(self, done: int, figures: dict[str, float]) -> bool:
        """Show the picture now; True: stop and keep it."""
        step = Step(done=done, total=self._total, unit=self._unit, figures=figures, coordinates=self._picture)
        stop = bool(self._on_step(step))
        self._last, self._shown = perf_counter(), done
        return stop
