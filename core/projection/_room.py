"""What every method of this room shares: the registry, and the settings they all take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from core.arrays import FloatArray
from core.errors import N_
from core.neighbours import METRICS
from core.notes import Note
from core.params import control, require, require_whole
from core.progress import OnStep
from core.registry import Registry

Run = Callable[[FloatArray, Any, OnStep], FloatArray]
_PLANE, _SPACE = 50_000, 15_000  # points laid out if nothing else is asked for
_PAIRS, _FEWEST = 10_000_000_000, 10_000  # pairs of a point and a sampled one that may be looked at; but so many points
STARTS = ("pca", "random")  # where the points of an iterative method begin
METHODS: Registry[Run] = Registry("core.projection", "method")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionParams:
    """Settings of every method: the dimensions of the picture, and the seed of what is drawn by chance.

    `turns`: whether a picture means the same however it is turned, so that it may be turned onto an earlier one.
    """

    turns: ClassVar[bool] = False
    components: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        require_whole("components", self.components, 1)
        require_whole("seed", self.seed, 0)

    @property
    def judged(self) -> str:
        """The metric of the data by which a picture of these settings is judged: the one it is drawn by, where it has one."""
        return str(getattr(self, "metric", "euclidean"))

    def settled(self, rows: int) -> tuple[ProjectionParams, tuple[Note, ...]]:
        """These settings as far as `rows` points allow them, and a note for whatever was changed or approximated."""
        return self, ()

    def laid_out(self, rows: int) -> int:
        """How many of so many rows the method itself lays out."""
        return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class IterativeParams(ProjectionParams):
    """Settings of the methods that lay points out step by step, in a line, a plane or a space.

    `most` points are laid out, 0: as many as a minute or so can do; each of the others is placed among its nearest of them.
    """

    turns: ClassVar[bool] = True
    metric: str = field(
        default="euclidean",
        metadata=control("Distance", choices=METRICS, help="Cosine compares directions only, Euclidean lengths too."),
    )
    most: int = field(
        default=0,
        metadata=control(
            "Points laid out", 0, 200_000, step=5_000, folded=True,
            help="Of more points a sample is laid out and the others are placed among their nearest of it. 0: 50,000, in 3-D 15,000.",
        ),
    )  # fmt: skip
    start: str = field(
        default="pca",
        metadata=control(
            "Start from", choices=STARTS, folded=True,
            help="The principal axes keep the large-scale shape; a random start leaves it to chance.",
        ),
    )  # fmt: skip

    def __post_init__(self) -> None:
        ProjectionParams.__post_init__(self)
        require("components", self.components, self.components <= 3, N_("1, 2 or 3"))
        require("metric", self.metric, self.metric in METRICS, N_("one of: {known}"), known=", ".join(METRICS))
        require("start", self.start, self.start in STARTS, N_("one of: {known}"), known=", ".join(STARTS))
        require_whole("most", self.most, 0)
        require("most", self.most, self.most == 0 or self.most >= 100, N_("0, or at least 100"))

    def laid_out(self, rows: int) -> int:
        if self.most:
            return min(rows, self.most)
        most = _SPACE if self.components == 3 else _PLANE
        return rows if rows <= most else min(most, max(_FEWEST, _PAIRS // rows))
