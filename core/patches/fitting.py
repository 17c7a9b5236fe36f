"""An image made to hold whole patches, and what that cost it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from core.errors import N_
from core.images.scaling import resize
from core.params import require
from core.patches.cutting import Image, PatchSize, as_image, patch_size, patch_too_large

Fit = Literal["crop", "pad", "resize"]
FITS: tuple[Fit, ...] = get_args(Fit)
Padding = Literal["edge", "zero"]
PADDINGS: tuple[Padding, ...] = get_args(Padding)


@dataclass(frozen=True, slots=True)
class Edges:
    """Rows or columns of pixels at each edge."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """`image` holds whole patches; `original` is (height, width) before. A crop fills `removed`, padding fills `added`,
    resizing neither: there the picture is stretched, see `stretch`."""

    image: Image
    how: Fit
    original: tuple[int, int]
    removed: Edges = Edges()
    added: Edges = Edges()

    @property
    def pixels_removed(self) -> int:
        """How many pixels of the original are gone (crop)."""
        return self._area_change(-1) if self.how == "crop" else 0

    @property
    def pixels_added(self) -> int:
        """How many pixels were made up (pad)."""
        return self._area_change(1) if self.how == "pad" else 0

    @property
    def stretch(self) -> tuple[float, float]:
        """(vertical, horizontal) factor of the scale: (1, 1) unless resized; unequal factors distort shapes."""
        if self.how != "resize":
            return 1.0, 1.0
        return self.image.shape[0] / self.original[0], self.image.shape[1] / self.original[1]

    def _area_change(self, sign: int) -> int:
        return sign * (self.image.shape[0] * self.image.shape[1] - self.original[0] * self.original[1])


def fit_image(image: Image, patch: PatchSize, how: Fit, *, padding: Padding = "edge") -> Fitted:
    """(H, W) or (H, W, C) -> the same with both sides whole multiples of `patch`, a side or (height, width).

    "crop" keeps the middle; "pad" adds around it, repeating the edge pixels or adding zeros (black);
    "resize" scales each side to the nearest multiple (Lanczos). An odd pixel goes to the bottom and the right.
    The dtype is kept. Raises ParameterError for the settings, DataError for no image, or to crop one smaller than a patch.
    """
    sides = patch_size(patch)
    require("how", how, how in FITS, N_("one of: {known}"), known=", ".join(FITS))
    require("padding", padding, padding in PADDINGS, N_("one of: {known}"), known=", ".join(PADDINGS))
    image = as_image(image)
    height, width = image.shape[:2]
    if how == "crop":
        return _crop(image, *sides)
    if how == "pad":
        return _pad(image, *sides, padding)
    new = (_nearest_multiple(height, sides[0]), _nearest_multiple(width, sides[1]))
    return Fitted(resize(image, *new), "resize", (height, width))


def _crop(image: Image, patch_height: int, patch_width: int) -> Fitted:
    height, width = image.shape[:2]
    if height < patch_height or width < patch_width:
        raise patch_too_large(height, width, patch_height, patch_width)
    edges = _edges(height % patch_height, width % patch_width)
    kept = image[edges.top : height - edges.bottom, edges.left : width - edges.right]
    return Fitted(kept.copy(), "crop", (height, width), removed=edges)


def _pad(image: Image, patch_height: int, patch_width: int, padding: Padding) -> Fitted:
    height, width = image.shape[:2]
    edges = _edges(-height % patch_height, -width % patch_width)
    around = [(edges.top, edges.bottom), (edges.left, edges.right), (0, 0)][: image.ndim]
    padded = np.pad(image, around, mode="edge" if padding == "edge" else "constant")
    return Fitted(padded, "pad", (height, width), added=edges)


def _edges(rows: int, columns: int) -> Edges:
    """Split so many rows and columns over both sides, the odd one at the bottom and the right."""
    return Edges(rows // 2, rows - rows // 2, columns // 2, columns - columns // 2)


def _nearest_multiple(side: int, patch: int) -> int:
    """At least one patch; half-way goes up."""
    return max(1, (2 * side + patch) // (2 * patch)) * patch
