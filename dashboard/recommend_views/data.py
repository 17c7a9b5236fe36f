"""What is recommended from: articles, films or the visitor's own table, and the vectors of its tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import N_, CoreError
from core.recommend import Catalogue, ItemTable
from core.recommend.tasks import Prepared, Recipe
from dashboard import frame, jobs, links, sources, uploads
from dashboard.i18n import _, language

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
_HELD, _EDITS, _OWN = "es_rc_held", "es_rc_edits", "es_rc_own"


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


def choose(*, reader: bool = True) -> Asked:
    """The controls, and the catalogue they ask for; until it is made the page shows progress and stops.

    Without a `reader`, what only one reader's list needs is not drawn.
    """
    source = links.choice(st.selectbox, _("Recommend from"), SOURCES, key="rc_data", default="articles")
    table = _own_table() if source == "own" else None
    if source == "own" and table is None:
        st.stop()
    columns: tuple[str, ...] = ()
    if source == "films":
        more = st.toggle(_("Directors are tags too"), key="rc_directors", bind="query-params", persist_state="session")
        columns = ("genres", "countries", "languages", *(("directors",) if more else ()))
    place = st.container()
    vectors = links.choice(st.segmented_control, _("Vectors of the tags"), VECTORS, key="rc_vectors", default="ready", required=True)  # fmt: skip
    base = Recipe(f"articles-{language()}" if source == "articles" else source, columns, vectors, 0, (), table)
    edits = tuple(st.session_state.get(_EDITS, {}).get(base.fingerprint, ()))
    recipe = Recipe(base.source, columns, vectors, 0, edits, table)
    prepared = _prepared(recipe)
    if not reader:
        return Asked(
            recipe=recipe, prepared=prepared, catalogue=prepared.catalogue, likes=(), k=1,
            metric="cosine", penalty=0.0, diversity=0.0, seen=(),
        )  # fmt: skip
    with place:
        likes = _likes(source, prepared)
    k = st.slider(_("Length of a list"), 3, 30, 16, key="rc_k", bind="query-params", persist_state="session")
    with st.expander(_("More")):
        metric, penalty, diversity, seen = _more(recipe)
        _edit(base, prepared)
    return Asked(
        recipe=recipe, prepared=prepared, catalogue=_knowing(prepared, likes, vectors), likes=likes, k=k,
        metric=metric, penalty=penalty, diversity=diversity, seen=seen,
    )  # fmt: skip


def _prepared(recipe: Recipe) -> Prepared:
    held: dict[str, Prepared] = st.session_state.setdefault(_HELD, {})
    name = recipe.fingerprint
    if name not in held:
        made = jobs.result(f"rc_{name}", "recommend_prepare", recipe)
        while len(held) >= 3:
            held.pop(next(iter(held)))
        held[name] = made
    return held[name]


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
        given = [one.strip()[:100] for one in st.query_params.get(LIKES, "").split(",") if one.strip()][:MOST_LIKES]
        st.session_state[key] = given or list(FIRST.get(source, {}).get(language(), tags[:1]))
    held = st.session_state[key]
    options = [*tags, *(tag for tag in held if tag not in tags)]
    chosen = st.multiselect(
        _("A reader likes"), options, key=key, max_selections=MOST_LIKES, accept_new_options=True, persist_state="session",
        placeholder=_("Choose a tag or type one"), help=_("A tag that no item carries can be typed too: exact then finds nothing."),
    )  # fmt: skip
    likes = tuple(dict.fromkeys(str(tag).strip()[:100] for tag in chosen if str(tag).strip()))
    if not likes:
        st.caption(_("Choose at least one tag."))
        st.stop()
    if source != "own":  # a link carries settings, never the visitor's own text
        st.query_params[LIKES] = ",".join(likes)
    return likes


def _more(recipe: Recipe) -> tuple[str, float, float, tuple[int, ...]]:
    metric = links.choice(
        st.selectbox, _("Measure"), METRICS, key="rc_metric", default="cosine", help=_("How far an item is from the reader.")
    )  # fmt: skip
    penalty = st.slider(
        _("Popularity penalty"), 0.0, 1.0, 0.0, 0.05, key="rc_penalty", bind="query-params", persist_state="session",
        help=_("Taken off the score of what many made-up readers have read."),
    )  # fmt: skip
    diversity = st.slider(
        _("Diversity (MMR)"), 0.0, 1.0, 0.0, 0.05, key="rc_diversity", bind="query-params", persist_state="session",
        help=_("0 takes the best; 1, after the first, what is least like those before it."),
    )  # fmt: skip
    read = read_rows(recipe)
    leave = st.toggle(
        _("Leave out what was read ({count})").format(count=len(read)), True, key="rc_unread", bind="query-params", persist_state="session",
        help=_("Click an item in the picture to mark it as read."),
    )  # fmt: skip
    return metric, penalty, diversity, tuple(read) if leave else ()


def read_rows(recipe: Recipe) -> list[int]:
    """Rows this visitor has marked as read, in this source."""
    held: dict[str, list[int]] = st.session_state.setdefault("es_rc_read", {})
    table = recipe.table
    return held.setdefault(recipe.source if table is None else recipe.fingerprint, [])


def _edit(base: Recipe, prepared: Prepared) -> None:
    """Turn the vector of one tag towards another by hand."""
    tags = prepared.tags.labels[:OFFERED]
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


def _own_table() -> ItemTable | None:
    from core.recommend import columns_of, read_items

    file = st.file_uploader(_("A table of items and tags (.csv, .tsv)"), key="rc_file", max_upload_size=20)
    uploads.words("rc_file", _("Choose a file"), _("or drop it here"))
    if file is None:
        st.caption(_("One row an item: a column with its title, and one or more with tags, parted by | ; or a comma."))
        return st.session_state.get(_OWN)
    try:
        names = columns_of(file.getvalue(), file.name)
        title = st.selectbox(_("Titles are in"), names, key="rc_title")
        columns = st.multiselect(_("Tags are in"), [name for name in names if name != title], default=_guess(names, title), key="rc_columns", placeholder=_("Choose columns"))  # fmt: skip
        if not columns:
            st.caption(_("Choose at least one column of tags."))
            return None
        table = read_items(file.getvalue(), file.name, title, columns)
    except CoreError as error:
        frame.show(error)
        return None
    for note in table.notes:
        st.caption(frame.plain(_(note.template).format(**note.values)))
    st.session_state[_OWN] = table
    return table


def _guess(names: Sequence[str], title: str) -> list[str]:
    """The columns whose names speak of tags, else the second."""
    likely = ("tag", "genre", "categor", "keyword", "topic", "标签", "类", "主题")
    found = [name for name in names if name != title and any(word in name.lower() for word in likely)]
    return found or [name for name in names if name != title][:1]


def items_embedding(asked: Asked) -> Embedding:
    """Items as an embedding: the directions of those that have one, their first tag as the class."""
    import numpy as np

    from core.embedding import Embedding

    rows = np.flatnonzero(asked.catalogue.norms >= 1e-6)
    first = [asked.catalogue.tags_of(int(row))[0] for row in rows]
    return Embedding([asked.catalogue.items[row] for row in rows], asked.catalogue.vectors[rows], {"class": first})
