"""Pictures made larger or smaller (Pillow's Lanczos filter, which averages when it shrinks)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import N_, DataError
from core.images.photo import Photo
from core.notes import Note
from core.params import require_whole

Image = NDArray[Any]


def resize(image: Image, height: int, width: int) -> Image:
    """(H, W) or (H, W, C) -> (height, width) or (height, width, C), of the same dtype.

    uint8 is filtered as it is; every other type goes through float32 and is rounded (and clipped
    to its range) where it holds whole numbers. Raises DataError unless the image has 2 or 3 axes.
    """
    height, width = require_whole("height", height, 1), require_whole("width", width, 1)
    if image.ndim not in (2, 3) or image.size == 0:
        raise DataError(N_("An image has height, width and perhaps channels; got an array of shape {shape}."), shape=str(image.shape))  # fmt: skip
    if image.shape[:2] == (height, width):
        return image.copy()
    if image.ndim == 2 or (image.dtype == np.uint8 and image.shape[2] == 3):
        return _resize_plane(image, height, width)
    planes = [_resize_plane(image[:, :, channel], height, width) for channel in range(image.shape[2])]
    return np.stack(planes, axis=2)


def thumbnail(photo: Photo, longest: int) -> Photo:
    """The photo with its longest side at most `longest` pixels, and a note saying so; a smaller photo comes back as it is."""
    longest = require_whole("longest", longest, 1)
    scale = longest / max(photo.height, photo.width)
    if scale >= 1:
        return photo
    height, width = (max(1, round(side * scale)) for side in (photo.height, photo.width))
    note = Note(
        N_("Shown at {width} x {height} pixels; the photo has {full_width} x {full_height}."),
        {"width": width, "height": height, "full_width": photo.original[1], "full_height": photo.original[0]},
    )
    return replace(photo, pixels=resize(photo.pixels, height, width), notes=(*photo.notes, note))


def _resize_plane(plane: Image, height: int, width: int) -> Image:
    from PIL import Image as pillow

    filtered = plane if plane.dtype == np.uint8 else plane.astype(np.float32)
    picture = pillow.fromarray(np.ascontiguousarray(filtered))
    # reducing_gap: a large photo is first averaged over whole pixels, which is several times faster
    resized = picture.resize((width, height), pillow.Resampling.LANCZOS, reducing_gap=3.0)
    return _as_type(np.array(resized), plane.dtype)


def _as_type(values: Image, dtype: np.dtype[Any]) -> Image:
    if values.dtype == dtype or dtype.kind == "f":
        return values.astype(dtype, copy=False)
    if dtype.kind == "b":
        return values >= 0.5
    # float64 holds the limits of every type up to 32 bits exactly
    limits = np.iinfo(dtype)
    return np.clip(np.rint(values.astype(np.float64)), limits.min, limits.max).astype(dtype)
