"""The board of a photo and its patches sends what the engine computed, and nothing in it points nowhere."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from typing import Any

import numpy as np
import pytest

from core.figures.board import Board
from core.figures.patches import PatchWords, Scene, patches_board
from core.images import load_sample
from core.images.encoding import picture_file
from core.patches import FITS, fit_image, patchify, project_patches
from core.patches.lattice import lattice, patch_sides

WORDS = PatchWords(**{name: name for name in PatchWords.__dataclass_fields__} | {"channels": ("r", "g", "b")})
KINDS = {"f4": "<f4", "u1": "u1", "u2": "<u2", "i2": "<i2"}


def scene(how: str = "crop", side: int = 16, *, channels_first: bool = True) -> Scene:
    pixels = load_sample("digits").pixels
    height, width = pixels.shape[:2]
    offered = patch_sides(height, width)
    vectors = patchify(fit_image(pixels, side, how).image, side, "channels_last").vectors
    return Scene(
        photo="payload/photo",
        height=height,
        width=width,
        sides=offered,
        lattices=[lattice(height, width, one, how) for one in offered],
        at=offered.index(side),
        sheet="payload/sheet",
        patch=(side, side),
        vectors=vectors,
        tokens=project_patches(vectors, 10).tokens,
        coordinates=project_patches(vectors, 2, "pca").tokens,
        channels_first=channels_first,
        name="digits",
    )


def sent(board: Board) -> dict[str, Any]:
    return json.loads(board.to_json())


def array(packed: dict[str, str]) -> np.ndarray[Any, Any]:
    shape = [int(side) for side in packed["shape"].split(", ")]
    return np.frombuffer(b64decode(packed["bdata"]), KINDS[packed["dtype"]]).reshape(shape)


@pytest.mark.parametrize("how", FITS)
def test_every_binding_has_its_trace_its_slider_and_a_row_for_each_value(how: str) -> None:
    board = sent(patches_board(scene(how), WORDS))
    sliders = {slider["name"]: slider for slider in board["sliders"]}
    for binding in board["bindings"]:
        assert binding["trace"] < len(board["panels"][binding["panel"]]["data"])
        rows = array(board["matrices"][binding["matrix"]]).shape[0]
        slider = sliders[binding["control"]]
        assert (slider["low"], slider["high"]) == (0, rows - 1)


def test_the_vector_is_the_patch_and_the_token_is_exact_to_a_part_in_60_000() -> None:
    shown = scene()
    board = sent(patches_board(shown, WORDS))
    assert np.array_equal(array(board["matrices"]["vector"]), shown.vectors)
    scale = next(binding["scale"] for binding in board["bindings"] if binding["matrix"] == "token")
    gap = np.abs(array(board["matrices"]["token"]) * scale - shown.tokens).max()
    assert gap <= np.abs(shown.tokens).max() / 60_000


@pytest.mark.parametrize("channels_first", [True, False])
def test_the_order_moves_the_values_along_the_vector_and_leaves_them_as_they_are(channels_first: bool) -> None:
    """(c, p, p): channel c of pixel k is value c p^2 + k; (p, p, c): value 3 k + c. Each place is taken once."""
    shown = scene(channels_first=channels_first)
    traces = patches_board(shown, WORDS).panels[4].figure.data
    places = np.concatenate([trace.x for trace in traces])
    assert sorted(places) == list(range(3 * shown.patch[0] * shown.patch[1]))
    assert list(traces[1].x[:3]) == ([256, 257, 258] if channels_first else [1, 4, 7])


def test_the_sequence_lays_the_patches_in_reading_order() -> None:
    points = patches_board(scene(), WORDS).panels[2].figure.data[0]
    assert list(points.y * 24 + points.x) == list(range(12 * 8))


def test_the_points_of_the_photo_are_the_middles_of_its_patches() -> None:
    shown = scene("pad", 14)
    points = patches_board(shown, WORDS).panels[0].figure.data[3]
    grid = shown.lattices[shown.at]
    assert [(y, x) for y, x in zip(points.y, points.x, strict=True)] == [
        pytest.approx(grid.centre(index)) for index in range(len(grid))
    ]


def test_each_grid_has_a_line_at_every_edge_of_its_patches() -> None:
    shown = scene("resize", 20)
    across = array(sent(patches_board(shown, WORDS))["matrices"]["grid x"])
    for row, grid in zip(across, shown.lattices, strict=True):
        ends = row[: 3 * (grid.rows + grid.columns + 2)].reshape(-1, 3)
        assert np.isnan(ends[:, 2]).all()
        assert np.isnan(row[ends.size :]).all()
        assert ends[: grid.columns + 1, 0] == pytest.approx(np.arange(grid.columns + 1) * grid.width, abs=1e-3)


@pytest.mark.parametrize(
    ("how", "changed"), [("crop", 128 * 192 - 120 * 180), ("pad", 140 * 200 - 128 * 192), ("resize", 0)]
)
def test_what_is_shaded_is_what_was_taken_away_or_made_up(how: str, changed: int) -> None:
    """The shoelace area of the outer rectangle and, turned the other way, of the inner one."""
    ring = patches_board(scene(how, 20), WORDS).panels[0].figure.data[0]
    outer, inner = ((ring.x[part], ring.y[part]) for part in (slice(0, 5), slice(6, 11)))
    area = sum(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2 for x, y in (outer, inner))
    assert area == pytest.approx(changed)


def test_a_panorama_takes_the_whole_width() -> None:
    shown = scene()
    assert [panel.span for panel in patches_board(shown, WORDS).panels[:2]] == [3, 3]
    wide = {name: getattr(shown, name) for name in Scene.__slots__} | {"height": 40}
    assert [panel.span for panel in patches_board(Scene(**wide), WORDS).panels[:2]] == [6, 6]


def test_small_pictures_are_sent_exactly_and_photos_closely() -> None:
    from PIL import Image

    for name, media, off in (("tiles", "image/png", 0.0), ("china", "image/jpeg", 1.5)):
        pixels = load_sample(name).pixels
        file, kind = picture_file(pixels)
        back = np.asarray(Image.open(io.BytesIO(file)))
        assert kind == media
        assert np.abs(back.astype(int) - pixels).mean() <= off


def test_the_two_components_of_a_map_found_by_iteration_are_those_of_the_whole_decomposition() -> None:
    vectors = patchify(fit_image(load_sample("china").pixels, 16, "crop").image, 16).vectors
    centred = vectors / 255 - vectors.mean(axis=0) / 255
    exact = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :2].T
    found = project_patches(vectors, 2, "pca").weights
    assert np.abs((found * exact).sum(axis=1)) == pytest.approx(1.0, abs=1e-6)
