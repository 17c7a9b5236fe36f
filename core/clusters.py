"""Groups of near rows, at any level: one tree of merges, cut as often as one likes (Ward 1963).

    tree = cluster_tree(vectors, metric="cosine")
    for group in tree.cut(8).named(labels):
        print(group.size, group.members)

Groups are those of the original space, not of a picture. Two groups are joined where that adds least to the squared
distances of rows from the middle of their group. Above MOST_EXACT rows these are first gathered into small groups.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.arrays import DoubleArray, FloatArray, IntArray
from core.errors import N_, DataError
from core.neighbours import metric_space, nearest_of
from core.notes import Note
from core.params import require, require_whole
from core.progress import OnStep, never_stop

MOST_EXACT = 5_000  # rows that are all leaves of the tree
_GATHERED = 2_000  # leaves beyond that
_ROUNDS = 3  # of gathering rows around the mean of their group


@dataclass(frozen=True, slots=True)
class Group:
    """`members` are the labels nearest to the middle of the group, nearest first. `kind` is the class most of its rows
    have, None where none is known, and `share` the part of all its rows that have it."""

    number: int
    size: int
    members: tuple[str, ...]
    kind: Any
    share: float


@dataclass(frozen=True, slots=True)
class Clusters:
    """`of_row` (n,): the group of each row, 0 the largest; `sizes` (count,). The vectors are kept to name the groups."""

    of_row: IntArray
    sizes: IntArray
    space: FloatArray

    def typical(self, members: int = 3) -> list[IntArray]:
        """For each group up to `members` rows, nearest to the mean of the group first; of two as near the earlier row."""
        require_whole("members", members, 1)
        result = []
        order = np.argsort(self.of_row, kind="stable")
        for rows in np.split(order, np.cumsum(self.sizes)[:-1]):
            part = self.space[rows].astype(np.float64)
            far = np.square(part - part.mean(axis=0)).sum(axis=1)
            result.append(rows[np.argsort(far, kind="stable")[:members]])
        return result

    def named(
        self, labels: Sequence[str], classes: Sequence[Hashable | None] | None = None, members: int = 3
    ) -> list[Group]:
        """The groups by their most typical members, and by class where one is known; raises DataError unless each row
        has a label."""
        if len(labels) != len(self.of_row):
            raise DataError(
                N_("There are {labels} labels but {rows} vectors; each vector needs one label."),
                labels=len(labels), rows=len(self.of_row),
            )  # fmt: skip
        kinds = self._kinds(classes)
        return [
            Group(number, int(self.sizes[number]), tuple(labels[row] for row in rows), *kinds[number])
            for number, rows in enumerate(self.typical(members))
        ]

    def _kinds(self, classes: Sequence[Hashable | None] | None) -> list[tuple[Any, float]]:
        """For each group its most frequent class, the earlier one of two as frequent, and its share."""
        counts: list[dict[Hashable, int]] = [{} for _ in self.sizes]
        for row, kind in enumerate(classes or ()):
            if kind is not None and kind != "":
                held = counts[self.of_row[row]]
                held[kind] = held.get(kind, 0) + 1
        found = [max(held, key=lambda kind: held[kind]) if held else None for held in counts]
        return [
            (kind, held[kind] / int(size) if kind is not None else 0.0)
            for kind, held, size in zip(found, counts, self.sizes, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class ClusterTree:
    """`merges` (m - 1, 2): the nodes joined, lowest first; leaves are 0 .. m - 1, the node a merge makes is m + its place.
    `heights` (m - 1,) ascend: the square root of twice what each merge adds, which for two single rows is their distance.
    `leaf_of_row` (n,) is the leaf each row hangs on; `notes` say what was gathered."""

    merges: IntArray
    heights: DoubleArray
    leaf_of_row: IntArray
    space: FloatArray
    notes: tuple[Note, ...] = ()

    @property
    def most(self) -> int:
        """The largest number of groups there can be: one for each leaf."""
        return len(self.merges) + 1

    def cut(self, count: int) -> Clusters:
        """The tree cut where `count` groups hang; a moment's work at any level. ParameterError unless 1 <= count <= most."""
        require_whole("count", count, 1)
        require("count", count, count <= self.most, N_("at most {most}, the number of leaves"), most=self.most)
        leaves = self.most
        group = np.arange(2 * leaves - 1)
        for place in range(leaves - count - 1, -1, -1):  # from the top, so that a node knows its own group first
            group[self.merges[place]] = group[leaves + place]
        _, of_row = np.unique(group[self.leaf_of_row], return_inverse=True)
        first = np.full(count, len(of_row))
        np.minimum.at(first, of_row, np.arange(len(of_row)))
        sizes = np.bincount(of_row, minlength=count)
        order = np.lexsort((first, -sizes))  # the largest first, of two as large the one that begins earlier
        place_of = np.empty(count, np.int64)
        place_of[order] = np.arange(count)
        return Clusters(place_of[of_row], sizes[order], self.space)


def cluster_tree(
    vectors: FloatArray, metric: str = "cosine", seed: int = 0, on_step: OnStep = never_stop
) -> ClusterTree:
    """The tree of (n, d) vectors; the same vectors give the same tree.

    Up to 5,000 rows each is a leaf, and the tree is exact. Beyond, rows are gathered around 2,000 of them, drawn by
    `seed` and moved to the mean of their group three times, and the groups are the leaves (`notes` say so). Cosine
    compares directions only. Raises DataError for fewer than 2 rows, a value that is not finite and a row without a
    cosine; SearchStopped when `on_step` answers True.
    """
    from core import _cluster_kernels as kernels

    space = metric_space(vectors, metric)
    count = len(space)
    if count < 2:
        raise DataError(N_("Groups need at least 2 rows; there is {rows}."), rows=count)
    leaf_of_row, notes = np.arange(count), tuple[Note, ...]()
    middles, sizes = space.astype(np.float64), np.ones(count)
    if count > MOST_EXACT:
        leaf_of_row, middles, sizes = _gathered(space, seed, on_step)
        sentence = N_("{rows} rows were first gathered into {leaves} small groups; the tree joins those.")
        notes = (Note(sentence, {"rows": count, "leaves": len(sizes)}),)
    pairs, added = np.empty((len(sizes) - 1, 2), np.int64), np.empty(len(sizes) - 1)
    kernels.ward(middles, sizes, pairs, added)
    lowest_first = np.argsort(added, kind="stable")
    merges = np.empty_like(pairs)
    kernels.named_nodes(pairs[lowest_first], merges)
    return ClusterTree(merges, np.sqrt(2 * added[lowest_first]), leaf_of_row, space, notes)


def _gathered(space: FloatArray, seed: int, on_step: OnStep) -> tuple[IntArray, DoubleArray, DoubleArray]:
    """The group of each row (n,), the means of the groups (m, d) and their sizes (m,), none of them empty."""
    from core import _cluster_kernels as kernels

    middles = space[np.sort(np.random.default_rng(seed).choice(len(space), _GATHERED, replace=False))]
    for turn in range(_ROUNDS):
        found, _ = nearest_of(space, middles, 1, _turn(on_step, turn, len(space)))
        group = found[:, 0].astype(np.int64)
        totals, sizes = np.zeros((len(middles), space.shape[1])), np.zeros(len(middles))
        kernels.add_up(space, group, totals, sizes)
        held = sizes > 0
        means, sizes = totals[held] / sizes[held, None], sizes[held]
        middles = np.asarray(means, np.float32)
    return np.cumsum(held)[group] - 1, means, sizes


def _turn(on_step: OnStep, turn: int, rows: int) -> OnStep:
    """Steps of one round, told as steps of all."""
    return lambda step: on_step(replace(step, done=turn * rows + step.done, total=_ROUNDS * rows))
