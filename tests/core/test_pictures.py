"""Small pictures beside the rows of an embedding: checked by their header, and kept where it is kept."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.embedding import Embedding
from core.errors import DataError
from core.library import Library, read_workspace
from core.pictures import Pictures


def sheet(height: int, width: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)).save(out, kind)
    return out.getvalue()


def embedding() -> Embedding:
    made = Embedding(["a", "b", "c"], np.eye(3, dtype=np.float32))
    made.pictures = Pictures(sheet(8, 12), (4, 6), 2, 3)
    return made


@pytest.mark.parametrize(("kind", "media"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_the_file_says_what_it_is(kind: str, media: str) -> None:
    assert Pictures(sheet(8, 12, kind), (4, 6), 2, 3).media == media


@pytest.mark.parametrize(
    ("data", "tile", "columns", "rows"),
    [
        (sheet(8, 12), (4, 6), 2, 5),  # a row of the sheet is missing
        (sheet(8, 12), (8, 8), 2, 2),
        (sheet(8, 12), (0, 6), 2, 3),
        (sheet(8, 12), (4, 6), 0, 3),
        (sheet(8, 12, "GIF"), (4, 6), 2, 3),
        (b"<svg/>", (4, 6), 2, 3),
    ],
)
def test_a_sheet_that_is_not_as_announced_is_refused(data: bytes, tile: tuple[int, int], columns: int, rows: int) -> None:  # fmt: skip
    with pytest.raises(ValueError, match=r"must be|no PNG|announced"):
        Pictures(data, tile, columns, rows)


def test_pictures_are_saved_with_their_embedding_and_travel_in_a_workspace(tmp_path: Path) -> None:
    library, made = Library(tmp_path / "one"), embedding()
    assert library.open(library.save(made, "patches")).pictures == made.pictures
    (packed,), damaged = read_workspace(library.pack(), "all.zip")
    assert damaged == []
    other = Library(tmp_path / "other")
    assert other.open(other.add(packed)).pictures == made.pictures


def test_an_embedding_without_pictures_is_read_as_before(tmp_path: Path) -> None:
    library = Library(tmp_path)
    assert library.open(library.save(Embedding(["a"], np.ones((1, 2))), "plain")).pictures is None


def test_the_quota_counts_the_pictures_before_they_are_kept(tmp_path: Path) -> None:
    made = embedding()
    room = made.vectors.nbytes + 100  # enough for vectors and labels
    with pytest.raises(DataError, match="this needs"):
        Library(tmp_path, quota=room).save(made, "too large by its pictures")
