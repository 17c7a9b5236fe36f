"""The board of a projection that learns."""

import json

import numpy as np
import pytest

from core.errors import DataError
from core.figures.learned_patches import FRAME, LearnScene, LearnWords, Strip, learned_board
from core.patches import filter_sheet
from core.patches.lattice import lattice

WORDS = LearnWords(
    step="step", given="given", made="made", reading="r", writing="w", error="e", against="a", dims="d", pca="p", trained="t"
)  # fmt: skip
STRIP = Strip(url="payload/x", width=60, height=40)


def scene(frames: int, told: int, **given: object) -> LearnScene:
    steps = list(range(frames))
    usual = {"least": 3.0, "optimum": np.array([9.0, 5, 3]), "dim": 3, "tried": [(2, 6.0)]}
    return LearnScene(
        given=STRIP, made=STRIP, reading=STRIP, writing=STRIP, lattice=lattice(40, 60, 20, "crop"), pixels=(40, 60),
        steps=steps, told=list(range(told)), error=np.linspace(80, 4, told), **{**usual, **given},
    )  # fmt: skip


def test_the_slider_moves_photo_and_filters_together_and_patches_are_linked_between_the_photos() -> None:
    board = json.loads(learned_board(scene(5, 5), WORDS).to_json())
    moving = [panel["sprites"]["slider"] for panel in board["panels"] if panel["sprites"]]
    assert moving == [FRAME] * 3
    assert [len(panel["labels"]) for panel in board["panels"][:2]] == [6, 6]
    assert board["panels"][4]["cross"] == [FRAME, None]
    assert board["sliders"][0]["high"] == 4


def test_while_it_runs_the_curve_is_longer_than_the_one_frame_and_the_line_says_the_newest_error() -> None:
    board = learned_board(scene(1, 7, optimum=np.array([])), WORDS)
    assert board.panels[4].cross is None
    assert len(board.panels[4].figure.data[0].x) == 7
    assert np.asarray(board.matrices["error"]).tolist() == [4]
    assert len(board.panels[5].figure.data) == 2  # no optimum yet: the points alone


def test_what_is_not_known_yet_is_not_drawn() -> None:
    board = learned_board(scene(1, 1, least=float("nan"), optimum=np.array([]), tried=[]), WORDS)
    assert [len(panel.figure.data) for panel in board.panels[4:]] == [1, 1]


def test_a_filter_tile_is_its_weights_with_grey_as_zero_and_its_greatest_at_the_end() -> None:
    weights = np.zeros((3, 12), np.float32)
    weights[1, 0], weights[1, 4] = 2, -2  # the first pixel: red up, green down
    sheet = filter_sheet(weights, (2, 2), columns=2)
    assert sheet.shape == (5, 5, 3)
    assert sheet[0, 3].tolist() == [255, 0, 128]
    assert (sheet[:2, :2] == 128).all()
    assert (sheet[2] == 255).all()  # between the rows


def test_filters_of_another_size_are_refused() -> None:
    with pytest.raises(DataError):
        filter_sheet(np.zeros((2, 13), np.float32), (2, 2))
