"""What is shipped so that no first view is blank says of itself what is true."""

from __future__ import annotations

import pytest

from core.demo import NAMES, WATCHED, compared, load
from core.measures import class_gap, neighbour_purity
from core.text import corpus_classes
from core.training import OBJECTIVES


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_comparison_has_a_line_for_every_task_and_its_measures_are_those_of_its_vectors(name: str) -> None:
    found, classes = compared(name), corpus_classes(name)
    assert [row.objective for row in found.rows] == list(OBJECTIVES.names())
    for row in found.rows:
        known = [classes.get(label) for label in row.embedding.labels]
        assert row.class_gap == pytest.approx(class_gap(row.embedding.vectors, known))
        assert row.purity == pytest.approx(neighbour_purity(row.embedding.vectors, known))
        assert row.embedding.history.objective == row.objective
        assert row.embedding.history.epochs[-1] == row.epochs
        assert row.embedding.history.held_out_auc[-1] == pytest.approx(row.held_out_auc, abs=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_embedding_follows_its_words_through_every_epoch(name: str) -> None:
    history = load(name).embedding.history
    assert set(history.watched) == set(WATCHED[name])
    assert {len(seen) for seen in history.watched.values()} == {len(history.epochs)}
