"""The feedback loop: recommend, click, retrain, again; for exact, fuzzy and mixed lists, many readers and seeds.

Whether embedding search breaks a filter bubble or makes one depends on this loop (Nguyen et al. 2014, WWW; Aridor et
al. 2020, RecSys), and on how readers behave, which is assumed here and can be changed. So the loop is a thought
experiment with numbers, not a finding about people.

A round: half of the items, drawn anew, are on offer, and every reader gets k of those. It clicks the item at place r with chance
((1 - openness) * [carries a liked tag] + openness * max(0, cosine to its taste)) / log2(1 + r). Then the model is
retrained on all clicks so far: a reader's tag weights, and the tag vectors, which are drawn towards the tags clicked by
the same readers. The taste itself drifts a little towards what was clicked.

Diversity is measured with two yardsticks that stay as they were at the start: the untouched tag vectors, and the plain
tags (unit rows of 0 and 1). "within": mean pairwise 1 - cos of a list, mean over the readers. "between": see
`measures.between_readers`. Two are shown because either alone favours one side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core._threads import OneThread
from core.arrays import DoubleArray, FloatArray, IntArray
from core.errors import N_
from core.params import control, require, require_whole
from core.progress import OnStep, Step, never_stop
from core.recommend.catalogue import Catalogue
from core.recommend.readers import make_readers

POLICIES = ("exact", "fuzzy", "mixed")
MEASURES = ("within", "between", "within_tags", "between_tags", "clicks", "coverage", "length")
MOST_ITEMS = 3_000  # a larger catalogue is sampled, which is said
ON_OFFER = 0.5  # of the items in a round: what is new today


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopParams:
    """Everything that is assumed."""

    readers: int = field(default=200, metadata=control("Readers", 20, 400, step=20))
    rounds: int = field(default=20, metadata=control("Rounds", 5, 40, step=5))
    seeds: int = field(default=5, metadata=control("Seeds", 1, 10, step=1, folded=True, help="The whole loop is run once for each; the band shows how much they differ."))  # fmt: skip
    openness: float = field(default=0.5, metadata=control("Openness", 0.0, 1.0, step=0.05, help="0: readers click only what carries a liked tag. 1: whatever lies near their taste."))  # fmt: skip
    drift: float = field(default=0.1, metadata=control("Drift of taste", 0.0, 0.5, step=0.05, folded=True, help="How far a click turns the reader's own taste."))  # fmt: skip
    learning: float = field(default=0.3, metadata=control("Pull of clicks on tags", 0.0, 1.0, step=0.05, folded=True, help="How far tags clicked by the same readers are drawn together when the model is retrained."))  # fmt: skip
    k: int = field(default=6, metadata=control("Length of a list", 2, 20, step=1, folded=True))

    def __post_init__(self) -> None:
        for name, low in (("readers", 2), ("rounds", 1), ("seeds", 1), ("k", 2)):
            require_whole(name, getattr(self, name), low)
        require("readers", self.readers, self.readers * self.rounds <= 100_000, N_("at most {most}"), most=100_000 // self.rounds)  # fmt: skip
        for name in ("openness", "drift", "learning"):
            require(name, getattr(self, name), 0 <= getattr(self, name) <= 1, N_("between 0 and 1"))


@dataclass(frozen=True, slots=True)
class LoopResult:
    """`curves[policy][measure]`: (seeds, rounds) of those that are whole, NaN where not defined; the first round is before
    any click. `items` of `of` were in the loop."""

    curves: dict[str, dict[str, DoubleArray]]
    params: LoopParams
    items: int
    of: int
    seconds: float

    @property
    def seeds(self) -> int:
        return len(self.curves[POLICIES[0]][MEASURES[0]])

    @property
    def rounds(self) -> int:
        return int(self.curves[POLICIES[0]][MEASURES[0]].shape[1])

    def change(self, policy: str, measure: str) -> int | None:
        """1 or -1 where the last round lies above or below the first by more than twice the spread over the seeds, else 0;
        None with one seed or one round, which tell no spread or no change."""
        if self.seeds < 2 or self.rounds < 2:
            return None
        mean, deviation = self.spread(policy, measure)
        moved = float(mean[-1] - mean[0])
        return 0 if not abs(moved) > 2 * max(deviation[0], deviation[-1]) else 1 if moved > 0 else -1

    def spread(self, policy: str, measure: str) -> tuple[DoubleArray, DoubleArray]:
        """(rounds,) mean and standard deviation over the seeds."""
        values = self.curves[policy][measure]
        return values.mean(axis=0), values.std(axis=0)


def simulate(catalogue: Catalogue, params: LoopParams | None = None, seed: int = 0, on_step: OnStep = never_stop) -> LoopResult:  # fmt: skip
    """Run the loop for every policy and seed. `on_step` hears of rounds; told to stop, it ends at once with the seeds
    that are whole, or, before the first is, with its rounds so far.

    The same catalogue, settings and seed give the same curves. Raises as `make_readers` does.
    """
    params = params or LoopParams()
    began = perf_counter()
    kept: list[dict[str, dict[str, list[float]]]] = []

    def tell(rounds: int) -> bool:
        done = len(kept) * params.rounds + rounds
        return bool(on_step(Step(done=done, total=params.seeds * params.rounds, unit="round")))

    with OneThread():
        for at in range(params.seeds):
            runs, whole = _one_seed(catalogue, params, seed + at, tell)
            if whole or not kept:
                kept.append(runs)
            if not whole:
                break
    curves = {
        policy: {name: np.array([runs[policy][name] for runs in kept], np.float64) for name in MEASURES}
        for policy in POLICIES
    }
    return LoopResult(curves, params, min(len(catalogue), MOST_ITEMS), len(catalogue), perf_counter() - began)


def _one_seed(catalogue: Catalogue, params: LoopParams, seed: int, tell: Callable[[int], bool]) -> tuple[dict[str, dict[str, list[float]]], bool]:  # fmt: skip
    """(policy -> measure -> a value a round, whether all rounds are there): the policies go round by round together."""
    world = _World(catalogue, params, seed)
    runs = {policy: _Run(world, policy, seed) for policy in POLICIES}
    found: dict[str, dict[str, list[float]]] = {policy: {name: [] for name in MEASURES} for policy in POLICIES}
    for done in range(1, params.rounds + 1):
        for policy, run in runs.items():
            for name, value in run.round().items():
                found[policy][name].append(value)
        if tell(done) and done < params.rounds:
            return found, False
    return found, True


class _World:
    """What all policies of one seed share: items, readers, their likes and tastes, and the yardsticks."""

    def __init__(self, catalogue: Catalogue, params: LoopParams, seed: int) -> None:
        rng = np.random.default_rng(seed)
        reachable = np.flatnonzero(catalogue.norms >= 1e-6)
        rows = np.sort(rng.choice(reachable, MOST_ITEMS, replace=False)) if len(reachable) > MOST_ITEMS else reachable
        readers = make_readers(catalogue, params.readers, seed)
        self.params = params
        table = catalogue.index.table()[rows]
        used = np.flatnonzero(np.asarray(table.sum(axis=0)).ravel())
        liked = np.zeros((len(readers), len(catalogue.tags)), np.float32)
        for reader, likes in enumerate(readers.likes):
            liked[reader, [catalogue.index.row[tag] for tag in likes]] = 1
        used = np.union1d(used, np.flatnonzero(liked.any(axis=0)))
        self.liked: FloatArray = liked[:, used]
        self.table = table[:, used].astype(np.float32)  # (items, tags) sparse, of 0 and 1
        self.carries: FloatArray = np.asarray(self.table.todense())
        sizes = self.carries.sum(axis=1, keepdims=True)
        self.shares = self.carries / sizes
        self.averaging = self.table.multiply(1 / sizes).tocsr().astype(np.float32)
        # In the axes of their own span the tags have the same dot products and fewer numbers each.
        _axes, inside = np.linalg.qr(catalogue.tag_units[used].T)
        self.tags: FloatArray = np.ascontiguousarray(inside.T, np.float32)
        self.vectors = _units(self.averaging @ self.tags)
        self.plain = _units(self.carries)
        self.taste = _units(self.liked @ self.tags)


class _Run:
    """One policy in one world."""

    def __init__(self, world: _World, policy: str, seed: int) -> None:
        self.world, self.policy = world, policy
        self.rng = np.random.default_rng([seed, 1])
        self.weights = world.liked.copy()  # what the model believes of each reader
        self.tags, self.items = world.tags, world.vectors
        self.taste = world.taste.copy()
        self.clicked = np.zeros_like(world.liked)
        self.ever = np.zeros(len(world.carries), bool)

    def round(self) -> dict[str, float]:
        """Recommend, measure, click, retrain."""
        lists = self._recommend()
        found = self._measure(lists)
        found["clicks"] = self._click_and_retrain(lists)
        return found

    def _recommend(self) -> IntArray:
        """(readers, k) rows, -1 where exact found no more."""
        k, size = self.world.params.k, len(self.world.carries)
        gone = self.rng.random(size) >= max(ON_OFFER, k / size)
        chance = self.rng.random((len(self.weights), size), np.float32) * np.float32(
            1e-4
        )  # equal scores are in no order
        exact = (self.world.table @ self.weights.T).T
        exact = np.where((exact > 0) & ~gone, exact + chance, -np.inf)
        if self.policy == "exact":
            return _best(exact, k)
        fuzzy = np.where(gone, -np.inf, _units(self.weights @ self.tags) @ self.items.T + chance)
        if self.policy == "fuzzy":
            return _best(fuzzy, k)
        first = _best(exact, k // 2)
        at = np.arange(len(first))[:, None].repeat(first.shape[1], axis=1)
        fuzzy[at[first >= 0], first[first >= 0]] = -np.inf
        second = _best(fuzzy, k)
        both = np.concatenate([first, second], axis=1)
        order = np.argsort(both < 0, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(both, order, axis=1)

    def _measure(self, lists: IntArray) -> dict[str, float]:
        here = lists >= 0
        self.ever[lists[here]] = True
        found = {"coverage": float(self.ever.mean()), "length": float(here.sum(axis=1).mean())}
        for name, rows in (("", self.world.vectors), ("_tags", self.world.plain)):
            sums = (rows[lists] * here[:, :, None]).sum(axis=1)
            found[f"within{name}"], found[f"between{name}"] = _diversity(sums, here.sum(axis=1))
        return found

    def _click_and_retrain(self, lists: IntArray) -> float:
        """Share of the shown items that were clicked."""
        world, params, here = self.world, self.world.params, lists >= 0
        own = np.einsum("rkt,rt->rk", world.carries[lists], world.liked) > 0
        near = np.maximum(0, np.einsum("rkd,rd->rk", world.vectors[lists], self.taste))
        chance = ((1 - params.openness) * own + params.openness * near) / np.log2(2 + np.arange(lists.shape[1]))
        clicks = (self.rng.random(lists.shape) < chance) & here
        new = np.einsum("rk,rkt->rt", clicks.astype(np.float32), world.shares[lists])
        self.clicked += new
        self.weights = world.liked + self.clicked
        moved = np.einsum("rk,rkd->rd", clicks.astype(np.float32), world.vectors[lists])
        turned = _units(self.taste + params.drift * moved / np.maximum(1, clicks.sum(axis=1, keepdims=True)))
        self.taste = np.where(clicks.any(axis=1, keepdims=True), turned, self.taste)
        if params.learning and self.policy != "exact":  # posting lists have no vectors to move
            together = self.clicked.T @ self.clicked
            np.fill_diagonal(together, 0)
            pull = together / np.maximum(together.sum(axis=1, keepdims=True), 1e-9)
            self.tags = _units(world.tags + np.float32(params.learning) * (pull @ world.tags))
            self.items = _units(world.averaging @ self.tags)
        return float(clicks.sum() / max(1, here.sum()))


def _best(scores: FloatArray, k: int) -> IntArray:
    """(readers, k) columns with the highest scores, best first; -1 instead of what must not be chosen."""
    k = min(k, scores.shape[1])
    top = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    held = np.take_along_axis(scores, top, axis=1)
    order = np.argsort(-held, axis=1, kind="stable")
    rows = np.take_along_axis(top, order, axis=1)
    return np.where(np.isfinite(np.take_along_axis(held, order, axis=1)), rows, -1)


def _diversity(sums: FloatArray, counts: NDArray[Any]) -> tuple[float, float]:
    """Within and between, from the sum of each list's unit vectors and its length; NaN where not defined."""
    squares = (sums.astype(np.float64) ** 2).sum(axis=1)
    many = counts > 1
    within = 1 - (squares[many] - counts[many]) / (counts[many] * (counts[many] - 1))
    middles = sums[squares > 1e-9] / np.sqrt(squares[squares > 1e-9])[:, None]
    mean = middles.mean(axis=0) if len(middles) else np.full(sums.shape[1], np.nan)
    return (float(within.mean()) if many.any() else float("nan")), float(1 - mean @ mean)


def _units(rows: FloatArray) -> FloatArray:
    """Rows at length 1; rows of zeros stay."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-12), np.float32)
