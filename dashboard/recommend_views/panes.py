"""Two lists for one reader: exact and fuzzy, with what each has over the other."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.errors import N_, CoreError
from core.figures.recommend import fan_board
from core.formats import csv_table
from core.recommend import Match
from dashboard import exports, frame, links, navigation, session, sources
from dashboard.components.plot import Highlight, plot
from dashboard.exports import CSV, File
from dashboard.i18n import _, language
from dashboard.recommend_views import data
from dashboard.recommend_views.data import Asked

TITLE = N_("Two lists")
_CLICKED, _TOLD = "es_rc_clicked", "es_rc_told"
_BY = {"cosine": N_("by angle, the nearest first"), "euclidean": N_("by Euclidean distance, the nearest first"), "dot": N_("by dot product, the highest first")}  # fmt: skip
_CHIPS = 14  # items of a posting list that are drawn


def render(view: frame.View) -> None:
    asked = data.choose(view)
    with view.picture:
        exact, fuzzy = lists(asked)
        rows = list(dict.fromkeys([*(one.index for one in exact), *(one.index for one in fuzzy)]))
        clicked = _fan(asked, rows, exact, fuzzy)
        _panes(asked, exact, fuzzy)
    with view.reading:
        _told()
        _item(asked, clicked)
        frame.reading(
            _("The reader looks straight up; every item lies at its angle from the reader. Exact takes what carries a liked tag, however far its other tags pull it away; fuzzy takes what lies nearest."),
            _("A small angle is no proof of interest: tags used alike may be opposites, and a name may mean two things. Neither list is better as such; that depends on who reads it."),
        )  # fmt: skip
        _tries()
        _take_away(asked, exact, fuzzy)
    _status(view, asked, exact, fuzzy)


def lists(asked: Asked) -> tuple[list[Match], list[Match]]:
    """(exact, fuzzy); a reader without any vector gets no fuzzy list and is told why."""
    exact = asked.catalogue.exact(asked.likes, asked.k, **asked.wish)
    try:
        return exact, asked.catalogue.fuzzy(asked.likes, asked.k, **asked.wish)
    except CoreError as error:
        frame.show(error)
        return exact, []


def _fan(asked: Asked, rows: Sequence[int], exact: Sequence[Match], fuzzy: Sequence[Match]) -> int | None:
    """The picture; answers the row of the catalogue that was clicked."""
    catalogue = asked.catalogue
    known = any(like in catalogue.units for like in asked.likes)
    angle = {
        row: float(catalogue.angle(asked.likes, row) or 0) for row in rows if known and catalogue.norms[row] >= 1e-6
    }
    turned = sorted(angle, key=lambda row: angle[row])
    placed = turned[1::2] + turned[::2]  # to the left and to the right in turn
    if not placed:
        st.html(f'<div class="es-waiting">{escape(_("Nothing found: no item carries these tags, and no angle is known."))}</div>')  # fmt: skip
        return None
    by_tag, by_angle = {one.index for one in exact}, {one.index for one in fuzzy}
    codes = [0 if row in by_tag and row in by_angle else 1 if row in by_angle else 2 for row in placed]
    board = fan_board(
        [angle[row] for row in placed], [catalogue.items[row] for row in placed], codes,
        [_("both"), _("fuzzy only"), _("exact only")], ", ".join(asked.likes), len(turned) // 2,
    )  # fmt: skip
    held = st.session_state.get(_CLICKED)
    lit = Highlight(placed.index(held)) if held in placed else None
    plot(
        board, key="rc_fan", highlight=lit,
        alt=_("Items around the reader by their angle; the two lists below have the same items"),
        on_pick=lambda row: st.session_state.__setitem__(_CLICKED, placed[row]) if row < len(placed) else None,
    )  # fmt: skip
    return held if held in placed else None


def _panes(asked: Asked, exact: Sequence[Match], fuzzy: Sequence[Match]) -> None:
    by_tag, by_angle = {one.index for one in exact}, {one.index for one in fuzzy}
    left = _heading(_("Exact"), _("by posting lists")) + _postings(asked, by_tag)
    left += _list(exact, [_matched(one) for one in exact], [one.index not in by_angle for one in exact], _("fuzzy misses it"), "es-exact")  # fmt: skip
    right = _heading(_("Fuzzy"), _(_BY[asked.metric])) + _mean(asked)
    right += _list(fuzzy, [_angled(one) for one in fuzzy], [one.index not in by_tag for one in fuzzy], _("exact misses it"), "es-fuzzy")  # fmt: skip
    st.html(f'<div class="es-panes"><section>{left}</section><section>{right}</section></div>')


def _heading(name: str, how: str) -> str:
    return f"<h2>{escape(name)} <small>{escape(how)}</small></h2>"


def _postings(asked: Asked, listed: set[int]) -> str:
    """Each liked tag with its posting list; items of the list at hand are filled."""
    lines = []
    for like in asked.likes:
        rows = asked.catalogue.posting(like).tolist()
        first = sorted(rows, key=lambda row: row not in listed)[:_CHIPS]
        chips = "".join(f'<i class="{"on" if row in listed else ""}" title="{escape(asked.catalogue.items[row], quote=True)}">{row + 1}</i>' for row in first)  # fmt: skip
        more = _("and {count} more").format(count=f"{len(rows) - len(first):,}") if len(rows) > len(first) else ""
        empty = _("no item carries it") if not rows else ""
        lines.append(f'<div class="es-posting"><b dir="auto">{escape(like)}</b><span>→</span>{chips}<small>{escape(more or empty)}</small></div>')  # fmt: skip
    return "".join(lines)


def _mean(asked: Asked) -> str:
    known = [like for like in asked.likes if like in asked.catalogue.units]
    missing = [like for like in asked.likes if like not in known]
    said = _("reader: the mean direction of {tags}").format(tags=", ".join(known) or "–")
    if missing:
        said += " · " + _("without a vector: {tags}").format(tags=", ".join(missing))
    return f'<div class="es-posting"><small>{escape(said)}</small></div>'


def _list(found: Sequence[Match], reasons: Sequence[str], alone: Sequence[bool], badge: str, kind: str) -> str:
    if not found:
        return f'<p class="es-fine">{escape(_("Nothing found this way."))}</p>'
    rows = "".join(
        f'<li><span class="es-rank">{at}</span><span><span dir="auto">{escape(one.item)}</span>'
        f'{f" <em class={kind}>{escape(badge)}</em>" if lonely else ""}<small dir="auto">{escape(reason)}</small></span></li>'
        for at, (one, reason, lonely) in enumerate(zip(found, reasons, alone, strict=True), 1)
    )
    return f'<ol class="es-found">{rows}</ol>'


def _matched(one: Match) -> str:
    return _("no. {row} · carries {tags}").format(row=one.index + 1, tags=", ".join(one.reason.tags))


def _angled(one: Match) -> str:
    reason = one.reason
    if reason.tag_angle is not None and reason.tag_angle < 0.5:
        return _("{angle}° · carries {tag}").format(angle=f"{reason.angle:.0f}", tag=reason.tags[0])
    return _("{angle}° · {tag} is {near}° from {like}").format(
        angle=f"{reason.angle:.0f}", tag=reason.tags[0], near=f"{reason.tag_angle:.0f}", like=reason.like
    )


def _item(asked: Asked, row: int | None) -> None:
    """The clicked item: its text, the angle of each of its tags, and the mark of having read it."""
    if row is None:
        return
    catalogue, texts = asked.catalogue, asked.prepared.table.texts
    st.markdown(f"**{frame.plain(catalogue.items[row])}**")
    if texts:
        st.markdown(frame.plain(texts[row]))
    st.caption(frame.plain(" · ".join(catalogue.tags_of(row))))
    read = data.read_rows(asked.recipe)
    label = _("Mark as unread") if row in read else _("Mark as read")
    st.button(label, key="rc_mark", width="stretch", on_click=_mark, args=(read, row))


def _mark(read: list[int], row: int) -> None:
    read.remove(row) if row in read else read.append(row)
    st.session_state.pop(_CLICKED, None)


_PRESETS = (
    ("science", N_("A reader of science"), N_("Articles tagged technology share no tag with this reader, and exact never shows them. As vectors the two tags stand at an angle well below 90°, so fuzzy gets there, after physics and its kin."), {"en": ("science",), "zh": ("科学",)}),
    ("wrong", N_("Where fuzzy is wrong"), N_("The name means two things, and the vectors know it mostly as the other one. Fuzzy mixes in what this reader never meant, high up; exact stays with the one item it has."), {"en": ("Python",), "zh": ("苹果",)}),
    ("opposite", N_("Opposites are near"), N_("Tags that are used alike lie near each other, opposites among them: what a reader wants to avoid may stand high in the fuzzy list."), {"en": ("peace",), "zh": ("素食",)}),
    ("many", N_("What fuzzy misses"), N_("A list of five. One article carries five tags: exact finds it by any of them; in the mean of five the one liked tag is thinned, and an item without the tag passes it."), {"en": ("science",), "zh": ("科学",)}),
    ("hand", N_("A tag turned by hand"), N_("The vector of technology was turned nine tenths of the way to science. Fuzzy now begins with what carries either; exact has not moved. Who sets the vectors sets the lists: take the edit back under More."), {"en": ("science",), "zh": ("科学",)}),
    ("unknown", N_("A tag that no item carries"), N_("Exact has no posting list for it and finds nothing. Its vector still has neighbours."), {"en": ("chemistry",), "zh": ("化学",)}),
)  # fmt: skip
_HAND = {"en": "technology", "zh": "科技"}
_PLAIN = {"rc_data": "articles", "rc_vectors": "ready", "rc_metric": "cosine", "rc_penalty": 0.0, "rc_diversity": 0.0, "rc_unread": False}  # fmt: skip


def _tries() -> None:
    frame.tries()
    for name, title, told, likes in _PRESETS:
        st.button(_(title), key=f"rc_try_{name}", width="stretch", on_click=_set, args=(name, told, likes[language()], language()))  # fmt: skip


def _set(name: str, told: str, likes: tuple[str, ...], code: str) -> None:
    """The reader of a preset before our articles, with nothing else turned, so that what is told is true."""
    links.put({**_PLAIN, "rc_k": 5 if name == "many" else 16})
    data.edit_articles(code, [(_HAND[code], likes[0], 0.9)] if name == "hand" else [])
    st.session_state[f"{data.LIKES}_articles_{code}"] = list(likes)
    st.session_state[_TOLD] = told


def _told() -> None:
    note = st.session_state.pop(_TOLD, None)
    if note:
        st.info(_(note))


def _take_away(asked: Asked, exact: Sequence[Match], fuzzy: Sequence[Match]) -> None:
    both = [("exact", one) for one in exact] + [("fuzzy", one) for one in fuzzy]
    table = {
        "list": [name for name, _one in both],
        "rank": [*range(1, len(exact) + 1), *range(1, len(fuzzy) + 1)],
        "item": [one.item for _name, one in both],
        "score": [one.score for _name, one in both],
        "tags": ["|".join(one.reason.tags) for _name, one in both],
        "angle": [None if one.reason.angle is None else round(one.reason.angle, 2) for _name, one in both],
    }
    exports.files([File(_("Lists as CSV"), "embedscope-lists.csv", CSV, lambda _about: csv_table(table))], key="rc_csv", width="stretch")  # fmt: skip
    if st.button(_("Open the items in Explore"), key="rc_explore", width="stretch"):
        embedding = data.items_embedding(asked)
        sources.show_next(session.keep(embedding, _("Items: {title}").format(title=asked.title), N_("means of tag vectors")))  # fmt: skip
        st.switch_page(navigation.page("explore"))


def _status(view: frame.View, asked: Asked, exact: Sequence[Match], fuzzy: Sequence[Match]) -> None:
    catalogue, shared = asked.catalogue, {one.index for one in exact} & {one.index for one in fuzzy}
    view.status(
        *receipt(asked),
        _("lists share {count} of {k}").format(count=len(shared), k=asked.k),
        _("items without tags: {count}").format(count=len(catalogue.untagged)) if catalogue.untagged else "",
        _("items no angle can find: {count}").format(count=len(catalogue.unreachable)) if catalogue.unreachable else "",
        _("tags without a vector: {count}").format(count=len(catalogue.without_vector)) if catalogue.without_vector else "",
        _("Wikidata, CC0") if asked.recipe.source == "films" else "",
    )  # fmt: skip


def receipt(asked: Asked) -> list[str]:
    """What every view says of its data."""
    return [
        asked.title,
        _("{items} items, {tags} tags").format(items=f"{len(asked.catalogue):,}", tags=f"{len(asked.catalogue.tags):,}"),
        _(data.VECTORS[asked.recipe.vectors]) + f", {asked.catalogue.dim}",
        _("skip-gram over the tags of each item, seed {seed}").format(seed=asked.recipe.seed) if asked.recipe.vectors == "trained" else "",
        _("edited by hand: {count}").format(count=len(asked.recipe.edits)) if asked.recipe.edits else "",
        _("exact search over all items"),
    ]  # fmt: skip
