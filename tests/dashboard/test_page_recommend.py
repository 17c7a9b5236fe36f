"""The Recommend page: two lists for one reader, many readers, the loop, and tables of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import i18n
from dashboard.recommend_views import data
from tests.dashboard.conftest import open_page


def settled(test: AppTest) -> AppTest:
    """The page once its jobs are over, as the browser would rerun it; one job may lead to the next."""
    for _ in range(6):
        jobs = dict(test.session_state["es_jobs"]) if "es_jobs" in test.session_state else {}
        if not jobs:
            break
        for job in jobs.values():
            assert job.wait(120)
        test.run()
    assert not test.exception
    return test


def shown(test: AppTest) -> str:
    return " ".join(str(one.proto.body) for one in test.get("html"))


def errors(test: AppTest) -> list[str]:
    assert not test.exception
    return [error.value.replace("\\", "") for error in test.error]


def status(test: AppTest) -> str:
    return test.caption[-1].value.replace("\\", "")


@pytest.mark.parametrize(("language", "like", "near", "badge"), [("en", "science", "technology", "exact misses it"), ("zh", "科学", "科技", "精确漏掉")])  # fmt: skip
def test_the_first_picture_is_the_story_of_the_seed(language: str, like: str, near: str, badge: str) -> None:
    for job in dict(open_page("recommend", lang=language).session_state["es_jobs"]).values():
        assert job.wait(120)
    test = open_page("recommend", lang=language)
    assert errors(test) == []
    assert near in shown(test)
    assert badge in shown(test)
    assert f'<b dir="auto">{like}</b>' in shown(test)


def test_every_preset_shows_what_it_says() -> None:
    test = settled(open_page("recommend"))
    expected = {"science": "technology is", "wrong": "The big snake", "opposite": "War as letters tell it", "many": "fuzzy misses it", "hand": "edited by hand", "unknown": "no item carries it"}  # fmt: skip
    for name, words in expected.items():
        settled(test.button(key=f"rc_try_{name}").click().run())
        assert errors(test) == []
        assert words in shown(test) + status(test)
        assert ("edited by hand" in status(test)) == (name == "hand"), "each preset begins from the plain vectors"
        assert len(test.info) == 1


def test_a_preset_undoes_what_would_make_its_telling_untrue() -> None:
    test = settled(
        open_page("recommend", rc_metric="euclidean", rc_penalty="0.5", rc_diversity="0.5", rc_vectors="trained")
    )
    settled(test.button(key="rc_try_science").click().run())
    assert "technology is" in shown(test)
    assert test.selectbox(key="rc_metric").value == "cosine"
    assert test.slider(key="rc_penalty").value == test.slider(key="rc_diversity").value == 0


def test_likes_and_settings_come_back_from_the_link() -> None:
    test = settled(open_page("recommend", rc_likes="tea,coffee", rc_k="5", rc_metric="dot"))
    assert test.multiselect[0].value == ["tea", "coffee"]
    assert test.slider(key="rc_k").value == 5
    assert test.selectbox(key="rc_metric").value == "dot"


def test_a_tag_edited_by_hand_moves_its_items_and_can_be_taken_back() -> None:
    test = settled(open_page("recommend", rc_likes="chess"))
    before = shown(test)
    first, second = (one for one in test.selectbox if one.key and one.key.startswith("rc_edit_"))
    first.set_value("tea")
    second.set_value("chess")
    test.slider(key="rc_edit_share").set_value(1.0)
    settled(test.run())
    settled(test.button(key="rc_edit").click().run())
    assert "edited by hand: 1" in status(test)
    assert "tea is 0" in shown(test) or "carries tea" in shown(test)
    settled(test.button(key="rc_edit_back").click().run())
    assert shown(test) == before


def test_what_was_read_is_left_out() -> None:
    test = settled(open_page("recommend"))
    title = "How a theory earns its place"
    assert title in shown(test)
    test.session_state["es_rc_read"] = {"articles": [0]}
    settled(test.run())
    assert f'<span dir="auto">{title}</span>' not in shown(test)


def test_vectors_trained_here_need_no_encoder() -> None:
    test = settled(open_page("recommend", rc_vectors="trained"))
    assert errors(test) == []
    assert "Trained here, 32 · skip-gram over the tags of each item, seed 0" in status(test)


def test_many_readers_are_measured_beside_popularity_and_chance() -> None:
    test = settled(open_page("recommend", rc_view="many"))
    assert errors(test) == []
    for words in ("Overlap with exact", "Novelty, bits", "unbounded", "Gini of showing", "Popularity", "Chance"):
        assert words in shown(test)
    assert "The head:" in " ".join(caption.value for caption in test.caption).replace("\\", "")
    assert "200 made-up readers, seed 0" in status(test)


def test_the_loop_opens_with_a_small_run_and_runs_as_asked() -> None:
    test = settled(open_page("recommend", rc_view="loop", rl_readers="40", rl_rounds="5", rl_seeds="1"))
    assert "60 made-up readers, 12 rounds, 2 seeds" in status(test)
    settled(test.button(key="rc_run").click().run())
    assert errors(test) == []
    assert "40 made-up readers, 5 rounds, 1 seeds" in status(test)


def test_a_preset_of_the_loop_runs_at_once_and_both_directions_are_told() -> None:
    small = {"rl_readers": "40", "rl_rounds": "10", "rl_seeds": "2"}
    test = settled(open_page("recommend", rc_view="loop", **small))
    settled(test.button(key="rl_try_few").click().run())
    assert "40 made-up readers, 10 rounds, 2 seeds" in status(test)
    assert re.search(r"Wider in the end: [^.]*Exact within a list", shown(test))
    settled(test.button(key="rl_try_many").click().run())
    assert "Films" in status(test)
    assert re.search(r"Narrower in the end: [^.]*Exact within a list", shown(test))


def test_a_link_to_a_run_brings_that_run_and_one_with_other_settings_does_not() -> None:
    small = {"rl_readers": "40", "rl_rounds": "5", "rl_seeds": "1"}
    test = settled(open_page("recommend", rc_view="loop", **small))
    settled(test.button(key="rc_run").click().run())
    named = str(test.query_params["rl_run"])
    again = settled(open_page("recommend", rc_view="loop", rl_run=named, **small))
    assert "40 made-up readers, 5 rounds, 1 seeds" in status(again)
    other = settled(open_page("recommend", rc_view="loop", rl_run=named, **{**small, "rl_rounds": "10"}))
    assert "60 made-up readers" in status(other)
    assert "rl_run" not in other.query_params


@pytest.fixture
def own() -> Callable[[str, bytes], AppTest]:
    def upload(name: str, content: bytes) -> AppTest:
        test = open_page("recommend", rc_data="own")
        return settled(test.file_uploader(key="rc_file").upload(name, content).run())

    return upload


def test_a_table_of_ones_own_is_recommended_from(own: Callable[[str, bytes], AppTest]) -> None:
    test = own("mine.csv", b"name,tags\nA walk,mountains|summer\nA swim,lake|summer\nA walk,snow\nEmpty,\n")
    assert errors(test) == []
    said = " ".join(caption.value for caption in test.caption).replace("\\", "")
    assert "Titles that repeat were numbered: 1" in said
    assert "Items without tags: 1, the first is Empty" in said
    assert "4 items, 4 tags" in status(test)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"name,tags\nA,x\nB\nC\n", "Line 3 of mine.csv has 1 cells"),
        (b"name\nA\nB\n", "mine.csv has one column"),
        (b"name,tags\n", "no items below"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "mine.csv"),
        (b"name,tags\nA,\nB,\n", "No item of mine.csv has a tag"),
    ],
)
def test_a_bad_table_gets_one_sentence_in_place(
    own: Callable[[str, bytes], AppTest], content: bytes, sentence: str
) -> None:
    test = own("mine.csv", content)
    assert len(errors(test)) == 1
    assert sentence in errors(test)[0]


def test_a_table_that_nothing_can_be_trained_on_says_so_and_goes_on_with_ready_vectors(
    own: Callable[[str, bytes], AppTest],
) -> None:
    test = own("mine.csv", b"name,tags\nA,x\nB,x\nC,y\n")
    settled(test.segmented_control(key="rc_vectors").set_value("trained").run())
    assert "No item has two tags" in errors(test)[0]
    assert "There are no lists: the reason stands beside." in shown(test)
    settled(test.segmented_control(key="rc_vectors").set_value("ready").run())
    assert errors(test) == []
    assert "3 items, 2 tags" in status(test)


def test_rows_that_cannot_be_read_are_left_out_and_named(own: Callable[[str, bytes], AppTest]) -> None:
    test = own("mine.csv", b"name,tags\nA,x\nB\nC,x|y\n" + b"W" * 10_000 + b",x\n")
    assert errors(test) == []
    said = " ".join(caption.value for caption in test.caption).replace("\\", "")
    assert "Rows left out because they could not be read: 2 of 4." in said
    assert "Line 3 of mine.csv has 1 cells" in said
    assert "2 items, 2 tags" in status(test)


def test_another_file_brings_its_own_columns_and_none_brings_the_example_back(
    own: Callable[[str, bytes], AppTest],
) -> None:
    test = own("mine.csv", b"name,tags\nA,x\nB,x|y\n")
    settled(test.file_uploader(key="rc_file").upload("other.csv", b"id;title;genre\n1;P;u|v\n2;Q;u\n3;R;v\n").run())
    assert errors(test) == []
    assert test.selectbox(key="rc_title").value == "title"
    assert test.multiselect(key="rc_columns").value == ["genre"]
    assert "3 items, 2 tags" in status(test)
    bad = test.file_uploader(key="rc_file").upload("bad.csv", b"name\nA\n")
    settled(bad.run())
    assert len(errors(test)) == 1
    assert "3 items, 2 tags" in status(test), "what was read before stays"


def test_before_any_table_there_is_an_example_and_no_blank_page() -> None:
    test = settled(open_page("recommend", rc_data="own"))
    assert errors(test) == []
    assert "12 items" in status(test)


def test_likes_follow_the_language_and_belong_to_their_source() -> None:
    for job in dict(open_page("recommend", lang="zh").session_state["es_jobs"]).values():
        assert job.wait(120)  # so that its lists are there at once
    test = settled(open_page("recommend", rc_likes="technology"))
    test.session_state["lang"] = "zh"
    test.run()
    assert test.multiselect[0].value == ["科技"]
    test = settled(open_page("recommend", rc_likes="technology"))
    settled(test.selectbox(key="rc_data").set_value("films").run())
    assert test.multiselect[0].value == ["Sci-Fi", "Japan"]


def test_a_like_that_no_item_carries_is_offered_what_is_written_like_it() -> None:
    test = settled(open_page("recommend", rc_likes="Sciense"))
    settled(test.button(key="rc_near_Sciense_science").click().run())
    assert test.multiselect[0].value == ["science"]
    assert '<b dir="auto">science</b>' in shown(test)


def test_a_title_is_data_and_never_markup(own: Callable[[str, bytes], AppTest]) -> None:
    test = own("mine.csv", b"name,tags\n<img src=x onerror=alert(1)>,red|blue\nB,red\n")
    assert errors(test) == []
    assert "<img" not in shown(test)


def test_no_cell_of_a_csv_is_a_formula_and_numbers_stay_numbers(
    own: Callable[[str, bytes], AppTest], files: dict[str, Callable[[], bytes]]
) -> None:
    test = own("mine.csv", b"name,tags\n=1+1,red|blue\n@B,red\n-C,\n")
    assert errors(test) == []
    lines = files["embedscope-lists.csv"]().decode().splitlines()
    assert lines[0] == '"list","rank","item","score","tags","angle"'
    assert any(line.startswith('"exact",') and ',"\'=1+1",' in line for line in lines)
    assert any(line.startswith('"exact",1,"\'@B",1') for line in lines), "rank and score are numbers"
    assert not [line for line in lines if re.search(r'(^|,)"?[=+@-]', line)]
    test.segmented_control(key="rc_view").set_value("many").run()
    settled(test)
    rows = files["embedscope-all-lists.csv"]().decode().splitlines()
    assert rows[0] == '"list","reader","rank","item"'
    assert any(row.endswith('"\'=1+1"') for row in rows)
    head = files["embedscope-head.csv"]().decode().splitlines()
    assert head[0] == '"rank","item"'
    assert len(head) > 1
    assert not [row for row in rows if re.search(r'(^|,)"?[=+@-]', row)]


def test_both_languages_have_likes_to_begin_with() -> None:
    for likes in data.FIRST.values():
        assert set(likes) == set(i18n.LANGUAGES)
