"""Parts that the views of the Patches page share: settings, the link, what to try, the photo's line in the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_
from dashboard import links, photos
from dashboard.i18n import _, counted
from dashboard.patch_views import grid as places
from dashboard.patch_views import work

if TYPE_CHECKING:
    from core.patches import Fit
    from dashboard.patch_views.grid import Grid
    from dashboard.patch_views.work import Cut, Working

VIEW = "pat_view"
FIT, DIM, SIZE, SEED = "pat_fit", "pat_dim", "pat_size", "pat_seed"
LARGEST = 2**31 - 1
_WIDTHS = (2, 4, 8, 12, 16, 20, 24, 32, 48, 64, 96, 128)
_NOTE = "pat_note"  # what the last "Try" did
_FITS = {"crop": N_("crop"), "pad": N_("pad"), "resize": N_("resize")}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the controls say that every view has."""

    fit: Fit
    dim: int
    longest: int
    seed: int
    wide: int = 0


def fit() -> Any:
    return choose(_("Edges that are left over"), _FITS, FIT, _("Crop takes pixels away, pad repeats the edge, resize stretches the photo a little."))  # fmt: skip


def dim() -> int:
    return slide(_("Numbers a token"), work.DIMS, 64, DIM, _("The dimensions of a token, which every later layer works with: 768 in ViT-B."))  # fmt: skip


def size() -> int:
    return slide(_("Working size"), work.SIDES, 640, SIZE, _("The longest side, in pixels, to which a larger photo is shrunk before it is cut."))  # fmt: skip


def wide() -> int:
    """The width of a patch, 0 where it is its height."""
    names = {0: _("as high"), **{side: f"{side}" for side in _WIDTHS}}
    links.begin(places.WIDE, list(names), 0)
    words = _("Patch height and width apart: the slider of patch sizes then moves the height only.")
    return int(st.select_slider(_("Patch width"), list(names), format_func=names.__getitem__, key=places.WIDE, persist_state="session", help=words))  # fmt: skip


def seed() -> int:
    if SEED not in st.session_state:
        st.session_state[SEED] = links.number(SEED, LARGEST) or 0
    words = _("The same photo, settings and seed give the same tokens.")
    return int(st.number_input(_("Seed"), 0, LARGEST, key=SEED, persist_state="session", help=words))


def choose(label: str, names: dict[str, str], key: str, words: str) -> Any:
    links.begin(key, list(names), next(iter(names)))
    return st.segmented_control(
        label, list(names), required=True, format_func=lambda name: _(names[name]), key=key, persist_state="session",
        help=words, width="stretch",
    )  # fmt: skip


def slide(label: str, values: Sequence[int], first: int, key: str, words: str) -> int:
    links.begin(key, values, first)
    return int(st.select_slider(label, values, key=key, persist_state="session", help=words))


def link(shown: photos.Shown, chosen: Settings, grid: Grid, row: int, **others: str | int) -> dict[str, str | int]:
    """Everything that reopens this view, by plain names."""
    return {
        photos.KEY: shown.id, FIT: chosen.fit, DIM: chosen.dim, SIZE: chosen.longest, SEED: chosen.seed,
        places.SIDE: grid.side, places.WIDE: chosen.wide, places.PATCH: row, **others,
    }  # fmt: skip


def offer(name: str, label: str, told: str, widgets: dict[str, Any] | None = None, side: int | None = None) -> None:
    """A button that changes one thing and says afterwards what happened."""
    st.button(label, key=f"pat_try_{name}", width="stretch", on_click=_change, args=(told, widgets or {}, side))


def _change(told: str, widgets: dict[str, Any], side: int | None) -> None:
    for key, value in widgets.items():
        st.session_state[key] = value
    if side is not None:
        places.turn_to(side)
    st.session_state[_NOTE] = told


def told() -> None:
    """What the button pressed last has done, until the next change."""
    note = st.session_state.pop(_NOTE, None)
    if note:
        st.info(note)


def patches(count: int, size: str) -> str:
    """How many patches there are, and of what size."""
    if count == 1:
        return _("one patch of {size}").format(size=size)
    return counted(count, _("1 patch of {size}"), _("{count} patches of {size}"), size=size)


def photo_facts(shown: photos.Shown, made: Working, done: Cut) -> list[str]:
    """What was read, shrunk, and cut away."""
    photo = made.photo
    full = _("{title}, {width} × {height} pixels").format(title=shown.title, width=f"{photo.original[1]:,}", height=f"{photo.original[0]:,}")  # fmt: skip
    shrunk = _("worked on at {width} × {height}").format(width=photo.width, height=photo.height) if (photo.height, photo.width) != photo.original else ""  # fmt: skip
    notes = (_(note.template).format(**note.values) for note in photo.notes if "full_width" not in note.values)
    return [full, *notes, shrunk, _lost(done)]


def _lost(done: Cut) -> str:
    fitted = done.fitted
    whole = fitted.original[0] * fitted.original[1]
    if fitted.how == "crop" and fitted.pixels_removed:
        return _("crop took {count} pixels away ({share})").format(count=f"{fitted.pixels_removed:,}", share=f"{fitted.pixels_removed / whole:.1%}")  # fmt: skip
    if fitted.how == "pad" and fitted.pixels_added:
        return _("padding made up {count} pixels ({share})").format(count=f"{fitted.pixels_added:,}", share=f"{fitted.pixels_added / whole:.1%}")  # fmt: skip
    if fitted.how == "resize" and fitted.stretch != (1.0, 1.0):
        return _("stretched {down} down and {across} across").format(down=f"{fitted.stretch[0] - 1:+.1%}", across=f"{fitted.stretch[1] - 1:+.1%}")  # fmt: skip
    return _("whole patches, nothing lost")
