"""Parts of the Patches page: its settings, its words, the selected patch, what it costs, what to try."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_
from dashboard import frame, links, patch_places, patch_work, photos
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.figures.patches import PatchWords
    from core.patches import Fit, Order, PatchProjection
    from dashboard.patch_places import Grid
    from dashboard.patch_work import Cut, Tokens

FIT, ORDER, HOW, DIM, SIZE, SEED = "pat_fit", "pat_order", "pat_how", "pat_dim", "pat_size", "pat_seed"
_LARGEST = 2**31 - 1
NEAREST = 8
_NOTE = "pat_note"  # what the last "Try" did
_FITS = {"crop": N_("crop"), "pad": N_("pad"), "resize": N_("resize")}
_HOWS = {"random": N_("random"), "pca": N_("PCA")}
_ORDERS = {"channels_first": N_("colour by colour"), "channels_last": N_("pixel by pixel")}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the controls say."""

    fit: Fit
    order: Order
    how: PatchProjection
    dim: int
    longest: int
    seed: int


def settings() -> Settings:
    fit = _choose(_("Edges that are left over"), _FITS, FIT, _("Crop takes pixels away, pad repeats the edge, resize stretches the photo a little."))  # fmt: skip
    order = _choose(_("A patch is laid flat"), _ORDERS, ORDER, _("(c, p, p) writes all reds, then greens, then blues; (p, p, c) the three colours of each pixel together."))  # fmt: skip
    how = _choose(_("Projection"), _HOWS, HOW, _("The linear layer between vector and token. Nobody trains it on this page."))  # fmt: skip
    dim = _slide(_("Numbers a token"), patch_work.DIMS, 64, DIM, _("The dimensions of a token, which every later layer works with: 768 in ViT-B."))  # fmt: skip
    with st.expander(_("More")):
        longest = _slide(_("Working size"), patch_work.SIDES, 640, SIZE, _("The longest side, in pixels, to which a larger photo is shrunk before it is cut."))  # fmt: skip
        if SEED not in st.session_state:
            st.session_state[SEED] = links.number(SEED, _LARGEST) or 0
        seed = st.number_input(
            _("Seed"), 0, _LARGEST, key=SEED, persist_state="session", help=_("The same photo, settings and seed give the same tokens."),
        )  # fmt: skip
    return Settings(fit, order, how, dim, longest, int(seed))


def _choose(label: str, names: dict[str, str], key: str, words: str) -> Any:
    links.begin(key, list(names), next(iter(names)))
    return st.segmented_control(
        label, list(names), required=True, format_func=lambda name: _(names[name]), key=key, persist_state="session",
        help=words, width="stretch",
    )  # fmt: skip


def _slide(label: str, values: Sequence[int], first: int, key: str, words: str) -> int:
    links.begin(key, values, first)
    return int(st.select_slider(label, values, key=key, persist_state="session", help=words))


def link(shown: photos.Shown, chosen: Settings, grid: Grid, row: int) -> dict[str, str | int]:
    """Everything that reopens this view, by plain names."""
    return {
        photos.KEY: shown.id, FIT: chosen.fit, ORDER: chosen.order, HOW: chosen.how, DIM: chosen.dim, SIZE: chosen.longest,
        SEED: chosen.seed, patch_places.SIDE: grid.side, patch_places.PATCH: row,
    }  # fmt: skip


def narrowed(patch: int, dim: int) -> int:
    """The dimensions that are computed, and a sentence where they are fewer than asked for."""
    used = patch_work.widest(patch, dim)
    if used < dim:
        st.caption(
            _("{dim} numbers from patches of {patch} pixels would take {weights} weights; at most {most} are computed here, so tokens have {used}.")
            .format(dim=dim, patch=patch, weights=f"{3 * patch * patch * dim:,}", most=f"{patch_work.MOST_WEIGHTS:,}", used=used)
        )  # fmt: skip
    return used


def words(order: Order, done: Cut, dim: int) -> PatchWords:
    from core.figures.patches import PatchWords

    values = f"{done.vectors.shape[1]:,}"
    laid = _("Its vector: {values} numbers, all reds first") if order == "channels_first" else _("Its vector: {values} numbers, pixel by pixel")  # fmt: skip
    return PatchWords(
        side=_("Patch size"),
        patch=_("Patch"),
        photo=_("The photo and its grid"),
        map=_("The map: two directions, {share} of the variance").format(share=f"{done.share:.0%}"),
        sequence=_("The sequence, as the model reads it"),
        lens=_("The patch"),
        vector=laid.format(values=values),
        token=_("Its token: {dim} numbers").format(dim=dim),
        channels=(_("red"), _("green"), _("blue")),
    )


def line(done: Cut, dim: int) -> list[Any]:
    """The line of text above the picture, which follows the selected patch."""
    from core.figures.patches import PATCH

    sentence = _(
        "Patch {patch}, row {row}, column {column}: {side} × {side} × 3 = {values} numbers go in, {dim} come out"
    )
    parts: dict[str, Any] = {
        "patch": {"value": PATCH},
        "row": {"matrix": "row", "cell": [PATCH], "digits": 0},
        "column": {"matrix": "column", "cell": [PATCH], "digits": 0},
        "side": str(done.patch),
        "values": f"{done.vectors.shape[1]:,}",
        "dim": str(dim),
    }
    return [parts.get(piece[1:-1], piece) for piece in re.split(r"(\{\w+\})", sentence) if piece]


def selection(
    done: Cut,
    made: Tokens,
    grid: Grid,
    row: int,
    near: Sequence[int],
    distances: Sequence[float],
    sheet: str,
    lasso: int,
) -> None:
    """The selected patch, large, and those most like it; what the other order would do to its token."""
    columns, side = grid.lattice.columns, done.patch
    shown = [_thumb(sheet, row, side, columns, done, 84, _("patch {index}").format(index=row))]
    shown += [
        _thumb(sheet, one, side, columns, done, 34, f"{distance:,.0f}")
        for one, distance in zip(near, distances, strict=True)
    ]
    st.html(f'<div class="es-thumbs">{"".join(shown)}</div>')
    if lasso:
        st.caption(
            _("In the lasso: {count} patches, lit everywhere. Move the patch to light its nearest again.").format(
                count=f"{lasso:,}"
            )
        )
    if len(near):
        st.caption(_("Nearest of all {count} patches, by the distance of their {values} values.").format(count=f"{len(done.vectors):,}", values=f"{done.vectors.shape[1]:,}"))  # fmt: skip
    st.caption(_("Laid flat in the other order before the same weights, this patch would get another token: cosine {cosine} to its own.").format(cosine=_number(swapped(done, made, row))))  # fmt: skip


def swapped(done: Cut, made: Tokens, row: int) -> float:
    """Cosine between the token of a patch and the one that the same weights make of its values in the other order; NaN for a zero token."""
    import numpy as np

    projected = made.projected
    own = projected.tokens[row]
    other = projected.weights @ (done.vectors[row].astype(np.float32) * np.float32(projected.scale)) + projected.bias
    length = float(np.linalg.norm(own) * np.linalg.norm(other))
    return float(own @ other) / length if length > 0 else float("nan")


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.2f}".replace("-", "−")


def _thumb(sheet: str, row: int, side: int, columns: int, done: Cut, size: int, caption: str) -> str:
    height, width = done.fitted.image.shape[:2]
    scale = size / side
    top, left = divmod(row, columns)
    style = (
        f"width:{size}px;height:{size}px;background-image:url('{escape(sheet)}');background-size:{width * scale:.2f}px {height * scale:.2f}px;"
        f"background-position:{-left * size}px {-top * size}px"
    )
    return f'<span class="es-thumb"><i style="{style}"></i>{escape(caption)}</span>'


def counts(done: Cut, dim: int) -> None:
    """What this cut costs beside ViT-B/16 at 224 pixels."""
    from core.patches import VITS, vit_counts

    height, width = done.fitted.image.shape[:2]
    vit = VITS["ViT-B/16"]
    mine, theirs = vit_counts(height, width, done.patch, dim), vit_counts(224, 224, vit.patch, vit.dim)
    rows = [
        (_("Tokens, with the class token"), mine.tokens, theirs.tokens),
        (_("Values a patch"), done.vectors.shape[1], 3 * vit.patch**2),
        (_("Numbers a token"), dim, vit.dim),
        (_("Weights of the projection"), mine.projection_parameters, theirs.projection_parameters),
        (_("Weights of the positions"), mine.position_parameters, theirs.position_parameters),
        (_("Pairs that attention compares"), mine.attention_pairs, theirs.attention_pairs),
    ]
    body = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{ours:,}</td><td>{its:,}</td></tr>" for name, ours, its in rows
    )
    st.html(
        f"<table class='es-counts'><thead><tr><th></th><th scope='col'>{escape(_('here'))}</th><th scope='col'>ViT-B/16</th></tr></thead><tbody>{body}</tbody></table>"
    )


def tries(grid: Grid, chosen: Settings) -> None:
    """Three buttons that change one thing each, and what the last one did."""
    frame.tries()
    half = max((side for side in grid.sides if 2 * side <= grid.side), default=None)
    twice = min((side for side in grid.sides if side >= 2 * grid.side), default=None)
    if half is not None:
        _offer("side", _("Halve the patch"), _recut(grid, half), side=half)
    elif twice is not None:
        _offer("side", _("Double the patch"), _recut(grid, twice), side=twice)
    if st.session_state.get(photos.KEY) != "tiles":
        _offer("tiles", _("Count along"), _("Every tile carries its number. Read the sequence: neighbours above and below each other in the photo lie {columns} apart in it.").format(columns=14), {photos.KEY: "tiles", FIT: "crop"})  # fmt: skip
    other = "channels_last" if chosen.order == "channels_first" else "channels_first"
    _offer("order", _("Lay it flat the other way"), _("The same numbers in another order. With its weights in that order too, the layer makes the same token; a trained layer fed the wrong order makes another."), {ORDER: other})  # fmt: skip
    note = st.session_state.pop(_NOTE, None)
    if note:
        st.info(note)


def _recut(grid: Grid, side: int) -> str:
    """What another patch side changes, in numbers."""
    before, after = len(grid.lattice), len(grid.lattices[grid.sides.index(side)])
    return _("{before} patches became {after}, each of {values} numbers. Attention compares every token with every other: {pairs_before} pairs became {pairs_after}.").format(before=f"{before:,}", after=f"{after:,}", values=f"{3 * side * side:,}", pairs_before=f"{(before + 1) ** 2:,}", pairs_after=f"{(after + 1) ** 2:,}")  # fmt: skip


def _offer(name: str, label: str, told: str, widgets: dict[str, Any] | None = None, side: int | None = None) -> None:
    st.button(label, key=f"pat_try_{name}", width="stretch", on_click=_change, args=(told, widgets or {}, side))


def _change(told: str, widgets: dict[str, Any], side: int | None) -> None:
    for key, value in widgets.items():
        st.session_state[key] = value
    if side is not None:
        patch_places.turn_to(side)
    st.session_state[_NOTE] = told


def receipt(
    shown: photos.Shown, work: patch_work.Working, done: Cut, made: Tokens, grid: Grid, chosen: Settings
) -> list[str]:
    """The status line: what was read, shrunk, cut away, made, and how long it took."""
    photo, rows, columns = work.photo, grid.lattice.rows, grid.lattice.columns
    full = _("{title}, {width} × {height} pixels").format(title=shown.title, width=f"{photo.original[1]:,}", height=f"{photo.original[0]:,}")  # fmt: skip
    shrunk = _("worked on at {width} × {height}").format(width=photo.width, height=photo.height) if (photo.height, photo.width) != photo.original else ""  # fmt: skip
    projected = made.projected
    return [
        full,
        *(_(note.template).format(**note.values) for note in photo.notes if "full_width" not in note.values),
        shrunk,
        _lost(done),
        _("{rows} rows × {columns} columns = {count} patches of {side} × {side}").format(
            rows=rows, columns=columns, count=f"{rows * columns:,}", side=done.patch
        ),
        _("smallest patch on offer {side}, so that at most {most} are drawn").format(side=grid.sides[0], most="4,096")
        if grid.sides[0] > 4
        else "",
        _("random projection, seed {seed}").format(seed=chosen.seed)
        if chosen.how == "random"
        else _("PCA of these patches"),
        _("tokens keep {share} of the variance").format(share=f"{projected.variance_share:.1%}"),
        _("only {rank} of {dim} numbers a token vary").format(rank=projected.rank, dim=len(projected.bias))
        if projected.rank < len(projected.bias)
        else "",
        _("computed in {time} ms").format(time=round(1000 * (done.seconds + made.seconds))),
    ]


def _lost(done: Cut) -> str:
    fitted = done.fitted
    whole = fitted.original[0] * fitted.original[1]
    if fitted.how == "crop" and fitted.pixels_removed:
        return _("crop took {count} pixels away ({share})").format(count=f"{fitted.pixels_removed:,}", share=f"{fitted.pixels_removed / whole:.1%}")  # fmt: skip
    if fitted.how == "pad" and fitted.pixels_added:
        return _("padding made up {count} pixels ({share})").format(count=f"{fitted.pixels_added:,}", share=f"{fitted.pixels_added / whole:.1%}")  # fmt: skip
    if fitted.how == "resize" and fitted.stretch != (1.0, 1.0):
        return _("stretched {down} down and {across} across").format(down=f"{fitted.stretch[0] - 1:+.1%}", across=f"{fitted.stretch[1] - 1:+.1%}")  # fmt: skip
    return _("whole patches, nothing lost")
