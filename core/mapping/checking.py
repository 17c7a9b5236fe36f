"""Properties of a map that is known at finitely many points.

A map is injective when different inputs have different outputs; it is then a bijection onto its image,
which says nothing about the rest of Y. "x1 < x2 keeps its order" is one kind of structure among several, and
R^n has no natural order for n > 1: what is not defined is None here, never False.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray, IntArray
from core.errors import N_, DataError
from core.mapping._distances import closest_others, neighbourhoods, stretches
from core.params import require

MOST_INPUTS = 200_000
MOST_PAIRED = 10_000  # inputs with a distance of their own: every pair of them is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class MapReport:
    """What `check_map` found. Pairs are the inputs themselves; what is not defined for this map is None.

    collision: two different inputs with one output (of several, the closest); colliding: (n,) which inputs share theirs
    groups: the inputs of each output that several have, at most 100 of them, exact equality only
    smallest_separation, closest: the least distance between the outputs of two inputs, and those inputs
    separations (n,), partners (n,): the distance from each output to the closest other, and the row of that one
    order_preserving: x1 < x2 gives f(x1) < f(x2); counterexample: (x1, x2) where it does not; order_reversing likewise
    least_stretch, greatest_stretch: bounds of |f(a) - f(b)| / |a - b| over all pairs, at least_pair and greatest_pair
    neighbourhoods_kept: of the nearest others of an input, the share that is among as many nearest outputs (ties are
      broken by chance), mean over the inputs; neighbourhoods_by_chance: what a random arrangement keeps
    """

    injective: bool
    tolerance: float
    collision: tuple[Any, Any] | None
    colliding: NDArray[np.bool_]
    groups: tuple[tuple[Any, ...], ...]
    smallest_separation: float | None
    closest: tuple[Any, Any] | None
    separations: DoubleArray
    partners: IntArray
    order_preserving: bool | None = None
    order_reversing: bool | None = None
    counterexample: tuple[Any, Any] | None = None
    least_stretch: float | None = None
    greatest_stretch: float | None = None
    least_pair: tuple[Any, Any] | None = None
    greatest_pair: tuple[Any, Any] | None = None
    neighbourhoods_kept: float | None = None
    neighbourhoods_by_chance: float | None = None


def check_map(
    inputs: Sequence[Any],
    outputs: Sequence[Any] | NDArray[Any],
    tolerance: float = 0.0,
    *,
    distances: DoubleArray | None = None,
    neighbours: NDArray[np.bool_] | None = None,
) -> MapReport:
    """Check the map inputs[k] -> outputs[k].

    inputs: n numbers, n points of R^m, or n labels; outputs: n numbers or (n, d). Outputs no further apart than
    `tolerance` (Euclidean) count as the same. Order is looked at for numbers that go to numbers. Stretch needs a
    distance between inputs: Euclidean for numbers and points, or `distances` (n, n) for anything else.
    Neighbourhoods are those of the distance, or `neighbours` (n, n). An input that comes twice counts once; with two
    different outputs there is no map: DataError, as for lengths that disagree, values that are not finite and fewer
    than two inputs. ParameterError for a negative tolerance.
    """
    require("tolerance", tolerance, 0 <= tolerance < np.inf, N_("at least 0"))
    named, places, table = _checked(inputs, outputs)
    kept = _once(named, table)
    if len(kept) < len(named):
        named, table = [named[row] for row in kept], table[kept]
        places = None if places is None else places[kept]
        distances = None if distances is None else distances[np.ix_(kept, kept)]
        neighbours = None if neighbours is None else neighbours[np.ix_(kept, kept)]
    if len(named) < 2:
        raise DataError(N_("A map is checked on at least 2 different inputs; got {count}."), count=len(named))
    separations, partners = closest_others(table)
    nearest = int(np.argmin(separations))
    closest = _pair(named, nearest, int(partners[nearest]))
    least = float(separations[nearest])
    return MapReport(
        injective=least > tolerance,
        tolerance=tolerance,
        collision=None if least > tolerance else closest,
        colliding=separations <= tolerance,
        groups=_groups(named, table),
        smallest_separation=least,
        closest=closest,
        separations=separations,
        partners=partners,
        **_order(named, places, table, tolerance),
        **_metric(named, places, table, distances, neighbours),
    )


def reread(report: MapReport, inputs: Sequence[Any], outputs: DoubleArray, tolerance: float) -> MapReport:
    """The report of these n different inputs and their outputs (n, d) at another tolerance: distances stay, verdicts follow."""
    require("tolerance", tolerance, 0 <= tolerance < np.inf, N_("at least 0"))
    struck = (report.smallest_separation or 0.0) <= tolerance
    named = list(inputs)
    order = {} if report.order_preserving is None else _order(named, _places(named), outputs, tolerance)
    return replace(
        report, tolerance=tolerance, injective=not struck, collision=report.closest if struck else None,
        colliding=report.separations <= tolerance, **order,
    )  # fmt: skip


def _checked(inputs: Sequence[Any], outputs: Any) -> tuple[list[Any], DoubleArray | None, DoubleArray]:
    """(the inputs, their places (n, m) where they are numbers or points, the outputs (n, d))."""
    named = [item.item() if isinstance(item, np.generic) else tuple(item.tolist()) if isinstance(item, np.ndarray) else item for item in inputs]  # fmt: skip
    if len(named) > MOST_INPUTS:
        raise DataError(N_("There are {count} inputs; a map is checked on at most {limit}. Take a part of them."), count=len(named), limit=MOST_INPUTS)  # fmt: skip
    try:
        table = np.asarray(outputs if isinstance(outputs, np.ndarray) else list(outputs), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(N_("Outputs must be numbers, or rows of as many numbers each.")) from error
    if len(table) != len(named):
        raise DataError(N_("There are {inputs} inputs but {outputs} outputs; each input needs one."), inputs=len(named), outputs=len(table))  # fmt: skip
    table = table.reshape(len(named), -1)
    bad = ~np.isfinite(table).all(axis=1)
    if bad.any():
        raise DataError(N_("The output of {input} is not a finite number."), input=str(named[int(np.argmax(bad))])[:60])
    return named, _places(named), table


def _places(named: list[Any]) -> DoubleArray | None:
    """(n, m) of numbers and points; None for labels."""
    if any(isinstance(item, (str, bytes, bool)) or item is None for item in named):
        return None
    try:
        places = np.asarray(named, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if places.ndim > 2 or not np.isfinite(places).all():
        return None
    return places.reshape(len(named), -1)


def _once(named: list[Any], table: DoubleArray) -> list[int]:
    """Rows of the first appearance of each input; DataError where one input has two outputs."""
    seen: dict[Any, int] = {}
    for row, item in enumerate(named):
        key = tuple(item) if isinstance(item, list) else item
        first = seen.setdefault(key, row)
        if first != row and not np.array_equal(table[first], table[row]):
            raise DataError(
                N_("Input {input} stands in rows {first} and {second} with different outputs, so this is no map; keep one of them."),
                input=str(item)[:60], first=first + 1, second=row + 1,
            )  # fmt: skip
    return list(seen.values())


def _groups(named: list[Any], table: DoubleArray) -> tuple[tuple[Any, ...], ...]:
    held: dict[bytes, list[Any]] = {}
    for item, row in zip(named, table + 0.0, strict=True):  # + 0.0: minus zero is zero
        held.setdefault(row.tobytes(), []).append(item)
    return tuple(tuple(group) for group in held.values() if len(group) > 1)[:100]


def _order(named: list[Any], places: DoubleArray | None, table: DoubleArray, tolerance: float) -> dict[str, Any]:
    """Only numbers that go to numbers have an order to keep."""
    if places is None or places.shape[1] != 1 or table.shape[1] != 1:
        return {}
    rows = np.argsort(places[:, 0], kind="stable")
    steps = np.diff(table[rows, 0])
    broken = ~(steps > tolerance)
    at = int(np.argmin(np.where(broken, steps, np.inf))) if broken.any() else None
    return {
        "order_preserving": at is None,
        "order_reversing": bool((steps < -tolerance).all()),
        "counterexample": None if at is None else (named[rows[at]], named[rows[at + 1]]),
    }


def _metric(
    named: list[Any],
    places: DoubleArray | None,
    table: DoubleArray,
    distances: DoubleArray | None,
    neighbours: NDArray[np.bool_] | None,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if places is None and distances is None and neighbours is None:
        return found
    if len(named) > MOST_PAIRED:
        raise DataError(
            N_("There are {count} inputs with a distance between them; every pair is looked at, so at most {limit} are taken. Take a part of them."),
            count=len(named), limit=MOST_PAIRED,
        )  # fmt: skip
    if places is not None or distances is not None:
        (least, least_at), (greatest, greatest_at) = stretches(places, distances, table)
        found |= {
            "least_stretch": least, "least_pair": _pair(named, *least_at),
            "greatest_stretch": greatest, "greatest_pair": _pair(named, *greatest_at),
        }  # fmt: skip
    found["neighbourhoods_kept"], found["neighbourhoods_by_chance"] = neighbourhoods(
        places, distances, neighbours, table
    )
    return found


def _pair(named: list[Any], one: int, other: int) -> tuple[Any, Any]:
    low, high = sorted((one, other))
    return named[low], named[high]
