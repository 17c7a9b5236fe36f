"""The grid that moves under a finger lies where the patches will be cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError, ParameterError
from core.patches import FITS, fit_image
from core.patches.lattice import LARGEST, MOST_PATCHES, lattice, patch_sides

quick = settings(deadline=None, max_examples=60)
sides = st.integers(1, 60)


@quick
@given(height=sides, width=sides, patch=st.tuples(st.integers(1, 30), st.integers(1, 30)), how=st.sampled_from(FITS))
def test_the_grid_is_the_one_that_fitting_gives(height: int, width: int, patch: tuple[int, int], how: str) -> None:
    if how == "crop" and (patch[0] > height or patch[1] > width):
        with pytest.raises(DataError, match="larger than the image"):
            lattice(height, width, patch, how)
        return
    grid, fitted = lattice(height, width, patch, how), fit_image(np.zeros((height, width)), patch, how)
    assert (grid.rows * patch[0], grid.columns * patch[1]) == fitted.image.shape
    assert grid.top == fitted.removed.top - fitted.added.top
    assert grid.left == fitted.removed.left - fitted.added.left
    vertical, horizontal = fitted.stretch
    assert grid.height == pytest.approx(patch[0] / vertical)
    assert grid.width == pytest.approx(patch[1] / horizontal)


@quick
@given(height=sides, width=sides, patch=st.integers(1, 20), how=st.sampled_from(["pad", "resize"]))
def test_the_middle_of_every_patch_lies_in_that_patch(height: int, width: int, patch: int, how: str) -> None:
    grid = lattice(height, width, patch, how)
    assert [grid.index_at(*grid.centre(index)) for index in range(len(grid))] == list(range(len(grid)))


def test_a_point_outside_belongs_to_the_nearest_patch() -> None:
    grid = lattice(40, 60, 10, "crop")
    assert [grid.index_at(y, x) for y, x in ((-5, -5), (-5, 1e6), (1e6, 25), (39, 59))] == [0, 5, 20, 23]


def test_an_unknown_way_to_fit_is_refused() -> None:
    with pytest.raises(ParameterError, match="crop, pad, resize"):
        lattice(10, 10, 2, "squeeze")  # type: ignore[arg-type]


@quick
@given(height=st.integers(1, 1100), width=st.integers(1, 1100))
def test_no_side_on_offer_is_too_large_or_makes_too_many_patches(height: int, width: int) -> None:
    offered = patch_sides(height, width)
    assert offered == sorted(set(offered))
    assert offered
    assert offered[-1] <= min(height, width, LARGEST)
    for how in FITS:
        assert len(lattice(height, width, offered[0], how)) <= MOST_PATCHES


def test_the_sides_of_known_models_are_on_offer_at_their_size() -> None:
    assert {14, 16, 32} <= set(patch_sides(224, 224))
    assert patch_sides(427, 640)[0] == 10
    assert patch_sides(1, 1) == [1]
    assert patch_sides(3, 2000) == [2, 3]
