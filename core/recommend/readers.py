"""Made-up readers, so that lists of many readers can be compared; and the two baselines.

No real person's reading is shipped or needed. A reader begins from one item and likes one to three of its tags; items
have an appeal drawn from a long-tailed law, and a reader has read a few items of the liked tags, the appealing more often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import IntArray
from core.errors import N_, DataError
from core.params import require_whole
from core.recommend.catalogue import Catalogue

READ = 6  # items a reader has read at most
_SPREAD = 1.2  # of the logarithm of an item's appeal


@dataclass(frozen=True, slots=True)
class Readers:
    """`likes`: tags a reader; `seen`: rows read by each; `counts` (n,): by how many each item was read."""

    likes: list[list[str]]
    seen: list[list[int]]
    counts: IntArray

    def __len__(self) -> int:
        return len(self.likes)


def make_readers(catalogue: Catalogue, count: int, seed: int = 0) -> Readers:
    """`count` readers from a seed; their likes have vectors. DataError when no item has a tag with a vector."""
    count = require_whole("count", count, 1)
    rng = np.random.default_rng(require_whole("seed", seed, 0))
    reachable = np.flatnonzero(catalogue.norms >= 1e-6)
    if not len(reachable):
        raise DataError(N_("No item has a tag with a vector, so no reader can be made up for this catalogue."))
    appeal = np.exp(rng.normal(0, _SPREAD, len(catalogue)))
    likes, seen = [], []
    for start in rng.choice(reachable, count):
        tags = [tag for tag in catalogue.tags_of(int(start)) if tag in catalogue.units]
        liked = [tags[at] for at in rng.permutation(len(tags))[: rng.integers(1, 4)]]
        rows, _ = catalogue.index.matched(liked)
        chance = appeal[rows] / appeal[rows].sum()
        likes.append(liked)
        seen.append(sorted(rng.choice(rows, min(READ, (len(rows) + 1) // 2), replace=False, p=chance).tolist()))
    counts = np.bincount(np.concatenate([np.array(rows, np.int64) for rows in seen]), minlength=len(catalogue))
    return Readers(likes, seen, counts)


def popular(counts: IntArray, k: int, exclude: Sequence[Sequence[int]]) -> list[list[int]]:
    """For each reader the k items with the highest counts, those in `exclude` left out; equal counts in catalogue order."""
    order = np.argsort(-np.asarray(counts), kind="stable").tolist()
    lists = []
    for rows in exclude:
        out, ranked = set(rows), iter(order)
        lists.append([row for row, _ in zip((row for row in ranked if row not in out), range(k), strict=False)])
    return lists


def random_lists(size: int, k: int, exclude: Sequence[Sequence[int]], seed: int = 0) -> list[list[int]]:
    """For each reader k different items by chance, those in `exclude` left out."""
    rng = np.random.default_rng(seed)
    lists = []
    for rows in exclude:
        out = set(rows)
        lists.append([row for row in rng.permutation(size).tolist()[: k + len(out)] if row not in out][:k])
    return lists
