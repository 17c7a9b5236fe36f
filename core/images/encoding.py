"""Pixels as a file that a browser shows."""

from __future__ import annotations

import io

from core.images.photo import Pixels

_EXACT = 70_000  # pixels: up to here a lossless file is small and quickly written


def picture_file(pixels: Pixels) -> tuple[bytes, str]:
    """(H, W, 3) uint8 -> (file, media type): PNG, exact, for small pictures; JPEG of high quality, without halved colours, for larger ones.

    On two cores a photo of 640 x 480 took 2 ms and 190 kB as JPEG, 24 ms and 630 kB as PNG.
    """
    from PIL import Image

    out, picture = io.BytesIO(), Image.fromarray(pixels)
    if pixels.shape[0] * pixels.shape[1] <= _EXACT:
        picture.save(out, "PNG", compress_level=1)
        return out.getvalue(), "image/png"
    picture.save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue(), "image/jpeg"
