"""Pictures of recommending: where items lie, what is marked, and how wide a band is."""

from __future__ import annotations

import numpy as np
import pytest

from core.figures.recommend import fan_board, loop_board, measures_board


def test_items_of_the_fan_lie_at_their_angle_and_near_ones_in_different_lanes() -> None:
    angles = [50.0 + at / 4 for at in range(16)]
    (panel,) = fan_board(angles, [f"i{at}" for at in range(16)], [0, 1, 2, 1] * 4, ["b", "f", "e"], "me", 8).panels
    drawn = panel.figure.data[-1]
    x, y = np.asarray(drawn.x), np.asarray(drawn.y)
    assert np.degrees(np.arctan2(np.abs(x), y)) == pytest.approx(angles, abs=1e-4)
    assert (x[:8] < 0).all()
    assert (x[8:] > 0).all()
    for side in (slice(0, 8), slice(8, 16)):
        assert np.diff(np.sort(y[side])).min() > 0.03, "labels of one side stand under each other"


def test_the_curve_of_mmr_marks_where_the_list_stands_and_leaves_out_what_is_not_defined() -> None:
    points = [(0.0, 0.9, 0.1), (0.5, 0.7, 0.3), (1.0, 0.4, None)]
    names = {"exact": "Exact", "fuzzy": "Fuzzy"}
    words = dict.fromkeys(("frequency", "rank", "times", "tradeoff", "relevance", "diversity"), "")
    board = measures_board({"exact": np.array([3, 0, 1])}, {"fuzzy": points}, names, words, 0.5)
    ranked, paid = (panel.figure.data[0] for panel in board.panels)
    assert list(ranked.y) == [3, 1]
    assert list(paid.x) == [0.1, 0.3]
    assert paid.marker.size[1] > paid.marker.size[0]


def test_the_band_of_a_loop_is_one_standard_deviation_to_both_sides() -> None:
    mean, deviation = np.array([1.0, 2.0]), np.array([0.1, 0.2])
    (panel,) = loop_board({"exact": {"within": (mean, deviation)}}, [("within", "w")], {"exact": "E"}, "r").panels
    band, line = panel.figure.data
    assert list(band.y) == pytest.approx([1.1, 2.2, 1.8, 0.9])
    assert list(line.y) == [1.0, 2.0]
