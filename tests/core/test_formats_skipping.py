"""A file with a few bad rows opens without them, and says which they were; a strict reader refuses it."""

from __future__ import annotations

import io
import json

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from core.embedding import Embedding
from core.errors import DataError
from core.formats import _json_cutters, preview, read_embedding, words_of, write_embedding

GOOD = "\n".join(f"w{row} {row} 1 {-row}" for row in range(20))


def notes(embedding: Embedding) -> str:
    return " | ".join(map(str, embedding.notes))


@pytest.mark.parametrize(
    ("filename", "data", "format", "says"),
    [
        ("a.txt", f"{GOOD}\nbad 1 x 3\nlast 1 2 3\n", "glove", "Line 21 of a.txt: x is not a number"),
        ("a.txt", f"{GOOD}\nshort 1\nlast 1 2 3\n", "glove", "Line 21 of a.txt has 2 fields"),
        ("a.vec", f"22 3\n{GOOD}\nbad 1 x 3\nlast 1 2 3\n", "word2vec-text", "Line 22 of a.vec: x is not a number"),
        ("a.csv", "label,a,b\n" + "c,1,2\n" * 9 + "d,oops,2\ne,3\nf,nan,1\ng,1,2\n", "csv", "column a: oops is not a number"),
        ("a.jsonl", '{"label": "a", "vector": [1, 2]}\n' * 5 + '{"label": "b"}\nno json\n{"label": "c", "vector": [1, 2]}\n', "jsonl", "Line 6 of a.jsonl has no vector of 2 numbers"),
    ],
)  # fmt: skip
def test_bad_rows_of_a_text_are_left_out_by_line(filename: str, data: str, format: str, says: str) -> None:
    with pytest.raises(DataError):
        read_embedding(data.encode(), filename, format=format)
    read = read_embedding(data.encode(), filename, format=format, skip=True)
    assert "left out because they could not be read" in notes(read)
    assert says in notes(read)
    assert np.isfinite(read.vectors).all()


@pytest.mark.parametrize("format", ["npy", "npz", "safetensors", "word2vec-binary"])
def test_rows_that_are_not_finite_are_left_out_of_a_binary_file(format: str) -> None:
    whole = Embedding(["a", "b", "c", "d"], [[1, 2], [3, 65504], [5, 6], [7, 8]])
    data = write_embedding(whole, format).replace(np.float32(65504).tobytes(), np.float32("nan").tobytes())
    if format == "npz":
        pytest.skip("its numbers cannot be changed in place")
    read = read_embedding(data, "f", format=format, skip=True)
    assert read.vectors.tolist() == [[1, 2], [5, 6], [7, 8]]
    assert "Row 2 of f has a value that is not a finite number" in notes(read)


def test_a_row_without_a_name_that_is_left_out_is_noted_once() -> None:
    sink = io.BytesIO()
    table = {"label": ["a", None, "c"], "vector": [[1.0, 2.0], [], [3.0, 4.0]]}
    parquet.write_table(pa.table(table), sink)
    read = read_embedding(sink.getvalue(), "p.parquet", skip=True)
    assert read.labels == ["a", "c"]
    assert notes(read) == "Rows left out because they could not be read: 1 of 3. | Row 2 of p.parquet has no vector."


def test_empty_and_uneven_vectors_are_left_out_of_parquet() -> None:
    sink = io.BytesIO()
    table = {
        "label": ["a", "b", "c", "d", "e", "f"],
        "vector": [[1.0, 2.0], None, [1.0], [1.0, None], [3.0, 4.0], [5.0, 6.0]],
    }
    parquet.write_table(pa.table(table), sink)
    with pytest.raises(DataError):
        read_embedding(sink.getvalue(), "p.parquet")
    table["vector"][0], table["label"][0] = [0.0, 2.0], "first"
    read = read_embedding(sink.getvalue(), "p.parquet", skip=True)
    assert read.labels == ["a", "e", "f"]
    assert "3 of 6" in notes(read)
    assert "Row 2 of p.parquet has no vector." in notes(read)
    assert "The vector in row 3 of p.parquet has the length 1, where others have 2." in notes(read)


def test_every_row_left_out_for_its_label_is_named_up_to_twenty() -> None:
    rows = "".join(f"w{row // 2},{row},1\n" for row in range(60))
    told = notes(read_embedding(f"word,x,y\n{rows}".encode(), "a.csv"))
    assert "earlier row: 30, namely row 2 (w0), 4 (w1), 6 (w2)" in told
    assert "40 (w19), …" in told


def test_rows_without_a_label_are_kept_and_named_by_their_number() -> None:
    read = read_embedding(b"word,x,y\n#3,1,2\n,3,4\n,5,6\n", "a.csv")
    assert read.labels == ["#3", "#2", "##3"]
    assert "named by their number: 2 of them, #2, ##3." in notes(read)
    alone = read_embedding(b"word,x,y\ncat,1,2\n,3,4\n", "a.csv")
    assert alone.labels == ["cat", ""]
    assert "Row 2 has no label" in notes(alone)


def test_a_file_that_is_mostly_bad_is_no_file_with_a_few_bad_rows() -> None:
    data = "label,a,b\n" + "c,1,2\nd,1\n" * 3 + "e,1\nf,2\n"
    with pytest.raises(DataError, match="has 2 cells"):
        read_embedding(data.encode(), "a.csv", format="csv", skip=True)


def test_so_many_bad_rows_are_named_and_the_rest_counted() -> None:
    data = "label,a,b\n" + "".join(f"w{row},1,2\n" for row in range(50)) + "bad,1\n" * 30
    read = read_embedding(data.encode(), "a.csv", skip=True)
    assert "30 of 80" in notes(read)
    assert "And 10 more" in notes(read)


# --- tables of other programs ---------------------------------------------------------------------


def test_a_workbook_of_openpyxl_reads_as_it_was_made_and_openpyxl_reads_ours() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["word", "kind", "year", "x", "y"], ["cat", "=1+1", 1990, 0.25, -1], ["狗", None, 2000, 1e-7, 3]):
        book.active.append([("'" + cell if cell == "=1+1" else cell) for cell in row])
    sink = io.BytesIO()
    book.save(sink)
    read = read_embedding(sink.getvalue(), "book.xlsx", beside=("year",))
    assert read.labels == ["cat", "狗"]
    assert read.vectors.tolist() == np.float32([[0.25, -1], [1e-7, 3]]).tolist()
    assert read.metadata["year"] == [1990, 2000]
    ours = write_embedding(Embedding(["=cmd()", "b"], [[1.5, 2], [3, 4]], {"n": [1, 2]}), "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(ours), read_only=True).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.rows]
    assert cells == [["label", "n", "d0", "d1"], ["=cmd()", 1, 1.5, 2], ["b", 2, 3, 4]]
    assert next(iter(list(sheet.rows)[1])).data_type in ("s", "inlineStr")


def test_json_may_be_lines_or_one_list_with_a_vector_or_a_field_a_number() -> None:
    rows = [
        {"text": "a", "embedding": [1, 2], "year": 5, "tags": ["x"]},
        {"text": "b", "embedding": [3, 4.5], "year": None},
    ]
    for data in ("\n".join(map(json.dumps, rows)), json.dumps(rows), "\ufeff" + json.dumps(rows)):
        read = read_embedding(data.encode(), "x.json")
        assert (read.labels, read.vectors.tolist()) == (["a", "b"], [[1, 2], [3, 4.5]])
        assert read.metadata == {"year": [5, None], "tags": ['["x"]', None]}
    flat = read_embedding(b'{"name": "a", "x": 1, "y": 2}\n{"name": "b", "x": 3, "y": 4}', "x.jsonl")
    assert (flat.labels, flat.vectors.tolist()) == (["a", "b"], [[1, 2], [3, 4]])


@pytest.mark.parametrize("before", [[], [["About this file"], ["made by", "me"]]])
def test_of_a_workbook_the_first_sheet_with_numbers_is_read_and_named(before: list[list[str]]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in before:
        book.worksheets[0].append(row)
    for title in ("Data", "More"):
        sheet = book.create_sheet(title)
        for row in (["word", "x", "y"], [f"cat {title}", 1, 2], ["dog", 3, 4]):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    read = read_embedding(out.getvalue(), "b.xlsx")
    assert (read.labels, read.vectors.tolist()) == (["cat Data", "dog"], [[1, 2], [3, 4]])
    assert notes(read) == "The sheet Data was read; beside it b.xlsx holds: Sheet, More."
    seen = preview(out.getvalue(), "b.xlsx")
    assert seen is not None
    assert seen.vector == ("x", "y")
    assert words_of(out.getvalue(), "b.xlsx", "word")[0] == ["cat Data", "dog"]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("least", [0, 2**60])
def test_one_object_of_names_and_vectors_is_read_as_labels_and_vectors(
    indent: int | None, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_json_cutters, "WORTH_IT", least)
    named = {f'w{row} "科", }}': [row, 0.5, -1e-3] for row in range(5000)} | {"vector": [1, 2, 3]}
    data = json.dumps(named, indent=indent).encode()
    read = read_embedding(data, "d.json")
    assert read.labels == list(named)
    assert np.array_equal(read.vectors, np.array(list(named.values()), np.float32))
    seen = preview(data, "d.json")
    assert seen is not None
    assert (seen.label, seen.vector) == ("label", ("vector",))
    short = json.dumps({"a": [1, 2], "b": [3, 4]}).encode()
    for mark in (b"", b"\xef\xbb\xbf"):
        assert read_embedding(mark + short, "d").labels == ["a", "b"]
    with pytest.raises(DataError, match="damaged"):
        read_embedding(data[:-1] + b"]", "d.json")


def test_a_line_with_a_list_or_two_is_no_object_of_names_and_vectors() -> None:
    lines = b'{"a": [1, 2], "b": [3, 4]}\n{"a": [5, 6], "b": [7, 8]}\n'
    assert read_embedding(lines, "l.jsonl").vectors.tolist() == [[1, 2], [5, 6]]
    assert read_embedding(b'{"vector": [1, 2]}\n', "l.jsonl").labels == ["0"]


def test_a_workbook_whose_entities_would_swell_is_refused_and_so_is_one_wider_than_it_is() -> None:
    from core._archive import pack

    lol = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><row><c t="str"><v>&b;</v></c></row></worksheet>'
    wide = b"<worksheet>" + b'<row><c r="XFD1"><v>1</v></c></row>' * 9_000 + b"</worksheet>"
    for sheet, says in ((lol, "damaged Excel workbook"), (wide, "million cells")):
        book = pack({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": sheet}, squeeze=True)
        with pytest.raises(DataError, match=says):
            read_embedding(book, "bad.xlsx")


def test_a_bad_line_of_a_tensorboard_pair_takes_its_line_of_metadata_along() -> None:
    vectors = b"1\t2\n3\tx\n\n5\t6\n7\t8\t9\n9\t10\n"
    metadata = b"name\tkind\nfirst\ta\nbad\tb\nthird\tc\nlong\td\nlast\te\n"
    options = {"format": "tensorboard-tsv", "metadata": metadata}
    with pytest.raises(DataError, match=r"Line 2 of vectors\.tsv"):
        read_embedding(vectors, "vectors.tsv", **options)
    read = read_embedding(vectors, "vectors.tsv", skip=True, **options)
    assert (read.labels, read.metadata) == (["first", "third", "last"], {"kind": ["a", "c", "e"]})
    assert read.vectors.tolist() == [[1, 2], [5, 6], [9, 10]]
    assert "2 of 5" in notes(read)
    assert "Line 2 of vectors.tsv: x is not a number." in notes(read)
    alone = read_embedding(vectors, "vectors.tsv", format="tensorboard-tsv", skip=True)
    assert alone.labels == ["0", "1", "2"]


def test_a_tensorboard_file_whose_first_line_is_the_bad_one_keeps_its_dimensions() -> None:
    read = read_embedding(b"1\t2\t3\n" + b"3\t4\n" * 9, "vectors.tsv", format="tensorboard-tsv", skip=True)
    assert read.vectors.shape == (9, 2)
    assert "1 of 10" in notes(read)


def test_a_look_at_a_table_names_the_columns_that_gaps_keep_out_of_the_vector() -> None:
    rows = ["word,gaps,half,kind,x", "a,nan,1,red,1", "b,inf,n/a,blue,2", "c,3,?,red,3", "d,N/A,4,blue,4"]
    seen = preview("\n".join(rows).encode(), "t.csv")
    assert seen is not None
    assert (seen.vector, seen.doubtful) == (("x",), ("gaps", "half"))
    whole = preview(b"word,x,y\na,1,2\nb,3,4\n", "t.csv")
    assert whole is not None
    assert whole.doubtful == ()
