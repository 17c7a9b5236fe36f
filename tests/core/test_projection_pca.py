"""PCA beside the singular values it stands for."""

import numpy as np
import pytest

from core.errors import DataError, ParameterError
from core.projection import pca_variance, project


def vectors(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    """Columns of falling spread, so that the axes are well apart, far from the origin."""
    spread = 0.9 ** np.arange(columns)
    return (np.random.default_rng(seed).normal(size=(rows, columns)) * spread + 5).astype(np.float32)


@pytest.mark.parametrize(("rows", "columns"), [(50, 6), (6, 50), (30, 30), (700, 650)])
def test_coordinates_are_the_singular_vectors_times_their_values(rows: int, columns: int) -> None:
    """Tall, wide, square, and large enough for the solver that finds a few axes only."""
    x = vectors(rows, columns)
    centred = x.astype(np.float64) - x.mean(axis=0, dtype=np.float64)
    left, values, right = np.linalg.svd(centred, full_matrices=False)
    signs = np.sign(right[np.arange(3), np.abs(right[:3]).argmax(axis=1)])
    np.testing.assert_allclose(project(x, "pca", components=3), left[:, :3] * values[:3] * signs, atol=2e-5)
    np.testing.assert_allclose(pca_variance(x, 3), (values**2 / (values**2).sum())[:3], rtol=1e-9)


def test_shares_of_all_axes_sum_to_1() -> None:
    assert pca_variance(vectors(40, 5), 5).sum() == pytest.approx(1)


def test_axes_beyond_the_rank_are_zero() -> None:
    line = np.arange(20, dtype=np.float32)[:, None] * np.array([[1, 2, 2]], np.float32)
    picture = project(line, "pca", components=3)
    np.testing.assert_allclose(picture[:, 0], 3 * (np.arange(20) - 9.5), rtol=1e-6)
    assert not picture[:, 1:].any()
    np.testing.assert_allclose(pca_variance(line, 3), [1, 0, 0], atol=1e-12)


def test_more_components_than_dimensions_are_filled_with_zeros() -> None:
    picture = project(vectors(10, 2), "pca", components=4)
    assert picture.shape == (10, 4)
    assert not picture[:, 2:].any()


def test_equal_rows_lie_on_the_origin() -> None:
    same = np.full((7, 3), 4, np.float32)
    assert not project(same, "pca").any()
    assert not pca_variance(same).any()


def test_the_longest_entry_of_each_axis_points_forward() -> None:
    """Mirrored data give the mirrored picture, not the same one."""
    x = vectors(30, 4)
    axis = np.abs(np.corrcoef(project(x, "pca")[:, 0], x[:, 0])[0, 1])
    assert axis > 0.5
    assert np.corrcoef(project(x, "pca")[:, 0], x[:, 0])[0, 1] > 0.5
    assert np.corrcoef(project(-x, "pca")[:, 0], -x[:, 0])[0, 1] > 0.5


def test_a_mean_far_from_the_origin_costs_no_digits() -> None:
    x = np.random.default_rng(0).integers(-8, 8, (200, 5)).astype(np.float32)
    np.testing.assert_allclose(project(x + 4096, "pca"), project(x, "pca"), atol=1e-5)


def test_variance_refuses_what_a_picture_refuses() -> None:
    with pytest.raises(ParameterError, match="components"):
        pca_variance(vectors(5, 2), 0)
    with pytest.raises(DataError, match="Row 1"):
        pca_variance(np.full((3, 2), np.nan, np.float32))


def test_the_step_of_pca_tells_the_share_of_each_axis() -> None:
    told: list[dict[str, float]] = []
    project(vectors(30, 4), "pca", components=3, on_frame=lambda step: told.append(step.figures))
    assert list(told[-1]) == ["PC 1", "PC 2", "PC 3"]
    np.testing.assert_allclose(list(told[-1].values()), pca_variance(vectors(30, 4), 3))
