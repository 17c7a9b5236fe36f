"""Continuous bag of words with negative sampling: which word belongs between these? (Mikolov et al. 2013, arXiv:1301.3781)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.arrays import IntArray
from core.training._encode import Corpus, TokenArray
from core.training._negative_sampling import NegativeSamplingLearner, NegativeSamplingParams
from core.training.objective import OBJECTIVES, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class CbowParams(NegativeSamplingParams):
    """Those of word2vec."""


@OBJECTIVES.register(
    "cbow",
    title="CBOW: which word belongs here",
    params=CbowParams,
    about="The mean vector of the words around a gap must score the word that stood there above random ones.",
    rank=30,
)
def prepare(plan: Plan, params: CbowParams) -> CbowLearner:
    return CbowLearner(plan, params)


class CbowLearner(NegativeSamplingLearner):
    """The mean of the words around one word is the input, that word the target."""

    def _loop(self) -> Callable[..., tuple[float, int]]:
        from core.training._cbow_kernels import train_pieces

        return train_pieces

    def _examples(self, corpus: Corpus, places: IntArray, sentences: IntArray) -> tuple[TokenArray, TokenArray]:
        window = self._params.window
        reach = self._rng.integers(1, window, len(places), endpoint=True)
        steps = np.concatenate([np.arange(-window, 0), np.arange(1, window + 1)])
        around = places[:, None] + steps
        inside = (around >= corpus.offsets[sentences, None]) & (around < corpus.offsets[sentences + 1, None])
        near = inside & (abs(steps) <= reach[:, None])
        return np.where(near, corpus.tokens[np.where(near, around, 0)], -1).astype(np.int32), corpus.tokens[places]
