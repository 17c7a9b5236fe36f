"""Lines of numbers, with or without a label in front: the body of word2vec text, GloVe and TensorBoard files.

Read by Arrow's parser in blocks; a block it refuses (labels with blanks in them, runs of blanks) is
read line by line, and only a line that cannot be read that way is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

import numpy as np

from core import _clock
from core.arrays import FloatArray
from core.errors import N_, DataError
from core.formats._limits import check_shape
from core.formats._skipped import Skipped

_BLOCK = 8 * 1024**2  # bytes of text parsed at a time, at least
_WIDE = 3000  # bytes of text for each column: a column of a block costs the same for few rows as for many


@dataclass(frozen=True, slots=True)
class Layout:
    """How a line looks: `dim` numbers between separators, after a label or none."""

    filename: str
    dim: int
    labelled: bool = True
    separator: str = " "
    skipped: Skipped = field(default_factory=Skipped)


def read_rows(
    data: bytes, layout: Layout, start: int = 0, line: int = 1, most: int | None = None
) -> tuple[list[bytes], FloatArray, bool]:
    """(labels, (n, dim) float32, whether there is more) of the lines from byte `start` on, which is line number `line`;
    at most `most` rows."""
    least = 2 * layout.dim + (1 if layout.labelled else -1)  # bytes of the shortest line, without its end
    ends = data.count(b"\n", start) + data.count(b"\r", start)  # Arrow ends a line at either
    rows = min(ends, (len(data) - start) // max(least, 1)) + 1
    rows = min(rows, most) if most is not None else rows
    check_shape(layout.filename, rows, layout.dim)
    vectors = np.empty((rows, layout.dim), dtype=np.float32)
    labels: list[bytes] = []
    done = 0
    for begin, end in _blocks(data, start, _step(layout)):
        _clock.check(begin / len(data))
        names, block = _parse(data[begin:end], layout, line)
        taken = min(len(block), rows - done)
        vectors[done : done + taken] = block[:taken]
        labels += names[:taken]
        done += taken
        line += data.count(b"\n", begin, end)
        if taken < len(block):
            return labels, vectors, True
    return labels, vectors[:done], False


def write_rows(labels: list[str] | None, vectors: FloatArray, separator: str = " ") -> Iterator[bytes]:
    """Blocks of lines, each number the shortest that reads back as the same float32."""
    import pyarrow as pa
    from pyarrow import csv

    names = [str(column) for column in range(vectors.shape[1])]
    options = csv.WriteOptions(include_header=False, delimiter=separator, quoting_style="none")
    step = max(1, _BLOCK // (12 * vectors.shape[1]))
    for start in range(0, len(vectors), step):
        block = np.asfortranarray(vectors[start : start + step])
        sink = pa.BufferOutputStream()
        csv.write_csv(pa.table([pa.array(column) for column in block.T], names=names), sink, options)
        lines = sink.getvalue().to_pybytes()
        if labels is None:
            yield lines
            continue
        words = (label.encode() for label in labels[start : start + step])
        yield b"".join(b"%b%b%b\n" % (word, separator.encode(), line) for word, line in zip(words, lines.split(b"\n"), strict=False))  # fmt: skip


def read_stream(file: IO[bytes], size: int, layout: Layout) -> FloatArray:
    """(n, dim) of the unlabelled lines of a file that announces `size` bytes, of which never more than a block is in memory."""
    parts: list[FloatArray] = []
    done, read, line = 0, 0, 1
    for block in _whole_lines(file, size, _step(layout)):
        if block.strip():
            parts.append(read_rows(block, layout, line=line)[1])
            done += len(parts[-1])
            check_shape(layout.filename, done, layout.dim)
        read, line = read + len(block), line + block.count(b"\n")
        _clock.check(read / size)
    return np.concatenate(parts) if parts else np.empty((0, layout.dim), np.float32)


def _whole_lines(file: IO[bytes], size: int, step: int) -> Iterator[bytes]:
    rest = b""
    while size > 0 and (block := file.read(min(step, size))):
        size -= len(block)
        cut = block.rfind(b"\n") + 1 or (len(block) if len(rest) > _BLOCK else 0)  # no line of vectors is so long
        if cut:
            yield rest + block[:cut]
        rest = block[cut:] if cut else rest + block
    if rest:
        yield rest


def _blocks(data: bytes, start: int, step: int) -> Iterator[tuple[int, int]]:
    while start < len(data):
        cut = data.find(b"\n", start + step)
        end = len(data) if cut < 0 else cut + 1
        yield start, end
        start = end


def _step(layout: Layout) -> int:
    return max(_BLOCK, _WIDE * layout.dim)


def _parse(block: bytes, layout: Layout, line: int) -> tuple[list[bytes], FloatArray]:
    import pyarrow as pa
    from pyarrow import csv

    if block[: block.find(b"\n")].rstrip(b"\r").endswith(b" "):  # word2vec.c leaves a blank at each line's end
        block = block.replace(b" \n", b"\n").replace(b" \r\n", b"\r\n")
    names = [str(column) for column in range(layout.dim)]
    types = dict.fromkeys(names, pa.float32())
    if layout.labelled:
        names, types = ["label", *names], {"label": pa.binary(), **types}
    try:
        table = csv.read_csv(
            pa.BufferReader(block),
            csv.ReadOptions(column_names=names, block_size=_step(layout) // 4),
            csv.ParseOptions(delimiter=layout.separator, quote_char=False),
            csv.ConvertOptions(column_types=types, null_values=[]),
        )
    except pa.ArrowInvalid:
        return _parse_lines(block, layout, line)
    vectors = np.empty((table.num_rows, layout.dim), dtype=np.float32)
    for column in range(layout.dim):
        vectors[:, column] = table.column(column + layout.labelled).to_numpy()
    return table.column(0).to_pylist() if layout.labelled else [], vectors


def _parse_lines(block: bytes, layout: Layout, line: int) -> tuple[list[bytes], FloatArray]:
    labels, rows = [], []
    for number, text in enumerate(block.split(b"\n"), start=line):
        parts = text.strip().rsplit(None, layout.dim)
        if not parts:
            continue
        try:
            if len(parts) != layout.dim + layout.labelled:
                raise _wrong_count(layout, number, len(text.split()))
            numbers = [_number(part, layout, number) for part in parts[layout.labelled :]]
        except DataError as error:
            layout.skipped.add(error)
            continue
        rows.append(numbers)
        labels.append(parts[0])
    with np.errstate(over="ignore"):
        vectors = np.array(rows, dtype=np.float32).reshape(len(rows), layout.dim)
    return labels if layout.labelled else [], vectors


def _number(part: bytes, layout: Layout, line: int) -> float:
    try:
        return float(part if b"_" not in part else b"no digit groups")
    except ValueError as error:
        raise DataError(
            N_("Line {line} of {file}: {part} is not a number."),
            file=layout.filename, line=line, part=part[:40].decode(errors="replace"),
        ) from error  # fmt: skip


def _wrong_count(layout: Layout, line: int, found: int) -> DataError:
    if layout.labelled:
        template = N_("Line {line} of {file} has {found} fields; it needs a label and {dim} numbers.")
    else:
        template = N_("Line {line} of {file} has {found} fields; it needs {dim} numbers.")
    return DataError(template, file=layout.filename, line=line, found=found, dim=layout.dim)
