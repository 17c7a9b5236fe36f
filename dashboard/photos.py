"""The photos a visitor looks at: samples with their credit, and their own, read once and held small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_, CoreError, DataError
from dashboard import frame, links, photo_report, uploads
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.images import Photo

KEY, SEVERAL = "pat_photo", "pat_several"  # the link parameters that name the photo, and the photos
FROM = "pat_from"  # whether a training learns from the "one" photo or from "all" of them
OWN = "own"  # own photos are own-1, own-2, ... of this visit
LONGEST = 1024  # pixels of the longest side that are kept of a photo, whatever its size
LEAST = 8
MAX_MB = 40
MOST = 24  # photos kept for a visit: some 60 MB
_TAKEN_MB = 120  # the widget itself takes more, so that a file that is too large gets our sentence
_HELD, _COUNT, _FILES, _REPORTS, _ALIVE = "es_own_photos", "es_own_count", "es_own_files", "es_own_reports", "es_own_alive"  # fmt: skip
_BROUGHT = "es_brought_reports"  # what came of files brought on another page
_UPLOAD, _CAMERA = "pat_upload", "pat_camera"
_TYPES = ["jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "bmp", "avif", "heic", "heif", "zip"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo, what it is called, and, of a sample, a patch side that suits it."""

    id: str
    photo: Photo
    title: str
    side: int | None = None


def choose() -> Shown:
    """The select box of photos with the upload below it; what cannot be read is told there, and the photo before stays."""
    place = st.container()
    _bring()
    with place:
        return _selected()


def choose_several() -> list[Shown]:
    """The same for several photos at once: one's own, else two samples; never none."""
    place = st.container()
    _bring()
    known = titles()
    with place:
        chosen = st.multiselect(
            _("Photos"), list(known), _several(known), format_func=known.__getitem__, key=SEVERAL, persist_state="session",
            placeholder=_("Choose photos"), filter_mode=None,
        )  # fmt: skip
        if not chosen:
            st.caption(_("No photo is chosen, so the first one is shown."))
            chosen = [next(iter(known))]
        for credit in dict.fromkeys(filter(None, map(_credit, chosen))):
            st.caption(frame.plain(credit))
    return [_shown(name, known[name]) for name in chosen]


def beside(selected: Shown) -> list[Shown]:
    """The photos that are looked at together, with the selected one among them."""
    known = titles()
    held = st.session_state.get(SEVERAL)
    names = [name for name in held if name in known] if held else _first_several(known)
    return [_shown(name, known[name]) for name in dict.fromkeys([*names, selected.id])]


def usual_lesson() -> str:
    """What a training learns from unless told otherwise: all photos, once the visitor has brought several."""
    return "all" if len(_held()) > 1 else "one"


def titles() -> dict[str, str]:
    """id -> title of every photo of this visit, one's own first and the newest of them first."""
    from core.images import samples

    own = {name: photo.name for name, photo in reversed(_held().items())}
    return own | {sample.name: _(sample.title) for sample in samples()}


def _several(known: dict[str, str]) -> list[str] | None:
    """The photos to begin with; None where the widget has its own already."""
    if SEVERAL in st.session_state:
        st.session_state[SEVERAL] = [name for name in st.session_state[SEVERAL] if name in known]
        return None
    return _first_several(known)


def _first_several(known: dict[str, str]) -> list[str]:
    linked = [name for name in st.query_params.get(SEVERAL, "").split(",") if name in known]
    return linked or list(_held()) or list(known)[:2]


def _selected() -> Shown:
    known = titles()
    asked = st.query_params.get(KEY, "")
    if KEY not in st.session_state and asked.startswith(OWN) and asked not in known:
        st.warning(
            _("The link shows a photo of another visit, which stays there; here is a sample with the same settings.")
        )
        st.session_state[KEY] = next(iter(known))
    links.begin(KEY, list(known), next(iter(known)))
    name = st.selectbox(
        _("Photo"), list(known), format_func=known.__getitem__, key=KEY, persist_state="session", filter_mode=None
    )  # fmt: skip
    credit = _credit(name)
    if credit:
        st.caption(frame.plain(credit))
    return _shown(name, known[name])


def _credit(name: str) -> str:
    from core.images import samples

    return next((_(sample.credit) for sample in samples() if sample.name == name), "")


def _shown(name: str, title: str) -> Shown:
    from core.images import samples

    if name in _held():
        return Shown(name, _held()[name], title)
    side = next(sample.patch for sample in samples() if sample.name == name)
    return Shown(name, _sample(name), title, side)


@st.cache_resource(show_spinner=False)
def _sample(name: str) -> Photo:
    from core.images import load_sample, thumbnail

    return thumbnail(load_sample(name), LONGEST)


def _held() -> dict[str, Photo]:
    held: dict[str, Photo] = st.session_state.setdefault(_HELD, {})
    return held


def _bring() -> None:
    """The uploader and the camera; what is new in them is read here, file by file, and shown at once."""
    files = st.file_uploader(
        _("Your own photos"), _TYPES, key=_UPLOAD, max_upload_size=_TAKEN_MB, accept_multiple_files=True, on_change=_let_go, label_visibility="collapsed",
        help=_("JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC where its reader is installed, or a zip of them; up to {limit} MB a picture. They are read on this machine and kept for this visit only.").format(limit=MAX_MB),
    )  # fmt: skip
    uploads.words(_UPLOAD, _("Your own photos"), _("or drop them here"))
    with st.popover(_("Take a photo"), width="stretch"):
        snap = st.camera_input(_("Camera"), key=_CAMERA, label_visibility="collapsed")
        uploads.camera_words(_CAMERA, _("Take a photo, or clear it"))
    st.session_state[_ALIVE] = [file.file_id for file in files]
    known = st.session_state.setdefault(_FILES, {})
    shot = _("Camera {number}.jpg").format(number=st.session_state.get(_COUNT, 0) + 1)
    came = [(file, file.name) for file in files] + ([(snap, shot)] if snap else [])
    fresh = [(file, name) for file, name in came if file.file_id not in known]
    if fresh:
        st.session_state.pop(_BROUGHT, None)
        _read(fresh, known)
    reports = st.session_state.get(_REPORTS, {})
    for report in [*st.session_state.get(_BROUGHT, []), *(reports[file.file_id] for file in files if file.file_id in reports)]:  # fmt: skip
        photo_report.show(report)


def _read(files: Sequence[tuple[Any, str]], known: dict[str, list[str]]) -> None:
    bar, reports, new = st.empty(), st.session_state.setdefault(_REPORTS, {}), []
    for at, (file, called) in enumerate(files):
        if len(files) > 1 or called.lower().endswith(".zip"):
            bar.progress(at / len(files), text=_("Reading {name}").format(name=frame.plain(called)))
        known[file.file_id], reports[file.file_id] = _kept(file.getvalue(), called)
        new += known[file.file_id]
    bar.empty()
    if new:
        _turn_to(new)


def _turn_to(new: Sequence[str]) -> None:
    """Show these photos of the visitor's, the first of them where one is shown."""
    st.session_state[KEY] = new[0]
    before = [name for name in st.session_state.get(SEVERAL, []) if name.startswith(OWN)]
    st.session_state[SEVERAL] = [*before, *new]
    if len(_held()) > 1:
        st.session_state[FROM] = "all"


def _kept(data: bytes, filename: str) -> tuple[list[str], photo_report.Report]:
    """Keep the pictures of a file or a zip: their names, and what came of the rest."""
    found = read(data, filename, MOST - len(_held()))
    errors = [one for one in found if isinstance(one, CoreError)]
    names = [_keep(one) for one in found if not isinstance(one, CoreError)]
    return names, photo_report.Report(filename, len(names), errors, packed=data.startswith(b"PK"))


def _keep(photo: Photo) -> str:
    st.session_state[_COUNT] = st.session_state.get(_COUNT, 0) + 1
    name = f"{OWN}-{st.session_state[_COUNT]}"
    _held()[name] = photo
    return name


def bring(files: Sequence[tuple[str, bytes]]) -> int:
    """Keep the pictures of files and zips and show them next on the Patches page, which names those that could not be read.
    Returns how many there are; raises what is wrong where there is none."""
    kept = [_kept(data, name) for name, data in files]
    new = [name for names, _report in kept for name in names]
    if not new:
        raise kept[0][1].errors[0]
    _turn_to(new)
    st.session_state[_BROUGHT] = [report for _names, report in kept]
    return len(new)


def _let_go() -> None:
    """Photos whose file the visitor took out of the uploader go; those of an earlier visit to this page stay."""
    now = {file.file_id for file in st.session_state.get(_UPLOAD) or []}
    for file in st.session_state.get(_ALIVE, []):
        if file not in now:
            for name in st.session_state.get(_FILES, {}).pop(file, []):
                _held().pop(name, None)


def read(data: bytes, filename: str, most: int = MOST) -> list[Photo | CoreError]:
    """The pictures in a file or a zip, at most `LONGEST` pixels long, and for each that cannot be used the reason."""
    from core.images import Photo, read_photos

    if most < 1:
        return [DataError(N_("{file} was not read: {most} photos are kept already. Take some away first."), file=filename, most=MOST)]  # fmt: skip
    found = read_photos(data, filename, LONGEST, most=most, max_bytes=MAX_MB * 2**20)
    return [_large_enough(one) if isinstance(one, Photo) else one for one in found]


def _large_enough(photo: Photo) -> Photo | CoreError:
    height, width = photo.original
    if min(height, width) >= LEAST and min(photo.height, photo.width) >= 1:
        return photo
    return DataError(
        N_("{file} has {width} x {height} pixels, too few to cut: use a picture of at least {least} x {least}."),
        file=photo.name, width=width, height=height, least=LEAST,
    )  # fmt: skip
