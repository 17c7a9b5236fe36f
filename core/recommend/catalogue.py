"""Items with tags, found in two ways: by the very tags, or by the angle between tag vectors.

exact: an inverted index. Each tag has a posting list, the items that carry it; an item matches when it stands in the
list of a liked tag. Two tags share nothing unless they are the same.
fuzzy: a reader is the mean of the unit vectors of the liked tags, an item the mean of those of its tags; all items are
ranked by cosine (or dot product, or Euclidean distance). Exact search over all items, nothing approximate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core import _ranking
from core.arrays import DoubleArray, FloatArray, IntArray
from core.embedding import METRICS, Embedding
from core.errors import N_, DataError, ParameterError
from core.params import require, require_whole
from core.recommend._index import TagIndex
from core.recommend._mmr import POOL, diversified

Likes = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item was found. exact: `tags` are the liked tags it carries. fuzzy: `tags` holds its tag nearest to the
    liked tag `like`, `tag_angle` degrees apart, and `angle` is that between reader and item. `tag in reason` asks for a tag."""

    tags: tuple[str, ...]
    like: str = ""
    tag_angle: float | None = None
    angle: float | None = None

    def __contains__(self, tag: object) -> bool:
        return tag in self.tags

    def __str__(self) -> str:
        if self.angle is None:
            return "tags: " + ", ".join(self.tags)
        return f"{self.tags[0]}, {self.tag_angle:.0f}° from {self.like}; item at {self.angle:.0f}°"


@dataclass(frozen=True, slots=True)
class Match:
    """One answer. `score`: exact, the share of the liked tags that it carries; fuzzy, the cosine or dot product (higher
    is nearer) or Euclidean distance (lower is nearer), before any penalty. `index` is its row in the catalogue."""

    item: str
    score: float
    reason: Reason
    index: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a list is to be made, beside the likes. `popularity` (n,) counts how often each item was chosen; the penalty
    takes `penalty` times log(1 + count) / log(1 + highest count) off the score (for a distance: adds it). `diversity`
    0 is the plain list, 1 the least alike after the first (MMR). Items whose rows are in `exclude` are left out."""

    exclude: Iterable[int] = ()
    popularity: IntArray | None = None
    penalty: float = 0.0
    diversity: float = 0.0
    metric: str = "cosine"

    def __post_init__(self) -> None:
        require("penalty", self.penalty, 0 <= self.penalty <= 10, N_("between 0 and 10"))
        require("diversity", self.diversity, 0 <= self.diversity <= 1, N_("between 0 and 1"))
        if self.metric not in METRICS:
            raise ParameterError("metric", self.metric, N_("one of: {known}"), known=", ".join(METRICS))


@dataclass(frozen=True, slots=True)
class Ranked:
    """Rows of a list with the score of each and what it was ranked by."""

    rows: IntArray
    scores: DoubleArray
    relevance: DoubleArray = field(default_factory=lambda: np.zeros(0))


class Catalogue:
    """`items`: n different names; `tags`: a list of tags an item, possibly empty; `tag_vectors`: tag -> vector, or an
    Embedding. A tag without a vector counts for exact only, an item without any tag vector is out of reach of fuzzy:
    `without_vector` and `unreachable` list them, `untagged` the items without tags. DataError for names that repeat,
    lengths that disagree and vectors that are zero, not finite or of unequal length.
    """

    def __init__(
        self,
        items: Sequence[str],
        tags: Sequence[Sequence[str]],
        tag_vectors: Mapping[str, Sequence[float]] | Embedding,
    ) -> None:
        self.items = list(items)
        _refuse_repeats(self.items)
        if len(tags) != len(self.items):
            raise DataError(N_("There are {items} items but {tags} lists of tags; each item needs one, possibly empty."), items=len(self.items), tags=len(tags))  # fmt: skip
        self.index = TagIndex(tags)
        self.units = _unit_rows(tag_vectors)
        self.dim = len(next(iter(self.units.values()))) if self.units else 0
        self.tag_units = np.zeros((len(self.index.tags), self.dim), np.float32)
        for row, tag in enumerate(self.index.tags):
            if tag in self.units:
                self.tag_units[row] = self.units[tag]
        table, has = self.index.table(), np.any(self.tag_units != 0, axis=1).astype(np.float64)
        self._means = table.multiply(
            has / np.maximum(table @ has, 1)[:, None]
        ).tocsr()  # an item is the mean of its tags
        self.vectors: FloatArray = np.zeros((len(self.items), self.dim), np.float32)
        self.norms: DoubleArray = np.zeros(len(self.items))
        wide = self.tag_units.astype(np.float64)
        for first in range(0, len(self.items), _BLOCK):
            part = slice(first, first + _BLOCK)
            means = self._means[part] @ wide
            self.vectors[part], self.norms[part] = means, np.linalg.norm(means, axis=1)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def tags(self) -> list[str]:
        """Every tag that an item carries, the commonest first."""
        return self.index.tags

    @property
    def without_vector(self) -> list[str]:
        return [tag for tag in self.index.tags if tag not in self.units]

    @property
    def untagged(self) -> list[str]:
        return [item for item, count in zip(self.items, self.index.sizes, strict=True) if not count]

    @property
    def unreachable(self) -> list[str]:
        """Items that no angle can find: none of their tags has a vector, or their vectors cancel out."""
        return [item for item, norm in zip(self.items, self.norms, strict=True) if norm < _NOISE]

    def knowing(self, more: Mapping[str, Sequence[float]] | Embedding) -> Catalogue:
        """The same catalogue for readers who like tags that no item carries: it knows these vectors too."""
        other = copy(self)
        other.units = _unit_rows(more) | self.units
        return other

    def tags_of(self, row: int) -> list[str]:
        return [self.index.tags[tag] for tag in self.index.of_item(row)]

    def posting(self, tag: str) -> IntArray:
        """Rows of the items that carry the tag, in the order of the catalogue; none for an unknown tag."""
        return self.index.posting(tag)

    def reader(self, likes: Likes) -> FloatArray:
        """(d,) the mean of the unit vectors of the liked tags. DataError when none of them has a vector or they cancel out."""
        known = [self.units[tag] for tag in _listed(likes) if tag in self.units]
        if not known:
            raise DataError(N_("No vector is known for {likes}; choose a tag that has one, or make vectors for these."), likes=", ".join(_listed(likes))[:80] or "''")  # fmt: skip
        mean = np.mean(np.asarray(known, np.float64), axis=0)
        if float(np.linalg.norm(mean)) < _NOISE:
            raise DataError(N_("The vectors of these likes cancel out: no direction is left. Take one of them away."))
        return np.asarray(mean, np.float32)

    def exact(self, likes: Likes, k: int = 10, **wish: object) -> list[Match]:
        """The k items that carry most of the liked tags; of equals the one with fewer other tags, then catalogue order.

        Keyword arguments are those of `Wish`. A like that no item carries finds nothing.
        """
        asked = _listed(likes)
        ranked = self.rank_exact(asked, k, Wish(**wish))  # type: ignore[arg-type]
        held = [set(self.tags_of(int(row))) for row in ranked.rows]
        return [
            Match(self.items[row], float(score), Reason(tuple(tag for tag in asked if tag in own)), int(row))
            for row, score, own in zip(ranked.rows.tolist(), ranked.scores, held, strict=True)
        ]

    def fuzzy(self, likes: Likes, k: int = 10, **wish: object) -> list[Match]:
        """The k items nearest to the reader; raises as `reader` does. Keyword arguments are those of `Wish`."""
        asked = _listed(likes)
        ranked = self.rank_fuzzy(asked, k, Wish(**wish))  # type: ignore[arg-type]
        return [
            Match(self.items[row], float(score), self.nearest_tag(asked, row), row)
            for row, score in zip(ranked.rows.tolist(), ranked.scores, strict=True)
        ]

    def nearest_tag(self, likes: Likes, row: int) -> Reason:
        """Which tag of the item lies nearest to which like, and both angles in degrees."""
        own = [tag for tag in self.tags_of(row) if tag in self.units]
        liked = [tag for tag in _listed(likes) if tag in self.units]
        table = np.array([self.units[tag] for tag in own]) @ np.array([self.units[tag] for tag in liked]).T
        at, like = np.unravel_index(int(np.argmax(table)), table.shape)
        target = self.reader(likes).astype(np.float64)
        cosine = float(self.vectors[row] @ target / (self.norms[row] * np.linalg.norm(target)))
        return Reason((own[at],), liked[like], _degrees(float(table[at, like])), _degrees(cosine))

    def angle(self, likes: Likes, row: int) -> float | None:
        """Degrees between reader and item; None for an item without a direction."""
        if self.norms[row] < _NOISE:
            return None
        return self.nearest_tag(likes, row).angle

    def rank_exact(self, likes: Sequence[str], k: int, wish: Wish) -> Ranked:
        """As `exact`, rows only."""
        k = require_whole("k", k, 1)
        found, counts = self.index.matched(likes)
        keep = ~np.isin(found, np.fromiter(wish.exclude, np.int64))
        found, share = found[keep], counts[keep] / max(1, len(likes))
        by = share - self._penalty(wish)[found] if wish.penalty else share
        most = min(k if not wish.diversity else max(k, POOL), len(found))
        best = np.flatnonzero(by >= np.partition(by, len(by) - most)[len(by) - most]) if most else np.zeros(0, np.int64)
        order = best[np.lexsort((self.index.sizes[found[best]], -by[best]))][
            :most
        ]  # stable: equals stay in catalogue order
        return self._spread(found[order], share[order], by[order], k, wish)

    def rank_fuzzy(self, likes: Sequence[str], k: int, wish: Wish, target: FloatArray | None = None) -> Ranked:
        """As `fuzzy`, rows only; `target` (d,) replaces the reader made from the likes."""
        k = require_whole("k", k, 1)
        goal = (self.reader(likes) if target is None else target).astype(np.float64)
        if wish.metric == "cosine":
            goal = _ranking.unit(goal)
        out = {*map(int, wish.exclude), *np.flatnonzero(self.norms < _NOISE).tolist()}
        scores = self._scores(goal, wish.metric)
        by = -scores if wish.metric == "euclidean" else scores
        if wish.penalty:
            by = by - self._penalty(wish)
        by[list(out)] = -np.inf
        most = min(k if not wish.diversity else max(k, POOL), len(self) - len(out))
        if most < 1:
            return Ranked(np.zeros(0, np.int64), np.zeros(0))
        edge = np.partition(by, len(by) - most)[len(by) - most]
        rows = np.flatnonzero(by >= edge)
        rows = rows[np.lexsort((rows, -by[rows]))][:most]
        return self._spread(rows, scores[rows], by[rows], k, wish)

    def _scores(self, goal: DoubleArray, metric: str) -> DoubleArray:
        """(n,) in double precision. An item is a mean of tags, so the tags are scored and their scores averaged:
        the same numbers at the cost of the tags, not of the items."""
        along = np.asarray(self._means @ self._tag_scores(goal), np.float64)
        if metric == "dot":
            return along
        if metric == "cosine":
            return along / np.maximum(self.norms, _NOISE)
        return np.sqrt(np.maximum(0, self.norms**2 - 2 * along + float(goal @ goal)))

    def _tag_scores(self, goal: DoubleArray) -> DoubleArray:
        """(tags,) dot products in double precision, without a copy of the table in it."""
        return np.asarray(np.einsum("td,d->t", self.tag_units, goal), np.float64)

    def _penalty(self, wish: Wish) -> DoubleArray:
        counts = np.zeros(len(self)) if wish.popularity is None else np.asarray(wish.popularity, np.float64)
        if len(counts) != len(self):
            raise DataError(N_("There are {counts} popularity counts for {items} items; each item needs one."), counts=len(counts), items=len(self))  # fmt: skip
        most = float(counts.max(initial=0))
        return wish.penalty * np.log1p(counts) / np.log1p(most) if most else np.zeros(len(self))

    def _spread(self, rows: IntArray, scores: DoubleArray, by: DoubleArray, k: int, wish: Wish) -> Ranked:
        if wish.diversity and len(rows) > 1:
            chosen = diversified(self.unit_vectors(rows), by, k, wish.diversity)
        else:
            chosen = np.arange(min(k, len(rows)))
        return Ranked(rows[chosen], scores[chosen], by[chosen])

    def unit_vectors(self, rows: Sequence[int] | IntArray) -> DoubleArray:
        """(m, d) directions of these items; a row of zeros for an item without one."""
        picked = self.vectors[np.asarray(rows, np.int64)].astype(np.float64)
        length = self.norms[np.asarray(rows, np.int64), None]
        return np.where(length >= _NOISE, picked / np.maximum(length, _NOISE), 0.0)

    def tradeoff(self, likes: Likes, k: int = 10, steps: int = 21, fuzzy: bool = True, **wish: object) -> list[tuple[float, float, float | None]]:  # fmt: skip
        """(diversity setting, mean relevance, mean pairwise 1 - cos) of the list at `steps` settings from 0 to 1."""
        from core.recommend.measures import intra_list_diversity

        rank = self.rank_fuzzy if fuzzy else self.rank_exact
        curve = []
        for setting in np.linspace(0, 1, steps).tolist():
            ranked = rank(_listed(likes), k, Wish(**{**wish, "diversity": setting}))
            rows = ranked.rows[self.norms[ranked.rows] >= _NOISE]
            mean = float(ranked.relevance.mean()) if len(ranked.rows) else 0.0
            curve.append((setting, mean, intra_list_diversity([self.unit_vectors(rows)])))
        return curve


_BLOCK = 4096  # items taken to double precision at a time
_NOISE = 1e-6  # a mean of unit vectors shorter than this is rounding of float32, not a direction


def _degrees(cosine: float) -> float:
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _listed(likes: Likes) -> list[str]:
    return [likes] if isinstance(likes, str) else list(dict.fromkeys(likes))


def _unit_rows(vectors: Mapping[str, Sequence[float]] | Embedding) -> dict[str, NDArray[np.float32]]:
    """Each vector at length 1. Short of rounding, a zero vector has no direction: DataError names its tag."""
    given = dict(zip(vectors.labels, vectors.vectors, strict=True)) if isinstance(vectors, Embedding) else dict(vectors)
    units: dict[str, NDArray[np.float32]] = {}
    dim = None
    for tag, vector in given.items():
        row = np.asarray(vector, np.float64)
        dim = row.shape if dim is None else dim
        if row.ndim != 1 or row.shape != dim or not np.isfinite(row).all():
            raise DataError(N_("The vector of tag {tag} must be {dim} finite numbers, as the others are."), tag=tag[:60], dim=dim[0] if dim else 0)  # fmt: skip
        length = float(np.linalg.norm(row))
        if length < 1e-100:
            raise DataError(N_("The vector of tag {tag} is all zeros and has no direction; leave the tag out or give it another."), tag=tag[:60])  # fmt: skip
        units[tag] = np.asarray(row / length, np.float32)
    return units


def _refuse_repeats(items: list[str]) -> None:
    seen: dict[str, int] = {}
    for row, item in enumerate(items):
        if seen.setdefault(item, row) != row:
            raise DataError(
                N_("The item {item} stands in rows {first} and {second}; names must differ, so number or rename one."),
                item=item[:80], first=seen[item] + 1, second=row + 1,
            )  # fmt: skip
    if not items:
        raise DataError(N_("The catalogue is empty: there is nothing to recommend."))
