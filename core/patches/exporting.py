"""What is taken away of a cut: its patches as one picture, its vectors, its layer; and the layer proved as a convolution."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import N_, DataError
from core.patches.cutting import Patches
from core.patches.projecting import Projected
from core.patches.sprites import sprite_sheet

_WHOLE = 64  # pixels: patches up to here keep every pixel on a sheet


def patch_sheet(patches: Patches, about: Mapping[str, Any] | None = None) -> bytes:
    """All patches in reading order on one nearly square sheet, as PNG; those above 64 pixels are shrunk to that.
    `about` stands in its text chunk "embedscope", as JSON."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    sheet, _columns = sprite_sheet(patches, min(max(patches.patch), _WHOLE))
    out = io.BytesIO()
    said = PngInfo()
    if about:
        said.add_itxt("embedscope", json.dumps(about, default=str))
    Image.fromarray(sheet).save(out, "PNG", pnginfo=said)
    return out.getvalue()


def vectors_file(vectors: NDArray[Any]) -> bytes:
    """The table as an NPY file of its own type; `numpy.load` reads it."""
    out = io.BytesIO()
    np.lib.format.write_array(out, np.ascontiguousarray(vectors), allow_pickle=False)
    return out.getvalue()


def write_projection(
    projected: Projected, patch: tuple[int, int], channels: int = 3, about: Mapping[str, Any] | None = None
) -> bytes:
    """The layer as safetensors: `weight` (dim, channels * height * width) and `bias` (dim,), as torch's Linear has them on
    channels-first patches whose pixels were multiplied by the `scale` told in the metadata; of a trained layer also `back`.
    `about` stands in the metadata too, under "embedscope".
    """
    from safetensors.numpy import save

    tensors = {"weight": projected.weights, "bias": projected.bias, "mean": projected.mean}
    if projected.back is not None:
        tensors["back"] = projected.back
    facts: dict[str, Any] = {"how": projected.how, "scale": projected.scale, "patch": list(patch), "channels": channels, "order": "channels_first"}  # fmt: skip
    facts |= {"embedscope": about} if about else {}
    plain = {name: np.ascontiguousarray(value) for name, value in tensors.items()}
    return bytes(save(plain, {name: json.dumps(value, default=str) for name, value in facts.items()}))


def convolution_difference(
    image: NDArray[np.uint8],
    patch: tuple[int, int],
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
    scale: float,
) -> tuple[float, float, int]:
    """How far torch's Conv2d with kernel = stride = patch is from the linear layer on the patches of an image (H, W, C).

    `weights` (dim, C * ph * pw) channels first, pixels times `scale`. Returns the largest difference of two tokens'
    numbers, the largest number, and how many were compared. Raises DataError where weights and patches do not fit.
    """
    import torch

    from core.patches._patch_embedding import PatchEmbedding
    from core.patches.cutting import patchify

    channels = image.shape[2]
    if weights.shape[1] != channels * patch[0] * patch[1]:
        raise DataError(
            N_("This patch embedding takes vectors of {want} values, one a channel and pixel; got {given}."),
            want=channels * patch[0] * patch[1], given=weights.shape[1],
        )  # fmt: skip
    layer = PatchEmbedding(patch, channels, len(weights))
    pixels = torch.from_numpy(image.astype(np.float32) * np.float32(scale))
    vectors = torch.from_numpy(patchify(image, patch).vectors.astype(np.float32) * np.float32(scale))
    with torch.no_grad():
        layer.projection.weight.copy_(torch.from_numpy(weights))
        layer.projection.bias.copy_(torch.from_numpy(bias))
        linear = layer(vectors)
        convolved = layer.as_convolution()(pixels.permute(2, 0, 1)[None])[0].flatten(1).T
        return float((linear - convolved).abs().max()), float(linear.abs().max()), linear.numel()
