"""What is recommended from: articles, films or the visitor's own table, and the vectors of its tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_
from core.recommend import Catalogue, translated
from core.recommend.tasks import Prepared, Recipe
from dashboard import frame, jobs, links, sources
from dashboard.i18n import _, language
from dashboard.recommend_views import own

if TYPE_CHECKING:
    from core.embedding import Embedding

MOST_LIKES = 6
OFFERED = 300  # tags in the list of likes; others can be typed
SOURCES = {"articles": N_("Our articles"), "films": N_("Films"), "own": N_("Your own table")}
VECTORS = {"ready": N_("Ready vectors"), "trained": N_("Trained here")}
METRICS = {"cosine": N_("cosine"), "euclidean": N_("Euclidean"), "dot": N_("dot product")}
LIKES = "rc_likes"
FIRST = {
    "articles": {"en": ("science",), "zh": ("科学",)},
    "films": {"en": ("Sci-Fi", "Japan"), "zh": ("Sci-Fi", "Japan")},
}
_HELD, _EDITS = "es_rc_held", "es_rc_edits"
_LIKED = "es_rc_liked"  # (source, language, likes) as they were drawn last


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One reader before one catalogue: the recipe and what it made, the likes, and how lists are to be made."""

    recipe: Recipe
    prepared: Prepared
    catalogue: Catalogue
    likes: tuple[str, ...]
    k: int
    metric: str
    penalty: float
    diversity: float
    seen: tuple[int, ...]

    @property
    def title(self) -> str:
        kind = "articles" if self.recipe.source.startswith("articles") else self.recipe.source
        return _(SOURCES[kind])

    @property
    def wish(self) -> dict[str, object]:
        return {
            "exclude": self.seen, "popularity": self.prepared.readers.counts, "penalty": self.penalty,
            "diversity": self.diversity, "metric": self.metric,
        }  # fmt: skip


def choose(view: frame.View, *, reader: bool = True) -> Asked:
    """The controls, and the catalogue they ask for; until it is made the page shows progress, says in the picture what it waits
    for, and stops. Without a `reader`, what only one reader's list needs is not drawn.
    """
    with view.controls:
        return _choose(view, reader)


def _choose(view: frame.View, reader: bool) -> Asked:
    source = links.choice(st.selectbox, _("Recommend from"), SOURCES, key="rc_data", default="articles")
    table = own.table() if source == "own" else None
    columns: tuple[str, ...] = ()
    if source == "films":
        more = links.setting(st.toggle, _("Directors are tags too"), key="rc_directors", default=False)
        columns = ("genres", "countries", "languages", *(("directors",) if more else ()))
    place = st.container()
    vectors = links.choice(st.segmented_control, _("Vectors of the tags"), VECTORS, key="rc_vectors", default="ready", required=True)  # fmt: skip
    base = Recipe(f"articles-{language()}" if source == "articles" else source, columns, vectors, 0, (), table)
    edits = tuple(st.session_state.get(_EDITS, {}).get(base.fingerprint, ()))
    recipe = Recipe(base.source, columns, vectors, 0, edits, table)
    prepared = _prepared(view, recipe)
    if not reader:
        return Asked(
            recipe=recipe, prepared=prepared, catalogue=prepared.catalogue, likes=(), k=1,
            metric="cosine", penalty=0.0, diversity=0.0, seen=(),
        )  # fmt: skip
    with place:
        likes = _likes(source if table is None else f"own_{table.key[:8]}", prepared)
    if not likes:
        frame.waiting(view.picture, _("Choose at least one tag."))
        st.stop()
    k = links.setting(st.slider, _("Length of a list"), key="rc_k", default=16, low=3, high=30)
    with st.expander(_("More")):
        metric, penalty, diversity, seen = _more(recipe)
        _edit(base, prepared, likes)
    return Asked(
        recipe=recipe, prepared=prepared, catalogue=_knowing(prepared, likes, vectors), likes=likes, k=k,
        metric=metric, penalty=penalty, diversity=diversity, seen=seen,
    )  # fmt: skip


def _prepared(view: frame.View, recipe: Recipe) -> Prepared:
    held: dict[str, Prepared] = st.session_state.setdefault(_HELD, {})
    name = recipe.fingerprint
    if name not in held:
        made = waited(view, "rc_prepare", name, "recommend_prepare", recipe)
        while len(held) >= 3:
            held.pop(next(iter(held)))
        held[name] = made
    return held[name]


def waited(view: frame.View, slot: str, token: str, task: str, *args: object) -> Any:
    """The result of a task; while it is not there the picture says so, and the page stops."""
    jobs.begin(slot, token, task, *args)
    job = jobs.current(slot)
    if job is not None and not job.wait(jobs.PATIENCE):
        frame.waiting(view.picture, _("The lists are being made; the progress stands beside."))
    elif job is not None and job.state in ("failed", "cancelled"):
        frame.waiting(view.picture, _("There are no lists: the reason stands beside."))
    with view.controls:
        return jobs.result(slot, task, *args)


def _knowing(prepared: Prepared, likes: Sequence[str], vectors: str) -> Catalogue:
    """The catalogue, with ready vectors for likes that no item carries."""
    missing = [like for like in likes if like not in prepared.catalogue.units]
    if not missing or vectors != "ready":
        return prepared.catalogue
    return prepared.catalogue.knowing(sources.encoded(missing))


def _likes(source: str, prepared: Prepared) -> tuple[str, ...]:
    """The tags this reader likes, held for each source and language, and in the link."""
    key = f"{LIKES}_{source}_{language()}"
    tags = prepared.catalogue.tags[:OFFERED]
    if key not in st.session_state:
        st.session_state[key] = _first(source, tags)
    held = st.session_state[key]
    options = [*tags, *(tag for tag in held if tag not in tags)]
    chosen = st.multiselect(
        _("A reader likes"), options, key=key, max_selections=MOST_LIKES, accept_new_options=True, select_all=False, persist_state="session",
        placeholder=_("Choose a tag or type one"), help=_("The {count} commonest tags are listed, any other can be typed. By one that no item carries exact finds nothing.").format(count=len(tags)),
    )  # fmt: skip
    likes = tuple(dict.fromkeys(str(tag).strip()[:100] for tag in chosen if str(tag).strip()))
    st.session_state[_LIKED] = source, language(), likes
    if not source.startswith("own"):  # a link carries settings, never the visitor's own text
        st.query_params[LIKES] = ",".join(likes)
    elif LIKES in st.query_params:
        del st.query_params[LIKES]
    for like in likes:
        if like not in prepared.catalogue.index.row:
            _offer(like, prepared.catalogue.tags, key)
    return likes


def _first(source: str, tags: Sequence[str]) -> list[str]:
    """What the link asks for on a first visit; the same likes in the other language; else what shows most."""
    before = st.session_state.get(_LIKED)
    if before is None:
        given = [one.strip()[:100] for one in st.query_params.get(LIKES, "").split(",") if one.strip()]
        if given:
            return given[:MOST_LIKES]
    elif source == "articles" and before[0] == source and before[1] != language():
        return [translated(like, language()) for like in before[2]]
    return list(FIRST.get(source, {}).get(language(), tags[:1]))


def _offer(like: str, tags: Sequence[str], key: str) -> None:
    """Tags that are written like one that no item carries, each a click away."""
    from core.text import spellings

    inside = [tag for tag in tags if like.casefold() in tag.casefold()][:3]
    near = list(dict.fromkeys([*inside, *spellings(like, tags, 3)]))[:3]
    if near:
        st.caption(_("No item carries {tag}. Written like it:").format(tag=frame.plain(like)))
    for tag in near:
        st.button(frame.plain(tag), key=f"rc_near_{like}_{tag}", width="stretch", on_click=_instead, args=(key, like, tag))  # fmt: skip


def _instead(key: str, like: str, tag: str) -> None:
    st.session_state[key] = list(dict.fromkeys(tag if one == like else one for one in st.session_state[key]))


def _more(recipe: Recipe) -> tuple[str, float, float, tuple[int, ...]]:
    metric = links.choice(
        st.selectbox, _("Measure"), METRICS, key="rc_metric", default="cosine", help=_("How far an item is from the reader.")
    )  # fmt: skip
    penalty = links.setting(
        st.slider, _("Popularity penalty"), key="rc_penalty", default=0.0, low=0.0, high=1.0, step=0.05,
        help=_("Taken off the score of what many made-up readers have read."),
    )  # fmt: skip
    diversity = links.setting(
        st.slider, _("Diversity (MMR)"), key="rc_diversity", default=0.0, low=0.0, high=1.0, step=0.05,
        help=_("0 takes the best; 1, after the first, what is least like those before it. What it costs is drawn under Many readers."),
    )  # fmt: skip
    read = read_rows(recipe)
    leave = links.setting(
        st.toggle, _("Leave out what was read ({count})").format(count=len(read)), key="rc_unread", default=True,
        help=_("Click an item in the picture to mark it as read."),
    )  # fmt: skip
    return metric, penalty, diversity, tuple(read) if leave else ()


def read_rows(recipe: Recipe) -> list[int]:
    """Rows this visitor has marked as read, in this source."""
    held: dict[str, list[int]] = st.session_state.setdefault("es_rc_read", {})
    own = "" if recipe.table is None else recipe.table.key
    return held.setdefault(
        own or recipe.source.partition("-")[0], []
    )  # the articles stand in one order in both languages


def _edit(base: Recipe, prepared: Prepared, likes: Sequence[str]) -> None:
    """Turn the vector of one tag towards another by hand."""
    tags = list(dict.fromkeys([*(like for like in likes if like in prepared.tags), *prepared.tags.labels[:OFFERED]]))
    st.markdown(f"**{_('Edit a tag by hand')}**")
    left, right = st.columns(2)
    tag = left.selectbox(_("Turn"), tags, key=f"rc_edit_a_{base.fingerprint[:8]}")
    towards = right.selectbox(_("towards"), tags, index=min(1, len(tags) - 1), key=f"rc_edit_b_{base.fingerprint[:8]}")
    share = st.slider(_("by"), 0.0, 1.0, 0.5, 0.05, key="rc_edit_share")
    edits: dict[str, list[tuple[str, str, float]]] = st.session_state.setdefault(_EDITS, {})
    st.button(_("Apply"), key="rc_edit", on_click=lambda: edits.setdefault(base.fingerprint, []).append((tag, towards, share)), disabled=tag == towards, width="stretch")  # fmt: skip
    if edits.get(base.fingerprint):
        st.button(
            _("Take the edits back"), key="rc_edit_back", on_click=lambda: edits.pop(base.fingerprint), width="stretch"
        )


def edit_articles(code: str, edits: list[tuple[str, str, float]]) -> None:
    """Set the edits by hand of the articles in that language, with ready vectors."""
    held: dict[str, list[tuple[str, str, float]]] = st.session_state.setdefault(_EDITS, {})
    base = Recipe(f"articles-{code}").fingerprint
    held.pop(base, None)
    if edits:
        held[base] = edits


def items_embedding(asked: Asked) -> Embedding:
    """Items as an embedding: the directions of those that have one, their first tag as the class."""
    import numpy as np

    from core.embedding import Embedding

    rows = np.flatnonzero(asked.catalogue.norms >= 1e-6)
    first = [asked.catalogue.tags_of(int(row))[0] for row in rows]
    return Embedding([asked.catalogue.items[row] for row in rows], asked.catalogue.vectors[rows], {"class": first})
