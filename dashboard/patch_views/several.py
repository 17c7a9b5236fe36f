"""Several photos: one map of all their patches, and the patches like this one wherever they are."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.arrays import fingerprint
from core.errors import N_
from dashboard import frame, jobs, links, payloads, photos
from dashboard.components.plot import Highlight, hold, plot
from dashboard.frame import View
from dashboard.i18n import _, language
from dashboard.patch_views import grid as places
from dashboard.patch_views import learned, lesson, parts, take_away, together
from dashboard.patch_views.together import Together

if TYPE_CHECKING:
    from core.arrays import FloatArray
    from core.embedding import Embedding
    from dashboard.patch_views.together import Trained

TITLE = N_("Several photos")
MAP, SCOPE, SIDE, SIZE, PLOT = "pat_map", "pat_scope", "pat_all_side", "pat_all_size", "pat_several_board"
NEAREST = 12
_ROW, _BOARD = "pat_several_row", "pat_several_url"
_MAPS = {"pca": N_("PCA"), "tsne": N_("t-SNE"), "trained": N_("trained")}
_SCOPES = {"all": N_("everywhere"), "others": N_("other photos")}


def render(view: View) -> None:
    with view.controls:
        chosen = photos.choose_several()
        size = st.container()
        way = parts.choose(_("Map"), _MAPS, MAP, _("PCA keeps the two directions in which the patches differ most; t-SNE keeps each near those most like it; trained shows the tokens of the layer trained under Learn."))  # fmt: skip
        note = st.container()
        scope = parts.choose(_("Patches like this"), _SCOPES, SCOPE, _("Where to look for the patches most like the selected one."))  # fmt: skip
        with st.expander(_("More")):
            fit = parts.fit()
            longest = parts.slide(_("Working size"), together.SIZES, 320, SIZE, _("The longest side, in pixels, to which each larger photo is shrunk before it is cut."))  # fmt: skip
            wide = parts.wide()
    with size:
        used, thin = together.without_thin(chosen, longest)
        for shown in thin:
            st.caption(_("{title} is less than {least} pixels high or wide here and is left out.").format(title=frame.plain(shown.title), least=together.LEAST))  # fmt: skip
        patch = _patch(used, longest, wide)
    all_of = together.together(used, longest, patch, fit)
    row = _row(all_of)
    learnt = together.trained(all_of) if way == "trained" else None
    with note:
        _tell_layer(all_of, way, learnt)
    with view.picture:
        coordinates, share = _map(all_of, way, learnt)
    tokens = None if learnt is None else learnt[2]
    near, distances = together.nearest(all_of, row, NEAREST, others=scope == "others", tokens=tokens)
    with view.picture:
        link = {photos.SEVERAL: ",".join(one.id for one in chosen), MAP: way, SCOPE: scope, SIDE: patch[0], places.WIDE: wide, SIZE: longest, parts.FIT: fit, "patch": row}  # fmt: skip
        plot(
            _board(all_of, coordinates, _title(len(coordinates), way, share, learnt)), key=PLOT, alt=_alt(all_of), sliders={"patch": row}, link=link,
            highlight=Highlight(row, near.tolist(), lines=True),
        )  # fmt: skip
    with view.reading:
        frame.reading(
            _("Every patch of every photo lies in one map, framed in the colour of its photo. Patches of the same colour and texture come together, whichever photo they are from."),
            _("Likeness here is the distance of pixel values: sky is near sky because it is blue, not because it is sky. Where photos keep apart in the map, it may be their light and not what they show.")
            if learnt is None
            else _("Likeness here is the distance of tokens. The layer has learned to give the pixels back, so its tokens still tell colour and light, not what is shown; with few numbers a token they tell the coarse only."),
        )  # fmt: skip
        _tries(scope, way)
        _like(all_of, row, near, distances, tokens)
        _take_away(all_of)
    view.status(*_receipt(all_of, way, learnt))


def _patch(chosen: list[photos.Shown], longest: int, wide: int) -> tuple[int, int]:
    """(height, width) of a patch: the slider of heights, and the width where it is set apart."""
    most = together.widest(chosen, longest)
    if wide > most:
        st.caption(_("Patches are {most} pixels wide, as the narrowest photo is.").format(most=most))
    wide = min(wide, most)
    offered = together.sides(chosen, longest, wide)
    usual = min(offered, key=lambda side: abs(side - 16))
    if st.session_state.get(SIDE) not in offered:
        asked = links.number(SIDE) if SIDE not in st.session_state else st.session_state[SIDE]
        st.session_state[SIDE] = min(offered, key=lambda side: abs(side - asked)) if asked else usual
    if len(offered) == 1:
        st.caption(_("Patches of {side} pixels are shown.").format(side=offered[0]))
        return offered[0], wide or offered[0]
    side = int(st.select_slider(_("Patch size"), offered, key=SIDE, persist_state="session", format_func=lambda side: f"{wide or side} × {side}"))  # fmt: skip
    return side, wide or side


def _tell_layer(all_of: Together, way: str, learnt: Trained | None) -> None:
    """Which layer makes the tokens, or that there is none yet."""
    if way != "trained":
        return
    if learnt is None:
        st.caption(_("No layer has been trained for patches of {size} yet: the map is PCA of their values.").format(size=all_of.told))  # fmt: skip
        st.button(_("Train one"), on_click=_train_one, args=(all_of,), width="stretch")
    elif not {done.key for done in all_of.cuts} <= set(learnt[0].lesson.keys):
        st.caption(_("This layer has learned from other patches: {photos}.").format(photos=lesson.named(learnt[0].lesson.titles)))  # fmt: skip


def _train_one(all_of: Together) -> None:
    """Learn from all these photos at this patch size."""
    first = all_of.shown[0].id
    places.turn_to(all_of.patch[0], first)
    st.session_state[photos.KEY], st.session_state[photos.FROM] = first, "all"
    learned.go()


def _row(all_of: Together) -> int:
    """The selected patch: the one moved to in the figure, at first the one in the link, or the one whose values differ most."""
    state: Any = st.session_state.get(PLOT)
    sliders = state.get("sliders") if isinstance(state, Mapping) else None
    row = sliders.get("patch") if isinstance(sliders, Mapping) else st.session_state.get(_ROW, links.number("patch"))
    if not isinstance(row, int) or not 0 <= row < len(all_of.vectors):
        row = int(all_of.vectors.std(axis=1).argmax())
    st.session_state[_ROW] = row
    return row


def _map(all_of: Together, way: str, learnt: Trained | None) -> tuple[FloatArray, float]:
    if learnt is not None:
        wish, _made, tokens = learnt
        return together.plane(f"{wish.key} {all_of.key}", tokens)
    if way != "tsne" or len(all_of.vectors) < 4:
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


def _title(count: int, way: str, share: float, learnt: Trained | None) -> str:
    if count == 1:
        return _("The map: one patch, nothing to compare it with")
    if learnt is not None:
        return _("All tokens of the trained layer: two directions, {share} of their variance").format(share=f"{share:.0%}")  # fmt: skip
    if way == "tsne":
        return _("All patches, each near those most like it")
    return _("All patches: two directions, {share} of the variance").format(share=f"{share:.0%}")


def _board(all_of: Together, coordinates: FloatArray, title: str) -> str:
    from core.figures.board import Sprites
    from core.figures.patch_photos import OnePhoto, photos_board

    key = (all_of.key, fingerprint(coordinates), title, language())
    held: tuple[Any, str] = st.session_state.get(_BOARD, (None, ""))
    sheet = payloads.put(*all_of.sheet)
    urls = together.urls(all_of)
    if held[0] != key or payloads.get(held[1].removeprefix("payload/")) is None:
        size = next(size for most, size in ((250, 24), (900, 18), (2000, 14), (10**9, 11)) if len(coordinates) <= most)
        shown = [OnePhoto(title=frame_title(one.title), url=url, pixels=done.fitted.image.shape[:2], grid=done.grid) for one, done, url in zip(all_of.shown, all_of.cuts, urls, strict=True)]  # fmt: skip
        sprites = Sprites(url=sheet, tile=all_of.tile[1], tall=all_of.tile[0], columns=all_of.columns, size=size)
        held = key, hold(photos_board(shown, coordinates, sprites, all_of.patch, (title, _("The photos"), _("Patch"))))
        st.session_state[_BOARD] = held
    return held[1]


def frame_title(title: str) -> str:
    return title if len(title) <= 24 else title[:23] + "…"


def _alt(all_of: Together) -> str:
    return _("A map of the patches of all photos ({count} in all), and the photos themselves ({photos}); the selected patch and those most like it are marked in both.").format(count=f"{len(all_of.vectors):,}", photos=len(all_of.cuts))  # fmt: skip


def _like(all_of: Together, row: int, near: Any, distances: Any, tokens: FloatArray | None) -> None:
    """The selected patch, large, and those most like it with their photo and distance."""
    sheet = payloads.put(*all_of.sheet)
    tiles = [_thumb(all_of, sheet, row, 84, _("patch {index}").format(index=int(all_of.place[row])))]
    far = [f"{one:,.0f}" if tokens is None else f"{one:.2g}" for one in distances]
    said = _("patch {index}, distance {distance}")
    tiles += [_thumb(all_of, sheet, int(one), 34, said.format(index=int(all_of.place[one]), distance=away)) for one, away in zip(near, far, strict=True)]  # fmt: skip
    st.html(f'<div class="es-thumbs">{"".join(tiles)}</div>')
    st.caption(frame.plain(all_of.shown[all_of.of[row]].title))
    if len(near):
        elsewhere = int((all_of.of[near] != all_of.of[row]).sum())
        told, values = _("Nearest, and under each how far its {values} values are; {elsewhere} of {count} are in another photo."), all_of.vectors.shape[1]  # fmt: skip
        if tokens is not None:
            told, values = _("Nearest, and under each how far its token of {values} numbers is; {elsewhere} of {count} are in another photo."), tokens.shape[1]  # fmt: skip
        st.caption(told.format(values=f"{values:,}", elsewhere=elsewhere, count=len(near)))
    else:
        st.caption(_("There is no other photo to look in: choose another one."))


def _take_away(all_of: Together) -> None:
    known = [(shown.title, *done.grid) for shown, done in zip(all_of.shown, all_of.cuts, strict=True)]

    def make() -> Embedding:
        values = all_of.vectors.astype("float32") / 255
        return take_away.embedded(values, known, all_of.sheet[0], all_of.tile, all_of.columns)

    title = _("Patches of {count} photos").format(count=len(known)) if len(known) > 1 else _("Patches of {title}").format(title=known[0][0])  # fmt: skip
    take_away.explore(make, title, {"patch": list(all_of.patch)}, "pat_all")
    with st.expander(_("Take away")):
        take_away.files(lambda: all_of.pile, all_of.vectors, make, None, "pat_all")


def _thumb(all_of: Together, sheet: str, row: int, size: int, caption: str) -> str:
    rows, columns = -(-len(all_of.vectors) // all_of.columns), all_of.columns
    top, left = divmod(row, columns)
    high, wide = (side * size / max(all_of.tile) for side in all_of.tile)
    colour = _colour(int(all_of.of[row]))
    style = (
        f"width:{wide:.2f}px;height:{high:.2f}px;background-image:url('{escape(sheet)}');background-size:{columns * wide:.2f}px {rows * high:.2f}px;"
        f"background-position:{-left * wide:.2f}px {-top * high:.2f}px;outline:2px solid {colour}"
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
    if way != "trained":
        parts.offer("trained", _("Draw it by the trained layer"), _("Patches are near each other now where the layer gives them like tokens."), {MAP: "trained"})  # fmt: skip
    parts.told()


def _receipt(all_of: Together, way: str, learnt: Trained | None) -> list[str]:
    count = len(all_of.vectors)
    drawn = _("PCA of all patches") if way != "tsne" else _("t-SNE of all patches, seed 0")
    if learnt is not None:
        wish, made, _tokens = learnt
        drawn = _("PCA of all tokens, {dim} numbers each, of a projection trained on {count} patches").format(dim=wish.dim, count=f"{made.rows:,}")  # fmt: skip
    photos_told = _("{count} photos").format(count=len(all_of.cuts)) if len(all_of.cuts) > 1 else _("one photo")
    shrunk = sum(1 for shown, done in zip(all_of.shown, all_of.cuts, strict=True) if max(shown.photo.original) > max(done.fitted.original))  # fmt: skip
    notes = {_(note.template).format(**note.values) for shown in all_of.shown for note in shown.photo.notes if "full_width" not in note.values}  # fmt: skip
    return [
        photos_told,
        parts.patches(count, all_of.told),
        _("{count} photos shrunk before they were cut").format(count=shrunk) if shrunk > 1 else _("one photo shrunk before it was cut") if shrunk else "",
        _("{count} pixels cropped away").format(count=f"{sum(done.fitted.pixels_removed for done in all_of.cuts):,}") if any(done.fitted.pixels_removed for done in all_of.cuts) else "",
        *sorted(notes),
        drawn,
    ]  # fmt: skip
