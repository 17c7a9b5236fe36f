"""Cutting a photo, beside what a torch user would write."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np

from core.images import read_image
from core.patches import patchify
from tests.benchmarks._row import Row, seconds


def rows() -> Iterator[Row]:
    photo = np.random.default_rng(0).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    yield _cut(photo)
    yield _restore(photo)
    yield _read(photo)


def _cut(photo: np.ndarray) -> Row:
    import torch

    # torch's unfold takes floats only, and channels first
    batch = torch.from_numpy(photo.transpose(2, 0, 1).astype(np.float32))[None]
    median, least = seconds(lambda: patchify(photo, 20))
    peer, _ = seconds(lambda: torch.nn.functional.unfold(batch, 20, stride=20))
    return Row(
        "patch a 4,000 x 3,000 photo, patches of 20", median, "torch unfold", peer,
        target=0.5, note=f"minimum {least:.3f} s; torch's input was already float",
    )  # fmt: skip


def _restore(photo: np.ndarray) -> Row:
    import torch

    patches = patchify(photo, 20)
    unfolded = torch.from_numpy(patches.vectors.T.astype(np.float32))[None]
    median, least = seconds(patches.restore)
    peer, _ = seconds(lambda: torch.nn.functional.fold(unfolded, (3000, 4000), 20, stride=20))
    return Row("put it together again", median, "torch fold", peer, target=0.5, note=f"minimum {least:.3f} s")


def _read(photo: np.ndarray) -> Row:
    from PIL import Image

    buffer = io.BytesIO()
    # a smooth picture: noise would measure the entropy coder
    Image.fromarray(photo[:300, :400]).resize((4000, 3000)).save(buffer, "JPEG", quality=90)
    data = buffer.getvalue()
    median, least = seconds(lambda: read_image(data, "photo.jpg"))
    peer, _ = seconds(lambda: np.array(Image.open(io.BytesIO(data))))
    return Row("read a 12-megapixel JPEG", median, "Pillow alone", peer, note=f"minimum {least:.3f} s")
