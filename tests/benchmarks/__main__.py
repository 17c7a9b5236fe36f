"""`python -m tests.benchmarks [name ...] [--quick]`: every budget as a row, beside its peer measured in the same call.

Each module `bench_<name>.py` has `rows()` and runs in a fresh process, so that first runs are first runs and a module that
crashes does not end the others. A target that is missed is printed; only a crash makes the exit code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.benchmarks import _machine, _table
from tests.benchmarks._row import QUICK, Row

LIMIT = 1200.0  # seconds for one module
ROOT = Path(__file__).parents[2]


@dataclass
class Tally:
    """What came of the run so far."""

    rows: list[Row] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)


def modules() -> list[str]:
    return sorted(found.stem.removeprefix("bench_") for found in Path(__file__).parent.glob("bench_*.py"))


def main(arguments: list[str] | None = None) -> int:
    parse = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Print the benchmark table.")
    parse.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(modules())} (default: all)")
    parse.add_argument("--quick", action="store_true", help="fewer repeats: to see that it runs, not to quote")
    options = parse.parse_args(arguments)
    names = [name.removeprefix("bench_").removesuffix(".py") for name in options.names] or modules()
    for name in names:
        if name not in modules():
            parse.error(f"there is no benchmark {name!r}; there are: {', '.join(modules())}")
    if options.quick:
        os.environ[QUICK] = "1"
    _say(*_machine.facts())
    _say("QUICK: few repeats, not to be quoted" if options.quick else "", _table.LEGEND, "", _table.heading())
    began, tally = time.perf_counter(), Tally()
    try:
        for name in names:
            _run(name, tally)
    except KeyboardInterrupt:
        tally.crashed.append("interrupted by hand")
    _say("-" * _table.WIDTH, *_summary(tally, len(names), time.perf_counter() - began))
    return 1 if tally.crashed else 0


def _say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)


def _run(name: str, tally: Tally) -> None:
    """Print the module's rows as they come, and why it ended where it did not end well."""
    _say(f"[{name}]")
    began = time.perf_counter()
    with tempfile.TemporaryFile() as errors, _child(name, errors) as child:
        assert child.stdout is not None
        for line in child.stdout:
            _take(name, json.loads(line), tally)
        if child.wait() != 0:
            late = time.perf_counter() - began >= LIMIT
            reason = f"stopped after {LIMIT:.0f} s" if late else f"ended with {child.returncode}"
            tally.crashed.append(f"{name} ({reason})")
            _say(f"    CRASHED: {reason}", *(f"    | {said}" for said in _tail(errors)))


@contextmanager
def _child(name: str, errors: IO[bytes]) -> Iterator[subprocess.Popen[str]]:
    """The module's process, in a group of its own that is ended with it: it may have started servers."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks._child", f"bench_{name}"],
        stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL,
        cwd=ROOT, start_new_session=True, text=True, encoding="utf-8",
    )  # fmt: skip
    clock = threading.Timer(LIMIT, _end, [child])
    clock.start()
    with child:
        try:
            yield child
        finally:
            clock.cancel()
            if child.returncode != 0:
                _end(child)


def _end(child: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _take(name: str, told: dict[str, object], tally: Tally) -> None:
    if "cannot" in told:
        tally.left_out.append(f"{name} ({told['cannot']})")
        _say(f"    left out: {told['cannot']}")
        return
    row = Row(**told["row"])  # type: ignore[arg-type]
    tally.rows.append(row)
    _say(_table.lines(row))


def _tail(errors: IO[bytes], lines: int = 25) -> list[str]:
    errors.seek(0)
    return errors.read().decode("utf-8", "replace").rstrip().splitlines()[-lines:]


def _summary(tally: Tally, asked: int, seconds: float) -> Iterator[str]:
    reached = [_table.met(row) for row in tally.rows]
    yield (
        f"{len(tally.rows)} rows of {asked} modules in {seconds:.0f} s; "
        f"{reached.count(True)} of {len(reached) - reached.count(None)} targets met"
    )
    for title, named in (
        ("missed", [row.what for row, met in zip(tally.rows, reached, strict=True) if met is False]),
        ("left out", tally.left_out),
        ("crashed", tally.crashed),
    ):
        if named:
            yield f"{title}: {'; '.join(named)}"


if __name__ == "__main__":
    sys.exit(main())
