"""Every reader asks the clock between blocks: past its limit a file is given up with a sentence, and nobody's file reads on."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from core import _clock
from core.embedding import Embedding
from core.errors import DataError, JobCancelled
from core.formats import formats, preview, read_embedding, words_of, write_embedding
from core.library import Library, read_workspace
from core.progress import Step

EXAMPLE = Embedding(
    [f"w{row}" for row in range(3000)],
    np.random.default_rng(0).normal(size=(3000, 4)),
    {"class": ["a", "b", "c"] * 1000},
)
FILES = {facts.name: write_embedding(EXAMPLE, facts.name) for facts in formats()}


@pytest.mark.parametrize("name", FILES)
def test_a_reader_that_is_out_of_time_says_which_file_and_what_to_do(name: str) -> None:
    with pytest.raises(DataError) as told:
        read_embedding(FILES[name], "slow.file", format=name, seconds=0.0)
    assert "slow.file could not be read within 0 s" in str(told.value)
    assert "Take a part of its rows" in str(told.value)
    assert len(read_embedding(FILES[name], "slow.file", format=name)) == 3000


@pytest.mark.parametrize("name", ["csv", "jsonl", "xlsx", "glove", "word2vec-text", "word2vec-binary", "parquet"])
def test_the_limit_holds_between_the_rows_of_one_file(name: str) -> None:
    """A clock that goes on by a second each time it is asked: a long file runs out, a short one is read."""
    asked = 0

    def clock() -> float:
        nonlocal asked
        asked += 1
        return float(asked)

    with _clock.limited("long", 1e9, clock=clock):
        read_embedding(FILES[name], "long", format=name)
    needed, asked = asked, 0
    assert needed >= 3  # to begin with, in between, and once more for the whole
    with pytest.raises(DataError, match="could not be read within"), _clock.limited("long", needed - 1.5, clock=clock):
        read_embedding(FILES[name], "long", format=name)


def test_lines_that_only_python_can_read_are_timed_too() -> None:
    lines = b"label,x,y\n" + b"".join(b"w%d,+1,2\n" % row for row in range(3000))  # Arrow takes no plus sign
    assert len(read_embedding(lines, "a.csv")) == 3000
    with pytest.raises(DataError, match="could not be read within"):
        read_embedding(lines, "a.csv", seconds=0.0)


@pytest.mark.parametrize(
    "ask",
    [
        lambda seconds: preview(FILES["csv"], "a.csv", seconds),
        lambda seconds: words_of(FILES["csv"], "a.csv", "label", seconds=seconds),
        lambda seconds: words_of(FILES["xlsx"], "a.xlsx", "label", seconds=seconds),
    ],
)
def test_a_look_at_a_table_and_its_words_are_timed(ask: Callable[[float], object]) -> None:
    assert ask(60.0)
    with pytest.raises(DataError, match="could not be read within"):
        ask(0.0)


def test_a_workspace_file_is_timed(tmp_path: object) -> None:
    library = Library(str(tmp_path))
    library.save(EXAMPLE, "kept")
    packed = library.pack()
    assert len(read_workspace(packed, "w.zip")[0]) == 1
    with pytest.raises(DataError, match=r"w\.zip could not be read within"):
        read_workspace(packed, "w.zip", seconds=0.0)


def test_who_waits_hears_how_far_it_is_and_can_end_it() -> None:
    heard: list[int] = []

    def hear(step: Step) -> bool:
        assert (step.total, step.unit) == (100, "percent")
        heard.append(step.done)
        return len(heard) == 3

    lines = "\n".join(json.dumps({"label": f"w{row}", "vector": [1, row]}) for row in range(2000))
    with pytest.raises(JobCancelled):
        read_embedding(lines.encode(), "a.jsonl", on_step=hear)
    assert heard == sorted(heard)
    assert len(heard) == 3
    assert read_embedding(lines.encode(), "a.jsonl").dim == 2  # the clock of one file is not that of the next
