"""What an encoder is."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Any, ClassVar

from core.arrays import FloatArray
from core.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class NoParams:
    """Settings of an encoder that has none."""


class Encoder:
    """Turns batches of labels into rows of `dim` columns; made once for a whole list.

    `package` is the module it needs ("" for none) and `install` the command that brings it.
    """

    dim: ClassVar[int]
    package: ClassVar[str] = ""
    install: ClassVar[str] = ""

    def __init__(self, params: Any) -> None:
        self.params = params

    def encode(self, batch: list[str]) -> FloatArray:
        """(len(batch), dim) float32."""
        raise NotImplementedError

    @classmethod
    def available(cls) -> bool:
        """Whether it can run here."""
        return not cls.package or importlib.util.find_spec(cls.package) is not None


ENCODERS: Registry[type[Encoder]] = Registry("core.encoders", "encoder")
