"""Every file that a page hands out says how it was made, inside or beside it, and is what its name says."""

from __future__ import annotations

import ast
import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st

from core.embedding import Embedding
from core.formats import formats, read_embedding
from dashboard import exports, session, settings, shelf
from tests.dashboard.conftest import open_page

DASHBOARD = Path(exports.__file__).parent
PLACES = [
    ("explore", {"src": "list-everyday-en", "ex_find": "/^ca/"}),
    ("patches", {"pat_dim": "8"}),
    ("patches", {"pat_view": "several"}),
    *(("positions", {"pos_view": view}) for view in ("code", "sum", "shift", "relative", "grid")),
    ("recommend", {}),
    ("recommend", {"rc_view": "many"}),
    ("recommend", {"rc_view": "loop"}),
    ("library", {}),
]

Offered = dict[str, Callable[[], bytes]]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Offered:
    """Name -> what makes it, of every download button that a page draws. One embedding is in the library."""
    monkeypatch.setattr(settings, "data_dir", lambda: tmp_path)
    shelf.save(Embedding(["a", "b", "c"], np.eye(3)), "Kept", "pasted", {"seed": 7})
    found: Offered = {}

    def button(label: str, data: Callable[[], bytes], file_name: str, mime: str, **_more: Any) -> bool:
        assert label
        assert mime
        found[file_name] = data
        return False

    monkeypatch.setattr(st, "download_button", button)
    return found


def opened(page: str, asked: dict[str, str], offered: Offered, until: str = "") -> None:
    """The page once what it computes in a worker is there, and the file that begins so."""
    test, patience = open_page(page, **asked), time.monotonic() + 90
    while not any(name.startswith(until) for name in offered) and time.monotonic() < patience:
        test.run()
    assert not test.exception


def about(name: str, data: bytes) -> dict[str, Any]:
    """What a file says of how it was made."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if "embedscope.json" in packed.namelist():  # a workspace: its index has the settings of every entry
                return {"embedscope": 1, "made": json.loads(packed.read("embedscope.json"))["entries"]}
            file, *_more, beside = packed.namelist()
            assert (file, beside) in ((name.removesuffix(".zip"), "settings.json"), ("vectors.tsv", "settings.json"))
            assert packed.read(file)
            return dict(json.loads(packed.read("settings.json")))
    if name.endswith(".parquet"):
        from pyarrow import parquet

        return dict(json.loads(parquet.read_schema(io.BytesIO(data)).metadata[b"embedscope"]))
    if name.endswith(".safetensors"):
        head = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        return dict(json.loads(head["__metadata__"]["embedscope"]))
    assert name.endswith(".png"), f"{name} has its settings neither inside nor beside it"
    from PIL import Image

    return dict(json.loads(Image.open(io.BytesIO(data)).text["embedscope"]))  # type: ignore[attr-defined]


@pytest.mark.parametrize(("page", "asked"), PLACES)
def test_every_file_of_every_page_says_how_it_was_made(page: str, asked: dict[str, str], offered: Offered) -> None:
    opened(page, asked, offered)
    assert offered, "nothing is offered to take away"
    for name, make in offered.items():
        told = about(name, make())
        assert told["embedscope"]
        assert all(told["made"]), name
        assert told["made"], name


def test_the_files_of_a_map_hold_its_settings_its_quality_and_the_rows_that_were_chosen(offered: Offered) -> None:
    opened("explore", {"src": "list-everyday-en", "ex_find": "/^ca/"}, offered, until="coordinates")
    places = about("coordinates.parquet", offered["coordinates.parquet"]())
    assert places["quality"]["trustworthiness"] > 0.5
    assert places["link"]["src"] == "list-everyday-en"
    assert {"rows.csv.zip", "rows.parquet"} <= set(offered)
    with zipfile.ZipFile(io.BytesIO(offered["rows.csv.zip"]())) as packed:
        lines = packed.read("rows.csv").decode().splitlines()
    assert len(lines) > 2
    assert all(line.strip('"').lower().startswith("ca") for line in lines[1:])


def test_the_link_in_a_file_names_what_it_is_of_though_the_address_leaves_it_out(offered: Offered) -> None:
    opened("explore", {}, offered, until="coordinates")
    link = about("coordinates.parquet", offered["coordinates.parquet"]())["link"]
    assert (link["src"], link["ex_method"], link["lang"]) == ("small-world-en", "pca", "en")
    offered.clear()
    opened("explore", link, offered, until="coordinates")
    assert about("coordinates.parquet", offered["coordinates.parquet"]())["link"] == link
    offered.clear()
    kept = shelf.PREFIX + shelf.library().entries()[0].id
    opened("library", {}, offered)
    for file in (one for one in offered if one.startswith("Kept")):
        assert about(file, offered[file]())["link"] == {"src": kept}


def test_what_only_one_browser_holds_has_no_link_and_says_so(offered: Offered) -> None:
    test = open_page("explore")
    test.session_state[session.EMBEDDINGS] = {"own-1": session.Held("Mine", Embedding(["a", "b", "c"], np.eye(3)), "")}
    test.run()
    offered.clear()
    test.selectbox(key="src").select("own-1").run()
    for _ in range(60):  # until the picture of three rows is there
        if "coordinates.parquet" in offered:
            break
        test.run()
    told = about("coordinates.parquet", offered["coordinates.parquet"]())
    assert told["made"][0] == "Mine"
    assert told["link"] is None
    assert "only this browser holds" in told["no_link"]
    assert told["view"]["ex_method"]
    assert "own-1" not in json.dumps(told)


@pytest.mark.parametrize("name", [facts.name for facts in formats()])
def test_a_saved_embedding_leaves_in_every_format_with_its_settings(name: str, offered: Offered) -> None:
    test = open_page("library")
    offered.clear()
    box = next(one for one in test.selectbox if str(one.key).endswith("_format"))
    box.set_value(name).run()
    file = next(one for one in offered if one.startswith("Kept"))
    data = offered[file]()
    assert about(file, data)["settings"] == {"seed": 7}
    assert read_embedding(data, file).vectors.tolist() == np.eye(3).tolist()


@pytest.mark.parametrize(
    ("title", "name"),
    [("items.csv", "items"), ("items.csv.zip", "items"), ("glove.txt.gz", "glove"), ("v1.2 words", "v1.2-words")],
)
def test_no_download_is_named_twice_after_what_it_is(title: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[exports.File] = []
    monkeypatch.setattr(st, "selectbox", lambda *_, **__: "csv")
    monkeypatch.setattr(exports, "files", lambda several, *_, **__: made.extend(several))
    exports.embedding(title, lambda: Embedding(["a"], np.eye(1)), {}, key="k")
    assert made[0].name == f"{name}.csv"


def test_the_reader_may_take_the_bare_file(offered: Offered) -> None:
    test = open_page("positions")
    assert "positions.csv.zip" in offered
    offered.clear()
    test.toggle(key="pos_table_with").set_value(False).run()
    assert offered["positions.csv"]().count(b"\n") == 65


def test_no_page_hands_out_a_file_on_its_own() -> None:
    """One place writes the settings, so one place makes the buttons."""
    calls = [
        path.relative_to(DASHBOARD).as_posix()
        for path in DASHBOARD.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "download_button"
    ]
    assert calls == ["exports.py"]


def test_a_format_that_cannot_hold_the_labels_says_so_and_offers_no_file(offered: Offered) -> None:
    kept = shelf.save(Embedding(["New York", "New_York", "b"], np.eye(3)), "Cities", "pasted", {})
    test = open_page("library")
    choice = f"lb_{kept.removeprefix(shelf.PREFIX)[:12]}_format"
    test.selectbox(key=choice).set_value("npz").run()
    assert any(name.startswith("Cities.npz") for name in offered)
    test.selectbox(key=choice).set_value("word2vec-text").run()
    assert any(
        "makes the labels New York and New_York the same" in error.value.replace("\\", "") for error in test.error
    )
    assert not any(name.startswith("Cities") and name.endswith(".txt") for name in offered)
