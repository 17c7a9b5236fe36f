"""Several pictures at once, and the one among them that is no picture."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.errors import CoreError
from core.images import Photo, read_image, read_photos


def picture(height: int = 30, width: int = 50, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    ramp = np.linspace(0, 255, height * width * 3).reshape(height, width, 3).astype(np.uint8)
    Image.fromarray(ramp).save(out, kind, **options)
    return out.getvalue()


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def told(found: list[Photo | CoreError]) -> list[str]:
    return [one.name if isinstance(one, Photo) else str(one) for one in found]


def test_of_a_zip_with_a_bad_file_the_rest_is_read_and_the_bad_one_is_named() -> None:
    data = packed(**{"a.png": picture(), "b.png": b"not a picture", "folder/c.jpg": picture(kind="JPEG")})
    first, bad, last = told(list(read_photos(data, "trip.zip", 40)))
    assert (first, last) == ("a.png", "c.jpg")
    assert bad.startswith("b.png is not a picture that can be read here")


def test_a_damaged_member_is_named_and_the_next_is_read() -> None:
    data = packed(**{"a.png": picture(), "b.png": picture()})
    place = data.index(picture()[20:40]) + 15  # inside the first picture: its checksum no longer holds
    harmed = data[:place] + b"\xff\xff" + data[place + 2 :]
    bad, good = list(read_photos(harmed, "trip.zip", 40))
    assert isinstance(bad, CoreError)
    assert "a.png" in str(bad)
    assert isinstance(good, Photo)


def test_hidden_files_and_folders_are_passed_over() -> None:
    data = packed(**{"x/": b"", "x/a.png": picture(), "__MACOSX/x/._a.png": b"?", ".DS_Store": b"?"})
    assert told(list(read_photos(data, "z.zip", 40))) == ["a.png"]


@pytest.mark.parametrize("data", [packed(), packed(**{"x/": b""})])
def test_an_archive_without_pictures_says_so(data: bytes) -> None:
    (only,) = read_photos(data if data.startswith(b"PK\x03\x04") else b"PK\x03\x04", "empty.zip", 40)
    assert isinstance(only, CoreError)
    assert "empty.zip" in str(only)


def test_a_broken_archive_is_one_error() -> None:
    whole = packed(**{"a.png": picture()})
    (only,) = read_photos(whole[:-30], "cut.zip", 40)
    assert "cut.zip is a damaged or encrypted archive" in str(only)


def test_no_more_pictures_are_read_than_allowed_and_no_member_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(**{f"{k}.png": picture() for k in range(4)})
    *read, last = told(list(read_photos(data, "z.zip", 40, most=3)))
    assert read == ["0.png", "1.png", "2.png"]
    assert last == "z.zip holds 4 pictures; the first 3 were read."
    heavy = told(list(read_photos(packed(a=bytes(3 * 2**20)), "z.zip", 40, max_bytes=2**20)))
    assert heavy[0].startswith("a has more than 1 MB; pictures of up to 1 MB")


def test_members_that_unpack_to_too_much_together_end_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(**{"a.png": picture(), "b.png": picture(), "c.png": picture()})
    monkeypatch.setattr("core.images.bundles.MOST_UNPACKED", int(1.5 * len(picture())))
    *read, last = told(list(read_photos(data, "z.zip", 40)))
    assert read == ["a.png"]
    assert "pictures after b.png were left out" in last or "unpacks to more than" in last


def test_a_single_picture_is_one_and_is_held_small() -> None:
    (only,) = read_photos(picture(300, 500), "a.png", 100)
    assert isinstance(only, Photo)
    assert only.pixels.shape == (60, 100, 3)
    assert only.original == (300, 500)


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_jpeg_read_for_a_small_copy_tells_its_full_size_and_looks_the_same(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = picture(800, 1600, "JPEG", exif=exif)
    whole, reduced = read_image(data, "a.jpg"), read_image(data, "a.jpg", longest=200)
    assert reduced.original == whole.original
    assert max(reduced.pixels.shape) <= max(whole.pixels.shape) // 4
    step = whole.height // reduced.height
    near = whole.pixels[step // 2 :: step, step // 2 :: step][: reduced.height, : reduced.width].astype(int)
    assert np.abs(near - reduced.pixels).mean() < 3
