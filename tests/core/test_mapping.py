"""What a map keeps: injective, order, stretch, neighbourhoods; the domains and maps a page offers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.embedding import Embedding
from core.errors import DataError, ParameterError, UnknownLabel
from core.figures.mapping import tolerances
from core.mapping import MAPS, apply_map, check_map, grid, integers, pairs, read_pairs, reread, tree, words

INTEGERS = list(range(-5, 6))


def test_x_squared_is_not_injective_and_the_two_inputs_are_named() -> None:
    report = check_map(INTEGERS, [x * x for x in INTEGERS])
    assert not report.injective
    assert report.collision is not None
    a, b = report.collision
    assert a != b
    assert a * a == b * b
    assert report.smallest_separation == 0
    assert (0 in [item for group in report.groups for item in group]) is False


def test_order_is_kept_or_a_counterexample_shows_that_it_is_not() -> None:
    kept = check_map(INTEGERS, [2 * x + 1 for x in INTEGERS])
    assert (kept.order_preserving, kept.counterexample) == (True, None)
    broken = check_map(INTEGERS, [x * x for x in INTEGERS])
    assert broken.order_preserving is False
    assert broken.counterexample is not None
    low, high = broken.counterexample
    assert low < high
    assert low * low >= high * high
    turned = check_map(INTEGERS, [-x for x in INTEGERS])
    assert (turned.order_preserving, turned.order_reversing, turned.injective) == (False, True, True)


def test_a_constant_map_keeps_no_order() -> None:
    """x1 < x2 asks for f(x1) < f(x2), not for at most."""
    assert check_map([1, 2], [3, 3]).order_preserving is False


def test_vectors_and_words_have_no_order_to_keep() -> None:
    assert check_map([(0, 0), (1, 1)], [1.0, 2.0]).order_preserving is None
    assert check_map([1, 2], [[1.0, 0.0], [2.0, 0.0]]).order_preserving is None
    assert check_map(["a", "b"], [1.0, 2.0]).order_preserving is None


def test_a_linear_map_stretches_every_distance_alike() -> None:
    report = check_map(INTEGERS, [2.0 * x + 1 for x in INTEGERS])
    assert report.least_stretch == pytest.approx(2)
    assert report.greatest_stretch == pytest.approx(2)
    assert report.neighbourhoods_kept == 1


def test_words_without_a_distance_have_no_stretch_and_no_neighbourhoods() -> None:
    report = check_map(["a", "b", "c"], np.eye(3))
    assert report.least_stretch is report.greatest_stretch is report.neighbourhoods_kept is None
    assert report.injective
    assert report.smallest_separation == pytest.approx(2**0.5)


def test_one_hot_keeps_neighbourhoods_as_chance_does() -> None:
    """All outputs are equally far apart, so ties are shared and nothing is gained."""
    domain = words(
        ["cat", "dog", "apple", "bread", "red", "blue"], ["animal", "animal", "food", "food", "colour", "colour"]
    )
    report = check_map(domain.inputs, np.eye(6), neighbours=domain.neighbours)
    assert report.neighbourhoods_kept == pytest.approx(report.neighbourhoods_by_chance)


def test_the_identity_keeps_all_neighbourhoods_of_a_grid_and_a_line_through_it_does_not() -> None:
    domain = grid(5)
    assert check_map(domain.inputs, domain.places).neighbourhoods_kept == 1
    report = check_map(domain.inputs, apply_map(domain, "linear", a=1, b=5, c=0))
    assert report.injective
    assert 0.3 < (report.neighbourhoods_kept or 0) < 0.7


def test_a_tolerance_makes_close_outputs_the_same() -> None:
    values = [0.0, 0.1, 1.0]
    assert check_map([1, 2, 3], values).injective
    loose = check_map([1, 2, 3], values, tolerance=0.1)
    assert not loose.injective
    assert loose.collision == (1, 2)
    assert loose.order_preserving is False
    assert loose.colliding.tolist() == [True, True, False]


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30), st.floats(0, 10))
def test_a_map_is_injective_exactly_when_no_two_outputs_are_within_the_tolerance(
    values: list[float], tolerance: float
) -> None:
    report = check_map([f"x{at}" for at in range(len(values))], values, tolerance)
    gaps = [abs(a - b) for at, a in enumerate(values) for b in values[:at]]
    assert report.injective == (min(gaps) > tolerance)
    assert report.smallest_separation == min(gaps)


@given(st.integers(2, 25), st.integers(1, 4), st.integers(0, 9))
def test_stretch_and_separation_agree_with_all_pairs(n: int, dim: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(n, 2)), rng.normal(size=(n, dim))
    report = check_map([tuple(row) for row in x], y)
    far = [(np.linalg.norm(y[a] - y[b]), np.linalg.norm(x[a] - x[b])) for a in range(n) for b in range(a)]
    assert report.least_stretch == pytest.approx(min(out / into for out, into in far))
    assert report.greatest_stretch == pytest.approx(max(out / into for out, into in far))
    assert report.smallest_separation == pytest.approx(min(out for out, _ in far))


def test_twin_rows_of_a_large_table_are_found_and_named() -> None:
    rng = np.random.default_rng(0)
    table = rng.normal(size=(4000, 16)).astype(np.float32)
    table[3210] = table[17]
    labels = [f"w{row}" for row in range(4000)]
    report = check_map(labels, table)
    assert report.collision == ("w17", "w3210")
    assert report.groups == (("w17", "w3210"),)
    assert int(report.colliding.sum()) == 2


def test_rows_that_differ_beyond_single_precision_are_told_apart_by_their_true_distance() -> None:
    table = np.random.default_rng(1).normal(size=(3500, 4))
    table[9] = table[8] + 1e-12
    report = check_map([str(row) for row in range(3500)], table)
    assert report.injective
    assert report.smallest_separation == pytest.approx(2e-12, rel=0.01)


def test_unknown_words_share_one_row() -> None:
    table = Embedding(["cat", "dog"], [[1.0, 0.0], [0.0, 1.0]])
    domain = words(["cat", "zyx", "dog", "qwv"])
    report = check_map(domain.inputs, apply_map(domain, "trained", embedding=table, row=[0.5, 0.5]))
    assert report.collision == ("zyx", "qwv")
    with pytest.raises(UnknownLabel):
        apply_map(domain, "trained", embedding=table)


def test_an_input_with_two_outputs_is_no_map() -> None:
    with pytest.raises(DataError, match="rows 1 and 3"):
        check_map(["a", "b", "a"], [1.0, 2.0, 3.0])
    assert check_map(["a", "b", "a"], [1.0, 2.0, 1.0]).injective


@pytest.mark.parametrize(
    ("inputs", "outputs", "sentence"),
    [([1], [1], "at least 2"), ([1, 2], [1], "2 inputs but 1 outputs"), ([1, 2], [1, np.nan], "not a finite"), ([1, 2], ["a", "b"], "must be numbers")],
)  # fmt: skip
def test_bad_maps_are_refused_in_a_sentence(inputs: list[int], outputs: list[float], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        check_map(inputs, outputs)


def test_a_tolerance_below_zero_is_refused() -> None:
    with pytest.raises(ParameterError):
        check_map([1, 2], [1, 2], tolerance=-1)


def test_steps_in_a_tree_are_counted_along_its_branches() -> None:
    """n4 and n5 are sisters, n4 and n7 meet at the root."""
    domain = tree(2)
    assert domain.distances is not None
    assert domain.distances[3, 4] == 2
    assert domain.distances[3, 6] == 4
    assert domain.distances[0, 6] == 2
    assert (domain.distances == domain.distances.T).all()


@pytest.mark.parametrize("name", [name for name in MAPS if name != "trained"])
@pytest.mark.parametrize("domain", [integers(), grid(), tree(), words(["a", "b", "c"])], ids=lambda one: one.name)
def test_every_map_is_checked_on_every_domain(name: str, domain: object) -> None:
    outputs = apply_map(domain, name)  # type: ignore[arg-type]
    assert len(outputs) == len(domain)  # type: ignore[arg-type]
    check_map(domain.inputs, outputs, distances=domain.distances)  # type: ignore[attr-defined]


def test_more_words_than_boxes_must_collide() -> None:
    domain = words([f"word{at}" for at in range(9)])
    assert not check_map(domain.inputs, apply_map(domain, "hash", modulus=8)).injective


def test_pairs_of_a_file_are_numbers_or_words() -> None:
    numbers = pairs("x;f\n1;2\n2;4\n3;9\n", "a.csv")
    assert numbers.inputs == [1.0, 2.0, 3.0]
    assert check_map(numbers.inputs, apply_map(numbers, "given")).order_preserving
    labels = pairs("cat,1,2\ndog,1,2\n", "b.csv")
    assert check_map(labels.inputs, apply_map(labels, "given")).collision == ("cat", "dog")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "at least 2 rows"), ("1,2\n2,x\n", "Line 2 of f.csv, column 2: x"), ("1,2\n2,3,4\n", "Line 2 of f.csv has 3 cells"), ("1,2\n2,1e300\n", "column 2"), ("a,nan\nb,2\nc,3\n", "Line 1 of f.csv, column 2"), ("1,2\n" * 10_001, "more than 10000 rows"), ("a,1\na,1\n", "at least 2 rows"), ("1,2\n2,4\n1,3\n", "input 1.0 stands in lines 1 and 3"), ("x" * 300 + ",1\nb,2\n", "the input has 300 characters"), ("a" + ",1" * 300 + "\n" + "".join(f"b{at}" + ",1" * 300 + "\n" for at in range(700)), "at most 200000 numbers")],
)  # fmt: skip
def test_a_bad_file_of_pairs_names_the_line_and_the_column(text: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        pairs(text, "f.csv")


def test_a_row_of_pairs_that_repeats_counts_once_and_a_decimal_comma_is_a_number() -> None:
    once = pairs("1;2,5\n1;2,5\n2;3,5\n", "a.csv")
    assert (once.inputs, once.labels) == ([1.0, 2.0], ["1", "2"])
    assert once.outputs is not None
    assert once.outputs.tolist() == [[2.5], [3.5]]
    assert len(check_map(once.inputs, once.outputs).separations) == len(once)
    bare = pairs("a;1,5\nb;2,5\nc;1,5\n", "a.csv")  # no heading, though no number is written with a point
    assert check_map(bare.inputs, apply_map(bare, "given")).collision == ("a", "c")


def test_pairs_in_any_encoding_are_read_within_their_time_and_size() -> None:
    text = "词,值\n小猫,1\n小狗,2\n" + "".join(f"第{at}个,{at}\n" for at in range(40))
    assert read_pairs(text.encode("gb18030"), "对.csv").inputs[:2] == ["小猫", "小狗"]
    with pytest.raises(DataError, match="at most 20 MB"):
        read_pairs(b"1" * (21 * 2**20), "a.csv")
    with pytest.raises(DataError, match="could not be read within 0 s"):
        read_pairs(b"1,2\n2,3\n", "a.csv", seconds=0)


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=12, unique=True), st.integers(0, 40))
def test_a_report_read_at_another_tolerance_is_the_report_made_at_it(inputs: list[int], tenths: int) -> None:
    outputs = np.array([[x * x / 4 - x] for x in inputs])
    once, again = (
        reread(check_map(inputs, outputs), inputs, outputs, tenths / 10),
        check_map(inputs, outputs, tenths / 10),
    )
    for name in ("injective", "collision", "order_preserving", "order_reversing", "counterexample", "tolerance"):
        assert getattr(once, name) == getattr(again, name)
    assert once.colliding.tolist() == again.colliding.tolist()


def test_the_slider_of_the_tolerance_stops_where_the_verdict_turns() -> None:
    outputs = np.array([[2.0 * x + 1] for x in INTEGERS])
    steps = tolerances(check_map(INTEGERS, outputs).separations, outputs)
    assert steps[0] == 0
    assert 2.0 in steps
    assert steps == sorted(set(steps))
    many = np.random.default_rng(0).normal(size=(5000, 3))
    report = check_map([str(row) for row in range(5000)], many)
    assert report.smallest_separation in tolerances(report.separations, many)
    assert len(tolerances(report.separations, many)) <= 49
