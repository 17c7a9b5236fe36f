"""The pairs of a file: x and f(x), a row each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core import _clock, _delimited
from core.arrays import DoubleArray
from core.errors import N_, DataError
from core.mapping.domains import Domain, on_line

MOST_PAIRS = 10_000
MOST_OUTPUTS = 1_000
MOST_NUMBERS = 200_000  # every pair of outputs is looked at
LONGEST = 200  # characters of an input
_HEAD = 10_000  # characters that tell the separator


def read_pairs(data: bytes, filename: str, seconds: float = _clock.LONGEST) -> Domain:
    """As `pairs`, from the bytes of a file in any encoding. DataError for a file that is too large, and for what takes longer than `seconds`."""
    from core.text import decode

    _delimited.check_size(data, filename)
    with _clock.limited(filename, seconds):
        return pairs(decode(data, filename).text, filename)


def pairs(text: str, filename: str) -> Domain:
    """Rows "x, f(x)" or "word, f(x), ..."; a first row without numbers in it is a heading. A row that repeats counts once.

    DataError names the line. Two columns of numbers are x and f(x); with a label first all others are the output.
    """
    rows = _rows(text, filename)
    _bounded(rows, filename)
    comma = not any("." in cell for _, cells in rows for cell in cells)  # else 1,5 would be a slip
    table = [[_number(cell, line, at, filename, comma) for at, cell in enumerate(cells[1:], 2)] for line, cells in rows]
    first = [cells[0].strip() for _, cells in rows]
    numbers = [_float(cell, comma) for cell in first]
    named = any(number is None for number in numbers)
    kept = _once(first if named else numbers, table, [line for line, _ in rows], filename)
    outputs = np.array([table[row] for row in kept])
    labels = [first[row] for row in kept]
    if named:
        spread = np.arange(len(kept))
        return Domain(
            name="pairs", inputs=labels, labels=labels, variables={"x": spread.astype(np.float64)},
            places=on_line(-spread), line=True, outputs=outputs,
        )  # fmt: skip
    values: DoubleArray = np.array([numbers[row] for row in kept], np.float64)
    return Domain(
        name="pairs", inputs=values.tolist(), labels=[f"{value:g}" for value in values],
        variables={"x": values}, places=on_line(values), line=True, outputs=outputs,
    )  # fmt: skip


def _once(inputs: Sequence[object], table: list[list[float]], lines: list[int], filename: str) -> list[int]:
    """The first row of each input; DataError where one has two outputs."""
    seen: dict[object, int] = {}
    for row, item in enumerate(inputs):
        first = seen.setdefault(item, row)
        if table[first] != table[row]:
            raise DataError(
                N_("{file}: input {input} stands in lines {first} and {second} with different outputs, so this is no map; keep one of them."),
                file=filename, input=str(item)[:60], first=lines[first], second=lines[row],
            )  # fmt: skip
    if len(seen) < 2:
        raise DataError(N_("{file} needs at least 2 rows, each an input and its output."), file=filename)
    return list(seen.values())


def _rows(text: str, filename: str) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    for row in _delimited.rows(text, filename, _HEAD):
        rows.append(row)
        if len(rows) > MOST_PAIRS + 1:
            break
    if rows and not any(map(_looks_number, rows[0][1][1:])):
        rows = rows[1:]
    if len(rows) > MOST_PAIRS:
        raise DataError(N_("{file} has more than {limit} rows; take a part of them."), file=filename, limit=MOST_PAIRS)
    if len(rows) < 2:
        raise DataError(N_("{file} needs at least 2 rows, each an input and its output."), file=filename)
    return rows


def _looks_number(cell: str) -> bool:
    """Whether a cell is meant as a number, though it may not be one that is taken: then its row is no heading."""
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _bounded(rows: list[tuple[int, list[str]]], filename: str) -> None:
    width = len(rows[0][1])
    if len(rows) * (width - 1) > MOST_NUMBERS:
        raise DataError(N_("{file} holds {rows} outputs of {numbers} numbers each; at most {limit} numbers are taken. Take a part of them, or open the file in Explore."), file=filename, rows=len(rows), numbers=width - 1, limit=MOST_NUMBERS)  # fmt: skip
    for line, cells in rows:
        if len(cells) != width or not 2 <= width <= MOST_OUTPUTS + 1:
            raise DataError(N_("Line {line} of {file} has {found} cells; each row needs an input and the same number of outputs, 1 to 1000."), file=filename, line=line, found=len(cells))  # fmt: skip
        if len(cells[0]) > LONGEST:
            raise DataError(N_("Line {line} of {file}: the input has {length} characters; at most {limit} are taken."), file=filename, line=line, length=len(cells[0]), limit=LONGEST)  # fmt: skip


def _float(cell: str, comma: bool = False) -> float | None:
    try:
        value = float(cell.replace(",", ".") if comma else cell)
    except ValueError:
        return None
    return value if abs(value) <= 1e12 else None  # also NaN


def _number(cell: str, line: int, column: int, filename: str, comma: bool) -> float:
    value = _float(cell, comma)
    if value is None:
        raise DataError(N_("Line {line} of {file}, column {column}: {cell} is not a number up to 1e12."), file=filename, line=line, column=column, cell=cell.strip()[:40] or "''")  # fmt: skip
    return value
