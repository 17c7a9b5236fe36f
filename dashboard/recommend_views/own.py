"""The visitor's own table of items: its file, its columns, and what was read of it by a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import frame, uploads
from dashboard.i18n import _, language

if TYPE_CHECKING:
    from core.recommend import ItemColumns, ItemTable

MAX_MB = 20
_FILE, _TITLE, _COLUMNS = "rc_file", "rc_title", "rc_columns"
_TABLE = "es_rc_own"  # (name of the file, the table read last)
_FEW = 3  # notes that stand in the open


def table() -> ItemTable:
    """The table read last, the example before any; the controls that bring another."""
    file = st.file_uploader(_("A table of items and tags"), key=_FILE, max_upload_size=MAX_MB, on_change=_another)
    uploads.words(_FILE, _("Choose a file"), _("or drop it here"))
    if file is None:
        st.caption(_("CSV, TSV or Excel, at most {size} MB. The first row names the columns: one with titles, and one or more with tags, parted by | ; or a comma.").format(size=MAX_MB))  # fmt: skip
    else:
        found = _read(file)
        if found is not None:
            st.session_state[_TABLE] = file.name, found
            return found
    name, held = st.session_state.get(_TABLE, ("", None))
    if held is not None:
        last: ItemTable = held
        st.caption(_("In use: {file}").format(file=frame.plain(name)))
        if file is None:
            st.button(_("Put this table away"), key="rc_away", width="stretch", on_click=lambda: st.session_state.pop(_TABLE))  # fmt: skip
        return last
    from core.recommend import walks

    st.caption(_("Until your table is there: a dozen walks."))
    return walks(language())


def _another() -> None:
    """Another file, or none: the columns chosen for the one before are forgotten. Its table stays until another is read."""
    for key in (_TITLE, _COLUMNS):
        st.session_state.pop(key, None)


def _read(file: Any) -> ItemTable | None:
    """The table in the file; None, with the reason or the progress in place, as long as there is none."""
    seen: ItemColumns | None = uploads.read("rc_look", file.file_id, "recommend_columns", file)
    if seen is None:
        return None
    title = st.selectbox(_("Titles are in"), seen.names, index=seen.names.index(seen.title), key=_TITLE)
    others = [name for name in seen.names if name != title]
    usual = [name for name in seen.tags if name != title] or others[:1]
    if _COLUMNS in st.session_state:
        st.session_state[_COLUMNS] = [name for name in st.session_state[_COLUMNS] if name != title]
    else:
        st.session_state[_COLUMNS] = usual
    columns = st.multiselect(_("Tags are in"), others, key=_COLUMNS, placeholder=_("Choose columns"), select_all=False)
    if not columns:
        st.caption(_("Choose at least one column of tags."))
        return None
    token = "/".join((file.file_id, title, *columns))
    found: ItemTable | None = uploads.read("rc_read", token, "recommend_read", file, title, tuple(columns))
    if found is not None:
        _tell(found)
    return found


def _tell(found: ItemTable) -> None:
    """What was decided and left out, row by row."""
    said = [frame.plain(_(note.template).format(**note.values)) for note in found.notes]
    place = st.container() if len(said) <= _FEW else st.expander(_("What was read ({count})").format(count=len(said)))
    for sentence in said:
        place.caption(sentence)
