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
# The classes of our own corpora and lists keep their colour in every language and picture.
_OWN = (
    ("animal", "动物"), ("food", "食物"), ("science", "科学"), ("profession", "职业"), ("clothing", "衣服"),
    ("time", "时间"), ("vehicle", "车船"), ("sport", "运动"), ("country", "国家"), ("capital", "首都"),
    ("tool", "工具"), ("body", "身体"), ("weather", "天气"), ("music", "乐器"), ("person", "人物"),
    ("colour", "颜色"), ("family", "家人"), ("royalty", "王室"),
)  # fmt: skip
_PLACE = {name: place for place, names in enumerate(_OWN) for name in names}
OTHERS = "#9AA0A6"
NONE = "rgba(140, 146, 154, 0.5)"  # the same on light and on dark ground
PLAIN = "#7A8FA1"  # points that nothing colours
SELECTED, NEIGHBOUR = "#B84300", "#005B94"
LEARNED, FIXED, ERROR = "#009E73", "#0072B2", "#D55E00"
SEQUENTIAL = "Viridis"
VIRIDIS = (
    "#440154", "#482878", "#3E4989", "#31688E", "#26828E", "#1F9E89", "#35B779", "#6ECE58", "#B5DE2B", "#FDE725",
)  # fmt: skip
DIVERGING = "RdBu_r"  # always with zmid = 0


def group(values: Sequence[object], others: str, none: str) -> tuple[list[str], list[str], NDArray[np.uint8]]:
    """(names, colours, code of each value): the 20 most frequent values in the order of their counts, each in its
    own colour, then in grey the rest as `others` and values that are None or empty as `none`, where there are such."""
    titles = ["" if value in (None, "") else str(value) for value in values]
    counts = Counter(titles)
    empty = counts.pop("", 0)
    known = [name for name, _ in counts.most_common(len(CLASSES))]
    names, colours = list(known), _colours(known)
    for name, colour, needed in (
        (others, OTHERS, len(counts) > len(known)),
        (none, NONE, empty > 0),
    ):
        if needed:
            names.append(name)
            colours.append(colour)
    code = {name: at for at, name in enumerate(known)}
    for name in counts.keys() - code.keys():
        code[name] = len(known)
    code[""] = len(names) - 1
    return names, colours, np.fromiter(map(code.__getitem__, titles), np.uint8, len(titles))


def _colours(names: Sequence[str]) -> list[str]:
    """A colour of its own for each of up to 20 names: the known ones theirs, the others what is left, in order."""
    places: dict[str, int] = {}
    for name in names:
        if name in _PLACE and _PLACE[name] not in places.values():
            places[name] = _PLACE[name]
    left = iter(place for place in range(len(CLASSES)) if place not in places.values())
    return [CLASSES[places[name] if name in places else next(left)] for name in names]


def scale(colours: Sequence[str]) -> list[tuple[float, str]]:
    """A stepped Plotly colour scale: with cmin = -0.5 and cmax = len - 0.5, code k gets colour k."""
    count = len(colours)
    return [(edge / count, colour) for at, colour in enumerate(colours) for edge in (at, at + 1)]
