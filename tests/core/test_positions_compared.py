"""Learned against fixed positions: the task, the head that does it, and what is measured."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.errors import DataError, JobCancelled, ParameterError, PositionOutOfRange
from core.positions import (
    SCHEMES,
    Comparison,
    LearnedPositions,
    alibi,
    compare_positions,
    rotary,
    rotation,
    similarities,
    spread,
)
from core.positions.comparison import _start
from core.positions.passages import STOP, passages
from core.positions.pointer import Pointers, credit, named
from core.progress import Step
from core.text import load_corpus


@pytest.fixture(scope="module")
def sentences() -> list[list[str]]:
    return load_corpus("small-world-en").sentences


@pytest.fixture(scope="module")
def compared(sentences: list[list[str]]) -> Comparison:
    return compare_positions(sentences, length=12, dim=32, seeds=2, steps=160)


def head(length: int = 6, dim: int = 4, seeds: int = 2) -> Pointers:
    rng = [np.random.default_rng(seed) for seed in range(seeds)]
    model = Pointers(list(SCHEMES), *_start(SCHEMES, 9, length, dim, 0.5, rng))
    model.words = model.words.astype(np.float64)
    model.weights = {name: value.astype(np.float64) for name, value in model.weights.items()}
    return model


def test_gradients_are_those_of_the_loss() -> None:
    """Central differences in float64, every trained weight of a tiny head, all schemes at once."""
    model = head(length=4)
    tokens = np.random.default_rng(3).integers(0, 9, (2, 3, 4))
    gradients = model.gradients(tokens)[1]
    learned = SCHEMES.index("learned")
    for name, value in model.weights.items():
        for place in np.ndindex(value.shape):
            if name == "table" and (place[0] != learned or place[2] >= 4):
                assert gradients[name][place] == 0
                continue
            kept = value[place]
            value[place] = kept + 1e-5
            above = model.gradients(tokens)[0].sum()
            value[place] = kept - 1e-5
            below = model.gradients(tokens)[0].sum()
            value[place] = kept
            assert gradients[name][place] == pytest.approx((above - below) / 2e-5, abs=1e-6)


def test_without_positions_a_permuted_passage_gets_the_same_attention_permuted() -> None:
    """A bag of words: whatever the weights, the head cannot know in which order the words came. Every other scheme can."""
    model = head()
    rng = np.random.default_rng(0)
    tokens, order = np.stack([rng.permutation(9)[:6]] * 2)[:, None], rng.permutation(6)
    before, after = model.attention(tokens), model.attention(tokens[..., order])
    apart = np.abs(before[..., order, :][..., order] - after).max(axis=(1, 2, 3, 4))
    assert apart[SCHEMES.index("none")] < 1e-12
    assert (np.delete(apart, SCHEMES.index("none")) > 1e-4).all()


def test_the_word_before_gets_most_of_the_credit_and_the_first_word_has_none_before_it() -> None:
    shares = credit(5)
    assert shares[0].sum() == 0
    assert np.allclose(shares[1:].sum(axis=1), 1)
    assert shares[3].tolist() == [0, 0.125, 0.75, 0.125, 0]
    assert (shares[1:].argmax(axis=1) == np.arange(4)).all()


def test_an_answer_is_right_where_it_names_the_word_before_even_if_it_points_at_another_place_of_it() -> None:
    tokens = np.array([[[7, 8, 7]]])
    attention = np.zeros((1, 1, 1, 3, 3))
    attention[..., 0, 1] = attention[..., 1, 2] = attention[..., 2, 2] = 1  # to 8, to the second 7, to itself
    assert named(attention, tokens).tolist() == [[[[True, False]]]]


def test_turned_queries_and_keys_know_the_distance_only() -> None:
    """(R_i q) . (R_j k) is the same wherever the two stand, and R is the turn of `rotation`."""
    query, key = np.random.default_rng(0).normal(size=(2, 8))
    at = np.arange(0, 900, 100)
    scores = (rotary(np.tile(query, (9, 1)), at + 5) * rotary(np.tile(key, (9, 1)), at)).sum(axis=1)
    assert np.ptp(scores) < 1e-9
    assert np.allclose(rotary(query[None], np.array([3]))[0], rotation(8, 3).T @ query)
    assert np.allclose(rotary(rotary(query[None], np.array([3])), np.array([-3]))[0], query)


def test_alibi_lowers_a_score_in_step_with_the_distance_and_hides_what_follows() -> None:
    bias = alibi(4, 0.5)
    assert bias[3].tolist() == [-1.5, -1.0, -0.5, 0.0]
    assert np.isneginf(bias[np.triu_indices(4, 1)]).all()


def test_fixed_and_learned_positions_tell_the_order_that_a_bag_of_words_cannot(compared: Comparison) -> None:
    mean = dict(zip(compared.schemes, spread(compared.accuracy)[0][:, -1], strict=True))
    assert mean["none"] < 0.35
    assert min(mean["fixed"], mean["learned"], mean["rotary"]) > mean["none"] + 0.4
    assert compared.accuracy[:, :, 0].max() < 0.3, "before training nobody knows"


def test_beyond_the_training_length_what_is_defined_and_what_is_right_part_ways(compared: Comparison) -> None:
    assert [compared.defined(scheme) for scheme in ("none", "learned", "fixed", "alibi")] == [0, 12, None, None]
    with pytest.raises(PositionOutOfRange, match="Position 12 has no row"):
        compared.positions[12]
    for scheme in ("fixed", "learned"):
        within, beyond = compared.beyond(scheme)
        assert within.min() > beyond.max() + 0.3
    within, beyond = compared.beyond("rotary")
    assert np.abs(within - beyond).max() < 0.1
    assert compared.by_place.shape == (5, 2, 48)
    assert np.isnan(compared.by_place[..., 0]).all()
    assert np.isfinite(compared.by_place[..., 1:]).all()


def test_the_learned_table_begins_as_noise_and_its_rows_come_to_resemble_their_neighbours(compared: Comparison) -> None:
    first, last = (np.diagonal(similarities(table), 1).mean() for table in compared.frames[[0, -1]])
    assert abs(first) < 0.15
    assert last > first + 0.3
    assert compared.frames[0].std() == pytest.approx(0.1, rel=0.15)
    assert isinstance(compared.positions, LearnedPositions)
    assert np.allclose(compared.attention.sum(axis=-1), 1, atol=1e-5)


def test_the_same_seed_gives_the_same_training_and_another_seed_another(sentences: list[list[str]]) -> None:
    first, again, other = (
        compare_positions(sentences[:3000], length=6, dim=8, seeds=1, steps=6, seed=seed) for seed in (4, 4, 5)
    )
    assert first.frames.tobytes() == again.frames.tobytes()
    assert first.by_place.tobytes() == again.by_place.tobytes()
    assert first.frames.tobytes() != other.frames.tobytes()


def test_the_callback_sees_the_table_form_and_may_stop_it(sentences: list[list[str]]) -> None:
    seen: list[Step] = []

    def watch(step: Step) -> bool:
        seen.append(step)
        return step.done >= 4

    compared = compare_positions(sentences[:3000], length=6, dim=8, seeds=2, steps=20, on_step=watch)
    assert compared.steps.tolist() == [step.done for step in seen] == [0, 1, 2, 3, 4]
    assert np.array_equal(seen[-1].coordinates, compared.positions.table)
    assert seen[2].figures["learned"] == pytest.approx(compared.accuracy[SCHEMES.index("learned"), :, 2].mean())

    def cancel(step: Step) -> bool:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        compare_positions(sentences[:3000], length=6, dim=8, steps=2, on_step=cancel)


def test_sentences_kept_back_are_never_trained_on_and_passages_stay_in_their_part() -> None:
    text = passages([[f"word{number}"] * 5 for number in range(60)], 20)
    assert not set(text.held) & set(text.trained) - {STOP}
    assert len(text.held) == 6 * 6
    drawn = text.draw(20, 7, np.random.default_rng(0), held=True)
    assert drawn.shape == (7, 20)
    assert set(drawn.flat) <= set(text.held)
    assert (text.words, text.vocabulary, text.cut) == (300, 61, False)


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        (lambda text: compare_positions(text, length=3), "length must be a whole number of at least 4"),
        (lambda text: compare_positions(text, dim=7), "dim must be even"),
        (lambda text: compare_positions(text, seeds=0), "seeds"),
        (lambda text: compare_positions(text, steps=0), "steps"),
        (lambda text: compare_positions(text, seed=-1), "seed"),
        (lambda text: compare_positions(text, word_length=float("nan")), "word_length"),
        (lambda text: compare_positions(text, schemes=["fixed", "fixed"]), "schemes must be different ones of"),
        (lambda text: compare_positions(text, schemes=["rope"]), "none, fixed, learned, rotary, alibi"),
        (lambda text: alibi(0), "length"),
        (lambda text: alibi(4, 0.0), "slope must be a number above 0"),
        (lambda text: rotary(np.ones((1, 3)), np.zeros(1)), "dim must be even"),
    ],
)
def test_settings_out_of_range_are_refused_by_name_rule_and_value(
    sentences: list[list[str]], attempt: Callable[[list[list[str]]], object], said: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        attempt(sentences[:3000])
    assert said in str(caught.value)


@pytest.mark.parametrize("text", [[], [["one", "word"]], [["five"] * 5] * 30])
def test_a_text_too_short_to_measure_on_says_how_much_is_needed(text: list[list[str]]) -> None:
    with pytest.raises(DataError, match="needs about 352 words"):
        compare_positions(text, length=8)
