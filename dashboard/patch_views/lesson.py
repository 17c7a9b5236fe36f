"""What a training of the Patches page learns from: the patches of one photo, or of several cut alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.arrays import FloatArray, fingerprint
from dashboard import frame, links, photos
from dashboard.i18n import _
from dashboard.patch_views import parts, work

if TYPE_CHECKING:
    from core.images import Photo
    from core.patches import Fit

_NAMED = 4  # photos named one by one


@dataclass(frozen=True, slots=True)
class Lesson:
    """Photos cut alike: `titles` and `keys` (those of their cuts), `flats` (n, d) uint8 patches of each, channels first;
    `mean` (d,) is the mean of all patches, scaled to 0 to 1, `spread` the mean square distance of a value from it."""

    key: str
    titles: tuple[str, ...]
    keys: tuple[str, ...]
    patch: tuple[int, int]
    flats: tuple[NDArray[np.uint8], ...]
    mean: FloatArray
    spread: float

    @property
    def patches(self) -> int:
        return sum(map(len, self.flats))

    def vectors(self) -> NDArray[np.uint8]:
        """(n, d) of all photos, one after the other."""
        return np.concatenate(self.flats)


def choose(shown: photos.Shown) -> list[photos.Shown]:
    """The switch between this photo and all of them, where there are several."""
    together = photos.beside(shown)
    if len(together) < 2:
        return [shown]
    names = {"one": _("this photo"), "all": _("all {count} photos").format(count=len(together))}
    links.begin(photos.FROM, list(names), photos.usual_lesson())
    chosen = parts.choose(_("Learns from"), names, photos.FROM, _("The patches of the photo shown, or of all photos that are looked at together under Several photos."))  # fmt: skip
    return together if chosen == "all" else [shown]


def link(shown: photos.Shown) -> dict[str, str]:
    """What reopens the choice: samples by name; one's own photos stay in this visit."""
    together = photos.beside(shown)
    if len(together) < 2:
        return {}
    return {photos.FROM: st.session_state[photos.FROM], photos.SEVERAL: ",".join(one.id for one in together)}


def lesson(chosen: Sequence[photos.Shown], done: work.Cut, longest: int) -> Lesson:
    """These photos cut as `done` is, the cut of one of them; one that is smaller than a patch is left out, and that is told."""
    flats = [(one.title, *_flat_of(one.photo, longest, done)) for one in chosen]
    used = [(title, key, flat) for title, key, flat in flats if flat is not None]
    for title, _key, flat in flats:
        if flat is None:
            st.caption(_("{title} is smaller than one patch and is left out.").format(title=frame.plain(title)))
    titles, keys, kept = zip(*used, strict=True)
    if len(chosen) > 1:
        st.caption(named(titles))
    return _lesson(fingerprint(*keys), titles, keys, done.patch, kept)


def named(titles: Sequence[str]) -> str:
    """The first few photos by name, as markdown, and how many more there are."""
    named = ", ".join(frame.plain(title) for title in titles[:_NAMED])
    more = len(titles) - _NAMED
    return named if more < 1 else _("{photos} and {count} more").format(photos=named, count=more)


def _flat_of(photo: Photo, longest: int, done: work.Cut) -> tuple[str, NDArray[np.uint8] | None]:
    key = work.cut_key(photo, longest, done.patch, done.fitted.how)
    return key, done.first if key == done.key else _flat(key, photo, longest, done.patch, done.fitted.how)


@st.cache_resource(show_spinner=False, max_entries=48)
def _flat(key: str, _photo: Photo, longest: int, patch: tuple[int, int], how: Fit) -> NDArray[np.uint8] | None:
    from core.errors import DataError
    from core.images import thumbnail
    from core.patches import fit_image, patchify

    try:
        return patchify(fit_image(thumbnail(_photo, longest).pixels, patch, how).image, patch).vectors
    except DataError:  # cropped, it would leave nothing
        return None


@st.cache_resource(show_spinner=False, max_entries=6)
def _lesson(
    key: str, titles: tuple[str, ...], keys: tuple[str, ...], patch: tuple[int, int], _flats: tuple[NDArray[np.uint8], ...]
) -> Lesson:  # fmt: skip
    count = sum(map(len, _flats))
    mean = sum(flat.sum(axis=0, dtype=np.float64) for flat in _flats) / (255 * count)
    squares = sum(float(np.square(flat / np.float32(255) - mean.astype(np.float32)).sum()) for flat in _flats)
    return Lesson(key, titles, keys, patch, _flats, mean.astype(np.float32), squares / (count * len(mean)))
