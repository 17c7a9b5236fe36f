"""A projection learned from patches."""

import numpy as np
import pytest

from core.errors import DataError, JobCancelled, ParameterError
from core.images import load_sample, thumbnail
from core.patches import LEARNINGS, LearnedProjection, fit_image, learn_projection, patchify, project_patches
from core.patches.learning import _gradient, reconstruction_error
from core.progress import Step


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    photo = thumbnail(load_sample("china"), 320).pixels
    return patchify(fit_image(photo, 8, "crop").image, 8).vectors


@pytest.fixture(scope="module")
def learned(vectors: np.ndarray) -> LearnedProjection:
    return learn_projection(vectors, 16)


def centred(vectors: np.ndarray, learned: LearnedProjection) -> np.ndarray:
    return (vectors * np.float32(learned.scale) - learned.mean).astype(np.float32)


def test_training_comes_close_to_the_least_error_and_never_below_it(vectors: np.ndarray, learned: LearnedProjection) -> None:  # fmt: skip
    least = learned.optimum[15]
    assert least <= learned.error[-1] < 1.2 * least
    assert learned.error[0] == pytest.approx(np.square(centred(vectors, learned)).mean(), rel=1e-4)  # the mean patch
    assert learned.error[-1] == pytest.approx(
        reconstruction_error(centred(vectors, learned), learned.weights, learned.back)
    )


def test_the_least_error_is_that_of_principal_components(vectors: np.ndarray, learned: LearnedProjection) -> None:
    for dim in (1, 4, 16):
        made = project_patches(vectors, dim, "pca").reconstruct()
        assert np.square((made - vectors) / 255).mean() == pytest.approx(learned.optimum[dim - 1], rel=1e-3)
    assert (np.diff(learned.optimum) <= 0).all()


def test_it_starts_as_the_random_projection_of_the_same_seed(vectors: np.ndarray) -> None:
    start = learn_projection(vectors, 4, seed=3, steps=1).frames[0]
    assert np.array_equal(start[0], project_patches(vectors, 4, "random", 3).weights)
    assert not start[1].any()


@pytest.mark.parametrize("how", LEARNINGS)
def test_the_same_seed_gives_the_same_weights(how: str, vectors: np.ndarray) -> None:
    one, two = (learn_projection(vectors, 8, how, 1, steps=60) for _ in range(2))
    assert one.weights.tobytes() == two.weights.tobytes()
    assert one.steps.tolist() == two.steps.tolist()


def test_masked_training_fills_in_hidden_pixels_better_than_plain(vectors: np.ndarray, learned: LearnedProjection) -> None:  # fmt: skip
    masked = learn_projection(vectors, 16, "masked")
    values = centred(vectors, learned)
    shown = np.tile(np.random.default_rng(9).random((len(values), 64)) < 0.5, 3)
    missed = [
        np.square((values * shown) @ one.weights.T @ one.back - values).mean() for one in (masked, learned)
    ]  # fmt: skip
    assert missed[0] < 0.7 * missed[1]


def test_tokens_are_the_weights_on_centred_patches_and_lead_back(vectors: np.ndarray, learned: LearnedProjection) -> None:  # fmt: skip
    made = learned.projected(vectors)
    assert np.allclose(made.tokens, centred(vectors, learned) @ learned.weights.T, atol=1e-4)
    assert np.square((made.reconstruct() - vectors) / 255).mean() == pytest.approx(learned.error[-1], rel=1e-3)
    assert made.how == "trained"
    assert made.variance_share == pytest.approx(1 - learned.error[-1] / learned.error[0], rel=1e-3)


def test_the_gradient_is_that_of_finite_differences() -> None:
    rng = np.random.default_rng(0)
    given, wanted, both = rng.normal(size=(7, 5)), rng.normal(size=(7, 5)), rng.normal(size=(2, 3, 5))

    def loss(both: np.ndarray) -> float:
        return float(np.square(given @ both[0].T @ both[1] - wanted).sum() / 2 / 7)

    found = np.zeros_like(both)
    for place in np.ndindex(both.shape):
        step = np.zeros_like(both)
        step[place] = 1e-5
        found[place] = (loss(both + step) - loss(both - step)) / 2e-5
    assert np.allclose(_gradient(given, wanted, both), found, atol=1e-6)


def test_it_stops_where_it_is_told_and_keeps_what_there_is(vectors: np.ndarray) -> None:
    told: list[Step] = []

    def stop(step: Step) -> bool:
        told.append(step)
        return step.done >= 20

    found = learn_projection(vectors, 4, on_step=stop)
    assert found.stopped
    assert told[-1].done == found.steps[-1] == found.frame_steps[-1] < 1000
    assert told[-1].coordinates is not None
    assert np.array_equal(told[-1].coordinates[:-1].reshape(2, 4, -1), found.frames[-1])
    assert np.array_equal(told[-1].coordinates[-1], found.mean)
    assert {"error", "optimum"} <= set(told[-1].figures)


def test_a_cancel_passes_through(vectors: np.ndarray) -> None:
    def cancel(step: Step) -> bool:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        learn_projection(vectors, 4, on_step=cancel)


def test_frames_of_wide_projections_are_fewer() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 3072), dtype=np.uint8)
    frames = learn_projection(noise, 512, steps=30).frames
    assert frames.nbytes <= 48 * 2**20
    assert len(frames) >= 3


@pytest.mark.parametrize("flat", [np.full((5, 12), 7, np.uint8), np.zeros((1, 3), np.uint8)])
def test_patches_that_do_not_vary_have_no_error(flat: np.ndarray) -> None:
    found = learn_projection(flat, 2, steps=5)
    assert found.error[-1] == pytest.approx(0, abs=1e-9)
    assert np.isfinite(found.projected(flat).tokens).all()


def test_settings_are_checked() -> None:
    table = np.zeros((4, 12), np.uint8)
    for given in ({"dim": 0}, {"dim": 13}, {"dim": 2, "how": "deep"}, {"dim": 2, "steps": 0}, {"dim": 2, "seed": -1}):
        with pytest.raises(ParameterError):
            learn_projection(table, **given)
    for bad in (np.zeros(4), np.zeros((0, 3)), np.zeros((2, 4))):
        with pytest.raises(DataError):
            learn_projection(bad, 1)
