"""The Positions page: its views, its links, its bad input."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.errors import CoreError, WorkerLost
from core.jobs import tasks
from core.progress import never_stop
from dashboard import work
from dashboard.position_views import tables


def page(**link: str) -> AppTest:
    """The page as a visitor with that link sees it first."""

    def script() -> None:
        from dashboard import frame
        from dashboard.pages import positions

        frame.begin()
        positions.render()

    test = AppTest.from_function(script, default_timeout=30)
    test.query_params.update({"lang": "en", **link})
    return test.run()


def texts(test: AppTest) -> str:
    assert not test.exception
    kinds = (test.caption, test.info, test.error, test.markdown)
    return "\n".join(one.value for kind in kinds for one in kind).replace("\\", "")


def link(test: AppTest, name: str) -> str | None:
    """A parameter of the address as it stands after the run."""
    value = test.query_params.get(name)
    return value[-1] if isinstance(value, list) else value


@pytest.mark.parametrize("view", ["code", "sum", "shift", "relative", "grid"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_view_opens_from_its_link(view: str, language: str) -> None:
    test = page(pos_view=view, lang=language)
    assert not test.exception
    assert not test.error
    assert test.segmented_control(key="pos_view").value == view


def places(test: AppTest) -> dict[str, int]:
    """Where the sliders in the figure were told to stand."""
    held: dict[str, int] = test.session_state["pos_places"]
    return held


def test_the_place_of_the_crosshair_comes_from_the_link() -> None:
    assert places(page(pos="9", i="3")) == {"pos": 9, "i": 3}


def test_a_place_that_is_no_number_is_said_and_the_first_one_is_shown() -> None:
    test = page(pos="<b>1e9</b>")
    assert "not a whole number from 0 to 99,999,999; 5 is shown" in texts(test)
    assert places(test)["pos"] == 5


def test_a_place_outside_the_table_is_brought_inside_and_said() -> None:
    test = page(i="9999")
    assert "lies outside 0 to 63; 63 is shown" in texts(test)
    assert places(test)["i"] == 63


@pytest.mark.parametrize("name", ["pos_view", "pos_layout"])
def test_an_unknown_choice_in_the_link_counts_as_not_given(name: str) -> None:
    test = page(**{name: "nonsense"})
    assert not test.exception
    assert test.segmented_control(key="pos_view").value == "code"
    assert test.selectbox(key="pos_layout").value == "interleaved"


def test_a_choice_stands_in_the_link_by_value_and_so_opens_in_both_languages() -> None:
    test = page()
    test.selectbox(key="pos_layout").set_value("concatenated").run()
    assert link(test, "pos_layout") == "concatenated"
    test.selectbox(key="pos_layout").set_value("interleaved").run()
    assert "pos_layout" not in test.query_params
    assert page(pos_layout="concatenated", lang="zh").selectbox(key="pos_layout").value == "concatenated"


def test_a_link_changed_in_the_open_page_wins_over_the_choice_made_before() -> None:
    test = page(pos_layout="concatenated")
    test.query_params["pos_layout"] = "tensor2tensor"
    test.run()
    assert test.selectbox(key="pos_layout").value == "tensor2tensor"


def test_the_crosshair_stays_where_it_was_while_another_view_is_shown() -> None:
    test = page(pos="9", i="3")
    test.segmented_control(key="pos_view").set_value("shift").run()
    test.segmented_control(key="pos_view").set_value("code").run()
    assert (places(test)["pos"], places(test)["i"]) == (9, 3)


def test_the_misprint_is_one_button_away_and_says_what_happened() -> None:
    test = page()
    test.button(key="pos_try_misprint").click().run()
    assert test.toggle(key="pos_misprint").value
    assert "At pos = 1 both formulas agree" in texts(test)
    test.button(key="pos_try_right").click().run()
    assert not test.toggle(key="pos_misprint").value


@pytest.mark.parametrize("layout", ["interleaved", "concatenated", "tensor2tensor"])
@pytest.mark.parametrize("dim", [1, 2, 3, 512])
def test_every_layout_draws_every_number_of_dimensions(layout: str, dim: int) -> None:
    test = page(pos_layout=layout, pos_dim=str(dim), pos_length="2")
    assert not test.exception
    assert not test.error


def test_a_rotation_of_an_odd_number_of_dimensions_is_not_pretended() -> None:
    assert "so 6 dimensions are shown instead of 7" in texts(page(pos_view="shift", pos_dim="7"))


def test_the_dot_product_names_its_first_rise() -> None:
    assert "first rise from k = 5 to 6" in texts(page(pos_view="shift"))


def test_the_shift_view_prints_a_residual_of_rounding_size() -> None:
    assert "e−1" in texts(page(pos_view="shift", k="63", pos_dim="512", pos_length="512"))


@pytest.mark.parametrize("nothing", ["...", "  \n ", "！？。"])
def test_a_sentence_without_a_word_gets_one_sentence_and_the_example_stays(nothing: str) -> None:
    test = page(pos_view="sum")
    test.text_area(key="pos_text").set_value(nothing).run()
    assert [error.value for error in test.error] == [
        "There is no word to look at\\. Type a sentence with at least one\\."
    ]
    assert "11 words" in texts(test)


def test_words_without_a_vector_are_named_as_text() -> None:
    test = page(pos_view="sum", pos_text="zorblax <qux>king</qux>")
    assert "random directions for words it does not know: zorblax, qux" in texts(test)


def test_a_long_text_says_how_many_words_are_left_out() -> None:
    test = page(pos_view="sum", pos_text="king " * 40)
    assert "the last 8 words are left out" in texts(test)


def test_a_new_sentence_chooses_the_places_of_its_repeated_word() -> None:
    test = page(pos_view="sum", a="1", b="2")
    assert places(test)["a"] == 1
    test.text_area(key="pos_text").set_value("rain or snow or rain").run()
    assert (places(test)["a"], places(test)["b"]) == (0, 4)
    assert "**rain** stands at places 0 and 4" in texts(test)


def test_the_permutation_test_is_zero_without_positions_and_not_with_them() -> None:
    said = texts(page(pos_view="sum"))
    assert "without p **0, up to rounding (" in said or "without p **0**" in said
    assert "with p **0.000**" not in said


def test_the_bits_and_the_aliasing_of_a_table_are_said_as_measured() -> None:
    said = texts(page(pos_view="shift"))
    assert "b = **2** is the least that keeps all 64 codes different: 128 bits a code, where a plain counter needs 6" in said  # fmt: skip
    assert "fastest wave takes 6.28 positions" in said
    few = texts(page(pos_view="shift", pos_length="512", pos_dim="2"))
    assert "b = **9** is the least" in few


def test_rotary_and_alibi_are_drawn_for_as_many_positions_as_are_set() -> None:
    said = texts(page(pos_view="relative", pos_length="512", k="511"))
    assert "512 distances and places" in said
    assert "lies outside" not in said
    assert "by 0 with rotary and by 0 with ALiBi" in said


def test_rotary_and_alibi_vary_by_nothing_over_the_places() -> None:
    assert "by 0 with rotary and by 0 with ALiBi" in texts(page(pos_view="relative", pos_dim="7"))


@pytest.mark.parametrize("view", ["code", "sum", "shift", "relative", "grid"])
def test_every_view_has_its_table_as_csv_and_npy(view: str) -> None:
    labels = [button.label for button in page(pos_view=view).get("download_button")]
    assert {"Table as CSV", "Table as NPY"} <= set(labels)


FIRST_LINES = {
    "code": ("positions.csv", '"position","d0","d1"', "0,0,1"),
    "sum": ("words-and-positions.csv", '"word","position","d0"', '"the",0,'),
    "shift": ("dot-by-distance.csv", '"distance","dot product"', "0,32"),
    "relative": ("score-by-distance.csv", '"distance","fixed","rotary","ALiBi 1/2"', "0,0,0,"),
    "grid": ("positions-on-a-grid.csv", '"row","column","d0"', "0,0,0,1"),
}


@pytest.mark.parametrize("view", FIRST_LINES)
def test_a_table_is_taken_away_with_names_as_csv_and_as_its_numbers_alone(
    view: str, files: dict[str, Callable[[], bytes]]
) -> None:
    page(pos_view=view)
    name, head, first = FIRST_LINES[view]
    lines = files[name]().decode().splitlines()
    assert lines[0].startswith(head)
    assert lines[1].startswith(first)
    numbers = np.load(BytesIO(files[name.replace(".csv", ".npy")]()), allow_pickle=False)
    assert len(numbers) == len(lines) - 1
    cells = np.array([line.split(",")[-numbers.shape[1] :] for line in lines[1:]], dtype=float)
    assert np.array_equal(cells, numbers), "the same numbers, to the last bit"


def test_a_word_in_a_table_is_never_run_by_a_spreadsheet() -> None:
    told = tables.csv(np.array([[-0.5]]), {"word": ["=1+1"], "position": [0]})
    assert told.decode().splitlines() == ['"word","position","d0"', '"\'=1+1",0,-0.5']


class Inline:
    """A runner that works at once, in this process, and makes every training a short one."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, object], dict[str, object]]] = []

    def submit(self, task: str, source: dict[str, object], **settings: object) -> InlineJob:
        self.asked.append((task, source, settings))
        return InlineJob(task, source, {**settings, "steps": 2})


class InlineJob:
    over, state, stopping, ahead, latest, frame, key = True, "done", False, 0, None, None, "job"
    history: tuple[object, ...] = ()
    error: CoreError | None = None

    def __init__(self, task: str, source: dict[str, object], settings: dict[str, object]) -> None:
        self._work = lambda: tasks.find(task)(never_stop, source, **settings)

    def result(self) -> object:
        return self._work()

    def wait(self, timeout: float) -> bool:
        return True


class FailingJob(InlineJob):
    state = "failed"

    def result(self) -> object:
        raise WorkerLost


SMALL = {"pos_rows": "8", "pos_width": "16"}


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Inline:
    inline = Inline()
    monkeypatch.setattr(work, "runner", lambda timeout=20.0: inline)
    return inline


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", ["learned", "beyond"])
def test_fixed_and_learned_are_trained_in_a_job_on_the_text_of_the_readers_language(
    runner: Inline, view: str, language: str
) -> None:
    test = page(pos_view=view, lang=language, **SMALL)
    assert not test.exception
    assert not test.error
    settings = {"length": 8, "dim": 16, "seed": 0, "word_length": 0.25}
    assert runner.asked == [("compare_positions", {"corpus": f"small-world-{language}"}, settings)]


def test_the_outcome_is_a_table_of_each_kind_with_its_mean_its_spread_and_every_seed(runner: Inline) -> None:
    said = texts(page(pos_view="learned", **SMALL))
    for kind in ("no positions", "fixed", "learned", "rotary (extra)", "ALiBi (extra)"):
        assert f"| {kind} |" in said
    assert "Learned minus fixed:" in said
    assert "3 seeds from 0, 2 steps of 16 passages" in said


def test_both_views_show_the_same_training_and_it_is_not_done_twice(runner: Inline) -> None:
    test = page(pos_view="learned", **SMALL)
    test.segmented_control(key="pos_view").set_value("beyond").run()
    assert "The learned table has no row there" in texts(test)
    assert len(runner.asked) == 1


def test_a_position_beyond_the_learned_table_has_no_row_and_that_is_said(runner: Inline) -> None:
    test = page(pos_view="learned", **SMALL)
    test.button(key="pos_try_beyond").click().run()
    assert "Position 9 has no row: this table was learned for positions 0 to 7" in texts(test)


def test_other_settings_wait_for_train_and_the_earlier_outcome_stays_until_then(runner: Inline) -> None:
    test = page(pos_view="learned", **SMALL)
    test.number_input(key="pos_seed").set_value(5).run()
    assert "Press Train for these settings" in texts(test)
    assert "3 seeds from 0" in texts(test)
    assert len(runner.asked) == 1
    test.button(key="pos_train").click().run()
    assert "3 seeds from 5" in texts(test)
    test.number_input(key="pos_seed").set_value(0).run()
    assert "3 seeds from 0" in texts(test)
    assert len(runner.asked) == 2, "the first outcome was kept"


def test_another_language_is_no_other_training(runner: Inline) -> None:
    test = page(pos_view="learned", pos_corpus="small-world-en", **SMALL)
    test.session_state["lang"] = "zh"
    test.run()
    said = texts(test)
    assert len(runner.asked) == 1
    assert "点“训练”使用现在的设置" not in said
    assert "小世界（英文）" in said


def test_an_own_text_is_trained_on_when_asked_and_one_too_short_says_how_much_is_needed(runner: Inline) -> None:
    test = page(pos_view="learned", pos_corpus="own", **SMALL)
    assert runner.asked == []
    assert test.button(key="pos_train").disabled
    test.text_area(key="pos_own").set_value("one two three. four five six.").run()
    if not runner.asked:
        test.button(key="pos_train").click().run()
    assert runner.asked[0][1] == {"text": "one two three. four five six."}
    assert "needs about 352 words" in texts(test)


def test_a_failed_training_is_one_sentence_and_starts_again_only_when_asked(
    runner: Inline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def submit(self: Inline, task: str, source: dict[str, object], **settings: object) -> FailingJob:
        self.asked.append((task, source, settings))
        return FailingJob(task, source, settings)

    monkeypatch.setattr(Inline, "submit", submit)
    test = page(pos_view="learned", **SMALL)
    assert len(test.error) == 1
    test.run()
    assert len(runner.asked) == 1
    assert "Nothing is trained yet" in texts(test)
    test.button(key="pos_train").click().run()
    assert len(runner.asked) == 2
