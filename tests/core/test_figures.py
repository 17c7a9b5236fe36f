"""What every figure promises: colours that stay apart, classes in their order, boards the browser can read."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from core.figures.board import Board, Lines, Lit, Slider, WordList, typed
from core.figures.maps import embedding_map
from core.figures.palette import CLASSES, NONE, OTHERS, group, scale
from core.figures.plain import plain

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
VISIONS = {
    "full": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(colours: tuple[str, ...], vision: str) -> np.ndarray:
    """CIELAB (D65) of sRGB colours as an eye of that kind sees them."""
    rgb = np.array([[int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)] for colour in colours])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(VISIONS[vision]).T, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = seen @ to_xyz.T / np.array([0.9505, 1.0, 1.089])
    bent = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    a, b = 500 * (bent[:, 0] - bent[:, 1]), 200 * (bent[:, 1] - bent[:, 2])
    return np.stack([116 * bent[:, 1] - 16, a, b], axis=1)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(("count", "least"), [(7, 15), (20, 11)])
def test_any_two_class_colours_can_be_told_apart_by_every_eye(vision: str, count: int, least: float) -> None:
    """A difference of 2.3 in CIELAB is just noticeable."""
    seen = lab(CLASSES[:count], vision)
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) >= least


def test_the_commonest_classes_get_the_first_colours_and_the_rest_turn_grey() -> None:
    values = [f"class {at}" for at in range(25) for _ in range(25 - at)] + ["", None]
    names, colours, codes = group(values, "others", "none")
    assert names[:2] == ["class 0", "class 1"]
    assert names[20:] == ["others", "none"]
    assert colours == [*CLASSES, OTHERS, NONE]
    assert codes[-2:].tolist() == [21, 21]
    assert codes[values.index("class 24")] == 20


def test_few_classes_have_no_grey() -> None:
    names, colours, codes = group(["b", "a", "a"], "others", "none")
    assert (names, colours, codes.tolist()) == (["a", "b"], list(CLASSES[:2]), [1, 0, 0])


def test_a_known_class_has_one_colour_in_every_picture_and_language() -> None:
    first = dict(zip(*group(["food", "animal", "animal", "zebra", "country"], "others", "none")[:2], strict=True))
    second = dict(zip(*group(["国家", "国家", "动物", "食物"], "others", "none")[:2], strict=True))
    assert [first["animal"], first["food"], first["country"]] == [second["动物"], second["食物"], second["国家"]]
    assert len(set(first.values())) == len(first)


def test_a_code_meets_its_colour_in_the_middle_of_a_step() -> None:
    steps = scale(["red", "green", "blue"])
    assert [colour for edge, colour in steps if edge <= 0.5][-1] == "green"
    assert steps[0][0] == 0
    assert steps[-1][0] == 1


@pytest.mark.parametrize("components", [2, 3])
def test_a_board_goes_through_json_with_its_labels_as_data(components: int) -> None:
    """Labels travel outside the figure, where Plotly would read markup in them."""
    labels = ["<img src=x onerror=alert(1)>", "=1+1", "词"]
    panel = embedding_map(np.eye(3, components, dtype=np.float32), labels, classes=["a", "", None])
    slider = Slider(name="epoch", label="Epoch", low=0, high=2, value=1)
    read = json.loads(Board(panels=[panel], sliders=[slider], matrices={"m": np.zeros((2, 3))}).to_json())
    assert read["panels"][0]["labels"] == labels
    assert "onerror" not in json.dumps(read["panels"][0]["data"])
    assert read["matrices"]["m"]["shape"] == "2, 3"


def test_numbers_travel_in_at_most_four_bytes() -> None:
    assert typed(np.arange(3))["dtype"] == "i4"
    assert typed(np.zeros(3))["dtype"] == "f4"


def test_the_axes_of_a_picture_without_names_carry_no_ticks() -> None:
    figure = embedding_map(np.zeros((3, 2), np.float32), ["a", "b", "c"]).figure
    assert figure.layout.xaxis.showticklabels is False
    named = embedding_map(np.zeros((3, 2), np.float32), ["a", "b", "c"], axes=("PC 1", "PC 2")).figure
    assert named.layout.xaxis.title.text == "PC 1"


def test_words_beside_a_picture_reach_the_browser_with_their_arrays() -> None:
    """Lists and lit rows follow a slider in the browser, so they must be readable there as one array each."""
    two = WordList(title="king", names=["queen", "duke"], rows=np.array([[0, 1], [1, -1]]), scores=np.ones((2, 2)))
    board = json.loads(
        Board(
            panels=[embedding_map(np.zeros((2, 2), np.float32), ["a", "b"])],
            matrices={"rows": np.array([[0, 1], [1, -1]])},
            lists=[two],
            lines=Lines(slider="window", words=[["a", "b"], ["a", "a"]], marked=[-1, 1], tags=["valid", "broken"]),
            lit=Lit(slider="window", rows="rows"),
        ).to_json()
    )
    assert board["lists"][0]["rows"] == typed(np.array([[0, 1], [1, -1]]))
    assert board["lists"][0]["names"] == ["queen", "duke"]
    assert board["lines"]["marked"] == [-1, 1]
    assert board["lit"] == {"slider": "window", "rows": "rows", "marked": None}


def test_a_label_on_an_axis_is_no_markup() -> None:
    assert plain("<b>x</b>&\u202e") == "&lt;b&gt;x&lt;/b&gt;&amp;"
    assert len(plain("w" * 99)) == 24


def head_and_arrays(packed: bytes) -> tuple[dict[str, Any], bytes]:
    """A packed board as the browser reads it."""
    length = int.from_bytes(packed[:8], "little")
    assert length % 8 == 0
    return json.loads(packed[8 : 8 + length]), packed[8 + length :]


def test_long_arrays_travel_as_they_are_in_memory_and_labels_of_very_many_points_after_the_picture() -> None:
    rows = 30_000
    coordinates = np.random.default_rng(0).normal(size=(rows, 2)).astype(np.float32)
    labels = [f"词 {row}" for row in range(rows)]
    panel = embedding_map(coordinates, labels, classes=["a", "b"] * (rows // 2))
    held: list[bytes] = []

    def hold(text: bytes) -> str:
        held.append(text)
        return "payload/labels"

    read, arrays = head_and_arrays(Board(panels=[panel, panel]).to_bytes(hold))
    assert json.loads(held[0]) == labels
    assert [one["labels"] for one in read["panels"]] == [{"url": "payload/labels"}, {"same": 0}]
    x = read["panels"][0]["data"][0]["x"]
    assert (x["dtype"], x["count"], x["at"] % 8) == ("f4", rows, 0)
    np.testing.assert_array_equal(np.frombuffer(arrays, np.float32, rows, x["at"]), coordinates[:, 0])
    codes = read["panels"][0]["groups"]["codes"]
    np.testing.assert_array_equal(np.frombuffer(arrays, np.uint8, rows, codes["at"]), panel.groups[2])


def test_very_many_flat_points_are_painted_by_the_board_on_axes_that_hold_them_all() -> None:
    coordinates = np.random.default_rng(0).normal(size=(30_000, 2)).astype(np.float32)
    labels = [str(row) for row in range(30_000)]
    panel = embedding_map(coordinates, labels)
    assert panel.raster
    low, high = panel.figure.layout.xaxis.range
    assert low < coordinates[:, 0].min() < coordinates[:, 0].max() < high
    assert not embedding_map(coordinates[:500], labels[:500]).raster
    assert not embedding_map(np.zeros((30_000, 3), np.float32), labels).raster


def test_a_number_colours_by_a_bar_from_its_least_to_its_greatest_and_sizes_grow_with_it() -> None:
    values = np.array([3, np.nan, 7, 5], np.float32)
    panel = embedding_map(
        np.eye(4, 2, dtype=np.float32), list("abcd"), classes=list("xxyy"), numbers=("count", values), sizes=values
    )
    assert panel.groups is None
    assert panel.gauge is not None
    assert (panel.gauge.title, panel.gauge.low, panel.gauge.high) == ("count", 3, 7)
    sizes = np.asarray(panel.figure.data[0].marker.size)
    assert sizes[1] == sizes[0] < sizes[3] < sizes[2]
    assert (
        embedding_map(np.eye(3, 2, dtype=np.float32), list("abc"), numbers=("same", np.ones(3, np.float32))).gauge.high
        == 2
    )


def test_points_in_space_that_lie_in_a_plane_are_not_drawn_to_scale() -> None:
    flat = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32) * [1, 1, 1e-6]
    for points, mode in ((flat, "cube"), (np.eye(3, dtype=np.float32), "data")):
        assert embedding_map(points, ["a", "b", "c"]).figure.layout.scene.aspectmode == mode
