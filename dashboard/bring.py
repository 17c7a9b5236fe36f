"""Bring your own: a word list (ready vectors are made for it) or a file of vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import N_, CoreError
from dashboard import frame, jobs, session, sources, uploads
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.embedding import Embedding

SLOT = "bring"
MAX_MB = 200
_ABOUT = "es_bring_about"  # (title, origin, classes) of what is being made
_KINDS = {"words": N_("Words"), "vectors": N_("Vectors")}


def your_own() -> None:
    """The fold where words or vectors come in; what came in is chosen at once."""
    with st.expander(_("Bring your own"), expanded=jobs.current(SLOT) is not None):
        kind = st.segmented_control(
            _("What you bring"), list(_KINDS), default="words", required=True, format_func=lambda name: _(_KINDS[name]),
            key="own_kind", persist_state="session", label_visibility="collapsed",
        )  # fmt: skip
        try:
            _vectors() if kind == "vectors" else _words()
        except CoreError as error:
            frame.show(error)
        if jobs.running(SLOT):
            jobs.progress(SLOT, stop=_("Cancel"))
        else:
            _keep(jobs.take(SLOT))


def _words() -> None:
    from core.text import decode, labelled_words

    with st.form("own_form", border=False):
        pasted = st.text_area(
            _("Words or phrases"), key="own_words", height=140, max_chars=1_000_000,
            placeholder=_("One a line, or with commas. A class may follow after a tab."),
        )  # fmt: skip
        file = st.file_uploader(_("or a list as .txt or .csv"), key="own_list", max_upload_size=20)
        uploads.words("own_list", _("Choose a file"), _("or drop it here"))
        asked = st.form_submit_button(_("Make vectors"), width="stretch")
    if not asked:
        return
    text = decode(file.getvalue(), file.name).text if file is not None else pasted
    labels, classes = labelled_words(text)
    title = file.name if file is not None else _("My words ({count})").format(count=len(labels))
    st.session_state[_ABOUT] = title, _("ready vectors, 512 dimensions, no training"), classes
    jobs.start(SLOT, "encode", labels)


def _vectors() -> None:
    with st.form("own_vectors_form", border=False):
        file = st.file_uploader(
            _("word2vec, GloVe, TSV, CSV, NPY, NPZ, Parquet or safetensors"), key="own_vectors", max_upload_size=MAX_MB
        )
        uploads.words("own_vectors", _("Choose a file"), _("or drop it here"))
        asked = st.form_submit_button(_("Open"), width="stretch")
    if asked and file is not None:
        st.session_state[_ABOUT] = file.name, file.name, None
        jobs.start(SLOT, "read", file.getvalue(), file.name)


def _keep(embedding: Embedding | None) -> None:
    if embedding is None:
        return
    from core.embedding import Embedding

    title, origin, classes = st.session_state.pop(_ABOUT, (_("My data"), "", None))
    if classes:
        embedding = Embedding(embedding.labels, embedding.vectors, {"class": list(classes)})
    sources.show_next(session.keep(embedding, title, origin))
    for note in getattr(embedding, "notes", ()):
        st.caption(frame.plain(_(note.template).format(**note.values)))
    st.rerun()
