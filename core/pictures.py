"""A small picture for each row of an embedding, all on one sheet."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field

MOST_PIXELS = 50_000_000
_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Pictures:
    """`sheet` is a PNG or JPEG file, as `media` says; the picture of row i is its tile at row i // columns, column i % columns,
    each `tile` pixels (height, width). Raises ValueError unless the file's header says that it has this size for `rows`."""

    sheet: bytes
    tile: tuple[int, int]
    columns: int
    rows: int
    media: str = field(init=False, default="")

    def __post_init__(self) -> None:
        from PIL import Image

        numbers = (*self.tile, self.columns, self.rows)
        if len(self.tile) != 2 or not all(type(number) is int and number >= 1 for number in numbers):
            raise ValueError("tile, columns and rows must be whole numbers of at least 1")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # a picture too large for Pillow's liking is too large here
                image = Image.open(io.BytesIO(self.sheet), formats=list(_KINDS))
        except Exception as error:  # hostile bytes make decoders raise nearly anything
            raise ValueError("the sheet is no PNG or JPEG") from error
        want = self.columns * self.tile[1], -(-self.rows // self.columns) * self.tile[0]
        if image.size != want or want[0] * want[1] > MOST_PIXELS:
            raise ValueError(f"the sheet has {image.size} pixels; {want} were announced")
        object.__setattr__(self, "media", _KINDS[str(image.format)])
