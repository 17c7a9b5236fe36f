"""Parquet: a text column "label", a list column "vector", and the metadata columns."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core import _clock
from core._archive import LARGEST_RATIO
from core.arrays import FloatArray
from core.embedding import Embedding
from core.errors import N_, CoreError, DataError
from core.formats import _parquet_pages
from core.formats._assemble import assemble, encodable, settings_to_json
from core.formats._base import FORMATS, Format
from core.formats._columns import Roles, TableParams, assign, distinct
from core.formats._limits import LARGEST_ARRAY, MOST_COLUMNS, check_beside, check_shape
from core.formats._skipped import Skipped

_LIST_NAMES = ("vector", "vectors", "embedding", "embeddings")
_BATCH = 8192  # rows
_MOST_VALUES = 4_000_000  # of a batch
_CELL = 8  # bytes of a value as an object, at least
_DELTA = 16 * 1024**2  # bytes of a batch of texts that are told by those before them
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
            return _read(opened(data, filename), params)

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


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file, its texts as numbers of a dictionary: one long text may stand in every row.

    `columns`: what its pages say of each column; `most`: bytes that may come of it, however small it is.
    """

    file: Any
    filename: str
    columns: dict[tuple[str, ...], _parquet_pages.Column]
    most: int

    def batches(self, wanted: list[str] | None = None, rows: int = _BATCH) -> Iterator[Any]:
        """Blocks of at most so many rows of the wanted columns (all for None), fewer where a row is large."""
        read = self.of(wanted)
        longest = max((column.largest if column.delta else 0 for column in read), default=0)
        wide = sum(column.values for column in read) // max(1, self.file.metadata.num_rows)
        rows = max(1, min(rows, _DELTA // max(1, longest), _MOST_VALUES // max(1, wide)))
        for batch in self.file.iter_batches(batch_size=rows, columns=wanted):
            _clock.check()
            yield batch

    def of(self, wanted: list[str] | None) -> list[_parquet_pages.Column]:
        return [column for path, column in self.columns.items() if wanted is None or path[0] in wanted]

    def check(self, announced: int, harmless: int = _HARMLESS) -> None:
        """DataError for more bytes than may come of a file of this size."""
        if announced > max(harmless, self.most):
            raise _swollen(self.filename, max(harmless, self.most))


def opened(data: bytes, filename: str) -> Source:
    """The file, where what its footer and its pages announce is within bounds."""
    import pyarrow as pa
    from pyarrow import parquet

    file = parquet.ParquetFile(pa.BufferReader(data))
    declared = file.metadata
    columns = _parquet_pages.columns(data)
    source = Source(file, filename, columns, min(2 * LARGEST_ARRAY, LARGEST_RATIO * len(data)))
    if declared.num_columns > MOST_COLUMNS:
        raise _swollen(filename, max(_HARMLESS, source.most))
    source.check(sum(declared.row_group(g).total_byte_size for g in range(declared.num_row_groups)))
    source.check(sum(column.unpacked for column in columns.values()))
    check_shape(filename, declared.num_rows, 1)
    texts, known = [], {".".join(path): column for path, column in columns.items()}
    for leaf in map(file.schema.column, range(len(file.schema))):
        found = known.get(leaf.path)
        if found is None:
            continue
        flat = leaf.max_repetition_level == 0
        if leaf.physical_type != "BYTE_ARRAY":
            source.check(found.values * max(leaf.length or 0, 0 if flat else 4), 2 * _HARMLESS)
        elif not found.delta:
            texts.append(leaf.path)
        elif not flat:
            source.check(found.values * found.largest)
    return replace(source, file=parquet.ParquetFile(pa.BufferReader(data), read_dictionary=texts)) if texts else source


def _swollen(filename: str, limit: int) -> DataError:
    return DataError(N_("{file} announces more than {columns} columns or {limit} MB. Take the parts that are needed."), file=filename, columns=MOST_COLUMNS, limit=limit // 2**20)  # fmt: skip


def _read(source: Source, params: TableParams) -> Embedding:
    file, filename = source.file, source.filename
    declared = file.metadata
    names = list(file.schema_arrow.names)
    roles = _roles(file.schema_arrow, filename, params)
    columns = [names[at] for at in roles.vector]
    reading = _Reading(filename, lenient=params.skip)
    vectors = _vectors(source, columns, declared.num_rows, reading)
    check_beside(filename, declared.num_rows, len(roles.metadata))
    others = columns_of(source, [names[at] for at in dict.fromkeys([*([] if roles.label is None else [roles.label]), *roles.metadata])])  # fmt: skip
    labels = None if roles.label is None else ["" if value is None else str(value) for value in others[names[roles.label]]]  # fmt: skip
    metadata = {names[at]: others[names[at]] for at in roles.metadata}
    return assemble(filename, labels, vectors, metadata, skipped=Skipped(params.skip), known=reading.bad)


def columns_of(source: Source, wanted: list[str]) -> dict[str, list[Any]]:
    """The values of these columns; a text that stands in many rows is one object."""
    import pyarrow as pa

    found: dict[str, list[Any]] = {name: [] for name in wanted}
    shared: dict[Any, Any] = {}
    written = 0  # bytes that are not shared
    source.check(sum(column.values for column in source.of(wanted)) * _CELL)
    for batch in source.batches(wanted):
        for name, values in found.items():
            column = batch.column(name)
            if pa.types.is_dictionary(column.type):
                values += _shared(column, shared)
                continue
            written += written_in(column)
            source.check(written)
            values += column.to_pylist()
    return found


def _shared(column: Any, shared: dict[Any, Any]) -> list[Any]:
    known = [shared.setdefault(text, text) for text in column.dictionary.to_pylist()]
    return [None if at is None else known[at] for at in column.indices.to_pylist()]


def written_in(column: Any) -> int:
    """Bytes of the values of a column, a text counted as often as it stands there."""
    import pyarrow as pa
    from pyarrow import compute

    kind = column.type
    if pa.types.is_dictionary(kind):
        lengths = compute.binary_length(column.dictionary).take(column.indices)
        return int(compute.sum(lengths).as_py() or 0)
    if pa.types.is_struct(kind):
        return sum(map(written_in, column.flatten()))
    if pa.types.is_map(kind):
        return written_in(column.keys) + written_in(column.items)
    if pa.types.is_nested(kind):
        return written_in(column.flatten())
    return int(column.nbytes)


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
    """`lenient`: an empty cell becomes not-a-number, as does a whole vector of another length, to be left out by row
    later; `bad` says what is wrong with such a vector."""

    filename: str
    lenient: bool
    dim: int = 0
    bad: dict[int, DataError] = field(default_factory=dict)


def _vectors(source: Source, columns: list[str], rows: int, reading: _Reading) -> FloatArray:
    """(rows, d), filled batch by batch so that a small file cannot swell past what its first batch shows."""
    vectors, done = np.empty((0, 0), dtype=np.float32), 0
    source.check(sum(column.values for column in source.of(columns)) * 4, 2 * _HARMLESS)
    for batch in source.batches(columns):
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
        return _patched(column, dim or 1, before, reading)
    column = _filled(column, before, reading.filename)
    if (lengths != lengths[0]).any():
        raise _uneven(reading.filename, before + int(np.argmax(lengths != lengths[0])) + 1)
    return _numbers(column.flatten(), before, reading).reshape(len(column), int(lengths[0]))


def _patched(column: Any, dim: int, before: int, reading: _Reading) -> FloatArray:
    """(m, dim): rows that are empty or of another length are not-a-number throughout."""
    block = np.full((len(column), dim), np.nan, dtype=np.float32)
    for row, value in enumerate(column.to_pylist()):
        if value is not None and len(value) == dim:
            block[row] = [np.nan if number is None else number for number in value]
        else:
            reading.bad[before + row] = _short(reading.filename, before + row + 1, len(value or ()), dim)
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


def _short(filename: str, row: int, found: int, dim: int) -> DataError:
    if not found:
        return DataError(N_("Row {row} of {file} has no vector."), row=row, file=filename)
    return DataError(N_("The vector in row {row} of {file} has the length {found}, where others have {dim}."), row=row, file=filename, found=found, dim=dim)  # fmt: skip


def _column(values: list[Any]) -> Any:
    """An Arrow column of the values, as text where their kinds are mixed."""
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowException, UnicodeEncodeError, OverflowError):
        return pa.array([None if value is None else text for value, text in zip(values, encodable(map(str, values)), strict=True)])  # fmt: skip
