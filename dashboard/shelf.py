"""The library of this server as pages use it: what is saved for everybody, its pictures, and the button that saves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import CoreError
from dashboard import frame, session, settings, workspaces
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.embedding import Embedding
    from core.library import Library

PREFIX = "lib-"  # of ids of saved embeddings, as sources and links name them
LISTED = 200  # how many the list of embeddings offers; the library page finds the others
_SAVED = "es_saved"
_BROWSERS = 1000
_saved: dict[str, dict[str, str]] = {}  # browser -> own id -> source id of what it saved
_LOG = logging.getLogger(__name__)


def start() -> None:
    """Open the library beside the start of the server: what a killed process left is cleared away now."""
    threading.Thread(target=_open_early, name="open-library", daemon=True).start()


def _open_early() -> None:
    try:
        library()
    except CoreError as error:
        _LOG.error("%s", error)


def library() -> Library:
    """The library in the data folder. Raises DataError where it cannot be used; the next call tries again."""
    from core.library import data_folder

    return _library(str(settings.data_dir() or data_folder()), settings.quota())


@lru_cache(maxsize=8)
def _library(folder: str, quota: int) -> Library:
    from core.library import Library

    return Library(folder, quota)


def titles(asked: str | None = None) -> dict[str, str]:
    """Source id -> title of what is saved, the latest first, and of `asked` wherever it stands; {} where there is no library."""
    try:
        entries = library().entries()
    except CoreError:
        return {}
    listed = [*entries[:LISTED], *(entry for entry in entries[LISTED:] if asked == PREFIX + entry.id)]
    return {PREFIX + entry.id: _("Saved: {name}").format(name=entry.name) for entry in listed}


@st.cache_resource(show_spinner=False, max_entries=6)
def opened(folder: str, key: str) -> Embedding:
    """A saved embedding, read once for all visitors. The folder is part of its identity."""
    return library().open(key)


def thumbnail(embedding: Embedding) -> bytes:
    """A small picture: PCA of a few hundred rows, in the colours of its class."""
    from core.figures.thumbnail import spread
    from core.figures.thumbnail import thumbnail as draw
    from core.projection import project

    few = embedding.take(spread(len(embedding)))
    if len(few) < 3:
        return b""
    vectors = few.vectors if few.dim > 1 else few.vectors.repeat(2, axis=1)
    return draw(project(vectors, "pca"), few.metadata.get("class"))


def save(embedding: Embedding, name: str, origin: str, made: Mapping[str, Any]) -> str:
    """Keep an embedding for everybody; returns its source id."""
    return PREFIX + library().save(embedding, name, origin, made, thumbnail(embedding))


def save_own(key: str) -> str:
    """Save one of this visitor's embeddings under its title; returns its source id. An id that is gone is a KeyError."""
    held = session.embeddings()[key]
    made = dict(held.settings)
    history = held.embedding.history
    if history is not None and len(history.held_out_auc):
        made |= {"held_out_auc": round(float(history.held_out_auc[-1]), 4), "epochs_done": float(history.epochs[-1])}
    saved = save(held.embedding, held.title[:200], held.origin, made)
    _of_browser()[key] = saved
    return saved


def _of_browser() -> dict[str, str]:
    """Own id -> source id of what this browser saved; of this visit where the browser is not known."""
    name = workspaces.browser()
    if not name:
        held: dict[str, str] = st.session_state.setdefault(_SAVED, {})
        return held
    while len(_saved) >= _BROWSERS and name not in _saved:
        _saved.pop(next(iter(_saved)))
    return _saved.setdefault(name, {})


def saved_as(key: str) -> str | None:
    """The source id under which this browser saved one of its own, while it is there."""
    saved = _of_browser().get(key)
    return saved if saved in titles(saved) else None


def save_button(key: str, *, place: str) -> str | None:
    """For one of the visitor's own embeddings: the button that saves it, or that it is saved; else nothing.
    Returns the source id under which it was saved just now."""
    if key not in session.embeddings():
        return None
    if saved_as(key) is not None:
        st.caption(_("Saved in the library. A link to it opens on every browser that reaches this server."))
        return None
    asked = st.button(
        _("Save to the library"), key=f"{place}_save", icon=":material/bookmark_add:", width="stretch",
        help=_("Everybody on this server sees what is in the library. What is not saved stays with your browser."),
    )  # fmt: skip
    if not asked:
        return None
    try:
        return save_own(key)
    except CoreError as error:
        frame.show(error)
        return None
