"""Take the patches away: as a picture, as tables, as a layer, or straight into Explore."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st
from numpy.typing import NDArray

from core.errors import N_
from dashboard import exports, frame, jobs, session, sources
from dashboard.exports import NPY, PARQUET, File
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.embedding import Embedding
    from core.patches import Patches
    from dashboard.patch_views.work import Cut, Tokens

PROVE, SLOT = "pat_prove", "patches_proof"


def embedded(vectors: NDArray[Any], photos: Sequence[tuple[str, int, int]], sheet: bytes, tile: tuple[int, int], columns: int) -> Embedding:  # fmt: skip
    """Vectors (n, d) as an embedding: a label a patch; its photo, row, column as metadata, its thumbnail on the sheet.

    `photos` gives (title, rows, columns); `sheet`, `tile` and `columns` are those of `Pictures`.
    """
    from core.embedding import Embedding
    from core.pictures import Pictures

    labels, of, down, across = [], [], [], []
    for at, (title, high, wide) in enumerate(photos):
        several = f"{at + 1} " if len(photos) > 1 else ""
        for row in range(high):
            for column in range(wide):
                labels.append(f"{several}{row}, {column}")
                of.append(title)
                down.append(str(row))
                across.append(str(column))
    embedding = Embedding(labels, vectors, {"photo": of, "row": down, "column": across})
    embedding.pictures = Pictures(sheet, tile, columns, len(embedding))
    return embedding


def explore(make: Callable[[], Embedding], title: str, settings: dict[str, Any], key: str) -> None:
    """The button that opens the vectors on the Explore page."""
    if st.button(_("Open in Explore"), key=f"{key}_explore", width="stretch"):
        from dashboard import navigation

        sources.show_next(session.keep(make(), title, N_("patches cut on the Patches page"), settings))
        st.switch_page(navigation.page("explore"))


def files(cut: Callable[[], Patches], vectors: NDArray[Any], make: Callable[[], Embedding], made: Tokens | None, key: str) -> None:  # fmt: skip
    """One button a file; a file is made when it is asked for."""
    from core.formats import write_embedding
    from core.patches.exporting import patch_sheet, vectors_file, write_projection

    wanted = [
        File(_("All patches (PNG)"), "patches.png", "image/png", lambda about: patch_sheet(cut(), about), carries=True),
        File(_("Their values (NPY)"), "patches.npy", NPY, lambda _about: vectors_file(vectors)),
        File(_("Their tokens (Parquet)") if made else _("Their values (Parquet)"), "patches.parquet", PARQUET, lambda about: write_embedding(make(), "parquet", about), carries=True),
    ]  # fmt: skip
    if made is not None:
        wanted.append(File(_("The layer (safetensors)"), "projection.safetensors", NPY, lambda about: write_projection(made.projected, cut().patch, about=about), carries=True))  # fmt: skip
    exports.files(wanted, key=key, width="stretch")


def proof(done: Cut, made: Tokens) -> None:
    """That a Conv2d with stride = patch makes the same tokens, computed by torch in a worker once it is asked for."""
    if not st.toggle(_("Check it against Conv2d"), key=PROVE, persist_state="session", help=_("Runs torch's Conv2d with kernel and stride of one patch over the whole photo, with the same weights.")):  # fmt: skip
        return
    held: dict[str, tuple[float, float, int]] = st.session_state.setdefault("pat_proofs", {})
    key = f"{done.key} {made.key}"
    if key not in held:
        projected = made.projected
        job = jobs.start(SLOT, "prove_convolution", done.fitted.image, done.patch, projected.weights, projected.bias, projected.scale)  # fmt: skip
        with st.spinner(_("Convolving")):
            job.wait(60)
        found = jobs.take(SLOT)
        if found is None:
            return
        while len(held) >= 16:
            held.pop(next(iter(held)))
        held[key] = found
    difference, largest, count = held[key]
    st.success(
        _("Conv2d with kernel and stride {size} and the linear layer make the same {count} numbers: the largest difference is {difference}, the largest number {largest}.")
        .format(size=f"{done.patch[1]} × {done.patch[0]}", count=f"{count:,}", difference=frame.plain(small(difference)), largest=frame.plain(f"{largest:.3g}"))
    )  # fmt: skip


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def small(value: float) -> str:
    """2.1e-16 as a reader writes it: 2 × 10⁻¹⁶."""
    if value >= 0.001 or value == 0:
        return f"{value:.3g}"
    digits, power = f"{value:.0e}".split("e")
    return f"{digits} × 10{str(int(power)).translate(_RAISED)}"
