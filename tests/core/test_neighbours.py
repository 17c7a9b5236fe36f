"""Exact neighbours: the same rows as sorting every distance, in the same order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError, ParameterError
from core.neighbours import METRICS, SearchStopped, nearest_rows, nearest_to, places
from core.progress import Step

quick = settings(max_examples=40, deadline=None)


def vectors(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


def all_distances(x: np.ndarray, metric: str) -> np.ndarray:
    """(n, n) in double precision, infinite on the diagonal."""
    x = x.astype(np.float64)
    if metric == "cosine":
        x = x / np.linalg.norm(x, axis=1, keepdims=True)
        result = np.square(x[:, None] - x[None]).sum(axis=2) / 2
    else:
        result = np.linalg.norm(x[:, None] - x[None], axis=2)
    np.fill_diagonal(result, np.inf)
    return result


@given(st.integers(2, 600), st.integers(1, 9), st.data())
@quick
def test_distances_found_are_the_smallest_there_are(rows: int, columns: int, data: st.DataObject) -> None:
    k, metric = data.draw(st.integers(1, min(rows - 1, 40))), data.draw(st.sampled_from(METRICS))
    x = vectors(rows, columns, data.draw(st.integers(0, 999)))
    found, distances = nearest_rows(x, k, metric)
    truth = all_distances(x, metric)
    np.testing.assert_allclose(distances, np.sort(truth, axis=1)[:, :k], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(distances, np.take_along_axis(truth, found.astype(int), axis=1), rtol=1e-5, atol=1e-6)
    assert all(len(set(row)) == k for row in found.tolist())


def test_equal_distances_keep_the_order_of_the_rows() -> None:
    found, distances = nearest_rows(np.zeros((700, 3), np.float32), 4, "euclidean")
    assert found[0].tolist() == [1, 2, 3, 4]
    assert found[2].tolist() == [0, 1, 3, 4]
    assert found[699].tolist() == [0, 1, 2, 3]
    assert not distances.any()


def test_near_duplicates_far_from_the_origin_are_told_apart() -> None:
    """Where |x|^2 + |y|^2 - 2 x.y would have lost every digit."""
    x = np.full((300, 8), 1000, np.float32)
    x[:, 0] += np.arange(300, dtype=np.float32) / 256
    found, distances = nearest_rows(x, 2, "euclidean")
    np.testing.assert_array_equal(found[1:-1], np.stack([np.arange(0, 298), np.arange(2, 300)], axis=1))
    np.testing.assert_allclose(distances[1:-1], 1 / 256)


@pytest.mark.parametrize("power", [-100, -45, 45, 100])
def test_values_whose_squares_do_not_fit_are_measured_all_the_same(power: int) -> None:
    x, scale = vectors(50, 4), np.float32(2.0**power)
    found, distances = nearest_rows(x * scale, 5, "euclidean")
    wanted, unscaled = nearest_rows(x, 5, "euclidean")
    np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(distances, unscaled * scale)
    np.testing.assert_array_equal(
        places(x * scale, np.arange(50), found, "euclidean"), np.tile(np.arange(1, 6), (50, 1))
    )


def test_only_the_rows_asked_for_are_searched() -> None:
    x, rows = vectors(300, 5), np.array([7, 299, 0])
    some, every = nearest_rows(x, 6, "euclidean", rows=rows), nearest_rows(x, 6, "euclidean")
    np.testing.assert_array_equal(some[0], every[0][rows])
    np.testing.assert_array_equal(some[1], every[1][rows])


@pytest.mark.parametrize("metric", METRICS)
def test_the_kth_nearest_has_place_k(metric: str) -> None:
    x, rows = vectors(900, 7), np.arange(0, 900, 31)
    found, _ = nearest_rows(x, 25, metric, rows=rows)
    np.testing.assert_array_equal(places(x, rows, found, metric), np.tile(np.arange(1, 26), (len(rows), 1)))


def test_places_count_equal_distances_in_the_order_of_the_rows() -> None:
    x = np.array([[0], [1], [1], [1], [5]], np.float32)
    assert places(x, np.array([0]), np.array([[1, 2, 3, 4]], np.int32), "euclidean").tolist() == [[1, 2, 3, 4]]
    assert places(x, np.array([2]), np.array([[1, 3, 0, 4]], np.int32), "euclidean").tolist() == [[1, 2, 3, 4]]


@pytest.mark.parametrize("metric", METRICS)
def test_a_query_finds_what_its_row_finds(metric: str) -> None:
    x = vectors(400, 6)
    rows, distances = nearest_to(x[5], x, 9, metric)
    found, wanted = nearest_rows(x, 8, metric, rows=np.array([5]))
    assert rows.tolist() == [5, *found[0].tolist()]
    np.testing.assert_allclose(distances[1:], wanted[0], rtol=1e-5, atol=1e-6)


def test_a_long_search_tells_its_rows_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.neighbours._TELL_EVERY", 0.0)
    monkeypatch.setattr("core.neighbours._ROWS_AT_ONCE", 100)
    heard: list[Step] = []
    nearest_rows(vectors(250, 3), 2, "euclidean", heard.append)
    assert [(step.done, step.total, step.unit) for step in heard] == [
        (100, 250, "row"),
        (200, 250, "row"),
        (250, 250, "row"),
    ]
    with pytest.raises(SearchStopped):
        nearest_rows(vectors(250, 3), 2, "euclidean", lambda step: True)


@pytest.mark.parametrize("k", [0, 5, 2.5, True])
def test_k_beyond_the_other_rows_is_refused(k: object) -> None:
    with pytest.raises(ParameterError):
        nearest_rows(vectors(5, 2), k)  # type: ignore[arg-type]


def test_an_unknown_metric_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="cosine, euclidean"):
        nearest_rows(vectors(5, 2), 1, "manhattan")


def test_a_zero_row_has_no_cosine_and_is_named() -> None:
    x = vectors(5, 2)
    x[3] = 0
    with pytest.raises(DataError, match="Row 4 of vectors is all zeros"):
        nearest_rows(x, 1, "cosine")
    with pytest.raises(DataError, match="Row 4 of vectors is all zeros"):
        nearest_to(x[0], x, 1, "cosine")
    assert nearest_rows(x, 1, "euclidean")[0].shape == (5, 1)


def test_a_query_of_another_length_is_refused() -> None:
    with pytest.raises(DataError, match="3 dimensions, the vectors 2"):
        nearest_to(np.ones(3, np.float32), vectors(5, 2), 1)
