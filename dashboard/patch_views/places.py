"""Places: how alike the codes of any two places are, by formula or learned from handwritten digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from core.errors import N_
from dashboard import frame, jobs
from dashboard.components.plot import hold, plot
from dashboard.frame import View
from dashboard.i18n import _
from dashboard.patch_views import parts

if TYPE_CHECKING:
    from core.patches import DigitTraining

TITLE = N_("Places")
SLOT = "patches_digits"
KIND, GRID, DIM, PATCH, NEW, PLOT = "pat_code", "pat_places", "pat_code_dim", "pat_digit_patch", "pat_resampled", "pat_places_board"  # fmt: skip
_HELD, _ASKED = "pat_digits", "pat_digits_asked"
_KINDS = {"one": N_("1-D code"), "two": N_("2-D code"), "learned": N_("learned")}
_PATCHES = {"2": N_("4 × 4"), "1": N_("8 × 8")}
_NEW_GRIDS = (3, 6, 10, 14)
_LEARNED_DIM = 32


def render(view: View) -> None:
    with view.controls:
        kind = parts.choose(_("Positions"), _KINDS, KIND, _("A code by formula for the place in the line, one for row and column, or a table that a small transformer learns."))  # fmt: skip
        if kind == "learned":
            _learned(view)
            return
        side = parts.slide(_("Places on a side"), tuple(range(4, 25)), 14, GRID, _("ViT-B/16 at 224 pixels has 14 × 14."))  # fmt: skip
        dim = parts.slide(_("Numbers a code"), (4, 8, 16, 32, 64, 128, 256, 768), 128, DIM, _("The dimensions of a code: as many as a token has."))  # fmt: skip
    from core.figures.place_grids import places_board
    from core.positions import sinusoidal, sinusoidal_2d

    table = sinusoidal(side * side, dim) if kind == "one" else sinusoidal_2d(side, side, dim)
    with view.picture:
        place = _place(side * side, side * side // 2 + side // 2)
        link = {KIND: kind, GRID: side, DIM: dim}
        plot(
            hold(places_board(table, (side, side), _words(""), _line(side))),
            key=PLOT,
            alt=_alt(side),
            sliders={"place": place},
            link=link,
        )
    with view.reading:
        _reading(kind)
    view.status(
        _("{count} places on a grid of {side} × {side}").format(count=side * side, side=side),
        _("{dim} numbers a code").format(dim=dim),
        _("sinusoidal code of the place in the line (Vaswani et al. 2017)") if kind == "one" else _("sinusoidal codes of row and column, half of the numbers each (as in MoCo v3)"),
    )  # fmt: skip


def _learned(view: View) -> None:
    with view.controls:
        patch = int(parts.choose(_("Places on a digit"), _PATCHES, PATCH, _("Digits have 8 × 8 pixels: patches of 2 pixels make 4 × 4 places, single pixels make 8 × 8.")))  # fmt: skip
        new = parts.slide(_("Resample to a side of"), _NEW_GRIDS, 6, NEW, _("The learned table carried over to another grid, bicubic, as timm does for images of another size."))  # fmt: skip
        seed = parts.seed()
        found = _trained(patch, "learned", seed)
        pressed = st.button(_("Train"), type="primary", width="stretch", key="pat_digits_train", disabled=jobs.running(SLOT) or found is not None)  # fmt: skip
        first = _ASKED not in st.session_state
        if found is None and not jobs.running(SLOT) and (pressed or first):
            _start(patch, "learned", seed)
            found = _trained(patch, "learned", seed)
        jobs.progress(SLOT, stop=_("Stop"), keeps=True)
    side, asked = 8 // patch, st.session_state.get(_ASKED)
    with view.picture:
        if jobs.running(SLOT) and asked and asked[:2] == (patch, "learned"):
            st.fragment(_live, run_every=jobs.BEAT)(side)
        else:
            _finished(patch, seed, found, new)
    with view.reading:
        _reading("learned")
        _compared(patch, seed, found)
    view.status(*_receipt(patch, seed, found))


def _start(patch: int, places: str, seed: int) -> None:
    st.session_state[_ASKED] = patch, places, seed
    jobs.start(SLOT, "train_digits", patch, places, seed).wait(jobs.PATIENCE)


def _trained(patch: int, places: str, seed: int) -> DigitTraining | None:
    """The finished training of these settings; what has just ended is taken in."""
    held: dict[Any, DigitTraining] = st.session_state.setdefault(_HELD, {})
    finished = jobs.take(SLOT)
    if finished is not None:
        held[st.session_state[_ASKED]] = finished
        while len(held) > 8:
            held.pop(next(iter(held)))
    return held.get((patch, places, seed))


def _live(side: int) -> None:
    """The table as it forms; redraws itself while the training runs."""
    from core.figures.place_grids import Learning, places_board

    job = jobs.current(SLOT)
    if job is None or job.over:
        st.rerun()
    picture = job.frame
    if picture is None:
        st.html(f'<div class="es-waiting">{_("Waiting for a worker")}</div>')
        return
    told = [event for event in job.history if "held_out_accuracy" in event.figures]
    learning = Learning(epochs=[event.done for event in told] or [0], accuracy=[event.figures["held_out_accuracy"] for event in told] or [np.nan], frames=picture.coordinates[None])  # fmt: skip
    board = places_board(picture.coordinates, (side, side), _words(""), _line(side), learning)
    plot(hold(board), key=PLOT, alt=_alt(side))


def _finished(patch: int, seed: int, found: DigitTraining | None, new: int) -> None:
    from core.figures.place_grids import Learning, places_board
    from core.patches import resample_positions
    from core.patches.digits import first_table

    side = 8 // patch
    if found is None:
        st.caption(_("Not trained at these settings yet: the table is noise. Press Train."))
        table, learning = first_table(side, _LEARNED_DIM, "learned", seed), None
    else:
        table = found.table
        resampled = resample_positions(table, (side, side), (new, new))
        learning = Learning(epochs=list(range(len(found.accuracy))), accuracy=found.accuracy.tolist(), frames=found.frames, resampled=resampled, grid=(new, new))  # fmt: skip
    title = _("The learned table on a grid of {side} × {side}").format(side=new)
    place = _place(side * side, side * side // 2 + side // 2)
    link = {KIND: "learned", PATCH: patch, NEW: new, parts.SEED: seed}
    plot(hold(places_board(table, (side, side), _words(title), _line(side), learning)), key=PLOT, alt=_alt(side), sliders={"place": place}, link=link)  # fmt: skip


def _place(count: int, first: int) -> int:
    state: Any = st.session_state.get(PLOT)
    sliders = state.get("sliders") if isinstance(state, Mapping) else None
    place = sliders.get("place") if isinstance(sliders, Mapping) else first
    return place if isinstance(place, int) and 0 <= place < count else first


def _words(resampled: str) -> Any:
    from core.figures.place_grids import PlaceWords

    return PlaceWords(
        place=_("Place"),
        epoch=_("Epoch"),
        overview=_("Every place: its likeness to all others"),
        one=_("The selected place: its likeness to all others"),
        accuracy=_("Held-out digits told right; dotted: chance"),
        held_out=_("held out"),
        resampled=resampled,
    )


def _line(side: int) -> list[Any]:
    """'Place 105: row 7, column 7', following the slider."""
    place: dict[str, Any] = {"value": "place"}
    column = {"op": "-", "of": [place, {"op": "*", "of": [side, _row(side)]}]}
    return [_("Place"), " ", place, " · ", _("row"), " ", {"number": _row(side)}, ", ", _("column"), " ", {"number": column}]  # fmt: skip


def _row(side: int) -> dict[str, Any]:
    """The whole part of place / side: how many row starts lie at or before the place."""
    starts: Any = 0
    for start in range(1, side):
        starts = {"op": "+", "of": [starts, {"op": "<", "of": [start * side - 0.5, {"value": "place"}]}]}
    return starts if isinstance(starts, dict) else {"op": "+", "of": [0, 0]}


def _alt(side: int) -> str:
    return _("A grid of {side} by {side} small maps, one for each place: red where another place has a like code, blue where an opposite one; beside it the map of the selected place.").format(side=side)  # fmt: skip


def _reading(kind: str) -> None:
    see = {
        "one": _("Each small map belongs to one place of the grid and shows the cosine of its code with that of every place: red is alike, blue opposite. This code counts along the line, so the places beside it are the most alike, and the place just below, a whole row later, is much less so."),
        "two": _("Each small map belongs to one place of the grid and shows the cosine of its code with that of every place: red is alike, blue opposite. Half of this code counts rows, half columns, so each place is like its whole row and its whole column, most of all near it."),
        "learned": _("A transformer of two layers learns to tell handwritten digits. It is given the patches and a table with one row for each place, which begins as noise and is learned along with everything else. The maps show which places it has come to treat alike; below, how many digits it tells right that it never learned from."),
    }[kind]  # fmt: skip
    doubt = {
        "one": _("The code is not wrong for images: a model can learn to read rows and columns out of it. It only does not show them at a glance."),
        "two": _("Alike by formula is not alike in use: what a model makes of the code is learned, and may ignore it."),
        "learned": _("1,437 small digits are not a million photos: the tidy rows and columns of the paper's figure 7 need far more. Places that are always blank look alike because nothing happens there. Another seed gives another table that tells digits as well."),
    }[kind]  # fmt: skip
    frame.reading(see, doubt)
    frame.tries()
    if kind != "two":
        parts.offer("two", _("Code rows and columns apart"), _("Now a place is like the one below it as much as like the one beside it."), {KIND: "two"})  # fmt: skip
    if kind != "one":
        parts.offer("one", _("Count along the line"), _("Now likeness runs along the rows: the place below is a whole row away."), {KIND: "one"})  # fmt: skip
    if kind != "learned":
        parts.offer("learned", _("Learn a table"), _("A small transformer is learning digits, and with them its own table of places."), {KIND: "learned"})  # fmt: skip
    parts.told()


def _compared(patch: int, seed: int, found: DigitTraining | None) -> None:
    """With positions and without, side by side, each once it is known."""
    blind = _trained(patch, "none", seed)
    if found is not None and blind is None and not jobs.running(SLOT):
        st.button(_("Train it without positions"), key="pat_digits_none", width="stretch", on_click=_start, args=(patch, "none", seed))  # fmt: skip
    rows = [(title, made) for title, made in ((_("learned positions"), found), (_("no positions"), blind)) if made]
    if rows:
        body = "".join(f"<tr><th scope='row'>{title}</th><td>{made.accuracy[-1]:.1%}</td><td>{made.shuffled:.1%}</td></tr>" for title, made in rows)  # fmt: skip
        st.html(f"<table class='es-counts'><thead><tr><th>{_('held-out digits told right')}</th><th scope='col'>{_('in order')}</th><th scope='col'>{_('shuffled')}</th></tr></thead><tbody>{body}</tbody></table>")  # fmt: skip
        st.caption(_("Shuffled: the patches of every digit in one other order. Without positions it changes nothing."))


def _receipt(patch: int, seed: int, found: DigitTraining | None) -> list[str]:
    facts = [
        _("E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, CC BY 4.0, from scikit-learn"),
        _("1,437 digits to learn from, 360 held out"),
        _("patches of {patch} × {patch}, seed {seed}").format(patch=patch, seed=seed),
    ]
    if found is None:
        return [*facts, _("not trained yet")]
    return [
        *facts,
        _("{count} parameters, 2 layers, {dim} numbers a token").format(count=f"{found.parameters:,}", dim=found.table.shape[1]),
        _("held-out accuracy {share} at epoch {epochs}").format(share=f"{found.accuracy[-1]:.1%}", epochs=len(found.accuracy) - 1),
        _("stopped early") if found.stopped else "",
        _("{seconds} s").format(seconds=f"{found.seconds:.1f}"),
    ]  # fmt: skip
