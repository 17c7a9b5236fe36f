"""The embeddings a visitor can look at: the shipped ones, the word lists, and their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_, DataError
from dashboard import frame, jobs, links, session, shelf
from dashboard.i18n import _, counted, language, tell

if TYPE_CHECKING:
    from core.embedding import Embedding

KEY = "src"  # the link parameter that names the embedding
_NEXT = "es_next_source"  # (how often the program chose, what it chose last)
_ASTRAY = "es_astray"  # (why what is asked for is not shown, what is shown instead)
SLOT = "source"
ENCODER = "use-multilingual"  # the one that turns word lists into vectors
READY = N_("ready vectors, 512 dimensions, no training")  # where its vectors come from


@dataclass(frozen=True)
class Source:
    """One embedding: its id (the one in links), its title, and where its vectors came from, as it is stored (`i18n.origin`
    tells it in the reader's language). `encoder` names what made
    them, where any other text can be turned into a vector of the same space; "" elsewhere."""

    id: str
    title: str
    origin: str
    embedding: Embedding
    encoder: str = ""


_TRAINED = {
    "small-world-en": N_("Small world, English"),
    "small-world-zh": N_("Small world, Chinese"),
}


def titles() -> dict[str, str]:
    """id -> title of everything this visitor can open: their own first, then what is saved in the library."""
    from core.text import word_lists

    own = {name: held.title for name, held in reversed(session.embeddings().items())}
    lists = {f"list-{item.name}": _("Word list: {title}").format(title=_(item.title)) for item in word_lists()}
    trained = {name: _(title) for name, title in _TRAINED.items()}
    if language() == "zh":
        trained = dict(reversed(trained.items()))
    return own | shelf.titles(st.query_params.get(KEY)) | trained | lists


def choose() -> Source:
    """The selectbox and the embedding it names; waits in place while a word list is encoded.

    A link that names what is not here gets a notice and the first one instead.
    """
    known = titles()
    default = f"small-world-{language()}"
    asked = st.query_params.get(KEY)
    if asked and asked not in known:
        st.session_state[_ASTRAY] = _not_here(asked), None
    above = st.container()
    turn, wanted = st.session_state.get(_NEXT, (0, None))
    chosen = links.choice(st.selectbox, _("Embedding"), known, key=KEY, default=default, turn=turn, first=wanted)
    why, instead = st.session_state.pop(_ASTRAY, (None, None))
    if why is not None and instead in (None, chosen):  # told until the reader chooses something else
        st.session_state[_ASTRAY] = why, chosen
        above.warning(frame.plain(tell(why)))
    saved = shelf.save_button(chosen, place=KEY)
    if saved is not None:  # from now on the link of this page opens on other browsers
        show_next(saved)
        st.rerun()
    try:
        source = open_source(chosen)
    except DataError as error:  # the files of a saved one are damaged, or it was deleted just now
        if not chosen.startswith(shelf.PREFIX):
            raise
        st.session_state[_ASTRAY] = error, default
        show_next(default)
        st.rerun()
    _tell_notes(source.embedding)
    return source


def _not_here(asked: str) -> DataError:
    """Why a link asks in vain."""
    if asked.startswith(shelf.PREFIX):
        return DataError(N_("The link names an embedding that is not in the library of this server; it may have been deleted."))  # fmt: skip
    return DataError(
        N_("The link names {id}, which this server does not hold for this browser: it lives in another one, or was let go of when the server started anew, and this link is not that of a saved one. Bring the file to open it here."),
        id=asked[:40],
    )  # fmt: skip


def _tell_notes(embedding: Embedding) -> None:
    """What the reader of a file decided and left out, row by row."""
    if embedding.notes:
        lost = sum(note.lost for note in embedding.notes)
        one, several = _("1 row of the file was left out"), _("{count} rows of the file were left out")
        title = counted(lost, one, several) if lost else _("What was read ({count})").format(count=len(embedding.notes))
        with st.expander(title, icon=":material/warning:" if lost else None):
            for note in embedding.notes:
                st.caption(frame.plain(_(note.template).format(**note.values)))


def settings_of(name: str) -> dict[str, Any]:
    """How the embedding of that id was made, as far as it is known."""
    held = session.embeddings().get(name)
    if held is not None:
        return dict(held.settings)
    if name.startswith(shelf.PREFIX):
        return dict(shelf.library().entry(name.removeprefix(shelf.PREFIX)).settings)
    return {}


def show_next(source: str) -> None:
    """Make the next page, or the next run of this one, open this embedding."""
    turn, _wanted = st.session_state.get(_NEXT, (0, None))
    st.session_state[_NEXT] = turn + 1, source


def open_source(name: str) -> Source:
    """The embedding of that id. A word list is encoded in a worker; until then the page shows its progress and stops."""
    held = session.embeddings().get(name)
    if held is not None:
        return Source(name, held.title, held.origin, held.embedding, _encoder(held.settings, held.embedding))
    if name.startswith(shelf.PREFIX):
        return _saved(name)
    if name in _TRAINED:
        return Source(
            name, _(_TRAINED[name]), N_("five-gram task, 32 dimensions, shipped with Embedscope"), _shipped(name)
        )
    return _encoded_list(name)


def _saved(name: str) -> Source:
    library = shelf.library()
    entry = library.entry(name.removeprefix(shelf.PREFIX))
    embedding = shelf.opened(str(library.folder), entry.id)
    return Source(name, entry.name, entry.origin, embedding, _encoder(entry.settings, embedding))


def _encoder(settings: Mapping[str, Any], embedding: Embedding) -> str:
    """The encoder that settings name, where it is one of ours and could have made these vectors."""
    from core.encoders import encoders

    known = [facts.name for facts in encoders() if facts.dim == embedding.dim]
    return next((name for name in known if name == settings.get("encoder")), "")


@st.cache_resource(show_spinner=False)
def _shipped(name: str) -> Embedding:
    from core.demo import load

    return load(name).embedding


def _encoded_list(name: str) -> Source:
    from core.text import load_word_list

    found = load_word_list(name.removeprefix("list-"))
    embedding = encoded(found.labels, {"class": found.classes})
    return Source(name, titles()[name], READY, embedding, ENCODER)


def encoded(labels: list[str], metadata: dict[str, list[str]] | None = None) -> Embedding:
    """Ready vectors of the labels, made in a worker; until they are there the page shows progress and stops."""
    from core.arrays import fingerprint
    from core.embedding import Embedding

    key = fingerprint(labels)
    ready: dict[str, Embedding] = st.session_state.setdefault("es_encoded", {})
    if key not in ready:
        result = jobs.result(f"{SLOT}_{key}", "encode", labels, ENCODER)
        while len(ready) >= 4:
            ready.pop(next(iter(ready)))
        ready[key] = Embedding(result.labels, result.vectors, metadata)
    return ready[key]
