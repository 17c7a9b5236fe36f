"""The selected patch beside those most like it, and what this cut costs beside a published model."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.i18n import _

if TYPE_CHECKING:
    from dashboard.patch_views.grid import Grid
    from dashboard.patch_views.work import Cut, Tokens


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
    columns = grid.lattice.columns
    shown = [_thumb(sheet, row, columns, done, 84, _("patch {index}").format(index=row))]
    shown += [
        _thumb(sheet, one, columns, done, 34, _("patch {index}, distance {distance}").format(index=one, distance=f"{distance:,.0f}"))
        for one, distance in zip(near, distances, strict=True)
    ]  # fmt: skip
    st.html(f'<div class="es-thumbs">{"".join(shown)}</div>')
    if lasso:
        st.caption(
            _("Patches in the lasso: {count}, lit everywhere. Move the patch to light its nearest again.").format(
                count=f"{lasso:,}"
            )
        )
    if len(near):
        st.caption(_("Nearest of all {count} patches; under each, how far its {values} values are.").format(count=f"{len(done.vectors):,}", values=f"{done.vectors.shape[1]:,}"))  # fmt: skip
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


def _thumb(sheet: str, row: int, columns: int, done: Cut, size: int, caption: str) -> str:
    height, width = done.fitted.image.shape[:2]
    scale = size / max(done.patch)
    tall, wide = (side * scale for side in done.patch)
    top, left = divmod(row, columns)
    style = (
        f"width:{wide:.2f}px;height:{tall:.2f}px;background-image:url('{escape(sheet)}');background-size:{width * scale:.2f}px {height * scale:.2f}px;"
        f"background-position:{-left * wide:.2f}px {-top * tall:.2f}px"
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
