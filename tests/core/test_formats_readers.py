"""Each format against a second reader, and the files of other programs with their habits and faults."""

from __future__ import annotations

import csv
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import _archive
from core.embedding import Embedding
from core.errors import DataError, ParameterError
from core.formats import _workbook, detect, preview, read_embedding, unwrapped, words_of, write_embedding


def example(n: int = 40, d: int = 6) -> Embedding:
    labels = [f"w{row}" for row in range(n - 3)] + ["科学", 'quo"te', "don't"]
    return Embedding(labels, np.random.default_rng(1).normal(size=(n, d)))


def read(text: str | bytes, filename: str = "file.txt", **options: object) -> Embedding:
    return read_embedding(text.encode() if isinstance(text, str) else text, filename, **options)


# --- word2vec and GloVe ----------------------------------------------------------------------


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_our_word2vec_files_and_answers_the_same(binary: bool, tmp_path: Path) -> None:
    models = pytest.importorskip("gensim.models")
    embedding = example()
    path = tmp_path / "ours"
    path.write_bytes(write_embedding(embedding, "word2vec-binary" if binary else "word2vec-text"))
    theirs = models.KeyedVectors.load_word2vec_format(str(path), binary=binary)
    assert theirs.index_to_key == embedding.labels
    assert np.array_equal(theirs.vectors, embedding.vectors)
    for label in ("w0", "科学", 'quo"te'):
        assert [item.label for item in embedding.nearest(label)] == [word for word, _ in theirs.most_similar(label)]


@pytest.mark.parametrize("binary", [False, True])
def test_we_read_gensim_word2vec_files(binary: bool, tmp_path: Path) -> None:
    models = pytest.importorskip("gensim.models")
    embedding = example()
    keyed = models.KeyedVectors(embedding.dim)
    keyed.add_vectors(embedding.labels, np.array(embedding.vectors))
    path = tmp_path / "theirs.bin"
    keyed.save_word2vec_format(str(path), binary=binary)
    again = read(path.read_bytes(), path.name)
    assert again.labels == embedding.labels
    assert np.array_equal(again.vectors, embedding.vectors)


@pytest.mark.parametrize(
    "text",
    [
        "2 3\ncat 1 2 3\ndog 4 5 6\n",
        "2 3\ncat 1 2 3 \ndog 4 5 6 \n",  # word2vec.c leaves a blank at each line's end
        "2 3\r\ncat 1 2 3\r\ndog 4 5 6\r\n",
        "\ufeff2 3\ncat 1 2 3\ndog 4 5 6",
        "2\t3\ncat\t1\t2\t3\ndog\t4\t5\t6\n",
        "2 3\n\ncat  1  2  3\n\ndog 4 5 6\n\n",
        "2 3\ncat +1 2e0 3.\ndog 4 5 6\n",
        "cat 1 2 3\ndog 4 5 6\n",
        "cat 1 2 3 \ndog 4 5 6",
        "cat 1 2 3\rdog 4 5 6\r",
    ],
)
def test_word2vec_and_glove_text_is_read_with_its_habits(text: str) -> None:
    again = read(text)
    assert again.labels == ["cat", "dog"]
    assert again.vectors.tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize("header", ["", "3 2\n"])
def test_blanks_and_numbers_in_labels_are_found_from_the_right(header: str) -> None:
    again = read(f"{header}. . . 1 2\nroute 66 3 4\ncat 5 6\n")
    assert again.labels == [". . .", "route 66", "cat"]
    assert again.vectors.tolist() == [[1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2 3\ncat 1 2 3\ndog 4 5\n", r"Line 3 of file\.txt has 3 fields; it needs a label and 3 numbers"),
        ("2 3\ncat 1 2 3\ndog 4 five 6\n", r"Line 3 of file\.txt: five is not a number"),
        ("2 3\ncat 1 2 3\ndog 4 1_0 6\n", "1_0 is not a number"),
        ("3 2\nlongword 1 2\nlongerword 3 4\n", "announces 3 vectors but holds 2"),
        ("2 3\ncat 1 2 3\ndog 4 nan 6\n", "Row 2 of file.txt"),
        ("2 3\ncat 1 2 3\ndog 4 1e300 6\n", "Row 2 of file.txt"),
        ("cat 1 2 3\ndog 4 5 6\nthe\n", "Line 3"),
    ],
)
def test_a_bad_line_is_named(text: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read(text, format="word2vec-text" if text[0].isdigit() else "glove")


def test_rows_beyond_the_announced_ones_are_noted() -> None:
    again = read("2 1\na 1\nb 2\nc 3\n")
    assert again.labels == ["a", "b"]
    assert "Only the 2 vectors" in str(again.notes[0])


def test_labels_that_are_no_utf8_are_read_and_noted() -> None:
    again = read(b"2 2\ncaf\xe9 1 2\ndog 3 4\n")
    assert again.labels == ["caf�", "dog"]
    assert "not UTF-8: 1" in str(again.notes[0])


def test_a_binary_file_cut_off_names_the_row() -> None:
    data = (
        b"2 2\n"
        + b"cat "
        + np.array([1, 2], "<f4").tobytes()
        + b"longer_than_the_first "
        + np.array([3], "<f4").tobytes()
    )
    with pytest.raises(DataError, match=r"Row 2 of file\.bin"):
        read(data, "file.bin")


# --- NumPy, Parquet, safetensors -------------------------------------------------------------


def test_numpy_opens_our_files_without_pickle() -> None:
    embedding = example()
    assert np.array_equal(np.load(io.BytesIO(write_embedding(embedding, "npy")), allow_pickle=False), embedding.vectors)
    with np.load(io.BytesIO(write_embedding(embedding, "npz")), allow_pickle=False) as opened:
        assert opened["labels"].tolist() == embedding.labels
        assert np.array_equal(opened["vectors"], embedding.vectors)


@pytest.mark.parametrize("dtype", ["<f2", "<f4", ">f4", "<f8", "i1", "<i8", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_numpy_arrays_of_any_real_kind_and_order_are_read(dtype: str, order: str) -> None:
    array = np.asarray(np.arange(6).reshape(2, 3) % 2, dtype=dtype, order=order)  # type: ignore[call-overload]
    stream = io.BytesIO()
    np.save(stream, array)
    assert read(stream.getvalue(), "x.npy").vectors.tolist() == [[0, 1, 0], [1, 0, 1]]


def test_archives_of_numpy_are_read_under_other_names() -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, words=np.array(["a", "b"]), X=np.eye(2), counts=np.arange(2))
    assert read(stream.getvalue(), "x.npz").labels == ["a", "b"]


def test_an_archive_with_two_tables_of_numbers_asks_for_a_name() -> None:
    stream = io.BytesIO()
    np.savez(stream, first=np.eye(2), second=np.eye(3))
    with pytest.raises(DataError, match=r"first \(2, 2\), second \(3, 3\)\. Save the one that is meant"):
        read(stream.getvalue(), "x.npz")
    package = pytest.importorskip("safetensors.numpy")
    with pytest.raises(DataError, match=r"first \[2, 2\], second \[3, 3\]\. Save the one that is meant"):
        read(package.save({"first": np.eye(2), "second": np.eye(3)}), "x.safetensors")
    with pytest.raises(DataError, match=r"no table of numbers.*bias"):
        read(package.save({"bias": np.ones(3)}), "x.safetensors")


def test_labels_of_an_archive_may_be_bytes() -> None:
    stream = io.BytesIO()
    np.savez(stream, vectors=np.eye(3), labels=np.array([b"cat", "猫".encode(), b"caf\xe9"]))
    again = read(stream.getvalue(), "x.npz")
    assert again.labels == ["cat", "猫", "caf�"]
    assert ["not UTF-8: 1" in str(note) for note in again.notes] == [True]


def test_an_array_of_one_dimension_is_told_in_the_singular_and_the_plural() -> None:
    stream = io.BytesIO()
    np.save(stream, np.ones(4))
    with pytest.raises(DataError, match=r"which has 2 dimensions; this has 1\."):
        read(stream.getvalue(), "x.npy")


class Trap:
    """Unpickling one would call a function."""

    def __reduce__(self) -> tuple[object, ...]:
        return pytest.fail, ("a file was unpickled",)


def test_nothing_is_ever_unpickled() -> None:
    objects, archive = io.BytesIO(), io.BytesIO()
    np.save(objects, np.array([[Trap()]], dtype=object), allow_pickle=True)
    np.savez(archive, vectors=np.eye(2), labels=np.array([Trap(), Trap()], dtype=object))
    for data, name in ((objects, "x.npy"), (archive, "x.npz")):
        with pytest.raises(DataError, match="Python objects"):
            read(data.getvalue(), name)
    with pytest.raises(DataError, match="no format"):
        read(pickle.dumps(Trap()), "model.pkl")


@pytest.mark.parametrize("shape", ["(99999999999, 300)", "(-1, 3)", "(0, 3)", "(2,)", "(1, 1, 1)"])
def test_a_numpy_header_that_lies_is_refused_before_memory_is_given(shape: str) -> None:
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(8)
    with pytest.raises(DataError, match=r"x\.npy"):
        read(data, "x.npy")


def test_arrow_reads_our_parquet() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    embedding = example()
    table = parquet.read_table(io.BytesIO(write_embedding(embedding, "parquet")))
    assert table.column("label").to_pylist() == embedding.labels
    assert np.array_equal(np.array(table.column("vector").to_pylist(), dtype=np.float32), embedding.vectors)


def test_parquet_tables_of_others_are_read() -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")

    def file(**columns: object) -> bytes:
        stream = io.BytesIO()
        parquet.write_table(pa.table(columns), stream, row_group_size=1)
        return stream.getvalue()

    wide = read(file(x=[1.0, 2.0], word=["a", "b"], y=[3, 4]), "x.parquet")
    assert (wide.labels, wide.vectors.tolist()) == (["a", "b"], [[1, 3], [2, 4]])
    lists = read(file(id=[7, 8], topic=["p", "q"], embedding=[[1.0, 2.0], [3.0, 4.0]], year=[1, 2]), "x.parquet")
    assert (lists.labels, lists.metadata) == (["7", "8"], {"topic": ["p", "q"], "year": [1, 2]})
    for rows in ([[1.0, 2.0], [3.0]], [[1.0], None], [[1.0], [None]]):
        with pytest.raises(DataError, match=r"row 2 of x\.parquet|x\.parquet has an empty cell"):
            read(file(word=["a", "b"], v=rows), "x.parquet")


def test_the_safetensors_package_reads_ours_and_we_read_its() -> None:
    package = pytest.importorskip("safetensors.numpy")
    embedding = example()
    assert np.array_equal(package.load(write_embedding(embedding, "safetensors"))["vectors"], embedding.vectors)
    again = read(package.save({"weight": np.eye(3, dtype=np.float16), "bias": np.ones(3)}), "x.safetensors")
    assert (again.labels, again.vectors.tolist()) == (["0", "1", "2"], np.eye(3).tolist())


def test_bfloat16_is_read() -> None:
    header = b'{"emb":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]}}'
    data = len(header).to_bytes(8, "little") + header + b"\x80\x3f\x00\xc0"
    assert read(data, "x.safetensors").vectors.tolist() == [[1, -2]]


@pytest.mark.parametrize(
    "header",
    [
        '{"vectors":{"dtype":"F32","shape":[1,2],"data_offsets":[0,800]}}',
        '{"vectors":{"dtype":"F32","shape":[100,2],"data_offsets":[0,8]}}',
        '{"vectors":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}',
        '{"vectors":{"dtype":"F32","shape":[1,2]}}',
        '{"__metadata__":{"labels":"[1]"},"vectors":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}',
        '{"__metadata__":{"labels":5},"vectors":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}',
        '{"__metadata__":{"metadata":"[]"},"vectors":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}',
        "[" * 5000,
        "{}",
        "[1]",
    ],
)
def test_a_safetensors_header_that_lies_is_refused(header: str) -> None:
    with pytest.raises(DataError, match=r"x\.safetensors"):
        read(len(header).to_bytes(8, "little") + header.encode() + bytes(8), "x.safetensors", format="safetensors")


# --- archives and TensorBoard ----------------------------------------------------------------


def zipped(**members: str | bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_projector_files_are_read_together_and_alone() -> None:
    vectors = "1\t2\n3\t4\n"
    pair = read(vectors, "vectors.tsv", metadata="label\tclass\ncat\tanimal\n科学\tidea\n".encode())
    assert (pair.labels, pair.metadata) == (["cat", "科学"], {"class": ["animal", "idea"]})
    assert read(vectors, "vectors.tsv", metadata=b"cat\r\ndog\r\n").labels == ["cat", "dog"]
    alone = read(vectors, "vectors.tsv")
    assert (alone.labels, alone.vectors.tolist()) == (["0", "1"], [[1, 2], [3, 4]])


def test_a_zip_is_read_in_memory_whatever_its_members_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = zipped(**{"../../vectors.tsv": "1\t2\n3\t4\n", "/etc/metadata.tsv": "a\nb\n", "__MACOSX/._vectors.tsv": "?"})
    assert read(data, "x.zip").labels == ["a", "b"]
    assert list(tmp_path.iterdir()) == []


def test_metadata_of_another_length_is_refused() -> None:
    with pytest.raises(DataError, match=r"metadata\.tsv has 4 lines for the 2 vectors"):
        read("1\t2\n3\t4\n", "vectors.tsv", metadata=b"a\nb\nc\nd\n")
    with pytest.raises(DataError, match=r"must hold vectors\.tsv"):
        read(zipped(**{"metadata.tsv": "a\n"}), "x.zip")


def test_archives_are_bounded_in_members_and_in_what_they_unpack_to(monkeypatch: pytest.MonkeyPatch) -> None:
    many = zipped(**{f"{n}.tsv": "1\t2\n" for n in range(_archive.MOST_MEMBERS + 1)})
    with pytest.raises(DataError, match="unpacks to more"):
        read(many, "x.zip")
    monkeypatch.setattr(_archive, "LARGEST", 1000)
    bomb = zipped(**{"vectors.tsv": "1\t2\n" * 1000, "metadata.tsv": "a\n"})
    assert len(bomb) < 400
    with pytest.raises(DataError, match="unpacks to more"):
        read(bomb, "x.zip")


def test_a_blank_label_keeps_its_line_for_the_projector() -> None:
    data = write_embedding(Embedding(["a", " ", "c"], np.eye(3)), "tensorboard-tsv")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["vectors.tsv", "metadata.tsv"]
        assert archive.read("metadata.tsv").decode() == "a\n_\nc\n"
        assert archive.read("vectors.tsv").decode() == "1\t0\t0\n0\t1\t0\n0\t0\t1\n"


# --- CSV -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "metadata"),
    [
        ("word,x,y\ncat,1,2.5\ndog,3,4\n", {}),
        ("cat,1,2.5\ndog,3,4\n", {}),
        ("cat;1;2,5\ndog;3;4\n", {}),
        ("word\tx\ty\ncat\t1\t2.5\ndog\t3\t4\n", {}),
        ("cat|1|2.5\ndog|3|4\n", {}),
        ("x,y,word\n1,2.5,cat\n3,4,dog\n", {}),
        (",x,y\ncat,1,2.5\ndog,3,4\n", {}),
        ("word,x,y\rcat,1,2.5\rdog,3,4\r", {}),
        ("word,0,1\ncat,1,2.5\ndog,3,4\n", {}),
        (",word,x,y\n0,cat,1,2.5\n1,dog,3,4\n", {"column 1": [0, 1]}),
        ("word,x,y\r\n\r\ncat, 1 ,+2.5\r\ndog,3,4\r\n", {}),
        ('"word","x","y"\n"cat","1","2.5"\n"dog","3","4"\n', {}),
        ("word,year,dim_1,dim_2\ncat,1990,1,2.5\ndog,1991,3,4\n", {"year": [1990, 1991]}),
        ("word,kind,d0,d1\ncat,007,1,2.5\ndog,,3,4\n", {"kind": ["007", ""]}),
        ("year,word,d1,d2\n,cat,1,2.5\n1.5,dog,3,4\n", {"year": [None, 1.5]}),
        ("标签,x,y\ncat,1,2.5\ndog,3,4\n", {}),
    ],
)
def test_tables_are_read_with_their_habits(text: str, metadata: dict[str, object]) -> None:
    again = read(text, "table.csv")
    assert again.labels == ["cat", "dog"]
    assert again.vectors.tolist() == [[1, 2.5], [3, 4]]
    assert again.metadata == metadata


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_tables_in_other_encodings_are_read(encoding: str) -> None:
    text = "词,x,y\n科学,1,2\n科技,3,4\n国家的经济发展,5,6\n"
    assert read(text.encode(encoding), "table.csv", format="csv").labels[:2] == ["科学", "科技"]


def test_a_cell_may_hold_a_line_end() -> None:
    again = read('word,x\n"two\nlines",1\n"a ""word""",2\n', "table.csv")
    assert again.labels == ["two\nlines", 'a "word"']


def test_the_label_column_can_be_named() -> None:
    text = "code,word,x\nA,cat,1\nB,dog,2\n"
    assert read(text, "t.csv").labels == ["cat", "dog"]
    named = read(text, "t.csv", label_column="code")
    assert (named.labels, named.metadata) == (["A", "B"], {"word": ["cat", "dog"]})
    with pytest.raises(ParameterError, match="code, word, x"):
        read(text, "t.csv", label_column="colour")


def test_separator_and_header_can_be_told() -> None:
    assert read("1;2\n3;4\n", "t.csv", separator="semicolon", header="yes").vectors.tolist() == [[3, 4]]
    assert read("1,2\n3,4\n", "t.csv", header="no").labels == ["0", "1"]
    with pytest.raises(ParameterError, match="comma"):
        read("1,2\n", "t.csv", separator="slash")


def test_what_was_taken_as_the_vector_is_noted() -> None:
    note = str(read("word,year,d0,d1\ncat,1990,1,2\ndog,1991,3,4\n", "t.csv").notes[0])
    assert "2 columns, d0 to d1" in note
    assert "year" in note


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("word,x,y\ncat,1,2\ndog,3,4\nbird,5,6\nfox,7,8\nhen,n/a,9\n", "Line 6 of t.csv, column x: n/a is not a number"),
        ("word,x,y\ncat,1,2\ndog,3,\nbird,5,6\nfox,7,8\n", "Line 3 of t.csv, column y: ''"),
        ("word,x,y\ncat,1,2\ndog,3\nbird,5,6\nfox,7,8\n", "Line 3 of t.csv has 2 cells; the first line has 3"),
        ("word,x\ncat,1\ndog,1e400\n", "Row 2 of t.csv"),
        ("word,kind\ncat,a\ndog,b\n", "no column of numbers"),
        ("\n\n\n", "holds no table"),
        ("word,x\n", "a line that names columns, and no rows below it"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_by_line_and_column(text: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read(text, "t.csv", format="csv")


def test_a_quotation_mark_that_never_closes_is_told() -> None:
    with pytest.raises(DataError, match=r"t\.csv"):
        read('word,x\n"cat,1\n' + "dog,2\n" * 30_000, "t.csv", format="csv")


@given(st.lists(st.text(min_size=1).filter(lambda text: "\x00" not in text), min_size=1, max_size=5, unique=True))
@settings(deadline=None, max_examples=100)
def test_no_cell_we_write_is_run_by_a_spreadsheet(labels: list[str]) -> None:
    dangerous = [*labels, "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'", "''=1", "'=1", "＝1"]
    unique = list(dict.fromkeys(label.encode("utf-8", "replace").decode() for label in dangerous))
    embedding = Embedding(unique, np.eye(len(unique)), {"=cmd()": unique})
    data = write_embedding(embedding, "csv")
    for row in csv.reader(io.StringIO(data.decode(), newline="")):
        for cell in row[:2]:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    again = read(data, "t.csv")
    assert (again.labels, again.metadata) == (unique, {"=cmd()": unique})


# --- habits of spreadsheets and of pandas ----------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_table_in_utf16_needs_no_mark(encoding: str) -> None:
    data = ("word,x,y\n" + "".join(f"w{row},{row},0.5\n" for row in range(200_000))).encode(encoding)
    for part in (data, data[: data.index("w9,".encode(encoding))]):
        assert detect(part, "t.csv") == "csv"
        seen = preview(part, "t.csv")
        assert seen is not None
        assert (seen.encoding, seen.vector) == (encoding, ("x", "y"))
    assert read(data, "t.csv").labels[199_999] == "w199999"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("shape", ["{0}\n{1}\n", "\n [{0}, {1}]", '{{"cat": [1, 0.5], "科学": [2, 1]}}'])
def test_json_in_utf16_needs_no_mark(encoding: str, shape: str, mark: str) -> None:
    text = mark + shape.format('{"label": "cat", "vector": [1, 0.5]}', '{"label": "科学", "vector": [2, 1]}')
    data = text.encode(encoding)
    assert detect(data, "a.json") == "jsonl"
    seen, again = preview(data, "a.json"), read(data, "a.json")
    assert (again.labels, again.vectors.tolist()) == (["cat", "科学"], [[1, 0.5], [2, 1]])
    assert seen is not None
    assert (seen.label, seen.vector) == ("label", ("vector",))


@pytest.mark.parametrize("size", [0x7B, 0x5B, 0x7B00])
def test_a_head_whose_length_reads_like_a_brace_is_no_json_in_utf16(size: int) -> None:
    data = size.to_bytes(8, "little") + b'{"vectors": {}}'.ljust(size) + b"\x00" * 64
    assert unwrapped(data, "a.safetensors") == (data, "a.safetensors")


@pytest.mark.parametrize("text", ["word,x,y\n", "word,x,y", "animal,d0,d1\n"])
def test_a_line_of_column_names_alone_is_told(text: str) -> None:
    for look in (read, preview):
        with pytest.raises(DataError, match="and no rows below it"):
            look(text.encode(), "t.csv")
    assert preview(b"cat,dog,bird\n", "t.csv") is None


def test_commas_between_thousands_are_read_where_they_are_no_decimals() -> None:
    text = 'word,x,y\ncat,"1,100","2,200.5"\ndog,"-1,234,567",3\n'
    assert read(text, "t.csv").vectors.tolist() == [[1100, 2200.5], [-1234567, 3]]
    seen = preview(text.encode(), "t.csv")
    assert seen is not None
    assert seen.vector == ("x", "y")
    assert read("word;x;y\ncat;1,100;2,5\ndog;3;4\n", "t.csv").vectors.tolist() == [[np.float32(1.1), 2.5], [3, 4]]


def test_points_between_thousands_are_read_where_all_points_of_the_table_are_such() -> None:
    text = "word;x;y\ncat;1.500,25;2,5\ndog;-2.000;3\nbird;1.234.567,5;4\n"
    assert read(text, "t.csv").vectors.tolist() == [[1500.25, 2.5], [-2000, 3], [1234567.5, 4]]
    seen = preview(text.encode(), "t.csv")
    assert seen is not None
    assert seen.vector == ("x", "y")
    assert read("cat;1.500,25\ndog;2,5\n", "t.csv").vectors.tolist() == [[1500.25], [2.5]]
    mixed = read("word;x;y\ncat;1.500,25;2.5\ndog;-2.000;3\n", "t.csv")
    assert mixed.vectors.tolist() == [[2.5], [3]], "where a point is a decimal one, no other is guessed at"
    assert mixed.metadata == {"x": ["1.500,25", "-2.000"]}
    late = "word;x\n" + "cat{};1.500,25\n" * 300 + "dog;1.5\n"
    with pytest.raises(DataError, match=r"Line 302 of t\.csv, column x: 1\.5 is not a number"):
        read(late, "t.csv")


def test_a_column_that_is_read_as_no_number_is_offered_as_none() -> None:
    seen = preview(b'word,x,y\ncat,"0,5",1\ndog,"0,25",2\n', "t.csv")
    assert seen is not None
    assert (seen.vector, seen.doubtful) == (("y",), ("x",))


@pytest.mark.parametrize(
    "before", ["sep=;\n", "sep=;\r\n", "# made by me\n", "# made, by; me\n#\n# 2026\n", "sep=;\n# more\n"]
)
def test_what_stands_before_a_table_is_passed_over(before: str) -> None:
    text = before + "word;kind;x;y\ncat;a;1,5;2\ndog;b;3;4\nbird;b;3;4\n"
    again = read(text, "t.csv")
    assert (again.labels, again.vectors.tolist()) == (["cat", "dog", "bird"], [[1.5, 2], [3, 4], [3, 4]])
    seen = preview(text.encode(), "t.csv")
    assert seen is not None
    assert (seen.names, seen.separator) == (("word", "kind", "x", "y"), ";")
    assert words_of(text.encode(), "t.csv", "word")[0] == ["cat", "dog", "bird"]
    line = before.count("\n") + 4
    with pytest.raises(DataError, match=f"Line {line} of t.csv, column x: n/a"):
        read(text.replace("bird;b;3", "bird;b;n/a") + "fox;a;1;2\n" * 9, "t.csv")


def test_a_first_line_that_begins_like_a_comment_may_name_the_columns() -> None:
    assert read("#word,x,y\ncat,1,2\ndog,3,4\n", "t.csv").labels == ["cat", "dog"]


@pytest.mark.parametrize(
    "cells",
    [
        ("[0.5, -1e-3, 2]", "[1, 2, 3]"),
        ("[0.5 -1e-3 2.]", "[1. 2. 3.]"),
        ("[ 0.5\n -1e-3\n 2. ]", "[1.\n 2.\n 3.]"),
    ],
)
@pytest.mark.parametrize("header", ["word,year,embedding\n", ""])
def test_a_vector_in_one_cell_is_read(cells: tuple[str, str], header: str) -> None:
    text = f'{header}cat,1990,"{cells[0]}"\ndog,1991,"{cells[1]}"\n'
    again = read(text, "t.csv")
    assert (again.labels, list(again.metadata.values())) == (["cat", "dog"], [[1990, 1991]])
    assert again.vectors.tolist() == [[0.5, np.float32(-1e-3), 2], [1, 2, 3]]
    seen = preview(text.encode(), "t.csv")
    assert seen is not None
    assert (seen.label, seen.vector) == (seen.names[0], (seen.names[2],))
    book = _workbook.workbook(_workbook.cells(row) for row in csv.reader(io.StringIO(text, newline="")))
    assert np.array_equal(read(book, "t.xlsx").vectors, again.vectors)


@pytest.mark.parametrize("cell", ["[1, 2]", "[1. ... 3.]", "none"])
def test_a_cell_without_the_whole_vector_is_named_by_its_line(cell: str) -> None:
    text = "word,v\n" + 'cat,"[1, 2, 3]"\n' * 9 + f'dog,"{cell}"\n'
    with pytest.raises(DataError, match=r"Line 11 of t\.csv has no vector of 3 numbers"):
        read(text, "t.csv")


@pytest.mark.parametrize("name", ["csv", "xlsx", "glove", "jsonl", "parquet", "word2vec-text", "tensorboard-tsv"])
def test_a_zero_in_a_label_and_a_single_dimension_are_read_as_they_were_written(name: str) -> None:
    zeros = Embedding(["a\x00b", "\x00", "c", "d"], np.random.default_rng(0).normal(size=(4, 3)))
    single = Embedding(["cat", "route_66", "科学"], np.array([[1.0], [0.25], [-1e-9]]))
    for embedding in (zeros, single):
        data = write_embedding(embedding, name)
        again = read(data, "x.txt" if name == "glove" else "x")
        assert (again.labels, again.vectors.tolist()) == (embedding.labels, embedding.vectors.tolist())


def test_a_list_of_phrases_that_end_in_a_number_holds_no_vectors() -> None:
    with pytest.raises(DataError, match="no format"):
        read("route 66\narea 51\ncatch 22\n", "words.txt")


# --- files that are damaged from their first sign on -------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a.npy", r"The header of a\.npy is not one of a NumPy array"),
        ("a.npz", r"a\.npz is a damaged or encrypted archive"),
        ("a.parquet", r"a\.parquet is a damaged Parquet file"),
        ("a.safetensors", r"The header of a\.safetensors is longer than the file"),
        ("a.xlsx", r"a\.xlsx is a damaged or encrypted archive"),
        ("a.vec", r"The first line of a\.vec must be two whole numbers"),
        ("a.jsonl", r"a\.jsonl is a binary file"),
        ("a.csv", r"a\.csv is a binary file"),
    ],
)
def test_what_is_rubbish_is_told_as_a_damaged_file_of_what_it_is_named(name: str, reason: str) -> None:
    rubbish = np.random.default_rng(1).integers(0, 256, 3000, dtype=np.uint8).tobytes()
    with pytest.raises(DataError, match=rf"ends in \{name[1:]}, but is damaged or something else\. {reason}") as told:
        read(rubbish, name)
    assert str(pickle.loads(pickle.dumps(told.value))) == str(told.value), "it crosses from the worker whole"


@pytest.mark.parametrize("name", ["a.txt", "a.zip", "a.csv", "a.tsv", "a"])
def test_a_name_of_all_kinds_of_files_and_a_list_of_words_say_nothing_of_a_format(name: str) -> None:
    with pytest.raises(DataError, match="in no format that is read here"):
        detect("cat\ndog\n科学\n".encode(), name)


@pytest.mark.parametrize("first", [b'"label": "w", "vector": [1, 2]}', b"\x00\x13\x07", b"@@@@ 1,2"])
def test_lines_of_json_of_which_the_first_is_damaged_are_still_told_as_such(first: bytes) -> None:
    data = b"\n".join([first, *(b'{"label": "w%d", "vector": [%d, 0.5]}' % (row, row) for row in range(9))])
    with pytest.raises(DataError, match=r"Line 1 of a\.jsonl is not a JSON object"):
        read(data, "a.jsonl")
    kept = read_embedding(data, "a.jsonl", skip=True)
    assert kept.labels == [f"w{row}" for row in range(9)]
    assert "Line 1 of a.jsonl is not a JSON object." in map(str, kept.notes)
    seen = preview(data, "a.jsonl")
    assert seen is not None
    assert seen.format == "jsonl"


def test_a_list_of_json_that_is_damaged_names_its_line() -> None:
    with pytest.raises(DataError, match=r"ends in \.json, but .* Line 1 of a\.json is not a JSON object"):
        read('x[{"label": "a", "vector": [1, 2]}]', "a.json")


def test_an_array_whose_cells_are_said_to_be_rows_is_damaged() -> None:
    """One letter of a header turns f4 into rows of four; such a file has more numbers than its shape has places."""
    from core.formats import _npy

    whole = _npy.to_bytes(np.zeros((8, 5), np.float32))
    assert whole.count(b"<f4") == 1
    with pytest.raises(DataError, match="is not one of a NumPy array"):
        read_embedding(whole.replace(b"<f4", b"4f4") + bytes(4096), "cells.npy")
