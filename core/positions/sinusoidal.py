"""Fixed position codes: every pair of columns is a hand turning at its own speed."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray, IntArray
from core.errors import N_
from core.params import require, require_whole

Layout = Literal["interleaved", "concatenated", "tensor2tensor"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)


def sinusoidal(
    length: int, dim: int, *, base: float = 10_000.0, layout: Layout = "interleaved", misprint: bool = False
) -> DoubleArray:
    """Fixed position codes (Vaswani et al. 2017, arXiv:1706.03762, section 3.5).

    Returns (length, dim) float64, row p the code of position p, angles p / base^(2i / dim) in radians.
    "interleaved": column 2i sine, 2i + 1 cosine; an odd dim drops the last cosine. "concatenated": the same columns,
    sines first. "tensor2tensor": sines first too, but frequencies spread over dim / 2 - 1, so that the slowest is
    1 / base exactly; an odd dim ends in a column of zeros. `misprint` puts the brackets wrong, (p / base)^(2i / dim),
    as some texts do: right at p = 1 only. Raises ParameterError unless length, dim >= 1 and base > 1.
    """
    length, dim = require_whole("length", length, 1), require_whole("dim", dim, 1)
    require_base(base)
    exponents = _exponents(dim, layout)
    places = np.arange(length, dtype=np.float64)[:, None]
    angles = (places / base) ** exponents if misprint else places * base**-exponents
    sines, cosines = code_columns(dim, layout)
    codes = np.zeros((length, dim))
    codes[:, sines] = np.sin(angles)
    codes[:, cosines] = np.cos(angles[:, : len(cosines)])
    return codes


def wavelengths(dim: int, base: float = 10_000.0, layout: Layout = "interleaved") -> DoubleArray:
    """Positions until pair i repeats, 2 pi base^(2i / dim), fastest first; one value a sine."""
    dim = require_whole("dim", dim, 1)
    require_base(base)
    return 2 * np.pi / frequencies(dim, base, layout)


def distinct_codes(codes: NDArray[Any], bits: int) -> int:
    """How many rows of (length, dim) codes stay different when each value keeps `bits` bits: [-1, 1] is cut into 2^bits equal
    steps, and a value keeps the number of its step. Raises ParameterError unless 1 <= bits <= 32.
    """
    bits = require_whole("bits", bits, 1)
    require("bits", bits, bits <= 32, N_("at most 32"))
    steps = np.floor((np.asarray(codes, dtype=np.float64) + 1) / 2 * 2**bits)
    kept = np.clip(steps, 0, 2**bits - 1).astype(np.uint32)
    return len({row.tobytes() for row in kept})


def frequencies(dim: int, base: float, layout: Layout = "interleaved") -> DoubleArray:
    """Radians a position of every pair, fastest (1) first."""
    return base ** -_exponents(dim, layout)


def code_columns(dim: int, layout: Layout) -> tuple[IntArray, IntArray]:
    """Which columns hold the sines and which the cosines, both in the order of the pairs."""
    columns = np.arange(dim)
    if layout == "interleaved":
        return columns[0::2], columns[1::2]
    half = dim // 2 if layout == "tensor2tensor" else (dim + 1) // 2
    return columns[:half], columns[half : half + dim // 2]


def require_base(base: float) -> None:
    require("base", base, bool(1 < base < np.inf), N_("a number above 1"))


def _exponents(dim: int, layout: Layout) -> DoubleArray:
    """The power of the base that slows pair i down: 2i / dim, or i / (dim / 2 - 1) in tensor2tensor."""
    require("layout", layout, layout in LAYOUTS, N_("one of: {known}"), known=", ".join(LAYOUTS))
    if layout == "tensor2tensor":
        return np.arange(dim // 2) / max(dim // 2 - 1, 1)
    return 2 * np.arange((dim + 1) // 2) / dim
