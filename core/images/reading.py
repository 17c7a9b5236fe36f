"""An uploaded picture becomes pixels; its cost is bounded before anything is decoded."""

from __future__ import annotations

import importlib.util
import io
import threading
import warnings
from typing import Any

import numpy as np

from core.errors import N_, DataError, MissingPart
from core.images.photo import Photo, Pixels
from core.notes import Note

MAX_BYTES = 40 * 2**20
MAX_PIXELS = 50_000_000  # a 48-megapixel phone picture fits; decoded it takes 150 MB

# Only formats decoded inside the library: no plugin that starts another program (EPS) is ever asked.
_FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"]
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
_ORIENTATION = 0x0112

# One picture is decoded at a time: many uploads at once cannot add up in memory, and the warning
# filters, which belong to the whole process, are changed by one thread only.
_DECODING = threading.Lock()


def read_image(
    data: bytes, filename: str, *, max_pixels: int = MAX_PIXELS, max_bytes: int = MAX_BYTES, longest: int | None = None
) -> Photo:
    """JPEG, PNG, WebP, GIF, TIFF, BMP, AVIF (and HEIC with pillow-heif) -> Photo, upright and opaque.

    Sizes are checked on the header, before decoding. Transparent parts are laid over white, CMYK and 16-bit
    or floating greys become 8-bit RGB, of several frames the first is taken: each is said in a note. With `longest`, a
    JPEG may be decoded at a half, a quarter or an eighth of its size, not below `longest` pixels: quicker and lighter for
    who wants a small copy; `original` is the full size all the same.
    Raises DataError for what is empty, too large, no picture or damaged, MissingPart for HEIC without its reader.
    """
    if not data:
        raise DataError(N_("{file} is empty: choose a file with a picture in it."), file=filename)
    if len(data) > max_bytes:
        raise DataError(
            N_("{file} has more than {limit} MB; pictures of up to {limit} MB are read. Save it smaller, or as JPEG."),
            file=filename, limit=_millions(max_bytes, 2**20),
        )  # fmt: skip
    with _DECODING, warnings.catch_warnings():
        # damaged metadata and large sizes make Pillow warn; the first is harmless, the second is refused below
        warnings.simplefilter("ignore")
        image = _open(data, filename, max_pixels)
        _check_pixels(image, filename, max_pixels)
        try:
            return _decode(image, filename, longest)
        except Exception as error:  # decoders meet hostile bytes and raise nearly anything; all of it means one thing
            raise DataError(
                N_("{file} could not be read to its end: it is damaged, or stored in a rare way. Open it in a picture program and save it again as PNG or JPEG."),
                file=filename,
            ) from error  # fmt: skip


def _open(data: bytes, filename: str, max_pixels: int) -> Any:
    """The header only: Pillow reads pixels on `load()`."""
    from PIL import Image

    heic = data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS
    readable = heic and _register_heic()
    formats = [*_FORMATS, "HEIF"] if readable else _FORMATS
    try:
        return Image.open(io.BytesIO(data), formats=formats)
    except Image.DecompressionBombError as error:
        raise DataError(
            N_("{file} announces more than {millions} million pixels in its header; at most {limit} million are read. Save it smaller."),
            file=filename, millions=_millions(2 * (Image.MAX_IMAGE_PIXELS or 0)), limit=_millions(max_pixels),
        ) from error  # fmt: skip
    except Exception as error:  # as above: hostile bytes
        if heic and not readable:
            raise MissingPart("pillow-heif", "pip install pillow-heif") from error
        raise DataError(N_("{file} is not a picture that can be read here; use JPEG, PNG, WebP, GIF, TIFF or BMP."), file=filename) from error  # fmt: skip


def _register_heic() -> bool:
    if importlib.util.find_spec("pillow_heif") is None:
        return False
    importlib.import_module("pillow_heif").register_heif_opener()
    return True


def _check_pixels(image: Any, filename: str, max_pixels: int) -> None:
    width, height = image.size
    if width * height > max_pixels:
        raise DataError(
            N_("{file} has {width} x {height} pixels, {millions} million; at most {limit} million are read. Save it smaller."),
            file=filename, width=width, height=height,
            millions=_millions(width * height), limit=_millions(max_pixels),
        )  # fmt: skip


def _decode(image: Any, filename: str, longest: int | None) -> Photo:
    mode, notes, full = str(image.mode), [], image.size
    reduced = longest is not None and image.format == "JPEG" and image.draft(None, (longest, longest)) is not None
    if getattr(image, "is_animated", False):
        notes.append(Note(N_("The file holds several pictures or frames; the first one is used.")))
    # the reader of HEIC turns the pixels itself and remembers how
    noted = image.info.get("original_orientation") or 1 if image.format == "HEIF" else _orientation(image)
    image.load()
    # some formats (TIFF) are turned by Pillow as they load, and then have nothing left to obey
    turned = _turned(image, _orientation(image))
    if noted != 1:
        notes.append(Note(N_("The photo was turned the way its camera noted (EXIF orientation).")))
    pixels, note = _to_rgb(turned)
    if note is not None:
        notes.append(note)
    height, width = (int(pixels.shape[0]), int(pixels.shape[1])) if not reduced else full if noted > 4 else full[::-1]
    return Photo(filename, pixels, (height, width), mode, tuple(notes))


def _orientation(image: Any) -> int:
    """The camera's note on how it was held, 1 (upright) to 8; an unreadable note counts as upright."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # a broken note is no reason to lose the photo
        return 1
    return value if value in range(1, 9) else 1


def _turned(image: Any, orientation: int) -> Any:
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _to_rgb(image: Any) -> tuple[Pixels, Note | None]:
    """(H, W, 3) uint8 and, where colours had to change, what was done."""
    if image.mode.startswith("I;16"):
        # 65535 / 257 = 255: both ends of the range meet exactly
        grey = np.rint(np.asarray(image).astype(np.float32) / 257).astype(np.uint8)
        return _grey_to_rgb(grey), Note(N_("16-bit greys were scaled to 8 bits."))
    if image.mode in ("I", "F"):
        return _stretched(np.asarray(image))
    if image.has_transparency_data:
        return _over_white(image.convert("RGBA"))
    note = None
    if image.mode == "CMYK":
        note = Note(N_("Printing inks (CMYK) were turned into RGB without a colour profile; colours are approximate."))
    # converting RGB to RGB would copy the whole picture once more
    return np.array(image if image.mode == "RGB" else image.convert("RGB")), note


def _over_white(rgba: Any) -> tuple[Pixels, Note | None]:
    from PIL import Image

    if rgba.getextrema()[3][0] == 255:
        return np.array(rgba.convert("RGB")), None
    white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
    pixels = np.array(Image.alpha_composite(white, rgba).convert("RGB"))
    return pixels, Note(N_("Transparent parts were laid over white."))


def _stretched(values: Any) -> tuple[Pixels, Note]:
    """Greys of unknown range: the least finite value becomes black, the greatest white, no number black."""
    wide = values.astype(np.float64)
    finite = np.isfinite(wide)
    low, high = (float(wide[finite].min()), float(wide[finite].max())) if finite.any() else (0.0, 0.0)
    grey = np.where(finite, (wide - low) / ((high - low) or 1.0), 0.0)
    note = Note(
        N_("Greys from {low} to {high} were stretched over black to white."), {"low": f"{low:g}", "high": f"{high:g}"}
    )
    return _grey_to_rgb(np.rint(grey * 255).astype(np.uint8)), note


def _grey_to_rgb(grey: Pixels) -> Pixels:
    return np.repeat(grey[:, :, None], 3, axis=2)


def _millions(count: int, unit: int = 1_000_000) -> str:
    return f"{count / unit:,.3g}" if count < 1000 * unit else f"{count / unit:,.0f}"
