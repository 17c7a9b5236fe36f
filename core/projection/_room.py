"""What every method of this room shares: the registry, and the settings they all take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from core.arrays import FloatArray
from core.errors import N_
from core.notes import Note
from core.params import require, require_whole
from core.progress import OnStep
from core.registry import Registry

Run = Callable[[FloatArray, Any, OnStep], FloatArray]
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

    def settled(self, rows: int) -> tuple[ProjectionParams, tuple[Note, ...]]:
        """These settings as far as `rows` points allow them, and a note for whatever was changed or approximated."""
        return self, ()


def at_most_three(components: int) -> None:
    """For methods whose loops are written for a line, a plane or a space."""
    require("components", components, components <= 3, N_("1, 2 or 3"))
