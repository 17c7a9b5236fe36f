"""What an objective must offer to the loop, and the room's registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from core.arrays import FloatArray
from core.errors import N_
from core.params import control, require, require_whole
from core.registry import Registry
from core.training._encode import Corpus
from core.training._start import Start
from core.training.history import Measures


@dataclass(frozen=True, slots=True)
class Chunk:
    """A few milliseconds of training: `loss` summed over `scored` examples made of `windows` windows."""

    loss: float
    scored: int
    windows: int


class Learner(Protocol):
    """One training under way. Everything it draws at random comes from the seed it was made with."""

    unit: str  # what a window is called in progress: "window", "word"
    counted: int  # what one window adds to the rate that is shown: 2 where it is scored with a broken twin
    windows: int
    held_out_windows: int
    frequency_auc: float

    def epoch(self) -> Iterator[Chunk]:
        """Pass once over the text, a chunk at a time; the loop may leave off after any chunk."""

    def training_loss(self) -> float:
        """Mean loss of a sample of training windows as things stand: the curve's first point."""

    def measure(self) -> Measures:
        """Held-out loss, accuracy and AUC as things stand; draws nothing, changes nothing."""

    def attested_share(self) -> float:
        """Of the broken windows drawn so far, the share that occurs in the text."""

    def vectors(self) -> FloatArray:
        """(V, dim) the table W itself, not a copy."""

    def weights(self) -> dict[str, FloatArray]:
        """What is learned beside W, by name: the arrays themselves, not copies."""

    def memory(self) -> dict[str, FloatArray]:
        """What the next step depends on beside these, by other names; not copies. Empty where nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a learner is made from; `start`, when there is one, fills the rows and the weights that it fits."""

    corpus: Corpus
    dim: int
    epochs: int
    seed: int
    start: Start | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextParams:
    """The settings every objective has. `words` is about how many words its default training reads."""

    words: ClassVar[int] = 20_000_000

    held_out: float = field(
        default=0.1,
        metadata=control(
            "Held-out share", 0.0, 0.5, step=0.05, folded=True,
            help="Sentences kept out of training, to check on.",
        ),
    )  # fmt: skip
    min_count: int = field(
        default=1,
        metadata=control(
            "Least count of a word", 1, 20, step=1, folded=True,
            help="Rarer words get no vector.",
        ),
    )  # fmt: skip

    def __post_init__(self) -> None:
        require("held_out", self.held_out, 0 <= self.held_out <= 0.9, N_("between 0 and 0.9"))
        require_whole("min_count", self.min_count, 1)


def one_of(name: str, value: object, choices: tuple[str, ...]) -> None:
    """ParameterError unless `value` is one of the choices; it lists them."""
    require(name, value, value in choices, N_("one of: {known}"), known=", ".join(choices))


Prepare = Callable[[Plan, Any], Learner]

OBJECTIVES: Registry[Prepare] = Registry("core.training", "objective")
