"""Exact and fuzzy lists of many readers, measured beside popularity and chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.arrays import IntArray
from core.progress import OnStep, Step, never_stop
from core.recommend import measures
from core.recommend.catalogue import Catalogue, Wish
from core.recommend.readers import Readers, popular, random_lists

STRATEGIES = ("exact", "fuzzy", "popular", "random")


@dataclass(frozen=True, slots=True)
class Comparison:
    """`lists`: strategy -> a list of rows a reader; `figures`: strategy -> measure -> value, None where not defined;
    `shown`: strategy -> (n,) how often each item was shown; `head`: rows that hold 80 % of the reading; `readers` compared."""

    lists: dict[str, list[list[int]]]
    figures: dict[str, dict[str, float | None]]
    shown: dict[str, IntArray]
    head: list[int]
    readers: int


def compare(catalogue: Catalogue, readers: Readers, k: int = 10, wish: Wish | None = None, seed: int = 0, on_step: OnStep = never_stop) -> Comparison:  # fmt: skip
    """Lists of k for each reader, what it has read left out. `on_step` hears of readers done; told to stop, those are compared."""
    wish = wish or Wish()
    lists: dict[str, list[list[int]]] = {name: [] for name in STRATEGIES}
    for done, (likes, seen) in enumerate(zip(readers.likes, readers.seen, strict=True), 1):
        own = Wish(
            exclude=seen, popularity=readers.counts, penalty=wish.penalty, diversity=wish.diversity, metric=wish.metric
        )
        lists["exact"].append(catalogue.rank_exact(likes, k, own).rows.tolist())
        lists["fuzzy"].append(catalogue.rank_fuzzy(likes, k, own).rows.tolist())
        if on_step(Step(done=done, total=len(readers), unit="reader")):
            break
    count = len(lists["exact"])
    lists["popular"] = popular(readers.counts, k, readers.seen[:count])
    lists["random"] = random_lists(len(catalogue), k, readers.seen[:count], seed)
    shown = {name: _shown(rows, len(catalogue)) for name, rows in lists.items()}
    figures = {name: _figures(catalogue, readers, lists, name, shown[name]) for name in STRATEGIES}
    return Comparison(lists, figures, shown, measures.head_of(readers.counts), count)


def _shown(lists: list[list[int]], size: int) -> IntArray:
    flat = [row for rows in lists for row in rows]
    return np.bincount(np.array(flat, np.int64), minlength=size)


def _figures(
    catalogue: Catalogue, readers: Readers, lists: dict[str, list[list[int]]], name: str, shown: IntArray
) -> dict[str, float | None]:
    own = lists[name]
    reachable = [[row for row in rows if catalogue.norms[row] >= 1e-6] for rows in own]
    vectors = [catalogue.unit_vectors(rows) for rows in reachable]
    return {
        "overlap": measures.overlap(own, lists["exact"]),
        "coverage": measures.coverage(own, len(catalogue)),
        "novelty": measures.novelty(own, readers.counts),
        "novelty_read": measures.novelty(
            [[row for row in rows if readers.counts[row]] for rows in own], readers.counts
        ),
        "within": measures.intra_list_diversity(vectors),
        "between": measures.between_readers(vectors),
        "gini": measures.gini(shown),
        "tail": measures.tail_share(own, readers.counts),
        "never": float(np.mean([readers.counts[row] == 0 for rows in own for row in rows])) if any(own) else None,
    }
