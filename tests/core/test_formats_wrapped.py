"""The one file inside a zip or a .gz is read as if it came bare, within the bounds of archives."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from core import _archive
from core.embedding import Embedding
from core.errors import DataError
from core.formats import _wrapped, detect, formats, preview, read_embedding, words_of, write_embedding
from tests.core.test_formats_readers import zipped

CSV = b"word,x,y\ncat,1,2\ndog,3,4\nbird,5,6\n"


def example() -> Embedding:
    return Embedding(["cat", "dog", "科学"], np.random.default_rng(1).normal(size=(3, 4)))


@pytest.mark.parametrize(("name", "extension"), [(facts.name, facts.extension) for facts in formats()])
def test_every_format_is_read_out_of_a_zip_with_its_settings_and_out_of_a_gz(name: str, extension: str) -> None:
    data = write_embedding(example(), name)
    for wrapped, called in (
        (zipped(**{f"folder/x{extension}": data, "settings.json": b"{}", "__MACOSX/._x": b"?"}), "x.zip"),
        (zipped(**{f"x{extension}": data, "README.txt": b"read me", "LICENSE": b"free"}), "x.zip"),
        (gzip.compress(data), f"x{extension}.gz"),
    ):
        again = read_embedding(wrapped, called)
        assert again.labels == (["0", "1", "2"] if name == "npy" else example().labels)
        assert np.array_equal(again.vectors, example().vectors)


def test_a_table_in_a_wrapping_is_looked_at_and_its_words_are_read() -> None:
    for data, name in ((zipped(**{"t.csv": CSV, "settings.json": b"{}"}), "t.csv.zip"), (gzip.compress(CSV), "t.gz")):
        seen = preview(data, name)
        assert seen is not None
        assert (seen.format, seen.label, seen.vector) == ("csv", "word", ("x", "y"))
        assert words_of(data, name, "word")[0] == ["cat", "dog", "bird"]
        assert detect(data, name) == "csv"


def test_a_pair_of_the_projector_keeps_its_labels_with_anything_beside_it() -> None:
    data = zipped(**{"vectors.tsv": b"1\t2\n3\t4\n", "metadata.tsv": b"a\nb\n", "settings.json": b"{}"})
    assert read_embedding(data, "x.zip").labels == ["a", "b"]


def test_several_files_in_a_zip_are_named() -> None:
    with pytest.raises(DataError, match=r"x\.zip holds several files: a\.csv, b\.csv"):
        read_embedding(zipped(**{"a.csv": CSV, "b.csv": CSV}), "x.zip")


def test_a_wrapping_in_a_wrapping_is_not_opened() -> None:
    with pytest.raises(DataError, match="no format"):
        read_embedding(gzip.compress(gzip.compress(CSV)), "x.csv.gz.gz")


def test_a_damaged_gz_is_told() -> None:
    for data in (gzip.compress(CSV)[:-9], gzip.compress(CSV)[:12] + b"?" * 40, gzip.compress(CSV) + b"??"):
        with pytest.raises(DataError, match=r"x\.gz is damaged or cut off"):
            read_embedding(data, "x.gz")
    with pytest.raises(DataError, match="empty"):
        read_embedding(gzip.compress(b""), "x.gz")


def test_what_unpacks_to_more_than_a_table_can_shrink_to_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_archive, "HARMLESS", 1000)
    monkeypatch.setattr(_wrapped, "_BLOCK", 100)
    swollen = b"word,x,y\n" + b"cat,1,2\n" * 100_000
    with pytest.raises(DataError, match="unpacks to more than"):
        read_embedding(gzip.compress(swollen), "x.csv.gz")
    with pytest.raises(DataError, match="unpacks to more than"):
        read_embedding(zipped(**{"x.csv": swollen}), "x.zip")
    monkeypatch.setattr(_wrapped, "LARGEST_FILE", 20)
    with pytest.raises(DataError, match="unpacks to more than"):
        read_embedding(gzip.compress(CSV), "x.csv.gz")
