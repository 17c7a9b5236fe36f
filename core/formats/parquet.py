"""Parquet: a text column "label", a list column "vector", and the metadata columns."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core import _clock
from core._archive import LARGEST_RATIO
from core.arrays import FloatArray
from core.embedding import Embedding
from core.errors import N_, CoreError, DataError
from core.formats._assemble import assemble, encodable, settings_to_json
from core.formats._base import FORMATS, Format
from core.formats._columns import Roles, TableParams, assign, distinct
from core.formats._limits import LARGEST_ARRAY, MOST_COLUMNS, check_beside, check_shape
from core.formats._skipped import Skipped

_LIST_NAMES = ("vector", "vectors", "embedding", "embeddings")
_BATCH = 8192  # rows
_HARMLESS = 64 * 1024**2  # bytes that any file may announce


@FORMATS.register(
    "parquet",
    title=N_("Parquet"),
    params=TableParams,
    about=N_("A table with a column of vectors; exact, small, and read by pandas, Arrow, DuckDB and Polars."),
    rank=12,
)
class Parquet(Format):
    extensions = (".parquet", ".pq")
    keeps_metadata = True
    keeps_settings = True

    @staticmethod
    def claims(data: bytes) -> bool:
        return data.startswith(b"PAR1")

    @staticmethod
    def read(data: bytes, filename: str, params: TableParams) -> Embedding:
        with damage_told(filename):
            return _read(opened(data, filename), filename, params)

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        return Parquet.write_with(embedding, {})

    @staticmethod
    def write_with(embedding: Embedding, about: Mapping[str, Any]) -> bytes:
        import pyarrow as pa
        from pyarrow import parquet

        flat = pa.array(embedding.vectors.reshape(-1))
        columns = [pa.array(encodable(embedding.labels)), pa.FixedSizeListArray.from_arrays(flat, embedding.dim)]
        columns += [_column(values) for values in embedding.metadata.values()]
        names = distinct(["label", "vector", *encodable(embedding.metadata)])
        table = pa.table(columns, names=names, metadata={"embedscope": settings_to_json(about)} if about else None)
        sink = pa.BufferOutputStream()
        parquet.write_table(table, sink)
        return bytes(sink.getvalue().to_pybytes())


@contextlib.contextmanager
def damage_told(filename: str) -> Iterator[None]:
    """Whatever Arrow says of a damaged file leaves the block as one sentence."""
    import pyarrow as pa

    try:
        yield
    except CoreError:
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError, LookupError, OverflowError) as error:
        raise DataError(N_("{file} is a damaged Parquet file; write it again."), file=filename) from error


def opened(data: bytes, filename: str) -> Any:
    """The file, its texts as numbers of a dictionary (one long text may stand in every row), within what it announces."""
    import pyarrow as pa
    from pyarrow import parquet

    file = parquet.ParquetFile(pa.BufferReader(data))
    declared = file.metadata
    unpacked = sum(declared.row_group(g).total_byte_size for g in range(declared.num_row_groups))
    limit = min(2 * LARGEST_ARRAY, max(_HARMLESS, LARGEST_RATIO * len(data)))
    if declared.num_columns > MOST_COLUMNS or unpacked > limit:
        raise DataError(N_("{file} announces more than {columns} columns or {limit} MB. Take the parts that are needed."), file=filename, columns=MOST_COLUMNS, limit=limit // 2**20)  # fmt: skip
    check_shape(filename, declared.num_rows, 1)
    texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
    return parquet.ParquetFile(pa.BufferReader(data), read_dictionary=texts) if texts else file


def _read(file: Any, filename: str, params: TableParams) -> Embedding:
    declared = file.metadata
    names = list(file.schema_arrow.names)
    roles = _roles(file.schema_arrow, filename, params)
    columns = [names[at] for at in roles.vector]
    vectors = _vectors(file, columns, declared.num_rows, _Reading(filename, lenient=params.skip))
    check_beside(filename, declared.num_rows, len(roles.metadata))
    others = columns_of(file, [names[at] for at in dict.fromkeys([*([] if roles.label is None else [roles.label]), *roles.metadata])])  # fmt: skip
    labels = None if roles.label is None else ["" if value is None else str(value) for value in others[names[roles.label]]]  # fmt: skip
    metadata = {names[at]: others[names[at]] for at in roles.metadata}
    return assemble(filename, labels, vectors, metadata, skipped=Skipped(params.skip))


def columns_of(file: Any, wanted: list[str]) -> dict[str, list[Any]]:
    """The values of these columns; a text that stands in many rows is one object."""
    found: dict[str, list[Any]] = {name: [] for name in wanted}
    for batch in file.iter_batches(batch_size=_BATCH, columns=wanted):
        _clock.check()
        for name, values in found.items():
            values += _values(batch.column(name))
    return found


def _values(column: Any) -> list[Any]:
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        return list(column.to_pylist())
    known = column.dictionary.to_pylist()
    return [None if at is None else known[at] for at in column.indices.to_pylist()]


def _roles(schema: Any, filename: str, params: TableParams) -> Roles:
    """A list column is the vector if there is one; otherwise the numeric columns are, as in CSV."""

    names = list(schema.names)
    if len(set(names)) < len(names):
        raise DataError(N_("{file} has two columns of the same name; rename one."), file=filename)
    lists = [at for at, kind in enumerate(schema.types) if is_list(kind)]
    if not lists:
        return assign(names, [is_number(kind) for kind in schema.types], params, filename)
    vector = next((at for at in lists if names[at].lower() in _LIST_NAMES), lists[0])
    no_text = [not is_text(kind) for kind in schema.types]
    roles = assign(names, no_text, params, filename)
    return Roles(roles.label, [vector], [at for at in range(len(names)) if at not in (vector, roles.label)])


def is_text(kind: Any) -> bool:
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def is_list(kind: Any) -> bool:
    import pyarrow as pa

    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return is_list and is_number(kind.value_type)


def is_number(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


@dataclass(slots=True)
class _Reading:
    """`lenient`: an empty cell becomes not-a-number, as does a whole vector of another length, to be left out by row later."""

    filename: str
    lenient: bool
    dim: int = 0


def _vectors(file: Any, columns: list[str], rows: int, reading: _Reading) -> FloatArray:
    """(rows, d), filled batch by batch so that a small file cannot swell past what its first batch shows."""
    vectors, done = np.empty((0, 0), dtype=np.float32), 0
    for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
        _clock.check(done / rows)
        block = _block(batch, done, reading)
        if done == 0:
            check_shape(reading.filename, rows, block.shape[1])
            reading.dim = block.shape[1]
            vectors = np.empty((rows, block.shape[1]), dtype=np.float32)
        if block.shape[1] != vectors.shape[1] or done + len(block) > rows:
            raise _uneven(reading.filename, done + 1)
        vectors[done : done + len(block)] = block
        done += len(block)
    return vectors[:done]


def _block(batch: Any, before: int, reading: _Reading) -> FloatArray:
    """(m, d) of one batch of rows, whose first is row `before` + 1."""
    from pyarrow import compute

    if not is_list(batch.column(0).type):
        columns = [_numbers(column, before, reading) for column in batch.columns]
        return np.stack(columns, axis=1)
    column = batch.column(0)
    lengths = compute.list_value_length(column).to_numpy(zero_copy_only=False)
    dim = reading.dim or (int(np.median(lengths[~np.isnan(lengths)])) if reading.lenient and len(lengths) else 0)
    if reading.lenient and (column.null_count or (lengths != dim).any()):
        return _patched(column, dim or 1)
    column = _filled(column, before, reading.filename)
    if (lengths != lengths[0]).any():
        raise _uneven(reading.filename, before + int(np.argmax(lengths != lengths[0])) + 1)
    return _numbers(column.flatten(), before, reading).reshape(len(column), int(lengths[0]))


def _patched(column: Any, dim: int) -> FloatArray:
    """(m, dim): rows that are empty or of another length are not-a-number throughout."""
    block = np.full((len(column), dim), np.nan, dtype=np.float32)
    for row, value in enumerate(column.to_pylist()):
        if value is not None and len(value) == dim:
            block[row] = [np.nan if number is None else number for number in value]
    return block


def _numbers(column: Any, before: int, reading: _Reading) -> FloatArray:
    filled = column if reading.lenient else _filled(column, before, reading.filename)
    with np.errstate(over="ignore"):
        numbers: FloatArray = filled.to_numpy(zero_copy_only=False).astype(np.float32)
    return numbers


def _filled(column: Any, before: int, filename: str) -> Any:
    if column.null_count:
        raise DataError(N_("{file} has an empty cell in its vectors, at or after row {row}; fill it in or remove the row."), file=filename, row=before + 1)  # fmt: skip
    return column


def _uneven(filename: str, row: int) -> DataError:
    return DataError(N_("The vector in row {row} of {file} has another length than those before it."), file=filename, row=row)  # fmt: skip


def _column(values: list[Any]) -> Any:
    """An Arrow column of the values, as text where their kinds are mixed."""
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowException, UnicodeEncodeError, OverflowError):
        return pa.array([None if value is None else text for value, text in zip(values, encodable(map(str, values)), strict=True)])  # fmt: skip
