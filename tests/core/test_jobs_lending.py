"""Large arrays that workers on this machine map from a file instead of getting them through sockets."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.arrays import FILED, Filed, FloatArray
from core.embedding import Embedding
from core.errors import DataError
from core.jobs import Runner, connect
from core.jobs.lending import LENT
from core.library import Library
from tests.core import test_jobs_tasks  # noqa: F401 - registers the tasks submitted here

WAIT = 30.0  # seconds after which a test that waits for a condition fails; none waits so long when all is well


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def runner(folder: Path) -> Iterator[Runner]:
    scratch = folder / "scratch"
    scratch.mkdir()
    (scratch / f"{LENT}of a server that was killed").write_bytes(b"left")
    with connect(workers=1, data_dir=folder) as runner:
        yield runner


def large(*, read_only: bool = True) -> FloatArray:
    table = np.arange(3_000_000, dtype=np.float32).reshape(-1, 100) / 1000
    table.flags.writeable = not read_only
    return table


def lent(folder: Path) -> list[Path]:
    return [*(folder / "scratch").glob(f"{LENT}*")]


def test_a_large_table_is_written_once_for_all_its_jobs_and_goes_when_nobody_holds_it(
    runner: Runner, folder: Path
) -> None:
    assert lent(folder) == []  # what a killed server left is gone
    table = large()
    total, mapped = runner.submit("test mapped", table).result(WAIT)
    assert mapped
    assert total == pytest.approx(float(table.sum()), rel=1e-6)
    (file,) = lent(folder)
    written = file.stat().st_mtime_ns
    assert runner.submit("test mapped", table, factor=2).result(WAIT) == (2 * total, True)
    assert [file.stat().st_mtime_ns for file in lent(folder)] == [written]
    del table
    gc.collect()
    assert lent(folder) == []


def test_a_table_that_somebody_may_still_write_to_is_sent_as_it_is(runner: Runner, folder: Path) -> None:
    table = large(read_only=False)
    assert runner.submit("test mapped", table, factor=0).result(WAIT) == (0, False)
    assert lent(folder) == []


def test_a_file_that_was_removed_is_written_again(runner: Runner, folder: Path) -> None:
    table = large()
    first = runner.submit("test mapped", table, factor=3).result(WAIT)
    lent(folder)[0].unlink()
    assert runner.submit("test mapped", table, factor=4).result(WAIT) == (pytest.approx(first[0] / 3 * 4), True)


def test_without_room_for_the_file_the_table_is_sent(runner: Runner, folder: Path) -> None:
    scratch, aside = folder / "scratch", folder / "aside"
    scratch.rename(aside)
    try:
        assert runner.submit("test mapped", large(), factor=5).result(WAIT)[1] is False
    finally:
        aside.rename(scratch)


def test_a_saved_table_is_mapped_from_the_library_and_written_nowhere_else(runner: Runner, folder: Path) -> None:
    library = Library(folder)
    rows = np.random.default_rng(0).normal(size=(30_000, 100)).astype(np.float32)
    opened = library.open(library.save(Embedding([f"word{row}" for row in range(len(rows))], rows), "large"))
    total, mapped = runner.submit("test mapped", opened.vectors).result(WAIT)
    assert mapped
    assert total == pytest.approx(float(rows.sum()), rel=1e-5)
    assert lent(folder) == []
    library.delete(library.entries()[0].id)
    assert runner.submit("test mapped", opened.vectors, factor=2).result(WAIT) == (2 * total, True)
    assert len(lent(folder)) == 1


def test_a_file_that_no_longer_holds_the_table_fails_the_job_in_a_sentence(runner: Runner, tmp_path: Path) -> None:
    table, short = large(), tmp_path / "short"
    short.write_bytes(b"cut off")
    FILED.keep(table, Filed(str(short), 0, "<f4", table.shape))
    with pytest.raises(DataError, match="Open the table again"):
        runner.submit("test mapped", table, factor=9).result(WAIT)
