"""Memory of a long text on its way through a job: the words are never all held as Python strings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WORDS = 2_000_000
ROOT = Path(__file__).parents[2]

# A process of its own, whose peak is nobody else's. A list of all sentences as lists of strings would take ten bytes of
# pointers a word and fifty a string: over 100 MB here.
SCRIPT = """
import json, sys
import numpy as np, psutil
from core.jobs import tasks
from core.training import train
from tests.memory import peak

train([["a", "word", "or", "two", "more"]] * 3, sys.argv[2], epochs=1, dim=2, held_out=0.0)  # compiles, imports
rng = np.random.default_rng(0)
names = [f"word{number}" for number in range(20_000)]
chances = 1 / np.arange(1, 20_001)
drawn = rng.choice(20_000, (int(sys.argv[1]) // 20, 20), p=chances / chances.sum())
text = " ".join(" ".join(names[word] for word in sentence) + "." for sentence in drawn)
del drawn
before = psutil.Process().memory_info().rss
embedding = tasks.train(lambda step: None, {"text": text}, objective=sys.argv[2], dim=16, epochs=1)
print(json.dumps({"text": len(text), "rows": len(embedding), "windows": embedding.history.windows, "grew": peak() - before}))
"""


def grown(objective: str) -> dict[str, int]:
    """Bytes by which training on WORDS words, given as a text of `text` characters, exceeds what there was before."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(WORDS), objective], cwd=ROOT, check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    told: dict[str, int] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("objective", ["five-gram", "cbow"])
def test_two_million_words_are_read_and_trained_on_by_a_job_in_a_few_bytes_a_word(objective: str) -> None:
    told = grown(objective)
    assert told["rows"] == 20_000
    assert told["windows"] > 1_000_000
    assert told["grew"] < 60 * WORDS
