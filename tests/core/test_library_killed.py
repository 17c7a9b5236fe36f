"""Saved work outlives a server that is killed, a disk that is full, and a second server beside the first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.library import Library
from tests.core.killing import kill
from tests.core.test_library import assert_whole, example

KILLS = 6  # in the suite; `python -m tests.core.killing` takes a hundred


def test_a_server_killed_while_it_trains_saves_and_deletes_loses_nothing(tmp_path: Path) -> None:
    told = kill(tmp_path, KILLS, seed=8)
    assert told.faults == []
    assert told.saved > KILLS
    assert told.trained_at >= KILLS // 3


# A process whose files may grow to so many bytes and no further, as on a disk that is full.
_SMALL_DISK = """
import resource, signal, sys
import numpy as np
from core.embedding import Embedding
from core.errors import DataError
from core.library import Library

library = Library(sys.argv[1])
kept = library.save(Embedding(["a", "b"], np.eye(2)), "kept")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for limit in map(int, sys.argv[2:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        library.save(Embedding([f"w{i}" for i in range(5000)], np.ones((5000, 64)) * limit), "too much")
        print("saved", limit)
    except DataError as error:
        print("told", error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert [entry.id for entry in library.entries()] == [kept], library.entries()
    assert len(library.open(kept)) == 2
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are a thing of POSIX systems")
def test_a_disk_that_fills_up_at_any_byte_is_one_sentence_and_harms_nothing(tmp_path: Path) -> None:
    limits = ["0", "100", "4096", "50000", "1000000", "1279000"]
    done = subprocess.run(
        [sys.executable, "-c", _SMALL_DISK, str(tmp_path), *limits], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("told") == len(limits)
    assert "Traceback" not in done.stdout + done.stderr
    assert len(assert_whole(tmp_path).entries()) == 1


def test_two_servers_on_one_folder_see_and_delete_each_others_work(tmp_path: Path) -> None:
    one, other = Library(tmp_path), Library(tmp_path)
    key = one.save(example(), "of the first")
    assert other.entry(key).name == "of the first"
    other.discard(key)
    assert one.entries() == []
    one.restore(key)
    other.delete(key)
    assert one.entries() == []
    assert one.save(example(), "again") == key
    assert len(other.open(key)) == 20
