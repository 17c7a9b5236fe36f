"""Colours that say one thing on every page and stay apart for colour-blind readers.

Classes: Okabe & Ito (2008) first, then thirteen more, each chosen as far as possible in CIELAB from
all before it, as seen with full colour vision and with each of its three deficiencies (Machado,
Oliveira & Fernandes 2009). Whatever comes after the twentieth is grey and named "others".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CLASSES = (
    "#E69F00", "#56B4E9", "#009E73", "#D55E00", "#0072B2", "#CC79A7", "#F0E442",
    "#8700FF", "#870F00", "#A5E187", "#4B3C5A", "#4B2DB4", "#69F0C3", "#8778FF",
    "#E11E4B", "#96E1F0", "#B4A54B", "#00692D", "#D2E169", "#78C387",
)  # fmt: skip
OTHERS = "#9AA0A6"
NONE = "rgba(140, 146, 154, 0.5)"  # the same on light and on dark ground
SELECTED, NEIGHBOUR = "#B84300", "#005B94"
LEARNED, FIXED, ERROR = "#009E73", "#0072B2", "#D55E00"
SEQUENTIAL = "Viridis"
DIVERGING = "RdBu_r"  # always with zmid = 0


def group(values: Sequence[object], others: str, none: str) -> tuple[list[str], list[str], NDArray[np.uint8]]:
    """(names, colours, code of each value): the 20 most frequent values in the order of their counts,
    then in grey the rest as `others` and values that are None or empty as `none`, where there are such."""
    counts = Counter(str(value) for value in values if value not in (None, ""))
    known = [name for name, _ in counts.most_common(len(CLASSES))]
    names, colours = list(known), list(CLASSES[: len(known)])
    for name, colour, needed in (
        (others, OTHERS, len(counts) > len(known)),
        (none, NONE, any(value in (None, "") for value in values)),
    ):
        if needed:
            names.append(name)
            colours.append(colour)
    code = {name: at for at, name in enumerate(known)}
    rest, empty = len(known), len(names) - 1
    codes = [empty if value in (None, "") else code.get(str(value), rest) for value in values]
    return names, colours, np.array(codes, dtype=np.uint8)


def scale(colours: Sequence[str]) -> list[tuple[float, str]]:
    """A stepped Plotly colour scale: with cmin = -0.5 and cmax = len - 0.5, code k gets colour k."""
    count = len(colours)
    return [(edge / count, colour) for at, colour in enumerate(colours) for edge in (at, at + 1)]
