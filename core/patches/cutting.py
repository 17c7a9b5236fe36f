"""An image and its patches are the same numbers in another order: `patchify` there, `restore` back, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.errors import N_, DataError, ParameterError
from core.params import require, require_whole

Image = NDArray[Any]
Order = Literal["channels_first", "channels_last"]
ORDERS: tuple[Order, ...] = get_args(Order)
PatchSize = int | tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """The patches of one image, row by row from the top left.

    `vectors` (rows * columns, patch height * patch width * channels), of the image's dtype;
    `patch` (height, width) and `shape` (H, W) or (H, W, C) in pixels; `order` how a patch is laid flat.
    Other vectors of that shape may be put in with `dataclasses.replace`: `restore()` draws them.
    """

    vectors: Image
    patch: tuple[int, int]
    shape: tuple[int, ...]
    order: Order

    def __post_init__(self) -> None:
        rows, columns = self.grid
        want = (rows * columns, self.patch[0] * self.patch[1] * self.channels)
        if self.vectors.shape != want:
            raise DataError(N_("These patches need vectors of shape {want}; got {shape}."), want=str(want), shape=str(self.vectors.shape))  # fmt: skip

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def grid(self) -> tuple[int, int]:
        """(rows, columns) of patches."""
        return self.shape[0] // self.patch[0], self.shape[1] // self.patch[1]

    @property
    def channels(self) -> int:
        return self.shape[2] if len(self.shape) == 3 else 1

    def restore(self) -> Image:
        """The image, (H, W) or (H, W, C), exactly as it was cut."""
        (rows, columns), (height, width) = self.grid, self.patch
        image = np.empty((rows, height, columns, width, self.channels), dtype=self.vectors.dtype)
        image[...] = self._unfolded().reshape(rows, columns, height, width, self.channels).transpose(0, 2, 1, 3, 4)
        return image.reshape(self.shape)

    def patch_image(self, index: int) -> Image:
        """Patch `index` as a small image (patch height, patch width[, C]); a copy."""
        last = len(self) - 1
        index = require_whole("patch", index, 0)
        require("patch", index, index <= last, N_("a patch number from 0 to {last}"), last=last)
        image = self._unfolded()[index]
        return (image if len(self.shape) == 3 else image[:, :, 0]).copy()

    def patch_images(self) -> Image:
        """All patches as small images, (n, patch height, patch width, channels); may share memory with `vectors`."""
        return self._unfolded()

    def component(self, index: int) -> tuple[int, int, int]:
        """Where value `index` of every vector sits inside its patch: (channel, row, column)."""
        last = self.vectors.shape[1] - 1
        index = require_whole("component", index, 0)
        require("component", index, index <= last, N_("a value number from 0 to {last}"), last=last)
        height, width = self.patch
        if self.order == "channels_first":
            channel, place = divmod(index, height * width)
        else:
            place, channel = divmod(index, self.channels)
        return channel, *divmod(place, width)

    def _unfolded(self) -> Image:
        """(n, patch height, patch width, channels), a view."""
        height, width = self.patch
        if self.order == "channels_first":
            return self.vectors.reshape(-1, self.channels, height, width).transpose(0, 2, 3, 1)
        return self.vectors.reshape(-1, height, width, self.channels)


def patchify(image: Image, patch: PatchSize, order: Order = "channels_first") -> Patches:
    """Cut (H, W, C) or (H, W) into patches of `patch` pixels, a side or (height, width); N = (H / ph)(W / pw), row-major.

    "channels_first" lays a patch flat as (c, ph, pw), which is what a Conv2d's weights expect;
    "channels_last" as (ph, pw, c), the order in memory. Any dtype, kept; the vectors are a copy.
    Raises ParameterError for the patch or the order, DataError for an array that is no image or not whole patches.
    """
    height, width = patch_size(patch)
    require("order", order, order in ORDERS, N_("one of: {known}"), known=", ".join(ORDERS))
    image = as_image(image)
    _require_whole_patches(image.shape[0], image.shape[1], height, width)
    rows, columns = image.shape[0] // height, image.shape[1] // width
    channels = image.shape[2] if image.ndim == 3 else 1
    cut = image.reshape(rows, height, columns, width, channels)
    inner = (0, 2, 4, 1, 3) if order == "channels_first" else (0, 2, 1, 3, 4)
    cut = cut.transpose(inner)
    vectors = np.empty(cut.shape, dtype=image.dtype)
    vectors[...] = cut
    return Patches(vectors.reshape(rows * columns, -1), (height, width), image.shape, order)


def patch_size(patch: object) -> tuple[int, int]:
    """A side, or (height, width), in pixels -> (height, width)."""
    sides = patch if isinstance(patch, tuple | list) else (patch, patch)
    try:
        height, width = (require_whole("patch", side, 1) for side in sides)
    except ValueError as error:  # a ParameterError too: the rule below tells the whole story
        want = N_("a whole number of pixels of at least 1, or two of them (height, width)")
        raise ParameterError("patch", patch, want) from error
    return height, width


def as_image(image: object) -> Image:
    """An array (H, W) or (H, W, C) with at least one pixel and one channel, or a DataError."""
    array = np.asarray(image)
    if array.ndim not in (2, 3) or array.size == 0 or array.dtype.kind not in "buif":
        raise DataError(
            N_("An image is an array of numbers, height x width or height x width x channels; got shape {shape} of type {dtype}."),
            shape=str(array.shape), dtype=str(array.dtype),
        )  # fmt: skip
    return array


def patch_too_large(height: int, width: int, patch_height: int, patch_width: int) -> DataError:
    """The error of an image smaller than one patch; sizes in pixels."""
    return DataError(
        N_("A patch of {patch_width} x {patch_height} pixels (width x height) is larger than the image, {width} x {height}: choose a smaller patch, or pad or resize the image."),
        height=height, width=width, patch_height=patch_height, patch_width=patch_width,
    )  # fmt: skip


def _require_whole_patches(height: int, width: int, patch_height: int, patch_width: int) -> None:
    if height < patch_height or width < patch_width:
        raise patch_too_large(height, width, patch_height, patch_width)
    if height % patch_height or width % patch_width:
        crop_height, crop_width = height - height % patch_height, width - width % patch_width
        raise DataError(
            N_("The image, {width} x {height} pixels (width x height), is not whole patches of {patch_width} x {patch_height}: crop it to {crop_width} x {crop_height} or pad it to {pad_width} x {pad_height}."),
            height=height, width=width, patch_height=patch_height, patch_width=patch_width,
            crop_height=crop_height, crop_width=crop_width,
            pad_height=-(-height // patch_height) * patch_height, pad_width=-(-width // patch_width) * patch_width,
        )  # fmt: skip
