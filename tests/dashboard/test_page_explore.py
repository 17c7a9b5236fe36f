"""The Explore page: own words and vectors, pictures, trust, and what bad input gets."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.conftest import open_page


def settle(test: AppTest, rounds: int = 8) -> AppTest:
    """Rerun as the browser does until no job of the visitor is left."""
    for _ in range(rounds):
        held = test.session_state["es_jobs"] if "es_jobs" in test.session_state else {}
        if not held:
            return test
        for job in list(held.values()):
            assert job.wait(60)
        test.run()
    raise AssertionError("the page never came to rest")


def explore(**link: str) -> AppTest:
    return settle(open_page("explore", **link))


def errors(test: AppTest) -> list[str]:
    assert not test.exception
    return [error.value.replace("\\", "") for error in test.error]


def status(test: AppTest) -> str:
    return test.caption[-1].value.replace("\\", "")


def bring_words(test: AppTest, text: str) -> AppTest:
    test.text_area(key="own_words").set_value(text)
    test.button(key="FormSubmitter:own_form-Make vectors").click().run()
    return settle(test)


def bring_vectors(test: AppTest, name: str, content: bytes) -> AppTest:
    test.file_uploader(key="own_files").upload(name, content).run()
    settle(test)
    if any(button.key == "bt_open" for button in test.button):  # a table asks which column is what
        test.button(key="bt_open").click().run()
    return settle(test)


@pytest.mark.parametrize("method", ["pca", "tsne", "umap"])
@pytest.mark.parametrize("components", ["2", "3"])
def test_every_method_draws_from_its_link_and_is_judged(method: str, components: str) -> None:
    test = explore(src="list-everyday-zh", ex_method=method, ex_dims=components)
    assert errors(test) == []
    assert any("How far to trust it" in text.value for text in test.markdown)
    assert "203 rows of 512 dimensions" in status(test)


def test_a_word_list_becomes_vectors_with_its_classes() -> None:
    test = bring_words(explore(), "cat\tanimal\ndog\tanimal\npear\tfruit\nplum\tfruit\n科学\tfield\n科技\tfield")
    assert errors(test) == []
    assert "6 rows of 512 dimensions" in status(test)


def test_vectors_from_a_file_are_opened() -> None:
    packed = BytesIO()
    np.save(packed, np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32))
    test = bring_vectors(explore(), "mine.npy", packed.getvalue())
    assert errors(test) == []
    assert "40 rows of 6 dimensions" in status(test)


@pytest.mark.parametrize(
    ("name", "content"), [("mine.npy", b""), ("mine.npy", b"nonsense"), ("mine.csv", b"only words\nin here\n")]
)
def test_a_file_without_vectors_gets_one_sentence_and_the_picture_stays(name: str, content: bytes) -> None:
    test = bring_vectors(explore(), name, content)
    assert len(errors(test)) == 1
    assert "Small world" in status(test)


def test_an_empty_list_gets_one_sentence() -> None:
    assert len(errors(bring_words(explore(), " , ,\n "))) == 1


def test_two_words_are_too_few_for_a_picture_and_that_is_said() -> None:
    test = bring_words(explore(), "cat dog")
    assert any("at least 3 points" in error for error in errors(test))


def test_a_searched_word_shows_its_neighbours_and_an_unknown_one_spellings() -> None:
    test = explore(ex_find="king")
    assert errors(test) == []
    assert any(text.value.startswith("**king**") for text in test.markdown)
    test.text_input(key="ex_find").set_value("qeen").run()
    assert "queen" in errors(test)[0]


def test_what_the_data_forces_is_said() -> None:
    """Thirty neighbours cannot be had among five words."""
    test = bring_words(explore(ex_method="tsne"), "cat dog cow pear plum")
    assert "erplexity" in status(test)
