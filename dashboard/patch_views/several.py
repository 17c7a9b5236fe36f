"""Several photos: one map of all their patches, and the patches like this one wherever they are."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_
from dashboard import frame, jobs, links, payloads, photos
from dashboard.components.plot import Highlight, hold, plot
from dashboard.frame import View
from dashboard.i18n import _, language
from dashboard.patch_views import parts, take_away, together
from dashboard.patch_views.together import Together

if TYPE_CHECKING:
    from core.arrays import FloatArray

TITLE = N_("Several photos")
MAP, SCOPE, SIDE, SIZE, PLOT = "pat_map", "pat_scope", "pat_all_side", "pat_all_size", "pat_several_board"
NEAREST = 12
_ROW, _BOARD = "pat_several_row", "pat_several_url"
_MAPS = {"pca": N_("PCA"), "tsne": N_("t-SNE")}
_SCOPES = {"all": N_("everywhere"), "others": N_("other photos")}


def render(view: View) -> None:
    with view.controls:
        chosen = photos.choose_several()
        size = st.container()
        way = parts.choose(_("Map"), _MAPS, MAP, _("PCA keeps the two directions in which the patches differ most; t-SNE keeps each near those most like it."))  # fmt: skip
        scope = parts.choose(_("Patches like this"), _SCOPES, SCOPE, _("Where to look for the patches most like the selected one."))  # fmt: skip
        with st.expander(_("More")):
            fit = parts.fit()
            longest = parts.slide(_("Working size"), together.SIZES, 320, SIZE, _("The longest side, in pixels, to which each larger photo is shrunk before it is cut."))  # fmt: skip
    with size:
        side = _side(chosen, longest)
    all_of = together.together(chosen, longest, side, fit)
    row = _row(all_of)
    with view.picture:
        coordinates, share = _map(all_of, way)
    near, distances = together.nearest(all_of, row, NEAREST, others=scope == "others")
    with view.picture:
        link = {photos.SEVERAL: ",".join(one.id for one in chosen), MAP: way, SCOPE: scope, SIDE: side, SIZE: longest, parts.FIT: fit, "patch": row}  # fmt: skip
        plot(
            _board(all_of, coordinates, share, way), key=PLOT, alt=_alt(all_of), sliders={"patch": row}, link=link,
            highlight=Highlight(row, near.tolist(), lines=True),
        )  # fmt: skip
    with view.reading:
        frame.reading(
            _("Every patch of every photo lies in one map, framed in the colour of its photo. Patches of the same colour and texture come together, whichever photo they are from."),
            _("Likeness here is the distance of pixel values: sky is near sky because it is blue, not because it is sky. Where photos keep apart in the map, it may be their light and not what they show."),
        )  # fmt: skip
        _tries(scope, way)
        _like(all_of, row, near, distances)
        _take_away(all_of)
    view.status(*_receipt(all_of, way))


def _side(chosen: list[photos.Shown], longest: int) -> int:
    offered = together.sides(chosen, longest)
    usual = min(offered, key=lambda side: abs(side - 16))
    if st.session_state.get(SIDE) not in offered:
        asked = links.number(SIDE) if SIDE not in st.session_state else st.session_state[SIDE]
        st.session_state[SIDE] = min(offered, key=lambda side: abs(side - asked)) if asked else usual
    return int(st.select_slider(_("Patch size"), offered, key=SIDE, persist_state="session", format_func=lambda side: f"{side} × {side}"))  # fmt: skip


def _row(all_of: Together) -> int:
    """The selected patch: the one moved to in the figure, at first the one in the link, or the one whose values differ most."""
    state: Any = st.session_state.get(PLOT)
    sliders = state.get("sliders") if isinstance(state, Mapping) else None
    row = sliders.get("patch") if isinstance(sliders, Mapping) else st.session_state.get(_ROW, links.number("patch"))
    if not isinstance(row, int) or not 0 <= row < len(all_of.vectors):
        row = int(all_of.vectors.std(axis=1).argmax())
    st.session_state[_ROW] = row
    return row


def _map(all_of: Together, way: str) -> tuple[FloatArray, float]:
    if way == "pca" or len(all_of.vectors) < 4:
        return together.plane(all_of.key, all_of.vectors)
    held: dict[str, FloatArray] = st.session_state.setdefault("pat_several_maps", {})
    if all_of.key not in held:
        perplexity = min(30.0, (len(all_of.vectors) - 1) / 3)
        values = all_of.vectors.astype("float32") / 255
        made = jobs.result("patches_map", "project", values, "tsne", 2, 0, {"perplexity": perplexity}, measure=False)
        while len(held) >= 4:
            held.pop(next(iter(held)))
        held[all_of.key] = made.coordinates
    return held[all_of.key], float("nan")


def _board(all_of: Together, coordinates: FloatArray, share: float, way: str) -> str:
    from core.figures.board import Sprites
    from core.figures.patch_photos import OnePhoto, photos_board

    key = (all_of.key, way, language())
    held: tuple[Any, str] = st.session_state.get(_BOARD, (None, ""))
    sheet = payloads.put(*all_of.sheet)
    urls = together.urls(all_of)
    if held[0] != key:
        title = _("All patches: two directions, {share} of the variance").format(share=f"{share:.0%}") if way == "pca" else _("All patches, each near those most like it")  # fmt: skip
        size = next(size for most, size in ((250, 24), (900, 18), (2000, 14), (10**9, 11)) if len(coordinates) <= most)
        board = photos_board(
            [OnePhoto(title=frame_title(shown.title), url=url, pixels=done.fitted.image.shape[:2], grid=(done.fitted.image.shape[0] // done.patch[0], done.fitted.image.shape[1] // done.patch[1])) for shown, done, url in zip(all_of.shown, all_of.cuts, urls, strict=True)],
            coordinates, Sprites(url=sheet, tile=all_of.tile, columns=all_of.columns, size=size), all_of.cuts[0].patch,
            (title, _("The photos"), _("Patch")),
        )  # fmt: skip
        held = key, hold(board)
        st.session_state[_BOARD] = held
    return held[1]


def frame_title(title: str) -> str:
    return title if len(title) <= 24 else title[:23] + "…"


def _alt(all_of: Together) -> str:
    return _("A map of {count} patches of {photos} photos, and the photos themselves; the selected patch and those most like it are marked in both.").format(count=f"{len(all_of.vectors):,}", photos=len(all_of.cuts))  # fmt: skip


def _like(all_of: Together, row: int, near: Any, distances: Any) -> None:
    """The selected patch, large, and those most like it with their photo and distance."""
    sheet = payloads.put(*all_of.sheet)
    tiles = [_thumb(all_of, sheet, row, 84, _("patch {index}").format(index=int(all_of.place[row])))]
    tiles += [_thumb(all_of, sheet, int(one), 34, f"{far:,.0f}") for one, far in zip(near, distances, strict=True)]
    st.html(f'<div class="es-thumbs">{"".join(tiles)}</div>')
    st.caption(frame.plain(all_of.shown[all_of.of[row]].title))
    if len(near):
        elsewhere = int((all_of.of[near] != all_of.of[row]).sum())
        st.caption(_("Nearest by the distance of their {values} values; {elsewhere} of {count} are in another photo.").format(values=f"{all_of.vectors.shape[1]:,}", elsewhere=elsewhere, count=len(near)))  # fmt: skip
    else:
        st.caption(_("There is no other photo to look in: choose another one."))


def _take_away(all_of: Together) -> None:
    from core.patches import Patches

    grids = [tuple(size // done.patch[0] for size in done.fitted.image.shape[:2]) for done in all_of.cuts]
    known = [(shown.title, *grid) for shown, grid in zip(all_of.shown, grids, strict=True)]
    embedding = take_away.embedded(all_of.vectors.astype("float32") / 255, known)
    side = all_of.cuts[0].patch[0]
    title = _("Patches of {count} photos").format(count=len(known)) if len(known) > 1 else _("Patches of {title}").format(title=known[0][0])  # fmt: skip
    take_away.explore(embedding, title, {"patch": side}, "pat_all")
    with st.expander(_("Take away")):
        pile = Patches(all_of.vectors, (side, side), (len(all_of.vectors) * side, side, 3), "channels_first")
        take_away.files(pile, all_of.vectors, embedding, None, "pat_all")


def _thumb(all_of: Together, sheet: str, row: int, size: int, caption: str) -> str:
    rows, columns = -(-len(all_of.vectors) // all_of.columns), all_of.columns
    top, left = divmod(row, columns)
    colour = _colour(int(all_of.of[row]))
    style = (
        f"width:{size}px;height:{size}px;background-image:url('{escape(sheet)}');background-size:{columns * size}px {rows * size}px;"
        f"background-position:{-left * size}px {-top * size}px;outline:2px solid {colour}"
    )
    return f'<span class="es-thumb" title="{escape(all_of.shown[all_of.of[row]].title, quote=True)}"><i style="{style}"></i>{escape(caption)}</span>'


def _colour(photo: int) -> str:
    from core.figures.palette import CLASSES, OTHERS

    return CLASSES[photo] if photo < len(CLASSES) else OTHERS


def _tries(scope: str, way: str) -> None:
    frame.tries()
    if scope == "all":
        parts.offer("others", _("Look in the other photos only"), _("The marked patches are now the most alike that another photo has, however unlike they are: see how the distances grow."), {SCOPE: "others"})  # fmt: skip
    else:
        parts.offer("all", _("Look everywhere"), _("The nearest patches are often neighbours in the same photo: alike because they are parts of one surface."), {SCOPE: "all"})  # fmt: skip
    if way == "pca":
        parts.offer("tsne", _("Draw it as t-SNE"), _("Near patches are now drawn near each other; how far groups lie apart no longer says anything."), {MAP: "tsne"})  # fmt: skip
    else:
        parts.offer("pca", _("Draw it as PCA"), _("The first direction is mostly from dark to bright."), {MAP: "pca"})
    parts.told()


def _receipt(all_of: Together, way: str) -> list[str]:
    count, side = len(all_of.vectors), all_of.cuts[0].patch[0]
    photos_told = _("{count} photos").format(count=len(all_of.cuts)) if len(all_of.cuts) > 1 else _("one photo")
    shrunk = sum(1 for shown, done in zip(all_of.shown, all_of.cuts, strict=True) if max(shown.photo.original) > max(done.fitted.original))  # fmt: skip
    notes = {_(note.template).format(**note.values) for shown in all_of.shown for note in shown.photo.notes if "full_width" not in note.values}  # fmt: skip
    return [
        photos_told,
        _("{count} patches of {size}").format(count=f"{count:,}", size=f"{side} × {side}"),
        _("{count} photos shrunk before they were cut").format(count=shrunk) if shrunk > 1 else _("one photo shrunk before it was cut") if shrunk else "",
        _("{count} pixels cropped away").format(count=f"{sum(done.fitted.pixels_removed for done in all_of.cuts):,}") if any(done.fitted.pixels_removed for done in all_of.cuts) else "",
        *sorted(notes),
        _("PCA of all patches") if way == "pca" else _("t-SNE of all patches, seed 0"),
    ]  # fmt: skip
