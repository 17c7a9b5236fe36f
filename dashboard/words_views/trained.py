"""What a training has left: the visitor's last one, or the one that is shipped in their language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import jobs, session, sources
from dashboard.i18n import _, language
from dashboard.words_views.text import DEMO, Text

if TYPE_CHECKING:
    from core.embedding import Embedding

SLOT = "train"
RESULT = "es_trained"  # id of the embedding trained last
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
        known = self.embedding.metadata.get("class")
        return dict(zip(self.embedding.labels, known, strict=True)) if known else {}

    @property
    def window(self) -> int:
        """Words in a window of the five-gram task; 0 for other tasks."""
        return int(self.history.settings["window"]) if self.history.objective == "five-gram" else 0


def finish(text: Text | None, classes: dict[str, str]) -> None:
    """Take the result of a training that has just ended and keep it for every page."""
    embedding = jobs.take(SLOT)
    if embedding is None:
        return
    text = text or Text("", {})
    if classes:
        embedding = _with_classes(embedding, classes)
    settings = dict(embedding.history.settings)
    name = session.keep(embedding, _("Trained: {text}").format(text=text.title), text.note or text.title, settings)
    st.session_state[RESULT], st.session_state[_SOURCE] = name, text.source
    sources.show_next(name)


def _with_classes(embedding: Embedding, classes: dict[str, str]) -> Embedding:
    from core.embedding import Embedding

    history = embedding.history
    column = [classes.get(label, "") for label in embedding.labels]
    classed = Embedding(embedding.labels, embedding.vectors, {"class": column})
    classed.history = history
    return classed


def shown() -> Trained:
    """The visitor's last training, or the shipped one of their language."""
    name, source = st.session_state.get(RESULT, ""), st.session_state.get(_SOURCE, {})
    held = session.embeddings().get(name)
    if held is None or held.embedding.history is None:
        return _shipped(DEMO[language()])
    return Trained(name, held.embedding, source, _receipt(held, held.embedding.history))


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
        _("{rate} M windows/s").format(rate=f"{history.windows_per_second / 1e6:.2f}"),
        _("stopped early") if history.stopped else "",
        *(_(note.template).format(**note.values) for note in history.warnings),
    )


def doubt(trained: Trained) -> str:
    """A sentence when the held-out windows say that nothing was learned, else nothing."""
    measured, baseline = trained.history.held_out_auc, trained.history.frequency_auc
    if not measured or not measured[-1] < max(0.55, baseline + 0.02):
        return ""
    return _(
        "On windows it has not seen, R does hardly better than word counts or chance ({auc}): this text is too short, or was trained too long, and the neighbours mean little. Add text, or take fewer epochs."
    ).format(auc=f"AUC {measured[-1]:.2f}")
