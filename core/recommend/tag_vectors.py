"""Vectors for tags: trained here on which tags stand on one item, or edited by hand. (Ready ones: `core.encoders`.)"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from core.embedding import Embedding
from core.errors import N_, DataError
from core.params import require, require_whole
from core.progress import OnStep, never_stop


def train_tags(
    tags: Sequence[Sequence[str]], *, dim: int = 32, seed: int = 0, epochs: int | None = None, on_progress: OnStep = never_stop
) -> Embedding:  # fmt: skip
    """Skip-gram over each item's attributes: every tag learns to tell the tags it shares items with from random ones.

    The order of an item's tags means nothing, so they are shuffled anew a few times and the window spans them all. A tag
    that never shares an item gets no vector. DataError when no item has two tags.
    """
    from core.training import train

    sentences = [list(dict.fromkeys(own)) for own in tags if len(set(own)) > 1]
    if not sentences:
        raise DataError(N_("No item has two tags, so there is nothing to learn which tags belong together. Use ready vectors."))  # fmt: skip
    rng = np.random.default_rng(require_whole("seed", seed, 0))
    shuffled = [[own[at] for at in rng.permutation(len(own))] for own in sentences for _ in range(_SHUFFLES)]
    return train(
        shuffled, "skip-gram", dim=dim, seed=seed, epochs=epochs, on_progress=on_progress,
        window=10, subsample=0.0, held_out=0.0, learning_rate=0.05,
    )  # fmt: skip


_SHUFFLES = 4


def edited(vectors: Embedding, edits: Sequence[tuple[str, str, float]]) -> Embedding:
    """Each edit (tag, towards, share) turns the vector of `tag` by `share` (0 to 1) of the way to that of `towards`.

    Edits apply in order; vectors end at length 1. UnknownLabel for a tag without a vector, ParameterError for a share
    outside 0 to 1, DataError where two opposite vectors leave no direction.
    """
    units = vectors.vectors / np.maximum(np.linalg.norm(vectors.vectors, axis=1, keepdims=True), 1e-12)
    for tag, towards, share in edits:
        require("share", share, 0 <= share <= 1, N_("between 0 and 1"))
        mixed = (1 - share) * units[vectors.index(tag)] + share * units[vectors.index(towards)]
        length = float(np.linalg.norm(mixed))
        if length < 1e-6:
            raise DataError(N_("{tag} and {other} point in opposite directions; half way between them there is none."), tag=tag[:60], other=towards[:60])  # fmt: skip
        units[vectors.index(tag)] = mixed / length
    return Embedding(
        vectors.labels, units, {"items": vectors.metadata["items"]} if "items" in vectors.metadata else None
    )


def counted(tags: Sequence[Sequence[str]]) -> Counter[str]:
    """How many items carry each tag."""
    return Counter(tag for own in tags for tag in dict.fromkeys(own))
