"""What the Words page is made of: the text to learn from, the training as it runs, what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_, CoreError
from dashboard import frame, jobs, links, session, sources, uploads
from dashboard.components.plot import Curve, Highlight, Live, hold, plot
from dashboard.i18n import _, language

if TYPE_CHECKING:
    from core.embedding import Embedding
    from core.figures.board import Board
    from core.jobs import Event

SLOT = "train"
RESULT = "es_trained"
_FINISHED = "es_finished_board"  # ((id of a training, language), address of its board)
_BOARD = "es_live_board"  # (job key, address of its board)
DEMO = {"en": "small-world-en", "zh": "small-world-zh"}
MAX_MB, TAKEN_MB = 64, 200  # what is read, and what the uploader takes so that we can say so
_FILE, _READ = "w_file", "es_w_read"  # the uploader; (id of its file, what was read of it)
_KINDS = {"built-in": N_("Built-in"), "paste": N_("Paste"), "file": N_("File")}


@dataclass(frozen=True)
class Text:
    """What to learn from, as the worker gets it: a built-in corpus by name, or the visitor's own text."""

    title: str
    source: dict[str, str]
    note: str = ""


def choose_text() -> Text | None:
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
    return Text(_(known[name].title), {"corpus": name})


def _pasted() -> Text | None:
    text = st.text_area(
        _("Your text"), height=180, key="w_paste", persist_state="session", max_chars=2_000_000,
        placeholder=_("A page of text, in English, Chinese or both. A few hundred words make a first picture."),
    )  # fmt: skip
    st.caption(
        _("Running text goes here; a list of words belongs on Explore. A link carries the settings, not the text.")
    )
    return Text(_("Pasted text"), {"text": text}) if text.strip() else None


def _uploaded() -> Text | None:
    """The text of the file, decoded once; a file that is no text is told of here."""
    file = st.file_uploader(
        _("A text file (.txt), at most {size} MB").format(size=MAX_MB), key=_FILE, max_upload_size=TAKEN_MB
    )
    uploads.words(_FILE, _("Choose a file"), _("or drop it here"))
    if file is None:
        return None
    held: tuple[str, Text | CoreError] = st.session_state.get(_READ, ("", Text("", {})))
    if held[0] != file.file_id:
        held = file.file_id, _read(file.name, file.getvalue())
        st.session_state[_READ] = held
    if isinstance(held[1], CoreError):
        frame.show(held[1])
        return None
    st.caption(frame.plain(held[1].note))
    return held[1]


def _read(name: str, data: bytes) -> Text | CoreError:
    from core.text import decode

    try:
        decoded = decode(data, name)
    except CoreError as error:
        return error
    note = _("{name}, read as {encoding}").format(name=name, encoding=decoded.encoding)
    return Text(name, {"text": decoded.text}, " · ".join(filter(None, (note, _(decoded.note) if decoded.note else ""))))


def live_picture(classes: dict[str, str]) -> None:
    """The map and the curves of the training now running; redraws itself while it runs."""
    st.fragment(_live, run_every=jobs.BEAT)(classes)


def _live(classes: dict[str, str]) -> None:
    job = jobs.current(SLOT)
    if job is None or job.over:
        st.rerun()
    for _look in range(
        10
    ):  # the first picture is usually there within half a second: wait for it, not for the next beat
        if job.frame is not None or job.wait(0.05):
            break
    events = job.history
    first = next((event for event in events if event.labels), None)
    picture = job.frame
    if first is None or picture is None:
        _waiting()
        return
    curves = curve_points([event for event in events if event.figures])
    held: tuple[str, str] = st.session_state.get(_BOARD, ("", ""))
    if held[0] != job.key:
        held = job.key, hold(make_board(picture.coordinates, list(first.labels), curves, classes))
        st.session_state[_BOARD] = held
    live = Live(seq=events[-1].seq, coordinates=picture.coordinates, curves=moved(curves))
    plot(held[1], key="w_live", alt=_("Map of the words as they are being trained"), live=live)


def _waiting() -> None:
    st.html(f'<div class="es-waiting">{_("Reading the text")}</div>')


def curve_points(events: Sequence[Event]) -> dict[str, list[float]]:
    """The curves so far, from the figures that each step told."""
    names = ("loss", "held_out_loss", "held_out_auc", "frequency_auc")
    curves = {name: [float(event.figures.get(name, "nan")) for event in events] for name in names}
    return {"epochs": [float(event.figures.get("epoch", event.done)) for event in events], **curves}


def moved(curves: dict[str, list[float]]) -> list[Curve]:
    from core.figures.training import AUC, HELD_OUT, LOSS, TRAINED

    x = curves["epochs"]
    return [
        Curve(LOSS, HELD_OUT, x, curves["held_out_loss"]),
        Curve(LOSS, TRAINED, x, curves["loss"]),
        Curve(AUC, HELD_OUT, x, curves["held_out_auc"]),
        Curve(AUC, TRAINED, x, curves["frequency_auc"]),
    ]


def make_board(
    coordinates: Any, labels: list[str], curves: dict[str, Any], classes: dict[str, str], **frames: Any
) -> Board:
    """The board of a training in the reader's language. `classes` maps words to their class, where it is known."""
    from core.figures.training import training_board

    words = {
        "loss": _("Loss"), "held_out": _("held out"), "trained": _("in training"), "auc": _("Held-out AUC"),
        "frequency": _("word frequency alone"), "epoch": _("Epoch"), "others": _("others"), "none": _("no class"),
    }  # fmt: skip
    shown = [classes.get(label, "") for label in labels] if classes else None
    return training_board(coordinates, labels, curves, words, classes=shown, **frames)


@dataclass(frozen=True)
class Trained:
    """A training to look at: its embedding, its curves, the frames of its map, and its receipt."""

    id: str
    embedding: Embedding
    labels: list[str]
    curves: dict[str, Any]
    frames: Any
    frame_epochs: list[float]
    classes: dict[str, str]
    receipt: tuple[str, ...]


def finish(text: Text, classes: dict[str, str]) -> None:
    """Take the result of a training that has just ended and keep it for every page."""
    embedding = jobs.take(SLOT)
    if embedding is None:
        return
    if classes:
        embedding = _with_classes(embedding, classes)
    settings = dict(embedding.history.settings)
    name = session.keep(embedding, _("Trained: {text}").format(text=text.title), text.note or text.title, settings)
    st.session_state[RESULT] = name
    sources.show_next(name)


def _with_classes(embedding: Embedding, classes: dict[str, str]) -> Embedding:
    from core.embedding import Embedding

    history = embedding.history
    column = [classes.get(label, "") for label in embedding.labels]
    classed = Embedding(embedding.labels, embedding.vectors, {"class": column})
    classed.history = history
    return classed


def shown(classes: dict[str, str]) -> Trained:
    """The visitor's last training, or the shipped one of their language."""
    held = session.embeddings().get(st.session_state.get(RESULT, ""))
    if held is None or held.embedding.history is None:
        return shipped(DEMO[language()])
    history, embedding = held.embedding.history, held.embedding
    rows = history.frame_rows
    frames, epochs = thinned(history)
    curves = {
        "epochs": history.epochs, "loss": history.loss, "held_out_loss": history.held_out_loss,
        "held_out_auc": history.held_out_auc, "frequency_auc": [history.frequency_auc] * len(history.epochs),
    }  # fmt: skip
    known = embedding.metadata.get("class")
    return Trained(
        st.session_state[RESULT], embedding, [embedding.labels[row] for row in rows], curves, frames, epochs,
        dict(zip(embedding.labels, known, strict=True)) if known else {}, _receipt(held, history),
    )  # fmt: skip


def thinned(history: Any, most: int = 60) -> tuple[Any, list[float]]:
    """At most `most` frames, evenly spread, the first and the last among them."""
    import numpy as np

    at = np.unique(np.linspace(0, len(history.frames) - 1, most).round().astype(int))
    return np.stack([history.frames[one].coordinates for one in at]), [history.frames[one].epoch for one in at]


def shipped(name: str) -> Trained:
    from core.demo import load
    from core.text import corpora

    title = next(info.title for info in corpora() if info.name == name)
    demo = load(name)
    classes = dict(zip(demo.embedding.labels, demo.embedding.metadata["class"], strict=True))
    labels = [demo.embedding.labels[row] for row in demo.rows]
    receipt = (
        _("An example that comes with Embedscope: {corpus}").format(corpus=_(title)),
        _("{count} words in the vocabulary").format(count=f"{len(demo.embedding):,}"),
        _("seed {seed}").format(seed=0),
    )
    return Trained(name, demo.embedding, labels, demo.figures, demo.frames, demo.epochs, classes, receipt)


def _receipt(held: session.Held, history: Any) -> tuple[str, ...]:
    settings = history.settings
    return (
        held.title,
        held.origin if held.origin not in held.title else "",
        _("{count} words in the vocabulary").format(count=f"{len(held.embedding):,}"),
        _("{count} windows an epoch").format(count=f"{history.windows:,}"),
        _("{epochs} epochs").format(epochs=f"{history.epochs[-1]:g}"),
        _("{dim} dimensions").format(dim=settings["dim"]),
        _("seed {seed}").format(seed=settings["seed"]),
        _("{seconds} s").format(seconds=f"{history.seconds:.1f}"),
        _("stopped early") if history.stopped else "",
        *(_(note.template).format(**note.values) for note in history.warnings),
    )


def finished_board(trained: Trained) -> str:
    """The address of the board of a finished training, made once for each language."""
    wanted = trained.id, language()
    held: tuple[tuple[str, str], str] = st.session_state.get(_FINISHED, (("", ""), ""))
    if held[0] != wanted:
        board = make_board(
            trained.frames[-1], trained.labels, trained.curves, trained.classes,
            frames=trained.frames, frame_epochs=trained.frame_epochs,
        )  # fmt: skip
        held = wanted, hold(board)
        st.session_state[_FINISHED] = held
    return held[1]


def doubt(trained: Trained) -> str:
    """A sentence when the held-out windows say that nothing was learned, else nothing."""
    measured, baseline = trained.curves["held_out_auc"], trained.curves["frequency_auc"]
    if not len(measured) or not measured[-1] < max(0.55, baseline[-1] + 0.02):
        return ""
    return _(
        "On windows it has not seen, R does hardly better than word counts or chance ({auc}): this text is too short, or was trained too long, and the neighbours mean little. Add text, or take fewer epochs."
    ).format(auc=f"AUC {measured[-1]:.2f}")


def highlight(trained: Trained, word: str, near: Sequence[str]) -> Highlight | None:
    """The asked word and its neighbours, as far as the map shows them."""
    row = {label: at for at, label in enumerate(trained.labels)}
    if word not in row:
        return None
    return Highlight(row[word], [row[label] for label in near if label in row], focus="")
