"""Boards of maps: one that can be wound back through its run, and several that are brushed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.arrays import FloatArray
from core.figures.board import Board, Panel, Slider

FRAME = "frame"


def map_board(panel: Panel, steps: Sequence[int] = (), frames: FloatArray | None = None, label: str = "") -> Board:
    """One map. With `frames` (f, n, c) at `steps` (f,), the last of them the map itself, a slider winds back through them."""
    if frames is None or len(frames) < 2:
        return Board(panels=[panel], brush=True)
    last = len(frames) - 1
    slider = Slider(
        name=FRAME, label=label, low=0, high=last, value=last, labels=[f"{step:,}" for step in steps], play=True
    )
    axes = "xyz"[: frames.shape[2]]
    return Board(
        panels=[panel], sliders=[slider], brush=True,
        matrices={axis: frames[:, :, at] for at, axis in enumerate(axes)},
        bindings=[{"panel": 0, "trace": 0, "attr": axis, "matrix": axis, "axis": 0, "control": FRAME} for axis in axes],
    )  # fmt: skip


def linked_board(panels: Sequence[Panel]) -> Board:
    """Two to four maps of the same rows: what is pointed at, clicked or brushed in one is so in all."""
    across = 2 if len(panels) in (2, 4) else len(panels)
    return Board(panels=list(panels), brush=True, columns=" ".join(["1fr"] * across))


def trust_board(panel: Panel, *beside: Panel) -> Board:
    """A map, large, and what is known of it under it, side by side."""
    return Board(
        panels=[replace(panel, wide=True), *beside], brush=True, columns=" ".join(["1fr"] * max(1, len(beside)))
    )
