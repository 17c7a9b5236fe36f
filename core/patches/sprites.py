"""All patches as one sheet of thumbnails, for a map that draws them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import FloatArray
from core.errors import N_, DataError
from core.params import require_whole
from core.patches.cutting import Patches


def sprite_sheet(patches: Patches, tile: int = 32) -> tuple[NDArray[np.uint8], int]:
    """Thumbnails in reading order on a nearly square sheet: (uint8 image (sheet rows * h, columns * w, 3), columns).

    The longer side of a thumbnail is `tile` pixels, the other keeps the patch's shape; thumbnail i is at row i // columns,
    column i % columns; places left over are black. Enlarging repeats pixels (crisp), shrinking averages them.
    The sheet takes 3 * tile * tile bytes a patch. Raises DataError unless the patches are uint8 with 1 or 3 channels.
    """
    tile = require_whole("tile", tile, 1)
    if patches.vectors.dtype != np.uint8 or patches.channels not in (1, 3):
        raise DataError(
            N_("Thumbnails are made of 8-bit grey or RGB patches; got {channels} channels of type {dtype}."),
            channels=patches.channels, dtype=str(patches.vectors.dtype),
        )  # fmt: skip
    scale = tile / max(patches.patch)
    height, width = (max(1, round(side * scale)) for side in patches.patch)
    columns = math.ceil(math.sqrt(len(patches)))
    rows = math.ceil(len(patches) / columns)
    images = patches.patch_images()
    sheet = np.zeros((rows, height, columns, width, 3), dtype=np.uint8)
    for row in range(rows):  # a row at a time bounds the wider numbers that averaging needs
        strip = _scaled(_scaled(images[row * columns : (row + 1) * columns], height, 1), width, 2)
        sheet[row, :, : len(strip)] = strip.transpose(1, 0, 2, 3)
    return sheet.reshape(rows * height, columns * width, 3), columns


def _scaled(images: NDArray[Any], side: int, axis: int) -> NDArray[np.uint8]:
    """One axis of (n, h, w, c) brought to `side` pixels."""
    old = images.shape[axis]
    if side >= old:
        return images.take(np.arange(side) * old // side, axis=axis)
    starts = np.arange(side) * old // side
    sums = np.add.reduceat(images, starts, axis=axis, dtype=np.float32)
    counts = np.diff(np.append(starts, old)).astype(np.float32)
    shape = [1] * images.ndim
    shape[axis] = side
    return np.rint(sums / counts.reshape(shape)).astype(np.uint8)


def filter_sheet(
    weights: FloatArray, patch: tuple[int, int], columns: int | None = None, most: int = 64
) -> NDArray[np.uint8]:
    """The first `most` rows of (dim, channels-first d = 3 * height * width) weights as RGB tiles, `columns` a row
    (8, or 16 from 17 on), one pixel apart.

    These are weights drawn as colours, not pixels: middle grey is zero, each tile is scaled to its own greatest weight.
    Returns a uint8 image (sheet rows * (height + 1) - 1, columns * (width + 1) - 1, 3); places left over are white.
    """
    shown = weights[: require_whole("most", most, 1)]
    usual = 8 if len(shown) <= 16 else 16
    columns = min(usual if columns is None else require_whole("columns", columns, 1), len(shown))
    height, width = patch
    if shown.shape[1] != 3 * height * width:
        raise DataError(N_("These patches need vectors of shape {want}; got {shape}."), want=str((len(shown), 3 * height * width)), shape=str(shown.shape))  # fmt: skip
    reach = np.abs(shown).max(axis=1, keepdims=True)
    tiles = np.rint(127.5 + 127.5 * shown / np.where(reach > 0, reach, 1)).astype(np.uint8)
    rows = math.ceil(len(shown) / columns)
    sheet = np.full((rows, height + 1, columns, width + 1, 3), 255, dtype=np.uint8)
    for at, tile in enumerate(tiles.reshape(-1, 3, height, width).transpose(0, 2, 3, 1)):
        sheet[at // columns, :-1, at % columns, :-1] = tile
    return sheet.reshape(rows * (height + 1), columns * (width + 1), 3)[:-1, :-1]
