"""Library: cards, saving, renaming, deleting with undo, comparing."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.embedding import Embedding
from core.library import Library
from dashboard import session, settings, shelf, sources
from tests.dashboard.conftest import open_page


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of each test's own; the workers keep their kernels where they are."""
    monkeypatch.setattr(settings, "data_dir", lambda: tmp_path)
    return tmp_path


def embedding(seed: int = 0) -> Embedding:
    return Embedding(
        [f"w{row}" for row in range(20)], np.random.default_rng(seed).normal(size=(20, 4)), {"class": ["a", ""] * 10}
    )


def shown(test: object) -> str:
    return " ".join(str(one.value) for kind in (test.markdown, test.caption) for one in kind)  # type: ignore[attr-defined]


def test_what_is_saved_is_a_card_with_its_map_and_facts() -> None:
    key = shelf.save(embedding(), "<b>mine</b>", "pasted", {"seed": 1}).removeprefix(shelf.PREFIX)
    test = open_page("library")
    assert not test.exception
    assert test.button(key=f"lb_explore_{key[:12]}").label == "Explore"
    html = " ".join(str(one.proto.body) for one in test.get("html"))
    assert "&lt;b&gt;mine&lt;/b&gt;" in html
    assert "<b>mine" not in html
    assert shelf.library().picture(key).count(b"<circle") == 20


def test_an_own_embedding_is_private_until_it_is_saved() -> None:
    test = open_page("library")
    test.session_state[session.EMBEDDINGS] = {"own-1": session.Held("Mine", embedding(), "pasted", {"seed": 5})}
    test.run()
    assert "In this browser only" in shown(test)
    assert shelf.library().entries() == []
    test.button(key="lb_save_own-1").click().run()
    entry = shelf.library().entries()[0]
    assert (entry.name, entry.origin, entry.settings) == ("Mine", "pasted", {"seed": 5})
    assert "In this browser only" not in shown(test)


def test_a_card_is_renamed_deleted_and_brought_back() -> None:
    key = shelf.save(embedding(), "old", "", {}).removeprefix(shelf.PREFIX)
    test = open_page("library")
    test.text_input(key=f"lb_name_{key[:12]}").set_value("new")
    test.button(key=f"FormSubmitter:lb_rename_{key[:12]}-Rename").click().run()
    assert shelf.library().entry(key).name == "new"
    test.button(key=f"lb_delete_{key[:12]}").click().run()
    assert shelf.library().entries() == []
    assert "new was deleted" in shown(test)
    test.button(key="lb_undo").click().run()
    assert shelf.library().entry(key).name == "new"


def test_an_origin_is_told_in_the_language_of_the_reader_and_a_foreign_one_stays() -> None:
    shelf.save(embedding(), "Words", sources.READY, {})
    shelf.save(embedding(1), "File", f"my notes.txt · UTF-8 · {sources.READY}", {})
    shelf.save(embedding(2), "Old", "现成向量，旧的说法", {})
    cards = " ".join(str(one.proto.body) for one in open_page("library", lang="zh").get("html"))
    assert cards.count("512 维，无需训练") == 2
    assert "my notes.txt · UTF-8 · 现成" in cards
    assert "ready vectors" not in cards
    cards = " ".join(str(one.proto.body) for one in open_page("library", lang="en").get("html"))
    assert cards.count(sources.READY) == 2
    assert "现成向量，旧的说法" in cards
    assert "显示 2 个" in shown(open_page("library", lang="zh", lb_q="无需训练"))


def test_no_origin_is_stored_in_the_language_of_the_one_who_made_it() -> None:
    """The third argument of `session.keep` is stored: an English sentence that is looked up when it is shown."""
    kept = [
        node.args[2]
        for path in Path(session.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "session.keep"
    ]
    assert len(kept) >= 5
    assert not [ast.unparse(one) for one in kept if "_(" in ast.unparse(one).replace("N_(", "")]


def test_search_finds_and_says_when_it_finds_nothing() -> None:
    shelf.save(embedding(), "Cats", "pasted", {})
    assert "1 shown" in shown(open_page("library", lb_q="cat"))
    assert "Nothing saved has dogs" in shown(open_page("library", lb_q="dogs"))


def test_two_that_are_compared_are_told_apart() -> None:
    first, second = (shelf.save(embedding(seed), f"n{seed}", "", {}).removeprefix(shelf.PREFIX)[:12] for seed in (0, 1))
    test = open_page("library")
    test.button(key=f"lb_compare_{first}").click().run()
    assert "Press Compare on another card" in shown(test)
    test.button(key=f"lb_compare_{second}").click().run()
    for _ in range(60):  # a busy machine: the page shows progress and runs again when it is there
        if "on average" in shown(test):
            break
        test.run()
    assert "are on average the same in both" in shown(test)
    test.button(key="lb_close").click().run()
    assert "on average" not in shown(test)


def test_a_link_to_a_saved_embedding_opens_it_and_a_dead_one_is_told() -> None:
    source = shelf.save(embedding(), "Linked", "pasted", {})
    test = open_page("explore", src=source)
    assert not test.exception
    assert "Linked · 20 rows of 4 dimensions" in shown(test)
    shelf.library().discard(source.removeprefix(shelf.PREFIX))
    test = open_page("explore", src=source)
    assert "may have been deleted" in test.warning[0].value
    test = open_page("explore", src="lib-../../etc")
    assert "may have been deleted" in test.warning[0].value


@pytest.mark.parametrize("harm", ["vectors", "missing", "words"])
@pytest.mark.parametrize("page", ["explore", "neighbours"])
def test_a_damaged_one_is_told_by_name_and_leaves_the_page_and_the_others_alone(
    folder: Path, page: str, harm: str
) -> None:
    source, other = shelf.save(embedding(), "Harmed", "", {}), shelf.save(embedding(1), "Whole", "", {})
    files = folder / "embeddings" / source.removeprefix(shelf.PREFIX)
    if harm == "missing":
        shutil.rmtree(files)
    else:
        (files / {"vectors": "vectors.safetensors", "words": "embedding.json"}[harm]).write_bytes(b"{}")
    test = open_page(page, src=source)
    assert not test.exception
    assert "files of Harmed are damaged or missing" in test.warning[0].value
    assert not test.error
    assert test.query_params.get("src") is None
    for chosen, warned in (("small-world-en", 1), (other, 0), (source, 1)):
        box = next(one for one in test.selectbox if one.label == "Embedding")
        if box.value != chosen:
            box.select(chosen).run()
        assert (len(test.warning), len(test.error)) == (warned, 0)
    assert "files of Harmed are damaged or missing" in test.warning[0].value


def test_a_damaged_one_leaves_the_library_page_and_the_other_ways_to_it_alone(folder: Path) -> None:
    first, second = (shelf.save(embedding(seed), f"n{seed}", "", {}).removeprefix(shelf.PREFIX) for seed in (0, 1))
    (folder / "embeddings" / first / "vectors.safetensors").write_bytes(b"")
    test = open_page("library")
    assert [one.value for one in test.warning if "n0" in one.value and "an export leaves them out" in one.value]
    for key in (first, second):
        test.button(key=f"lb_compare_{key[:12]}").click().run()
    assert "files of n0 are damaged or missing" in test.error[0].value
    assert test.button(key=f"lb_explore_{second[:12]}").label == "Explore"
    compared = open_page("explore", ex_view="compare", ex_cmp="tables", ex_other=f"lib-{first}")
    assert "files of n0 are damaged or missing" in compared.error[0].value
    assert any(one.label == "The other embedding" for one in compared.selectbox)
    begun = open_page("words", w_start=f"lib-{first}")
    assert "files of n0 are damaged or missing" in begun.error[0].value
    assert any(one.label == "Train" for one in begun.button)


@pytest.mark.parametrize(("lang", "sentence"), [("en", "holds 0 MB of the 1 MB that it may, and this needs 2.4 MB more"), ("zh", "已用 0 MB，上限为 1 MB，而这还需要 2.4 MB")])  # fmt: skip
def test_a_save_beyond_the_quota_names_what_is_used_what_may_be_what_it_needs_and_the_mend(
    monkeypatch: pytest.MonkeyPatch, lang: str, sentence: str
) -> None:
    monkeypatch.setenv(settings.QUOTA, "1")
    test = open_page("library", lang=lang)
    large = Embedding([f"w{row}" for row in range(20_000)], np.ones((20_000, 28)))
    test.session_state[session.EMBEDDINGS] = {"own-1": session.Held("Mine", large, "pasted")}
    test.run()
    test.button(key="lb_save_own-1").click().run()
    told = test.error[0].value.replace("\\", "")
    assert sentence in told
    assert "--quota" in told


def test_what_was_lost_is_told_by_name_until_it_was_read(folder: Path) -> None:
    key = shelf.save(embedding(), "Lost", "", {}).removeprefix(shelf.PREFIX)
    shutil.rmtree(folder / "embeddings" / key)
    Library(folder)  # as another start of the server
    test = open_page("library")
    assert "these are gone: Lost" in test.warning[0].value
    test.button(key="lb_lost").click().run()
    assert not test.warning


def test_a_library_that_cannot_be_used_is_a_sentence_and_leaves_the_other_pages_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text("x")
    monkeypatch.setattr(settings, "data_dir", lambda: folder / "file")
    test = open_page("library")
    assert "The library cannot be used" in test.error[0].value.replace("\\", "")
    assert [error.value for error in open_page("neighbours").error] == []
