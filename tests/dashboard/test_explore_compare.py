"""Maps side by side on Explore, and the rows whose neighbours differ most between two of them."""

from __future__ import annotations

import pytest

from tests.dashboard.test_page_explore import (
    captions,
    errors,
    explore,
    marked,
    settle,
    status,
)


@pytest.mark.parametrize("kind", ["methods", "sizes", "seeds", "training"])
def test_maps_stand_side_by_side_over_a_table_of_what_differs_most(kind: str) -> None:
    test = explore(src="small-world-en" if kind == "training" else "list-everyday-en", ex_view="compare", ex_cmp=kind)
    assert errors(test) == []
    assert ("true" if kind == "training" else "drawn") + " neighbours differ most" in marked(test)
    assert len(test.dataframe[0].value) == 15
    assert "The same rows in every map" in marked(test)
    assert {"methods": "PCA | t-SNE", "sizes": "perplexity 5, seed 0 |", "seeds": "seed 2 |", "training": "epoch 0 |"}[
        kind
    ] in status(test)


def test_any_two_of_the_maps_are_compared() -> None:
    test = explore(src="list-everyday-en", ex_view="compare")
    assert next(iter(test.selectbox(key="ex_cmp_two").options)) == "PCA | t-SNE, perplexity 30, seed 0"
    before = captions(test)
    test.selectbox(key="ex_cmp_two").set_value("2-3").run()
    settle(test)
    assert errors(test) == []
    assert list(test.dataframe[0].value.columns[2:]) == ["t-SNE, perplexity 30, seed 0", "UMAP, 15 neighbours, seed 0"]
    assert captions(test) != before


def test_training_is_compared_by_true_and_by_drawn_neighbours() -> None:
    """The table before any training is kept beside the frames, so that its own neighbours are known."""
    test = explore(src="small-world-en", ex_view="compare", ex_cmp="training")
    assert "each has its own table and its own true neighbours" in captions(test)
    assert "True neighbours: cosine." in captions(test)
    true = test.dataframe[0].value
    test.segmented_control(key="ex_cmp_of").set_value("drawn").run()
    settle(test)
    assert errors(test) == []
    assert "drawn neighbours differ most" in marked(test)
    assert not test.dataframe[0].value.equals(true)


def test_two_embeddings_are_compared_on_the_words_that_both_have() -> None:
    test = explore(src="small-world-en", ex_view="compare", ex_cmp="tables", ex_other="list-everyday-en")
    assert errors(test) == []
    assert "true neighbours differ most" in marked(test)
    assert "labels that both have" in captions(test)


def test_embeddings_without_common_words_cannot_be_compared_and_that_is_said() -> None:
    test = explore(src="list-everyday-en", ex_view="compare", ex_cmp="tables", ex_other="list-everyday-zh")
    assert errors(test) == []
    assert any("labels in common" in info.value for info in test.info)
