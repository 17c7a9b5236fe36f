"""The formula with its numbers filled in."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.errors import N_
from core.params import require, require_whole
from core.positions.sinusoidal import require_base


@dataclass(frozen=True, slots=True)
class FormulaTerms:
    """angle = position / divisor, divisor = base^exponent, exponent = 2 * pair / dim; sine stands in column 2 * pair,
    cosine in the next (None where an odd dim has dropped it); wavelength in positions. The `misprint_` values are those
    of the wrongly bracketed (position / base)^exponent."""

    position: int
    pair: int
    dim: int
    base: float
    exponent: float
    divisor: float
    angle: float
    sine: float
    cosine: float | None
    wavelength: float
    misprint_angle: float
    misprint_sine: float
    misprint_cosine: float | None


def formula_terms(position: int, pair: int, dim: int, base: float = 10_000.0) -> FormulaTerms:
    """Every number in PE(position, 2i) = sin(position / base^(2i / dim)) and its cosine, where i is `pair`.

    The same formula as `sinusoidal`, for one pair. Raises ParameterError unless position >= 0 and 0 <= pair < dim / 2.
    """
    position, pair = require_whole("position", position, 0), require_whole("pair", pair, 0)
    dim, last = require_whole("dim", dim, 1), (dim - 1) // 2
    require("pair", pair, pair <= last, N_("a whole number from 0 to {last}"), last=last)
    require_base(base)
    exponent = 2 * pair / dim
    divisor = base**exponent
    angle, wrong = position / divisor, (position / base) ** exponent
    paired = 2 * pair + 1 < dim
    return FormulaTerms(
        position=position,
        pair=pair,
        dim=dim,
        base=base,
        exponent=exponent,
        divisor=divisor,
        angle=angle,
        sine=math.sin(angle),
        cosine=math.cos(angle) if paired else None,
        wavelength=2 * math.pi * divisor,
        misprint_angle=wrong,
        misprint_sine=math.sin(wrong),
        misprint_cosine=math.cos(wrong) if paired else None,
    )
