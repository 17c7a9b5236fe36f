"""Sets X to map from: integers, a grid, a tree, words. (The pairs of a file: `pairs`.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray
from core.errors import N_, DataError
from core.params import require, require_whole

MOST = 400  # points of a built-in domain: more cannot be told apart in a picture

DOMAINS = {
    "integers": N_("Integers"),
    "grid": N_("A grid"),
    "tree": N_("A tree"),
    "words": N_("Words"),
    "pairs": N_("A file of pairs"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A finite X.

    inputs: what is mapped, n of it (numbers, points, labels); labels: how each is written
    variables: the x (and y) that a formula sees; places (n, 2): where each is drawn; line: they lie on one line
    distances (n, n): where X has a distance that is not Euclidean; neighbours (n, n): where it has only neighbours
    edges: pairs of rows that are joined in the picture; outputs: (n, d) where the file brings them
    """

    name: str
    inputs: list[Any]
    labels: list[str]
    variables: dict[str, DoubleArray]
    places: DoubleArray
    line: bool
    distances: DoubleArray | None = None
    neighbours: NDArray[np.bool_] | None = None
    edges: list[tuple[int, int]] = field(default_factory=list)
    outputs: DoubleArray | None = None

    def __len__(self) -> int:
        return len(self.inputs)


def integers(low: int = -5, high: int = 5) -> Domain:
    """low, low + 1, ..., high."""
    require("high", high, low < high, N_("above the first number"))
    require("high", high, high - low < MOST, N_("less than {most} numbers away"), most=MOST)
    values = np.arange(low, high + 1)
    return Domain(
        name="integers", inputs=values.tolist(), labels=[str(value) for value in values],
        variables={"x": values.astype(np.float64)}, places=on_line(values), line=True,
    )  # fmt: skip


def grid(side: int = 5) -> Domain:
    """The points (x, y) with 0 <= x, y < side: nearest are the up to four beside each."""
    side = require_whole("side", side, 2)
    require("side", side, side * side <= MOST, N_("at most {most}"), most=int(MOST**0.5))
    y, x = np.divmod(np.arange(side * side), side)
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    near = [(at, at + 1) for at in range(side * side) if (at + 1) % side]
    near += [(at, at + side) for at in range(side * (side - 1))]
    return Domain(
        name="grid", inputs=points, labels=[f"({a}, {b})" for a, b in points],
        variables={"x": x.astype(np.float64), "y": y.astype(np.float64)},
        places=np.stack([x, y], axis=1).astype(np.float64), line=False, edges=near,
    )  # fmt: skip


def tree(depth: int = 3) -> Domain:
    """A binary tree: x numbers the nodes from the root down, y is the depth; distance counts the steps between two nodes."""
    depth = require_whole("depth", depth, 1)
    require("depth", depth, 2 ** (depth + 1) - 1 <= MOST, N_("at most {most}"), most=7)
    numbers = np.arange(1, 2 ** (depth + 1))
    levels = np.floor(np.log2(numbers)).astype(int)
    across = (numbers - 2.0**levels + 0.5) / 2.0**levels
    return Domain(
        name="tree", inputs=[f"n{number}" for number in numbers], labels=[f"n{number}" for number in numbers],
        variables={"x": numbers.astype(np.float64), "y": levels.astype(np.float64)},
        places=np.stack([across, -levels], axis=1), line=False, distances=_steps(numbers),
        edges=[(int(number // 2 - 1), int(number - 1)) for number in numbers[1:]],
    )  # fmt: skip


def words(labels: Sequence[str], classes: Sequence[str] | None = None) -> Domain:
    """Words have neither order nor distance of their own; with classes, the words of one class are neighbours.

    x is the number of the word, y its count of letters.
    """
    if len(set(labels)) < len(labels):
        raise DataError(N_("A word stands twice in this list; each may stand once."))
    rows = np.arange(len(labels))
    column = None if classes is None else np.asarray(list(classes))
    near = None if column is None else (column[:, None] == column[None, :]) & (column[:, None] != "")
    return Domain(
        name="words", inputs=list(labels), labels=list(labels),
        variables={"x": rows.astype(np.float64), "y": np.array([len(label) for label in labels], np.float64)},
        places=on_line(-rows), line=True, neighbours=near,
    )  # fmt: skip


def on_line(values: Any) -> DoubleArray:
    """(n, 2) places on an upright line."""
    return np.stack([np.zeros(len(values)), np.asarray(values, np.float64)], axis=1)


def _steps(numbers: NDArray[Any]) -> DoubleArray:
    """Steps along the branches between the nodes of a binary tree, numbered 1 from the root."""
    a, b = np.meshgrid(numbers, numbers)
    steps = np.zeros(a.shape)
    while (a != b).any():
        lower = np.maximum(a, b)
        moving = a != b
        a, b = np.where(moving & (a == lower), a // 2, a), np.where(moving & (b == lower) & (a != lower), b // 2, b)
        steps += moving
    return steps
