"""The five-gram task: is this window of words as somebody wrote it, or was a word swapped? (Bottou 2011; Olah 2014)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from core.arrays import FloatArray
from core.errors import N_
from core.params import control, require, require_whole
from core.training import _measuring
from core.training._encode import TokenArray
from core.training._five_gram_model import FiveGramModel, score
from core.training._five_gram_text import frequency_auc, prepare_text, slots_of
from core.training.history import NOT_MEASURED, Measures
from core.training.objective import OBJECTIVES, Chunk, Plan, TextParams, one_of
from core.training.windows import SLOTS, slot_groups

SAMPLERS = ("unigram", "uniform")
LOSSES = ("logistic", "hinge")


@dataclass(frozen=True, slots=True, kw_only=True)
class FiveGramParams(TextParams):
    """The sampler leans on count^.75 by default: word frequency alone then gives away far less of
    the answer than with uniform draws (AUC about .56 against .70 on Zipf data), and the words of a
    class came out closer in our trials."""

    window: int = field(
        default=5,
        metadata=control("Window", 3, 9, step=1, help="How many neighbouring words are judged together."),
    )
    slot: str = field(
        default="any", metadata=control("Swapped word", choices=SLOTS, help="Which word of a broken window is swapped.")
    )
    sampler: str = field(
        default="unigram",
        metadata=control(
            "Sampler", choices=SAMPLERS,
            help="How the swapped-in word is drawn: all words alike, or by how often they occur.",
        ),
    )  # fmt: skip
    power: float = field(
        default=0.75,
        metadata=control(
            "Power of the count", 0.0, 1.0, step=0.05,
            help="Of the unigram sampler: 0 draws all words alike, 1 as often as they occur.",
        ),
    )  # fmt: skip
    loss: str = field(
        default="logistic",
        metadata=control(
            "Loss", choices=LOSSES, help="Logistic asks whether a window is valid; hinge asks which of two is."
        ),
    )
    width: int = field(
        default=32, metadata=control("Width of R", 4, 128, step=4, folded=True, help="Hidden units of the judge.")
    )
    learning_rate: float = field(
        default=0.1,
        metadata=control(
            "Learning rate", 0.0001, 1000.0, folded=True, typed=True,
            help="Length of a step. Too long, and it leaps about; far too long, and the numbers grow without bound.",
        ),
    )  # fmt: skip
    batch: int = field(
        default=1024,
        metadata=control(
            "Pairs a step", 16, 4096, step=16, folded=True,
            help="Valid windows, each with its broken twin, between two updates. A short text uses fewer.",
        ),
    )  # fmt: skip
    redraw_attested: bool = field(
        default=False,
        metadata=control(
            "Redraw attested windows", folded=True,
            help="A swap may happen to make a window that the text has; draw again when it does.",
        ),
    )  # fmt: skip

    def __post_init__(self) -> None:
        TextParams.__post_init__(self)
        require_whole("window", self.window, 2)
        require_whole("width", self.width, 1)
        require_whole("batch", self.batch, 1)
        one_of("slot", self.slot, SLOTS)
        one_of("sampler", self.sampler, SAMPLERS)
        one_of("loss", self.loss, LOSSES)
        require("power", self.power, 0 <= self.power <= 2, N_("between 0 and 2"))
        require("learning_rate", self.learning_rate, 0 < self.learning_rate < np.inf, N_("above 0"))

    @property
    def count_power(self) -> float:
        return 0.0 if self.sampler == "uniform" else self.power


@OBJECTIVES.register(
    "five-gram",
    title="Five-gram: valid or broken",
    params=FiveGramParams,
    about="W looks up the words of a window, R judges whether one of them was swapped.",
    rank=10,
)
def prepare(plan: Plan, params: FiveGramParams) -> FiveGramLearner:
    return FiveGramLearner(plan, params)


class FiveGramLearner:
    """See `core.training.objective.Learner`; its windows are valid ones, each scored beside a broken twin."""

    unit = "window"
    counted = 2

    def __init__(self, plan: Plan, params: FiveGramParams) -> None:
        corpus, self._params = plan.corpus, params
        self._rng = np.random.default_rng(plan.seed)
        text = prepare_text(corpus, params, plan.seed, self._rng)
        self._starts, self._breaker, self._held_out, self._sample = text.starts, text.breaker, text.checked, text.sample
        self.windows, self.held_out_windows = len(text.starts), len(text.held_out)
        self.frequency_auc = frequency_auc(corpus, text.checked)
        # At least 20 steps an epoch: a short text would hardly move in one.
        self._batch = max(1, min(params.batch, self.windows // 20))
        self._model = FiveGramModel(len(corpus.labels), plan.dim, params.window, params.width, self._batch, self._rng)
        if plan.start is not None:
            plan.start.place(self._model.table)
            plan.start.adopt(
                {**self._model.weights, "energy": self._model.energy}, {"row_energy": self._model.row_energy}
            )

    def epoch(self) -> Iterator[Chunk]:
        order = self._rng.permutation(self._starts)
        ranking = self._params.loss == "hinge"
        for begin in range(0, len(order), self._batch):
            starts = order[begin : begin + self._batch]
            borders = slot_groups(len(starts), self._params.window, self._params.slot, begin // self._batch)
            windows, swaps = self._breaker.break_windows(starts, slots_of(borders))
            loss = self._model.step(windows, swaps, borders, self._params.learning_rate, ranking)
            yield Chunk(loss * 2 if ranking else loss, 2 * len(starts), len(starts))

    def training_loss(self) -> float:
        return self._judge(*self._sample).loss

    def measure(self) -> Measures:
        return self._judge(*self._held_out) if self.held_out_windows else Measures()

    def attested_share(self) -> float:
        return self._breaker.attested / self._breaker.drawn if self._breaker.drawn else NOT_MEASURED

    def vectors(self) -> FloatArray:
        return self._model.table

    def weights(self) -> dict[str, FloatArray]:
        return self._model.weights

    def memory(self) -> dict[str, FloatArray]:
        return {"energy": self._model.energy, "row_energy": self._model.row_energy}

    def _judge(self, valid: TokenArray, broken: TokenArray) -> Measures:
        table, weights = self._model.table, self._model.weights
        measures = _measuring.hinge if self._params.loss == "hinge" else _measuring.logistic
        return measures(score(table, weights, valid), score(table, weights, broken))
