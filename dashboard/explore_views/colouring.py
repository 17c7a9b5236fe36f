"""What colours the points and what sizes them: a class, a number, their own error, their group."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_
from dashboard import jobs, links, sources
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.arrays import FloatArray
    from core.clusters import Clusters, ClusterTree
    from core.embedding import Embedding
    from dashboard.explore_views.drawing import Drawn

ERROR, GROUPS, NOTHING = "~error", "~groups", "~none"
SLOT, GROUP_SLOT = "ex_error", "ex_groups"
_COLUMN = "col:"
_NUMERIC = "es_ex_numeric"  # (embedding, its columns of numbers)
_FIRST = "es_ex_by_first"  # the colouring that this embedding begins with


def title(name: str) -> str:
    """The title of a column of metadata: ours in the reader's language, others as they came."""
    return _("class") if name == "class" else name


def choose(source: sources.Source, free: bool) -> str:
    """The switch "Colour by". A class is the default where there is one, then the first column, then nothing."""
    columns = {
        f"{_COLUMN}{name}": (N_("class") if name == "class" else name or "?") for name in source.embedding.metadata
    }
    options = columns | {ERROR: N_("own error"), GROUPS: N_("group"), NOTHING: N_("nothing")}
    first = next(iter(options)) if columns else NOTHING
    held = st.session_state.get("ex_by")
    if held is not None and (held not in options or (held == st.session_state.get(_FIRST) and held != first)):
        st.session_state["ex_by"] = first  # another embedding has other columns
    st.session_state[_FIRST] = first
    chosen = links.choice(
        st.selectbox, _("Colour by"), options, key="ex_by", default=first,
        help=_("A class or a number of the data, how many of a point's drawn neighbours are false, or groups of near rows.")
        if free else _("On this view every point is coloured by its own error."),
        disabled=not free,
    )  # fmt: skip
    return chosen


def choose_size(source: sources.Source) -> str:
    """A number column that sizes the points; "" for none."""
    numeric = _numeric(source.embedding)
    if not numeric:
        return ""
    options = {"": N_("all alike")} | {f"{_COLUMN}{name}": name for name in numeric}
    return links.choice(
        st.selectbox, _("Size by"), options, key="ex_size", default="", help=_("The area of a point grows with this number.")
    )  # fmt: skip


def _numeric(embedding: Embedding) -> list[str]:
    """The columns that are numbers, looked through once: there may be a million rows."""
    key = embedding.content
    held, names = st.session_state.get(_NUMERIC, (None, []))
    if held != key:
        names = [name for name, values in embedding.metadata.items() if is_number(values)]
        st.session_state[_NUMERIC] = key, names
    found: list[str] = names
    return found


def is_number(values: Sequence[Any]) -> bool:
    """Whether a column is to be read as numbers: every filled cell is one, and more than two differ."""
    filled = [value for value in values if value not in (None, "")]
    return bool(filled) and all(isinstance(value, Real) and not isinstance(value, bool) for value in filled) and len(set(filled)) > 2  # fmt: skip


def numbers(values: Sequence[Any]) -> FloatArray:
    """(n,) float32; NaN where the cell is empty."""
    import numpy as np

    return np.array([np.nan if value in (None, "") else float(value) for value in values], np.float32)


def dress(
    source: sources.Source, by: str, size: str, error: FloatArray | None, groups: Sequence[str] | None
) -> dict[str, Any]:
    """Arguments of `embedding_map` for that colouring; `error` and `groups` where they are known by now."""
    embedding = source.embedding
    given: dict[str, Any] = {}
    column = embedding.metadata.get(size.removeprefix(_COLUMN)) if size else None
    if column is not None:
        given["sizes"] = numbers(column)
    if by == ERROR and error is not None:
        given["numbers"] = _("share of the drawn neighbours that are false"), error
    elif by == GROUPS and groups is not None:
        given["classes"] = groups
    elif by.startswith(_COLUMN) and by.removeprefix(_COLUMN) in embedding.metadata:
        name = by.removeprefix(_COLUMN)
        values = embedding.metadata[name]
        if is_number(values):
            given["numbers"] = title(name), numbers(values)
        else:
            given["classes"] = values
    return given


def own_error(source: sources.Source, drawn: Drawn, k: int) -> FloatArray:
    """(n,) the share of each point's k drawn neighbours that are not among its k nearest in the table; NaN for rows that
    were not judged. Shows progress and stops the page until it is there."""
    import numpy as np

    held: dict[Any, Any] = st.session_state.setdefault("es_ex_errors", {})
    key = drawn.wish.key, k
    if key not in held:
        work = source.embedding.vectors, drawn.coordinates, k, drawn.wish.metric, True
        found = jobs.result_of(SLOT, repr(key), "quality", *work)
        while len(held) >= 6:
            held.pop(next(iter(held)))
        held[key] = found
    judged = held[key]
    error = np.full(len(source.embedding), np.nan, np.float32)
    error[judged.points] = 1 - judged.neighbour_recall_per_point
    return error


def groups(source: sources.Source, metric: str) -> list[str]:
    """The name of each row's group at the level the reader slides to; shows progress and stops the page until the tree is made."""
    tree = _tree(source.embedding, metric if metric != "dot" else "cosine")
    most = min(20, tree.most)
    level = links.setting(
        st.slider, _("Groups"), key="ex_groups", default=min(8, most), low=2, high=max(3, most),
        help=_("Near rows of the table are joined step by step; slide to where the joining stops. Names are the rows nearest to the middle."),
    )  # fmt: skip
    cut = _cut(tree, min(level, most), source.embedding.fingerprint + metric)
    names = [_group_name(group.members, group.number) for group in cut.named(source.embedding.labels)]
    for note in tree.notes:
        st.caption(_(note.template).format(**note.values))
    return [names[group] for group in cut.of_row]


def _group_name(members: Sequence[str], number: int) -> str:
    return f"{number + 1}: " + ", ".join(member if len(member) <= 12 else member[:11] + "…" for member in members[:3])


def _tree(embedding: Embedding, metric: str) -> ClusterTree:
    held: dict[Any, Any] = st.session_state.setdefault("es_ex_trees", {})
    key = embedding.fingerprint, metric
    if key not in held:
        found = jobs.result_of(GROUP_SLOT, repr(key), "clusters", embedding.vectors, metric)
        held.clear()
        held[key] = found
    tree: ClusterTree = held[key]
    return tree


@st.cache_resource(show_spinner=False, max_entries=32)
def _cut(_tree: ClusterTree, level: int, key: str) -> Clusters:
    return _tree.cut(level)
