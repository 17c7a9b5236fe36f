"""What the Library page is made of: cards of embeddings, what is done with one, the bin, the workspace file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import CoreError
from dashboard import exports, frame, jobs, links, navigation, session, shelf, sources, uploads
from dashboard.i18n import _, origin, shape

if TYPE_CHECKING:
    from core.comparing import Compared
    from core.library import Entry

PAGE = 12  # cards drawn at once
MAX_MB = 1024
_SHOWN, _GONE, _TOLD = "lb_shown", "es_lb_gone", "es_lb_told"
_AGREEMENT = "es_lb_agreement"  # (the two ids, how far they agree)
PICKED = "es_lb_picked"  # ids chosen to compare, at most two
_IMPORT = "library_import"


def size(count: int) -> str:
    """Bytes in the unit that fits."""
    for unit, one in (("GB", 2**30), ("MB", 2**20), ("KB", 2**10)):
        if count >= one:
            return f"{count / one:.1f} {unit}"
    return f"{count} B"


def saved(entries: Sequence[Entry]) -> None:
    """The cards of what is saved, a page at a time."""
    shown = st.session_state.setdefault(_SHOWN, PAGE)
    with st.container(horizontal=True, gap="small", key="lb_cards"):
        for entry in entries[:shown]:
            _card(entry)
    if len(entries) > shown and st.button(_("Show more ({left} left)").format(left=len(entries) - shown), key="lb_more"):  # fmt: skip
        st.session_state[_SHOWN] = shown + PAGE
        st.rerun()


def _card(entry: Entry) -> None:
    source = shelf.PREFIX + entry.id
    with st.container(border=True, gap="xsmall", key=f"lb_card_{entry.id[:12]}"):
        face(entry.name, shelf.library().picture(entry.id), [
            shape(entry.rows, entry.dim),
            " · ".join(filter(None, (origin(entry.origin) if entry.origin != entry.name else "", size(entry.bytes), f"{datetime.fromtimestamp(entry.saved):%Y-%m-%d}"))),
        ])  # fmt: skip
        with st.container(horizontal=True, gap="xsmall"):
            doors(source, entry.id[:12])
            with st.popover("", icon=":material/more_horiz:", help=_("Rename, download, compare, delete")):
                _deeds(entry)


def _short(name: str) -> str:
    return name if len(name) <= 80 else name[:79] + "…"


def face(name: str, picture: bytes, facts: Sequence[str]) -> None:
    """Picture, name and facts. Names are text; the picture stands in an image, where an SVG can run nothing."""
    drawn = f'<img alt="" src="data:image/svg+xml;base64,{base64.b64encode(picture).decode()}">' if picture else ""
    lines = "".join(f'<p class="es-fine" dir="auto">{escape(fact)}</p>' for fact in facts if fact)
    title = escape(_short(name))
    st.html(f'<div class="es-card"><div class="es-card-map">{drawn}</div><h3 dir="auto" title="{escape(name)}">{title}</h3>{lines}</div>')  # fmt: skip


def doors(source: str, key: str, pages: Sequence[str] = ("explore", "neighbours")) -> None:
    """Buttons that open the embedding on the pages that look at one."""
    titles = {"explore": _("Explore"), "neighbours": _("Neighbours")}
    for page in pages:
        if st.button(titles[page], key=f"lb_{page}_{key}"):
            sources.show_next(source)
            st.switch_page(navigation.page(page), query_params=links.anew({sources.KEY: source}))


def _deeds(entry: Entry) -> None:
    key = entry.id[:12]
    with st.form(f"lb_rename_{key}", border=False):  # Enter renames too
        name = st.text_input(_("Name"), entry.name, key=f"lb_name_{key}", max_chars=200)
        if st.form_submit_button(_("Rename")) and name.strip() != entry.name:
            _done(lambda: shelf.library().rename(entry.id, name))
    with st.container(horizontal=True, gap="small"):
        st.button(_("Compare"), key=f"lb_compare_{key}", on_click=_pick, args=(entry.id,))
        if st.button(_("Delete"), key=f"lb_delete_{key}", icon=":material/delete:"):
            st.session_state[_GONE] = entry.id, entry.name
            _done(lambda: shelf.library().discard(entry.id))
    about = {"name": entry.name, "origin": origin(entry.origin), "made": [origin(entry.origin)], "rows": entry.rows, "dimensions": entry.dim, "settings": dict(entry.settings), "link": {sources.KEY: shelf.PREFIX + entry.id}}  # fmt: skip
    exports.embedding(entry.name, lambda: shelf.opened(str(shelf.library().folder), entry.id), about, key=f"lb_{key}")
    if entry.settings:
        st.caption(frame.plain(" · ".join(f"{name}: {value}" for name, value in entry.settings.items())))


def _done(deed: Any) -> None:
    """Do it and draw the page anew; a failure is told where it happened."""
    try:
        deed()
    except CoreError as error:
        frame.show(error)
    else:
        st.rerun()


def _pick(key: str) -> None:
    picked = [one for one in st.session_state.get(PICKED, []) if one != key]
    st.session_state[PICKED] = [*picked, key][-2:]


def compared() -> None:
    """The two that were picked, side by side, and how far they agree; one alone waits for its partner."""
    picked: list[Entry] = []
    for key in st.session_state.get(PICKED, []):
        try:
            picked.append(shelf.library().entry(key))
        except CoreError:  # deleted since
            st.session_state[PICKED] = [one for one in st.session_state[PICKED] if one != key]
    if not picked:
        return
    with st.container(border=True, key="lb_compared"):
        if len(picked) == 1:
            st.markdown(_("{name} is picked. Press Compare on another card.").format(name=frame.plain(picked[0].name)))
        else:
            with frame.told():
                _agreement(*picked)
        with st.container(horizontal=True, gap="small"):
            if len(picked) == 2 and st.button(_("Both maps on Explore"), key="lb_both"):
                one, other = (shelf.PREFIX + entry.id for entry in picked)
                sources.show_next(one)
                views = {"ex_view": "compare", "ex_cmp": "tables", "ex_other": other}
                st.switch_page(navigation.page("explore"), query_params=links.anew({sources.KEY: one, **views}))
            st.button(_("Close"), key="lb_close", on_click=_unpick)


def _unpick() -> None:
    st.session_state[PICKED] = []


def _agreement(one: Entry, other: Entry) -> None:
    for column, entry in zip(st.columns(2), (one, other), strict=True):
        with column:
            face(entry.name, shelf.library().picture(entry.id), [shape(entry.rows, entry.dim), origin(entry.origin)])  # fmt: skip
    told = _told(one.id, other.id)
    if told is None:
        return
    st.markdown(
        _(
            "Of the {k} nearest of a word, {same} are on average the same in both; by chance it would be {chance}."
        ).format(k=told.k, same=f"{told.k * told.agreement:.1f}", chance=f"{told.k * told.chance:.1f}")
    )
    st.caption(_("Cosine, over {looked} of {shared} words that both hold; {asked} of them were asked.").format(looked=f"{told.looked:,}", shared=f"{told.shared:,}", asked=f"{told.asked:,}"))  # fmt: skip
    st.markdown(_("Most alike: {words}").format(words=frame.plain(", ".join(told.alike))))
    st.markdown(_("Least alike: {words}").format(words=frame.plain(", ".join(told.unlike))))


def _told(one: str, other: str) -> Compared | None:
    """How far they agree, found in a worker once; None until then."""
    held: tuple[str, Compared | None] = st.session_state.get(_AGREEMENT, ("", None))
    pair, folder = f"{one} {other}", str(shelf.library().folder)
    if held[0] != pair:
        found = jobs.beside("lb_compare", pair, "compare", shelf.opened(folder, one), shelf.opened(folder, other))
        if found is None:
            return None
        held = st.session_state[_AGREEMENT] = pair, found
    return held[1]


def undo() -> None:
    """After a deletion: what went, and the button that brings it back."""
    gone = st.session_state.get(_GONE)
    if gone is None:
        return
    with st.container(border=True, horizontal=True, key="lb_undo_bar", vertical_alignment="center"):
        st.markdown(_("{name} was deleted.").format(name=frame.plain(gone[1])))
        if st.button(_("Undo"), key="lb_undo"):
            st.session_state.pop(_GONE)
            _done(lambda: shelf.library().restore(gone[0]))


def own() -> None:
    """What this browser holds and did not save: private, with the button that saves it."""
    held = {key: one for key, one in reversed(session.embeddings().items()) if shelf.saved_as(key) is None}
    if not held:
        return
    st.markdown(f"**{_('In this browser only')}**")
    st.caption(_("Nobody else sees these. They go when the server stops or your browser stays away for half a day."))
    with st.container(horizontal=True, gap="small", key="lb_own"):
        for at, (key, one) in enumerate(held.items()):
            _own_card(key, one, first=at == 0)


def _own_card(key: str, one: session.Held, *, first: bool) -> None:
    with st.container(border=True, gap="xsmall", key=f"lb_own_{key}"):
        face(one.title, _drawn(key, one), [shape(len(one.embedding), one.embedding.dim)])  # fmt: skip
        with st.container(horizontal=True, gap="xsmall"):
            if st.button(_("Save"), key=f"lb_save_{key}", type="primary" if first else "secondary"):
                _done(lambda: shelf.save_own(key))
            doors(key, key, ("explore",))
            if st.button("", key=f"lb_forget_{key}", icon=":material/close:", help=_("Forget it")):
                session.forget(key)
                st.rerun()


def _drawn(key: str, one: session.Held) -> bytes:
    pictures: dict[str, bytes] = st.session_state.setdefault("es_lb_pictures", {})
    if key not in pictures:
        pictures[key] = shelf.thumbnail(one.embedding)
    return pictures[key]


def examples() -> None:
    """What comes with Embedscope, so that the page is never empty."""
    st.markdown(f"**{_('Comes with Embedscope')}**")
    with st.container(horizontal=True, gap="small", key="lb_examples"):
        for name in ("small-world-en", "small-world-zh"):
            source = sources.open_source(name)
            with st.container(border=True, gap="xsmall", key=f"lb_example_{name}"):
                face(source.title, _shipped_picture(name), [shape(len(source.embedding), source.embedding.dim)])  # fmt: skip
                with st.container(horizontal=True, gap="xsmall"):
                    doors(name, name)


@st.cache_data(show_spinner=False)
def _shipped_picture(name: str) -> bytes:
    return shelf.thumbnail(sources.open_source(name).embedding)


def usage() -> None:
    """How much is used of what there is, on disk and for a while."""
    used = shelf.library().usage()
    whole = used.saved + used.discarded
    st.progress(min(1.0, whole / used.quota), text=_("{used} of {quota} on disk").format(used=size(whole), quota=size(used.quota)))  # fmt: skip
    own_bytes, most = session.weight()
    st.progress(min(1.0, own_bytes / most), text=_("{used} of {quota} for this browser, for a while").format(used=size(own_bytes), quota=size(most)))  # fmt: skip


def bin_() -> None:
    """What was deleted in the last day, to be brought back or thrown out."""
    thrown = shelf.library().entries(discarded=True)
    if not thrown:
        return
    with st.expander(_("Deleted ({count})").format(count=len(thrown))):
        st.caption(_("Kept for 24 hours, then gone."))
        for entry in thrown[:20]:
            if st.button(_("Bring back {name}").format(name=frame.plain(entry.name[:40])), key=f"lb_back_{entry.id[:12]}", width="stretch"):  # fmt: skip
                st.session_state.pop(_GONE, None)
                _done(lambda key=entry.id: shelf.library().restore(key))  # type: ignore[misc]
        if st.button(_("Empty the bin"), key="lb_empty", width="stretch"):
            st.session_state.pop(_GONE, None)
            _done(lambda: shelf.library().tidy(0.0))


def workspace(entries: int) -> None:
    """The whole library as one file, out and in."""
    with st.expander(_("Workspace file"), expanded=jobs.current(_IMPORT) is not None or _TOLD in st.session_state):
        st.caption(_("Everything that is saved here, with names and settings, as one zip for another server."))
        if entries:
            packed = exports.File(_("Export everything"), "embedscope-workspace.zip", "application/zip", lambda _about: _packed(), carries=True)  # fmt: skip
            exports.files([packed], key="lb_export", width="stretch")
        file = st.file_uploader(_("A workspace file (.zip)"), key="lb_import", max_upload_size=MAX_MB)
        uploads.words("lb_import", _("Choose a file"), _("or drop it here"))
        if file is not None and st.session_state.get(_TOLD, ("",))[0] != file.file_id:
            _take_in(file)
        told = st.session_state.get(_TOLD)
        if told is not None:
            st.caption(frame.plain(told[1]))


def _packed() -> bytes:
    return shelf.library().pack()


def _take_in(file: Any) -> None:
    """Read the file in a worker, then save what it holds, piece by piece."""
    read = jobs.beside(_IMPORT, file.file_id, "read_workspace", file.getvalue(), file.name)
    if read is None:
        return
    found, damaged = read
    try:
        for one in found:
            shelf.library().add(one, shelf.thumbnail(one.embedding))
    except CoreError as error:
        frame.show(error)
        return
    words = [_("{count} embeddings came in.").format(count=len(found))]
    if any(one.saved is not None for one in found):
        words.append(_("They stand among the others by the date on which they were first saved."))
    if damaged:
        words.append(_("Damaged and left out: {names}.").format(names=", ".join(damaged)[:300]))
    st.session_state[_TOLD] = file.file_id, " ".join(words)
    st.rerun()
