"""The five-gram task before any training: windows beside their broken twins, and what gives them away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import IntArray
from core.params import build, require_whole
from core.training._encode import Corpus, TokenArray, encode
from core.training._five_gram_text import Material, frequency_auc, prepare_text, slots_of
from core.training.five_gram import FiveGramParams
from core.training.windows import slot_groups

_DRAWN = 50_000  # twins drawn for the attested share: it is then sure to a quarter of a percent
_AROUND = 6  # words shown on either side of a window
GAP = "…"  # where a word stands that is too rare for the vocabulary


@dataclass(frozen=True, slots=True)
class Pair:
    """A window of the text and its broken twin: `swap` stands in `slot` (from 0) instead of the word there.

    `attested`: the text has the twin as well, so it is not broken at all. `before` and `after` are
    up to six words around the window in its sentence.
    """

    words: tuple[str, ...]
    slot: int
    swap: str
    attested: bool
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def broken(self) -> tuple[str, ...]:
        return (*self.words[: self.slot], self.swap, *self.words[self.slot + 1 :])


@dataclass(frozen=True, slots=True)
class Preview:
    """What a training with these settings and this seed would be given.

    `windows` to train on in an epoch and `held_out_windows` to check on are the training's own
    numbers; `repeated` more were kept out, but stand in the training part too and check nothing. Of
    twins drawn, `attested_share` stand in the text. `frequency_auc` is what the summed log counts of
    the words alone tell held-out windows from their twins by (training windows where nothing is held
    out): the sampler's shortcut, which the training has to beat. `words` and `sentences` of the text,
    `vocabulary` words that get a vector.
    """

    pairs: tuple[Pair, ...]
    windows: int
    held_out_windows: int
    repeated: int
    attested_share: float
    frequency_auc: float
    words: int
    sentences: int
    vocabulary: int


def preview(sentences: Iterable[Sequence[str]], *, count: int = 12, seed: int = 0, **params: object) -> Preview:
    """Show `count` windows of a text beside their broken twins, and count what there is.

    `params` are settings of the five-gram objective (`window`, `slot`, `sampler`, `power`,
    `held_out`, `min_count`, ...). Raises as `train` does: ParameterError for a setting out of range,
    DataError for a text that cannot be learned from.
    """
    settings = build(FiveGramParams, params)
    count = require_whole("count", count, 1)
    seed = require_whole("seed", seed, 0)
    corpus = encode(sentences, settings.min_count)
    rng = np.random.default_rng(seed)
    text = prepare_text(corpus, settings, seed, rng)
    chosen = rng.permutation(text.starts)
    pairs = _pairs(corpus, text, settings, rng.permutation(chosen[:count]))
    drawn = chosen[:_DRAWN]
    text.breaker.drawn = text.breaker.attested = 0
    text.breaker.break_windows(drawn, slots_of(slot_groups(len(drawn), settings.window, settings.slot)))
    return Preview(
        pairs=pairs, windows=len(text.starts), held_out_windows=len(text.held_out), repeated=text.repeated,
        attested_share=text.breaker.attested / text.breaker.drawn,
        frequency_auc=frequency_auc(corpus, text.checked if len(text.held_out) else text.sample),
        words=len(corpus.tokens), sentences=int((corpus.lengths > 0).sum()), vocabulary=len(corpus.labels),
    )  # fmt: skip


def _pairs(corpus: Corpus, text: Material, settings: FiveGramParams, starts: IntArray) -> tuple[Pair, ...]:
    """In the order of the windows given, their slots in turn."""
    slots = np.arange(len(starts), dtype=np.int32) % settings.window
    if settings.slot != "any":
        slots = slots_of(slot_groups(len(starts), settings.window, settings.slot))
    return tuple(
        _pair(corpus, text, settings.window, starts[row : row + 1], slots[row : row + 1]) for row in range(len(starts))
    )


def _pair(corpus: Corpus, text: Material, size: int, start: IntArray, slot: TokenArray) -> Pair:
    attested = text.breaker.attested
    windows, swaps = text.breaker.break_windows(start, slot)
    sentence, begin = int(corpus.sentence_of(start)[0]), int(start[0])

    def words(first: int, last: int) -> tuple[str, ...]:
        inside = slice(max(first, int(corpus.offsets[sentence])), min(last, int(corpus.offsets[sentence + 1])))
        return tuple(corpus.labels[row] if row >= 0 else GAP for row in corpus.tokens[inside])

    return Pair(
        words=tuple(corpus.labels[row] for row in windows[0]), slot=int(slot[0]), swap=corpus.labels[swaps[0]],
        attested=text.breaker.attested > attested,
        before=words(begin - _AROUND, begin), after=words(begin + size, begin + size + _AROUND),
    )  # fmt: skip
