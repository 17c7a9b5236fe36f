"""Mutated files for every reader: `python -m tests.core.fuzzing [FILES] [SEED]` tells what came of them.

Each file is one that we wrote, or the same by another hand, with bytes changed, cut, doubled, swapped or
filled in from another file. A reader may give an embedding or raise a CoreError; anything else is a fault,
and so is memory that grows.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import numpy as np

from core._archive import pack
from core.embedding import Embedding
from core.errors import CoreError, DataError
from core.formats import (
    _json_cutters,
    _sheet_rows,
    formats,
    preview,
    read_embedding,
    words_of,
    write_embedding,
)
from core.images import read_image
from core.library import Library, read_workspace
from core.text import decode, labelled_words, sentences
from core.training.history import Frame, History
from core.training.keeping import history_from_bytes, history_to_bytes
from tests.memory import forget_peak, peak

KEPT_SEEDS = (0, 5, 7, 8, 2026)  # of runs that found something once, and the one of the suite
ROWS = 8  # of every original
NAMES = ("a.csv", "a.xlsx", "a.jsonl", "a.bin", "a", "a.tsv")
_SPICE = (b"\x00", b"\xff" * 8, b"\n", b"\t", b",", b'"', b"{", b"[" * 50, b"-1", b"1e999", b"nan", b"999999999", b"=", b"\xef\xbb\xbf", b"PK\x03\x04", b"\xed\xa0\x80", "猫".encode())  # fmt: skip


@dataclass
class Tally:
    """What came of the files: how many of each format were read or refused, what else happened, memory in bytes."""

    files: int = 0
    read: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    grown: int = 0
    seconds: float = 0.0


def fuzz(files: int, seed: int) -> Tally:
    """Read so many mutated files, shared out among the formats."""
    chance, tally, began = random.Random(seed), Tally(), time.perf_counter()
    originals = _originals()
    for name, data in originals:  # what is loaded on first use is not growth
        _OTHERS[name](data, "warm") if name in _OTHERS else read_embedding(data, "warm", format=name)
    forget_peak()
    before = peak()
    for number in range(files):
        name, data = originals[number % len(originals)]
        mutated = _mutate(chance, data, chance.choice(originals)[1])
        tally.files += 1
        try:
            _ask(chance, name, mutated)
            tally.read[name] += 1
        except CoreError:
            tally.refused[name] += 1
        except BaseException as error:  # the very thing that is looked for
            tally.faults.append(f"seed {seed}, file {number}, {name}: {error!r}")
    tally.grown = peak() - before
    tally.seconds = time.perf_counter() - began
    return tally


def _ask(chance: random.Random, name: str, data: bytes) -> None:
    """Any of the ways in which a page reads a file."""
    way = chance.randrange(4)
    if name in _OTHERS:
        _OTHERS[name](data, "fuzzed")
    elif way == 0:
        file = chance.choice(NAMES)
        seen = preview(data, file)
        if seen:
            words_of(data, file, seen.names[0])
    elif way == 1:
        read_embedding(data, chance.choice(NAMES), skip=bool(chance.randrange(2)))
    else:
        read = read_embedding(data, "fuzzed", format=name, skip=way == 3)
        assert np.isfinite(read.vectors).all()
        assert len(read.labels) == len(read.vectors)


def _originals() -> list[tuple[str, bytes]]:
    rng = np.random.default_rng(0)
    labels = ["cat", "科学", "=1+1", "a b", "x" * 40, "\u202eabc", "'", "0"]
    plain = Embedding([f"w{row}" for row in range(8)], rng.normal(size=(8, 5)))
    rich = Embedding(labels, rng.normal(size=(8, 3)), {"class": list("aabbccdd"), "year": [1, None, 3, 4, 5, 6, 7, 8]})
    found = [(facts.name, write_embedding(plain, facts.name)) for facts in formats()]
    found += _other_originals(rich)
    return found + [(facts.name, write_embedding(rich, facts.name)) for facts in formats() if facts.keeps_metadata]


def _other_originals(embedding: Embedding) -> list[tuple[str, bytes]]:
    from PIL import Image

    found = []
    for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"):
        out = io.BytesIO()
        Image.fromarray(np.random.default_rng(0).integers(0, 255, (16, 20, 3), dtype=np.uint8)).save(out, kind)
        found.append(("image", out.getvalue()))
    with tempfile.TemporaryDirectory() as folder:
        library = Library(folder)
        library.save(embedding, "kept", "here", {"seed": 1})
        found.append(("workspace", library.pack()))
    found.append(("history", history_to_bytes(_history())))
    with zipfile.ZipFile(io.BytesIO(write_embedding(embedding, "xlsx"))) as book:
        found.append(("sheet", book.read("xl/worksheets/sheet1.xml")))
    found.append(("lines", write_embedding(embedding, "jsonl")))
    found.append(
        (
            "lines",
            b"\n".join(
                b'{"word": "w%d", "x": %d.5, "y": -%de-1, "kind": "k"}' % (row, row, row) for row in range(ROWS)
            ),
        )
    )
    texts = ["The cat sat on the mat. 猫在垫子上。" * 9, "animals: cat, dog\nfruit: apple, pear\n"]
    return found + [("text", text.encode(code)) for text in texts for code in ("utf-8", "gb18030", "utf-16")]


def workbook_of(rows: str, *, closed: bool = True) -> bytes:
    """An .xlsx whose sheet holds this XML, with two shared texts: "1" and "shared"."""
    end = "</sheetData></worksheet>" if closed else ""
    shared = b"<sst><si><t>1</t></si><si><t>sh</t><rPh><t>no</t></rPh><t>ared</t></si></sst>"
    sheet = f'<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData>{rows}{end}'.encode()
    return _zipped(sheet, shared)


def _zipped(sheet: bytes, shared: bytes = b"<sst/>") -> bytes:
    return pack({"xl/workbook.xml": b"<workbook/>", "xl/sharedStrings.xml": shared, "xl/worksheets/sheet1.xml": sheet}, squeeze=True)  # fmt: skip


def both_ways(data: bytes, format: str, skip: bool = True) -> Any:
    """What a file gives, read by the compiled loop and by the plain reader alike: the embedding, or the sentence that says why not."""
    found: list[Any] = []
    for least in (0, 2**60):
        with mock.patch.object(_json_cutters, "WORTH_IT", least), mock.patch.object(_sheet_rows, "WORTH_IT", least):
            try:
                found.append(read_embedding(data, "f", format=format, skip=skip))
            except CoreError as error:
                found.append(str(error))
    fast, plain = found
    if isinstance(plain, str) or isinstance(fast, str):
        assert fast == plain
    else:
        assert (fast.labels, fast.metadata, list(map(str, fast.notes))) == (plain.labels, plain.metadata, list(map(str, plain.notes)))  # fmt: skip
        assert np.array_equal(fast.vectors, plain.vectors)
    return fast


def _history() -> History:
    frames = [Frame(float(epoch), np.full((4, 2), epoch, np.float32)) for epoch in range(3)]
    curve = [0.5, 0.4, 0.3]
    return History(
        objective="five-gram", unit="window", settings={"dim": 3}, frame_rows=np.arange(4), windows=9, held_out_windows=2,
        epochs=[0.0, 1.0, 2.0], loss=curve, held_out_loss=curve, held_out_accuracy=curve, held_out_auc=curve, frames=frames,
        weights={"R": np.ones((3, 4), np.float32)}, counts=np.arange(ROWS), watched={"cat": [(("dog", 0.5),)] * 3},
    )  # fmt: skip


def _text(data: bytes, filename: str) -> None:
    text = decode(data, filename).text
    sentences(text)
    labelled_words(text)


def _sheet(data: bytes, filename: str) -> None:
    _told(both_ways(_zipped(data), "xlsx"))


def _lines(data: bytes, filename: str) -> None:
    _told(both_ways(data, "jsonl"))


def _told(read: Embedding | str) -> None:
    if isinstance(read, str):
        raise DataError(read)


_OTHERS: dict[str, Callable[[bytes, str], object]] = {"sheet": _sheet, "lines": _lines, "image": read_image, "workspace": read_workspace, "text": _text, "history": lambda data, name: history_from_bytes(data, name, ROWS)}  # fmt: skip


def _mutate(chance: random.Random, data: bytes, other: bytes) -> bytes:
    raw = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(raw) + 1)
        upto = min(len(raw), at + chance.choice((1, 4, 32, 256)))
        kind = chance.randrange(7)
        if kind == 0 and at < len(raw):
            raw[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            raw[at:upto] = chance.randbytes(upto - at)
        elif kind == 2:
            del raw[at:upto]
        elif kind == 3:
            raw[at:at] = raw[at:upto] * chance.choice((1, 3, 50))
        elif kind == 4:
            raw[at:at] = chance.choice(_SPICE)
        elif kind == 5:
            begin = chance.randrange(len(other))
            raw[at:upto] = other[begin : begin + 64]
        else:
            raw[at:upto] = chance.choice((b"\x00", b"\xff", b"9")) * (upto - at)
    return bytes(raw[: 2**20])


if __name__ == "__main__":
    count, chosen = ([*map(int, sys.argv[1:]), *(20_000, 0)[len(sys.argv) - 1 :]])[:2]
    told = fuzz(count, chosen)
    print(f"{told.files} files in {told.seconds:.0f} s, {told.grown / 2**20:.0f} MB grown; read {sum(told.read.values())}, refused {sum(told.refused.values())}; faults: {len(told.faults)}")  # fmt: skip
    print(*told.faults[:20], sep="\n")
    sys.exit(bool(told.faults))
