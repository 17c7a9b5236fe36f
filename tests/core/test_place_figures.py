"""The boards of places and of order."""

import numpy as np
import pytest

from core.figures.place_grids import EPOCH, PLACE, Learning, PlaceWords, cosines, mosaic, places_board, shuffle_board

WORDS = PlaceWords(place="p", epoch="e", overview="o", one="1", accuracy="a", held_out="h", resampled="r")


def table(count: int = 6, dim: int = 4) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, dim)).astype(np.float32)


def test_each_cell_of_the_mosaic_is_the_row_of_its_place() -> None:
    near = cosines(table())
    whole = mosaic(near, (2, 3))
    assert whole.shape == (5, 11)
    assert np.array_equal(whole[3:5, 4:7].ravel(), near[4])  # place 4: row 1, column 1
    assert np.isnan(whole[2]).all()
    assert np.isnan(whole[:, 3]).all()


def test_a_row_of_zeros_is_like_nothing() -> None:
    rows = table()
    rows[2] = 0
    near = cosines(rows)
    assert not near[2].any()
    assert np.diag(near)[[0, 1, 3]] == pytest.approx(1)


def test_the_selected_place_follows_its_slider_and_the_table_its_epochs() -> None:
    learning = Learning(epochs=[0, 1, 2], accuracy=[0.1, 0.5, 0.9], frames=np.stack([table()] * 3), resampled=table(16), grid=(4, 4))  # fmt: skip
    board = places_board(table(), (2, 3), WORDS, learning=learning)
    assert [slider.name for slider in board.sliders] == [PLACE, EPOCH]
    assert {(one["control"], one["panel"]) for one in board.bindings} == {(PLACE, 1), (EPOCH, 0)}
    assert np.asarray(board.matrices["forming"]).shape == (3, 5, 11)
    assert np.asarray(board.matrices["near"]).shape == (6, 2, 3)
    assert board.panels[2].cross == (EPOCH, None)
    assert len(board.panels) == 4
    assert b"NaN" not in board.to_json()


def test_a_place_is_pointed_at_in_the_middle_of_its_cell() -> None:
    board = places_board(table(), (2, 3), WORDS)
    points = board.panels[0].figure.data[1]
    assert (points.x[4], points.y[4]) == (5, 3.5)


def test_a_shuffled_patch_is_linked_to_where_it_went() -> None:
    order = np.array([2, 0, 1, 3])
    board = shuffle_board(("a", "b"), (40, 40), (2, 2), order, ("t", "u"), "patch")
    left, right = (panel.figure.data[0] for panel in board.panels)
    assert (left.x[2], left.y[2]) == (10, 30)
    assert (right.x[2], right.y[2]) == (10, 10)  # place 0 holds patch 2
