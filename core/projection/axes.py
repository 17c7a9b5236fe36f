"""Axes that a person names: each a difference of words, such as `woman - man` (Bolukbasi et al. 2016; word2viz).

It is a method like the others: the directions come as settings, in rows of the data, and an axis that nobody named is
the widest direction of what the named ones leave, so that two dimensions need only one name and none at all give PCA.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.arrays import DoubleArray, FloatArray
from core.errors import N_, DataError
from core.neighbours import metric_space
from core.params import control, require, require_whole
from core.progress import OnStep, Step
from core.projection._room import METHODS, ProjectionParams
from core.projection.pca import principal

if TYPE_CHECKING:
    from core.embedding import Embedding

Direction = tuple[Sequence[int], Sequence[int]]  # rows that lie at its high end, rows at its low end (or none)
VALUES = ("cosine", "dot")
_NOISE = 1e-6  # a difference this much shorter than its parts is rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class AxesParams(ProjectionParams):
    """`axes`: one `Direction` for each axis that is named, the first for the horizontal one."""

    axes: Sequence[Direction] = ()
    values: str = field(
        default="cosine",
        metadata=control(
            "Value", choices=VALUES,
            help="Cosine says how far a row points along the axis, the dot product how far it lies along it.",
        ),
    )  # fmt: skip

    def __post_init__(self) -> None:
        ProjectionParams.__post_init__(self)
        require("values", self.values, self.values in VALUES, N_("one of: {known}"), known=", ".join(VALUES))
        require(
            "axes", len(self.axes), len(self.axes) <= self.components,
            N_("at most {components}, one for each dimension of the picture"), components=self.components,
        )  # fmt: skip
        for high, low in self.axes:
            require("axes", (tuple(high), tuple(low)), len(high) > 0, N_("rows of words to point at, and perhaps to point away from"))  # fmt: skip
            for row in (*high, *low):
                require_whole("axes", row, 0)

    @property
    def judged(self) -> str:
        """Cosines are taken of rows at length 1, and so are the neighbours among these."""
        return "cosine" if self.axes and self.values == "cosine" else "euclidean"


@METHODS.register(
    "axes",
    title="Named axes",
    params=AxesParams,
    about="Axes that you name by words, such as woman - man: a row lies where its meaning lies between them.",
    rank=40,
)
def run(x: FloatArray, params: AxesParams, on_step: OnStep) -> FloatArray:
    """(n, d) -> (n, components) float32: cosine or dot product of each row with each direction, of length 1.

    A direction is the mean of its high rows less the mean of its low rows. Raises DataError for a row that is not there,
    for ends that are equal, and for a zero row in cosine.
    """
    coordinates = np.zeros((len(x), params.components), np.float32)
    directions = [_direction(x, axis) for axis in params.axes]
    space = metric_space(x, params.judged).astype(np.float64)
    for place, direction in enumerate(directions):
        coordinates[:, place] = space @ direction
    left = params.components - len(directions)
    if left:
        coordinates[:, len(directions) :] = principal(_without(space, directions), left)[0]
    on_step(Step(done=1, total=1, unit="picture", coordinates=coordinates))
    return coordinates


def axis_rows(embedding: Embedding, line: str) -> Direction:
    """The rows that a line names: `woman queen - man king`, read as in `core.query`.

    Raises DataError for a line that cannot be read or names only what to point away from, UnknownLabel with the nearest
    spellings for a word that the embedding does not have.
    """
    from core.query import parse

    query = parse(line, embedding)
    if not query.positive:
        raise DataError(N_("An axis needs a word to point at, such as woman - man."))
    return _rows(embedding, query.positive), _rows(embedding, query.negative)


def _rows(embedding: Embedding, labels: Iterable[str]) -> tuple[int, ...]:
    return tuple(embedding.index(label) for label in labels)


def _direction(x: FloatArray, axis: Direction) -> DoubleArray:
    """(d,) of length 1."""
    ends = [_mean(x, rows) for rows in axis if len(rows)]
    direction = ends[0] - ends[1] if len(ends) > 1 else ends[0]
    length = float(np.linalg.norm(direction))
    if length <= _NOISE * max(float(np.linalg.norm(end)) for end in ends):
        raise DataError(N_("Both ends of the axis are the same vector, so it points nowhere; name other words."))
    return direction / length


def _mean(x: FloatArray, rows: Sequence[int]) -> DoubleArray:
    if max(rows) >= len(x):
        raise DataError(N_("Row {row} is not there: the data have {rows} rows."), row=max(rows) + 1, rows=len(x))
    return np.asarray(x[list(rows)].mean(axis=0, dtype=np.float64))


def _without(space: DoubleArray, directions: Sequence[DoubleArray]) -> FloatArray:
    """The rows with what they have along the directions taken out."""
    if not directions:
        return np.asarray(space, np.float32)
    basis = np.linalg.qr(np.stack(directions, axis=1))[0]
    return np.asarray(space - (space @ basis) @ basis.T, np.float32)
