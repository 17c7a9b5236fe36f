"""Positions: codes by formula, what a shift does to them, and tables that are learned."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError, ParameterError, PositionOutOfRange
from core.positions import (
    LAYOUTS,
    LearnedPositions,
    distinct_codes,
    dot_by_distance,
    first_rise,
    formula_terms,
    permutation_test,
    rotation,
    similarities,
    sinusoidal,
    sum_with_words,
    turned,
    wavelengths,
)
from core.positions.relative import by_distance, moved_along

quick = settings(max_examples=80, deadline=None)
lengths, dims = st.integers(1, 50), st.integers(1, 65)
even_dims = st.integers(1, 32).map(lambda half: 2 * half)
bases = st.floats(1.5, 1e6)
layouts = st.sampled_from(LAYOUTS)


def test_codes_of_the_worked_examples() -> None:
    assert np.allclose(sinusoidal(3, 4)[2], [0.90929743, -0.41614684, 0.01999867, 0.99980001], atol=5e-9)
    assert np.allclose(sinusoidal(2, 5)[1], [0.84147098, 0.54030231, 0.02511622, 0.99968454, 0.00063096], atol=5e-9)
    assert np.allclose(sinusoidal(3, 4, misprint=True)[2], [0.84147098, 0.54030231, 0.01414166, 0.99990000], atol=5e-9)


def test_the_misprint_agrees_with_the_formula_at_position_one_only() -> None:
    """(1 / base)^e = 1 / base^e, so position 1 cannot tell the two apart; every other one can."""
    right, wrong = sinusoidal(50, 8), sinusoidal(50, 8, misprint=True)
    assert np.allclose(right[1], wrong[1])
    assert (np.abs(np.delete(right - wrong, 1, axis=0)).max(axis=1) > 1e-3).all()


@quick
@given(lengths, dims, bases, layouts, st.booleans())
def test_codes_have_their_shape_are_bounded_and_repeat(length: int, dim: int, base: float, layout: str, misprint: bool) -> None:  # fmt: skip
    codes = sinusoidal(length, dim, base=base, layout=layout, misprint=misprint)
    assert codes.shape == (length, dim)
    assert codes.dtype == np.float64
    assert (np.abs(codes) <= 1).all()
    assert codes.tobytes() == sinusoidal(length, dim, base=base, layout=layout, misprint=misprint).tobytes()


@quick
@given(lengths, even_dims, bases, layouts)
def test_every_position_has_the_same_norm(length: int, dim: int, base: float, layout: str) -> None:
    """sin^2 + cos^2 = 1 a pair, so each row has norm^2 dim / 2."""
    assert np.allclose(np.square(sinusoidal(length, dim, base=base, layout=layout)).sum(axis=1), dim / 2)


@quick
@given(lengths, dims, bases)
def test_an_odd_dim_is_the_next_even_formula_without_its_last_cosine(length: int, dim: int, base: float) -> None:
    """Written out by hand, one value at a time; it holds for dim 1 as well."""
    codes = sinusoidal(length, dim, base=base)
    for column in range(dim):
        angle = np.arange(length) / base ** ((column - column % 2) / dim)
        assert np.allclose(codes[:, column], np.cos(angle) if column % 2 else np.sin(angle), atol=1e-9)


@quick
@given(lengths, dims, bases)
def test_concatenated_codes_are_the_interleaved_ones_sines_first(length: int, dim: int, base: float) -> None:
    interleaved, concatenated = (sinusoidal(length, dim, base=base, layout=each) for each in LAYOUTS[:2])
    assert np.array_equal(concatenated, np.hstack([interleaved[:, 0::2], interleaved[:, 1::2]]))


@pytest.mark.parametrize("dim", [1, 2, 3, 8, 9, 64])
def test_the_tensor2tensor_variant_ends_at_one_over_base_and_pads_an_odd_dim_with_zeros(dim: int) -> None:
    codes = sinusoidal(30, dim, layout="tensor2tensor")
    half = dim // 2
    if half >= 2:
        slowest = np.arange(30) / 10_000
        assert np.allclose(codes[:, half - 1], np.sin(slowest))
        assert np.allclose(codes[:, 2 * half - 1], np.cos(slowest))
        assert wavelengths(dim, layout="tensor2tensor")[-1] == pytest.approx(2 * np.pi * 10_000)
    if dim % 2:
        assert not codes[:, -1].any()


@pytest.mark.parametrize(("dim", "factor"), [(512, 9646.6), (4, 100.0)])
def test_wavelengths_run_from_two_pi_by_the_known_factor(dim: int, factor: float) -> None:
    waves = wavelengths(dim)
    assert waves[0] == pytest.approx(2 * np.pi)
    assert waves[-1] / waves[0] == pytest.approx(factor, rel=1e-5)
    assert len(waves) == dim // 2


@quick
@given(even_dims, st.integers(-500, 500), st.integers(500, 5000), bases, layouts)
def test_a_rotation_turns_every_code_into_the_one_offset_places_on(dim: int, offset: int, place: int, base: float, layout: str) -> None:  # fmt: skip
    codes = sinusoidal(5501, dim, base=base, layout=layout)
    turned = codes[[0, place] if offset >= 0 else [place]] @ rotation(dim, offset, base=base, layout=layout).T
    wanted = codes[[offset, place + offset] if offset >= 0 else [place + offset]]
    assert np.abs(turned - wanted).max() <= 1e-6


@quick
@given(even_dims, st.integers(0, 600), bases)
def test_turning_pair_by_pair_is_what_the_rotation_does_and_leads_to_the_codes_that_follow(dim: int, place: int, base: float) -> None:  # fmt: skip
    codes = sinusoidal(place + 9, dim, base=base)
    turns = turned(codes[place], np.arange(-3, 9), base)
    assert np.abs(turns[3:] - codes[place:]).max() <= 1e-6
    assert np.allclose(turns[0], rotation(dim, -3, base=base) @ codes[place])


@quick
@given(even_dims, st.integers(-300, 300), st.integers(-300, 300), bases)
def test_rotations_add_up_and_turn_back(dim: int, first: int, second: int, base: float) -> None:
    a, b = rotation(dim, first, base=base), rotation(dim, second, base=base)
    assert np.allclose(a @ b, rotation(dim, first + second, base=base), atol=1e-9)
    assert np.allclose(rotation(dim, -first, base=base), a.T)
    assert np.array_equal(rotation(dim, 0, base=base), np.eye(dim))


@quick
@given(even_dims, st.integers(0, 300), st.integers(0, 300), bases)
def test_a_dot_product_knows_the_distance_only(dim: int, place: int, distance: int, base: float) -> None:
    codes = sinusoidal(place + distance + 1, dim, base=base)
    dot = codes[place] @ codes[place + distance]
    forward, backward = dot_by_distance(dim, [distance, -distance], base)
    assert dot == pytest.approx(forward, abs=1e-7)
    assert forward == backward
    assert dot_by_distance(dim, 0, base) == pytest.approx(dim / 2)


@pytest.mark.parametrize(("dim", "rise"), [(64, 5), (512, 43)])
def test_the_dot_product_first_rises_where_it_is_known_to(dim: int, rise: int) -> None:
    assert first_rise(dim) == rise
    falling = dot_by_distance(dim, np.arange(rise + 2))
    assert (np.diff(falling[:-1]) < 0).all()
    assert falling[rise + 1] > falling[rise]


def test_a_dot_product_that_only_falls_so_far_has_no_first_rise() -> None:
    assert first_rise(512, limit=43) is None
    assert first_rise(512, limit=44) == 43


@quick
@given(st.integers(0, 500), dims, bases, st.data())
def test_the_filled_in_formula_is_the_table(place: int, dim: int, base: float, data: st.DataObject) -> None:
    pair = data.draw(st.integers(0, (dim - 1) // 2))
    terms = formula_terms(place, pair, dim, base)
    right, wrong = sinusoidal(place + 1, dim, base=base)[-1], sinusoidal(place + 1, dim, base=base, misprint=True)[-1]
    assert terms.angle == pytest.approx(place / terms.divisor)
    assert terms.divisor == pytest.approx(base**terms.exponent)
    assert terms.wavelength == pytest.approx(wavelengths(dim, base)[pair])
    assert terms.sine == pytest.approx(right[2 * pair], abs=1e-9)
    assert terms.misprint_sine == pytest.approx(wrong[2 * pair], abs=1e-9)
    if 2 * pair + 1 == dim:
        assert terms.cosine is None
        assert terms.misprint_cosine is None
    else:
        assert terms.cosine == pytest.approx(right[2 * pair + 1], abs=1e-9)
        assert terms.misprint_cosine == pytest.approx(wrong[2 * pair + 1], abs=1e-9)


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        (lambda: sinusoidal(0, 4), "length must be a whole number of at least 1; got 0"),
        (lambda: sinusoidal(4, -2), "dim must be a whole number of at least 1; got -2"),
        (lambda: sinusoidal(4, 2.5), "got 2.5"),
        (lambda: sinusoidal(4, True), "got True"),
        (lambda: sinusoidal(4, 4, base=1.0), "base must be a number above 1; got 1.0"),
        (lambda: sinusoidal(4, 4, base=float("nan")), "got nan"),
        (lambda: sinusoidal(4, 4, base=float("inf")), "got inf"),
        (lambda: sinusoidal(4, 4, layout="zigzag"), "interleaved, concatenated, tensor2tensor; got zigzag"),
        (lambda: rotation(5, 1), "dim must be even, because every sine needs its cosine; got 5"),
        (lambda: rotation(4, float("inf")), "offset must be a finite number"),
        (lambda: dot_by_distance(7, [1]), "got 7"),
        (lambda: formula_terms(-1, 0, 4), "position must be"),
        (lambda: formula_terms(0, 2, 4), "pair must be a whole number from 0 to 1; got 2"),
        (lambda: distinct_codes(sinusoidal(4, 4), 0), "bits must be a whole number of at least 1; got 0"),
        (lambda: distinct_codes(sinusoidal(4, 4), 33), "bits must be at most 32; got 33"),
        (lambda: by_distance(0, 4), "count"),
        (lambda: turned(np.ones(3), [1]), "got 3"),
        (lambda: by_distance(4, 5), "got 5"),
        (lambda: LearnedPositions(0, 4), "length"),
        (lambda: LearnedPositions(4, 4, seed=-1), "seed"),
    ],
)
def test_settings_out_of_range_are_refused_by_name_rule_and_value(attempt: object, said: str) -> None:
    with pytest.raises(ParameterError) as caught:
        attempt()  # type: ignore[operator]
    assert said in str(caught.value)


def test_a_new_table_is_normal_with_spread_a_tenth_and_repeats() -> None:
    table = LearnedPositions(500, 100, seed=1).table
    assert table.shape == (500, 100)
    assert abs(table.mean()) < 0.002
    assert table.std() == pytest.approx(0.1, rel=0.02)
    assert table.tobytes() == LearnedPositions(500, 100, seed=1).table.tobytes()
    assert table.tobytes() != LearnedPositions(500, 100, seed=2).table.tobytes()


def test_rows_are_looked_up_one_or_many_as_copies() -> None:
    positions = LearnedPositions(8, 3)
    assert np.array_equal(positions[7], positions.table[7])
    assert np.array_equal(positions[range(4)], positions.table[:4])
    assert np.array_equal(positions[[2, 2]], positions.table[[2, 2]])
    assert np.array_equal(np.stack(list(positions)), positions.table)
    before = positions.table.copy()
    positions[0][:] = 9
    positions[[0, 1]][:] = 9
    assert np.array_equal(positions.table, before)
    assert (len(positions), positions.dim) == (8, 3)


@pytest.mark.parametrize(("wanted", "named"), [(8, 8), (-1, -1), (10**12, 10**12), ([0, 9, 11], 9), (range(6, 10), 8)])
def test_a_position_outside_the_table_has_no_row(wanted: object, named: int) -> None:
    with pytest.raises(PositionOutOfRange) as caught:
        LearnedPositions(8, 3)[wanted]  # type: ignore[index]
    assert f"Position {named} has no row" in str(caught.value)
    assert "0 to 7" in str(caught.value)
    assert isinstance(caught.value, IndexError)


def test_a_position_that_is_no_whole_number_is_a_parameter_error() -> None:
    for wanted in (1.5, "1", True):
        with pytest.raises(ParameterError):
            LearnedPositions(8, 3)[wanted]  # type: ignore[index]


def test_a_table_from_elsewhere_is_held_as_a_copy() -> None:
    table = np.ones((3, 2))
    positions = LearnedPositions.from_table(table)
    table[:] = 0
    assert positions.table.all()
    with pytest.raises(DataError, match="Row 1"):
        LearnedPositions.from_table(np.array([[np.nan, 1.0]]))


def test_words_are_scaled_by_the_root_of_dim_before_positions_are_added() -> None:
    words, places = np.ones((3, 16), dtype=np.float32), sinusoidal(3, 16)
    assert np.allclose(sum_with_words(words, places), 4 + places)
    assert np.allclose(sum_with_words(words, places, scale_sqrt=False), 1 + places)
    with pytest.raises(DataError, match=r"\(3, 16\) and positions of shape \(4, 16\)"):
        sum_with_words(words, sinusoidal(4, 16))
    with pytest.raises(DataError):
        sum_with_words(words[0], places[0])


def test_similarities_are_cosines_and_a_zero_row_has_none() -> None:
    table = np.array([[3.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    assert np.allclose(similarities(table), [[1, 0, 0.5**0.5], [0, 1, 0.5**0.5], [0.5**0.5, 0.5**0.5, 1]])
    with pytest.raises(DataError, match="Row 1 is zero"):
        similarities(np.array([[1.0, 0.0], [0.0, 0.0]]))


def test_a_table_out_of_range_error_crosses_process_borders() -> None:
    with pytest.raises(PositionOutOfRange) as caught:
        LearnedPositions(4, 2)[4]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@quick
@given(lengths, dims, bases, st.integers(1, 31))
def test_a_bit_more_never_tells_fewer_codes_apart_and_none_tells_more_than_there_are(length: int, dim: int, base: float, bits: int) -> None:  # fmt: skip
    codes = sinusoidal(length, dim, base=base)
    assert distinct_codes(codes, bits) <= distinct_codes(codes, bits + 1) <= length


@pytest.mark.parametrize(
    ("length", "dim", "told"), [(64, 64, [61, 64, 64]), (512, 4, [16, 120, 468, 512]), (512, 2, [4, 12, 28, 60])]
)
def test_the_bits_that_tell_positions_apart(length: int, dim: int, told: list[int]) -> None:
    """Counted once by np.unique over the rows of step numbers."""
    codes = sinusoidal(length, dim)
    assert [distinct_codes(codes, bits + 1) for bits in range(len(told))] == told


@quick
@given(st.integers(2, 12), st.integers(1, 16), st.integers(0, 99))
def test_a_head_without_positions_sees_a_bag_of_words(count: int, dim: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    words, order = rng.normal(size=(count, dim)), rng.permutation(count)
    assert permutation_test(words, words[order], order, seed) < 1e-12


def test_a_head_with_positions_notices_that_words_changed_places() -> None:
    words, order = np.random.default_rng(0).normal(size=(6, 16)), np.arange(6)[::-1]
    places = sinusoidal(6, 16)
    assert permutation_test(words + places, words[order] + places, order) > 0.1
    with pytest.raises(DataError, match="an order of 2 places do not fit"):
        permutation_test(words, words, np.array([0, 1]))
    with pytest.raises(DataError):
        permutation_test(words, words, np.zeros(6, dtype=int))


@quick
@given(even_dims, bases, st.integers(1, 80))
def test_a_rotary_score_of_equal_contents_is_the_curve_of_the_fixed_code(dim: int, base: float, count: int) -> None:
    fixed, rotated, steep, flat = by_distance(count, dim, base, (0.5, 1 / 256))
    assert np.allclose(fixed, rotated, atol=1e-9)
    assert np.allclose([fixed[0], rotated[0], steep[0]], 0)
    assert np.allclose(steep, -0.5 * np.arange(count))
    assert np.allclose(flat, -np.arange(count) / 256)


def test_two_words_moved_along_keep_their_score_but_for_the_fixed_code() -> None:
    query, key = np.random.default_rng(0).normal(size=(2, 16))
    fixed, rotated, falling = moved_along(query, key, 20)
    assert np.ptp(fixed[3]) > 0.1
    assert max(np.ptp(rotated, axis=1).max(), np.ptp(falling, axis=1).max()) == 0
    assert falling[4, 0] == pytest.approx(query @ key / 4 - 2)
    codes = sinusoidal(40, 16)
    by_hand = [[(query + codes[k + p]) @ (key + codes[p]) / 4 for p in range(20)] for k in range(20)]
    assert np.allclose(fixed, by_hand, atol=1e-12)
    assert rotated[3, 7] == pytest.approx(rotation(16, 3).T @ query @ key / 4)
