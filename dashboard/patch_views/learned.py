"""Trainings of the Patches page: asked for, running, held for this visit, and drawn as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from core.arrays import FloatArray, fingerprint
from dashboard import jobs, payloads
from dashboard.patch_views import parts
from dashboard.patch_views.lesson import Lesson
from dashboard.patch_views.work import Cut, Tokens

if TYPE_CHECKING:
    from core.figures.learned_patches import Strip
    from core.images.photo import Pixels
    from core.jobs import Job
    from core.patches import LearnedProjection, Learning

SLOT = "patches_learn"
MOST_WEIGHTS = 1_000_000  # one way; a training of ViT-B/16's 768 x 768 fits
_HELD, _ASKED, _TRIED = "pat_learned", "pat_learn_asked", "pat_tried"
_KEPT = 4  # trainings of a visit, with their frames
_HEIGHT = 40_000  # pixels of a strip of frames; a JPEG holds 65,535


@dataclass(frozen=True, slots=True)
class Wish:
    """A training: of which patches, to how many numbers, how, from which start, how long."""

    lesson: Lesson
    dim: int
    how: Learning
    seed: int
    steps: int

    @property
    def key(self) -> str:
        return fingerprint(self.lesson.key, self.dim, self.how, self.seed, self.steps)


def go() -> None:
    """The next run shows the view that trains."""
    st.session_state[parts.VIEW] = "learn"


def start(wish: Wish) -> Job:
    st.session_state[_ASKED] = wish
    return jobs.start(SLOT, "learn_patches", wish.lesson.vectors(), wish.dim, wish.how, wish.seed, steps=wish.steps)


def asked() -> Wish | None:
    """The last training that this visitor asked for."""
    return st.session_state.get(_ASKED)


def found(wish: Wish) -> LearnedProjection | None:
    """The finished training, if there is one; what has just ended is taken in."""
    held: dict[str, tuple[Wish, LearnedProjection]] = st.session_state.setdefault(_HELD, {})
    finished = jobs.take(SLOT)
    if finished is not None:
        made = st.session_state[_ASKED]
        held.pop(made.key, None)
        held[made.key] = made, finished
        if made.how == "plain":
            st.session_state.setdefault(_TRIED, {}).setdefault(made.lesson.key, {})[made.dim] = levels(finished.error)[
                -1
            ]
        while len(held) > _KEPT:
            held.pop(next(iter(held)))
    return held[wish.key][1] if wish.key in held else None


def latest(patch: tuple[int, int], dim: int | None, key: str = "") -> tuple[Wish, LearnedProjection] | None:
    """The training last finished for patches of that (height, width) and, unless None, so many numbers a token: one that has
    learned from the cut of that key before any other."""
    held: dict[str, tuple[Wish, LearnedProjection]] = st.session_state.get(_HELD, {})
    fitting = [one for one in held.values() if one[0].lesson.patch == patch and dim in (None, one[0].dim)]
    knowing = [one for one in fitting if key in one[0].lesson.keys]
    return (knowing or fitting or [None])[-1]


def tokens(done: Cut, wish: Wish, made: LearnedProjection) -> Tokens:
    """The tokens of a cut by that training."""
    return Tokens(fingerprint("trained", wish.key, done.key), made.projected(done.first), made.seconds)


def tried(lesson: Lesson) -> list[tuple[int, float]]:
    """(numbers a token, error in grey levels) of the plain trainings on these patches in this visit."""
    return sorted(st.session_state.get(_TRIED, {}).get(lesson.key, {}).items())


def levels(error: Any) -> Any:
    """Mean square errors of values from 0 to 1 as root mean square errors in grey levels of 255."""
    return 255 * np.sqrt(error)


def given(how: Learning, done: Cut, mean: FloatArray) -> tuple[Pixels, tuple[bytes, str]]:
    """The picture that is squeezed, and as a file: the fitted photo, or half of its pixels in the colour of the mean patch (d,)."""
    if how == "plain":
        return done.fitted.image, done.sheet
    return _half(fingerprint(done.key, mean), done, mean)


@st.cache_resource(show_spinner=False, max_entries=8)
def _half(key: str, _done: Cut, _mean: FloatArray) -> tuple[Pixels, tuple[bytes, str]]:
    from core.images.encoding import picture_file

    image = _restored(_done, np.where(_shown(_done), _done.first, 255 * _mean))
    return image, picture_file(image)


def strips(how: Learning, done: Cut, frames: FloatArray, mean: FloatArray) -> tuple[Strip, Strip, Strip]:
    """(f, 2, dim, d) weights and the mean patch (d,) they were learned around as three strips: the photo put together again,
    the filters that read, those that write."""
    from core.patches import filter_sheet

    values = done.first.astype(np.float32) / 255 - mean
    if how == "masked":
        values *= _shown(done)
    photos = [_restored(done, 255 * (mean + (values @ weights.T) @ back)) for weights, back in frames]
    return (
        _strip(photos),
        _strip([filter_sheet(weights, done.patch) for weights, _ in frames]),
        _strip([filter_sheet(back, done.patch) for _, back in frames]),
    )


def _shown(done: Cut) -> Any:
    """Which values are left over where half of the pixels are hidden, the same each time."""
    pixels = np.random.default_rng(0).random((len(done.first), done.first.shape[1] // 3)) >= 0.5
    return np.tile(pixels, 3)


def _restored(done: Cut, vectors: Any) -> Pixels:
    from core.patches import patchify

    values = np.clip(np.rint(vectors), 0, 255).astype(np.uint8)
    return replace(patchify(done.fitted.image, done.patch), vectors=values).restore()


def _strip(pictures: Sequence[Pixels]) -> Strip:
    from core.figures.learned_patches import Strip
    from core.images import resize
    from core.images.encoding import picture_file

    height, width = pictures[0].shape[:2]
    scale = min(1.0, _HEIGHT / (height * len(pictures)))
    if scale < 1:
        height, width = int(height * scale), max(1, int(width * scale))
        pictures = [resize(picture, height, width) for picture in pictures]
    return Strip(url=payloads.put(*picture_file(np.concatenate(pictures))), width=width, height=height)
