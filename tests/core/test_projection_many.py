"""What the data changes of the settings, and very many points: a sample laid out, the others placed among it; both are said."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import ParameterError
from core.projection import effective, project
from tests.core.test_projection import ALL, ITERATIVE, draw, groups
from tests.core.test_projection_watching import watched


def test_a_lowered_perplexity_is_said() -> None:
    notes = [str(note) for note in effective("tsne", 16, {"perplexity": 30.0})]
    assert notes == ["Perplexity 30 became 5, the most that 16 points allow: a third of the others."]
    np.testing.assert_array_equal(
        project(groups(16), "tsne", perplexity=30.0), project(groups(16), "tsne", perplexity=5.0)
    )


def test_fewer_neighbours_are_said() -> None:
    assert [str(note) for note in effective("umap", 9)] == [
        "15 neighbours became 9, each point counted among its own: there are only 9 points."
    ]
    assert [str(note) for note in effective("tsne", 3)] == [
        "Perplexity 30 became 1, the least there is: of 3 points none has enough others for more."
    ]
    assert effective("umap", 1) == effective("tsne", 1) == ()  # nothing is drawn of them
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
