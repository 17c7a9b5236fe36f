"""Order: the same patches shuffled, which is all that a model without positions can see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.arrays import fingerprint
from core.errors import N_
from dashboard import frame, payloads, photos
from dashboard.components.plot import hold, plot
from dashboard.frame import View
from dashboard.i18n import _
from dashboard.patch_views import grid as places
from dashboard.patch_views import learn, parts, work
from dashboard.patch_views.take_away import small

if TYPE_CHECKING:
    from core.patches import OrderProof
    from dashboard.patch_views.work import Cut

TITLE = N_("Order")
PLOT = "pat_order_board"
MOST = 1200  # patches: the proof compares every one with every other


def render(view: View) -> None:
    with view.controls:
        shown = photos.choose()
        size = st.container()
        seed = parts.seed()
        with st.expander(_("More")):
            chosen = parts.Settings(parts.fit(), 64, parts.size(), seed, parts.wide())
    made = work.working(shown.photo, chosen.longest)
    with view.picture:
        grid = places.find(shown.id, made.photo, chosen.fit, shown.side, chosen.wide)
        coarse = [side for side, lattice in zip(grid.sides, grid.lattices, strict=True) if len(lattice) <= MOST]
        if coarse and grid.side not in coarse:
            st.caption(_("Patches of {side} pixels are shown, so that at most {most} are compared.").format(side=coarse[0], most=f"{MOST:,}"))  # fmt: skip
            places.turn_to(coarse[0])
            grid = replace(grid, at=grid.sides.index(coarse[0]))
    with size:
        learn.side_slider(grid, coarse or grid.sides)
    done = work.cut(made, grid.patch, chosen.fit)
    sheet, order, proof = _shuffled(fingerprint(done.key, seed), done, seed)
    with view.picture:
        _picture(done, sheet, order, proof, parts.link(shown, chosen, grid, 0))
    with view.reading:
        _reading(proof, seed)
    view.status(
        *parts.photo_facts(shown, made, done),
        parts.patches(len(order), grid.told),
        _("shuffled with seed {seed}").format(seed=seed),
        _("one attention layer with random weights, tokens of 32 numbers"),
    )


@st.cache_resource(show_spinner=False, max_entries=12)
def _shuffled(key: str, _done: Cut, _seed: int) -> tuple[tuple[bytes, str], Any, OrderProof]:
    """The shuffled photo as a file, the order, and what one attention layer makes of both."""
    from core.images.encoding import picture_file
    from core.patches import order_proof, patchify, project_patches, shuffled
    from core.positions import sinusoidal_2d

    cut = patchify(_done.fitted.image, _done.patch)
    order = shuffled(len(cut), _seed)
    picture = replace(cut, vectors=cut.vectors[order]).restore()
    tokens = project_patches(_done.first, 32, "random", _seed).tokens
    return picture_file(picture), order, order_proof(tokens, sinusoidal_2d(*cut.grid, 32), order)


def _picture(done: Cut, sheet: tuple[bytes, str], order: Any, proof: OrderProof, link: dict[str, str | int]) -> None:
    from core.figures.place_grids import shuffle_board

    height, width = done.fitted.image.shape[:2]
    line = _("What a layer makes of both differs by {without} without positions, by {added} with them").format(without=small(proof.without), added=small(proof.added))  # fmt: skip
    board = shuffle_board(
        (payloads.put(*done.sheet), payloads.put(*sheet)), (height, width), (height // done.patch[0], width // done.patch[1]), order,
        (_("The photo"), _("Its patches shuffled")), _("Patch"), [line],
    )  # fmt: skip
    state: Any = st.session_state.get(PLOT)
    sliders = state.get("sliders") if isinstance(state, Mapping) else None
    row = sliders.get("place") if isinstance(sliders, Mapping) else None
    row = row if isinstance(row, int) and 0 <= row < len(order) else len(order) // 2
    alt = _("A photo and the same patches in a shuffled order; the selected patch is marked in both.")
    plot(hold(board), key=PLOT, alt=alt, sliders={"place": row}, link=link)


def _reading(proof: OrderProof, seed: int) -> None:
    frame.reading(
        _("Attention compares every token with every other and knows nothing of where they stand. Averaged over its tokens, one layer makes the same of the photo and of the heap on the right: the difference of {without} is rounding, against numbers up to {size}. Once a code for its place is added to each token, the two differ.").format(without=small(proof.without), size=f"{proof.size:.2g}"),
        _("That the two differ does not mean that a model reads the places well; it only could. And each token alone is still a patch: within it the order of the pixels was never lost."),
    )  # fmt: skip
    frame.tries()
    parts.offer("again", _("Shuffle again"), _("Another heap, and still the same to the layer without positions."), {parts.SEED: seed + 1})  # fmt: skip
    parts.offer("tiles", _("Shuffle the numbered tiles"), _("Every tile carries its place. You can read the numbers; the layer cannot."), {photos.KEY: "tiles"})  # fmt: skip
    parts.told()
