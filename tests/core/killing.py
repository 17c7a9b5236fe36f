"""A process that does what the server does, killed at random moments: `python -m tests.core.killing [ROUNDS] [SEED]`.

Each round starts workers and a library on the same data folder, trains, saves, throws away, brings back
and deletes from several threads at once, and is killed with its workers in the midst of it. Then the
folder is opened anew and everything that was said to be saved must be there and open.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from core.library import Library

_PROGRAM = """
import itertools, sys, threading
import numpy as np
from core.embedding import Embedding
from core.figures.thumbnail import thumbnail
from core.jobs import connect
from core.library import Library

folder, seed = sys.argv[1], int(sys.argv[2])
library = Library(folder)
said = threading.Lock()

def say(*words):
    with said:
        print(*words, flush=True)

def saving(number):
    rng = np.random.default_rng([seed, number])
    for turn in itertools.count():
        n = int(rng.integers(20, 4000))
        vectors = rng.normal(size=(n, 16))
        key = library.save(Embedding([f"w{i}" for i in range(n)], vectors), f"{number} {turn}", "killed", {"turn": turn}, thumbnail(vectors[:, :2]))
        say("saved", key, n)
        if turn % 3 == 2:
            say("deleting", key, 0)
            library.delete(key)
        elif turn % 3 == 1:
            library.discard(key)
            library.restore(key)
            say("restored", key, n)

def training():
    with connect(workers=1, data_dir=folder) as runner:
        for turn in itertools.count():
            job = runner.submit("train", {"corpus": "small-world-en"}, dim=8, epochs=3, seed=turn)
            for event in job.events():
                if event.done:
                    say("training", "-", event.done)
            made = job.result()
            say("saved", library.save(made, f"trained {turn}"), len(made))

for work in (training, lambda: saving(1), lambda: saving(2)):
    threading.Thread(target=work, daemon=True).start()
say("begun", "-", 0)
threading.Event().wait()
"""


@dataclass
class Tally:
    """What came of all rounds."""

    rounds: int = 0
    saved: int = 0
    trained_at: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def kill(folder: Path, rounds: int, seed: int = 0) -> Tally:
    """Kill so many times on one folder, whose library is emptied after each round."""
    chance, tally, began = random.Random(seed), Tally(), time.perf_counter()
    for number in range(rounds):
        awaited = "training" if number % 3 == 0 else ""  # workers start later than saving does: every third round waits
        lines = _round(folder, number + 1000 * seed, awaited, after=chance.randrange(1, 25), more=chance.random())
        tally.rounds += 1
        tally.saved += sum(line.startswith("saved") for line in lines)
        tally.trained_at += any(line.startswith("training") for line in lines)
        tally.faults += [f"round {number}: {fault}" for fault in _faults(folder, lines)]
    tally.seconds = time.perf_counter() - began
    return tally


def _round(folder: Path, seed: int, awaited: str, *, after: int, more: float) -> list[str]:
    """The whole lines that a process said before it was killed: after so many of them, the awaited word, and a moment."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(folder), str(seed)], stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if len(lines) >= after and (not awaited or any(one.startswith(awaited) for one in lines)):
            break
    time.sleep(0.15 * more)  # the moment itself is what is random here
    os.killpg(process.pid, signal.SIGKILL)
    lines += process.stdout.readlines()
    process.wait(60)
    process.stdout.close()
    return [line for line in lines if line.endswith("\n")]


def _faults(folder: Path, lines: list[str]) -> list[str]:
    """What is wrong with the folder after the next start, if anything; then it is emptied."""
    said = [line.split() for line in lines]
    deleting = {key for word, key, _n in said if word == "deleting"}
    saved = {key: int(n) for word, key, n in said if word == "saved"}
    library = Library(folder)
    entries = {entry.id: entry for entry in [*library.entries(), *library.entries(discarded=True)]}
    faults = [f"{key} is gone" for key in saved if key not in deleting and key not in entries]
    faults += [f"{one.id} has lost rows" for one in library.entries() if len(library.open(one.id)) != one.rows]
    folders = {path.name for path in (folder / "embeddings").iterdir()}
    if folders != set(entries):
        faults.append("catalogue and folders disagree")
    faults += [f"{path} is left" for path in (folder / "unfinished").iterdir()]
    for key in entries:
        if entries[key].discarded is not None:
            library.restore(key)
        library.delete(key)
    return faults


if __name__ == "__main__":
    asked, chosen = ([int(word) for word in sys.argv[1:]] + [100, 0])[:2] if len(sys.argv) < 3 else map(int, sys.argv[1:3])  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        told = kill(Path(place), asked, chosen)
    print(f"{told.rounds} kills in {told.seconds:.0f} s, {told.trained_at} of them after a training had begun; {told.saved} saves said done; faults: {told.faults or 'none'}")  # fmt: skip
    sys.exit(bool(told.faults))
