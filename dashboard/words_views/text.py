"""The text to learn from: a built-in corpus, a paste or a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import N_, CoreError
from dashboard import frame, jobs, links, uploads
from dashboard.i18n import _, language, origin

if TYPE_CHECKING:
    from core.text import Decoded

DEMO = {"en": "small-world-en", "zh": "small-world-zh"}
MAX_MB, TAKEN_MB = 64, 200  # what is read, and what the uploader takes so that we can say so
_FILE, _READ = "w_file", "es_w_read"  # the uploader; (id of its file, what was read of it)
_KINDS = {"built-in": N_("Built-in"), "paste": N_("Paste"), "file": N_("File")}


@dataclass(frozen=True)
class Text:
    """What to learn from, as the worker gets it: a built-in corpus by name, or the visitor's own text. `name` is the
    English title of the one, the name of the other's file; `origin` is what is stored of how the file was read."""

    name: str
    source: dict[str, str]
    origin: str = ""

    @property
    def title(self) -> str:
        """What it is called in the reader's language, which may change while it is learned from."""
        return _(self.name)


def choose() -> Text | None:
    """The controls of the text; None (and a sentence in place) while there is nothing to learn from."""
    kind = links.choice(st.segmented_control, _("Text"), _KINDS, key="w_kind", default="built-in", required=True)
    if kind == "paste":
        return _pasted()
    if kind == "file":
        return _uploaded()
    return _built_in()


def _built_in() -> Text:
    from core.text import corpora

    known = {info.name: info for info in corpora()}
    titles = {name: info.title for name, info in known.items() if info.available}
    name = links.choice(st.selectbox, _("Corpus"), titles, key="w_corpus", default=DEMO[language()])
    st.caption(frame.plain(_(known[name].about)))
    return Text(known[name].title, {"corpus": name})


def _pasted() -> Text | None:
    text = st.text_area(
        _("Your text"), height=180, key="w_paste", persist_state="session", max_chars=2_000_000,
        placeholder=_("A page of text, in English, Chinese or both. A few hundred words make a first picture."),
    )  # fmt: skip
    st.caption(
        _("Running text goes here; a list of words belongs on Explore. A link carries the settings, not the text.")
    )
    return Text(N_("Pasted text"), {"text": text}) if text.strip() else None


def _uploaded() -> Text | None:
    """The text of the file, decoded once, in a worker; a file that is no text is told of here."""
    file = st.file_uploader(
        _("A text file (.txt), at most {size} MB").format(size=MAX_MB), key=_FILE, max_upload_size=TAKEN_MB
    )
    uploads.words(_FILE, _("Choose a file"), _("or drop it here"))
    if file is None:
        return None
    held: tuple[str, Text | CoreError] = st.session_state.get(_READ, ("", Text("", {})))
    if held[0] != file.file_id:
        decoded = jobs.beside(_FILE, file.file_id, "decode_text", file.getvalue(), file.name)
        if decoded is None:
            return None
        held = st.session_state[_READ] = file.file_id, _text(file.name, decoded)
    if isinstance(held[1], CoreError):
        frame.show(held[1])
        return None
    st.caption(frame.plain(origin(held[1].origin)))
    return held[1]


def _text(name: str, decoded: Decoded | CoreError) -> Text | CoreError:
    if isinstance(decoded, CoreError):
        return decoded
    return Text(name, {"text": decoded.text}, " · ".join(filter(None, (name, decoded.encoding, decoded.note))))


def classes(text: Text | None) -> dict[str, str]:
    """The true class of each word of a built-in corpus, where it is known."""
    from core.text import corpus_classes

    name = text.source.get("corpus") if text else None
    return corpus_classes(name) if name else {}
