"""What a training leaves behind: its measures by epoch and the frames of the moving map."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import Any

from core.arrays import FloatArray, IntArray
from core.errors import N_
from core.notes import Note
from core.progress import Nearby

NOT_MEASURED = float("nan")
LEAPT = N_("The learning rate was too large: the numbers grew without bound. This is the state after epoch {epoch}; train again with a smaller learning rate.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measures:
    """How well the held-out examples are told apart. Not-a-number where nothing was held out."""

    loss: float = NOT_MEASURED
    accuracy: float = NOT_MEASURED
    auc: float = NOT_MEASURED


@dataclass(frozen=True, slots=True)
class Frame:
    """The map after `epoch` epochs: `coordinates` (m, 2) float32 of the rows named in `History.frame_rows`."""

    epoch: float
    coordinates: FloatArray


@dataclass(slots=True, kw_only=True)
class History:
    """The course of one training. The lists have a value an epoch, the first before any training.

    `epochs` is the x axis of the lists: 0, 1, 2, ... and, where somebody stopped in mid-epoch, a
    last fraction. `windows` are the training windows of one epoch (for skip-gram: words), `scored`
    all examples scored while training, the valid and the broken ones; `windows_per_second` counts
    what the objective calls its rate (five-gram: scored windows; skip-gram: words) over `training_seconds`,
    the time spent training, without measuring and drawing. `seconds` is the whole call, but for the time that
    `on_progress` took: a pause is not training.
    """

    objective: str
    unit: str
    settings: dict[str, Any]
    frame_rows: IntArray
    windows: int
    held_out_windows: int
    frequency_auc: float = NOT_MEASURED  # what word frequency alone reaches on the held-out windows
    attested_share: float = NOT_MEASURED  # of the broken windows drawn, those that the text has
    epochs: list[float] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    held_out_loss: list[float] = field(default_factory=list)
    held_out_accuracy: list[float] = field(default_factory=list)
    held_out_auc: list[float] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    weights: dict[str, FloatArray] = field(default_factory=dict)  # what was learned beside the word vectors
    memory: dict[str, FloatArray] = field(default_factory=dict)  # what the next step would depend on beside these
    counts: IntArray | None = None  # (V,) how often each word was read, before this training too
    first: FloatArray | None = None  # (m, d) the rows of `frame_rows` before any training
    joined: int | None = None  # words that were new to the embedding it started from; None: it started from none
    watched: dict[str, list[Nearby]] = field(
        default_factory=dict
    )  # the nearest words of each watched word, as `epochs`
    scored: int = 0
    windows_per_second: float = 0.0
    training_seconds: float = 0.0
    seconds: float = 0.0
    stopped: bool = False
    warnings: list[Note] = field(default_factory=list)

    @property
    def warning(self) -> Note | None:
        """The gravest thing to tell: the last warning, or None."""
        return self.warnings[-1] if self.warnings else None

    @property
    def in_vain(self) -> bool:
        """Whether the numbers grew without bound before one epoch was over, so that nothing was learned."""
        return len(self.epochs) == 1 and any(note.template == LEAPT for note in self.warnings)

    @property
    def unfinished(self) -> bool:
        """Whether the loss on held-out text was lower at the end than ever before: more epochs would have lowered it further."""
        return len(self.epochs) > 1 and self.held_out_loss[-1] < min(self.held_out_loss[:-1])

    def add(self, epoch: float, loss: float, held_out: Measures) -> None:
        """One more point of every curve."""
        self.epochs.append(epoch)
        self.loss.append(loss)
        self.held_out_loss.append(held_out.loss)
        self.held_out_accuracy.append(held_out.accuracy)
        self.held_out_auc.append(held_out.auc)

    def copy(self) -> History:
        """A history that no longer grows with this one; the frames themselves are shared, being final."""
        other = copy(self)
        for name in ("epochs", "loss", "held_out_loss", "held_out_accuracy", "held_out_auc", "frames", "warnings"):
            setattr(other, name, list(getattr(self, name)))
        other.watched = {word: list(seen) for word, seen in self.watched.items()}
        return other
