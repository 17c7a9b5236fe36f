"""The patch embedding as a torch module; looked up through `core.patches.PatchEmbedding`."""

from __future__ import annotations

import torch

from core.errors import N_, DataError
from core.params import require_whole
from core.patches.cutting import PatchSize, patch_size


class PatchEmbedding(torch.nn.Module):  # type: ignore[misc]  # mypy does not read torch
    """A linear layer on channels-first patches: (..., n, channels * ph * pw) -> (..., n, dim) (Dosovitskiy et al. 2021).

    `patch` is a side or (height, width). Weights start as torch's: call `torch.manual_seed` first to repeat them.
    """

    def __init__(self, patch: PatchSize, channels: int, dim: int) -> None:
        super().__init__()
        self.patch = patch_size(patch)
        self.channels = require_whole("channels", channels, 1)
        self.dim = require_whole("dim", dim, 1)
        self.projection = torch.nn.Linear(self.channels * self.patch[0] * self.patch[1], self.dim)

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """Whole-number pixels are taken as they come (0 to 255) and turned into the weights' type."""
        want = self.projection.in_features
        if vectors.shape[-1] != want:
            raise DataError(
                N_("This patch embedding takes vectors of {want} values, one a channel and pixel; got {given}."),
                want=want, given=int(vectors.shape[-1]),
            )  # fmt: skip
        return self.projection(vectors.to(self.projection.weight.dtype))

    def as_convolution(self) -> torch.nn.Conv2d:
        """The equal Conv2d, kernel = stride = patch, holding a copy of the weights: (B, C, H, W) -> (B, dim, rows, columns)."""
        weight = self.projection.weight
        convolution = torch.nn.Conv2d(
            self.channels, self.dim, self.patch, stride=self.patch, device=weight.device, dtype=weight.dtype
        )
        with torch.no_grad():
            # the reshape is the whole proof: a filter is a row of the linear layer, folded as (c, ph, pw)
            convolution.weight.copy_(weight.reshape(self.dim, self.channels, *self.patch))
            convolution.bias.copy_(self.projection.bias)
        return convolution
