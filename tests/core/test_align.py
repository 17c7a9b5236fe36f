"""One picture turned onto another: what is undone, what is kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError
from core.projection.align import align, widened

quick = settings(max_examples=40, deadline=None)


def picture(points: int, components: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(points, components)).astype(np.float32)


def turn(components: int, seed: int) -> np.ndarray:
    """A random rotation or reflection."""
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(components, components)))[0]


def gaps(x: np.ndarray) -> np.ndarray:
    return np.linalg.norm(x[:, None].astype(np.float64) - x[None], axis=2)


@given(st.integers(4, 60), st.integers(1, 3), st.integers(0, 10_000))
@quick
def test_a_turned_mirrored_and_moved_picture_is_put_back(points: int, components: int, seed: int) -> None:
    reference = picture(points, components, seed)
    moved = (reference @ turn(components, seed + 1) + 7).astype(np.float32)
    np.testing.assert_allclose(align(moved, reference), reference, atol=2e-5)


@given(st.integers(3, 40), st.integers(1, 3), st.integers(0, 10_000))
@quick
def test_distances_within_the_picture_are_kept(points: int, components: int, seed: int) -> None:
    coordinates = picture(points, components, seed)
    aligned = align(coordinates, picture(points, components, seed + 1))
    np.testing.assert_allclose(gaps(aligned), gaps(coordinates), atol=1e-5)


@given(st.integers(3, 40), st.integers(0, 10_000))
@quick
def test_no_small_turn_brings_it_nearer(points: int, seed: int) -> None:
    reference = picture(points, 2, seed)
    aligned = align(picture(points, 2, seed + 1), reference).astype(np.float64)
    best = np.square(aligned - reference).sum()
    for angle in (-0.05, 0.05):
        centre = aligned.mean(axis=0)
        turned = (aligned - centre) @ [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]] + centre
        assert np.square(turned - reference).sum() >= best - 1e-6


def test_a_stretched_picture_is_stretched_back_only_when_asked() -> None:
    reference = picture(30, 2, 0)
    np.testing.assert_allclose(align(3 * reference, reference, scale=True), reference, atol=1e-5)
    np.testing.assert_allclose(gaps(align(3 * reference, reference)), 3 * gaps(reference), atol=1e-5)


@pytest.mark.parametrize("scale", [False, True])
def test_points_on_one_spot_stay_on_one_spot_at_the_centre(scale: bool) -> None:
    reference = picture(5, 2, 0)
    aligned = align(np.full((5, 2), 9, np.float32), reference, scale)
    np.testing.assert_allclose(aligned, np.tile(reference.mean(axis=0), (5, 1)), atol=1e-6)


def test_neither_input_is_changed() -> None:
    coordinates, reference = picture(9, 2, 0), picture(9, 2, 1)
    before = coordinates.copy(), reference.copy()
    align(coordinates, reference, scale=True)
    np.testing.assert_array_equal(coordinates, before[0])
    np.testing.assert_array_equal(reference, before[1])


def test_pictures_of_other_shapes_are_refused_by_name_of_the_shapes() -> None:
    with pytest.raises(DataError, match="one is 5 x 2, the other 6 x 2"):
        align(picture(5, 2, 0), picture(6, 2, 0))


def test_a_value_that_is_not_finite_is_refused() -> None:
    broken = picture(5, 2, 0)
    broken[3, 1] = np.nan
    with pytest.raises(DataError, match="Row 4 of coordinates"):
        align(broken, picture(5, 2, 0))


def test_a_picture_of_other_dimensions_is_cut_or_filled_with_zeros() -> None:
    flat = picture(4, 2, 0)
    np.testing.assert_array_equal(widened(flat, 3), np.hstack([flat, np.zeros((4, 1), np.float32)]))
    np.testing.assert_array_equal(widened(picture(4, 3, 0), 2), picture(4, 3, 0)[:, :2])
