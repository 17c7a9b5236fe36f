"""Skip-gram with negative sampling: which words stand near which? (Mikolov et al. 2013, arXiv:1310.4546)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.arrays import IntArray
from core.training._encode import Corpus, TokenArray
from core.training._negative_sampling import NegativeSamplingLearner, NegativeSamplingParams
from core.training.objective import OBJECTIVES, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipGramParams(NegativeSamplingParams):
    """Those of word2vec."""


@OBJECTIVES.register(
    "skip-gram",
    title="Skip-gram: which words are near",
    params=SkipGramParams,
    about="The vector of a word must score the words that stand near it above random ones.",
    rank=20,
)
def prepare(plan: Plan, params: SkipGramParams) -> SkipGramLearner:
    return SkipGramLearner(plan, params)


class SkipGramLearner(NegativeSamplingLearner):
    """One word at a time is the input, each word near it a target."""

    def _loop(self) -> Callable[..., tuple[float, int]]:
        from core.training._skip_gram_kernels import train_pieces

        return train_pieces

    def _examples(self, corpus: Corpus, places: IntArray, sentences: IntArray) -> tuple[TokenArray, TokenArray]:
        rng, window = self._rng, self._params.window
        reach = rng.integers(1, rng.integers(1, window, len(places), endpoint=True), endpoint=True)
        beside = places + reach * rng.choice([-1, 1], len(places))
        inside = (beside >= corpus.offsets[sentences]) & (beside < corpus.offsets[sentences + 1])
        return corpus.tokens[places[inside], None], corpus.tokens[beside[inside]]
