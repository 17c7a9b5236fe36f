"""The board of models: the paper's numbers, wherever the slider stands."""

import json

import numpy as np
import pytest

from core.figures.vit_models import RESOLUTION, RESOLUTIONS, ModelWords, model_counts, models_board
from core.patches import VITS, Vit

WORDS = ModelWords(
    resolution="r", table="t", tokens="n", attention="a", mine="yours", rows=("1", "2", "3", "4", "5", "6", "7")
)


@pytest.mark.parametrize(
    ("model", "resolution", "tokens", "projection", "positions"),
    [
        ("ViT-B/16", 224, 197, 590_592, 151_296),
        ("ViT-B/32", 224, 50, 2_360_064, 38_400),
        ("ViT-B/16", 384, 577, 590_592, 443_136),
        ("ViT-H/14", 224, 257, 753_920, 328_960),
    ],
)
def test_the_table_has_the_numbers_of_the_paper(
    model: str, resolution: int, tokens: int, projection: int, positions: int
) -> None:
    found = model_counts(resolution, VITS[model])
    assert found[1:4] == (tokens, projection, positions)
    board = models_board(Vit(16, 384, 12), WORDS)
    cells = np.asarray(board.matrices["cells"])[RESOLUTIONS.index(resolution)]
    assert cells[list(VITS).index(model)].tolist() == list(found)


def test_an_image_is_taken_at_whole_patches_within_the_resolution() -> None:
    assert model_counts(384, VITS["ViT-H/14"])[0] == 378
    assert model_counts(112, Vit(200, 8, 1))[:2] == (200, 2)


def test_twice_the_side_is_sixteen_times_the_pairs_but_for_the_class_token() -> None:
    once, twice = (model_counts(side, Vit(16, 64, 2)) for side in (224, 448))
    assert twice[4] / once[4] == pytest.approx(16, rel=0.02)
    assert twice[2] == once[2]
    assert once[6] == pytest.approx(2 * once[5], abs=1)


def test_table_and_bars_follow_the_one_slider() -> None:
    board = json.loads(models_board(Vit(8, 128, 4), WORDS).to_json())
    assert [one["control"] for one in board["bindings"]] == [RESOLUTION] * 3
    assert board["sliders"][0]["high"] == len(RESOLUTIONS) - 1
    assert [panel["data"][-1]["type"] for panel in board["panels"]] == ["table", "bar", "bar"]
