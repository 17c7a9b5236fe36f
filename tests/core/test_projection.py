"""What every projection promises, whatever its method."""

import threading

import numpy as np
import pytest

from core.errors import DataError, ParameterError
from core.params import controls
from core.projection import METHODS, project, warm

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
