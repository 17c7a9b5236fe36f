"""Files of 100,000 x 300 vectors: how long they take to open, and how much memory beside the file."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.embedding import Embedding
from core.formats import formats, write_embedding
from tests.benchmarks._row import CannotRun, Row

N, DIM = 100_000, 300
_SLOW_PEER = "xlsx"  # openpyxl needs minutes for the whole: told beside it at a tenth of the rows
_PEERS = {"word2vec-text": "gensim load_word2vec_format", "word2vec-binary": "gensim load_word2vec_format", "npy": "numpy.load", "parquet": "pyarrow read_table", "csv": "pyarrow read_csv", "jsonl": "pyarrow read_json", "xlsx": "openpyxl, read only"}  # fmt: skip

# One file in a process of its own: seconds to read it, and the peak of memory above what stood before, the file in memory included.
_READ = """
import json, sys, time
name, path, who = sys.argv[1:]
def peak():  # not getrusage: a child starts with the peak of its parent there
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
if who == "ours":
    from core.formats import read_embedding, warm
    warm()  # as the workers of a server do
    read_embedding(b"a 1 2\\nb 3 4\\n", "warm.txt", format="glove")
    before = peak(); data = open(path, "rb").read(); began = time.perf_counter()
    held = read_embedding(data, path, format=name)
elif name.startswith("word2vec"):
    from gensim.models import KeyedVectors
    before = peak(); began = time.perf_counter()
    held = KeyedVectors.load_word2vec_format(path, binary=name.endswith("binary"))
elif name == "npy":
    import numpy
    before = peak(); began = time.perf_counter()
    held = numpy.load(path)
elif name == "xlsx":
    import numpy, openpyxl
    before = peak(); began = time.perf_counter()
    rows = openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True, min_row=2)
    held = numpy.array([row[1:] for row in rows], numpy.float32)
else:
    import pyarrow.csv, pyarrow.json, pyarrow.parquet
    before = peak(); began = time.perf_counter()
    held = {"csv": pyarrow.csv.read_csv, "jsonl": pyarrow.json.read_json, "parquet": pyarrow.parquet.read_table}[name](path)
print(json.dumps([time.perf_counter() - began, peak() - before]))
"""


def rows() -> Iterator[Row]:
    rng = np.random.default_rng(0)
    whole = Embedding([f"word{row}" for row in range(N)], rng.normal(size=(N, DIM)).astype(np.float32))
    if not Path("/proc/self/status").exists():
        raise CannotRun("/proc tells the memory of a process on Linux only")
    with tempfile.TemporaryDirectory() as folder:
        for facts in formats():
            for part in (whole, whole.take(range(N // 10))) if facts.name == _SLOW_PEER else (whole,):
                path = Path(folder) / f"file{facts.extension}"
                path.write_bytes(write_embedding(part, facts.name))
                yield from _of(facts.name, path, len(part))
                path.unlink()
        path = Path(folder) / "fields.jsonl"
        path.write_bytes(_fields(whole))
        yield from _of("jsonl", path, N, ", fields")


def _fields(embedding: Embedding) -> bytes:
    """JSON lines as data frames are written: a field for each number."""
    rows = zip(embedding.labels, embedding.vectors, strict=True)
    fields = [f"x{at}" for at in range(embedding.dim)]
    return "".join(json.dumps({"label": label, **dict(zip(fields, row.tolist(), strict=True))}) + "\n" for label, row in rows).encode()  # fmt: skip


def _of(name: str, path: Path, count: int, more: str = "") -> Iterator[Row]:
    seconds, memory = _measured(name, path, "ours")
    with_peer = name in _PEERS and (name != _SLOW_PEER or count < N)
    peer = _measured(name, path, "peer") if with_peer else (None, None)
    target, array = (5.0 if count == N else None), 4 * count * DIM
    yield Row(f"read {count:,} x {DIM} from {name}{more}", seconds, _PEERS.get(name, ""), peer[0], target=target)
    size = path.stat().st_size
    yield Row(
        f"memory for that, in arrays of {array / 1e6:.0f} MB", (memory - size) / array, _PEERS.get(name, ""),
        None if peer[1] is None else peer[1] / array, unit="x", target=3.0 if count == N else None,
        note=f"beside the {size / 1e6:.0f} MB of the file itself, which the browser has sent",
    )  # fmt: skip


def _measured(name: str, path: Path, who: str) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", _READ, name, str(path), who], capture_output=True, text=True, check=True
    )
    seconds, memory = json.load(io.StringIO(done.stdout.splitlines()[-1]))
    return float(seconds), float(memory)
