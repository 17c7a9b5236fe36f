"""Trust over the size of the neighbourhood, pair by pair, over seeds, and between two tables."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError, ParameterError
from core.neighbours import SearchStopped
from core.progress import Step
from core.projection import by_chance, changed, matched, quality, quality_curves, shepard, stability

quick = settings(max_examples=20, deadline=None)
LINE = np.array([0, 1, 2.1, 3.3, 4.6, 6, 7.5, 9.1], np.float32)[:, None]
FOLDED = np.abs(LINE - np.float32(4.03))


def vectors(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


# ---- curves ---------------------------------------------------------------------------------


def test_a_folded_line_has_the_worked_values_at_2() -> None:
    """FACTS: T .541667, C .75, recall .4375, Spearman .178435."""
    curves = quality_curves(LINE, FOLDED, ks=[2])
    assert curves.trustworthiness[0] == pytest.approx(0.541667, abs=1e-6)
    assert curves.continuity[0] == pytest.approx(0.75)
    assert curves.neighbour_recall[0] == pytest.approx(0.4375)
    assert curves.distance_spearman == pytest.approx(0.178435, abs=1e-6)


@given(st.integers(9, 90), st.integers(0, 999))
@quick
def test_each_k_of_a_curve_is_what_quality_measures_there(rows: int, seed: int) -> None:
    x, y = vectors(rows, 5, seed), vectors(rows, 2, seed + 1)
    curves = quality_curves(x, y, metric="cosine")
    for at, k in enumerate(curves.ks):
        judged = quality(x, y, k=int(k), metric="cosine")
        assert curves.trustworthiness[at] == pytest.approx(judged.trustworthiness)
        assert curves.continuity[at] == pytest.approx(judged.continuity)
        assert curves.neighbour_recall[at] == pytest.approx(judged.neighbour_recall)
        assert curves.distance_spearman == judged.distance_spearman


@pytest.mark.parametrize("scale", [0.01, 1.0, 300.0])
def test_rotation_scale_and_shift_give_1_at_every_k(scale: float) -> None:
    x = vectors(200, 3)
    turn = np.linalg.qr(vectors(3, 3, 1))[0]
    curves = quality_curves(x, (scale * x @ turn + 7 * scale).astype(np.float32))
    assert curves.trustworthiness.min() > 0.999
    assert curves.continuity.min() > 0.999
    assert curves.neighbour_recall[1:].min() > 0.98  # rounding may swap two rows that are nearly as far
    assert curves.distance_spearman > 0.9999


def test_a_curve_below_a_half_is_not_clipped() -> None:
    x = np.arange(12, dtype=np.float32)[:, None]
    assert quality_curves(x, (x * 5) % 12, ks=[2]).trustworthiness[0] < 0.5


def test_the_random_picture_is_what_chance_gives_on_average() -> None:
    """The measured baseline against its closed form, and the closed form at k = (n - 1) / 2 against a count."""
    curves = quality_curves(vectors(1500, 8), vectors(1500, 2, 1))
    expected = by_chance(1500, curves.ks)
    wide = curves.ks >= 5  # means over 7,500 draws and more
    for measure in ("trustworthiness", "continuity", "neighbour_recall"):
        np.testing.assert_allclose(getattr(curves.random, measure)[wide], getattr(expected, measure)[wide], atol=0.01)
    assert abs(curves.random.distance_spearman) < 0.05


@pytest.mark.parametrize(("count", "k"), [(9, 4), (30, 5), (101, 50)])
def test_the_closed_form_is_the_mean_over_all_places(count: int, k: int) -> None:
    places = np.arange(1, count)
    excess = k * np.maximum(places - k, 0).mean()
    wanted = 1 - 2 * excess / (k * (2 * count - 3 * k - 1))
    assert by_chance(count, [k]).trustworthiness[0] == pytest.approx(wanted)
    assert by_chance(count, [k]).neighbour_recall[0] == pytest.approx((places <= k).mean())


def test_a_picture_by_chance_scores_as_the_random_one_does() -> None:
    curves = quality_curves(vectors(800, 10), vectors(800, 2, 9))
    np.testing.assert_allclose(curves.trustworthiness[5:], curves.random.trustworthiness[5:], atol=0.03)


def test_the_ks_begin_at_1_and_stay_below_half() -> None:
    assert quality_curves(vectors(3, 2), vectors(3, 2, 1)).ks.tolist() == [1]
    assert quality_curves(vectors(100, 2), vectors(100, 2, 1)).ks[-1] == 49
    ks = quality_curves(vectors(900, 2), vectors(900, 2, 1)).ks
    assert ks[0] == 1
    assert ks[-1] == 200
    assert (np.diff(ks) > 0).all()


@pytest.mark.parametrize("k", [0, 4, 100])
def test_a_k_out_of_range_is_refused(k: int) -> None:
    with pytest.raises(ParameterError):
        quality_curves(LINE, FOLDED, ks=[2, k])


@pytest.mark.parametrize("rows", [1, 2])
def test_fewer_than_three_points_have_no_curves(rows: int) -> None:
    with pytest.raises(DataError, match="at least 3 points"):
        quality_curves(LINE[:rows], FOLDED[:rows])


def test_a_sample_is_stated_and_its_neighbours_are_among_all(monkeypatch: pytest.MonkeyPatch) -> None:
    x = vectors(1500, 5)
    whole = quality_curves(x, x[:, :2])
    assert (whole.sampled, whole.of) == (None, 1500)
    monkeypatch.setattr(sys.modules["core.projection.quality"], "MOST_EXACT", 1000)
    some = quality_curves(x, x[:, :2])
    assert (some.sampled, some.of) == (1000, 1500)
    np.testing.assert_allclose(some.neighbour_recall, whole.neighbour_recall, atol=0.03)
    np.testing.assert_allclose(some.trustworthiness, whole.trustworthiness, atol=0.01)


def test_every_row_can_be_judged_for_colouring(monkeypatch: pytest.MonkeyPatch) -> None:
    x = vectors(1300, 5)
    whole = quality(x, x[:, :2])
    monkeypatch.setattr(sys.modules["core.projection.quality"], "MOST_EXACT", 1000)
    every = quality(x, x[:, :2], every=True)
    assert every.sampled is None
    np.testing.assert_array_equal(every.trustworthiness_per_point, whole.trustworthiness_per_point)
    np.testing.assert_array_equal(every.neighbour_recall_per_point, whole.neighbour_recall_per_point)


def test_curves_tell_their_rows_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.neighbours._TELL_EVERY", 0.0)
    monkeypatch.setattr("core.neighbours._ROWS_AT_ONCE", 100)
    heard: list[Step] = []
    quality_curves(vectors(150, 3), vectors(150, 2, 1), on_step=heard.append)
    assert [(step.done, step.total) for step in heard] == [(100, 300), (150, 300), (250, 300), (300, 300)]
    with pytest.raises(SearchStopped):
        quality_curves(vectors(150, 3), vectors(150, 2, 1), on_step=lambda step: True)


# ---- pairs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [3, 8, 9, 40])
def test_few_pairs_are_all_taken_once(rows: int) -> None:
    pairs = shepard(vectors(rows, 4), vectors(rows, 2, 1))
    assert pairs.sampled is None
    assert pairs.of == len(pairs.rows) == rows * (rows - 1) // 2
    assert len({tuple(sorted(pair)) for pair in pairs.rows.tolist()}) == pairs.of
    assert (pairs.rows[:, 0] != pairs.rows[:, 1]).all()


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_pairs_have_their_distances_in_both_spaces(metric: str) -> None:
    x, y = vectors(300, 4), vectors(300, 2, 1)
    pairs = shepard(x, y, pairs=500, metric=metric)
    first, second = x[pairs.rows[:, 0]].astype(float), x[pairs.rows[:, 1]].astype(float)
    if metric == "cosine":
        lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
        wanted = 1 - (first * second).sum(axis=1) / lengths
    else:
        wanted = np.linalg.norm(first - second, axis=1)
    np.testing.assert_allclose(pairs.table, wanted, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        pairs.picture, np.linalg.norm(y[pairs.rows[:, 0]] - y[pairs.rows[:, 1]], axis=1), rtol=1e-5
    )
    assert (pairs.sampled, pairs.of) == (500, 300 * 299 // 2)


def test_sampled_pairs_are_distinct_repeatable_and_drawn_by_the_seed() -> None:
    x, y = vectors(90, 4), vectors(90, 2, 1)
    first, again, other = shepard(x, y, 2000), shepard(x, y, 2000), shepard(x, y, 2000, seed=1)
    assert len({tuple(sorted(pair)) for pair in first.rows.tolist()}) == 2000
    np.testing.assert_array_equal(first.rows, again.rows)
    assert not np.array_equal(first.rows, other.rows)


# ---- stability ------------------------------------------------------------------------------


def test_pictures_that_are_turned_are_perfectly_stable() -> None:
    picture = vectors(60, 2)
    turned = (picture @ np.linalg.qr(vectors(2, 2, 1))[0] * 4 - 9).astype(np.float32)
    stable = stability([picture, turned, picture[:, ::-1]], k=5)
    assert stable.mean > 0.98
    assert stable.pictures == 3


def test_stability_is_the_mean_share_over_pairs_of_pictures() -> None:
    pictures = [vectors(40, 2, seed) for seed in range(3)]
    k = 6

    def nearest(z: np.ndarray, row: int) -> set[int]:
        order = np.argsort(np.linalg.norm(z - z[row], axis=1))
        return set(order[order != row][:k].tolist())

    wanted = [
        np.mean([len(nearest(pictures[a], row) & nearest(pictures[b], row)) / k for a, b in ((0, 1), (0, 2), (1, 2))])
        for row in range(40)
    ]
    stable = stability(pictures, k=k)
    np.testing.assert_allclose(stable.per_point, wanted)
    assert stable.mean == pytest.approx(np.mean(wanted))


def test_random_pictures_agree_as_chance_has_it() -> None:
    stable = stability([vectors(600, 2, seed) for seed in range(4)], k=30)
    assert stable.by_chance == pytest.approx(30 / 599)
    assert stable.mean == pytest.approx(stable.by_chance, abs=0.01)


def test_one_picture_has_no_stability() -> None:
    with pytest.raises(DataError, match="at least 2 pictures"):
        stability([vectors(9, 2)])
    with pytest.raises(DataError, match="one has 9 rows, the other 8"):
        stability([vectors(9, 2), vectors(8, 2)], k=3)


def test_many_rows_are_judged_on_a_stated_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.projection.agreement.MOST_EXACT", 500)
    monkeypatch.setattr("core.projection.agreement._SAMPLE", 100)
    some = stability([vectors(501, 2), vectors(501, 2)], k=3)
    assert (some.sampled, some.of, some.mean) == (100, 501, 1.0)
    assert len(some.per_point) == len(some.points) == 100
    assert changed(vectors(501, 2), vectors(501, 3), k=3).sampled == 100


# ---- what changed ---------------------------------------------------------------------------


def test_the_rows_that_moved_are_first() -> None:
    x = vectors(200, 6)
    moved = x.copy()
    moved[[17, 42]] = 9 * vectors(2, 6, 5)
    moved[17], moved[42] = moved[42].copy(), -moved[17]
    difference = changed(x, moved, k=8)
    assert set(difference.order[:2].tolist()) == {17, 42}
    assert difference.share.max() <= 1
    assert difference.mean < 0.3


def test_nothing_changes_between_a_table_and_itself() -> None:
    x = vectors(50, 4)
    same = changed(x, x * 3, k=5)
    assert same.mean == 0
    assert same.order.tolist() == list(range(50))
    np.testing.assert_array_equal(same.before, same.after)


def test_two_pictures_may_have_other_dimensions() -> None:
    x = vectors(80, 3)
    assert 0 < changed(x, x[:, :2], k=5, metric="euclidean").mean < 1


@pytest.mark.parametrize("k", [0, 8])
def test_changed_neighbours_need_so_many_others(k: int) -> None:
    with pytest.raises(ParameterError, match="k must be"):
        changed(LINE, FOLDED, k=k, metric="euclidean")


def test_words_of_two_tables_are_matched_by_label() -> None:
    first, second = matched(["a", "b", "c", "d"], ["d", "x", "b"])
    assert (first.tolist(), second.tolist()) == ([1, 3], [2, 0])
    assert [len(rows) for rows in matched(["a"], ["b"])] == [0, 0]
