"""The Explore page: own words and vectors, pictures, trust, and what bad input gets."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.embedding import Embedding
from core.pictures import Pictures
from dashboard import session, shelf
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


def html(test: AppTest) -> str:
    return "".join(one.proto.body for one in test.get("html"))


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


def test_a_large_picture_is_shown_first_and_measured_after() -> None:
    file = BytesIO()
    np.save(file, np.random.default_rng(0).normal(size=(60_000, 4)).astype(np.float32))
    test = bring_vectors(explore(), "clouds.npy", file.getvalue())
    assert not errors(test)
    assert "all 60,000 rows drawn" in status(test)
    assert any("How far to trust it" in text.value for text in test.markdown)
    assert "trust measured on 1,000 rows" in status(test)


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
    ("name", "content"), [("mine.npy", b""), ("mine.npy", b"nonsense"), ("mine.vec", b"only words\nin here\n")]
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


def test_what_the_data_forces_is_said() -> None:
    """Thirty neighbours cannot be had among five words."""
    test = bring_words(explore(ex_method="tsne"), "cat dog cow pear plum")
    assert "erplexity" in status(test)


def captions(test: AppTest) -> str:
    return " ".join(caption.value for caption in test.caption).replace("\\", "")


def marked(test: AppTest) -> str:
    return " ".join(text.value for text in test.markdown).replace("\\", "")


def many(rows: int, dim: int = 6) -> bytes:
    packed = BytesIO()
    np.save(packed, np.random.default_rng(0).normal(size=(rows, dim)).astype(np.float32))
    return packed.getvalue()


def test_trust_is_one_plain_sentence_and_a_view_with_what_was_sampled() -> None:
    test = explore(src="list-everyday-en", ex_view="trust")
    assert errors(test) == []
    assert "neighbours you see are real." in marked(test)
    assert "pairs: 5,000 of 20,301, drawn by chance" in captions(test)


def test_seeds_are_compared_when_asked() -> None:
    test = explore(src="list-everyday-en", ex_view="trust", ex_method="tsne", ex_tsne_iterations="250")
    test.button(key="ex_seeds").click().run()
    settle(test)
    assert errors(test) == []
    assert "Over 4 seeds" in marked(test)


def test_a_method_without_chance_says_so_instead_of_offering_seeds() -> None:
    assert "This method has no seed" in captions(explore(src="list-everyday-en", ex_view="trust"))


def test_rows_that_are_all_the_same_have_no_near_and_far() -> None:
    file = BytesIO()
    np.save(file, np.ones((40, 3), np.float32))
    test = bring_vectors(explore(), "same.npy", file.getvalue())
    for view in ("map", "trust"):
        test = settle(test.segmented_control(key="ex_view").set_value(view).run())
        assert "All distances are equal" in marked(test)
        assert not any("nan" in one.value for one in [*test.markdown, *test.caption])
        assert "<td>trustworthiness" not in html(test)  # measures of ties would say something of nothing


def test_on_trust_the_points_wear_their_own_error_and_no_other_colour_can_be_chosen() -> None:
    test = explore(src="list-everyday-en")
    assert not test.selectbox(key="ex_by").disabled
    assert test.segmented_control(key="ex_view").set_value("trust").run().selectbox(key="ex_by").disabled


def test_a_high_trustworthiness_beside_a_low_recall_is_explained() -> None:
    rng = np.random.default_rng(0)
    line = np.linspace(0, 1, 1_500)[:, None] * 40 + rng.normal(size=(1_500, 3))
    low, file = BytesIO(), BytesIO()
    np.save(low, np.hstack([line, rng.normal(size=(1_500, 6))]).astype(np.float32))
    np.save(file, rng.normal(size=(1_500, 2)).astype(np.float32))
    assert "Recall asks whether drawn neighbours are among the 10 nearest" in captions(bring_vectors(explore(), "low.npy", low.getvalue()))  # fmt: skip
    assert "Recall asks whether" not in captions(bring_vectors(explore(), "flat.npy", file.getvalue()))


def test_the_earlier_picture_is_named_and_the_words_beside_it_are_its_own() -> None:
    test = bring_vectors(explore(), "mine.npy", many(4_100))
    test.segmented_control(key="ex_method").set_value("tsne").run()
    assert errors(test) == []
    assert any(info.value.startswith("This is the earlier picture: PCA. Draw makes") for info in test.info)
    assert "widest directions" in marked(test)
    assert "pulled together" not in marked(test)
    assert "· PCA ·" in status(test)


def test_axes_are_named_by_words_and_a_word_that_is_not_there_is_told() -> None:
    test = explore(src="small-world-en", ex_method="axes", ex_axis_x="woman - man")
    assert errors(test) == []
    test.text_input(key="ex_axis_y").set_value("wuman").run()
    settle(test)
    assert "wuman" in errors(test)[0]


def test_groups_and_own_errors_colour_the_map_of_a_file() -> None:
    rows = "\n".join(f"w{at},{at % 3 + 1},{at},{at % 7}" for at in range(40))
    test = bring_vectors(explore(), "mine.csv", f"label,x,y,age\n{rows}\n".encode())
    assert errors(test) == []
    test.selectbox(key="ex_by").set_value("~groups").run()
    settle(test)
    assert errors(test) == []
    assert test.slider(key="ex_groups").value == 8
    test.selectbox(key="ex_by").set_value("~error").run()
    settle(test)
    assert errors(test) == []


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("three rows", [[1, 0], [0, 1], [1, 1]]),
        ("five rows", [[1, 0, 2], [0, 1, 0], [1, 1, 1], [3, 0, 1], [0, 0, 5]]),
        ("one dimension", [[at] for at in range(1, 9)]),
        ("all the same", [[1, 2, 3]] * 6),
        ("a constant column", [[7, at, at * at] for at in range(9)]),
        ("duplicates", [[at % 3, at % 2, 1] for at in range(12)]),
    ],
)
def test_small_and_odd_tables_get_pictures_by_every_method_and_are_judged(name: str, rows: list[list[float]]) -> None:
    packed = BytesIO()
    np.save(packed, np.asarray(rows, np.float32))
    test = bring_vectors(explore(ex_method="tsne"), "odd.npy", packed.getvalue())
    assert errors(test) == [], name
    assert f"all {len(rows)} rows drawn" in status(test)
    test.segmented_control(key="ex_view").set_value("trust").run()
    assert errors(settle(test)) == [], name
    test.segmented_control(key="ex_view").set_value("compare").run()
    assert errors(settle(test)) == [], name


@pytest.mark.parametrize(("value", "said"), [(np.nan, "finite"), (0.0, "all zeros")])
def test_a_row_that_cannot_be_drawn_gets_one_sentence(value: float, said: str) -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    vectors[3] = value
    packed = BytesIO()
    np.save(packed, vectors)
    test = bring_vectors(explore(ex_pca_metric="cosine"), "odd.npy", packed.getvalue())
    told = errors(test) + [text.value for text in test.caption]
    assert any(said in one.replace("\\", "") for one in told), told


def test_the_columns_of_a_file_colour_by_class_or_number_and_size_the_points() -> None:
    """Twenty-five kinds: twenty have colours, and the rest is said to be others."""
    rows = "\n".join(f"w{at},{at % 5 + 1},{at},kind {at % 25},{at * 3}" for at in range(75))
    test = explore()
    test.file_uploader(key="own_files").upload("mine.csv", f"label,x,y,kind,age\n{rows}\n".encode()).run()
    settle(test)
    test.multiselect(key="bt_beside").set_value(["age"]).run()
    test.button(key="bt_open").click().run()
    settle(test)
    assert errors(test) == []
    assert "75 rows of 2 dimensions" in status(test)
    assert list(test.selectbox(key="ex_by").options[:2]) == ["kind", "age"]
    test.selectbox(key="ex_by").set_value("col:age").run()
    test.selectbox(key="ex_size").set_value("col:age").run()
    assert errors(settle(test)) == []
    assert test.selectbox(key="ex_by").value == "col:age"


def test_a_damaged_table_gets_a_sentence_and_leaves_the_page_as_it_is() -> None:
    test = bring_vectors(explore(), "cut.parquet", b"PAR1" + bytes(400))
    assert any("damaged Parquet file" in error for error in errors(test))
    assert "rows of 32 dimensions" in status(test)
    assert test.selectbox(key="src").value == "small-world-en"


def test_rows_with_pictures_are_said_to_be_points_in_space() -> None:
    sheet = BytesIO()
    Image.new("RGB", (32, 8)).save(sheet, "PNG")
    shown = Embedding([f"patch {row}" for row in range(4)], np.eye(4, dtype=np.float32))
    shown.pictures = Pictures(sheet.getvalue(), (8, 8), 4, 4)
    saved = shelf.save(shown, "patches", "", {})
    assert "In space the rows are points" in captions(explore(src=saved, ex_dims="3"))
    assert "In space the rows are points" not in captions(explore(src=saved))


@pytest.mark.parametrize("rows", [5, 20])
def test_the_words_of_a_table_come_with_their_classes_whatever_the_column_is_called(rows: int) -> None:
    words = ["cat", "dog", "red", "blue", "tea"] + [f"word{at}" for at in range(rows)]
    table = "word,class\n" + "".join(f"{word},kind {at % 3}\n" for at, word in enumerate(words[:rows]))
    test = bring_vectors(explore(), "mine.csv", table.encode())
    assert errors(test) == []
    assert f"{rows} rows of 512 dimensions" in status(test)
    assert "ready vectors" in status(test)
    held = list(test.session_state[session.EMBEDDINGS].values())[-1]
    assert held.embedding.metadata == {"class": [f"kind {at % 3}" for at in range(rows)]}
    assert held.settings["column"] == "word"


def test_the_same_vectors_with_other_classes_are_another_embedding() -> None:
    vectors = np.random.default_rng(0).normal(size=(9, 4))
    first, second = (Embedding([f"w{at}" for at in range(9)], vectors, {"class": [kind] * 9}) for kind in "ab")
    assert first.fingerprint == second.fingerprint
    assert first.content != second.content
    assert first.content == Embedding(first.labels, vectors, {"class": ["a"] * 9}).content


def test_rows_that_were_left_out_are_counted_where_they_are_seen_without_a_click() -> None:
    rows = "\n".join(f"w{at},{at},{at % 7}" for at in range(20))
    test = bring_vectors(explore(), "mine.csv", f"word,x,y\n{rows}\nw3,1,2\nbad,1,one\n".encode())
    assert errors(test) == []
    assert "20 rows of 2 dimensions" in status(test)
    assert "2 rows of the file were left out" in [fold.label for fold in test.expander]
