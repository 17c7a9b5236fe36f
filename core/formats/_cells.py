"""Cells that no spreadsheet runs, and plain tables as CSV: for everything that is taken away as CSV.

A text that starts with = + - @, a tab or a line end would be run as a formula. It is written with an
apostrophe in front, which spreadsheets hide and `plain_cell` takes away again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.formats._assemble import encodable, settings_to_json

RUNNABLE = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> str:
    """The value as a text that a spreadsheet shows and never runs; None is an empty cell."""
    text = "" if value is None else next(iter(encodable([str(value)])))
    return f"'{text}" if text.startswith((*RUNNABLE, "'")) else text


def plain_cell(text: str) -> str:
    """What `safe_cell` was given."""
    return text[1:] if text[:1] == "'" and text[1:].startswith((*RUNNABLE, "'")) else text


def csv_table(columns: Mapping[str, Sequence[Any]]) -> bytes:
    """UTF-8 CSV of name -> values, all of one length: numbers as numbers, everything else through `safe_cell`."""
    import pyarrow as pa
    from pyarrow import csv

    names = [safe_cell(name) for name in columns]
    sink = pa.BufferOutputStream()
    csv.write_csv(pa.table([column(values) for values in columns.values()], names=names), sink)
    return bytes(sink.getvalue().to_pybytes())


def parquet_table(columns: Mapping[str, Sequence[Any]], about: Mapping[str, Any]) -> bytes:
    """Parquet of name -> values, all of one length, with `about` as JSON under "embedscope" in its metadata."""
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table({name: column(values, safe=False) for name, values in columns.items()})
    sink = pa.BufferOutputStream()
    parquet.write_table(table.replace_schema_metadata({"embedscope": settings_to_json(about)}), sink)
    return bytes(sink.getvalue().to_pybytes())


def column(values: Iterable[Any], *, safe: bool = True) -> Any:
    """An Arrow column: numbers where all filled cells are (an array of numbers as it is), else text, as safe cells or as it is."""
    import numpy as np
    import pyarrow as pa

    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        return pa.array(values)
    cells = list(values)
    filled = [value for value in cells if value is not None]
    for kind in (int, float):
        if filled and all(type(value) in (int, kind) for value in filled):
            with contextlib.suppress(pa.ArrowInvalid, OverflowError):  # a whole number beyond 64 bits goes as text
                return pa.array(cells, pa.int64() if kind is int else pa.float64())
    return pa.array(
        [safe_cell(value) for value in cells] if safe else encodable("" if one is None else str(one) for one in cells)
    )
