"""Library: what was kept, as cards; and what this browser holds and has not kept."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import N_
from dashboard import frame, library_parts, links, shelf
from dashboard.i18n import _, origin

TITLE = N_("Library")
RANK = 9


def render() -> None:
    with frame.page(_("What have you kept, and what is only here for a while?")) as view:
        library = shelf.library()
        with view.controls:
            search = links.setting(st.text_input, _("Search"), key="lb_q", default="", max_chars=200, placeholder=_("a word of a name or an origin"))  # fmt: skip
            library_parts.usage()
            library_parts.bin_()
            entries = library.entries(search, said=origin)
            everything = library.usage().entries
            library_parts.workspace(everything)
        with view.picture:
            _lost()
            _damaged()
            library_parts.undo()
            library_parts.compared()
            library_parts.own()
            if everything:
                st.markdown(f"**{_('Saved for everybody on this server')}**")
            if search.strip() and everything and not entries:
                st.caption(_("Nothing saved has {words} in its name or origin.").format(words=frame.plain(search[:80])))
            library_parts.saved(entries)
            library_parts.examples()
        with view.reading:
            _reading()
        view.status(
            _("{count} saved").format(count=f"{everything:,}"),
            _("{count} shown").format(count=f"{min(len(entries), library_parts.PAGE):,}") if search.strip() else "",
        )


def _damaged() -> None:
    """What cannot be opened though it is in the catalogue."""
    names = [entry.name for entry in shelf.library().damaged()]
    if names:
        st.warning(_("The saved files of these are damaged or missing: {names}. Delete them, or bring them again and save them; an export leaves them out.").format(names=_named(names)))  # fmt: skip


def _named(names: Sequence[str]) -> str:
    return frame.plain(", ".join(name[:80] for name in names[:20]) + ("…" if len(names) > 20 else ""))


def _lost() -> None:
    """What was in the catalogue and is no longer on the disk, until somebody has read it."""
    names = shelf.library().lost()
    if names:
        st.warning(_("Their files are no longer in the data folder, so these are gone: {names}. Bring them again, or put their folders back and start the server anew.").format(names=_named(names)))  # fmt: skip
        if st.button(_("I have read it"), key="lb_lost"):
            shelf.library().forget_lost()
            st.rerun()


def _reading() -> None:
    frame.reading(
        _("Each card is a table of vectors: a map of a few hundred of its rows at their two widest directions, where it came from, and what it takes on disk. A name can change; the id in a link is made of the content and stays."),
        _("Two maps that look alike are not two embeddings that agree, and the small maps show a sample. Compare them, or ask both the same word."),
    )  # fmt: skip
    st.markdown(_("Saving shares: everybody who reaches this server sees what is in the library, can open it from a link, and can delete it."))  # fmt: skip
