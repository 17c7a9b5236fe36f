"""Small files that would grow: each is refused from what it announces, or read without growing."""

from __future__ import annotations

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
