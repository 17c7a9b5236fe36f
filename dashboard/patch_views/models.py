"""Models: what the input of the published vision transformers costs, and one's own, as the resolution slides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.errors import N_
from dashboard import frame, links
from dashboard.components.plot import hold, plot
from dashboard.frame import View
from dashboard.i18n import _
from dashboard.patch_views import parts

TITLE = N_("Models")
PATCH, DIM, LAYERS, PLOT = "pat_own_patch", "pat_own_dim", "pat_own_layers", "pat_models"
_PATCHES = (4, 8, 14, 16, 20, 24, 28, 32, 48, 64)
_DIMS = (64, 128, 192, 256, 384, 512, 768, 1024, 1280)
_LAYERS = (1, 2, 4, 6, 8, 12, 16, 24, 32)


def render(view: View) -> None:
    from core.figures.vit_models import RESOLUTION, RESOLUTIONS, model_counts, models_board
    from core.patches import VITS, Vit

    with view.controls:
        st.markdown(f"**{_('Your own model')}**")
        mine = Vit(
            parts.slide(_("Patch size"), _PATCHES, 16, PATCH, _("Half the side makes four times the tokens, and sixteen times the attention.")),
            parts.slide(_("Numbers a token"), _DIMS, 384, DIM, _("The dimensions of a token, which every later layer works with: 768 in ViT-B.")),
            parts.slide(_("Layers"), _LAYERS, 12, LAYERS, _("Each layer compares every token with every other once more.")),
        )  # fmt: skip
    at = _at(RESOLUTIONS)
    with view.picture:
        alt = _("A table of tokens, parameters and attention cost of four published models and your own, which follows the resolution; below, bars of tokens and of attention.")  # fmt: skip
        link = {PATCH: mine.patch, DIM: mine.dim, LAYERS: mine.layers, RESOLUTION: RESOLUTIONS[at]}
        plot(hold(models_board(mine, _words())), key=PLOT, alt=alt, sliders={RESOLUTION: at}, link=link)
    with view.reading:
        frame.reading(
            _("A square image of the resolution is cut by each model into its own patches. The projection costs the same at any size, the table of positions grows with the tokens, and attention with their square: it compares every token with every other, in every layer."),
            _("More tokens are not a better model, only a costlier one. The multiply-adds are those of scores and weighted sums; the projections inside the layers and the small networks after them come on top and grow with the tokens only. An image is taken at the largest whole number of patches, so H/14 may see a few pixels less."),
        )  # fmt: skip
        frame.tries()
        _offer("small", _("The paper's 224"), _("196 patches and the class token make 197 tokens in ViT-B/16."), RESOLUTIONS.index(224))  # fmt: skip
        _offer(
            "twice",
            _("Twice the resolution"),
            _("Four times the patches, sixteen times the pairs."),
            RESOLUTIONS.index(448),
        )
        parts.offer("own", _("Patches of 8 in your model"), _("Your own model now cuts four times as many patches as one with patches of 16."), {PATCH: 8})  # fmt: skip
        parts.told()
    _side, tokens, projection, positions, *_rest = model_counts(RESOLUTIONS[at], VITS["ViT-B/16"])
    view.status(
        _("counted, not measured (Dosovitskiy et al. 2021, table 1), with a class token"),
        _("ViT-B/16 at {side} pixels: {tokens} tokens, {projection} parameters of the projection, {positions} of the positions")
        .format(side=RESOLUTIONS[at], tokens=f"{tokens:,}", projection=f"{projection:,}", positions=f"{positions:,}"),
    )  # fmt: skip


def _at(resolutions: tuple[int, ...]) -> int:
    """The place of the resolution: as a button or the figure left it, at first as the link says."""
    state: Any = st.session_state.get(PLOT)
    sliders = state.get("sliders") if isinstance(state, Mapping) else None
    moved = (sliders.get("at"), sliders.get("resolution")) if isinstance(sliders, Mapping) else (None, None)
    if moved[0] and moved[0] != st.session_state.get(f"{PLOT}_seen"):
        st.session_state[f"{PLOT}_seen"] = moved[0]
        st.session_state[f"{PLOT}_at"] = moved[1]
    asked = links.number("resolution")
    first = min(range(len(resolutions)), key=lambda at: abs(resolutions[at] - (asked or 224)))
    at = st.session_state.get(f"{PLOT}_at", first)
    return at if isinstance(at, int) and 0 <= at < len(resolutions) else first


def _offer(name: str, label: str, told: str, at: int) -> None:
    parts.offer(name, label, told, {f"{PLOT}_at": at})


def _words() -> Any:
    from core.figures.vit_models import ModelWords

    return ModelWords(
        resolution=_("Resolution"),
        table=_("What each ViT has to carry"),
        tokens=_("Tokens"),
        attention=_("Attention of all layers, million multiply-adds"),
        mine=_("yours"),
        rows=(
            _("Image side, pixels"),
            _("Tokens, with the class token"),
            _("Weights of the projection"),
            _("Weights of the positions"),
            _("Pairs that attention compares"),
            _("Multiply-adds of a layer, million"),
            _("Multiply-adds of all layers, million"),
        ),
    )
