"""What every projection promises, whatever its method."""

import threading
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from core.errors import DataError, JobCancelled, ParameterError
from core.params import controls
from core.progress import Step
from core.projection import METHODS, effective, project, warm
from core.projection.align import align

ALL = METHODS.names()
ITERATIVE = [name for name in ALL if name not in ("pca", "axes")]
SHORT = {"pca": {}, "axes": {}, "tsne": {"iterations": 60}, "umap": {"epochs": 40}}


def groups(rows: int, columns: int = 6, seed: int = 0) -> np.ndarray:
    """Three loose clusters."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(3, columns))[np.arange(rows) % 3] * 3 + rng.normal(size=(rows, columns))).astype(
        np.float32
    )


def draw(method: str, vectors: np.ndarray, **more: object) -> np.ndarray:
    return project(vectors, method, **{**SHORT[method], **more})  # type: ignore[arg-type]


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


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("components", [1, 2, 3])
def test_a_picture_is_finite_contiguous_and_of_the_shape_asked_for(method: str, components: int) -> None:
    picture = draw(method, groups(60), components=components)
    assert picture.shape == (60, components)
    assert picture.dtype == np.float32
    assert picture.flags.c_contiguous
    assert np.isfinite(picture).all()
    assert (np.ptp(picture, axis=0) > 0).all()


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("components", [2, 3])
def test_the_same_seed_gives_the_same_bits(method: str, components: int) -> None:
    first, second = (draw(method, groups(150), components=components, seed=4) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("method", ITERATIVE)
def test_another_seed_gives_another_picture(method: str) -> None:
    assert not np.array_equal(draw(method, groups(60), seed=1), draw(method, groups(60), seed=2))


@pytest.mark.parametrize("method", ITERATIVE)
def test_the_number_of_threads_does_not_change_a_bit(method: str) -> None:
    import numba

    vectors, allowed = groups(400), numba.get_num_threads()
    wide = draw(method, vectors)
    numba.set_num_threads(1)
    try:
        np.testing.assert_array_equal(draw(method, vectors), wide)
    finally:
        numba.set_num_threads(allowed)


@pytest.mark.parametrize("method", ALL)
def test_the_input_is_not_changed(method: str) -> None:
    vectors = groups(50)
    before = vectors.copy()
    draw(method, vectors)
    np.testing.assert_array_equal(vectors, before)


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("rows", [3, 4, 5, 16])
@pytest.mark.parametrize("components", [2, 3])
def test_few_points_are_enough(method: str, rows: int, components: int) -> None:
    picture = project(groups(rows), method, components=components)
    assert picture.shape == (rows, components)
    assert np.isfinite(picture).all()


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize(
    "vectors",
    [
        np.repeat(groups(8), 5, axis=0),
        np.hstack([groups(40), np.full((40, 3), 7, np.float32)]),
        np.ones((30, 4), np.float32),
        np.arange(40, dtype=np.float32)[:, None],
        groups(40)[:, :1] * np.arange(1, 5, dtype=np.float32),
        groups(40) * np.float32(1e30),
        groups(40) * np.float32(1e-30),
        groups(12, columns=900),
    ],
    ids=["duplicates", "constant columns", "all equal", "one dimension", "rank one", "huge", "tiny", "wide"],
)
def test_odd_data_still_gives_a_finite_picture(method: str, vectors: np.ndarray) -> None:
    picture = draw(method, vectors)
    assert picture.shape == (len(vectors), 2)
    assert np.isfinite(picture).all()


@pytest.mark.parametrize("method", ITERATIVE)
@pytest.mark.parametrize("power", [-100, -50, 60, 100])
def test_the_unit_of_the_data_does_not_change_the_picture(method: str, power: int) -> None:
    """Values whose squares no float32 holds are drawn as well as others."""
    np.testing.assert_array_equal(draw(method, groups(50) * np.float32(2.0**power)), draw(method, groups(50)))


@pytest.mark.parametrize("method", ITERATIVE)
def test_groups_far_apart_stay_apart(method: str) -> None:
    """Each row's nearest row in the picture is of its own group."""
    vectors = groups(90)
    vectors += 40 * np.eye(6, dtype=np.float32)[np.arange(90) % 3]
    picture = project(vectors, method)
    gaps = np.linalg.norm(picture[:, None] - picture, axis=2)
    np.fill_diagonal(gaps, np.inf)
    assert (gaps.argmin(axis=1) % 3 == np.arange(90) % 3).all()


@pytest.mark.parametrize("method", [*ITERATIVE, "pca"])
def test_cosine_draws_directions_only(method: str) -> None:
    vectors = groups(60)
    stretched = vectors * np.exp2(np.arange(60) % 5, dtype=np.float32)[:, None]  # powers of two: the same unit vectors
    np.testing.assert_array_equal(draw(method, vectors, metric="cosine"), draw(method, stretched, metric="cosine"))
    assert not np.array_equal(draw(method, vectors), draw(method, stretched))


@pytest.mark.parametrize("method", [*ITERATIVE, "pca"])
def test_a_zero_row_has_no_cosine_and_is_named(method: str) -> None:
    vectors = groups(20)
    vectors[6] = 0
    with pytest.raises(DataError, match="Row 7 of vectors is all zeros"):
        draw(method, vectors, metric="cosine")
    assert np.isfinite(draw(method, vectors)).all()


@pytest.mark.parametrize("method", ALL)
def test_a_value_that_is_not_finite_is_named_by_its_row(method: str) -> None:
    vectors = groups(20)
    vectors[11, 2] = np.nan
    with pytest.raises(DataError, match="Row 12 of vectors"):
        draw(method, vectors)


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("rows", [1, 2])
def test_fewer_than_three_points_are_refused(method: str, rows: int) -> None:
    with pytest.raises(DataError, match=f"at least 3 points; there are {rows}"):
        draw(method, groups(rows))


def test_an_unknown_method_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="pca, tsne, umap, axes"):
        project(groups(10), "isomap")


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("setting", [{"components": 0}, {"components": 1.5}, {"seed": -1}, {"speed": 3}])
def test_a_wrong_setting_is_refused_by_name(method: str, setting: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=next(iter(setting))):
        draw(method, groups(10), **setting)


@pytest.mark.parametrize(
    ("method", "setting"),
    [
        ("tsne", {"perplexity": 0.5}), ("tsne", {"perplexity": float("nan")}), ("tsne", {"iterations": 0}),
        ("tsne", {"exaggeration": 0.0}), ("tsne", {"learning_rate": -1.0}), ("tsne", {"metric": "dot"}),
        ("tsne", {"start": "middle"}), ("tsne", {"components": 4}),
        ("umap", {"n_neighbors": 1}), ("umap", {"min_dist": 1.0}), ("umap", {"min_dist": float("nan")}),
        ("umap", {"epochs": -1}), ("umap", {"negatives": 0}), ("umap", {"metric": "dot"}), ("umap", {"start": ""}),
        ("umap", {"components": 4}), ("umap", {"most": 50}), ("tsne", {"most": -1}), ("pca", {"metric": "dot"}),
    ],
)  # fmt: skip
def test_a_setting_out_of_range_is_refused_by_name(method: str, setting: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=next(iter(setting))):
        project(groups(10), method, **setting)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ALL)
def test_every_control_offers_its_default(method: str) -> None:
    for name, default, control in controls(METHODS.get(method).params):
        assert control.label, name
        assert control.help.endswith("."), name
        if control.choices:
            assert default in control.choices
        else:
            assert control.low is not None
            assert control.high is not None
            assert control.low <= default <= control.high
            assert type(control.low) is type(control.high) is type(default)


# ---- watching -------------------------------------------------------------------------------


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


def test_two_pictures_at_once_are_the_same_as_one_after_the_other() -> None:
    """Kernels share nothing between threads of a process."""
    import numba

    draw("tsne", groups(10))
    if numba.threading_layer() == "workqueue":
        pytest.skip("numba's workqueue layer cannot be entered from two threads")
    vectors = [groups(120, seed=seed) for seed in range(2)]
    wanted = [draw("tsne", one) for one in vectors]
    found: dict[int, np.ndarray] = {}
    runs = [threading.Thread(target=lambda at=at: found.update({at: draw("tsne", vectors[at])})) for at in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    for at in range(2):
        np.testing.assert_array_equal(found[at], wanted[at])


# ---- oriented as an earlier picture ------------------------------------------------------------


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


# ---- what the data forces -------------------------------------------------------------------


def test_a_lowered_perplexity_is_said() -> None:
    notes = [str(note) for note in effective("tsne", 16, {"perplexity": 30.0})]
    assert notes == ["Perplexity 30 became 5, the most that 16 points allow: a third of the others."]
    np.testing.assert_array_equal(
        project(groups(16), "tsne", perplexity=30.0), project(groups(16), "tsne", perplexity=5.0)
    )


def test_fewer_neighbours_are_said() -> None:
    assert [str(note) for note in effective("umap", 9)] == ["15 neighbours became 9: there are only 9 points."]
    np.testing.assert_array_equal(project(groups(9), "umap"), project(groups(9), "umap", n_neighbors=9))


def test_the_mesh_is_said_where_it_is_used() -> None:
    assert "mesh" in str(effective("tsne", 6_001)[0])
    assert effective("tsne", 6_000) == ()
    assert effective("tsne", 6_001, components=3) == effective("tsne", 6_001, components=1) == ()


@pytest.mark.parametrize("method", ITERATIVE)
def test_a_sample_is_laid_out_and_the_others_lie_among_it_and_that_is_said(method: str) -> None:
    """Groups stay groups: the nearest drawn point of every one, placed or laid out, is of its group."""
    vectors = groups(400)
    vectors += 40 * np.eye(6, dtype=np.float32)[np.arange(400) % 3]
    picture, steps = watched(method, vectors, most=100)
    assert all(step.coordinates.shape == (400, 2) for step in steps)
    np.testing.assert_array_equal(picture, steps[-1].coordinates)
    np.testing.assert_array_equal(picture, draw(method, vectors, most=100))
    assert not np.array_equal(picture, draw(method, vectors, most=100, seed=1))
    gaps = np.linalg.norm(picture[:, None] - picture, axis=2)
    np.fill_diagonal(gaps, np.inf)
    assert (gaps.argmin(axis=1) % 3 == np.arange(400) % 3).mean() > 0.98
    assert str(effective(method, 400, {"most": 100})[0]).startswith("100 of 400 points, drawn by chance, are laid out")


def test_points_equal_to_a_laid_out_one_are_drawn_upon_it() -> None:
    vectors = np.tile(np.random.default_rng(0).normal(size=(150, 4)).astype(np.float32), (2, 1))
    picture = draw("umap", vectors, most=299)
    np.testing.assert_allclose(picture[:150], picture[150:], atol=0.2 * float(np.ptp(picture)))
    spread = np.linalg.norm(picture[:150] - picture[150:], axis=1)
    assert spread.min() < 1e-3


def test_how_many_are_laid_out_depends_on_how_many_there_are() -> None:
    def said(rows: int, components: int = 2) -> str:
        return str((*effective("umap", rows, components=components), "")[0])

    assert said(50_000) == said(15_000, 3) == ""
    assert said(50_001).startswith("50,000 of 50,001")
    assert said(15_001, 3).startswith("15,000 of 15,001")
    assert said(1_000_000).startswith("10,000 of 1,000,000")
    assert effective("pca", 1_000_000) == ()


@pytest.mark.parametrize("method", ITERATIVE)
def test_stopping_while_the_others_are_placed_keeps_the_principal_axes_of_all(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.neighbours._TELL_EVERY", 0.0)
    vectors = groups(300)
    picture, _ = watched(method, vectors, lambda step: step.unit == "row" and step.done > 0, most=100)
    np.testing.assert_array_equal(picture, draw("pca", vectors))


@pytest.mark.parametrize("method", ALL)
def test_nothing_is_said_where_nothing_is_changed(method: str) -> None:
    assert effective(method, 500) == ()


def test_a_setting_that_would_be_refused_is_refused_beforehand() -> None:
    with pytest.raises(ParameterError, match="perplexity"):
        effective("tsne", 100, {"perplexity": -1.0})


def test_warming_up_compiles_every_loop() -> None:
    """Each kernel module is loaded, and every loop that Python calls has been compiled or taken from the cache."""
    warm()
    from core import _neighbour_kernels
    from core.projection import _mesh, _tsne_kernels, _umap_kernels

    called = {
        _neighbour_kernels: ["nearest", "ranks"],
        _tsne_kernels: ["similarities", "forces", "slope", "move", "descend", "misfit"],
        _umap_kernels: ["memberships", "epoch", "tension"],
        _mesh: ["_spread", "_gather"],
    }
    for module, names in called.items():
        for name in names:
            assert getattr(module, name).signatures, name
