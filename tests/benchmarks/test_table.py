"""The benchmark command: it tells the truth about targets, and one failing module does not silence the others."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import _table
from tests.benchmarks._row import Row

GOOD = """
from tests.benchmarks._row import Row

def rows():
    print("a library that talks")
    yield Row("quick enough", 0.5, "the other", 1.0, target=1.0)
    yield Row("too slow", 3.0, target=2.0)
"""
CRASHING = "def rows():\n    raise RuntimeError('the bench fell over')\n    yield\n"
MISSING = "from tests.benchmarks._row import CannotRun\n\ndef rows():\n    raise CannotRun('no such folder here')\n    yield\n"


def run(folder: Path, modules: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command over modules of our own, in a copy of its folder."""
    here, there = Path(__file__).parent, folder / "tests" / "benchmarks"
    there.mkdir(parents=True)
    (folder / "tests" / "__init__.py").touch()
    for source in [here / "__init__.py", here / "__main__.py", *here.glob("_[a-z]*.py")]:
        shutil.copy(source, there / source.name)
    for name, text in modules.items():
        (there / f"bench_{name}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "tests.benchmarks", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done


def test_missed_targets_are_printed_and_are_not_an_error(tmp_path: Path) -> None:
    done = run(tmp_path, {"good": GOOD})
    assert done.returncode == 0
    assert "1 of 2 targets met" in done.stdout
    assert "missed: too slow" in done.stdout
    assert "a library that talks" not in done.stdout


def test_a_crash_is_told_with_its_reason_and_does_not_end_the_others(tmp_path: Path) -> None:
    done = run(tmp_path, {"a_crash": CRASHING, "good": GOOD})
    assert done.returncode == 1
    assert "the bench fell over" in done.stdout
    assert "quick enough" in done.stdout


def test_what_cannot_run_here_says_why_and_is_not_an_error(tmp_path: Path) -> None:
    done = run(tmp_path, {"missing": MISSING})
    assert done.returncode == 0
    assert "left out: no such folder here" in done.stdout


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    done = run(tmp_path, {"good": GOOD}, "better")
    assert done.returncode == 2
    assert "there are: good" in done.stderr


@pytest.mark.parametrize(
    ("row", "met", "ratio"),
    [
        (Row("less is better", 2.0, "peer", 4.0, target=2.0), True, "2.00 x"),
        (Row("less is better", 2.1, "peer", 1.05, target=2.0), False, "0.50 x"),
        (Row("more is better", 60.0, "peer", 3.0, target=50.0, bigger_is_better=True), True, "20 x"),
        (Row("more is better", 40.0, target=50.0, bigger_is_better=True), False, ""),
        (Row("no target", 1.0), None, ""),
        (Row("never reached", float("inf"), "peer", 1.0, target=10.0), False, "0.00 x"),
        (Row("not a number", float("nan"), "peer", 1.0, target=10.0), False, "-"),
    ],
)
def test_a_ratio_above_one_is_better_and_a_target_is_met_or_not(row: Row, met: bool | None, ratio: str) -> None:
    assert _table.met(row) is met
    assert _table.ratio(row) == ratio


def test_no_line_of_the_table_is_wider_than_its_heading() -> None:
    row = Row("word " * 40, 123456.7, "peer " * 20, 0.00012, unit="repaints/s", target=1e7, note="note " * 100)
    shown = _table.lines(row).splitlines()
    assert len(shown) > 3
    assert max(map(len, shown)) <= _table.WIDTH
