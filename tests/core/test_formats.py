"""The contract of every format: what goes out comes back, what is damaged is named, nothing is run."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.embedding import Embedding
from core.errors import CoreError, DataError, ParameterError
from core.formats import FORMATS, detect, formats, read_embedding, write_embedding
from core.formats import _limits as limits

NAMES = [facts.name for facts in formats()]
EXTENSION = {facts.name: facts.extension for facts in formats()}
LABELLED = [name for name in NAMES if name != "npy"]
WITH_METADATA = [facts.name for facts in formats() if facts.keeps_metadata]

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12)
NUMBERS = st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False)


@st.composite
def embeddings(draw: Any, words: st.SearchStrategy[str] = WORDS) -> Embedding:
    labels = draw(st.lists(words, min_size=1, max_size=8, unique=True))
    shape = (len(labels), draw(st.integers(1, 5)))
    return Embedding(labels, draw(arrays(np.float32, shape, elements=NUMBERS)))


def back(embedding: Embedding, name: str, filename: str | None = None) -> Embedding:
    return read_embedding(write_embedding(embedding, name), filename or f"file{EXTENSION[name]}")


def example() -> Embedding:
    vectors = np.random.default_rng(0).normal(size=(5, 4))
    return Embedding(["cat", "科学", "don't", "=SUM(A1)", "x,y;z"], vectors)


# --- round trips -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", LABELLED)
@given(embedding=embeddings())
@settings(deadline=None, max_examples=40)
def test_words_and_numbers_come_back_bit_for_bit(name: str, embedding: Embedding) -> None:
    read = read_embedding(write_embedding(embedding, name), "file", format=name)
    assert read.labels == embedding.labels
    assert read.vectors.tobytes() == embedding.vectors.tobytes()


@pytest.mark.parametrize("name", ["csv", "parquet", "safetensors", "jsonl", "xlsx"])
@given(embedding=embeddings(st.text(max_size=8).filter(lambda text: "\x00" not in text)))
@settings(deadline=None, max_examples=60)
def test_any_text_is_a_label_where_the_format_has_quotes(name: str, embedding: Embedding) -> None:
    read = read_embedding(write_embedding(embedding, name), "file", format=name)
    assert read.labels == embedding.labels
    assert read.vectors.tobytes() == embedding.vectors.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_known_by_its_content_and_by_its_name(name: str) -> None:
    data = write_embedding(example(), name)
    assert detect(data, f"some.where/my file{EXTENSION[name].upper()}") == name
    assert detect(data, "no extension") == name


@pytest.mark.parametrize("name", WITH_METADATA)
def test_metadata_comes_back(name: str) -> None:
    embedding = Embedding(["a", "b", "c"], np.eye(3), {"class": ["x", "=y", "z z"], "year": [1990, -5, 7]})
    read = back(embedding, name)
    wanted = {"class": ["x", "=y", "z z"], "year": [1990, -5, 7]}
    if name == "tensorboard-tsv":  # its cells are text
        wanted["year"] = ["1990", "-5", "7"]
    assert (read.labels, read.metadata) == (embedding.labels, wanted)


@pytest.mark.parametrize("name", WITH_METADATA)
def test_missing_and_mixed_metadata_is_written_all_the_same(name: str) -> None:
    embedding = Embedding(["a", "b"], np.eye(2), {"mixed": [1, "one"], "gap": [None, 2.5], "d7": ["p", "q"], "label": ["r", "s"]})  # fmt: skip
    read = back(embedding, name)
    assert [str(value) for value in read.metadata["mixed"]] == ["1", "one"]
    assert read.metadata["gap"][0] in (None, "")
    assert read.metadata["d7"] == ["p", "q"]


@pytest.mark.parametrize("name", NAMES)
def test_writing_twice_gives_the_same_bytes(name: str) -> None:
    assert write_embedding(example(), name) == write_embedding(example(), name)


@pytest.mark.parametrize("name", LABELLED)
def test_half_a_character_is_written_as_a_replacement(name: str) -> None:
    read = back(Embedding(["a\ud83d", "b"], np.eye(2)), name)
    assert read.labels[0] in ("a�", "a\ud83d")  # JSON can hold it


@pytest.mark.parametrize("name", ["word2vec-text", "word2vec-binary", "glove"])
def test_blanks_in_labels_become_underscores_and_may_not_collide(name: str) -> None:
    assert back(Embedding(["new york", "a\tb"], np.eye(2)), name).labels == ["new_york", "a_b"]
    with pytest.raises(DataError, match="new_york and new york"):
        write_embedding(Embedding(["new_york", "new york"], np.eye(2)), name)
    with pytest.raises(DataError, match="Label 2 is empty"):
        write_embedding(Embedding(["a", ""], np.eye(2)), name)


@pytest.mark.parametrize("name", LABELLED)
def test_of_repeated_labels_the_first_is_kept_and_the_rest_noted(name: str) -> None:
    data = write_embedding(Embedding(["aa", "bb", "ab"], np.eye(3)), name)
    twice = data.replace(b"bb", b"aa") if name != "parquet" else _parquet_with(["aa", "aa", "ab"])
    if name == "npz":
        twice = data.replace("bb".encode("utf-32-le"), "aa".encode("utf-32-le"))
    if name in ("tensorboard-tsv", "npz", "xlsx"):
        twice = _rezip(data, twice, name)
    read = read_embedding(twice, f"file{EXTENSION[name]}")
    assert read.labels == ["aa", "ab"]
    assert read.vectors.tolist() == [[1, 0, 0], [0, 0, 1]]
    assert "earlier row: 1" in str(read.notes[-1])
    assert "row 2" in str(read.notes[-1])


def _parquet_with(labels: list[str]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    sink = io.BytesIO()
    parquet.write_table(pa.table({"label": labels, "vector": np.eye(3).tolist()}), sink)
    return sink.getvalue()


def _rezip(data: bytes, changed: bytes, name: str) -> bytes:
    """The archive again with its members changed, so that its checksums hold."""
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for member in old.namelist():
            wide = "utf-32-le" if name == "npz" and member == "labels.npy" else "utf-8"
            new.writestr(member, old.read(member).replace("bb".encode(wide), "aa".encode(wide)))
    return stream.getvalue()


def test_vectors_alone_are_numbered_and_it_is_noted() -> None:
    read = back(example(), "npy")
    assert read.labels == ["0", "1", "2", "3", "4"]
    assert "numbered from 0" in str(read.notes[0])


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("keep", [0.0, 0.1, 0.5, 0.9])
def test_a_file_cut_off_is_refused_or_read_in_part_and_never_crashes(name: str, keep: float) -> None:
    data = write_embedding(example(), name)
    with contextlib.suppress(DataError):
        read = read_embedding(data[: int(len(data) * keep)], "file", format=name)
        assert name in ("csv", "glove")  # text without a count cannot know
        assert len(read) <= 5


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_changed_bytes_give_an_embedding_or_a_sentence_that_names_the_file(name: str, data: Any) -> None:
    raw = bytearray(write_embedding(example(), name))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = read_embedding(bytes(raw), "my-file.dat", format=name)
    except CoreError as error:
        named = "my-file.dat" in str(error)
        assert named, str(error)  # noqa: PT017
    else:
        assert np.isfinite(read.vectors).all()


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=200)
def test_any_bytes_are_an_embedding_or_a_sentence(data: bytes) -> None:
    with contextlib.suppress(CoreError):
        assert len(read_embedding(data, "file.bin")) > 0


@pytest.mark.parametrize(
    ("data", "filename", "says"),
    [
        (b"", "empty.csv", "empty.csv is empty"),
        (b"just a sentence of words", "words.txt", "no format that is read here"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "photo.csv", "ends in .csv, but .* is a PNG file under another name"),
    ],
)
def test_what_is_no_embedding_is_told(data: bytes, filename: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read_embedding(data, filename)


def test_a_file_above_the_limit_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST_FILE", 100)
    with pytest.raises(DataError, match="at most"):
        read_embedding(bytes(101), "big.npy")


@pytest.mark.parametrize("name", ["word2vec-text", "word2vec-binary"])
@pytest.mark.parametrize("header", ["999999999 300", "2 999999", "0 5", "5 0"])
def test_a_header_that_promises_too_much_is_refused_before_memory_is_given(name: str, header: str) -> None:
    with pytest.raises(DataError, match=r"lies\.bin (holds|announces)"):
        read_embedding(f"{header}\ncat 1 2\n".encode(), "lies.bin", format=name)


@pytest.mark.parametrize("name", NAMES)
def test_a_label_beyond_all_measure_is_refused(name: str) -> None:
    if name == "npy":
        pytest.skip("it has no labels")
    long = Embedding(["x" * (limits.LONGEST_LABEL + 1), "y"], np.eye(2))
    with pytest.raises(DataError, match=r"file"):
        read_embedding(write_embedding(long, name), "file", format=name)


def test_an_unknown_format_or_option_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="word2vec-binary"):
        write_embedding(example(), "docx")
    with pytest.raises(ParameterError, match="label_column"):
        read_embedding(write_embedding(example(), "csv"), "x.csv", labels="a")


def test_underscores_and_blanks_name_a_format_too() -> None:
    assert write_embedding(example(), "word2vec_text") == write_embedding(example(), "word2vec text")


@pytest.mark.parametrize("name", NAMES)
def test_infinite_numbers_are_refused_by_row(name: str) -> None:
    vectors = np.array([[1, 2], [3, 65504]], dtype=np.float32)
    data = write_embedding(Embedding(["a", "b"], vectors), name)
    if name in ("parquet", "tensorboard-tsv", "npz", "xlsx"):
        pytest.skip("its numbers cannot be changed in place")
    bad = (
        data.replace(b"65504.0", b"1e400")
        .replace(b"65504", b"1e400")
        .replace(np.float32(65504).tobytes(), np.float32("inf").tobytes())
    )
    assert bad != data
    with pytest.raises(DataError, match=r"Row 2 of bad\.file"):
        read_embedding(bad, "bad.file", format=name)


def test_every_format_says_what_it_is() -> None:
    for facts in formats():
        assert facts.title
        assert facts.about.endswith(".")
        assert facts.extension.startswith(".")
        assert "/" in facts.media
        assert FORMATS.get(facts.name).title == facts.title
