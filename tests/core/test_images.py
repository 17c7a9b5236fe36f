"""Reading pictures: whatever arrives, pixels or one helpful sentence."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import CoreError, DataError, MissingPart, ParameterError
from core.images import Photo, digit_images, load_sample, read_image, resize, samples, thumbnail
from core.patches import patchify


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def scene(height: int = 24, width: int = 40) -> np.ndarray:
    """Smooth enough for JPEG to keep, different in every corner."""
    down, across = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    return np.rint(np.stack([255 * down, 255 * across, 128 + 0 * down], axis=2)).astype(np.uint8)


def png_of_claimed_size(width: int, height: int) -> bytes:
    """A header that announces so many pixels, and nothing behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    packed = [struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks]  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "JPEG", "WEBP"])
def test_the_usual_formats_are_read(kind: str) -> None:
    options = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    photo = read_image(encoded(Image.fromarray(scene()), kind, **options), "a." + kind.lower())
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.shape == (24, 40, 3)
    assert (photo.original, photo.mode, photo.notes) == ((24, 40), "RGB", ())
    assert np.abs(photo.pixels.astype(int) - scene()).max() <= (0 if kind in ("PNG", "BMP", "TIFF") else 12)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright_as_its_camera_noted(kind: str, orientation: int) -> None:
    """The file holds the scene as a camera held that way would have stored it."""
    turned_away = {
        1: lambda image: image,
        2: lambda image: image[:, ::-1],
        3: lambda image: image[::-1, ::-1],
        4: lambda image: image[::-1],
        5: lambda image: image.transpose(1, 0, 2),
        6: lambda image: np.rot90(image, 1),
        7: lambda image: image[::-1, ::-1].transpose(1, 0, 2),
        8: lambda image: np.rot90(image, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(turned_away[orientation](scene()))
    options = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    photo = read_image(encoded(Image.fromarray(stored), kind, exif=exif, **options), "held.jpg")
    assert photo.original == (24, 40)
    assert np.abs(photo.pixels.astype(int) - scene()).mean() < 3
    assert any("EXIF" in str(note) for note in photo.notes) == (orientation != 1)


def test_an_orientation_that_does_not_exist_is_ignored() -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    photo = read_image(encoded(Image.fromarray(scene()), "PNG", exif=exif), "odd.png")
    assert np.array_equal(photo.pixels, scene())


def test_transparency_is_laid_over_white_and_said() -> None:
    rgba = np.dstack([scene(), np.full((24, 40), 255, dtype=np.uint8)])
    rgba[:12, :, 3] = 0
    photo = read_image(encoded(Image.fromarray(rgba), "PNG"), "clear.png")
    assert (photo.pixels[:12] == 255).all()
    assert np.array_equal(photo.pixels[12:], scene()[12:])
    assert [str(note) for note in photo.notes] == ["Transparent parts were laid over white."]
    half = np.zeros((2, 2, 2), dtype=np.uint8)
    half[..., 1] = 128
    assert (read_image(encoded(Image.fromarray(half, "LA"), "PNG"), "half.png").pixels == 127).all()


def test_an_alpha_channel_that_hides_nothing_is_not_mentioned() -> None:
    rgba = np.dstack([scene(), np.full((24, 40), 255, dtype=np.uint8)])
    photo = read_image(encoded(Image.fromarray(rgba), "PNG"), "opaque.png")
    assert np.array_equal(photo.pixels, scene())
    assert (photo.mode, photo.notes) == ("RGBA", ())


def test_palettes_with_and_without_a_transparent_colour_are_handled() -> None:
    indices = Image.fromarray(np.array([[0, 1], [1, 0]], dtype=np.uint8), "P")
    indices.putpalette([200, 10, 10, 10, 10, 200])
    plain = read_image(encoded(indices, "PNG"), "palette.png")
    assert plain.pixels[0].tolist() == [[200, 10, 10], [10, 10, 200]]
    assert (plain.mode, plain.notes) == ("P", ())
    clear = read_image(encoded(indices, "GIF", transparency=1), "palette.gif")
    assert clear.pixels[0].tolist() == [[200, 10, 10], [255, 255, 255]]
    assert "white" in str(clear.notes[0])


def test_black_and_white_and_grey_become_three_equal_channels() -> None:
    ramp = np.arange(0, 256, 5, dtype=np.uint8)[None, :]
    grey = read_image(encoded(Image.fromarray(ramp), "PNG"), "grey.png")
    assert np.array_equal(grey.pixels, np.repeat(ramp[:, :, None], 3, axis=2))
    bits = read_image(encoded(Image.fromarray(ramp > 100), "PNG"), "bits.png")
    assert set(bits.pixels.ravel().tolist()) == {0, 255}


def test_printing_inks_become_rgb_and_are_said_to_be_approximate() -> None:
    photo = read_image(encoded(Image.fromarray(scene()).convert("CMYK"), "JPEG", quality=95), "print.jpg")
    assert photo.mode == "CMYK"
    assert "CMYK" in str(photo.notes[0])
    assert np.abs(photo.pixels.astype(int) - scene()).mean() < 8


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_greys_keep_both_ends_of_their_range(kind: str) -> None:
    ramp = np.array([[0, 257, 128 * 257, 65_535]], dtype=np.uint16)
    photo = read_image(encoded(Image.fromarray(ramp), kind), "deep." + kind.lower())
    assert photo.pixels[0, :, 0].tolist() == [0, 1, 128, 255]
    assert "16-bit" in str(photo.notes[0])


def test_floating_greys_are_stretched_over_their_own_range_and_it_is_said() -> None:
    values = np.array([[-2.0, 0.0, 2.0, np.nan]], dtype=np.float32)
    photo = read_image(encoded(Image.fromarray(values), "TIFF"), "float.tif")
    assert photo.pixels[0, :, 1].tolist() == [0, 128, 255, 0]
    assert str(photo.notes[0]) == "Greys from -2 to 2 were stretched over black to white."
    flat = read_image(encoded(Image.fromarray(np.full((2, 2), 7.0, np.float32)), "TIFF"), "flat.tif")
    assert not flat.pixels.any()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_of_an_animation_the_first_frame_is_taken_and_said(kind: str) -> None:
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "blue")]
    options = {"lossless": True} if kind == "WEBP" else {}
    photo = read_image(encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options), "move")
    assert photo.pixels.reshape(-1, 3).tolist() == [[255, 0, 0]] * 48
    assert "first" in str(photo.notes[0])


def test_one_pixel_is_a_picture_and_cutting_it_says_what_to_do() -> None:
    photo = read_image(encoded(Image.new("RGB", (1, 1), "red"), "PNG"), "dot.png")
    assert photo.pixels.tolist() == [[[255, 0, 0]]]
    with pytest.raises(DataError, match="larger than the image, 1 x 1"):
        patchify(photo.pixels, 16)


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (13_000, 13_000), (8_000, 8_000), (2**31 - 1, 1)])
def test_a_huge_picture_is_refused_by_its_header(width: int, height: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*_: object) -> None:
        raise AssertionError("decoded before its size was checked")

    monkeypatch.setattr("core.images.reading._decode", decode)
    with pytest.raises(DataError, match=r"huge\.png (has|announces more than) .*at most 50 million are read"):
        read_image(png_of_claimed_size(width, height), "huge.png")


def test_limits_on_bytes_and_pixels_can_be_set() -> None:
    data = encoded(Image.fromarray(scene()), "PNG")
    assert read_image(data, "a.png", max_pixels=24 * 40, max_bytes=len(data)).original == (24, 40)
    with pytest.raises(DataError, match="40 x 24 pixels"):
        read_image(data, "a.png", max_pixels=24 * 40 - 1)
    with pytest.raises(DataError, match="MB"):
        read_image(data, "a.png", max_bytes=len(data) - 1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"not a picture at all", "not a picture"),
        (b"\x89PNG\r\n\x1a\n", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"PK\x03\x04" + bytes(60), "not a picture"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(data: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        read_image(data, "holiday.jpg")
    assert "holiday.jpg" in str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"])
def test_a_truncated_file_is_refused_as_damaged(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(DataError, match="half"):
        read_image(data[: len(data) // 2], "half")


_INTACT = [
    encoded(Image.fromarray(scene(9, 7)), kind, **({"save_all": True, "append_images": [Image.new("RGB", (7, 9))]} if kind in ("GIF", "TIFF") else {}))
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(_INTACT), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12), st.floats(0.2, 1))  # fmt: skip
def test_hostile_bytes_give_a_picture_or_an_error_of_ours(data: bytes, changes: list[tuple[float, int]], kept: float) -> None:  # fmt: skip
    damaged = bytearray(data)
    for place, value in changes:
        damaged[int(place * (len(damaged) - 1))] = value
    try:
        photo = read_image(bytes(damaged[: max(1, int(kept * len(damaged)))]), "x", max_pixels=1_000_000)
    except CoreError:
        return
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.shape == (*photo.original, 3)


def heic(pixels: np.ndarray, **options: Any) -> bytes:
    pillow_heif.register_heif_opener()
    return encoded(Image.fromarray(pixels), "HEIF", quality=90, **options)


def test_a_heic_is_read_with_its_full_size() -> None:
    photo = read_image(heic(scene(96, 160)), "phone.heic")
    assert photo.original == (96, 160)
    assert np.abs(photo.pixels.astype(int) - scene(96, 160)).mean() < 6
    assert not photo.notes


def test_a_heic_is_turned_upright_as_its_camera_noted() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held so that it has to be turned to the right
    photo = read_image(heic(scene(96, 160), exif=exif.tobytes()), "phone.heic")
    assert photo.original == (160, 96)
    assert np.abs(photo.pixels.astype(int) - np.rot90(scene(96, 160), -1)).mean() < 6
    assert len(photo.notes) == 1


def test_a_heic_is_bounded_before_it_is_decoded_and_a_truncated_one_is_refused() -> None:
    data = heic(np.random.default_rng(0).integers(0, 256, (96, 160, 3), dtype=np.uint8))
    with pytest.raises(DataError, match="160 x 96 pixels"):
        read_image(data, "phone.heic", max_pixels=1000)
    with pytest.raises(DataError, match=r"phone\.heic"):
        read_image(data[: len(data) // 2], "phone.heic")


def test_heic_without_its_reader_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.images.reading._register_heic", lambda: False)
    with pytest.raises(MissingPart, match="pip install pillow-heif"):
        read_image(struct.pack(">I", 24) + b"ftypheic" + bytes(100), "phone.heic")


def test_a_damaged_heic_is_not_blamed_on_a_missing_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.images.reading._register_heic", lambda: True)
    with pytest.raises(DataError, match=r"phone\.heic is not a picture"):
        read_image(struct.pack(">I", 24) + b"ftypheic" + bytes(100), "phone.heic")


def test_a_small_photo_is_its_own_thumbnail_and_a_large_one_says_how_it_is_shown() -> None:
    photo = Photo("p", scene(300, 400), (300, 400))
    assert thumbnail(photo, 400) is photo
    small = thumbnail(photo, 100)
    assert (small.height, small.width, small.original) == (75, 100, (300, 400))
    assert str(small.notes[-1]) == "Shown at 100 x 75 pixels; the photo has 400 x 300."
    assert np.abs(small.pixels.astype(int) - scene(75, 100)).max() <= 4
    assert thumbnail(Photo("line", scene(2, 900), (2, 900)), 30).pixels.shape == (1, 30, 3)
    with pytest.raises(ParameterError, match="longest"):
        thumbnail(photo, 0)


def test_whole_numbers_are_rounded_and_kept_in_their_range() -> None:
    """Lanczos overshoots at an edge, and its averages have fractions; neither may wrap around or be cut off."""
    assert resize(np.array([[0, 1, 1, 1]], dtype=np.uint16), 1, 1).tolist() == [[1]]
    edge = np.repeat(np.array([0, 0, 0, 65_535, 65_535, 65_535], dtype=np.uint16)[None], 6, axis=0)
    enlarged = resize(edge, 6, 60)[0].astype(int)
    assert (enlarged[:20] < 10_000).all()
    assert (enlarged[40:] > 55_000).all()


def test_resizing_refuses_what_is_no_image() -> None:
    for wrong in (np.zeros(4), np.zeros((2, 0, 3)), np.zeros((2, 2, 2, 2))):
        with pytest.raises(DataError):
            resize(wrong, 2, 2)
    with pytest.raises(ParameterError, match="height"):
        resize(np.zeros((2, 2)), 0, 2)


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_every_sample_loads_alike_each_time_and_names_its_maker(sample: object) -> None:
    first, second = load_sample(sample.name), load_sample(sample.name)  # type: ignore[attr-defined]
    assert first.pixels.tobytes() == second.pixels.tobytes()
    assert first.pixels.shape == (*first.original, 3)
    assert first.pixels.std() > 10
    assert sample.title  # type: ignore[attr-defined]
    assert sample.credit  # type: ignore[attr-defined]


def test_the_photos_are_those_of_scikit_learn() -> None:
    from sklearn.datasets import load_digits, load_sample_image

    for name in ("china", "flower"):
        assert np.array_equal(load_sample(name).pixels, load_sample_image(name + ".jpg"))
    images, labels = digit_images()
    digits = load_digits()
    assert np.array_equal(images, digits.images)
    assert np.array_equal(labels, digits.target)


def test_a_patch_of_the_digit_sheet_is_one_digit() -> None:
    patches = patchify(load_sample("digits").pixels, 8)
    images, _ = digit_images()
    for index in (0, 25, 383):
        ink = np.rint((255.0 - patches.patch_image(index)[:, :, 0]) * 16 / 255)
        assert np.array_equal(ink, images[index])


def test_numbered_tiles_are_the_196_patches_of_the_paper_each_with_its_own_face() -> None:
    patches = patchify(load_sample("tiles").pixels, 16)
    assert patches.grid == (14, 14)
    assert len(np.unique(patches.vectors, axis=0)) == 196
    ink = (patches.patch_images() == 20).all(axis=3)
    assert ink[1].sum() < ink[11].sum() < ink[111].sum()  # one, two, three numerals


def test_an_unknown_sample_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="china, flower, digits, tiles, wheel; got cat"):
        load_sample("cat")
