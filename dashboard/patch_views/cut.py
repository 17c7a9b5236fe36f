"""The patches: the photo under its grid, the sequence, one patch as a vector and as a token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_
from dashboard import frame, payloads, photos
from dashboard.components.plot import Highlight, plot
from dashboard.frame import View
from dashboard.i18n import _
from dashboard.patch_views import grid as places
from dashboard.patch_views import learned, lesson, parts, selected, take_away, work

if TYPE_CHECKING:
    from core.embedding import Embedding
    from core.figures.patches import PatchWords
    from core.patches import Order
    from dashboard.patch_views.grid import Grid
    from dashboard.patch_views.work import Cut, Tokens

TITLE = N_("One photo")
ORDER, HOW = "pat_order", "pat_how"
NEAREST = 8
_HOWS = {"random": N_("random"), "pca": N_("PCA"), "trained": N_("trained")}
_ORDERS = {"channels_first": N_("colour by colour"), "channels_last": N_("pixel by pixel")}


def render(view: View) -> None:
    from core.figures.patches import PATCH, SIDE
    from core.patches import nearest_patches

    with view.controls:
        shown = photos.choose()
        fit = parts.fit()
        order = parts.choose(_("A patch is laid flat"), _ORDERS, ORDER, _("(c, p, p) writes all reds, then greens, then blues; (p, p, c) the three colours of each pixel together."))  # fmt: skip
        how = parts.choose(_("Projection"), _HOWS, HOW, _("The linear layer between vector and token: as it starts, computed from these patches, or trained under Learn."))  # fmt: skip
        asked = parts.dim()
        with st.expander(_("More")):
            chosen = parts.Settings(fit, asked, parts.size(), parts.seed(), parts.wide())
    made = work.working(shown.photo, chosen.longest)
    with view.picture:
        grid = places.find(shown.id, made.photo, fit, shown.side, chosen.wide)
    done = work.cut(made, grid.patch, fit)
    with view.controls:
        dim = narrowed(grid, asked)
        tokens = _tokens(done, dim, how, chosen.seed)
    row = places.chosen(made.photo, grid.lattice, done.vectors)
    near, distances = nearest_patches(done.vectors, row, NEAREST)
    lasso = [one for one in places.lassoed() if one < len(done.vectors)]
    with view.picture:
        url = work.board(made, done, tokens, grid, order, _words(order, done, dim), _line(done, dim))
        places.shown(url, grid, made.photo)
        plot(
            url, key=places.PLOT, alt=_alt(grid), highlight=Highlight(row, lasso or near, lines=not lasso),
            sliders={SIDE: grid.at, PATCH: row}, link=parts.link(shown, chosen, grid, row, **{ORDER: order, HOW: how}),
        )  # fmt: skip
    with view.reading:
        frame.reading(
            _("The photo is cut along the grid, and its patches are laid in one line, row by row from the top left: that line is what a transformer reads. Below it the selected patch is taken apart into the values of its pixels and the token that a linear layer makes of them."),
            _("The map places patches by their pixel values: neighbours have alike colours, not alike meaning. And a layer that squeezes patches well has not understood them. In ViT-B/16 it makes 768 numbers of 768: a linear step, no compression."),
        )  # fmt: skip
        _tries(grid, order)
        selected.selection(done, tokens, grid, row, near, distances, payloads.put(*done.sheet), len(lasso))
        selected.counts(done, dim)
        take_away.proof(done, tokens)
        _take_away(shown, done, tokens)
    view.status(*parts.photo_facts(shown, made, done), *_receipt(done, tokens, grid, chosen.seed))


def _tokens(done: Cut, dim: int, how: Any, seed: int) -> Tokens:
    """The tokens; where a training is asked for that has not been made, those it would start from, and that is said."""
    if how != "trained":
        return work.tokens(done, dim, how, seed)
    found = learned.latest(done.patch, dim, done.key)
    if found is not None:
        wish, made = found
        if done.key not in wish.lesson.keys:
            st.caption(_("This layer has learned from other patches: {photos}.").format(photos=lesson.named(wish.lesson.titles)))  # fmt: skip
        return learned.tokens(done, wish, made)
    st.caption(_("No layer has been trained at these settings yet: the random start is shown."))
    st.button(_("Train one"), on_click=learned.go, width="stretch")
    return work.tokens(done, dim, "random", seed)


def _take_away(shown: photos.Shown, done: Cut, made: Tokens) -> None:
    from core.patches import patchify

    rows, columns = done.grid

    def make() -> Embedding:
        tokens, known = made.projected.tokens, [(shown.title, rows, columns)]
        return take_away.embedded(tokens, known, done.sheet[0], done.patch, columns)

    settings = {"patch": list(done.patch), "projection": made.projected.how, "dim": len(made.projected.bias)}
    take_away.explore(make, _("Patches of {title}").format(title=shown.title), settings, "pat_one")
    with st.expander(_("Take away")):
        take_away.files(lambda: patchify(done.fitted.image, done.patch), done.first, make, made, "pat_one")


def _alt(grid: Grid) -> str:
    return _("A photo under a grid of {rows} by {columns} patches; a map of the patches; the patches in reading order; the selected patch, its vector and its token.").format(rows=grid.lattice.rows, columns=grid.lattice.columns)  # fmt: skip


def narrowed(grid: Grid, dim: int) -> int:
    """The dimensions that are computed, and a sentence where they are fewer than asked for."""
    values = 3 * grid.patch[0] * grid.patch[1]
    used = work.widest(values, dim)
    if used < dim:
        st.caption(
            _("{dim} numbers from patches of {patch} pixels would take {weights} weights; at most {most} are computed here, so tokens have {used}.")
            .format(dim=dim, patch=grid.told, weights=f"{values * dim:,}", most=f"{work.MOST_WEIGHTS:,}", used=used)
        )  # fmt: skip
    return used


def _words(order: Order, done: Cut, dim: int) -> PatchWords:
    from core.figures.patches import PatchWords

    values = f"{done.vectors.shape[1]:,}"
    laid = _("Its vector: {values} numbers, all reds first") if order == "channels_first" else _("Its vector: {values} numbers, pixel by pixel")  # fmt: skip
    return PatchWords(
        side=_("Patch size"),
        patch=_("Patch"),
        photo=_("The photo and its grid"),
        map=_map_title(done),
        sequence=_("The sequence, as the model reads it"),
        lens=_("The patch"),
        vector=laid.format(values=values),
        token=_("Its token: {dim} numbers").format(dim=dim),
        channels=(_("red"), _("green"), _("blue")),
    )


def _map_title(done: Cut) -> str:
    if len(done.first) == 1:
        return _("The map: one patch, nothing to compare it with")
    return _("The map: two directions, {share} of the variance").format(share=f"{done.share:.0%}")


def _line(done: Cut, dim: int) -> list[Any]:
    """The line of text above the picture, which follows the selected patch."""
    from core.figures.patches import PATCH

    sentence = _("Patch {patch}, row {row}, column {column}: {size} × 3 = {values} numbers go in, {dim} come out")
    parts: dict[str, Any] = {
        "patch": {"value": PATCH},
        "row": {"matrix": "row", "cell": [PATCH], "digits": 0},
        "column": {"matrix": "column", "cell": [PATCH], "digits": 0},
        "size": f"{done.patch[1]} × {done.patch[0]}",
        "values": f"{done.vectors.shape[1]:,}",
        "dim": str(dim),
    }
    return [parts.get(piece[1:-1], piece) for piece in re.split(r"(\{\w+\})", sentence) if piece]


def _tries(grid: Grid, order: Order) -> None:
    """Three buttons that change one thing each, and what the last one did."""
    frame.tries()
    half = max((side for side in grid.sides if 2 * side <= grid.side), default=None)
    twice = min((side for side in grid.sides if side >= 2 * grid.side), default=None)
    if half is not None:
        parts.offer("side", _("Halve the patch"), _recut(grid, half), side=half)
    elif twice is not None:
        parts.offer("side", _("Double the patch"), _recut(grid, twice), side=twice)
    if st.session_state.get(photos.KEY) != "tiles":
        parts.offer("tiles", _("Count along"), _("Every tile carries its number. Read the sequence: neighbours above and below each other in the photo lie {columns} apart in it.").format(columns=14), {photos.KEY: "tiles", parts.FIT: "crop"})  # fmt: skip
    other = "channels_last" if order == "channels_first" else "channels_first"
    parts.offer("order", _("Lay it flat the other way"), _("The same numbers in another order. With its weights in that order too, the layer makes the same token; a trained layer fed the wrong order makes another."), {ORDER: other})  # fmt: skip
    parts.told()


def _recut(grid: Grid, side: int) -> str:
    """What another patch side changes, in numbers."""
    before, after = len(grid.lattice), len(grid.lattices[grid.sides.index(side)])
    return _("The number of patches went from {before} to {after}, each of {values} numbers. Attention compares every token with every other: {pairs_before} pairs became {pairs_after}.").format(before=f"{before:,}", after=f"{after:,}", values=f"{3 * side * (grid.wide or side):,}", pairs_before=f"{(before + 1) ** 2:,}", pairs_after=f"{(after + 1) ** 2:,}")  # fmt: skip


def _receipt(done: Cut, made: Tokens, grid: Grid, seed: int) -> list[str]:
    """How it was cut, what the tokens keep, and how long it took."""
    projected, rows, columns = made.projected, grid.lattice.rows, grid.lattice.columns
    how = {
        "random": _("random projection, seed {seed}").format(seed=seed),
        "pca": _("PCA of these patches"),
        "trained": _("projection trained on {count} patches").format(count=f"{projected.fitted_rows:,}")
        if projected.fitted_rows > 1
        else _("projection trained on one patch"),
    }[projected.how]
    return [
        _("grid of {rows} × {columns} = {count} patches of {size}").format(
            rows=rows, columns=columns, count=f"{rows * columns:,}", size=grid.told
        )
        if rows * columns > 1
        else _("one patch of {size}").format(size=grid.told),
        _("smallest patch on offer {side}, so that at most {most} are drawn").format(side=grid.sides[0], most="4,096")
        if grid.sides[0] > 4
        else "",
        how,
        _("tokens keep {share} of the variance").format(share=f"{projected.variance_share:.1%}"),
        _("only {rank} of {dim} numbers a token vary").format(rank=projected.rank, dim=len(projected.bias))
        if projected.rank < len(projected.bias)
        else "",
        _("computed in {time} ms").format(time=round(1000 * (done.seconds + made.seconds))),
    ]
