"""Vectors of the words of a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from core.embedding import Embedding
from core.errors import DataError
from core.positions import word_rows

KNOWN = Embedding(["king", "queen", "nothing"], np.array([[3.0, 4.0], [0.0, 2.0], [0.0, 0.0]], dtype=np.float32))


def test_known_words_keep_their_direction_and_get_length_one() -> None:
    rows, unknown = word_rows(["king", "queen"], KNOWN)
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0.0, 1.0]], atol=1e-7)
    assert unknown == []


def test_a_word_has_the_same_row_wherever_it_stands() -> None:
    rows, unknown = word_rows(["zorblax", "king", "zorblax"], KNOWN)
    assert np.array_equal(rows[0], rows[2])
    assert np.array_equal(rows[0], word_rows(["zorblax"], KNOWN)[0][0])
    assert unknown == ["zorblax"]


def test_a_zero_vector_has_no_direction_and_counts_as_unknown() -> None:
    rows, unknown = word_rows(["nothing"], KNOWN)
    assert unknown == ["nothing"]
    assert np.linalg.norm(rows[0]) == pytest.approx(1)


def test_no_word_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(DataError, match="Type a sentence"):
        word_rows([], KNOWN)
