"""Patches: a photo becomes a sequence of vectors."""

from __future__ import annotations

from core.errors import N_
from dashboard import frame, patch_parts, patch_places, patch_work, payloads, photos
from dashboard.components.plot import Highlight, plot
from dashboard.i18n import _

TITLE = N_("Patches")
RANK = 4


def render() -> None:
    from core.figures.patches import PATCH, SIDE
    from core.patches import nearest_patches

    with frame.page(_("How does a transformer read a photo?")) as view:
        with view.controls:
            shown = photos.choose()
            settings = patch_parts.settings()
        work = patch_work.working(shown.photo, settings.longest)
        with view.picture:
            grid = patch_places.find(shown.id, work.photo, settings.fit, shown.side)
        with view.controls:
            dim = patch_parts.narrowed(grid.side, settings.dim)
        done = patch_work.cut(work, grid.side, settings.fit)
        made = patch_work.tokens(done, dim, settings.how, settings.seed)
        row = patch_places.chosen(work.photo, grid.lattice, done.vectors)
        near, distances = nearest_patches(done.vectors, row, patch_parts.NEAREST)
        lasso = [one for one in patch_places.lassoed() if one < len(done.vectors)]
        with view.picture:
            words, line = patch_parts.words(settings.order, done, dim), patch_parts.line(done, dim)
            url = patch_work.board(work, done, made, grid, settings.order, words, line)
            patch_places.shown(url, grid, work.photo)
            plot(
                url, key=patch_places.PLOT, alt=_alt(done, grid), highlight=Highlight(row, lasso or near, lines=not lasso),
                sliders={SIDE: grid.at, PATCH: row}, link=patch_parts.link(shown, settings, grid, row),
            )  # fmt: skip
        with view.reading:
            frame.reading(
                _("The photo is cut along the grid, and its patches are laid in one line, row by row from the top left: that line is what a transformer reads. Below it the selected patch is taken apart into the values of its pixels and the token that a linear layer makes of them."),
                _("The map places patches by their pixel values: neighbours have alike colours, not alike meaning. And the layer is not trained here. In ViT-B/16 it makes 768 numbers of 768: a linear step, no compression."),
            )  # fmt: skip
            patch_parts.tries(grid, settings)
            patch_parts.selection(done, made, grid, row, near, distances, payloads.put(*done.sheet), len(lasso))
            patch_parts.counts(done, dim)
        view.status(*patch_parts.receipt(shown, work, done, made, grid, settings))


def _alt(done: patch_work.Cut, grid: patch_places.Grid) -> str:
    return _("A photo under a grid of {rows} by {columns} patches; a map of the patches; the patches in reading order; the selected patch, its vector and its token.").format(rows=grid.lattice.rows, columns=grid.lattice.columns)  # fmt: skip
