"""Codes of places on a grid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ParameterError
from core.positions import sinusoidal, sinusoidal_2d


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 12))
def test_a_code_is_that_of_its_row_beside_that_of_its_column(rows: int, columns: int, half: int) -> None:
    codes = sinusoidal_2d(rows, columns, 2 * half).reshape(rows, columns, 2, half)
    assert np.array_equal(codes[:, 0, 0], sinusoidal(rows, half))
    assert np.array_equal(codes[0, :, 1], sinusoidal(columns, half))
    assert (codes[:, :, 0] == codes[:, :1, 0]).all()
    assert (codes[:, :, 1] == codes[:1, :, 1]).all()


def test_the_product_of_two_codes_depends_on_how_far_apart_they_lie_only() -> None:
    codes = sinusoidal_2d(6, 7, 16).reshape(6, 7, 16)
    steps = [codes[row, column] @ codes[row + 2, column + 3] for row in range(4) for column in range(4)]
    assert np.ptp(steps) < 1e-12
    assert np.allclose(np.square(codes).sum(axis=2), 8)  # norm^2 = dim / 2


def test_a_place_below_is_as_near_as_a_place_beside() -> None:
    """In reading order they are a row's length apart; on the grid both are one step away."""
    codes = sinusoidal_2d(5, 5, 32)
    assert codes[12] @ codes[17] == pytest.approx(codes[12] @ codes[13])


@pytest.mark.parametrize("given", [(0, 3, 8), (3, 0, 8), (3, 3, 7), (3, 3, 0), (3, 3, 2.0)])
def test_sizes_are_checked(given: tuple[int, int, int]) -> None:
    with pytest.raises(ParameterError):
        sinusoidal_2d(*given)
