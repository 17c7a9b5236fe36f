"""The Words page: training, and what bad text gets."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.text import load_corpus
from dashboard.words_views.trained import SLOT
from tests.dashboard.conftest import open_page

PARAGRAPH = load_corpus("small-world-en").text[:20_000]


def train(test: AppTest) -> AppTest:
    """Press Train and rerun the page once the job is over, as the browser does."""
    test.button(key="w_train").click().run()
    job = test.session_state["es_jobs"].get(SLOT) if "es_jobs" in test.session_state else None
    if job is not None:
        assert job.wait(60)
        test.run()
    return test


def settled(test: AppTest) -> AppTest:
    """The page once every job it waits for is over."""
    for _round in range(4):
        jobs = list(test.session_state["es_jobs"].values() if "es_jobs" in test.session_state else ())
        for job in jobs:
            assert job.wait(60)
        if not jobs:
            break
        test.run()
    return test


def captions(test: AppTest) -> str:
    return " ".join(part.value.replace("\\", "") for part in test.caption)


def frequency_auc(shown: str) -> float:
    return float(re.findall(r"<b>(0\.\d{3})</b>", shown)[0])


def pasted(text: str) -> AppTest:
    test = open_page("words", w_kind="paste", w_epochs="20")
    test.text_area(key="w_paste").set_value(text).run()
    return train(test)


def uploaded(name: str, content: bytes) -> AppTest:
    test = open_page("words", w_kind="file")
    return settled(test.file_uploader(key="w_file").upload(name, content).run())


def errors(test: AppTest) -> list[str]:
    assert not test.exception
    return [error.value.replace("\\", "") for error in test.error]


def status(test: AppTest) -> str:
    return test.caption[-1].value.replace("\\", "")


def test_a_pasted_text_is_trained_and_asked() -> None:
    test = pasted(PARAGRAPH)
    assert errors(test) == []
    assert "Trained: Pasted text" in status(test)
    test.text_input(key="w_word").set_value("king").run()
    assert errors(test) == []


def test_an_unknown_word_gets_the_nearest_spellings_and_the_page_goes_on() -> None:
    test = open_page("words")
    test.text_input(key="w_word").set_value("kign").run()
    assert errors(test) == ["kign is not in this embedding. Nearest spellings: " + errors(test)[0].partition(": ")[2]]
    assert "king" in errors(test)[0]
    test.text_input(key="w_word").set_value("king").run()
    assert errors(test) == []


@pytest.mark.parametrize("text", ["three small words", "one " * 1000, "?!... —— ,,,"])
def test_a_text_too_poor_to_learn_from_gets_one_sentence(text: str) -> None:
    test = pasted(text)
    assert len(errors(test)) == 1
    assert errors(test)[0].endswith(".")
    assert "An example that comes with Embedscope" in status(test)


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.txt", b""), ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40), ("blank.txt", b" \n\n ")],
)
def test_a_file_that_is_no_text_gets_one_sentence_that_names_it(name: str, content: bytes) -> None:
    test = uploaded(name, content)
    if not test.button(key="w_train").disabled:
        train(test)
    assert len(errors(test)) == 1
    assert name in errors(test)[0] or "text" in errors(test)[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "big5"])
def test_a_chinese_file_is_read_in_its_encoding_which_is_said(encoding: str) -> None:
    text = "國王和女王住在宮殿裡。" * 60 if encoding == "big5" else load_corpus("small-world-zh").text[:6000]
    test = uploaded("chinese.txt", text.encode(encoding))
    assert errors(test) == []
    assert not test.button(key="w_train").disabled
    train(test)
    if encoding != "big5":  # one sentence sixty times leaves nothing to hold out
        assert errors(test) == []
        assert "chinese.txt · " in status(test)


def test_settings_stand_in_the_link_and_come_back_from_it() -> None:
    test = open_page("words", w_objective="skip-gram", w_dim="48", w_corpus="small-world-zh")
    assert test.selectbox(key="w_objective").value == "skip-gram"
    assert test.slider(key="w_dim").value == 48
    assert test.selectbox(key="w_corpus").value == "small-world-zh"


def test_every_choice_of_the_task_is_on_the_page_in_its_whole_range() -> None:
    test = open_page("words")
    ranges = {slider.key: (slider.min, slider.max) for slider in test.slider}
    assert (ranges["w_window"], ranges["w_dim"], ranges["w_power"]) == ((3, 9), (2, 256), (0, 1))
    assert (ranges["w_width"], ranges["w_held_out"]) == ((4, 128), (0, 0.5))
    choices = {box.key: box.options for box in test.selectbox}
    assert choices["w_slot"] == ["any word", "the middle word", "the last word"]
    assert choices["w_sampler"] == ["by count", "all words alike"]
    assert choices["w_loss"] == ["logistic", "hinge"]
    assert {field.key for field in test.number_input} >= {"w_seed", "w_learning_rate"}


@pytest.mark.parametrize(("asked", "answered"), [("国王 - 男人 + 女人", "女王"), ("科学", "科技")])
def test_what_was_trained_in_chinese_is_asked_in_chinese(asked: str, answered: str) -> None:
    test = open_page("words", lang="zh", w_word=asked)
    assert errors(test) == []
    assert answered in html(test)
    assert "小世界（中文）" in status(test)


def test_a_running_training_has_no_second_train_button() -> None:
    test = open_page("words", w_epochs="200", w_dim="96")
    test.button(key="w_train").click().run()
    shown = [button.key for button in test.button]
    assert ("w_train" in shown) != (f"{SLOT}_stop" in shown)
    test.session_state["es_jobs"][SLOT].cancel() if f"{SLOT}_stop" in shown else None


@pytest.mark.parametrize("view", ["map", "side"])
def test_what_is_being_trained_is_said_to_keep_its_settings_once_a_control_moves(view: str) -> None:
    test = open_page("words", w_view=view, w_epochs="200", w_dim="96", w_seed="11")
    test.button(key="w_train_all" if view == "side" else "w_train").click().run()
    [job] = test.session_state["es_jobs"].values()
    job.pause()
    assert "keeps the text and the settings" not in captions(test)
    test.slider(key="w_dim").set_value(8).run()
    assert "keeps the text and the settings it was begun with" in captions(test)
    test.slider(key="w_dim").set_value(96).run()
    assert "keeps the text and the settings" not in captions(test)
    job.cancel()


def html(test: AppTest) -> str:
    return " ".join(part.proto.body for part in test.get("html"))


def test_the_windows_of_a_text_stand_beside_their_broken_twins_and_follow_the_controls() -> None:
    test = settled(open_page("words", w_view="windows"))
    assert errors(test) == []
    by_count = html(test)
    assert by_count.count("✓ valid") == by_count.count("<mark>✗ ") == 9
    settled(test.button(key="w_try_uniform").click().run())
    assert test.selectbox(key="w_sampler").value == "uniform"
    assert frequency_auc(html(test)) > frequency_auc(by_count) + 0.05
    settled(test.slider(key="w_window").set_value(3).run())
    first = html(test).partition("<tbody>")[2].partition("</tr>")[0]
    assert len(re.findall("<td", first)) == 3 + 2
    assert 'es-pairs es-long"' not in html(test)
    settled(test.slider(key="w_window").set_value(9).run())
    assert 'es-pairs es-long"' in html(test)


def test_a_setting_that_leaves_no_window_is_told_in_place_and_the_last_windows_stay() -> None:
    test = open_page("words", w_view="windows", w_kind="paste", w_window="5")
    settled(
        test.text_area(key="w_paste")
        .set_value("The cat sat on the mat. A dog ran to the river. So did the old fox.")
        .run()
    )
    assert "es-pairs" in html(test)
    settled(test.slider(key="w_window").set_value(9).run())
    assert len(errors(test)) == 1
    assert "a window needs" in errors(test)[0]
    assert "es-pairs" in html(test)
    assert "settings before" in captions(test)
    settled(test.slider(key="w_window").set_value(4).run())
    assert errors(test) == []


def test_a_task_without_windows_says_so_and_offers_the_one_that_has_them() -> None:
    test = open_page("words", w_view="windows", w_objective="skip-gram")
    assert "What you see" not in " ".join(part.value for part in test.markdown)
    assert not [button.key for button in test.button if button.key.startswith("w_try")]
    test.button(key="w_to_five").click().run()
    assert settled(test).selectbox(key="w_objective").value == "five-gram"
    assert "es-pairs" in html(test)


def test_an_analogy_is_asked_of_the_training_and_a_spelling_is_one_click_away() -> None:
    test = open_page("words", w_word="kign - man + woman")
    assert "kign" in errors(test)[0]
    test.button(key="w_word_spelling_0").click().run()
    assert test.text_input(key="w_word").value == "king - man + woman"
    assert errors(test) == []
    assert "the two steps have cosine" in captions(test)


def test_before_a_comparison_is_made_here_one_that_comes_along_is_shown_and_its_tasks_are_looked_at_closer() -> None:
    test = open_page("words", w_view="side", w_dim="8")
    assert errors(test) == []
    assert "<td" in html(test)
    assert "An example that comes with Embedscope: Small world (English)" in status(test)
    assert "32 dimensions" in status(test)
    test.button(key="w_closer_skip-gram").click().run()
    assert errors(test) == []
    assert status(test).startswith("Small world (English), Skip-gram ·")
    assert "Skip-gram: which words are near" in status(test)
    assert "0.0 s" not in status(test)  # how long it took is not kept with it


def test_a_link_to_a_training_of_other_settings_says_so_until_something_is_trained() -> None:
    test = settled(open_page("words", w_run="0123456789ab", w_epochs="1", w_dim="8"))
    assert any("names a training, but not that of the text and the settings" in one.value for one in test.warning)
    settled(test.button(key="w_train").click().run())
    assert not test.warning


def test_the_tasks_stand_side_by_side_in_one_table_and_one_is_looked_at_closer() -> None:
    test = open_page("words", w_view="side", w_epochs="1", w_dim="8")
    settled(test.button(key="w_train_all").click().run())
    assert errors(test) == []
    table = html(test)
    assert table.count("<thead>") == 3
    assert all(
        name in table for name in ("Five-gram", "Skip-gram", "CBOW", "class gap", "WordSim-353", "analogies right")
    )
    assert re.search(r"SimLex-999, rho</th><td[^>]*>(<b>★ )?\S+, \d+ of 999 pairs", table)
    assert re.search(r"<th>animal</th><td[^>]*>(<b>★ )?\d+\.\d%", table)
    assert re.search(r"<th>gender</th><td[^>]*>(<b>★ )?\d+ \(\d+\) of \d+", table)
    test.button(key="w_closer_cbow").click().run()
    assert "Trained: Small world (English)" in status(test)
    assert "8 dimensions" in status(test)


def test_a_link_opens_the_comparison_it_names_and_drops_the_name_when_a_control_moves() -> None:
    test = open_page("words", w_view="side", w_epochs="1", w_dim="8")
    settled(test.button(key="w_train_all").click().run())
    other = settled(open_page("words", w_view="side", w_epochs="1", w_dim="8", w_all=str(test.query_params["w_all"])))
    assert errors(other) == []
    assert "8 dimensions" in status(other)
    other.slider(key="w_dim").set_value(9).run()
    assert "w_all" not in other.query_params
    assert "8 dimensions" in status(other)


def test_a_window_of_ones_own_is_judged_and_its_mistakes_are_told_in_place() -> None:
    test = settled(open_page("words", w_view="eye", w_eye="the dog chased the cat"))
    assert errors(test) == []
    assert "to be valid" in html(test)
    assert "moves 5 of 1,485 rows" in captions(test)
    verdict = html(test)
    test.text_input(key="w_eye").set_value("THE DOG CHASED “THE CAT.”").run()
    assert errors(test) == []
    assert html(test) == verdict
    test.text_input(key="w_eye").set_value("the dog chased").run()
    assert errors(test) == ["R judges windows of 5 words; these are 3."]
    test.text_input(key="w_eye").set_value("the dog chased the cat").run()
    test.text_input(key="w_eye_swap").set_value("chased").run()
    assert len(errors(test)) == 1
    assert "to be valid" in html(test)


def test_the_bars_of_the_words_ranked_by_r_are_as_long_as_their_scores() -> None:
    test = settled(open_page("words", w_view="eye", w_eye="the dog chased the cat"))
    answers = html(test).partition("es-answers")[2].partition("</ol>")[0]
    bars = [float(share) for share in re.findall(r"width:([\d.]+)%", answers)]
    scores = [float(score) for score in re.findall(r'es-score">([-\d.]+)<', answers)]
    assert len(bars) == len(scores) > 7
    assert bars == pytest.approx([100 * max(0.0, score / scores[0]) for score in scores], abs=0.5)


def test_an_embedding_without_r_says_so_in_its_eye() -> None:
    test = open_page("words", w_objective="skip-gram", w_epochs="1", w_dim="8")
    train(test)
    test.segmented_control(key="w_view").set_value("eye").run()
    assert len(errors(test)) == 1
    assert "five-gram" in errors(test)[0]


def test_a_training_goes_on_from_the_example_and_says_which_words_are_new() -> None:
    test = open_page("words", w_kind="paste", w_start="small-world-en", w_epochs="2", w_dim="99", w_held_out="0")
    test.text_area(key="w_paste").set_value(
        "The zorgle chased the cat in the garden. A zorgle bought the bread at noon. " * 4
    ).run()
    train(test)
    assert errors(test) == []
    assert "It keeps its 32 dimensions" in captions(test)
    assert "32 dimensions" in status(test)
    assert "2 of them new" in status(test)
    test.text_input(key="w_word").set_value("zorgle").run()
    assert errors(test) == []


@pytest.mark.parametrize("before", ["An example that comes with Embedscope", "Trained: Small world (English)"])
def test_a_learning_rate_so_wild_that_nothing_was_learned_leaves_what_was_here_before_and_says_so(before: str) -> None:
    test = open_page("words", w_epochs="1", w_dim="8", w_seed="7")
    if before.startswith("Trained"):
        train(test)
    shown = status(test)
    assert before in shown
    test.number_input(key="w_learning_rate").set_value(1000.0).run()
    train(test)
    assert len(errors(test)) == 1
    assert "Train again with a smaller learning rate" in errors(test)[0]
    assert status(test) == shown
    assert "w_run" not in test.query_params
    test.text_input(key="w_word").set_value("king").run()
    assert "Train again with a smaller learning rate" in errors(test)[0]
    test.number_input(key="w_learning_rate").set_value(0.05).run()
    assert errors(test) == []


def test_why_nothing_came_of_a_training_stays_in_sight_until_something_else_is_asked_for() -> None:
    test = pasted("three small words")
    assert "a window needs" in errors(test)[0]
    test.segmented_control(key="w_view").set_value("windows").run()
    settled(test.segmented_control(key="w_view").set_value("map").run())
    assert "a window needs" in errors(test)[0]
    test.slider(key="w_dim").set_value(9).run()
    assert errors(test) == []


def test_few_held_out_windows_are_said_to_prove_nothing() -> None:
    test = pasted("The cat sat on the mat. A dog ran to the river. So did the old fox.")
    assert "Held-out windows to check on: 1." in test.warning[0].value.replace("\\", "")


@pytest.mark.parametrize("task", ["skip-gram", "cbow"])
def test_a_training_that_was_too_short_is_told_to_go_on(task: str) -> None:
    test = train(open_page("words", w_objective=task, w_epochs="1", w_dim="8"))
    assert "take more epochs" in test.warning[0].value
    assert "fewer epochs" not in test.warning[0].value


def test_a_training_that_was_too_long_for_its_text_is_told_to_take_more_text_or_fewer_epochs() -> None:
    test = open_page("words", w_kind="paste", w_epochs="100", w_held_out="0.4")
    test.text_area(key="w_paste").set_value(PARAGRAPH[:2500]).run()
    train(test)
    assert "Add text, or take fewer epochs" in test.warning[0].value


def test_a_training_with_nothing_held_out_says_what_it_cannot_tell() -> None:
    test = train(open_page("words", w_held_out="0", w_epochs="1", w_dim="8"))
    assert errors(test) == []
    assert "Nothing was held out" in test.warning[0].value
    said = " ".join(part.value for part in test.markdown)
    assert "The curve below is the loss on the text it trains on" in said
    assert "held-out sentences" not in said


def test_another_task_has_its_own_learning_rate() -> None:
    test = open_page("words")
    test.selectbox(key="w_objective").set_value("skip-gram").run()
    assert test.number_input(key="w_learning_rate").value == 0.025


def test_watched_words_are_told_where_the_text_has_them_not() -> None:
    test = open_page("words", w_watch="king zorgle", w_epochs="1", w_dim="8")
    train(test)
    assert errors(test) == []
    assert "zorgle is not in this text" in status(test)


def test_a_link_opens_the_training_it_names_and_drops_the_name_when_a_control_moves() -> None:
    test = open_page("words", w_epochs="1", w_dim="8", w_seed="3")
    train(test)
    named = str(test.query_params["w_run"])
    other = open_page("words", w_epochs="1", w_dim="8", w_seed="3", w_run=named)
    assert "seed 3" in status(settled(other))
    assert "Trained" in status(other)
    other.slider(key="w_dim").set_value(9).run()
    assert "w_run" not in other.query_params


def test_a_link_to_a_training_that_is_not_here_says_so_and_shows_the_example() -> None:
    test = open_page("words", w_of="own-000000000000")
    assert "lives in another browser" in test.warning[0].value
    assert "An example that comes with Embedscope" in status(test)
    assert "w_of" not in test.query_params
