"""What a training has left: the visitor's last one, or the one that is shipped in their language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.arrays import fingerprint
from core.errors import N_, CoreError, DataError
from dashboard import frame, jobs, session, shelf, sources
from dashboard.i18n import _, language, origin, rate
from dashboard.words_views.text import DEMO, Text, classes

if TYPE_CHECKING:
    from core.embedding import Embedding

SLOT = "train"
_FEW = 30  # held-out windows; below, an AUC wanders by a tenth and more from one split to the next
TO_MAP = "es_words_to_map"  # there is something new to see: the page shows the map
RUN = "w_run"  # the link parameter that names a run: settings and a built-in text say how to make it anew
OF = "w_of"  # the one that names what came of a text of the visitor's own
RESULT = "es_trained"  # id of the embedding trained last
_BEGUN = "es_begun"  # (its text, the classes of its words) of the training begun last
_SETTINGS = "es_begun_settings"
_FAILED = "es_train_failed"  # why nothing came of it
_RUN = "es_run"  # its key; None where none was begun
_ASTRAY = "es_trained_astray"  # the link names a training that is not here
_OTHER = "es_trained_other"  # the link names a training of other settings than its own
_SOURCE = "es_trained_source"  # the text it was trained on, as a worker gets it


@dataclass(frozen=True)
class Trained:
    """A training to look at. `source` is what it read; `receipt` says how it was made."""

    id: str
    embedding: Embedding
    source: dict[str, str]
    receipt: tuple[str, ...]

    @property
    def history(self) -> Any:
        return self.embedding.history

    @property
    def labels(self) -> list[str]:
        """The words on the map, in the order of its points."""
        return [self.embedding.labels[row] for row in self.history.frame_rows]

    @property
    def classes(self) -> dict[str, str]:
        """The class of each word, where it is known."""
        known = self.embedding.metadata.get("class")
        return dict(zip(self.embedding.labels, known, strict=True)) if known else {}

    @property
    def window(self) -> int:
        """Words in a window of the five-gram task; 0 for other tasks."""
        return int(self.history.settings["window"]) if self.history.objective == "five-gram" else 0


def begin(text: Text, settings: dict[str, Any]) -> None:
    """Start the training, or join the same one that somebody else has begun. Where it cannot be started, `tell_failure` says why."""
    start = settings.get("start")
    known = dict(zip(start.labels, start.metadata.get("class", ()), strict=False)) if start is not None else {}
    st.session_state[_OTHER] = False
    st.session_state[_BEGUN] = text, {**known, **classes(text)}
    st.session_state[_SETTINGS] = settings
    st.session_state.pop(_FAILED, None)
    try:
        st.session_state[_RUN] = jobs.start(SLOT, "train", text.source, **settings).key
    except CoreError as error:
        st.session_state[_RUN], st.session_state[_FAILED] = None, error


def rejoin(text: Text | None, settings: dict[str, Any]) -> bool:
    """After a reload, or from a link: take up the training that the link names, if it is that of these settings.

    The same settings join a run that is under way, or get the result that was kept; else they train anew. Keeps the
    link true: it names a training only while the controls are its own. Only built-in texts can stand in a link.
    """
    now = fingerprint("train", (text.source,), settings) if text is not None and "corpus" in text.source else None
    if named(RUN, _RUN, now) and text is not None:
        begin(text, settings)
        return True
    return False


def named(link: str, held: str, now: str | None) -> bool:
    """Whether a first visit's link names the work of these settings, `now` (None where it can stand in no link). Else the
    link is kept true: it names what `held` of the session says was begun, while that is the work of these settings."""
    asked = st.query_params.get(link)
    if held not in st.session_state:
        st.session_state[held] = None
        if now is not None and asked == now[:12]:
            return True
        st.session_state[_OTHER] = asked is not None
    if now is not None and st.session_state[held] == now:
        st.query_params[link] = now[:12]
    elif asked is not None:
        del st.query_params[link]
    return False


def begun() -> tuple[Text, dict[str, str]]:
    """The text of the training that was begun last, and the classes of its words."""
    held: tuple[Text, dict[str, str]] = st.session_state.get(_BEGUN, (Text("", {}), {}))
    return held


def as_begun(text: Text | None, settings: dict[str, Any]) -> bool:
    """Whether the controls still stand where they stood when the last training was begun."""
    return text is not None and (text.source, settings) == (begun()[0].source, st.session_state.get(_SETTINGS))


def objective() -> str:
    """The task of the training that was begun last."""
    return str(st.session_state.get(_SETTINGS, {}).get("objective", "five-gram"))


def holds_out() -> bool:
    """Whether the training that was begun last keeps a share of the text to check on."""
    return bool(st.session_state.get(_SETTINGS, {}).get("held_out", True))


def finish() -> None:
    """Take the result of a training that has just ended and keep it for every page. Where nothing came of it, what was
    here before stays, in the link too."""
    try:
        embedding = jobs.taken(SLOT)
        if embedding is None:
            return
        if embedding.history.in_vain:
            raise DataError(N_("The learning rate was too large: the numbers grew without bound before the first epoch was over, so nothing was learned, and what was here before is still shown. Train again with a smaller learning rate."))  # fmt: skip
    except CoreError as error:
        st.session_state[_FAILED], st.session_state[_RUN] = error, None
        st.query_params.pop(RUN, None)
        return
    if embedding.history.stopped:  # to train anew from the link would give the whole of it, not what was kept
        st.session_state[_RUN] = None
        st.query_params.pop(RUN, None)
    adopt(embedding, *begun())


def tell_failure(text: Text | None, settings: dict[str, Any]) -> None:
    """Why nothing came of the training begun last, in this place, until another is begun or something else is asked for;
    and that a link leads to nothing here, until something is trained."""
    if st.session_state.get(_ASTRAY):
        st.warning(_("The link names a training that is not here: it lives in another browser and was not saved to the library, or was deleted. An example is shown instead."))  # fmt: skip
    elif st.session_state.get(_OTHER):
        st.warning(_("The link names a training, but not that of the text and the settings it opens with; in another language it opens with another text. An example is shown instead. Press Train to train with what is set here."))  # fmt: skip
    error: CoreError | None = st.session_state.get(_FAILED)
    if error is None:
        return
    if as_begun(text, settings):
        frame.show(error)
    else:
        del st.session_state[_FAILED]


def adopt(embedding: Embedding, text: Text, known: dict[str, str], title: str = "") -> None:
    """Keep a trained embedding for every page, with the classes of its words, and show it here. Without a `title`, it was
    trained by the visitor."""
    if known:
        embedding = _with_classes(embedding, known)
    settings = dict(embedding.history.settings)
    st.session_state[_ASTRAY] = st.session_state[_OTHER] = False
    name = session.keep(
        embedding, title or _("Trained: {text}").format(text=text.title), text.origin or text.name, settings
    )
    st.session_state[RESULT], st.session_state[_SOURCE] = name, text.source
    sources.show_next(name)


def _with_classes(embedding: Embedding, known: dict[str, str]) -> Embedding:
    from core.embedding import Embedding

    history = embedding.history
    column = [known.get(label, "") for label in embedding.labels]
    classed = Embedding(embedding.labels, embedding.vectors, {"class": column})
    classed.history = history
    return classed


def shown() -> Trained:
    """The visitor's last training, or at first the one that the link names; without one, the shipped one of their language."""
    if RESULT not in st.session_state:
        st.session_state[RESULT] = asked = st.query_params.get(OF, "")
        st.session_state[_ASTRAY] = bool(asked) and _held(asked) is None
    name, source = st.session_state[RESULT], st.session_state.get(_SOURCE, {})
    held = _held(name)
    if held is None:
        return _shipped(DEMO[language()])
    return Trained(name, held.embedding, source, _receipt(held, held.embedding.history))


def _held(name: str) -> session.Held | None:
    """The training of that id, where this browser or the library has it."""
    held = session.embeddings().get(name)
    if name.startswith(shelf.PREFIX):
        try:
            saved = sources.open_source(name)
        except CoreError:
            return None
        held = session.Held(saved.title, saved.embedding, saved.origin)
    return held if held is not None and held.embedding.history is not None else None


def keep_link(name: str) -> None:
    """Let the address name the training that is shown, where it does not say already how to make it anew."""
    named = (shelf.saved_as(name) or name) if name in session.embeddings() else name
    if named.startswith(("own-", shelf.PREFIX)) and RUN not in st.query_params:
        st.query_params[OF] = named
    elif OF in st.query_params:
        del st.query_params[OF]


def _shipped(name: str) -> Trained:
    from core.demo import load
    from core.text import corpora

    title = next(info.title for info in corpora() if info.name == name)
    demo = load(name)
    receipt = (
        _("An example that comes with Embedscope: {corpus}").format(corpus=_(title)),
        _("{count} words in the vocabulary").format(count=f"{len(demo.embedding):,}"),
        _("seed {seed}").format(seed=0),
    )
    return Trained(name, demo.embedding, {"corpus": name}, receipt)


def _receipt(held: session.Held, history: Any) -> tuple[str, ...]:
    from core.training import OBJECTIVES

    settings = history.settings
    return (
        held.title,
        told if (told := origin(held.origin)) not in held.title and held.origin not in held.title else "",
        _(OBJECTIVES.get(history.objective).title),
        _("{count} words in the vocabulary").format(count=f"{len(held.embedding):,}"),
        _("{count} of them new").format(count=f"{history.joined:,}") if history.joined is not None else "",
        _("map: the {count} commonest words").format(count=f"{len(history.frame_rows):,}")
        if len(history.frame_rows) < len(held.embedding)
        else "",
        (_("{count} windows an epoch") if history.unit == "window" else _("{count} words an epoch")).format(
            count=f"{history.windows:,}"
        ),
        _("1 epoch") if history.epochs[-1] == 1 else _("{epochs} epochs").format(epochs=f"{history.epochs[-1]:.3g}"),
        _("{dim} dimensions").format(dim=settings["dim"]),
        _("seed {seed}").format(seed=settings["seed"]),
        *((_("{seconds} s").format(seconds=f"{history.seconds:.1f}"), _rate(history)) if history.seconds else ()),
        _("stopped early") if history.stopped else "",
        *(_(note.template).format(**note.values) for note in history.warnings),
    )


def _rate(history: Any) -> str:
    sentence = _("{rate} windows/s") if history.unit == "window" else _("{rate} words/s")
    return sentence.format(rate=rate(history.windows_per_second))


def doubt(trained: Trained) -> str:
    """A sentence when the held-out windows say that nothing was learned, or are too few to say anything, else nothing."""
    history = trained.history
    measured, baseline = history.held_out_auc, history.frequency_auc
    if not history.held_out_windows:
        return _("Nothing was held out, so nothing tells how it does on sentences it has not seen. Set a held-out share under More to know.")  # fmt: skip
    if history.held_out_windows < _FEW:
        sentence = (
            _("Held-out windows to check on: {count}. That is too few to say whether anything was learned; add text before you believe the neighbours.")
            if history.unit == "window" else _("Held-out words to check on: {count}. That is too few to say whether anything was learned; add text before you believe the neighbours.")
        )  # fmt: skip
        return sentence.format(count=history.held_out_windows)
    if not history.epochs[-1] or not measured[-1] < max(0.55, baseline + 0.02):
        return ""
    sentence = (
        _("On sentences it has not seen, it does hardly better than word counts or chance ({auc}), and the neighbours mean little. It was still learning when the training ended: take more epochs or more dimensions, or add text.")
        if history.unfinished else
        _("On sentences it has not seen, it does hardly better than word counts or chance ({auc}): this text is too short, or was trained too long, and the neighbours mean little. Add text, or take fewer epochs.")
    )  # fmt: skip
    return sentence.format(auc=f"AUC {measured[-1]:.2f}")
