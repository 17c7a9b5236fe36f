"""Small files that would grow: each is refused from what it announces, or read without growing."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from core import _archive
from core.errors import DataError
from core.formats import preview, read_embedding, words_of
from core.formats._workbook import cells
from core.images import read_photos
from core.library import read_workspace
from tests.core.fuzzing import workbook_of
from tests.memory import forget_peak, peak

END = b"PK\x05\x06"


def packed(members: int = 1, content: bytes = b"1\t2\n", name: str = "{}.tsv") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(members):
            archive.writestr(name.format(number), content)
    return stream.getvalue()


def announcing(size: int, *, large: bool = False, hidden: bool = False) -> bytes:
    """A zip whose end says that the list of members has `size` bytes: as large archives do, or from a place that is easily overlooked."""
    data = packed()
    end = data.rfind(END)
    lied = size.to_bytes(4, "little")
    if large:  # 56 bytes of the end of a large archive and 20 that say where it is, before the usual end
        record = b"PK\x06\x06" + (44).to_bytes(8, "little") + bytes(28) + size.to_bytes(8, "little") + bytes(8)
        place = b"PK\x06\x07" + bytes(4) + end.to_bytes(8, "little") + (1).to_bytes(4, "little")
        return data[:end] + record + place + data[end:]
    if hidden:  # the end again where its own numbers of disks would be
        return data[: end + 4] + END + data[end + 8 : end + 12] + lied + data[end + 16 :]
    return data[: end + 12] + lied + data[end + 16 :]


@pytest.mark.parametrize("data", [announcing(2**23), announcing(2**23, large=True), announcing(2**23, hidden=True)])
def test_an_archive_that_lists_millions_is_refused_before_its_list_is_read(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the list was read"))
    for read in (read_embedding, read_workspace, preview):
        if read is preview:
            assert _archive.member_names(data) == []
            continue
        with pytest.raises(DataError, match=r"unpacks to more|no format"):
            read(data, "many.zip")
    (told,) = read_photos(data, "many.zip", 40)
    assert "many.zip unpacks to more than 100 files" in str(told)


def test_a_list_of_fifty_thousand_long_names_is_refused_and_one_of_some_is_read() -> None:
    long = packed(45_000, b"", "x" * 60 + "{}.tsv")
    with pytest.raises(DataError, match="unpacks to more"):
        _archive.open_archive(long, "many.zip")
    assert len(_archive.open_archive(packed(2_000, b""), "some.zip").namelist()) == 2_000


def test_members_that_together_grow_beyond_all_measure_are_refused_though_each_alone_is_small() -> None:
    zeros = bytes(15 * 2**20)
    many = packed(20, zeros)
    assert len(many) < 2**20
    with pytest.raises(DataError, match="unpacks to more than 150 times its size"):
        read_embedding(many, "grown.zip")
    once = packed(1, zeros)  # twenty entries of the list that share the bytes of one
    start, end = once.index(b"PK\x01\x02"), once.rfind(END)
    tail = once[end + 4 :]
    shared = once[:start] + once[start:end] * 20 + END + tail[:4] + (20).to_bytes(2, "little") * 2 + (20 * (end - start)).to_bytes(4, "little") + tail[12:]  # fmt: skip
    assert len(zipfile.ZipFile(io.BytesIO(shared)).infolist()) == 20
    with pytest.raises(DataError, match="unpacks to more than 150 times its size"):
        _archive.read_members(shared, "shared.npz", _archive.Bounds(members=100))


def _table(**columns: object) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns), sink, compression="zstd")
    return sink.getvalue()


def _one_text_in_every_row() -> bytes:
    rows = 40_000
    note = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array(["x" * 100_000]))
    return _table(label=[str(row) for row in range(rows)], note=note, x=np.ones(rows, np.float32))


def test_one_long_text_in_every_row_of_a_parquet_file_lies_in_memory_once() -> None:
    data = _one_text_in_every_row()  # 4 GB of text, were each row to have its own
    forget_peak()
    before = peak()
    read = read_embedding(data, "swell.parquet")
    assert set(map(len, read.metadata["note"])) == {100_000}
    words_of(data, "swell.parquet", "label")
    assert peak() - before < 300 * 2**20


def _many_fields() -> bytes:
    names = ",".join(f'"f{at}":1' for at in range(900))
    return b'{"label":"a","vector":[1,2],%b}\n' % names.encode() + b"".join(b'{"label":"%d","vector":[1,2]}\n' % row for row in range(50_000))  # fmt: skip


def _more_fields_than_are_kept() -> bytes:
    return b'{"label":"a","vector":[1,2],%b}' % ",".join(f'"f{at}":1' for at in range(15_000)).encode()


def _wide_sheet() -> bytes:
    return workbook_of(f"<row>{cells(['a', *[1] * 16_383])}</row>" * 900)


def _sparse_sheet() -> bytes:
    return workbook_of('<row><c r="A1" t="str"><v>w</v></c><c r="XFD1"><v>1</v></c></row>' * 9_000)


def _many_empty_columns() -> bytes:
    return ("label,x" + ",m" * 900 + "\n" + ("w,1" + ",a" * 900 + "\n") * 45_000).encode()


def _lists(values: pa.Array) -> pa.ListArray:
    """All values as the list of the first row, and a short list in the second."""
    return pa.ListArray.from_arrays(pa.array([0, len(values) - 2, len(values)], pa.int32()), values)


def _one_list_of_equal_numbers() -> bytes:
    return _table(label=["a", "b"], vector=_lists(pa.array(np.zeros(60_000_000, np.float32))))


def _one_list_of_long_texts() -> bytes:
    texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(20_000, np.int32)), pa.array(["x" * 100_000]))
    return _table(label=["a", "b"], tags=_lists(texts), vector=[[1.0, 2.0], [3.0, 4.0]])


def _texts_told_by_those_before(rows: int = 4_000) -> bytes:
    sink = io.BytesIO()
    schema = pa.schema([("label", pa.string()), ("x", pa.float32()), ("y", pa.float32())])
    encodings = {"label": "DELTA_BYTE_ARRAY", "x": "PLAIN", "y": "PLAIN"}
    with parquet.ParquetWriter(sink, schema, use_dictionary=False, column_encoding=encodings) as writer:
        for start in range(0, rows, 400):
            numbers = np.arange(400, dtype=np.float32)
            labels = [f"{'x' * 300_000}{start + at}" for at in range(400)]
            writer.write_table(pa.table([labels, numbers, numbers], schema=schema))
    return sink.getvalue()


def _long_bytes_in_every_row() -> bytes:
    fixed = pa.DictionaryArray.from_arrays(pa.array(np.zeros(2_000, np.int32)), pa.array([bytes(100_000)], pa.binary(100_000)))  # fmt: skip
    return _table(note=fixed.cast(pa.binary(100_000)), x=np.ones(2_000, np.float32), y=np.ones(2_000, np.float32))


def _equal_numbers_in_many_columns() -> bytes:
    column = np.zeros(1_000_000, np.float32)
    return _table(**{f"x{at}": column for at in range(40)})


@pytest.mark.parametrize(
    "make",
    [
        _one_list_of_equal_numbers,
        _one_list_of_long_texts,
        _texts_told_by_those_before,
        _long_bytes_in_every_row,
        _equal_numbers_in_many_columns,
    ],
)
def test_a_small_parquet_file_that_stands_for_very_much_is_refused_before_it_grows(make: Callable[[], bytes]) -> None:
    data = make()
    assert len(data) < 5 * 2**20
    for read in (read_embedding, preview, lambda data, name: words_of(data, name, "label")):
        forget_peak()
        before = peak()
        with contextlib.suppress(DataError):  # the first rows of some may be shown
            read(data, "small.parquet")
        assert peak() - before < 300 * 2**20
    with pytest.raises(DataError, match=r"small\.parquet announces more than 21000 columns or \d+ MB"):
        read_embedding(data, "small.parquet")


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "PLAIN"])
def test_labels_are_read_from_parquet_however_its_writer_packed_them(encoding: str) -> None:
    sink, words = io.BytesIO(), [f"{word}{at}" for at in range(3_000) for word in ("cat", "猫")]
    table = pa.table({"label": words, "x": np.arange(6_000.0), "y": np.ones(6_000)})
    encodings = {"label": encoding, "x": "PLAIN", "y": "PLAIN"}
    parquet.write_table(table, sink, use_dictionary=False, column_encoding=encodings, data_page_version="2.0")
    read = read_embedding(sink.getvalue(), "packed.parquet")
    assert read.labels == words
    assert read.vectors[:, 0].tolist() == list(range(6_000))


def test_tags_in_lists_and_one_hot_vectors_are_still_read_from_parquet() -> None:
    rows = 4_000
    data = _table(label=[str(row) for row in range(rows)], tags=[["a", "b"], ["a"]] * (rows // 2), vector=pa.FixedSizeListArray.from_arrays(pa.array(np.eye(rows, dtype=np.float32).ravel()), rows))  # fmt: skip
    assert len(data) < rows * rows * 4 / 150  # each number of a few bits
    read = read_embedding(data, "hot.parquet")
    assert (read.vectors == np.eye(rows)).all()
    assert read.metadata["tags"][:2] == [["a", "b"], ["a"]]


@pytest.mark.parametrize(
    ("make", "filename"),
    [
        (_many_fields, "a.jsonl"),
        (_more_fields_than_are_kept, "a.jsonl"),
        (_wide_sheet, "a.xlsx"),
        (_sparse_sheet, "a.xlsx"),
        (_many_empty_columns, "a.csv"),
    ],
)
def test_a_small_file_that_would_fill_the_memory_is_refused_with_a_sentence(make: Callable[[], bytes], filename: str) -> None:  # fmt: skip
    data = make()
    forget_peak()
    before = peak()
    with pytest.raises(DataError, match=rf"{filename} (holds|has|unpacks)"):
        read_embedding(data, filename, skip=True)
    assert peak() - before < 400 * 2**20
