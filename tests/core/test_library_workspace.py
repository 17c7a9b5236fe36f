"""A library taken elsewhere, thrown away and brought back, grown old, and grown too large."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

import numpy as np
import pytest

from core._archive import Bounds, pack, read_members
from core.embedding import Embedding
from core.errors import DataError
from core.library import Library, read_workspace
from tests.core.test_library import assert_whole, example


def test_a_workspace_comes_whole_to_another_server(tmp_path: Path) -> None:
    here, there = Library(tmp_path / "here"), Library(tmp_path / "there")
    keys = {here.save(example(seed), f"名 {seed}", "made", {"seed": seed}) for seed in range(3)}
    found, damaged = read_workspace(here.pack(), "w.zip")
    assert damaged == []
    there.save(example(9), "of now")
    assert {there.add(one) for one in found} == keys
    assert there.entries()[1:] == here.entries(), "with their dates, and so in their order"
    for key in keys:
        mine, yours = here.entry(key), there.entry(key)
        assert (mine.name, mine.origin, mine.settings) == (yours.name, yours.origin, yours.settings)
        assert there.open(key).vectors.tobytes() == here.open(key).vectors.tobytes()


def test_what_is_damaged_in_a_workspace_is_named_and_left_out(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.save(example(0), "whole")
    library.save(example(1), "harmed")
    data = bytearray(library.pack())
    harmed = next(entry.id for entry in library.entries() if entry.name == "harmed")
    members = {"embedscope.json": json.dumps({"embedscope": 1, "entries": [{"id": harmed, "name": "harmed"}, {"id": "../x", "name": "path"}, {"name": 5}, "odd"]}).encode()}  # fmt: skip
    members |= {
        f"{harmed}/embedding.json": b'{"labels": ["x"], "metadata": {}}',
        f"{harmed}/vectors.safetensors": b"no",
    }
    found, damaged = read_workspace(pack(members, squeeze=True), "w.zip")
    assert (found, damaged) == ([], ["harmed", "path", "5"])
    assert len(read_workspace(bytes(data), "w.zip")[0]) == 2


def test_entries_without_a_date_come_in_their_order(tmp_path: Path) -> None:
    """As files of before have it, or others write it."""
    here, there = Library(tmp_path / "here"), Library(tmp_path / "there")
    for seed in range(4):
        here.save(example(seed), f"n{seed}")
    members = read_members(here.pack(), "w.zip", Bounds(flat=False))
    index = json.loads(members["embedscope.json"])
    for about, saved in zip(index["entries"], ("yesterday", -1.0, 1e300), strict=False):
        about["saved"] = saved
    del index["entries"][3]["saved"]
    members["embedscope.json"] = json.dumps(index).encode()
    for one in read_workspace(pack(members, squeeze=False), "w.zip")[0]:
        assert one.saved is None
        there.add(one)
    assert [entry.name for entry in there.entries()] == ["n3", "n2", "n1", "n0"]


@pytest.mark.parametrize("data", [b"", b"cat\ndog\n"])
def test_what_is_no_zip_is_no_workspace(data: bytes) -> None:
    with pytest.raises(DataError, match=r"a\.txt is no workspace"):
        read_workspace(data, "a.txt")


@pytest.mark.parametrize("index", [b"", b"[]", b'{"entries": 3}', b'{"embedscope": 2, "entries": []}', b"[" * 100_000])
def test_another_zip_is_no_workspace(index: bytes) -> None:
    with pytest.raises(DataError, match=r"w\.zip is no workspace"):
        read_workspace(pack({"embedscope.json": index, "../../etc/passwd": b"x"}, squeeze=True), "w.zip")


def test_an_archive_that_unpacks_beyond_all_measure_is_refused_unread() -> None:
    bomb = pack({"embedscope.json": b"0" * (64 * 2**20)}, squeeze=True)
    assert len(bomb) < 2**20
    with pytest.raises(DataError, match="more than 150 times its size"):
        read_workspace(bomb, "bomb.zip")


def test_what_is_discarded_comes_back_within_the_day_and_goes_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    library = Library(tmp_path)
    key, kept = library.save(example(), "gone"), library.save(example(1), "kept")
    library.discard(key)
    assert [entry.id for entry in library.entries()] == [kept]
    assert [entry.id for entry in library.entries(discarded=True)] == [key]
    for ask in (library.open, library.entry, library.discard):
        with pytest.raises(DataError, match="no saved embedding"):
            ask(key)
    library.restore(key)
    assert len(library.open(key)) == 20
    library.discard(key)
    Library(tmp_path)
    assert [entry.id for entry in library.entries(discarded=True)] == [key]
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 25 * 3600)
    Library(tmp_path)
    monkeypatch.undo()
    with pytest.raises(DataError, match="no saved embedding"):
        library.restore(key)
    assert {path.name for path in (tmp_path / "embeddings").iterdir()} == {kept}
    assert_whole(tmp_path)


def test_saving_again_what_was_discarded_brings_it_back(tmp_path: Path) -> None:
    library = Library(tmp_path)
    key = library.save(example(), "one")
    library.discard(key)
    assert library.save(example(), "again") == key
    assert [entry.name for entry in library.entries()] == ["again"]


def test_a_picture_stays_with_its_embedding(tmp_path: Path) -> None:
    library = Library(tmp_path)
    key = library.save(example(), "seen", picture=b"<svg/>")
    assert Library(tmp_path).picture(key) == b"<svg/>"
    assert library.picture("../../etc/passwd") == b""
    assert library.picture(library.save(example(1), "unseen")) == b""


def test_a_quota_is_a_sentence_and_harms_nothing(tmp_path: Path) -> None:
    library = Library(tmp_path, quota=3 * 2**20)
    big = np.random.default_rng(0).normal(size=(20_000, 32))
    labels = [f"w{row}" for row in range(len(big))]
    key = library.save(Embedding(labels, big), "fits")
    with pytest.raises(DataError, match=r"holds 2\.7 MB of the 3 MB that it may, and this needs 2\.7 MB more"):
        library.save(Embedding(labels, big + 1), "too much")
    library.discard(key)
    with pytest.raises(DataError, match="empty the bin"):
        library.save(Embedding(labels, big + 1), "too much")
    assert library.tidy(0) == 1
    library.save(Embedding(labels, big + 1), "fits now")
    assert (library.usage().entries, library.usage().thrown) == (1, 0)
    assert_whole(tmp_path)


def test_a_library_of_the_first_version_is_migrated_whole(tmp_path: Path) -> None:
    """As version 1 wrote it: a catalogue without the column of what was discarded, folders without pictures."""
    library = Library(tmp_path)
    key = library.save(example(), "old", "then", {"seed": 4})
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as catalogue:
        catalogue.execute("ALTER TABLE embeddings DROP COLUMN discarded")
        catalogue.execute("PRAGMA user_version = 1")
    catalogue.close()
    again = Library(tmp_path)
    assert [(entry.id, entry.name, entry.settings) for entry in again.entries()] == [(key, "old", {"seed": 4})]
    assert len(again.open(key)) == 20
    again.discard(key)
    again.restore(key)
