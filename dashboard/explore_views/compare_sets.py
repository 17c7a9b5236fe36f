"""Which maps stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import frame, jobs, links, sources
from dashboard.explore_views import wishes
from dashboard.explore_views.drawing import Drawn
from dashboard.explore_views.wishes import Wish
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.arrays import FloatArray, IntArray
    from core.embedding import Embedding

SLOT = "ex_frames"


@dataclass(frozen=True)
class Pair:
    """One map: an embedding, the picture wished of it, the title over it. `given`: it is there already."""

    source: sources.Source
    wish: Wish
    title: str
    given: Drawn | None = None


@dataclass(frozen=True)
class Ready:
    """A panel that can be drawn: what it shows, under what name."""

    pair: Pair
    drawn: Drawn


@dataclass(frozen=True)
class Set:
    """Maps of the same rows. `rows` are these rows in the embedding of the page, None for all of them; `tables`: they are
    pictures of different tables, whose true neighbours can differ."""

    key: str
    pairs: list[Pair]
    note: str = ""
    rows: IntArray | None = None
    tables: bool = False

    def back(self, rows: Sequence[int]) -> list[int]:
        """Rows of the maps as rows of the embedding."""
        return [int(row) for row in rows] if self.rows is None else [int(self.rows[row]) for row in rows if row < len(self.rows)]  # fmt: skip


def wanted(kind: str, source: sources.Source, wish: Wish) -> Set | None:
    """The maps of that comparison; None, and a sentence in place, where there is nothing to compare."""
    if kind == "training":
        return _training(source, wish)
    if kind == "tables":
        return _tables(source, wish)
    variants = {"methods": _methods, "sizes": _sizes, "seeds": _seeds}[kind](source, wish)
    note = _("All maps show the same table, so its true neighbours are the same in each; only what is drawn differs.")
    return Set(f"{kind} {source.embedding.fingerprint}", [Pair(source, one, one.title) for one in variants], note)  # fmt: skip


def _defaults(method: str) -> dict[str, Any]:
    from core.params import controls
    from core.projection import METHODS

    return {name: default for name, default, _control in controls(METHODS.get(method).params)}


def _methods(source: sources.Source, wish: Wish) -> list[Wish]:
    others = [
        wish if name == wish.method else wishes.make(source, name, wish.components, wish.seed, _defaults(name))
        for name in ("pca", "tsne", "umap")
    ]
    return [*others, wish] if wish.method == "axes" else others


def _sizes(source: sources.Source, wish: Wish) -> list[Wish]:
    """Few, some and many neighbours, as far as there are rows for them."""
    method = "umap" if wish.method == "umap" else "tsne"
    name = "n_neighbors" if method == "umap" else "perplexity"
    params = wish.params if wish.method == method else _defaults(method)
    most = (len(source.embedding) - 1) / 3
    sizes = [5, 15, 50] if method == "umap" else [5.0, 30.0, 100.0]
    sizes = [size for size in sizes if size <= most] or sizes[:1]
    if len(sizes) < 2:
        sizes = [2 if method == "umap" else 2.0, *sizes]
    return [wishes.make(source, method, wish.components, wish.seed, {**params, name: size}) for size in sizes]


def _seeds(source: sources.Source, wish: Wish) -> list[Wish]:
    """From a start by chance, so that the seeds can differ."""
    method = wish.method if wish.method in ("tsne", "umap") else "tsne"
    params = wish.params if wish.method == method else _defaults(method)
    params = {**params, "start": "random"} if "start" in params else params
    return [wishes.make(source, method, wish.components, wish.seed + at, params) for at in range(4)]


def _training(source: sources.Source, wish: Wish) -> Set | None:
    from core.embedding import Embedding

    history = source.embedding.history
    if history is None or len(history.frames) < 2:
        st.info(_("This embedding came without the course of its training. Train one on the Words page, or choose a small world."))  # fmt: skip
        return None
    rows = history.frame_rows
    after = source.embedding.take(rows.tolist())
    before = Embedding(after.labels, history.first, after.metadata)
    ends = (before, history.frames[0]), (after, history.frames[-1])
    pairs = [
        Pair(replace(source, embedding=one), wish, _("epoch {epoch}").format(epoch=f"{frame.epoch:g}"), _pictured(one, frame.coordinates))
        for one, frame in ends
    ]  # fmt: skip
    note = _(
        "Both maps are frames of the training, the two widest directions; each has its own table and its own true neighbours."
    )
    if len(rows) < len(source.embedding):
        note += " " + _("Drawn: the {count} commonest rows of {of}.").format(count=f"{len(rows):,}", of=f"{len(source.embedding):,}")  # fmt: skip
    return Set(f"training {source.embedding.fingerprint}", pairs, note, rows, tables=True)


def _pictured(embedding: Embedding, coordinates: FloatArray) -> Drawn:
    """A frame as a finished picture: the widest directions of its table."""
    from core.jobs.tasks import Projected

    wish = Wish("pca", 2, 0, {}, f"frame of {embedding.fingerprint}", embedding.fingerprint)
    return Drawn(wish, Projected(coordinates, _judged(embedding.vectors, coordinates, wish.key), (), 0.0))


def _judged(table: FloatArray, picture: FloatArray, key: str) -> Any:
    """How far a frame may be trusted, measured once."""
    held: dict[str, Any] = st.session_state.setdefault(f"es_{SLOT}", {})
    if key not in held:
        found = jobs.result_of(SLOT, key, "quality", table, picture)
        while len(held) >= 4:
            held.pop(next(iter(held)))
        held[key] = found
    return held[key]


def _tables(source: sources.Source, wish: Wish) -> Set | None:
    from core.projection import matched

    others = {name: title for name, title in sources.titles().items() if name != source.id}
    name = links.choice(st.selectbox, _("The other embedding"), others, key="ex_other", default=next(iter(others)))
    other: sources.Source | None = None
    with frame.told():
        other = sources.open_source(name)
    if other is None:
        return None
    mine, theirs = matched(source.embedding.labels, other.embedding.labels)
    if len(mine) < 3:
        st.info(
            _("{first} and {second} have {count} labels in common; a comparison needs at least 3. Choose embeddings of the same words.")
            .format(first=frame.plain(source.title), second=frame.plain(other.title), count=len(mine))
        )  # fmt: skip
        return None
    pairs = []
    for one, rows in ((source, mine), (other, theirs)):
        few = replace(one, embedding=one.embedding.take(rows.tolist()))
        pairs.append(Pair(few, wishes.make(few, wish.method, wish.components, wish.seed, _shared(wish)), one.title))
    note = _("{count} labels that both have; each map has its own table and its own true neighbours.").format(count=f"{len(mine):,}")  # fmt: skip
    return Set(f"tables {source.id} {name}", pairs, note, mine, tables=True)


def _shared(wish: Wish) -> dict[str, Any]:
    """Settings that mean the same for another table: named axes do not."""
    return {name: value for name, value in wish.params.items() if name != "axes"}
