"""The work behind several photos: cut all of them alike, one table of patches, one map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.arrays import FloatArray, IntArray, fingerprint
from dashboard import payloads, photos
from dashboard.patch_views import learned, work

if TYPE_CHECKING:
    from core.patches import Fit, LearnedProjection, Patches
    from dashboard.patch_views.learned import Wish

SIZES = (160, 224, 320, 448, 640)
MOST = 4096  # patches of all photos together
LEAST = 8  # pixels: a thinner photo would have all others cut as fine as itself
_TILE = 32  # pixels of a thumbnail at most


@dataclass(frozen=True, slots=True)
class Together:
    """Photos cut alike into patches of (height, width) `patch`. `vectors` (n, height * width * 3) channels first, photo after
    photo; `of` (n) the photo of each patch, `place` (n) its number in that photo; `sheet` thumbnails, `columns` a row, each
    `tile` pixels (height, width)."""

    key: str
    patch: tuple[int, int]
    shown: tuple[photos.Shown, ...]
    cuts: tuple[work.Cut, ...]
    vectors: NDArray[np.uint8]
    of: IntArray
    place: IntArray
    sheet: tuple[bytes, str]
    tile: tuple[int, int]
    columns: int

    @property
    def told(self) -> str:
        """Width x height, as sizes of pictures are told."""
        return f"{self.patch[1]} × {self.patch[0]}"

    @property
    def pile(self) -> Patches:
        """All patches one below the other."""
        from core.patches import Patches

        high, wide = self.patch
        return Patches(self.vectors, self.patch, (len(self.vectors) * high, wide, 3), "channels_first")


def sides(chosen: Sequence[photos.Shown], longest: int, wide: int = 0) -> list[int]:
    """Patch heights on offer for these photos together, of patches `wide` pixels wide (0: as wide as high): none larger than a
    photo, none that makes more than `MOST` patches."""
    from core.patches.lattice import SIDES

    sizes = _sizes(chosen, longest)
    short = min(h if wide else min(h, w) for h, w in sizes)
    fine = [
        side for side in SIDES if 4 <= side <= short and sum(-(-h // side) * -(-w // (wide or side)) for h, w in sizes) <= MOST
    ]  # fmt: skip
    return fine or [max(1, min(short, SIDES[-1]))]


def without_thin(chosen: Sequence[photos.Shown], longest: int) -> tuple[list[photos.Shown], list[photos.Shown]]:
    """(photos to be cut together, those too thin for it at that working size); thin ones among themselves are cut all the same."""
    thin = [shown for shown, size in zip(chosen, _sizes(chosen, longest), strict=True) if min(size) < LEAST]
    return ([shown for shown in chosen if shown not in thin], thin) if len(thin) < len(chosen) else (list(chosen), [])


def widest(chosen: Sequence[photos.Shown], longest: int) -> int:
    """Pixels of the narrowest photo: no patch may be wider."""
    return min(width for _height, width in _sizes(chosen, longest))


def size_for(chosen: Sequence[photos.Shown], side: int, longest: int) -> int:
    """The largest working size, up to `longest`, at which patches of that side are on offer; the smallest where there is none."""
    fine = [size for size in SIZES if size <= longest and side in sides(chosen, size)]
    return max(fine, default=SIZES[0])


def _sizes(chosen: Sequence[photos.Shown], longest: int) -> list[tuple[int, int]]:
    """(height, width) of each photo at that working size, as `core.images.thumbnail` makes it."""
    found = []
    for photo in (shown.photo for shown in chosen):
        scale = min(1.0, longest / max(photo.height, photo.width))
        found.append((max(1, round(photo.height * scale)), max(1, round(photo.width * scale))))
    return found


def together(chosen: Sequence[photos.Shown], longest: int, patch: tuple[int, int], how: Fit) -> Together:
    cuts = tuple(work.cut(work.working(shown.photo, longest), patch, how) for shown in chosen)
    key = fingerprint(*(done.key for done in cuts), *(shown.title for shown in chosen))
    return _together(key, tuple(chosen), cuts)


@st.cache_resource(show_spinner=False, max_entries=8)
def _together(key: str, _shown: tuple[photos.Shown, ...], _cuts: tuple[work.Cut, ...]) -> Together:
    from core.images.encoding import picture_file
    from core.patches import sprite_sheet

    counts, patch = [len(done.first) for done in _cuts], _cuts[0].patch
    made = Together(
        key=key, patch=patch, shown=_shown, cuts=_cuts, vectors=np.concatenate([done.first for done in _cuts]),
        of=np.repeat(np.arange(len(counts)), counts), place=np.concatenate([np.arange(count) for count in counts]),
        sheet=(b"", ""), tile=(0, 0), columns=1,
    )  # fmt: skip
    sheet, columns = sprite_sheet(made.pile, min(max(patch), _TILE))
    tile = sheet.shape[0] // -(-len(made.vectors) // columns), sheet.shape[1] // columns
    return replace(made, sheet=picture_file(sheet), tile=tile, columns=columns)


@st.cache_resource(show_spinner=False, max_entries=8)
def plane(key: str, _vectors: NDArray[np.uint8] | FloatArray) -> tuple[FloatArray, float]:
    """The first two principal components of all patches, or tokens, together, and the share of the variance they hold."""
    from core.patches import project_patches

    made = project_patches(_vectors, 2, "pca")
    return made.tokens, made.variance_share


Trained: TypeAlias = "tuple[Wish, LearnedProjection, FloatArray]"


def trained(all_of: Together) -> Trained | None:
    """The training last finished for patches of this size, one that knows the first photo before others, and the tokens
    (n, dim) that its layer makes of all patches."""
    found = learned.latest(all_of.patch, None, all_of.cuts[0].key)
    return None if found is None else (*found, _tokens(f"{found[0].key} {all_of.key}", all_of.vectors, found[1]))


@st.cache_resource(show_spinner=False, max_entries=4)
def _tokens(key: str, _vectors: NDArray[np.uint8], _made: LearnedProjection) -> FloatArray:
    return _made.projected(_vectors).tokens


def nearest(
    all_of: Together, row: int, k: int, *, others: bool, tokens: FloatArray | None = None
) -> tuple[IntArray, FloatArray]:
    """The k patches most like this one, of all photos or of the others only, and the distances of their values or tokens."""
    from core.patches import nearest_patches

    values: NDArray[np.uint8] | FloatArray = all_of.vectors if tokens is None else tokens
    rows = np.arange(len(values))
    if others:
        rows = np.append(np.flatnonzero(all_of.of != all_of.of[row]), row)
    found, distances = nearest_patches(values[rows], int(np.flatnonzero(rows == row)[0]), k)
    return rows[found], distances.astype(np.float32)


def urls(all_of: Together) -> list[str]:
    return [payloads.put(*done.sheet) for done in all_of.cuts]
