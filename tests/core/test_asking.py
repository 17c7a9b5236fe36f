"""Words against each other, and an analogy as two steps."""

from __future__ import annotations

import numpy as np
import pytest

from core.among import MOST_WORDS, among
from core.embedding import Embedding
from core.errors import DataError, UnknownLabel
from core.query import ask
from core.steps import steps

SQUARE = Embedding(["man", "woman", "king", "queen"], [[3, 0, 1], [3, 1, 1], [0, 0, 4], [0, 1, 4]])


def test_every_pair_is_scored_and_the_odd_one_is_last() -> None:
    found = among(Embedding(["a", "b", "c", "z"], [[1, 0], [1, 0.1], [1, -0.1], [0, 1]]), "a b, c z a")
    assert found.words == ("a", "b", "c", "z")
    assert np.allclose(found.scores, found.scores.T)
    assert np.allclose(np.diag(found.scores), 1)
    assert found.odd == "z"
    assert [one.label for one in found.to_middle][-1] == "z"


def test_words_that_cancel_out_have_no_odd_one() -> None:
    found = among(Embedding(["n", "e", "s", "w"], [[0, 1], [1, 0], [0, -1], [-1, 0]]), "n e s w", "euclidean")
    assert found.odd is None
    assert found.scores[0, 2] == pytest.approx(2)


@pytest.mark.parametrize("line", ["man", "man man", "man - king", " ".join(["man"] * 99)])
def test_a_line_that_cannot_be_compared_says_the_rule(line: str) -> None:
    with pytest.raises(DataError, match=r"minus|different words|at most"):
        among(SQUARE, line)


def test_an_unknown_word_brings_its_nearest_spellings() -> None:
    with pytest.raises(UnknownLabel) as caught:
        among(SQUARE, "qeen man")
    assert caught.value.suggestions[0] == "queen"
    assert "queen" in str(caught.value)


def test_forty_words_are_compared_and_not_more() -> None:
    many = Embedding([f"w{at}" for at in range(50)], np.eye(50))
    assert len(among(many, " ".join(many.labels[:MOST_WORDS])).words) == MOST_WORDS
    with pytest.raises(DataError, match=str(MOST_WORDS)):
        among(many, " ".join(many.labels[: MOST_WORDS + 1]))


def test_parallel_steps_have_cosine_one_and_lie_in_one_plane() -> None:
    found = steps(SQUARE, ask(SQUARE, "king - man + woman", metric="euclidean"), "euclidean")
    assert found is not None
    assert found.labels == ("man", "woman", "king", "queen")
    assert found.cosine == pytest.approx(1)
    assert found.kept == pytest.approx(1)
    first, second = found.coordinates[1] - found.coordinates[0], found.coordinates[3] - found.coordinates[2]
    assert np.allclose(first, second, atol=1e-5)


@pytest.mark.parametrize(
    "line", ["king", "king queen", "king - man", "king - man + woman + queen", "king + king - man"]
)
def test_other_questions_have_no_steps(line: str) -> None:
    assert steps(SQUARE, ask(SQUARE, line)) is None
