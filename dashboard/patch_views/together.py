"""The work behind several photos: cut all of them alike, one table of patches, one map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.arrays import FloatArray, IntArray, fingerprint
from dashboard import payloads, photos
from dashboard.patch_views import work

if TYPE_CHECKING:
    from core.patches import Fit

SIZES = (160, 224, 320, 448)
SIDES = (4, 8, 12, 16, 20, 24, 32, 48, 64)
MOST = 4096  # patches of all photos together
_TILE = 32  # pixels of a thumbnail at most


@dataclass(frozen=True, slots=True)
class Together:
    """Photos cut alike. `vectors` (n, patch * patch * 3) channels first, photo after photo; `of` (n) the photo of each patch,
    `place` (n) its number in that photo; `sheet` thumbnails, `tile` pixels each, `columns` a row."""

    key: str
    shown: tuple[photos.Shown, ...]
    cuts: tuple[work.Cut, ...]
    vectors: NDArray[np.uint8]
    of: IntArray
    place: IntArray
    sheet: tuple[bytes, str]
    tile: int
    columns: int


def sides(chosen: Sequence[photos.Shown], longest: int) -> list[int]:
    """Patch sides on offer for these photos together: none larger than a photo, none that makes more than `MOST` patches."""
    sizes = [(one.photo.height, one.photo.width) for one in (work.working(shown.photo, longest) for shown in chosen)]
    short = min(min(size) for size in sizes)
    fine = [side for side in SIDES if side <= short and sum(-(-h // side) * -(-w // side) for h, w in sizes) <= MOST]
    return fine or [max(1, min(short, SIDES[-1]))]


def together(chosen: Sequence[photos.Shown], longest: int, side: int, how: Fit) -> Together:
    cuts = tuple(work.cut(work.working(shown.photo, longest), (side, side), how) for shown in chosen)
    key = fingerprint(*(done.key for done in cuts), *(shown.title for shown in chosen))
    return _together(key, tuple(chosen), cuts)


@st.cache_resource(show_spinner=False, max_entries=8)
def _together(key: str, _shown: tuple[photos.Shown, ...], _cuts: tuple[work.Cut, ...]) -> Together:
    from core.images.encoding import picture_file
    from core.patches import Patches, sprite_sheet

    vectors = np.concatenate([done.first for done in _cuts])
    side = _cuts[0].patch[0]
    tile = min(side, _TILE)
    pile = Patches(vectors, (side, side), (len(vectors) * side, side, 3), "channels_first")  # one below the other
    sheet, columns = sprite_sheet(pile, tile)
    counts = [len(done.first) for done in _cuts]
    return Together(
        key=key, shown=_shown, cuts=_cuts, vectors=vectors,
        of=np.repeat(np.arange(len(counts)), counts), place=np.concatenate([np.arange(count) for count in counts]),
        sheet=picture_file(sheet), tile=tile, columns=columns,
    )  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=8)
def plane(key: str, _vectors: NDArray[np.uint8]) -> tuple[FloatArray, float]:
    """The first two principal components of all patches together, and the share of the variance they hold."""
    from core.patches import project_patches

    made = project_patches(_vectors, 2, "pca")
    return made.tokens, made.variance_share


def nearest(all_of: Together, row: int, k: int, *, others: bool) -> tuple[IntArray, FloatArray]:
    """The k patches most like this one, of all photos or of the others only, and their distances."""
    from core.patches import nearest_patches

    if not others:
        found, distances = nearest_patches(all_of.vectors, row, k)
        return found, distances.astype(np.float32)
    rows = np.append(np.flatnonzero(all_of.of != all_of.of[row]), row)
    found, distances = nearest_patches(all_of.vectors[rows], len(rows) - 1, k)
    return rows[found], distances.astype(np.float32)


def urls(all_of: Together) -> list[str]:
    return [payloads.put(*done.sheet) for done in all_of.cuts]
