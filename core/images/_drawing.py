"""Pictures drawn by arithmetic, the same on every machine."""

from __future__ import annotations

import numpy as np

from core.arrays import DoubleArray
from core.images.photo import Pixels

# Our numerals, 3 wide and 5 high: one row of three bits after the other, "#" is ink.
_NUMERALS = (
    "#### ## ## ####", " # ##  #  # ###", "###  #####  ###", "###  # ##  ####", "# ## ####  #  #",
    "####  ###  ####", "####  #### ####", "###  #  # #  # ", "#### ##### ####", "#### ####  ####",
)  # fmt: skip
_TILE, _ACROSS = 16, 14  # 14 x 14 tiles of 16 pixels: the 196 patches of ViT-B/16 at 224


def numbered_tiles() -> Pixels:
    """(224, 224, 3): tile i carries the number i, so that the reading order of patches of 16 can be read off."""
    places = np.arange(_ACROSS)
    hue = np.broadcast_to(places[None, :] / _ACROSS, (_ACROSS, _ACROSS))
    value = np.broadcast_to(
        1.0 - 0.25 * places[:, None] / _ACROSS, (_ACROSS, _ACROSS)
    )  # light enough for dark numerals
    ground = _hsv_to_rgb(hue, np.full_like(hue, 0.35), value)
    canvas = np.repeat(np.repeat(ground, _TILE, axis=0), _TILE, axis=1)
    for index in range(_ACROSS**2):
        row, column = divmod(index, _ACROSS)
        ink = _number(index)
        top = row * _TILE + (_TILE - ink.shape[0]) // 2
        left = column * _TILE + (_TILE - ink.shape[1]) // 2
        canvas[top : top + ink.shape[0], left : left + ink.shape[1]][ink] = 20
    return canvas


def colour_wheel(side: int = 256) -> Pixels:
    """(side, side, 3): hue by angle, saturation by distance from the middle, on white."""
    steps = (np.arange(side) + 0.5) / side * 2 - 1
    x, y = np.meshgrid(steps, steps)
    radius = np.hypot(x, y)
    hue = np.arctan2(y, x) / (2 * np.pi) % 1.0
    return _hsv_to_rgb(hue, np.where(radius <= 1, radius, 0.0), np.ones_like(hue))


def _number(index: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """The numerals of `index` as ink, (5, 4 * numerals - 1)."""
    numerals = [np.array(list(_NUMERALS[int(letter)])).reshape(5, 3) == "#" for letter in str(index)]
    gap = np.zeros((5, 1), dtype=bool)
    parts = [part for numeral in numerals for part in (numeral, gap)]
    return np.hstack(parts[:-1])


def _hsv_to_rgb(hue: DoubleArray, saturation: DoubleArray, value: DoubleArray) -> Pixels:
    """Each in 0 to 1 -> (..., 3) uint8 (Smith 1978)."""
    sector = (np.array([5.0, 3.0, 1.0]) + hue[..., None] * 6) % 6
    fall = np.clip(np.minimum(sector, 4 - sector), 0, 1)
    colour = value[..., None] * (1 - saturation[..., None] * fall)
    return np.rint(colour * 255).astype(np.uint8)
