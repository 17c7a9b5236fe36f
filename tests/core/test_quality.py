"""How far a picture may be trusted: worked values, invariances, and an independent implementation."""

import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError, ParameterError
from core.projection import quality

quick = settings(max_examples=30, deadline=None)
LINE = np.array([0, 1, 2.1, 3.3, 4.6, 6, 7.5, 9.1], np.float32)[:, None]
FOLDED = np.abs(LINE - np.float32(4.03))


def vectors(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


def test_a_folded_line_has_the_worked_values() -> None:
    """FACTS: X = [0, 1, 2.1, 3.3, 4.6, 6, 7.5, 9.1], Y = |X - 4.03|, k = 2."""
    judged = quality(LINE, FOLDED, k=2)
    assert judged.trustworthiness == pytest.approx(0.541667, abs=1e-6)
    assert judged.continuity == pytest.approx(0.75)
    assert judged.neighbour_recall == pytest.approx(0.4375)
    assert judged.distance_spearman == pytest.approx(0.178435, abs=1e-6)


@given(st.integers(7, 80), st.integers(2, 4), st.integers(0, 999))
@quick
def test_rotation_scale_and_shift_give_1(points: int, components: int, seed: int) -> None:
    x = vectors(points, components, seed)
    turn = np.linalg.qr(vectors(components, components, seed + 1))[0]
    judged = quality(x, (5 * x @ turn - 3).astype(np.float32), k=3)
    assert judged.trustworthiness > 0.999
    assert judged.continuity > 0.999
    assert judged.neighbour_recall > 0.97  # rounding may swap the third and the fourth of a row
    assert judged.distance_spearman > 0.9999


def test_values_below_a_half_are_not_clipped() -> None:
    """The three rows nearest to each are drawn on the other side."""
    x = np.arange(12, dtype=np.float32)[:, None]
    y = (x * 5) % 12
    judged = quality(x, y, k=2)
    assert judged.trustworthiness < 0.5
    assert judged.trustworthiness_per_point.min() < 0.3


@pytest.mark.parametrize(("points", "columns", "k"), [(40, 3, 5), (120, 10, 17), (9, 2, 4), (3, 2, 1)])
def test_trustworthiness_and_continuity_are_those_of_scikit_learn(points: int, columns: int, k: int) -> None:
    from sklearn.manifold import trustworthiness

    x, y = vectors(points, columns), vectors(points, 2, 1)
    judged = quality(x, y, k=k)
    assert judged.trustworthiness == pytest.approx(trustworthiness(x, y, n_neighbors=k), abs=1e-9)
    assert judged.continuity == pytest.approx(trustworthiness(y, x, n_neighbors=k), abs=1e-9)


@pytest.mark.parametrize("grid", [False, True])
def test_spearman_is_that_of_scipy_with_equal_distances_too(grid: bool) -> None:
    from scipy.spatial.distance import pdist
    from scipy.stats import spearmanr

    x, y = vectors(60, 4), vectors(60, 2, 1)
    if grid:  # integers: many distances are equal
        x, y = np.round(x), np.round(y)
    wanted = spearmanr(pdist(x.astype(np.float64)).astype(np.float32), pdist(y.astype(np.float64)).astype(np.float32))
    assert quality(x, y, k=5).distance_spearman == pytest.approx(wanted.statistic, abs=1e-6)


def test_points_add_up_to_the_whole() -> None:
    judged = quality(vectors(50, 6), vectors(50, 2, 1), k=7)
    assert judged.points.tolist() == list(range(50))
    assert judged.sampled is None
    assert judged.trustworthiness == pytest.approx(judged.trustworthiness_per_point.mean())
    assert judged.continuity == pytest.approx(judged.continuity_per_point.mean())
    assert judged.neighbour_recall == pytest.approx(judged.neighbour_recall_per_point.mean())
    assert judged.neighbour_recall_per_point.shape == (50,)


def test_recall_is_the_share_of_neighbours_in_both() -> None:
    x, y, k = vectors(40, 5), vectors(40, 2, 1), 6

    def nearest(z: np.ndarray, row: int) -> set[int]:
        order = np.argsort(np.linalg.norm(z - z[row], axis=1))
        return set(order[order != row][:k].tolist())

    wanted = [len(nearest(x, row) & nearest(y, row)) / k for row in range(40)]
    np.testing.assert_allclose(quality(x, y, k=k).neighbour_recall_per_point, wanted)


def test_swapping_the_spaces_swaps_trustworthiness_and_continuity() -> None:
    x, y = vectors(60, 3), vectors(60, 3, 1)
    there, back = quality(x, y, k=8), quality(y, x, k=8)
    assert there.trustworthiness == back.continuity
    assert there.continuity == back.trustworthiness
    assert there.neighbour_recall == back.neighbour_recall


def test_a_sample_is_named_and_near_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = vectors(1500, 5), vectors(1500, 5)[:, :2]
    whole = quality(x, y)
    # the module, which the function of the same name hides
    monkeypatch.setattr(sys.modules["core.projection.quality"], "MOST_EXACT", 1000)
    some, again, other = quality(x, y), quality(x, y), quality(x, y, seed=1)
    assert some.sampled == len(some.points) == len(set(some.points.tolist())) == 1000
    assert some.trustworthiness == pytest.approx(whole.trustworthiness, abs=0.01)
    np.testing.assert_array_equal(some.trustworthiness_per_point, whole.trustworthiness_per_point[some.points])
    assert some.distance_spearman == pytest.approx(whole.distance_spearman, abs=0.02)
    np.testing.assert_array_equal(some.points, again.points)
    assert other.points.tolist() != some.points.tolist()


def test_cosine_judges_directions_only() -> None:
    x = vectors(50, 4)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    stretched = unit * np.random.default_rng(1).uniform(0.1, 9, (50, 1)).astype(np.float32)
    assert quality(stretched, unit, k=5, metric="cosine").trustworthiness > 0.9999
    assert quality(stretched, unit, k=5).trustworthiness < 0.99


@pytest.mark.parametrize("k", [4, 5, 100])
def test_k_of_half_the_points_or_more_is_refused(k: int) -> None:
    with pytest.raises(ParameterError, match="less than half of the 8 points"):
        quality(LINE, FOLDED, k=k)


@pytest.mark.parametrize("k", [0, -1, 1.5])
def test_k_must_be_a_whole_number(k: object) -> None:
    with pytest.raises(ParameterError, match="whole number"):
        quality(LINE, FOLDED, k=k)  # type: ignore[arg-type]


def test_equal_distances_everywhere_have_no_rank_correlation() -> None:
    judged = quality(np.eye(8), vectors(8, 2), k=2)
    assert math.isnan(judged.distance_spearman)


def test_pictures_of_other_rows_are_refused() -> None:
    with pytest.raises(DataError, match="7 points, the data 8 rows"):
        quality(LINE, FOLDED[:7], k=2)


@pytest.mark.parametrize("side", [0, 1])
def test_values_that_are_not_finite_are_named(side: int) -> None:
    spaces = [LINE.copy(), FOLDED.copy()]
    spaces[side][2] = np.inf
    with pytest.raises(DataError, match=f"Row 3 of {('vectors', 'coordinates')[side]}"):
        quality(*spaces, k=2)


def test_a_zero_row_has_no_cosine() -> None:
    with pytest.raises(DataError, match="Row 1 of vectors is all zeros"):
        quality(LINE, FOLDED, k=2, metric="cosine")
