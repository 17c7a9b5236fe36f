"""The Neighbours page: a question, words against each other, and what unknown words get."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.dashboard.conftest import open_page


def visit(**link: str) -> AppTest:
    """The page once the picture that its workers draw is there."""
    test = open_page("neighbours", **link)
    for job in list(test.session_state["es_jobs"].values() if "es_jobs" in test.session_state else ()):
        assert job.wait(60)
        test.run()
    return test


def errors(test: AppTest) -> list[str]:
    assert not test.exception
    return [error.value.replace("\\", "") for error in test.error]


def said(test: AppTest) -> str:
    return " ".join(part.value.replace("\\", "") for part in [*test.markdown, *test.caption])


def test_an_analogy_says_how_parallel_its_two_steps_are() -> None:
    test = visit(nb_q="king - man + woman")
    assert errors(test) == []
    assert "the two steps have cosine" in said(test)
    test.text_input(key="nb_q").set_value("dog").run()
    assert "the two steps have cosine" not in said(test)


def test_a_near_spelling_is_taken_with_one_click() -> None:
    test = visit()
    test.text_input(key="nb_q").set_value("kign - man + woman").run()
    assert "kign" in errors(test)[0]
    assert test.button(key="nb_q_spelling_0").label == "king"
    test.button(key="nb_q_spelling_0").click().run()
    assert test.text_input(key="nb_q").value == "king - man + woman"
    assert errors(test) == []


def test_words_against_each_other_name_the_odd_one() -> None:
    test = visit(nb_view="among", nb_words="dog cat horse cow piano")
    assert errors(test) == []
    assert "Odd one out" in said(test)
    assert "piano" in said(test)
    test.text_input(key="nb_words").set_value("science technology").run()
    assert "science · technology" in said(test)
    assert "Odd one out" not in said(test)


def test_words_that_cannot_be_compared_get_one_sentence_and_the_page_goes_on() -> None:
    test = visit(nb_view="among", nb_words="dog")
    assert errors(test) == ["Give 2 to 40 different words; there are 1."]
    test.text_input(key="nb_words").set_value("dog caat").run()
    test.button(key="nb_words_spelling_0").click().run()
    assert errors(test) == []


def test_both_views_speak_chinese() -> None:
    for view, word in (("ask", "国王 - 男人 + 女人"), ("among", "科学 科技")):
        test = visit(lang="zh", nb_view=view, nb_q=word, nb_words=word)
        assert errors(test) == []
    assert "科学 · 科技" in said(test)
