"""A table that came in: its first rows, what was found out, and which column is what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import jobs, sources
from dashboard.i18n import _, counted

if TYPE_CHECKING:
    from core.formats import TablePreview

_CLASSES = ("class", "category", "group", "topic", "tag", "kind", "type", "类", "类别", "分类", "类型")
_SLOT = "bring_preview"
_HELD = "es_bring_table"  # (file name, bytes, its preview or None while it is looked at, what to do with no table)


def look(name: str, data: bytes, otherwise: Callable[[str, bytes], None]) -> None:
    """Remember a file to be looked at by `ask`; `otherwise` takes it where it is no table."""
    st.session_state[_HELD] = name, data, None, otherwise


def ask(begin: Callable[..., None]) -> None:
    """The dialog of a table that came, until it is opened or put away."""
    held = st.session_state.get(_HELD)
    if held is None:
        return
    name, data, seen, otherwise = held
    if seen is None:
        job = jobs.current(_SLOT) or jobs.start(_SLOT, "preview_table", _head(data), name)
        if not job.wait(jobs.PATIENCE):  # the page goes on meanwhile
            jobs.progress(_SLOT, stop=_("Cancel"))
            return
        st.session_state.pop(_HELD)
        jobs.let_go(_SLOT)
        if job.state == "cancelled":
            return
        seen = job.result()  # raises where the file is damaged
        if not seen:
            otherwise(name, data)
            return
        st.session_state[_HELD] = name, data, seen, otherwise
    _dialog(begin, name, data, seen)


def _head(data: bytes) -> bytes:
    """What a look needs: the whole of a binary file, the beginning of a text."""
    return data if data.startswith((b"PK", b"PAR1", b"[", b"{", b"\x1f\x8b")) else data[: 4 * 2**20]


def _dialog(begin: Callable[..., None], name: str, data: bytes, seen: TablePreview) -> None:
    @st.dialog(_("Which column is what?"), width="large", on_dismiss=_put_away)
    def choose() -> None:
        _facts(name, seen)
        st.dataframe({column: [row[at] if at < len(row) else "" for row in seen.rows] for at, column in enumerate(seen.names[:60])}, hide_index=True)  # fmt: skip
        made = _vectors(name, seen) if seen.vector and _kind() == "vectors" else _words(name, seen)
        if st.button(_("Open"), type="primary", key="bt_open"):
            task, options = made
            _put_away()
            begin(name, sources.READY if task == "words_of" else name, task, data, name, **options)
            st.rerun()

    choose()


def _put_away() -> None:
    st.session_state.pop(_HELD, None)


def _facts(name: str, seen: TablePreview) -> None:
    separators = {",": _("commas"), ";": _("semicolons"), "\t": _("tabs"), "|": _("bars")}
    facts = [
        counted(len(seen.names), _("1 column"), _("{count} columns")),
        seen.encoding.upper(),
        separators.get(seen.separator, ""),
    ]
    st.caption(" · ".join([name.replace("*", "").replace("`", "")[:80], *filter(None, facts)]))
    if len(seen.names) > 60:
        st.caption(_("The first 60 columns are shown."))


def _kind() -> str:
    kinds = {"vectors": _("Its vectors"), "words": _("Ready vectors of its words")}
    return st.segmented_control(_("What to open"), list(kinds), default="vectors", required=True, format_func=kinds.__getitem__, key="bt_kind") or "vectors"  # fmt: skip


def _vectors(name: str, seen: TablePreview) -> tuple[str, dict[str, Any]]:
    names = [column for column in seen.names if column not in seen.vector or len(seen.vector) > 1]
    label = st.selectbox(_("Names the rows"), ["", *names], index=1 + names.index(seen.label) if seen.label in names else 0,
                         format_func=lambda one: one or _("nothing: rows are numbered"), key="bt_label")  # fmt: skip
    options: dict[str, Any] = {"format": seen.format, "skip": True, "label_column": label or ""}
    numbers = [column for column, numeric in zip(seen.names, seen.numeric, strict=True) if numeric and column != label]
    if seen.format != "jsonl" and len(seen.vector) > 1:
        usual = [column for column in numbers if column not in seen.vector]
        left = st.multiselect(
            _("Numbers that are no part of the vector"), numbers, default=usual, key="bt_beside", select_all=False,
            placeholder=_("none"),
        )  # fmt: skip
        options["beside"] = tuple(left)
        st.caption(_vector_of([column for column in numbers if column not in left]))
    elif seen.vector:
        st.caption(_vector_of(seen.vector))
    if doubtful := [column for column in seen.doubtful if column != label]:
        st.caption(_("Not in the vector, because many of their cells are no numbers: {names}. Fill the cells in or remove their rows to have them in it.").format(names=_short(doubtful)))  # fmt: skip
    return "read", options


def _vector_of(names: Sequence[str]) -> str:
    several = _("Vector of {count} columns: {names}")
    return counted(len(names), _("Vector of 1 column: {names}"), several, names=_short(names))


def _short(names: Sequence[str]) -> str:
    """A few names, or the first and the last of many."""
    shown = list(names) if len(names) <= 4 else [names[0], "…", names[-1]]
    return ", ".join(shown).replace("*", "").replace("`", "").replace("$", "")


def _words(name: str, seen: TablePreview) -> tuple[str, dict[str, Any]]:
    texts = [column for column, numeric in zip(seen.names, seen.numeric, strict=True) if not numeric] or list(seen.names)  # fmt: skip
    word = st.selectbox(_("Words"), texts, index=texts.index(seen.label) if seen.label in texts else 0, key="bt_word")
    others = ["", *(column for column in seen.names if column != word)]
    usual = next((at for at, column in enumerate(others) if column.strip().lower() in _CLASSES), 0)
    classes = st.selectbox(
        _("Their class"), others, index=usual, format_func=lambda one: one or _("none"), key="bt_class"
    )
    return "words_of", {"column": word, "classes": classes, "encoder": sources.ENCODER}
