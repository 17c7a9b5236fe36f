"""The work behind the Patches page, cached by content: cut a photo, project its patches, draw the board.

At the usual settings each step takes tens of milliseconds, spent inside NumPy, which lets other visitors' pages go on
meanwhile (the widest projections take a few tenths of a second; another thread then waited 11 ms at most).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.arrays import FloatArray, fingerprint
from dashboard import payloads

if TYPE_CHECKING:
    from core.figures.patches import PatchWords
    from core.images import Photo
    from core.patches import Fit, Fitted, Order, PatchProjection, Projected
    from dashboard.patch_views.grid import Grid

SIDES = (224, 384, 512, 640, 1024)  # working sizes: pixels of the longest side
DIMS = (2, 8, 16, 32, 64, 128, 192, 256, 384, 512, 768, 1024)
MOST_WEIGHTS = 4_000_000  # of one projection on this page; ViT-B/32 has 2.4 million


@dataclass(frozen=True, slots=True)
class Cut:
    """A photo fitted and cut. `patch` is (height, width), `vectors` (n, height * width * 3) channels last, `first` the same channels first;
    `coordinates` (n, 2): their first two principal components, which hold `share` of their variance; `sheet` is the fitted photo as a file."""

    key: str
    patch: tuple[int, int]
    fitted: Fitted
    vectors: NDArray[np.uint8]
    first: NDArray[np.uint8]
    coordinates: FloatArray
    share: float
    sheet: tuple[bytes, str]
    seconds: float

    @property
    def grid(self) -> tuple[int, int]:
        """(rows, columns) of patches."""
        return self.fitted.image.shape[0] // self.patch[0], self.fitted.image.shape[1] // self.patch[1]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The patches of a cut as tokens."""

    key: str
    projected: Projected
    seconds: float


@dataclass(frozen=True, slots=True)
class Working:
    """A photo at its working size, and as a file for the browser."""

    key: str
    photo: Photo
    file: tuple[bytes, str]


def working(photo: Photo, longest: int) -> Working:
    return _working(fingerprint(photo.pixels), photo, longest)


@st.cache_resource(show_spinner=False, max_entries=32)
def _working(key: str, _photo: Photo, longest: int) -> Working:
    from core.images import thumbnail
    from core.images.encoding import picture_file

    small = thumbnail(_photo, longest)
    return Working(_working_key(key, longest), small, picture_file(small.pixels))


def cut(work: Working, patch: tuple[int, int], how: Fit) -> Cut:
    """Raises DataError to crop a photo smaller than the patch."""
    return _cut(work.key, work.photo.pixels, patch, how)


@st.cache_resource(show_spinner=False, max_entries=24)
def _cut(key: str, _pixels: NDArray[np.uint8], patch: tuple[int, int], how: Fit) -> Cut:
    from core.images.encoding import picture_file
    from core.patches import fit_image, patchify, project_patches

    began = perf_counter()
    fitted = fit_image(_pixels, patch, how)
    first = patchify(fitted.image, patch).vectors
    plane = project_patches(first, 2, "pca")
    return Cut(
        key=fingerprint(key, patch, how),
        patch=patch,
        fitted=fitted,
        vectors=patchify(fitted.image, patch, "channels_last").vectors,
        first=first,
        coordinates=plane.tokens,
        share=plane.variance_share,
        sheet=picture_file(fitted.image),
        seconds=perf_counter() - began,
    )


def cut_key(photo: Photo, longest: int, patch: tuple[int, int], how: Fit) -> str:
    """The `key` of the cut of a photo at that working size, without cutting it."""
    return fingerprint(_working_key(fingerprint(photo.pixels), longest), patch, how)


def _working_key(key: str, longest: int) -> str:
    return fingerprint(key, longest)


def widest(values: int, dim: int) -> int:
    """The number of dimensions nearest below `dim` whose weights, for so many values a patch, this page computes."""
    return max(one for one in DIMS if one == DIMS[0] or (one <= dim and one * values <= MOST_WEIGHTS))


def tokens(done: Cut, dim: int, how: PatchProjection, seed: int) -> Tokens:
    return _tokens(done.key, done.first, dim, how, seed)


@st.cache_resource(show_spinner=False, max_entries=12)
def _tokens(key: str, _vectors: NDArray[np.uint8], dim: int, how: PatchProjection, seed: int) -> Tokens:
    from core.patches import project_patches

    began = perf_counter()
    projected = project_patches(_vectors, dim, how, seed)
    return Tokens(fingerprint(key, dim, how, seed), projected, perf_counter() - began)


def board(
    work: Working, done: Cut, made: Tokens, grid: Grid, order: Order, words: PatchWords, text: Sequence[Any]
) -> str:
    """The address of the picture; the same picture is drawn once."""
    files = payloads.put(*work.file), payloads.put(*done.sheet)
    key = fingerprint(work.key, done.key, made.key, order, repr(words), repr(text))
    return payloads.put(_board(key, files, work, done, made, grid, order, words, text), "application/octet-stream")


@st.cache_resource(show_spinner=False, max_entries=12)
def _board(
    key: str, _files: tuple[str, str], _work: Working, _done: Cut, _made: Tokens, _grid: Grid, _order: Order, _words: PatchWords, _text: Sequence[Any]
) -> bytes:  # fmt: skip
    from core.figures.patches import Scene, patches_board

    scene = Scene(
        photo=_files[0],
        height=_work.photo.height,
        width=_work.photo.width,
        sides=_grid.sides,
        lattices=_grid.lattices,
        at=_grid.at,
        wide=_grid.wide,
        sheet=_files[1],
        patch=_done.patch,
        vectors=_done.vectors,
        tokens=_made.projected.tokens,
        coordinates=_done.coordinates,
        channels_first=_order == "channels_first",
        name=f"{_work.key} {_done.fitted.how}",
    )
    return patches_board(scene, _words, _text).to_bytes(payloads.put)
