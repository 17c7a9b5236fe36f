"""A picture as the engine holds it: pixels, and what was done to get them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.notes import Note

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """`pixels` (H, W, 3) uint8, upright, opaque; `original` is (height, width) as read, before any shrinking;
    `mode` is how the file stored its colours, in Pillow's words ("RGB", "CMYK", "I;16", ...)."""

    name: str
    pixels: Pixels
    original: tuple[int, int]
    mode: str = "RGB"
    notes: tuple[Note, ...] = ()

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])
