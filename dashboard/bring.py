"""Bring your own: paste words, or drop any file that holds words, vectors or a picture; what it is is found out here."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_, CoreError, DataError
from dashboard import bring_table, frame, jobs, session, sources, uploads
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.embedding import Embedding

SLOT = "bring"
MAX_MB = 200
_START = 4 * 2**20  # bytes that tell a list of words from vectors
_FILES = "own_files"
_ABOUT = "es_bring_about"  # (title, origin, settings) of what is being made
_TAKEN = "es_bring_taken"  # ids of the files that were dealt with
_FAILED = "es_bring_failed"
_LISTED = 200  # names of columns in the settings at most
_PICTURE_NAMES = ("jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "bmp", "avif", "heic", "heif")
_LISTS = (".txt", ".csv", ".tsv", ".md", ".list", "")  # what a list of words may be named
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")


def your_own() -> None:
    """The fold where words or files come in; what came in is chosen at once."""
    with st.expander(_("Bring your own"), expanded=jobs.current(SLOT) is not None or _FAILED in st.session_state):
        try:
            _words()
            _files()
            if not jobs.running(SLOT):
                _keep(jobs.take(SLOT))
        except CoreError as error:
            st.session_state[_FAILED] = error
            st.rerun()  # the fold opens over what went wrong
        if _FAILED in st.session_state:
            frame.show(st.session_state[_FAILED])
        if jobs.running(SLOT):
            jobs.progress(SLOT, stop=_("Cancel"))


def begin(title: str, origin: str, task: str, *args: Any, **options: Any) -> None:
    """Start the work that makes an embedding; `options` go to the task and stand in its settings."""
    st.session_state.pop(_FAILED, None)
    st.session_state[_ABOUT] = title, origin, options
    jobs.start(SLOT, task, *args, **options)


def _words() -> None:
    from core.text import labelled_words

    with st.form("own_form", border=False):
        pasted = st.text_area(
            _("Words or phrases"), key="own_words", height=140, max_chars=1_000_000,
            placeholder=_("One a line, or with commas. A class may follow after a tab."),
        )  # fmt: skip
        asked = st.form_submit_button(_("Make vectors"), width="stretch")
    if asked:
        labels, classes = labelled_words(pasted)
        begin(
            _("My words ({count})").format(count=len(labels)),
            sources.READY,
            "encode",
            labels,
            classes=classes,
            encoder=sources.ENCODER,
        )


def _files() -> None:
    given = st.file_uploader(
        _("or any file"), key=_FILES, max_upload_size=MAX_MB, accept_multiple_files=True, help=_about()
    )
    uploads.words(_FILES, _("Choose files"), _("or drop them here"))
    st.caption(_("Words, tables (CSV, Excel, JSON, Parquet), vectors of word2vec, fastText, GloVe, TensorBoard, NumPy or safetensors, photos."))  # fmt: skip
    taken = st.session_state.setdefault(_TAKEN, set())
    fresh = [file for file in given or [] if file.file_id not in taken]
    if not fresh:
        bring_table.ask(begin)
        return
    taken |= {file.file_id for file in fresh}
    st.session_state.pop(_FAILED, None)
    _arrived([(file.name, file.getvalue()) for file in fresh])


def _about() -> str:
    return _("At most {size} MB. vectors.tsv and metadata.tsv are dropped together.").format(size=MAX_MB)


def _arrived(files: list[tuple[str, bytes]]) -> None:
    """Send what came to where it is read."""
    pair = _tensorboard_pair(files)
    if pair is not None:
        (name, vectors), (_name, metadata) = pair
        begin(name, name, "read", vectors, name, format="tensorboard-tsv", metadata=metadata, skip=True)
        return
    if all(_pictures(data) for _name, data in files):
        _to_patches(files)
    name, data = files[0]
    if len(files) > 1:
        st.caption(_("Of several files the first is opened, {name}; only vectors.tsv and metadata.tsv go together.").format(name=frame.plain(name)))  # fmt: skip
    if _pictures(data):
        _to_patches(files[:1])
    elif data.startswith(b"PK\x03\x04") and _is_workspace(data):
        raise DataError(N_("{file} is a workspace file: open it on the Library page."), file=name)
    else:
        bring_table.look(name, data, otherwise=_no_table)
        bring_table.ask(begin)


def _tensorboard_pair(files: list[tuple[str, bytes]]) -> tuple[tuple[str, bytes], tuple[str, bytes]] | None:
    """(vectors, metadata) where exactly two came and one is named as metadata or labels."""
    if len(files) != 2 or not all(name.lower().endswith((".tsv", ".txt")) for name, _data in files):
        return None
    named = [any(word in name.lower() for word in ("meta", "label")) for name, _data in files]
    if sum(named) != 1:
        return None
    return (files[1], files[0]) if named[0] else (files[0], files[1])


def _is_workspace(data: bytes) -> bool:
    from core._archive import member_names

    return "embedscope.json" in member_names(data)


def _pictures(data: bytes) -> bool:
    """Whether the file is a picture, or a zip of pictures."""
    if data.startswith(_PICTURES) or data[8:12] == b"WEBP" or data[4:8] == b"ftyp":
        return True
    return data.startswith(b"PK\x03\x04") and not _is_workspace(data) and _holds_pictures(data)


def _to_patches(files: list[tuple[str, bytes]]) -> None:
    """Pictures are for the page that cuts pictures: one is shown there by itself, several on one map."""
    from dashboard import navigation, photos
    from dashboard.patch_views import parts

    st.session_state[parts.VIEW] = "several" if photos.bring(files) > 1 else "cut"
    st.switch_page(navigation.page("patches"))


def _holds_pictures(data: bytes) -> bool:
    from core._archive import member_names

    names = [PurePath(name).suffix.lower().removeprefix(".") for name in member_names(data)]
    return bool(names) and sum(name in _PICTURE_NAMES for name in names) > len(names) / 2


def _no_table(name: str, data: bytes) -> None:
    """A file that is no table: vectors where a format knows it, else a list of words."""
    from core.formats import detect, unwrapped

    start, inside = unwrapped(data, name, most=_START)
    listed = PurePath(inside).suffix.lower() in _LISTS
    try:
        if listed or start is data:  # of another file inside, the beginning does not tell enough
            detect(start, inside)
    except DataError:
        if not listed:  # named as vectors, but it holds none
            raise
        begin(name, sources.READY, "words_in", data, name, encoder=sources.ENCODER)
    else:
        begin(name, name, "read", data, name, skip=True)


def _keep(embedding: Embedding | None) -> None:
    if embedding is None:
        return
    title, origin, options = st.session_state.pop(_ABOUT, (_("My data"), "", {}))
    settings = {name: value for name, value in options.items() if _short(value) and name != "skip"}
    sources.show_next(session.keep(embedding, title, origin, settings))
    st.rerun()


def _short(value: object) -> bool:
    """Whether a setting is worth a line: not the classes of all words, nor the bytes of a file."""
    return isinstance(value, (str, int, float)) or (isinstance(value, tuple) and len(value) <= _LISTED)
