"""What the recommender does in a worker."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.arrays import fingerprint
from core.embedding import Embedding
from core.encoders import encode
from core.errors import CoreError
from core.jobs.tasks import task
from core.progress import OnStep
from core.recommend.catalogue import Catalogue, Wish
from core.recommend.comparison import Comparison, compare
from core.recommend.items import ItemTable, articles, films
from core.recommend.loop import LoopParams, LoopResult, simulate
from core.recommend.readers import Readers, make_readers
from core.recommend.reading import ItemColumns, columns_of, read_items
from core.recommend.tag_vectors import counted, edited, train_tags

READERS = 200


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a catalogue is made from: `source` "articles-en", "articles-zh", "films" or "own" (then `table`); the tag
    columns of the films; `vectors` "ready" or "trained", which then has a seed; edits as in `edited`."""

    source: str
    columns: tuple[str, ...] = ()
    vectors: str = "ready"
    seed: int = 0
    edits: tuple[tuple[str, str, float], ...] = ()
    table: ItemTable | None = None

    @property
    def fingerprint(self) -> str:
        own = () if self.table is None else self.table.key or (self.table.items, self.table.tags)
        return fingerprint(self.source, self.columns, self.vectors, self.seed, [list(edit) for edit in self.edits], own)

    @property
    def identity(self) -> str:
        """What tells one job from another."""
        return self.fingerprint


@dataclass(frozen=True, slots=True)
class Prepared:
    """A catalogue ready to be asked, with its items' texts, the vectors of its tags as an embedding, and made-up readers."""

    catalogue: Catalogue
    table: ItemTable
    tags: Embedding
    readers: Readers


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparison, and for the reader who asked the trade-off curve of MMR: "exact" and "fuzzy" -> its points."""

    comparison: Comparison
    curves: dict[str, list[tuple[float, float, float | None]]]


@task("recommend_columns")
def columns(report: OnStep, data: bytes, filename: str) -> ItemColumns | CoreError:
    """The columns of a visitor's table; what is none is answered with the reason, to be told as often as is needed."""
    try:
        return columns_of(data, filename)
    except CoreError as error:
        return error


@task("recommend_read")
def read(report: OnStep, data: bytes, filename: str, title: str, tags: Sequence[str]) -> ItemTable | CoreError:
    """The items of a visitor's table, bad rows left out and named; or the reason why there are none."""
    try:
        return read_items(data, filename, title, tags, skip=True, on_step=report)
    except CoreError as error:
        return error


@task("recommend_prepare")
def prepare(report: OnStep, recipe: Recipe) -> Prepared:
    """Read the items, make or train the vectors of their tags, build the index. A worker keeps the last two."""
    name = recipe.fingerprint
    if name in _KEPT:
        _KEPT.move_to_end(name)
        return _KEPT[name]
    made = _KEPT[name] = _made(_quiet(report), recipe)
    while len(_KEPT) > 2:
        _KEPT.popitem(last=False)
    return made


_KEPT: OrderedDict[str, Prepared] = OrderedDict()  # never changed once made, so that tasks may share them


def _made(report: OnStep, recipe: Recipe) -> Prepared:
    table = _items(recipe)
    counts = counted(table.tags)
    tags = train_tags(table.tags, seed=recipe.seed, on_progress=report) if recipe.vectors == "trained" else encode([*counts], on_progress=report)  # fmt: skip
    tags = Embedding(tags.labels, tags.vectors, {"items": [counts[tag] for tag in tags.labels]})
    if recipe.edits:
        tags = edited(tags, recipe.edits)
    catalogue = Catalogue(table.items, table.tags, tags)
    return Prepared(catalogue, table, tags, make_readers(catalogue, READERS))


def _items(recipe: Recipe) -> ItemTable:
    if recipe.table is not None:
        return recipe.table
    if recipe.source == "films":
        return films(recipe.columns)
    return articles(recipe.source.removeprefix("articles-"))


@task("recommend_compare")
def compare_many(
    report: OnStep, recipe: Recipe, likes: Sequence[str], k: int, seed: int, wish: dict[str, Any]
) -> Compared:
    """Lists of made-up readers, measured beside the baselines; and what diversity costs the reader of `likes`."""
    catalogue = prepare(report, recipe).catalogue
    missing = [like for like in likes if like not in catalogue.units] if recipe.vectors == "ready" else []
    if missing:
        catalogue = catalogue.knowing(encode(missing))
    readers = make_readers(catalogue, READERS, seed)
    found = compare(catalogue, readers, k, Wish(**wish), seed, report)
    known = [like for like in likes if like in catalogue.units]
    plain = {**wish, "popularity": readers.counts}
    curves = {"fuzzy": catalogue.tradeoff(known, k, **plain)} if known else {}
    if any(len(catalogue.posting(like)) for like in likes):
        curves["exact"] = catalogue.tradeoff(likes, k, fuzzy=False, **plain)
    return Compared(found, curves)


@task("recommend_loop")
def run_loop(report: OnStep, recipe: Recipe, seed: int, params: dict[str, Any]) -> LoopResult:
    """The feedback loop."""
    return simulate(prepare(report, recipe).catalogue, LoopParams(**params), seed, report)


def _quiet(report: OnStep) -> OnStep:
    """Hears cancel while the catalogue is made, but does not stop half-way: half a catalogue is none."""

    def tell(step: Any) -> bool:
        report(step)
        return False

    return tell
