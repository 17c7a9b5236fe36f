"""The Mapping page: every preset tells what it claims, bad input gets one sentence in place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.embedding import Embedding
from dashboard.mapping_parts import _STORY
from tests.dashboard.conftest import open_page


def table(test: AppTest) -> str:
    """What was found, as one line of text."""
    assert not test.exception
    return " ".join(str(one.proto.body) for one in test.get("html") if "es-figures" in str(one.proto.body))


def settled(test: AppTest) -> AppTest:
    """The page once its jobs are over, as the browser would rerun it."""
    jobs = dict(test.session_state["es_jobs"]) if "es_jobs" in test.session_state else {}
    for job in jobs.values():
        assert job.wait(60)
    return test.run() if jobs else test


def status(test: AppTest) -> str:
    return test.caption[-1].value.replace("\\", "")


def errors(test: AppTest) -> list[str]:
    assert not test.exception
    return [error.value.replace("\\", "") for error in test.error]


def test_the_story_goes_from_a_lookup_table_to_kept_structure() -> None:
    test = open_page("mapping")
    for at in range(len(_STORY)):
        settled(test.button(key=f"map_try_{at}").click().run())
        assert errors(test) == []
        assert len(test.info) == 1
    assert "100%, by chance" in table(test)


def test_x_squared_names_its_collision_and_its_counterexample() -> None:
    test = open_page("mapping", map_domain="integers", map_kind="square")
    assert "f(-5) = f(5)" in table(test)
    assert "-5 &lt; -4, f: 25, 16" in table(test)


def test_the_map_and_what_it_keeps_are_taken_away(files: dict[str, Callable[[], bytes]]) -> None:
    test = open_page("mapping", map_domain="integers", map_kind="square")
    assert errors(test) == []
    rows = files["embedscope-map.csv"]().decode().splitlines()
    assert rows[0] == '"input","output","closest other","apart","in collision"'
    assert rows[1].startswith('-5,25,"5",0')
    found = files["embedscope-map-found.csv"]().decode()
    assert '"injective","False","-5","5"' in found.replace("'", "")


def test_twin_rows_of_the_visitors_own_table_are_named() -> None:
    from core.training import train

    test = open_page("mapping")
    embedding = train([["one", "two", "three", "four", "five", "six"]] * 30, dim=4, epochs=1, held_out=0.0)
    vectors = embedding.vectors.copy()
    vectors[1] = vectors[4]
    twins = Embedding(embedding.labels, vectors)
    from dashboard.session import EMBEDDINGS, Held
    from dashboard.words_views.trained import RESULT

    test.session_state[EMBEDDINGS] = {"own-twins": Held("Twins", twins, "here")}
    test.session_state[RESULT] = "own-twins"
    test.run()
    settled(test.button(key="map_try_w").click().run())
    assert errors(test) == []
    said = " ".join(caption.value for caption in test.caption)
    assert f"f({twins.labels[1]}) = f({twins.labels[4]})" in said.replace("\\", "")


@pytest.mark.parametrize(("formula", "sentence"), [("1/x", "divides by zero at x = 0"), ("9^9^x^9", "runs away"), ("x**x**x**x", "has no value at x = -5"), ("x +", "ends where"), ("import os", "not known")])  # fmt: skip
def test_a_formula_that_cannot_be_gets_one_sentence_and_the_page_goes_on(formula: str, sentence: str) -> None:
    test = open_page("mapping", map_domain="integers", map_kind="formula")
    test.text_input(key="map_f").set_value(formula).run()
    assert len(errors(test)) == 1
    assert sentence in errors(test)[0]
    assert "the map before: what is asked now cannot be drawn" in status(test)
    test.text_input(key="map_f").set_value("x^3").run()
    assert errors(test) == []
    assert "yes" in table(test)


def test_a_bad_file_of_pairs_names_its_line() -> None:
    test = open_page("mapping", map_domain="pairs")
    settled(test.file_uploader(key="map_file").upload("pairs.csv", b"1,2\n2,two\n").run())
    assert errors(test) == ["Line 2 of pairs.csv, column 2: two is not a number up to 1e12."]


def test_a_row_that_repeats_and_many_rows_are_checked_and_what_is_drawn_is_said() -> None:
    test = open_page("mapping", map_domain="pairs")
    settled(test.file_uploader(key="map_file").upload("twice.csv", b"x;f\n1;2,5\n1;2,5\n2;3,5\n").run())
    assert errors(test) == []
    assert "2 inputs" in status(test)
    many = "".join(f"{at},{at * at % 901}\n" for at in range(900)).encode()
    settled(settled(test.file_uploader(key="map_file").upload("many.csv", many).run()))
    assert errors(test) == []
    assert "900 inputs" in status(test)
    assert "drawn: the 60 inputs whose outputs lie closest, of 900; all were checked" in status(test)


def test_another_map_can_be_tried_on_the_inputs_of_a_file() -> None:
    test = open_page("mapping", map_domain="pairs")
    settled(test.file_uploader(key="map_file").upload("mine.csv", b"x,f\n-2,0\n2,1\n3,7\n").run())
    assert ">yes<" in table(test)
    settled(test.selectbox(key="map_given").set_value("square").run())
    assert errors(test) == []
    assert "f(-2) = f(2)" in table(test)
    assert "x squared" in status(test)


def test_words_beyond_those_taken_are_told() -> None:
    test = open_page("mapping")
    test.text_area(key="map_words").set_value(", ".join(f"w{at}" for at in range(230))).run()
    assert "The first 200 of 230 words are taken." in " ".join(one.value for one in test.caption)


def test_typed_words_stand_in_the_link_unless_they_are_too_many_for_it() -> None:
    test = open_page("mapping")
    test.text_area(key="map_words").set_value("sun, rain").run()
    assert test.query_params["map_words"] == "sun, rain"
    test.text_area(key="map_words").set_value("sun, rain, " * 200).run()
    assert "map_words" not in test.query_params
    assert "this longer text stays until the page is loaded anew" in " ".join(one.value for one in test.caption)


def test_domain_and_map_come_back_from_the_link() -> None:
    test = open_page("mapping", map_domain="grid", map_kind="hash", map_side="3")
    assert test.selectbox(key="map_domain").value == "grid"
    assert test.selectbox(key="map_kind").value == "hash"
    assert test.slider(key="map_side").value == 3


@pytest.mark.parametrize(("asked", "taken"), [("7,7", "7 and 8"), ("50,50", "49 and 50")])
def test_a_domain_of_one_number_takes_its_neighbour_and_says_so(asked: str, taken: str) -> None:
    test = open_page("mapping", map_domain="integers", map_range=asked)
    assert errors(test) == []
    assert f"One number is no domain: {taken} are taken." in [one.value for one in test.caption]


def test_a_tolerance_in_the_link_is_taken_over() -> None:
    test = open_page("mapping", map_domain="integers", map_kind="linear", map_tol="2.5")
    assert "tolerance 0" not in test.caption[-1].value.replace("\\", "")
    assert ">no<" in table(test)
