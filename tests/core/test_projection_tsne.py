"""t-SNE: its gradient, its affinities, its mesh, and the divergence it reaches, each against another way to the same."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.projection import _mesh, _tsne_kernels, project
from core.projection import tsne as method
from core.projection.tsne import joint_probabilities

quick = settings(max_examples=15, deadline=None)


def vectors(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


@cache
def digits() -> np.ndarray:
    from sklearn.datasets import load_digits

    return load_digits().data[:500].astype(np.float32)


def divergence(joint: np.ndarray, picture: np.ndarray, exaggeration: float = 1.0) -> float:
    """The objective, in double precision and from its definition: sum of p log(p / q)."""
    picture = picture.astype(np.float64)
    q = 1 / (1 + np.square(picture[:, None] - picture).sum(axis=2))
    np.fill_diagonal(q, 0)
    q /= q.sum()
    held = joint > 0
    p = exaggeration * joint[held]
    return float((p * (np.log(p) - np.log(q[held]))).sum())


@pytest.mark.parametrize("components", [2, 3])
@pytest.mark.parametrize("exaggeration", [1.0, 12.0])
@pytest.mark.parametrize("rows", [13, 14, 70])
def test_the_gradient_is_the_slope_of_the_divergence(rows: int, components: int, exaggeration: float) -> None:
    """Central differences. Of sum a p log(a p / q), Z enters with weight a; the early phase leaves that weight at 1."""
    joint = joint_probabilities(vectors(rows, 4), 4.0)
    at = np.ascontiguousarray(vectors(rows, components, 1).T)
    out = method.Descent(np.ascontiguousarray(at.T), joint, False).gradient(exaggeration)

    def objective(position: np.ndarray) -> float:
        square = np.square(position[:, :, None] - position[:, None]).sum(axis=0)
        z = (1 / (1 + square)).sum() - position.shape[1]
        return float((exaggeration * joint.toarray() * np.log1p(square)).sum() + np.log(z))

    double, step, wanted = at.astype(np.float64), 1e-5, np.empty(at.shape)
    for place in np.ndindex(*at.shape):
        there, back = double.copy(), double.copy()
        there[place] += step
        back[place] -= step
        wanted[place] = (objective(there) - objective(back)) / (2 * step)
    np.testing.assert_allclose(out, wanted, atol=2e-6 * np.abs(wanted).max() + 1e-6)


@given(st.integers(4, 60), st.floats(1.0, 18.0), st.integers(0, 999))
@quick
def test_every_row_holds_the_perplexity_asked_for(rows: int, perplexity: float, seed: int) -> None:
    k = min(rows - 1, 54)
    perplexity = min(perplexity, 0.9 * k)
    squared = np.sort(np.square(vectors(rows, k, seed).astype(np.float64)), axis=1)
    p = np.empty(squared.shape)
    _tsne_kernels.similarities(squared, perplexity, p)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    entropy = -(p * np.log(np.maximum(p, 1e-300))).sum(axis=1)
    np.testing.assert_allclose(np.exp(entropy), perplexity, rtol=1e-5)
    assert (np.diff(p, axis=1) <= 1e-12).all()  # nearer is likelier


@pytest.mark.parametrize("distances", [[0, 0, 0], [4, 4, 4], [0, 0, 1e30], [1e-12, 2e-12, 1e-11]])
def test_odd_distances_still_give_probabilities(distances: list[float]) -> None:
    p = np.empty((1, 3))
    _tsne_kernels.similarities(np.array([distances]), 2.0, p)
    assert np.isfinite(p).all()
    assert p.sum() == pytest.approx(1)


def test_joint_probabilities_are_symmetric_and_sum_to_1() -> None:
    joint = joint_probabilities(vectors(200, 5), 10.0)
    assert joint.sum() == pytest.approx(1)
    assert abs(joint - joint.T).max() < 1e-15
    assert joint.diagonal().max() == 0


def test_joint_probabilities_are_those_of_opentsne() -> None:
    from openTSNE.affinity import PerplexityBasedNN

    x = vectors(400, 8)  # without the equal distances of digits, of which either may be the 90th
    theirs = PerplexityBasedNN(x, perplexity=30, method="exact").P
    assert abs(joint_probabilities(x, 30.0) - theirs).max() < 1e-4 * theirs.max()


def test_the_divergence_is_no_more_than_1_percent_above_that_of_opentsne() -> None:
    """500 digits, the same settings, the same P, both layouts judged by the definition."""
    import openTSNE

    theirs = np.asarray(openTSNE.TSNE(perplexity=30, neighbors="exact", random_state=0).fit(digits()))
    joint = joint_probabilities(digits(), 30.0).toarray()
    assert divergence(joint, project(digits(), "tsne")) <= 1.01 * divergence(joint, theirs)


def test_the_figure_of_a_frame_is_the_divergence_of_its_picture() -> None:
    steps = []
    project(vectors(80, 5), "tsne", iterations=100, perplexity=8.0, on_frame=steps.append)
    joint = joint_probabilities(vectors(80, 5), 8.0).toarray()
    assert steps[-1].figures["kl"] == pytest.approx(divergence(joint, steps[-1].coordinates), rel=1e-4)


# ---- the mesh -------------------------------------------------------------------------------


def pushed(at: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """By the definition, in double precision: the pushes (2, n), the heat (n,) and Z."""
    x, y = at.astype(np.float64)
    q = 1 / (1 + np.square(x[:, None] - x) + np.square(y[:, None] - y))
    push = np.stack([(q * q * (axis[:, None] - axis)).sum(axis=1) for axis in (x, y)])
    return push, q.sum(axis=1), float(q.sum()) - len(x)


def off(push: np.ndarray, exact: np.ndarray) -> float:
    """Root mean square of the error over that of the push, but for what all points share."""
    error = push.astype(np.float64) - exact
    error -= error.mean(axis=1, keepdims=True)
    return float(np.sqrt(np.square(error).mean() / np.square(exact.astype(np.float64)).mean()))


@pytest.mark.parametrize("width", [0.3, 5.0, 10.0, 23.0, 60.0])
def test_the_mesh_gives_the_exact_push(width: float) -> None:
    at = np.ascontiguousarray(vectors(3000, 2).T) * np.float32(width / 6)
    exact, heat, z = pushed(at)
    push, warmth = np.empty_like(at), np.empty(at.shape[1], np.float32)
    found = _mesh.Mesh().push(at, push, warmth)
    assert off(push, exact) < 0.006
    np.testing.assert_allclose(warmth, heat, rtol=0.01)
    assert found == pytest.approx(z, rel=1e-4)


def test_the_mesh_follows_a_picture_that_grows_shrinks_and_moves() -> None:
    mesh, at = _mesh.Mesh(), np.ascontiguousarray(vectors(400, 2).T) * 4
    for scale, shift in ((1, 0), (3, 50), (0.2, -9), (1, 3)):
        moved = np.asarray(at * np.float32(scale) + np.float32(shift), np.float32)
        push, heat = np.empty_like(at), np.empty(at.shape[1], np.float32)
        z = mesh.push(moved, push, heat)
        exact, _, wanted = pushed(moved)
        assert z == pytest.approx(wanted, rel=2e-3)
        assert off(push, exact) < 0.02


def test_an_outlier_widens_the_gaps_not_the_memory() -> None:
    at = np.ascontiguousarray(vectors(100, 2).T)
    at[:, 0] = 1e6
    mesh = _mesh.Mesh()
    push, heat = np.empty_like(at), np.empty(at.shape[1], np.float32)
    assert np.isfinite(mesh.push(at, push, heat))
    assert np.isfinite(push).all()
    assert mesh._grid.shape[0] <= 1536


def test_a_picture_made_through_the_mesh_is_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    joint = joint_probabilities(digits(), 30.0).toarray()
    exact = divergence(joint, project(digits(), "tsne"))
    monkeypatch.setattr(method, "MOST_EXACT", 100)
    meshed = [project(digits(), "tsne") for _ in range(2)]
    assert divergence(joint, meshed[0]) <= 1.01 * exact
    np.testing.assert_array_equal(*meshed)


# ---- settings -------------------------------------------------------------------------------


def test_iterations_fewer_than_the_early_phase_still_leave_it() -> None:
    """A third of the run is exaggerated, so even a short one ends on the true objective."""
    joint = joint_probabilities(vectors(60, 5), 10.0).toarray()
    start = project(vectors(60, 5), "tsne", perplexity=10.0, iterations=1)
    short = project(vectors(60, 5), "tsne", perplexity=10.0, iterations=100)
    assert divergence(joint, short) < 0.7 * divergence(joint, start)


def test_a_learning_rate_is_taken_from_the_data_or_as_given() -> None:
    x = vectors(60, 5)
    same = project(x, "tsne", exaggeration=1.0, iterations=50, learning_rate=60.0)
    np.testing.assert_array_equal(project(x, "tsne", exaggeration=1.0, iterations=50), same)
    assert not np.array_equal(project(x, "tsne", exaggeration=1.0, iterations=50, learning_rate=10.0), same)


def test_a_random_start_is_another_start() -> None:
    x = vectors(60, 5)
    assert not np.array_equal(project(x, "tsne", iterations=20), project(x, "tsne", iterations=20, start="random"))
