"""Asking the map on Explore: a word, a pattern, any text; the rows chosen, and the way back."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.embedding import Embedding
from dashboard import shelf
from dashboard.explore_views.choosing import packed, unpacked
from dashboard.sources import ENCODER
from tests.dashboard.conftest import open_page
from tests.dashboard.test_page_explore import (
    bring_words,
    captions,
    errors,
    explore,
    marked,
    settle,
    status,
)


def test_a_searched_word_shows_its_neighbours_and_an_unknown_one_spellings() -> None:
    test = explore(ex_find="king")
    assert errors(test) == []
    assert any(text.value.startswith("**king**") for text in test.markdown)
    test.text_input(key="ex_find").set_value("qeen").run()
    assert "queen" in errors(test)[0]


def test_a_pattern_chooses_rows_that_can_be_undone() -> None:
    test = bring_words(explore(), "cat,cart,dog,=cmd,pear,plum")
    test.text_input(key="ex_find").set_value("ca*").run()
    assert "2 rows match" in captions(test)
    assert "2 rows chosen" in marked(test)
    test.text_input(key="ex_find").set_value("/^p/").run()
    assert list(test.dataframe[0].value["label"]) == ["pear", "plum"]
    test.button(key="ex_undo").click().run()
    assert list(test.dataframe[0].value["label"]) == ["cat", "cart"]
    test.button(key="ex_undo").click().run()
    assert "rows chosen" not in marked(test)
    test.text_input(key="ex_find").set_value("/^d/").run()
    test.button(key="ex_all").click().run()
    assert "rows chosen" not in marked(test)
    test.button(key="ex_undo").click().run()
    assert list(test.dataframe[0].value["label"]) == ["dog"]


@given(rows=st.sets(st.integers(0, 10**6), max_size=300))
def test_chosen_rows_go_into_a_link_and_back(rows: set[int]) -> None:
    assert unpacked(packed(sorted(rows))) == sorted(rows)


@given(said=st.text(max_size=40))
def test_what_a_link_says_instead_of_rows_chooses_none_or_some_and_never_fails(said: str) -> None:
    assert all(row >= 0 for row in unpacked(said))


def test_chosen_rows_stand_in_the_link_and_those_it_names_beyond_the_table_are_left_out() -> None:
    test = explore()
    test.text_input(key="ex_find").set_value("k*").run()
    held = test.query_params["ex_rows"]
    other = open_page("explore", ex_rows=str(held))
    assert [one for one in marked(other).split("**") if "chosen" in one] == [
        one for one in marked(test).split("**") if "chosen" in one
    ]
    table = str(held).partition(".")[0]
    assert "1 row chosen" in marked(open_page("explore", ex_rows=f"{table}.{packed([3, 10**6])}"))
    for wrong in ("not rows", "abc", f"{table}.?", f"000000.{packed([3])}"):
        test = open_page("explore", ex_rows=wrong)
        assert errors(test) == []
        assert "chosen" not in marked(test)
        assert "ex_rows" not in test.query_params


def test_a_pattern_chooses_again_only_where_nothing_was_chosen_after_it() -> None:
    test = explore()
    test.text_input(key="ex_find").set_value("/^king$/").run()
    assert "1 row chosen" in marked(open_page("explore", ex_find="k*", ex_rows=str(test.query_params["ex_rows"])))


def test_what_a_pattern_chose_goes_with_the_pattern() -> None:
    test = bring_words(explore(), "cat,cart,dog,=cmd,pear,plum")
    for other in ("dog", "", "/[/", "/nothing/"):
        test.text_input(key="ex_find").set_value("ca*").run()
        assert "2 rows chosen" in marked(test)
        test.text_input(key="ex_find").set_value(other).run()
        assert "rows chosen" not in marked(test)
    test.button(key="ex_undo").click().run()
    assert "2 rows chosen" in marked(test)


def test_a_label_that_looks_like_a_pattern_is_found_as_itself() -> None:
    test = bring_words(explore(), "ca*,cat,cart,dog")
    test.text_input(key="ex_find").set_value("ca*").run()
    assert errors(test) == []
    assert "**ca" in marked(test)
    assert "rows match" not in captions(test)


def test_a_pattern_that_cannot_be_read_gets_one_sentence() -> None:
    test = explore(src="list-everyday-en", ex_find="/(/")
    assert len(errors(test)) == 1
    assert "cannot be read" in errors(test)[0]


def test_an_unseen_text_is_asked_through_the_encoder_the_vectors_came_from() -> None:
    test = bring_words(explore(), "cat,dog,horse,car,train,bus")
    test.text_input(key="ex_find").set_value("a small kitten").run()
    settle(test)
    assert errors(test) == []
    assert "its vector was made now" in marked(test)


def test_a_saved_list_still_answers_any_text() -> None:
    vectors = np.random.default_rng(0).normal(size=(8, 512)).astype(np.float32)
    saved = shelf.save(Embedding([f"word {row}" for row in range(8)], vectors), "list", "", {"encoder": ENCODER})
    test = explore(src=saved)
    test.text_input(key="ex_find").set_value("something else").run()
    assert "its vector was made now" in marked(settle(test))


def test_chosen_rows_can_be_drawn_alone() -> None:
    test = bring_words(explore(), "cat,cart,camel,dog,pear")
    test.text_input(key="ex_find").set_value("ca*").run()
    test.button(key="ex_alone").click().run()
    settle(test)
    assert "3 rows of 512 dimensions" in status(test)


def test_true_neighbours_drawn_behind_many_others_are_told_as_thrown_far() -> None:
    from types import SimpleNamespace

    from core.embedding import Neighbour
    from dashboard.explore_views.drawing import Drawn
    from dashboard.explore_views.trust import thrown_far

    drawn = Drawn(cast("Any", None), SimpleNamespace(coordinates=np.arange(30, dtype=np.float32)[:, None]))
    near = [Neighbour("beside", 0.9, 1), Neighbour("behind ten others", 0.8, 11), Neighbour("at the edge", 0.7, 10)]
    assert thrown_far(drawn, 0, near, k=2) == [11]
