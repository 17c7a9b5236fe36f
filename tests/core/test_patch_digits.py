"""A small vision transformer on digits, and what order means to a model."""

from contextlib import nullcontext

import numpy as np
import pytest
import torch

from core.errors import DataError, JobCancelled, ParameterError
from core.patches import DigitTraining, order_proof, shuffled, train_digits
from core.patches.digits import HELD_OUT, PLACES, digit_patches, first_table
from core.positions import sinusoidal_2d
from core.progress import Step


@pytest.fixture(scope="module")
def learned() -> DigitTraining:
    return train_digits()


def test_it_tells_nine_of_ten_digits_it_has_never_seen(learned: DigitTraining) -> None:
    assert learned.accuracy[0] < 0.3
    assert learned.accuracy[-1] >= 0.9
    assert learned.loss[-1] < 0.3 < learned.loss[1]


def test_the_table_is_what_the_last_frame_shows_and_began_as_noise(learned: DigitTraining) -> None:
    assert learned.grid == (4, 4)
    assert learned.table.shape == (16, 32)
    assert np.array_equal(learned.frames[-1], learned.table)
    assert np.array_equal(learned.frames[0], first_table(4, 32, "learned", 0))
    assert len(learned.frames) == len(learned.accuracy) == len(learned.loss) == 21


def test_with_positions_another_order_of_the_patches_is_another_picture(learned: DigitTraining) -> None:
    assert learned.shuffled < learned.accuracy[-1] - 0.3


def test_without_positions_the_order_is_not_seen_and_less_is_told(learned: DigitTraining) -> None:
    blind = train_digits(places="none")
    assert blind.shuffled == pytest.approx(blind.accuracy[-1], abs=2 / HELD_OUT)
    assert blind.accuracy[-1] < learned.accuracy[-1] - 0.05
    assert not blind.table.any()


def test_fixed_codes_stay_as_they_are() -> None:
    found = train_digits(4, "sinusoidal", epochs=2)
    assert np.array_equal(found.table, sinusoidal_2d(2, 2, 32).astype(np.float32))


def test_the_first_picture_is_told_before_anything_is_trained_and_a_stop_keeps_what_there_is() -> None:
    told: list[Step] = []

    def stop(step: Step) -> bool:
        told.append(step)
        return step.done == 2

    found = train_digits(4, on_step=stop)
    assert told[0].done == 0
    assert told[0].coordinates is not None
    assert np.array_equal(told[0].coordinates, found.frames[0])
    assert found.stopped
    assert len(found.frames) == 3
    assert told[-1].figures["held_out_accuracy"] == found.accuracy[-1]


def test_the_same_seed_learns_the_same_table() -> None:
    one, two = (train_digits(4, epochs=1, seed=3) for _ in range(2))
    assert np.allclose(one.table, two.table, atol=1e-6)


@pytest.mark.parametrize("ends", ["finished", "cancelled"])
def test_torch_has_its_threads_and_its_chance_back_afterwards(ends: str) -> None:
    def cancel(step: Step) -> bool:
        if ends == "cancelled" and step.done == 1:
            raise JobCancelled
        return False

    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        torch.manual_seed(5)
        expected = torch.rand(3)
        torch.manual_seed(5)
        with pytest.raises(JobCancelled) if ends == "cancelled" else nullcontext():
            train_digits(4, epochs=1, on_step=cancel)
        assert torch.get_num_threads() == 2
        assert torch.equal(torch.rand(3), expected)
    finally:
        torch.set_num_threads(threads)


def test_held_out_digits_are_not_among_those_learned_from() -> None:
    for patch in (1, 2, 4):
        data = digit_patches(patch)
        assert len(data.held) == HELD_OUT
        assert len(data.held) + len(data.seen) == 1797
        assert data.seen.shape[1:] == ((8 // patch) ** 2, patch**2)
        assert -1 <= data.seen.min() < data.seen.max() <= 1


def test_settings_of_the_transformer_are_checked() -> None:
    for given in ({"patch": 3}, {"patch": 0}, {"dim": 30}, {"places": "both"}, {"epochs": 0}, {"layers": 0}):
        with pytest.raises(ParameterError):
            train_digits(**given)
    assert set(PLACES) == {"learned", "sinusoidal", "none"}


@pytest.mark.parametrize("count", [2, 16, 100])
def test_a_layer_without_positions_cannot_tell_any_order_and_with_them_it_can(count: int) -> None:
    rng = np.random.default_rng(0)
    tokens, positions = rng.normal(size=(count, 12)), rng.normal(size=(count, 12))
    proof = order_proof(tokens, positions, shuffled(count, 3))
    assert proof.without < 1e-12 < 1e-3 < proof.added
    assert proof.size > proof.added / 100


def test_a_shuffle_names_each_place_once_and_moves_some() -> None:
    for count, seed in ((2, 0), (2, 1), (3, 0), (50, 7)):
        order = shuffled(count, seed)
        assert sorted(order) == list(range(count))
        assert (order != np.arange(count)).any()
    assert shuffled(1).tolist() == [0]


def test_an_order_that_leaves_a_token_out_is_refused() -> None:
    with pytest.raises(DataError):
        order_proof(np.zeros((3, 2)), np.zeros((3, 2)), np.array([0, 0, 1]))
    with pytest.raises(DataError):
        order_proof(np.zeros((3, 2)), np.zeros((4, 2)), np.array([0, 1, 2]))
