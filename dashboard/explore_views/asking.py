"""The question asked of a map: a word, a prefix, a pattern, any text; and the rows chosen, which can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import CoreError
from dashboard import answers, exports, frame, jobs, links, sources
from dashboard.explore_views import choosing
from dashboard.explore_views.colouring import title
from dashboard.i18n import _, counted, origin

if TYPE_CHECKING:
    from core.embedding import Embedding, Neighbour
    from dashboard.explore_views.drawing import Drawn

FIND, CLICKED = "ex_find", "es_ex_clicked"
_ASKED = "es_ex_asked"  # the last pattern that chose rows, so that undo is not undone
LISTED = 500  # chosen rows listed on the page; all of them are in the file


@dataclass(frozen=True)
class Asked:
    """The row asked about (None where a text that is no row was asked), and its true neighbours."""

    row: int | None = None
    near: list[Neighbour] = field(default_factory=list)

    @property
    def rows(self) -> list[int]:
        return [one.index for one in self.near]


def ask(source: sources.Source, metric: str, k: int) -> Asked:
    """The question line and its answer, always from the original space."""
    from core.search import kind_of

    restored = choosing.from_link(source.embedding)
    encoded = bool(source.encoder)
    line = links.setting(
        st.text_input, _("Find"), key=FIND, default="", max_chars=200,
        placeholder=_("a word, pre*, /pattern/, or any text") if encoded else _("a word, pre*, /pattern/"),
        help=_("A word shows its neighbours. A star at the end finds all that begin so, slashes enclose a regular expression.")
        + (" " + _("Any other text is turned into a vector by the encoder these vectors came from.") if encoded else ""),
    ).strip()  # fmt: skip
    if not line:
        _show_all_again(source.embedding)
        return Asked()
    try:
        if line not in source.embedding and kind_of(line) != "word":  # a label may itself end with a star
            _choose_found(source, line, restored)
            return Asked()
        return _near(source, line, metric, k)
    except CoreError as error:
        _show_all_again(source.embedding)
        frame.show(error)
        return Asked()


def _choose_found(source: sources.Source, line: str, restored: bool) -> None:
    """Choose the rows that a pattern finds, once; where the link has brought others, those were chosen after them."""
    from core.search import search

    rows = search(source.embedding.labels, line).rows
    st.caption(counted(len(rows), _("1 row matches"), _("{count} rows match")))
    if not len(rows):
        _show_all_again(source.embedding)
    elif st.session_state.get(_ASKED, ())[:2] != (source.embedding.fingerprint, line):
        if not restored:
            choosing.choose(source.embedding, rows.tolist())
        st.session_state[_ASKED] = source.embedding.fingerprint, line, rows.tolist()


def _show_all_again(embedding: Embedding) -> None:
    """What a pattern chose goes with the pattern, unless the reader has chosen something since; Undo brings it back."""
    asked = st.session_state.pop(_ASKED, None)
    if asked is not None and asked[0] == embedding.fingerprint and choosing.chosen(embedding) == asked[2]:
        choosing.put(embedding, [])


def _near(source: sources.Source, line: str, metric: str, k: int) -> Asked:
    embedding = source.embedding
    _show_all_again(embedding)
    word = line if line in embedding else _spelled(embedding, line)
    if word not in embedding and source.encoder:
        vector = jobs.result("ex_unseen", "encode", [line], source.encoder).vectors[0]
        near = embedding.nearest(vector, k, metric)
        st.markdown(f"**{frame.plain(line)}**  \n{_('not a row: its vector was made now')}")
        answers.table(near, metric)
        return Asked(None, near)
    row = embedding.index(word)
    near = embedding.nearest(word, k, metric)
    _name(embedding, row)
    answers.table(near, metric)
    return Asked(row, near)


def _spelled(embedding: Embedding, word: str) -> str:
    """The label meant by a word typed in another case; the word itself when there is none."""
    return next((form for form in (word.lower(), word.upper(), word.title()) if form in embedding), word)


def _name(embedding: Embedding, row: int) -> None:
    """The chosen word and what is known of it."""
    facts = [f"{title(name)}: {values[row]}" for name, values in embedding.metadata.items() if values[row] not in (None, "")]  # fmt: skip
    st.markdown(
        f"**{frame.plain(embedding.labels[row])}**" + (f"  \n{frame.plain(' · '.join(facts))}" if facts else "")
    )


def clicked(labels: Sequence[str], row: int) -> None:
    """A click in the map asks for that row."""
    if row < len(labels):
        st.session_state[FIND], st.session_state[CLICKED] = labels[row], row


def focus(row: int) -> str:
    """A searched word is brought to the middle; a clicked one is already under the reader's eye."""
    return "" if st.session_state.get(CLICKED) == row else f"row-{row}"


def focus_found() -> str:
    """Rows found by a pattern may be anywhere: the whole picture is shown, once for each pattern."""
    asked = st.session_state.get(_ASKED)
    return "" if asked is None else f"all-{asked[1]}"


# ---- the rows chosen


def selection(source: sources.Source, drawn: Drawn | None, asked: Asked) -> None:
    """What is chosen: how many, as a table, to take away; and the ways back."""
    embedding, rows = source.embedding, choosing.chosen(source.embedding)
    kept = choosing.keep_link(embedding)
    around = [asked.row] if asked.row is not None else []
    if asked.near:
        st.button(
            _("Keep only these in colour"), key="ex_isolate", width="stretch", on_click=choosing.choose, args=(embedding, [*around, *asked.rows]),
        )  # fmt: skip
    if not choosing.stack(embedding):
        return
    if rows:
        st.markdown(f"**{counted(len(rows), _('1 row chosen'), _('{count} rows chosen'))}**")
    left, right = st.columns(2) if rows else (st, None)
    left.button(_("Undo"), key="ex_undo", width="stretch", on_click=choosing.undo, args=(embedding,))
    if right is None:
        return
    right.button(_("Show all"), key="ex_all", width="stretch", on_click=choosing.put, args=(embedding, []))
    table = _columns(embedding, rows[:LISTED], None)
    st.dataframe(table, height=180, hide_index=True, width="stretch")
    if len(rows) > LISTED:
        st.caption(_("The first {count} are listed; the file has all.").format(count=LISTED))
    if not kept:
        st.caption(_("These are more rows than a link can hold: they stay chosen until the page is loaded anew."))
    st.caption(_("These rows"))
    about = {"embedding": source.title, "origin": origin(source.origin), "rows": len(rows), "of": len(embedding)}
    exports.table(lambda: _columns(embedding, rows, drawn), "rows", lambda: about, key="ex_rows")
    if 3 <= len(rows) < len(embedding):
        st.button(
            _("Draw these alone"), key="ex_alone", width="stretch", on_click=_alone, args=(source, rows),
            help=_("Makes an embedding of these rows only, to see structure that the others press flat."),
        )  # fmt: skip


def _alone(source: sources.Source, rows: list[int]) -> None:
    from dashboard import session

    name = _("{count} rows of {title}").format(count=f"{len(rows):,}", title=source.title)
    settings = {"encoder": source.encoder} if source.encoder else {}
    sources.show_next(session.keep(source.embedding.take(rows), name, source.origin, settings))
    st.session_state[FIND] = ""


def _columns(embedding: Embedding, rows: Sequence[int], drawn: Drawn | None) -> dict[str, Any]:
    columns: dict[str, Any] = {_("label"): [embedding.labels[row] for row in rows]}
    columns |= {title(name): [values[row] for row in rows] for name, values in embedding.metadata.items()}
    if drawn is not None:
        columns |= {axis: drawn.coordinates[list(rows), at] for at, axis in enumerate("xyz"[: drawn.coordinates.shape[1]])}  # fmt: skip
    return columns
