"""Boards of the Positions page: what they send is what the engine says, and nothing in them points nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from core.figures.board import Board
from core.figures.position_beyond import Beyond, BeyondWords, beyond_board
from core.figures.position_grid import GridWords, grid_board
from core.figures.position_race import LEARNED_NEAR, PARTS, Race, RaceWords, bands, race_board
from core.figures.position_relative import RelativeWords, relative_board
from core.figures.position_shifts import ShiftWords, shift_board
from core.figures.position_sums import SumWords, shown, sum_board
from core.figures.positions import CLOCKS, CodeWords, code_board, formula_text
from core.positions import (
    SCHEMES,
    LearnedPositions,
    dot_by_distance,
    formula_terms,
    similarities,
    sinusoidal,
    sum_with_words,
)
from core.positions import wavelengths as waves
from core.positions.relative import by_distance
from core.positions.sinusoidal import Layout, code_columns

OPERATIONS = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power, "<": np.less,
}  # fmt: skip


def words(kind: type) -> Any:
    return kind(**{name: name for name in kind.__dataclass_fields__})


def code(length: int, dim: int, layout: Layout = "interleaved", misprint: bool = False) -> Board:
    sines, cosines = code_columns(dim, layout)
    text, vectors = formula_text(dim, 10_000.0, sines, cosines, (2, dim), misprint=misprint)
    return code_board(
        sinusoidal(length, dim, layout=layout, misprint=misprint), sines, cosines, words(CodeWords), text, vectors
    )


TURNS = (sinusoidal(64, 8), sinusoidal(64, 8))
REACH = {"none": 0, "fixed": 32, "learned": 8, "rotary": 32, "alibi": 32}
NAMES = {scheme: scheme for scheme in SCHEMES}


def race(records: int = 3) -> Board:
    frames = np.stack([LearnedPositions(6, 4, seed).table for seed in range(records)])
    fixed, shares = sinusoidal(8, 4), np.linspace(10, 90, 5 * records).reshape(5, records)
    near = np.stack([similarities(frame) for frame in frames])
    told = Race(
        schemes=SCHEMES, steps=[0, 5, 10][:records], mean=shares, spread=0.1 * shares, fixed=fixed, frames=frames,
        fixed_near=similarities(fixed), frames_near=near, looks={"fixed": near, "learned": near}, last=10,
    )  # fmt: skip
    return race_board(told, RaceWords(**{**{name: name for name in RaceWords.__dataclass_fields__}, "schemes": NAMES}))


def beyond(stretched: bool = True) -> Board:
    told = Beyond(
        schemes=SCHEMES, length=8, rows=32, places=np.arange(8) * 4 + 1.5, mean=np.ones((5, 8)), spread=np.ones((5, 8)),
        stretched=np.ones(8) if stretched else None, defined=REACH,
    )  # fmt: skip
    said = {name: name for name in BeyondWords.__dataclass_fields__}
    return beyond_board(told, BeyondWords(**{**said, "schemes": NAMES}))


def sentence(tokens: list[str]) -> Board:
    vectors, places = np.random.default_rng(0).normal(size=(len(tokens), 6)), sinusoidal(len(tokens), 6)
    sums = sum_with_words(vectors, places)
    return sum_board(vectors, places, sums, (similarities(vectors), similarities(sums)), tokens, words(SumWords))


def shift() -> Board:
    return shift_board(
        dot_by_distance(64, np.arange(64)), 5, TURNS, waves(64), np.array([61, 64]), 64, words(ShiftWords)
    )


def relative() -> Board:
    said = {name: name for name in RelativeWords.__dataclass_fields__}
    moved = np.random.default_rng(0).normal(size=(3, 20, 20))
    return relative_board(by_distance(20, 8), moved, RelativeWords(**{**said, "slopes": ["s"], "schemes": NAMES}))


def grid() -> Board:
    near, finer = np.zeros((6, 2, 3)), np.zeros((6, 4, 6))
    return grid_board(near, finer, finer, words(GridWords))


BOARDS = {
    "code": code(16, 8),
    "odd": code(5, 7),
    "one": code(2, 1),
    "race": race(),
    "race at its start": race(1),
    "beyond": beyond(),
    "beyond, not stretched": beyond(stretched=False),
    "sum": sentence(["a", "b", "a"]),
    "shift": shift(),
    "relative": relative(),
    "grid": grid(),
}


def inside(parts: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary in a nest of text parts."""
    if isinstance(parts, dict):
        yield parts
        parts = list(parts.values())
    if isinstance(parts, list | tuple):
        for part in parts:
            yield from inside(part)


@pytest.mark.parametrize("name", BOARDS)
def test_bindings_text_crosshairs_and_clocks_name_only_what_the_board_has(name: str) -> None:
    board = BOARDS[name]
    sliders, matrices = {slider.name for slider in board.sliders}, set(board.matrices)
    for binding in board.bindings:
        assert binding["trace"] < len(board.panels[binding["panel"]].figure.data)
        assert {binding[key] for key in ("control", "within") if key in binding} | set(
            binding.get("cell", ())
        ) <= sliders
        assert {binding[key] for key in ("matrix",) if key in binding} <= matrices
    for part in inside(list(board.text)):
        assert {part[key] for key in ("value", "label") if key in part} | set(part.get("cell", ())) <= sliders
        assert {part[key] for key in ("matrix",) if key in part} <= matrices
    for panel in board.panels:
        assert {slider for slider in panel.cross or () if slider} <= sliders
        if panel.dials:
            assert {panel.dials.row, panel.dials.mark} <= sliders
            assert panel.dials.matrix in matrices


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_is_json_and_the_same_board_is_the_same_bytes(name: str) -> None:
    assert json.loads(BOARDS[name].to_json())["panels"]
    assert BOARDS[name].to_json() == BOARDS[name].to_json()


def number(given: Any, values: dict[str, int], vectors: dict[str, Any]) -> float:
    """What the browser makes of a number in the line of text."""
    if isinstance(given, int | float):
        return float(given)
    if "op" in given:
        return float(OPERATIONS[given["op"]](*(number(one, values, vectors) for one in given["of"])))
    if "matrix" in given:
        return float(vectors[given["matrix"]][tuple(values[name] for name in given["cell"])])
    return float(values[given["value"]])


@pytest.mark.parametrize("misprint", [False, True])
@pytest.mark.parametrize("layout", ["interleaved", "concatenated"])
@pytest.mark.parametrize(("dim", "pos", "pair"), [(64, 5, 3), (7, 2, 3), (512, 500, 255), (2, 0, 0)])
def test_the_line_of_text_does_the_arithmetic_of_the_formula(
    layout: Layout, misprint: bool, dim: int, pos: int, pair: int
) -> None:
    sines, cosines = code_columns(dim, layout)
    text, vectors = formula_text(dim, 10_000.0, sines, cosines, (2, dim), misprint=misprint)
    values = {"pos": pos, "i": int(sines[pair])}
    wave = text[-1]["choose"]
    assert number(wave, values, vectors) == 0, "the column of a sine"
    angles = [
        part["number"]
        for part in text[-1]["of"][0]
        if isinstance(part, dict) and part.get("digits") == 4 and "number" in part
    ]
    terms = formula_terms(pos, pair, dim)
    assert [number(angle, values, vectors) for angle in angles] == pytest.approx(
        [terms.misprint_angle if misprint else terms.angle]
    )


def test_a_padding_column_shows_its_value_and_no_formula() -> None:
    sines, cosines = code_columns(5, "tensor2tensor")
    text, vectors = formula_text(5, 10_000.0, sines, cosines, (1, 1), misprint=False)
    assert number(text[-1]["choose"], {"pos": 1, "i": 4}, vectors) == 2
    assert text[-1]["of"][2] == [" = ", {"matrix": "code", "cell": ["pos", "i"], "digits": 4}]


@pytest.mark.parametrize("dim", [1, 2, 7, 64, 512])
def test_every_column_has_its_clock_and_there_are_never_too_many(dim: int) -> None:
    large, small = (panel.dials for panel in code(4, dim).panels if panel.dials)
    assert len(small.pairs) <= CLOCKS
    assert [large.of[column] for column in range(dim)] == [column // 2 for column in range(dim)]
    assert max(small.of) < len(small.pairs)
    assert large.pairs[-1] == ((dim - 1, -1) if dim % 2 else (dim - 2, dim - 1))


def test_colours_are_centred_on_zero() -> None:
    maps = [
        trace
        for board in BOARDS.values()
        for panel in board.panels
        for trace in panel.figure.data
        if trace.type == "heatmap"
    ]
    assert maps
    assert all(trace.zmid == 0 and trace.zmin == -trace.zmax for trace in maps)


def test_the_learned_table_is_empty_beyond_its_last_row() -> None:
    learned = race().matrices["learned"]
    assert isinstance(learned, np.ndarray)
    assert learned.shape == (3, 8, 4)
    assert np.isnan(learned[:, 6:]).all()
    assert np.isfinite(learned[:, :6]).all()


def test_words_beside_a_table_are_text_and_not_markup() -> None:
    assert shown("<b>&x") == "&lt;b&gt;&amp;x"
    assert shown("internationalisation") == "internat…"
    ticks = sentence(["<b>x</b>", "y"]).panels[0].figure.layout.yaxis.ticktext
    assert ticks[0] == "&lt;b&gt;x&lt;/b&gt;"


@pytest.mark.parametrize("rise", [None, 5, 63, 200])
def test_the_first_rise_is_marked_only_where_it_can_be_seen(rise: int | None) -> None:
    board = shift_board(
        dot_by_distance(64, np.arange(64)), rise, TURNS, waves(64), np.array([61, 64]), 64, words(ShiftWords)
    )
    assert len(board.panels[0].figure.layout.annotations) == (1 if rise == 5 else 0)


def test_a_training_at_its_start_has_nothing_to_slide_yet_and_its_lines_grow_by_their_parts() -> None:
    board = race(1)
    assert not board.sliders
    assert not board.bindings
    assert len(board.panels) == LEARNED_NEAR + 1
    lines = bands([0, 5], np.array([10.0, 50.0]), np.array([1.0, 2.0]))
    assert list(lines) == list(PARTS)
    assert (lines["high"][1], lines["low"][1], lines["mean"]) == ([11, 52], [9, 48], ([0, 5], [10, 50]))


def test_what_is_defined_and_what_is_accurate_are_two_plots_on_one_axis() -> None:
    defined, accurate = (panel.figure for panel in beyond().panels)
    assert tuple(defined.layout.xaxis.range) == tuple(accurate.layout.xaxis.range)
    assert dict(zip(defined.data[0].y, defined.data[0].x, strict=True)) == REACH
    assert [note.text for note in defined.layout.annotations] == ["nothing", "missing", "trained"]
    assert all(shape.x0 == 7.5 for figure in (defined, accurate) for shape in figure.layout.shapes)


def test_a_bar_is_in_full_colour_once_every_position_is_told_apart() -> None:
    bars = shift().panels[3].figure.data[0]
    assert bars.y.tolist() == [61, 64]
    assert bars.marker.color[0] != bars.marker.color[1]


def test_the_lines_of_alibi_are_told_apart_by_their_width() -> None:
    said = {name: name for name in RelativeWords.__dataclass_fields__}
    moved = np.random.default_rng(0).normal(size=(3, 20, 20))
    words_of_three = RelativeWords(**{**said, "slopes": ["1/2", "1/16", "1/256"], "schemes": NAMES})
    figure = relative_board(np.zeros((5, 20)), moved, words_of_three).panels[0].figure
    widths = {line.name: line.line.width for line in figure.data if line.mode == "lines"}
    assert widths["1/2"] > widths["1/16"] > widths["1/256"]
