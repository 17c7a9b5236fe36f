"""Two embeddings beside each other."""

from __future__ import annotations

import numpy as np
import pytest

from core.comparing import compare
from core.embedding import Embedding
from core.errors import DataError


def cloud(seed: int, n: int = 300, d: int = 16) -> Embedding:
    return Embedding([f"w{row}" for row in range(n)], np.random.default_rng(seed).normal(size=(n, d)))


def test_an_embedding_agrees_with_itself_however_it_is_turned_and_scaled() -> None:
    one = cloud(0)
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(16, 16)))
    told = compare(one, Embedding(one.labels, 3 * one.vectors @ turn))
    assert told.agreement > 0.999
    assert (told.shared, told.looked, told.asked, told.k) == (300, 300, 300, 10)


def test_two_unrelated_ones_agree_by_chance_only() -> None:
    told = compare(cloud(0), cloud(2))
    assert told.chance == pytest.approx(10 / 299)
    assert told.agreement == pytest.approx(told.chance, abs=0.01)


def test_only_shared_labels_with_a_direction_count() -> None:
    one = Embedding(["a", "b", "c", "zero", "mine"], [[1, 0], [1, 0.1], [0, 1], [0, 0], [1, 1]])
    other = Embedding(["c", "b", "a", "zero", "yours"], [[0, 1], [1, 0.1], [1, 0], [1, 1], [1, 1]])
    told = compare(one, other, k=1)
    assert (told.shared, told.looked, told.agreement) == (4, 3, 1.0)
    with pytest.raises(DataError, match="1 labels in common"):
        compare(one.take([0, 3]), other)
