"""Where the patches of each size lie over an image, told without touching a pixel: what a moving grid needs."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import N_
from core.params import require, require_whole
from core.patches.cutting import PatchSize, patch_size, patch_too_large
from core.patches.fitting import FITS, Fit

MOST_PATCHES = 4096
LARGEST = 128
SIDES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, LARGEST)


@dataclass(frozen=True, slots=True)
class Lattice:
    """`rows` x `columns` cells over an image, in its own pixels: patch 0 begins at (`top`, `left`), negative where
    padding was added; a cell is `height` x `width`, not whole numbers where the image is resized to fit."""

    rows: int
    columns: int
    top: float
    left: float
    height: float
    width: float

    def __len__(self) -> int:
        return self.rows * self.columns

    def centre(self, index: int) -> tuple[float, float]:
        """(y, x) of the middle of patch `index`, counted row by row."""
        row, column = divmod(index, self.columns)
        return self.top + (row + 0.5) * self.height, self.left + (column + 0.5) * self.width

    def index_at(self, y: float, x: float) -> int:
        """The patch that holds the point, or the nearest one to a point outside."""
        row = min(self.rows - 1, max(0, int((y - self.top) // self.height)))
        column = min(self.columns - 1, max(0, int((x - self.left) // self.width)))
        return row * self.columns + column


def lattice(height: int, width: int, patch: PatchSize, how: Fit) -> Lattice:
    """Where `fit_image` would put the patches of an image of height x width pixels.

    Raises ParameterError for the settings, DataError to crop an image smaller than one patch.
    """
    height, width = require_whole("height", height, 1), require_whole("width", width, 1)
    patch_height, patch_width = patch_size(patch)
    require("how", how, how in FITS, N_("one of: {known}"), known=", ".join(FITS))
    if how == "resize":
        rows, columns = (
            max(1, (2 * side + p) // (2 * p)) for side, p in ((height, patch_height), (width, patch_width))
        )
        return Lattice(rows, columns, 0, 0, height / rows, width / columns)
    if how == "pad":
        rows, columns = -(-height // patch_height), -(-width // patch_width)
        return Lattice(
            rows, columns, -(-height % patch_height // 2), -(-width % patch_width // 2), patch_height, patch_width
        )
    if height < patch_height or width < patch_width:
        raise patch_too_large(height, width, patch_height, patch_width)
    rows, columns = height // patch_height, width // patch_width
    return Lattice(rows, columns, height % patch_height // 2, width % patch_width // 2, patch_height, patch_width)


def patch_sides(height: int, width: int, most: int = MOST_PATCHES) -> list[int]:
    """Square patch sides worth offering for an image: none larger than it or than 128 pixels, none that makes more than `most` patches.

    There is always one: where every usual side is too small or too large, the least that keeps to `most`, or the image's short side.
    """
    height, width = require_whole("height", height, 1), require_whole("width", width, 1)
    most = require_whole("most", most, 1)
    short = min(height, width)
    fine = [side for side in SIDES if side <= short and -(-height // side) * -(-width // side) <= most]
    return fine or [next((side for side in range(1, short) if -(-height // side) * -(-width // side) <= most), short)]
