"""Pictures to begin with: two photos and a sheet of handwritten digits from scikit-learn's files, two drawings of our own."""

from __future__ import annotations

import gzip
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import N_, DataError, ParameterError
from core.images._drawing import colour_wheel, numbered_tiles
from core.images.photo import Photo, Pixels
from core.images.reading import read_image

DIGIT_ROWS, DIGIT_COLUMNS = 16, 24


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture that comes along; `credit` must be shown beside it, `patch` is a patch side that suits it."""

    name: str
    title: str
    credit: str
    patch: int
    load: Callable[[], Pixels]


def samples() -> list[Sample]:
    """The samples there are, best first."""
    return list(_SAMPLES)


def load_sample(name: str) -> Photo:
    """The sample of that name as a Photo; an unknown name is a ParameterError that lists what there is."""
    for sample in _SAMPLES:
        if sample.name == name:
            pixels = sample.load()
            return Photo(name, pixels, (int(pixels.shape[0]), int(pixels.shape[1])))
    raise ParameterError("sample", name, N_("one of: {known}"), known=", ".join(sample.name for sample in _SAMPLES))


def digit_images() -> tuple[Pixels, Pixels]:
    """scikit-learn's 1,797 handwritten digits: images (1797, 8, 8) with values 0 to 16, and the digit of each (1797,).

    E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (1998). Raises DataError where the file is missing.
    """
    packed = _sklearn_file("data/digits.csv.gz")
    table = np.loadtxt(gzip.decompress(packed).decode("ascii").splitlines(), delimiter=",", dtype=np.float64)
    return table[:, :64].reshape(-1, 8, 8).astype(np.uint8), table[:, 64].astype(np.uint8)


def _china() -> Pixels:
    return read_image(_sklearn_file("images/china.jpg"), "china.jpg").pixels


def _flower() -> Pixels:
    return read_image(_sklearn_file("images/flower.jpg"), "flower.jpg").pixels


def _digits() -> Pixels:
    """A sheet of the first digits in reading order, each 8 x 8 pixels: with patches of 8, one patch is one digit."""
    images, _ = digit_images()
    sheet = images[: DIGIT_ROWS * DIGIT_COLUMNS].reshape(DIGIT_ROWS, DIGIT_COLUMNS, 8, 8)
    ink = sheet.transpose(0, 2, 1, 3).reshape(DIGIT_ROWS * 8, DIGIT_COLUMNS * 8)
    grey = 255 - np.rint(ink * (255 / 16)).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _sklearn_file(part: str) -> bytes:
    """A file of scikit-learn's data folder; the package itself, a second to import, is not."""
    spec = importlib.util.find_spec("sklearn")
    path = None if spec is None or spec.origin is None else Path(spec.origin).parent / "datasets" / part
    if path is None or not path.is_file():
        raise DataError(N_("The file {file} of scikit-learn is missing; install scikit-learn again."), file=part)
    return path.read_bytes()


_SAMPLES = (
    Sample(
        "china",
        N_("A temple in China"),
        N_("Photo by danielbuechele on Flickr, CC BY 2.0, from scikit-learn"),
        16,
        _china,
    ),
    Sample("flower", N_("A flower"), N_("Photo by vultilion on Flickr, CC BY 2.0, from scikit-learn"), 16, _flower),
    Sample(
        "digits",
        N_("Handwritten digits"),
        N_("E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, CC BY 4.0, from scikit-learn"),
        8,
        _digits,
    ),
    Sample("tiles", N_("Numbered tiles"), N_("Drawn by Embedscope"), 16, numbered_tiles),
    Sample("wheel", N_("A colour wheel"), N_("Drawn by Embedscope"), 16, colour_wheel),
)
