"""Where the reader is in a photo: the patch side and the patch, kept over a new grid, in the link, moved in the figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st
from numpy.typing import NDArray

from dashboard import frame, links
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.images import Photo
    from core.patches import Fit
    from core.patches.lattice import Lattice

PLOT = "pat_board"
WIDE = "pat_wide"  # the width of a patch where it is not its height; 0: as the height
SIDE, PATCH = "pat_side", "pat_patch"  # link parameters, read on the first visit
_SPOT, _BOARDS, _SEEN, _PHOTO = "pat_spot", "pat_boards", "pat_seen", "pat_photo_before"
_REMEMBERED = 8  # boards whose moves may still come in


@dataclass(frozen=True, slots=True)
class Grid:
    """The heights on offer with the grid of each, and the one in use; `wide` is the width of a patch, 0: as its height."""

    sides: list[int]
    lattices: list[Lattice]
    at: int
    wide: int = 0

    @property
    def patch(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.side, self.wide or self.side

    @property
    def told(self) -> str:
        """Width × height, as sizes of pictures are told."""
        return f"{self.patch[1]} × {self.patch[0]}"

    @property
    def side(self) -> int:
        return self.sides[self.at]

    @property
    def lattice(self) -> Lattice:
        return self.lattices[self.at]


def find(name: str, photo: Photo, how: Fit, usual: int | None, wide: int = 0) -> Grid:
    """The grid over the photo of that name: what the reader moved in the figure, else where they were, at first what the link says.

    A photo they turn to begins with its `usual` side, if it has one. A side that does not fit is told in this place
    and replaced by the nearest that does.
    """
    from core.patches.lattice import MOST_PATCHES, lattice, patch_sides

    _take_move()
    if usual and st.session_state.get(_PHOTO) not in (None, name):
        turn_to(usual)
    st.session_state[_PHOTO] = name
    wide = min(wide, photo.width)
    sides = patch_sides(photo.height, photo.width)
    sides = [
        side for side in sides if -(-photo.height // side) * -(-photo.width // (wide or side)) <= MOST_PATCHES
    ] or sides[-1:]
    lattices = [lattice(photo.height, photo.width, (side, wide or side), how) for side in sides]
    asked = st.session_state.get(SIDE) or links.number(SIDE) or usual or 16
    at = min(range(len(sides)), key=lambda one: abs(sides[one] - asked))
    if sides[at] != asked:
        _tell_side(photo, asked, sides[at])
    turn_to(sides[at])
    return Grid(sides, lattices, at, wide)


def chosen(photo: Photo, grid: Lattice, vectors: NDArray[Any]) -> int:
    """The selected patch: the one at the place last selected, at first the one in the link, or whose values differ most."""
    spot, linked = st.session_state.get(_SPOT), links.number(PATCH)
    if spot is not None:
        return grid.index_at(spot[0] * photo.height, spot[1] * photo.width)
    row = int(vectors.std(axis=1).argmax()) if linked is None else min(linked, len(grid) - 1)
    _settle(photo, grid, row)
    return row


def shown(url: str, grid: Grid, photo: Photo) -> None:
    """Note which board the reader now has, so that a move in it is understood even when a newer one is on its way."""
    boards = st.session_state.setdefault(_BOARDS, {})
    boards.pop(url, None)
    boards[url] = (grid.sides, grid.lattice, photo)
    while len(boards) > _REMEMBERED:
        boards.pop(next(iter(boards)))


def turn_to(side: int, name: str = "") -> None:
    """Cut into patches of that side from the next look at the grid on, the photo of that name too when it is turned to."""
    st.session_state[SIDE] = side
    if name:
        st.session_state[_PHOTO] = name


def lassoed() -> list[int]:
    """Rows in the lasso, where it was drawn after the last move and on the board that is still shown."""
    lasso, sliders = _state("lasso"), _state("sliders")
    boards = st.session_state.get(_BOARDS) or {"": None}
    if str(lasso.get("at", "")) <= str(sliders.get("at", "")) or lasso.get("board") != next(reversed(boards)):
        return []
    rows = lasso.get("rows")
    return [row for row in rows if isinstance(row, int) and row >= 0] if isinstance(rows, list) else []


def _take_move() -> None:
    """The last move in the figure, once, read as untrusted input."""
    move = _state("sliders")
    stamp, board = str(move.get("at", "")), st.session_state.get(_BOARDS, {}).get(move.get("board"))
    if not stamp or stamp == st.session_state.get(_SEEN) or board is None:
        return
    st.session_state[_SEEN] = stamp
    sides, grid, photo = board
    side, row = move.get("side"), move.get("patch")
    if isinstance(side, int) and 0 <= side < len(sides):
        turn_to(sides[side])
    if isinstance(row, int) and 0 <= row < len(grid):
        _settle(photo, grid, row)


def _settle(photo: Photo, grid: Lattice, row: int) -> None:
    """Stay at the middle of this patch, as shares of the photo, whatever grid or size comes."""
    y, x = grid.centre(row)
    st.session_state[_SPOT] = (y / photo.height, x / photo.width)


def _state(name: str) -> Mapping[str, Any]:
    state = st.session_state.get(PLOT)
    found = state.get(name) if isinstance(state, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _tell_side(photo: Photo, asked: int, used: int) -> None:
    """Why another side is used: the engine's own sentence for one that is too large, the limit for one that is too small."""
    from core.patches.cutting import patch_too_large
    from core.patches.lattice import MOST_PATCHES

    if asked > min(photo.height, photo.width):
        frame.show(patch_too_large(photo.height, photo.width, asked, asked))
    elif photo.height * photo.width > MOST_PATCHES * asked * asked:
        st.caption(_("Patches of {side} pixels would be more than {most}, which is what this page draws.").format(side=asked, most=f"{MOST_PATCHES:,}"))  # fmt: skip
    st.caption(_("Patches of {side} pixels are shown.").format(side=used))
