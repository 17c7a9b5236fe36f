"""A projection as it runs: its frames, how it is stopped, cancelled, held and turned onto an earlier picture."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from core.errors import DataError, JobCancelled
from core.progress import Step
from core.projection import project
from core.projection.align import align
from tests.core.test_projection import ALL, ITERATIVE, SHORT, draw, groups


@pytest.fixture
def every_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between frames: each stretch of a run shows one."""
    monkeypatch.setattr("core.projection._watch._PAUSE", 0.0)


def watched(
    method: str, vectors: np.ndarray, answer: Callable[[Step], bool | None] = lambda step: None, **more: object
):
    """(picture, the steps heard that carry one)."""
    steps: list[Step] = []

    def hear(step: Step) -> bool | None:
        if step.coordinates is not None:
            steps.append(step)
        return answer(step)

    return draw(method, vectors, on_frame=hear, **more), steps


@pytest.mark.parametrize("method", ITERATIVE)
def test_the_first_frame_is_the_principal_axes_and_the_last_is_the_result(method: str) -> None:
    vectors = groups(80)
    picture, steps = watched(method, vectors)
    assert steps[0].done == 0
    flat = project(vectors, "pca")
    match = np.corrcoef(np.vstack([steps[0].coordinates.T, flat.T]))[:2, 2:]
    assert (np.abs(np.diag(match)) > 0.99).all()
    assert steps[-1].done == steps[-1].total == next(iter(SHORT[method].values()))
    np.testing.assert_array_equal(steps[-1].coordinates, picture)


def test_pca_shows_its_only_frame() -> None:
    picture, steps = watched("pca", groups(20))
    assert [(step.done, step.total) for step in steps] == [(1, 1)]
    np.testing.assert_array_equal(steps[0].coordinates, picture)


@pytest.mark.parametrize("method", ITERATIVE)
@pytest.mark.usefixtures("every_frame")
def test_watching_does_not_change_the_picture(method: str) -> None:
    vectors = groups(80)
    picture, steps = watched(method, vectors)
    assert len(steps) > 3
    np.testing.assert_array_equal(picture, draw(method, vectors))


@pytest.mark.parametrize("method", ITERATIVE)
@pytest.mark.usefixtures("every_frame")
def test_a_run_that_is_held_at_its_frames_goes_on_to_the_same_picture(method: str) -> None:
    """Pausing is a callback that takes its time: nothing goes on meanwhile, nothing is lost."""
    never, vectors = threading.Event(), groups(40)

    def hold(step: Step) -> None:
        never.wait(0.01)

    picture, steps = watched(method, vectors, hold)
    assert [step.done for step in steps] == sorted({step.done for step in steps})
    np.testing.assert_array_equal(picture, draw(method, vectors))


@pytest.mark.parametrize("method", ITERATIVE)
def test_a_quick_run_shows_some_two_dozen_frames_spread_over_it(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.projection._watch._PAUSE", 3600.0)
    _, steps = watched(method, groups(40), **{"tsne": {"iterations": 500}, "umap": {"epochs": 500}}[method])
    done = [step.done for step in steps]
    assert (done[0], done[-1]) == (0, steps[0].total)
    assert 20 <= len(done) <= 26
    assert max(np.diff(done)) <= steps[0].total / 15


@pytest.mark.parametrize("method", ITERATIVE)
def test_frames_of_a_slow_run_are_rationed_by_the_clock(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.projection._watch._PAUSE", 3600.0)
    monkeypatch.setattr("core.projection._watch._FEWEST", 0)
    _, steps = watched(method, groups(40))
    assert [step.done for step in steps] == [0, steps[0].total]


@pytest.mark.parametrize("method", ITERATIVE)
@pytest.mark.usefixtures("every_frame")
def test_frames_do_not_spin(method: str) -> None:
    """Turning a frame onto the one before it changes nothing: it lies there already."""
    _, steps = watched(method, groups(80), **({"iterations": 300} if method == "tsne" else {"epochs": 200}))
    frames = [step.coordinates for step in steps]
    for before, after in pairwise(frames):
        size = float(np.ptp(after))
        np.testing.assert_allclose(align(after, before), after, atol=2e-5 * size)


@pytest.mark.parametrize("method", ITERATIVE)
@pytest.mark.usefixtures("every_frame")
def test_a_true_answer_stops_and_keeps_the_picture_as_it_is(method: str) -> None:
    picture, steps = watched(method, groups(80), lambda step: step.coordinates is not None and step.done >= 12)
    assert 12 <= steps[-1].done < steps[-1].total
    np.testing.assert_array_equal(picture, steps[-1].coordinates)


@pytest.mark.parametrize("method", ITERATIVE)
def test_stopping_at_the_first_frame_keeps_the_start(method: str) -> None:
    picture, steps = watched(method, groups(80), lambda step: True)
    assert len(steps) == 1
    np.testing.assert_array_equal(picture, steps[0].coordinates)


@pytest.mark.parametrize("method", ITERATIVE)
def test_stopping_in_the_search_for_neighbours_keeps_the_start(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.neighbours._TELL_EVERY", 0.0)
    picture, steps = watched(method, groups(80), lambda step: step.unit == "row")
    assert [step.done for step in steps] == [0]
    np.testing.assert_array_equal(picture, steps[0].coordinates)


@pytest.mark.parametrize("method", ALL)
@pytest.mark.usefixtures("every_frame")
@pytest.mark.parametrize("after", [0, 20])
def test_cancelling_passes_through(method: str, after: int) -> None:
    def cancel(step: Step) -> None:
        if step.done >= after or method not in ITERATIVE:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        draw(method, groups(80), on_frame=cancel)


@pytest.mark.usefixtures("every_frame")
def test_figures_of_the_frames_fall_as_the_picture_forms() -> None:
    _, steps = watched("tsne", groups(80), iterations=300)
    divergences = [step.figures["kl"] for step in steps[1:]]
    assert 0 < divergences[-1] < divergences[0]
    _, steps = watched("umap", groups(80), epochs=100)
    assert 0 < steps[-1].figures["tension"] < steps[1].figures["tension"]


@pytest.mark.parametrize("method", ITERATIVE)
@pytest.mark.parametrize("components", [2, 3])
@pytest.mark.usefixtures("every_frame")
def test_a_run_is_oriented_as_the_picture_it_is_given(method: str, components: int) -> None:
    """Every frame and the result lie as near the earlier picture as turning can bring them; distances are untouched."""
    vectors = groups(90)
    plain = draw(method, vectors, components=components)
    earlier = np.ascontiguousarray(plain[:, ::-1] * [-1, 1, 1][:components] + 5, np.float32)
    picture, steps = watched(method, vectors, components=components, align_to=earlier)
    for frame in [step.coordinates for step in steps] + [picture]:
        np.testing.assert_allclose(align(frame, earlier), frame, atol=1e-4 * float(np.ptp(frame)))
    np.testing.assert_allclose(picture, earlier, atol=1e-3 * float(np.ptp(earlier)))
    np.testing.assert_array_equal(picture, steps[-1].coordinates)


@pytest.mark.parametrize("method", ITERATIVE)
def test_a_picture_in_space_is_oriented_as_the_flat_one(method: str) -> None:
    vectors = groups(90)
    flat = draw(method, vectors)
    solid = draw(method, vectors, components=3, align_to=flat)
    assert np.corrcoef(solid[:, 0], flat[:, 0])[0, 1] > 0.5
    again = draw(method, vectors, align_to=solid)
    assert np.corrcoef(again[:, 0], solid[:, 0])[0, 1] > 0.5


def test_axes_that_mean_something_are_not_turned() -> None:
    vectors = groups(30)
    earlier = np.random.default_rng(5).normal(size=(30, 2)).astype(np.float32)
    for method in ("pca", "axes"):
        np.testing.assert_array_equal(draw(method, vectors, align_to=earlier), draw(method, vectors))


@pytest.mark.parametrize("method", ITERATIVE)
def test_a_picture_of_other_rows_is_refused_before_the_work(method: str) -> None:
    heard: list[Step] = []
    with pytest.raises(DataError, match="aligned"):
        draw(method, groups(30), align_to=groups(29)[:, :2], on_frame=heard.append)
    assert heard == []
