"""From a picture to tokens (Dosovitskiy et al. 2021, arXiv:2010.11929): cut, fit, project, count, compare.

`PatchEmbedding` is a torch module; it is looked up on first use, so that importing this room does not import torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.patches.counts import VITS, Vit, VitCounts, vit_counts
from core.patches.cutting import ORDERS, Order, Patches, patch_size, patchify
from core.patches.digits import PLACES, DigitTraining, Places, train_digits
from core.patches.fitting import FITS, PADDINGS, Edges, Fit, Fitted, Padding, fit_image
from core.patches.learning import LEARNINGS, LearnedProjection, Learning, learn_projection
from core.patches.nearest import nearest_patches
from core.patches.projecting import PATCH_PROJECTIONS, PatchProjection, Projected, project_patches
from core.patches.resampling import resample_positions
from core.patches.sprites import filter_sheet, sprite_sheet
from core.patches.unordered import OrderProof, order_proof, shuffled

if TYPE_CHECKING:
    from core.patches._patch_embedding import PatchEmbedding

__all__ = [
    "FITS",
    "LEARNINGS",
    "ORDERS",
    "PADDINGS",
    "PATCH_PROJECTIONS",
    "PLACES",
    "VITS",
    "DigitTraining",
    "Edges",
    "Fit",
    "Fitted",
    "LearnedProjection",
    "Learning",
    "Order",
    "OrderProof",
    "Padding",
    "PatchEmbedding",
    "PatchProjection",
    "Patches",
    "Places",
    "Projected",
    "Vit",
    "VitCounts",
    "filter_sheet",
    "fit_image",
    "learn_projection",
    "nearest_patches",
    "order_proof",
    "patch_size",
    "patchify",
    "project_patches",
    "resample_positions",
    "shuffled",
    "sprite_sheet",
    "train_digits",
    "vit_counts",
]


def __getattr__(name: str) -> object:
    if name == "PatchEmbedding":
        from core.patches._patch_embedding import PatchEmbedding

        return PatchEmbedding
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
