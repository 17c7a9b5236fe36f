"""What a vision transformer's input costs (Dosovitskiy et al. 2021, arXiv:2010.11929, table 1)."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import N_, DataError
from core.params import require_whole
from core.patches.cutting import PatchSize, patch_size


@dataclass(frozen=True, slots=True)
class VitCounts:
    """`grid` (rows, columns); `patches` their number; `tokens` with the class token, if there is one;
    parameters of the projection (weights and biases) and of the position table (one row a token);
    attention: the pairs of tokens each head compares, and the multiply-adds a layer spends on scores and weighted sums."""

    grid: tuple[int, int]
    patches: int
    tokens: int
    projection_parameters: int
    position_parameters: int
    attention_pairs: int
    attention_multiply_adds: int


@dataclass(frozen=True, slots=True)
class Vit:
    """A published model: patch side in pixels, width of a token, layers."""

    patch: int
    dim: int
    layers: int


VITS = {
    "ViT-B/16": Vit(16, 768, 12),
    "ViT-B/32": Vit(32, 768, 12),
    "ViT-L/16": Vit(16, 1024, 24),
    "ViT-H/14": Vit(14, 1280, 32),
}


def vit_counts(
    height: int, width: int, patch: PatchSize, dim: int, class_token: bool = True, *, channels: int = 3
) -> VitCounts:
    """Counts for an image of height x width pixels cut into patches of a side or (height, width), projected to `dim`.

    Raises ParameterError below 1, DataError for an image that is not whole patches.
    """
    height, width = require_whole("height", height, 1), require_whole("width", width, 1)
    dim, channels = require_whole("dim", dim, 1), require_whole("channels", channels, 1)
    patch_height, patch_width = patch_size(patch)
    if height % patch_height or width % patch_width:
        raise DataError(
            N_("{width} x {height} pixels (width x height) are not whole patches of {patch_width} x {patch_height}."),
            height=height, width=width, patch_height=patch_height, patch_width=patch_width,
        )  # fmt: skip
    rows, columns = height // patch_height, width // patch_width
    tokens = rows * columns + bool(class_token)
    return VitCounts(
        grid=(rows, columns),
        patches=rows * columns,
        tokens=tokens,
        projection_parameters=(channels * patch_height * patch_width + 1) * dim,
        position_parameters=tokens * dim,
        attention_pairs=tokens**2,
        attention_multiply_adds=2 * tokens**2 * dim,
    )
