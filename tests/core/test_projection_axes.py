"""Axes named by words: where rows lie on them, and what is refused."""

import numpy as np
import pytest

from core.embedding import Embedding
from core.errors import DataError, ParameterError, UnknownLabel
from core.projection import judged_in, project, quality
from core.projection.axes import axis_rows

WORDS = Embedding(
    ["man", "woman", "king", "queen", "apple"],
    [[1, 0, 0, 0.2], [0, 1, 0, 0.2], [1, 0, 1, 0], [0, 1, 1, 0], [0.5, 0.5, -1, 3]],
    {"class": ["a", "a", "b", "b", "c"]},
)


def test_a_row_lies_where_its_cosine_with_the_difference_is() -> None:
    picture = project(
        WORDS.vectors, "axes", axes=[axis_rows(WORDS, "woman - man"), axis_rows(WORDS, "king queen - man")]
    )
    gender = (WORDS.vector("woman") - WORDS.vector("man")).astype(np.float64)
    rank = (WORDS.vectors[2:4].mean(axis=0) - WORDS.vector("man")).astype(np.float64)
    for place, direction in enumerate((gender, rank)):
        wanted = WORDS.vectors @ direction / np.linalg.norm(direction) / np.linalg.norm(WORDS.vectors, axis=1)
        np.testing.assert_allclose(picture[:, place], wanted, atol=1e-6)


def test_the_dot_product_keeps_lengths() -> None:
    axis = axis_rows(WORDS, "woman - man")
    once, twice = (project(WORDS.vectors * size, "axes", axes=[axis], values="dot") for size in (1, 2))
    np.testing.assert_allclose(twice[:, 0], 2 * once[:, 0], rtol=1e-6)
    assert once[1, 0] == -once[0, 0] > 0
    cosine = [project(WORDS.vectors * size, "axes", axes=[axis])[:, 0] for size in (1, 2)]
    np.testing.assert_allclose(*cosine)


def test_no_named_axis_is_pca() -> None:
    x = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
    np.testing.assert_array_equal(project(x, "axes", components=3), project(x, "pca", components=3))


def test_an_axis_that_nobody_named_is_the_widest_direction_left() -> None:
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(200, 5)) * [9, 1, 4, 1, 1]).astype(np.float32)
    high, low = int(x[:, 0].argmax()), int(x[:, 0].argmin())
    x[[high, low], 1:] = 0  # the named axis is the first column exactly
    picture = project(x, "axes", axes=[((high,), (low,))], values="dot")
    np.testing.assert_allclose(picture[:, 0], x[:, 0], atol=1e-4)
    assert abs(np.corrcoef(picture[:, 1], x[:, 2])[0, 1]) > 0.99


def test_one_word_alone_is_a_direction() -> None:
    picture = project(WORDS.vectors, "axes", axes=[axis_rows(WORDS, "apple")])
    assert picture[4, 0] == pytest.approx(1)


def test_ends_that_are_equal_point_nowhere() -> None:
    with pytest.raises(DataError, match="points nowhere"):
        project(WORDS.vectors, "axes", axes=[((0, 2), (0, 2))])


def test_a_row_that_is_not_there_is_named() -> None:
    with pytest.raises(DataError, match="Row 10 is not there: the data have 5 rows"):
        project(WORDS.vectors, "axes", axes=[((9,), ())])


@pytest.mark.parametrize("axes", [[((), (1,))], [((-1,), ())], [((1.5,), ())], [((0,), (1,))] * 3])
def test_axes_that_cannot_be_drawn_are_refused_by_name(axes: list) -> None:
    with pytest.raises(ParameterError, match="axes"):
        project(WORDS.vectors, "axes", axes=axes)


def test_a_zero_row_has_no_cosine_but_a_place() -> None:
    vectors = WORDS.vectors.copy()
    vectors[4] = 0
    with pytest.raises(DataError, match="Row 5 of vectors is all zeros"):
        project(vectors, "axes", axes=[((0,), (1,))])
    assert project(vectors, "axes", axes=[((0,), (1,))], values="dot")[4, 0] == 0


def test_a_line_names_its_rows() -> None:
    assert axis_rows(WORDS, "woman queen - man") == ((1, 3), (0,))
    assert axis_rows(WORDS, "Apple") == ((4,), ())
    with pytest.raises(UnknownLabel, match="queen"):
        axis_rows(WORDS, "quen - man")
    with pytest.raises(DataError, match="needs a word to point at"):
        axis_rows(WORDS, "- man")


def test_a_picture_of_cosines_is_judged_by_cosine_and_one_of_lengths_by_distance() -> None:
    """Rows of one direction and many lengths are one row in cosine: by their distances that picture would look wrong."""
    axis = axis_rows(WORDS, "woman - man")
    assert judged_in("axes", {"axes": [axis]}) == "cosine"
    assert judged_in("axes", {"axes": [axis], "values": "dot"}) == "euclidean"
    assert judged_in("axes") == judged_in("pca") == judged_in("tsne") == "euclidean"
    assert judged_in("umap", {"metric": "cosine"}) == "cosine"

    rng = np.random.default_rng(0)
    angles = np.linspace(0, 1.5, 80)
    rows = (np.stack([np.cos(angles), np.sin(angles)], axis=1) * rng.uniform(0.2, 5, (80, 1))).astype(np.float32)
    params = {"axes": [((79,), (0,))]}
    picture = project(rows, "axes", components=2, **params)
    kept = {metric: quality(rows, picture, k=5, metric=metric).neighbour_recall for metric in ("cosine", "euclidean")}
    assert kept["cosine"] > 0.9
    assert kept["euclidean"] < 0.5
    from core.jobs.tasks import project as task

    assert task(lambda step: None, rows, "axes", 2, 0, params).quality.neighbour_recall > 0.9
