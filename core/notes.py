"""What the engine did beside the answer, as sentences a page can translate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Note:
    """`template` is a whole English sentence with named placeholders; `values` fill them (as in CoreError). `lost`: rows of
    the reader's data that are missing because of it."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    lost: int = 0

    def __str__(self) -> str:
        return self.template.format(**self.values)
