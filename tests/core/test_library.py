"""Saved embeddings: what was saved opens, whatever happened to the process that saved it."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from core.embedding import Embedding
from core.errors import DataError
from core.library import Library, data_folder, read_workspace


def example(seed: int = 0, n: int = 20) -> Embedding:
    vectors = np.random.default_rng(seed).normal(size=(n, 4))
    return Embedding([f"w{row}" for row in range(n - 1)] + ["科学"], vectors, {"class": list(range(n))})


def assert_whole(folder: Path) -> Library:
    """Opening mends; afterwards catalogue and folders agree, every entry opens, and nothing unfinished is left."""
    library = Library(folder)
    entries = library.entries()
    assert {entry.id for entry in entries} == {path.name for path in (folder / "embeddings").iterdir()}
    assert list((folder / "unfinished").iterdir()) == []
    for entry in entries:
        assert len(library.open(entry.id)) == entry.rows
    return library


# --- keeping ---------------------------------------------------------------------------------


def test_what_is_saved_opens_as_it_was(tmp_path: Path) -> None:
    embedding = example()
    key = Library(tmp_path / "data").save(embedding, "  My\nwords ", "pasted", {"seed": np.int64(3), "method": "none"})
    again = Library(tmp_path / "data")
    back = again.open(key)
    assert (back.labels, back.metadata) == (embedding.labels, embedding.metadata)
    assert back.vectors.tobytes() == embedding.vectors.tobytes()
    entry = again.entry(key)
    assert (entry.name, entry.origin, entry.settings) == ("My words", "pasted", {"seed": 3, "method": "none"})
    assert (entry.rows, entry.dim) == (20, 4)
    assert entry.bytes == sum(path.stat().st_size for path in (tmp_path / "data/embeddings" / key).iterdir())


def test_odd_labels_survive(tmp_path: Path) -> None:
    labels = ["", " ", "\x00", "\ud83d", "x" * 20_000, "../..", "<img src=x>", "\u202eabc"]
    embedding = Embedding(labels, np.eye(len(labels)))
    library = Library(tmp_path)
    assert library.open(library.save(embedding, "odd")).labels == labels


def test_an_id_is_the_content_and_saving_again_describes_it_anew(tmp_path: Path) -> None:
    library = Library(tmp_path)
    first = library.save(example(), "one", "here")
    assert library.save(example(), "two", "there") == first
    assert [(entry.name, entry.origin) for entry in library.entries()] == [("two", "there")]
    assert library.save(example(seed=1), "one") != first


def test_search_finds_words_of_name_and_origin_in_any_case(tmp_path: Path) -> None:
    library = Library(tmp_path)
    ids = [library.save(example(seed), name, origin) for seed, (name, origin) in enumerate([("Straße", "map"), ("猫 cats", "pasted"), ("Dogs", "Pasted text")])]  # fmt: skip
    assert [entry.id for entry in library.entries()] == ids[::-1]
    assert [entry.id for entry in library.entries("STRASSE")] == [ids[0]]
    assert [entry.id for entry in library.entries("pasted")] == [ids[2], ids[1]]
    assert [entry.id for entry in library.entries("猫 pasted")] == [ids[1]]
    assert library.entries("%") == []


def test_renaming_keeps_the_id_and_deleting_removes_the_files(tmp_path: Path) -> None:
    library = Library(tmp_path)
    key, other = library.save(example(), "old"), library.save(example(1), "other")
    library.rename(key, "new")
    assert library.entry(key).name == "new"
    library.delete(key)
    assert [entry.id for entry in assert_whole(tmp_path).entries()] == [other]
    for ask in (library.open, library.delete, library.entry, lambda gone: library.rename(gone, "x")):
        with pytest.raises(DataError, match="no saved embedding"):
            ask(key)


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "*", "a" * 32, "'; DROP TABLE embeddings; --", "\ud800"])
def test_an_id_is_never_a_path(tmp_path: Path, key: str) -> None:
    library = Library(tmp_path)
    kept = library.save(example(), "kept")
    for ask in (library.open, library.delete):
        with pytest.raises(DataError, match="no saved embedding"):
            ask(key)
    assert len(library.open(kept)) == 20


@pytest.mark.parametrize("name", ["", "  \n", "x" * 500])
def test_a_name_must_be_one_short_line(tmp_path: Path, name: str) -> None:
    library = Library(tmp_path)
    with pytest.raises(DataError, match="name"):
        library.save(example(), name)
    assert library.entries() == []


@pytest.mark.parametrize("name", ["../../up", "a/b", "nul\x00", "\ud83d", "CON", ".", "=cmd()"])
def test_a_name_is_data(tmp_path: Path, name: str) -> None:
    library = Library(tmp_path / "data")
    key = library.save(example(), name)
    assert {path.name for path in tmp_path.iterdir()} == {"data"}
    assert {path.name for path in (tmp_path / "data/embeddings").iterdir()} == {key}
    assert library.entries()[0].name.isprintable() or "\x00" in name


# --- failing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_a_full_disk_is_one_sentence_and_harms_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    library = Library(tmp_path)
    kept = library.save(example(), "kept")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(*((os, "fsync", full) if failing == "fsync" else (Path, "rename", full)))
        with pytest.raises(DataError, match="disk is full"):
            library.save(example(1), "too much")
        assert list((tmp_path / "unfinished").iterdir()) == []
    assert [entry.id for entry in assert_whole(tmp_path).entries()] == [kept]


class FailingCatalogue(sqlite3.Connection):
    """A catalogue whose disk is full when the transaction ends."""

    def execute(self, sql: str, *args: object) -> sqlite3.Cursor:  # type: ignore[override]
        if sql == "COMMIT":
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL  # type: ignore[misc]
            raise error
        return super().execute(sql, *args)  # type: ignore[arg-type]


def test_a_catalogue_that_cannot_be_written_leaves_the_files_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(tmp_path)
    kept = library.save(example(), "kept")
    connect = sqlite3.connect
    with monkeypatch.context() as broken:
        broken.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k, factory=FailingCatalogue))
        for change in (lambda: library.save(example(1), "more"), lambda: library.delete(kept), lambda: library.rename(kept, "x")):  # fmt: skip
            with pytest.raises(DataError, match="disk is full"):
                change()
        assert {path.name for path in (tmp_path / "embeddings").iterdir()} == {kept}
    assert [(entry.id, entry.name) for entry in assert_whole(tmp_path).entries()] == [(kept, "kept")]
    for path in tmp_path.glob("catalogue.sqlite*"):
        path.unlink()
    assert [(entry.id, entry.name) for entry in assert_whole(tmp_path).entries()] == [(kept, "kept")]


def test_damaged_files_are_told_and_not_half_read(tmp_path: Path) -> None:
    library = Library(tmp_path)
    for seed, (file, change) in enumerate([("vectors.safetensors", 120), ("vectors.safetensors", 0), ("embedding.json", 5)]):  # fmt: skip
        key = library.save(example(seed), f"entry {seed}")
        path = tmp_path / "embeddings" / key / file
        content = bytearray(path.read_bytes())
        content[change] ^= 1
        path.write_bytes(content)
        with pytest.raises(DataError, match=f"entry {seed} are damaged"):
            library.open(key)
        library.delete(key)


@pytest.mark.parametrize("gone", ["vectors.safetensors", "embedding.json", "."])
def test_missing_files_are_told_by_name_and_saving_again_mends_them(tmp_path: Path, gone: str) -> None:
    library = Library(tmp_path)
    key, other = library.save(example(), "harmed"), library.save(example(1), "whole")
    path = tmp_path / "embeddings" / key / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(DataError, match="files of harmed are damaged or missing"):
        library.open(key)
    assert [one.name for one in library.damaged()] == ["harmed"]
    found, harmed = read_workspace(library.pack(), "w.zip")  # a file that is taken away holds what opens, and no more
    assert ([one.name for one in found], harmed) == (["whole"], [])
    library.discard(key)  # as the page does it: the files that are left stay for a day
    assert library.save(example(), "harmed") == key
    assert [len(library.open(one)) for one in (key, other)] == [20, 20]
    assert library.damaged() == []
    assert list((tmp_path / "unfinished").iterdir()) == []


@pytest.mark.parametrize("about", [b"nonsense", b"[" * 100_000, b"{}", b'{"name": "x", "origin": "", "settings": "{}", "rows": "many", "dim": 4, "saved": 0}', b'{"name": "x", "origin": "", "settings": "{}", "rows": 20, "dim": 4, "saved": 1e400}', b'{"name": "kept", "origin": "here", "settings": "[1]", "rows": 20, "dim": 4, "saved": 5}'])  # fmt: skip
def test_a_nonsensical_description_costs_the_name_at_most(tmp_path: Path, about: bytes) -> None:
    key = Library(tmp_path).save(example(), "kept", "here")
    (tmp_path / "embeddings" / key / "about.json").write_bytes(about)
    for path in tmp_path.glob("catalogue.sqlite*"):
        path.unlink()
    entry = assert_whole(tmp_path).entry(key)
    assert (entry.rows, entry.dim, entry.settings) == (20, 4, {})
    assert entry.name in ("kept", key[:12])


def test_what_lost_its_folder_is_named_until_that_was_read_or_it_is_back(tmp_path: Path) -> None:
    library = Library(tmp_path)
    keys = [library.save(example(seed), f"n{seed}") for seed in range(4)]
    library.discard(keys[2])
    for key in keys[:3]:
        (tmp_path / "embeddings" / key).rename(tmp_path / key)
    assert library.lost() == []
    assert Library(tmp_path).lost() == ["n0", "n1"], "what was thrown away is not lost"
    assert assert_whole(tmp_path).lost() == ["n0", "n1"]
    (tmp_path / keys[0]).rename(tmp_path / "embeddings" / keys[0])
    again = assert_whole(tmp_path)
    assert again.lost() == ["n1"]
    again.forget_lost()
    assert Library(tmp_path).lost() == []


def test_what_was_being_deleted_when_the_process_died_is_not_lost(tmp_path: Path) -> None:
    key = Library(tmp_path).save(example(), "deleted")
    (tmp_path / "embeddings" / key).rename(tmp_path / "unfinished" / f"{key}.0000")  # and no further
    assert assert_whole(tmp_path).lost() == []


def test_nonsense_in_one_row_of_the_catalogue_leaves_the_others_alone(tmp_path: Path) -> None:
    library = Library(tmp_path)
    key, other = library.save(example(), "harmed"), library.save(example(1), "whole")
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as catalogue:
        catalogue.execute("UPDATE embeddings SET settings = 'nonsense' WHERE id = ?", (key,))
    catalogue.close()
    assert {entry.id: entry.settings for entry in library.entries()} == {key: {}, other: {}}


def test_a_folder_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    Library(tmp_path)
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as catalogue:
        catalogue.execute("PRAGMA user_version = 99")
    catalogue.close()
    with pytest.raises(DataError, match="newer version"):
        Library(tmp_path)


def test_a_folder_that_is_no_folder_and_a_catalogue_that_is_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="cannot be used"):
        Library(tmp_path / "file")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/catalogue.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(DataError, match="cannot be used"):
        Library(tmp_path / "data")


def test_a_lost_catalogue_is_made_again_from_the_folders(tmp_path: Path) -> None:
    library = Library(tmp_path)
    key = library.save(example(), "kept", "here", {"seed": 1})
    for path in tmp_path.glob("catalogue.sqlite*"):
        path.unlink()
    (tmp_path / "embeddings" / ("0" * 32)).mkdir()  # not one of ours
    again = Library(tmp_path)
    entries = again.entries()
    assert [(entry.id, entry.name, entry.settings) for entry in entries] == [(key, "kept", {"seed": 1})]
    assert len(again.open(key)) == 20


def test_a_catalogue_made_again_knows_the_latest_names_and_settings(tmp_path: Path) -> None:
    library = Library(tmp_path)
    first, second = library.save(example(), "one", "here", {"seed": 1}), library.save(example(1), "two")
    library.rename(first, "一 renamed")
    library.save(example(1), "two again", "there", {"seed": 2})
    before = library.entries()
    assert {entry.id: entry.name for entry in before} == {first: "一 renamed", second: "two again"}
    for entry in before:
        assert entry.bytes == sum(path.stat().st_size for path in (tmp_path / "embeddings" / entry.id).iterdir())
    for path in tmp_path.glob("catalogue.sqlite*"):
        path.unlink()
    assert assert_whole(tmp_path).entries() == before


# --- dying and meeting -----------------------------------------------------------------------

# A process that saves, renames and deletes, and says so when each is done. Given a number, it
# kills itself at that call of one of the functions that change the disk.
WRITER = """
import itertools, os, pathlib, shutil, signal, sqlite3, sys
import numpy as np
from core.embedding import Embedding
from core.library import Library

folder, at, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
calls = itertools.count(1)

def dying(function):
    def call(*args, **kwargs):
        if next(calls) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return call

class Catalogue(sqlite3.Connection):
    execute = dying(sqlite3.Connection.execute)

library = Library(folder)
if at:
    os.fsync, shutil.rmtree = dying(os.fsync), dying(shutil.rmtree)
    pathlib.Path.rename, pathlib.Path.mkdir, pathlib.Path.open = map(dying, (pathlib.Path.rename, pathlib.Path.mkdir, pathlib.Path.open))
    connect = sqlite3.connect
    sqlite3.connect = lambda *a, **k: connect(*a, **k, factory=Catalogue)
rng = np.random.default_rng(seed)
for turn in itertools.count():
    n = int(rng.integers(50, 3000)) if not at else 5
    key = library.save(Embedding([f"w{i}" for i in range(n)], rng.normal(size=(n, 8))), f"entry {turn}")
    print("saved", key, n, flush=True)
    library.rename(key, f"renamed {turn}")
    if turn % 3 == 2:
        print("deleting", key, 0, flush=True)
        library.delete(key)
    if at and turn == 2:
        break
"""


def start(folder: Path, at: int = 0, seed: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder), str(at), str(seed)], stdout=subprocess.PIPE, text=True)  # fmt: skip


def assert_all_saved(folder: Path, lines: list[str]) -> None:
    """What was reported saved is there; what was being deleted may be gone."""
    said = [line.split() for line in lines if line.endswith("\n")]
    deleting = {key for word, key, _ in said if word == "deleting"}
    saved = {key: int(n) for word, key, n in said if word == "saved"}
    library = assert_whole(folder)
    there = {entry.id: entry.rows for entry in library.entries()}
    assert all(there.get(key) == n for key, n in saved.items() if key not in deleting)
    assert len(set(there) - set(saved)) <= 1  # one may have been saved whole just before it could say so


def test_a_writer_killed_at_any_of_its_steps_leaves_the_library_whole(tmp_path: Path) -> None:
    """The first save and rename and the last save, rename and delete, step by step, until one lives to the end."""
    died = 0
    for at in [*range(2, 24), *range(45, 130)]:
        folder = tmp_path / str(at)
        child = start(folder, at)
        output, _ = child.communicate(timeout=60)
        assert_all_saved(folder, output.splitlines(keepends=True))
        if child.returncode == 0:
            break
        assert child.returncode == -signal.SIGKILL
        died += 1
    assert child.returncode == 0
    assert died > 20


def test_a_writer_killed_at_a_random_moment_leaves_the_library_whole(tmp_path: Path) -> None:
    chance = random.Random(8)
    for round_ in range(3):
        child = start(tmp_path, seed=round_)
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(chance.randrange(3, 12))]
        child.kill()  # in the midst of the next save or delete
        lines += child.stdout.readlines()
        child.wait(timeout=60)
        child.stdout.close()
        library = assert_whole(tmp_path)
        for entry in library.entries():
            library.delete(entry.id)
        assert any(line.startswith("saved") for line in lines)


def test_two_processes_and_several_threads_share_a_folder(tmp_path: Path) -> None:
    children = [start(tmp_path, seed=seed) for seed in (10, 11)]
    failures: list[BaseException] = []

    def visit(seed: int) -> None:
        try:
            library = Library(tmp_path)
            for turn in range(3):
                key = library.save(example(100 * seed + turn), f"thread {seed}")
                assert len(library.open(key)) == 20
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=visit, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = []
    for child in children:
        assert child.stdout is not None
        lines += [child.stdout.readline() for _ in range(4)]
    for child in children:
        child.kill()
        child.communicate(timeout=60)
    assert failures == []
    assert sum(line.startswith("saved") for line in lines) >= 4
    assert len([entry for entry in assert_whole(tmp_path).entries() if entry.name.startswith("thread")]) == 9


# --- where it lives --------------------------------------------------------------------------


def test_the_data_folder_is_told_by_the_environment_or_the_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EMBEDSCOPE_DATA_DIR", str(tmp_path / "here"))
    assert data_folder() == tmp_path / "here"
    assert not data_folder().exists()
    monkeypatch.setenv("EMBEDSCOPE_DATA_DIR", "  ")
    assert data_folder().name == "embedscope"
