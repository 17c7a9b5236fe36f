"""The photo a visitor looks at: a sample with its credit, or their own, read once and held small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import N_, CoreError, DataError
from dashboard import frame, links, uploads
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.images import Photo

KEY = "pat_photo"  # the link parameter that names the photo
OWN = "own"
HELD = "es_own_photo"
LONGEST = 1024  # pixels of the longest side that are kept of a photo, whatever its size
LEAST = 8
MAX_MB = 40
_TAKEN_MB = 120  # the widget itself takes more, so that a file that is too large gets our sentence
_UPLOAD, _ERROR = "pat_upload", "es_own_photo_error"
_TYPES = ["jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "bmp", "avif", "heic", "heif"]


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
    st.file_uploader(
        _("Your own photo"), _TYPES, key=_UPLOAD, max_upload_size=_TAKEN_MB, on_change=_read_upload, label_visibility="collapsed",
        help=_("JPEG, PNG, WebP, GIF, TIFF or BMP, up to {limit} MB. It is read on this machine and kept for this visit only.").format(limit=MAX_MB),
    )  # fmt: skip
    uploads.words(_UPLOAD, _("Your own photo"), _("or drop it here"))
    error = st.session_state.get(_ERROR)
    if error is not None and st.session_state.get(_UPLOAD) is not None:
        frame.show(error)
    with place:
        return _selected()


def _selected() -> Shown:
    from core.images import samples

    known = {sample.name: sample for sample in samples()}
    own: Photo | None = st.session_state.get(HELD)
    names = ([OWN] if own is not None else []) + list(known)
    titles = {OWN: _("Your own photo")} | {name: _(sample.title) for name, sample in known.items()}
    if own is None and KEY not in st.session_state and st.query_params.get(KEY) == OWN:
        st.warning(
            _("The link shows a photo of another visit, which stays there; here is a sample with the same settings.")
        )
        st.session_state[KEY] = names[0]
    links.begin(KEY, names, names[0])
    name = st.selectbox(
        _("Photo"), names, format_func=titles.__getitem__, key=KEY, persist_state="session", filter_mode=None
    )  # fmt: skip
    if name == OWN and own is not None:
        return Shown(OWN, own, own.name)
    sample = known[name]
    st.caption(frame.plain(_(sample.credit)))
    return Shown(name, _sample(name), titles[name], sample.patch)


@st.cache_resource(show_spinner=False)
def _sample(name: str) -> Photo:
    from core.images import load_sample, thumbnail

    return thumbnail(load_sample(name), LONGEST)


def _read_upload() -> None:
    """A file came: show its photo at once. One that went, or cannot be read, leaves the photo before it in place."""
    file = st.session_state.get(_UPLOAD)
    st.session_state.pop(_ERROR, None)
    if file is None:
        return
    try:
        st.session_state[HELD] = read(file.getvalue(), file.name)
    except CoreError as error:
        st.session_state[_ERROR] = error
    else:
        st.session_state[KEY] = OWN


def read(data: bytes, filename: str) -> Photo:
    """The picture in a file, at most `LONGEST` pixels long. Raises what reading raises, and DataError for a tiny picture."""
    from core.images import read_image, thumbnail

    photo = read_image(data, filename, max_bytes=MAX_MB * 2**20)
    if min(photo.original) < LEAST:
        raise DataError(
            N_("{file} has {width} x {height} pixels, too few to cut: use a picture of at least {least} x {least}."),
            file=filename, width=photo.width, height=photo.height, least=LEAST,
        )  # fmt: skip
    return thumbnail(photo, LONGEST)
