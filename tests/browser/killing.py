"""The real server, killed at random moments while visitors train, save, throw away and bring back:
`python -m tests.browser.killing [ROUNDS] [SEED]`.

Each round starts the installed command on the same data folder; several visitors press the buttons of its pages. It
is killed with nothing of it left. Then the folder is opened anew, and what a page had shown as saved must be there and open.
"""

from __future__ import annotations

import itertools
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import WebSocketException

from core.library import Library
from tests.browser.conftest import free_port, wait_until_healthy
from tests.visiting import Visitor

_PAUSE = threading.Event()
# A round waits for one of them in turn; the other visitor does what it does.
MOMENTS = ("saving", "training", "deleting")
AWAY = (OSError, WebSocketException, TimeoutError, EOFError)  # what a visitor sees of a server that was killed


@dataclass
class Tally:
    """What came of all rounds; `done` counts what pages had answered before the kills, `struck` what was going on at them."""

    rounds: int = 0
    seconds: float = 0.0
    done: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


@dataclass
class Said:
    """What the pages told in one round: keys of embeddings that were seen saved, and whether one may have gone since.

    `doing` is what was asked of the server and not answered yet, by visitor."""

    done: Counter[str] = field(default_factory=Counter)
    doing: dict[str, str] = field(default_factory=dict)
    saved: set[str] = field(default_factory=set)
    in_doubt: set[str] = field(default_factory=set)


def kill(folder: Path, rounds: int, seed: int = 0) -> Tally:
    """Kill so many times on one folder, which keeps what is saved from round to round."""
    chance, tally, began = random.Random(seed), Tally(), time.perf_counter()
    for number in range(rounds):
        said = Said()
        tally.struck.update(_round(folder, said, chance, MOMENTS[number % len(MOMENTS)]))
        tally.rounds += 1
        tally.done += said.done
        tally.faults += [f"round {number}: {fault}" for fault in _faults(folder, said)]
    tally.seconds = time.perf_counter() - began
    return tally


def _round(folder: Path, said: Said, chance: random.Random, moment: str) -> list[str]:
    """Start, let visitors do as they like, kill within `moment`; what was going on then."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("embedscope")), "--no-browser", "--port", str(port), "--data-dir", str(folder), "--workers", "1"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    visitors: list[threading.Thread] = []
    try:
        wait_until_healthy(url, process, pause=0.02)
        visitors = [threading.Thread(target=_visit, args=(url, said, deeds), daemon=True) for deeds in (_train, _keep)]
        for visitor in visitors:
            visitor.start()
        turns, patience = chance.choice((0, 0, 1, 2)), time.monotonic() + 30
        while (sum(said.done.values()) < turns or moment not in said.doing.values()) and time.monotonic() < patience:
            _PAUSE.wait(0.001)
        _PAUSE.wait(
            (1.0 if moment == "training" else 0.08) * chance.random()
        )  # the moment itself is what is random here
    finally:
        struck = list(said.doing.values())
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    for visitor in visitors:
        visitor.join(20)
    return struck or ["nothing"]


def _visit(url: str, said: Said, deeds: Callable[[Visitor, Said, int], None]) -> None:
    try:
        for turn in itertools.count():
            with Visitor(url) as visitor:
                deeds(visitor, said, turn)
    except AWAY:
        pass  # the kill, as a visitor sees it


def _train(visitor: Visitor, said: Said, _turn: int) -> None:
    """Train on the Words page again and again, and save what came."""
    visitor.visit("words", "w_kind=built-in&w_corpus=small-world-en")
    while True:
        if visitor.has("w_train"):
            said.doing["trainer"] = "training"  # until its end, which the page tells by offering to save
            visitor.press("w_train")
            said.done["trainings begun"] += 1
        elif visitor.has("w_save"):
            said.doing["trainer"] = "saving"
            visitor.press("w_save")
            del said.doing["trainer"]
            said.done["trainings saved"] += 1
        else:
            _PAUSE.wait(0.3)  # as a page does that follows a training
            visitor.look()


def _keep(visitor: Visitor, said: Said, turn: int) -> None:
    """Make an embedding of some words on Explore, save it in the library, throw it away, bring it back, throw it out."""
    letter = "bcdfghlmprst"[turn % 12]
    visitor.visit("explore", f"lang=en&src=small-world-en&ex_find=/^{letter}/")
    if not visitor.has("ex_alone"):  # the workers are not there yet: the page says so and offers nothing to press
        _PAUSE.wait(0.3)
        return
    visitor.press("ex_alone")
    visitor.visit("library", "lang=en")
    before = _cards(visitor)
    own = visitor.first("lb_save_own-")
    if own is None:  # these words are there already
        return
    said.doing["keeper"] = "saving"
    visitor.press(own)
    del said.doing["keeper"]
    said.done["saved"] += 1
    for key in _cards(visitor) - before:
        said.saved.add(key)
        if letter in "bdglp":  # these stay
            continue
        said.doing["keeper"] = "deleting"
        visitor.press(f"lb_delete_{key}")
        said.done["thrown away"] += 1
        visitor.press("lb_undo")
        said.done["brought back"] += 1
        said.in_doubt.add(key)
        visitor.press(f"lb_delete_{key}")
        visitor.press("lb_empty")
        del said.doing["keeper"]
        said.done["thrown out"] += 1


def _cards(visitor: Visitor) -> set[str]:
    """The beginnings of the ids of what is saved, as the page shows it."""
    return {key.removeprefix("lb_delete_") for key in visitor.look() if key.startswith("lb_delete_")}


def _faults(folder: Path, said: Said) -> list[str]:
    """What is wrong with the folder after the next start, if anything."""
    library = Library(folder)
    entries = [*library.entries(), *library.entries(discarded=True)]
    faults = [f"{key} is gone" for key in said.saved - said.in_doubt if not any(one.id.startswith(key) for one in entries)]  # fmt: skip
    faults += [f"{one.id} has lost rows" for one in library.entries() if len(library.open(one.id)) != one.rows]
    if {path.name for path in (folder / "embeddings").iterdir()} != {one.id for one in entries}:
        faults.append("catalogue and folders disagree")
    return faults + [f"{path} is left" for path in (folder / "unfinished").iterdir()]


def leftovers(folder: Path) -> list[str]:
    """Temporary files in a data folder that no server uses: of saving, of workers, of compiled kernels."""
    workers = (
        path for path in (folder / "scratch").rglob("*") if path.suffix != ".lock" and path.name != "dask-scratch-space"
    )
    found = [*(folder / "unfinished").iterdir(), *workers, *(folder / "numba").rglob("*.tmp.*")]
    return [path.relative_to(folder).as_posix() for path in found]


if __name__ == "__main__":
    asked, chosen = ([*map(int, sys.argv[1:]), *(100, 0)[len(sys.argv) - 1 :]])[:2]
    with tempfile.TemporaryDirectory() as place:
        told = kill(Path(place), asked, chosen)
    print(
        f"{told.rounds} kills in {told.seconds:.0f} s; going on at them {dict(told.struck)}; before them {dict(told.done)}; faults: {told.faults or 'none'}"
    )
    sys.exit(bool(told.faults))
