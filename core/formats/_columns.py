"""Which column of a table is the label, which are the vector, and which are metadata."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import N_, DataError, ParameterError
from core.formats._base import ReadParams
from core.params import control

_LABEL_NAMES = ("label", "labels", "word", "words", "token", "term", "text", "name", "item", "title", "key", "id", "标签", "词", "词语", "单词", "名称")  # fmt: skip
VECTOR_NAMES = ("vector", "vectors", "embedding", "embeddings", "values")  # of a column that holds whole vectors
_SERIES = re.compile(r"(\D*?)[ _.-]?(\d+)")
_OUR_SERIES = "d"  # d0, d1, ...: the names that are written here


@dataclass(frozen=True, slots=True, kw_only=True)
class TableParams(ReadParams):
    """`label_column` names the column of labels; "" lets the reader choose. `beside` names columns of numbers that
    are no part of the vector but kept as metadata."""

    beside: tuple[str, ...] = ()

    label_column: str = field(
        default="", metadata=control(N_("Label column"), help=N_("The column that names each row; empty: chosen by name, else the first column of text."))
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Roles:
    """Column numbers; `label` is None where rows have no name."""

    label: int | None
    vector: list[int]
    metadata: list[int]


def assign(
    names: Sequence[str],
    numeric: Sequence[bool],
    params: TableParams,
    filename: str,
    *,
    has_header: bool = True,
    index: int | None = None,
) -> Roles:
    """Roles by name and kind. Where the names number some numeric columns (d0, d1, ...; dim_1, dim_2; 0, 1, 2), those
    are the vector and other numeric columns are metadata; otherwise every numeric column is part of the vector.
    `index` is a column that only numbers the rows: never part of the vector, the label where there is no other."""
    label = _label(names, numeric, params.label_column, has_header)
    label = index if label is None else label
    for name in params.beside:
        if name not in names:
            raise ParameterError("beside", name, N_("one of: {known}"), known=", ".join(names)[:300])
    numbers = [
        at
        for at, is_number in enumerate(numeric)
        if is_number and at not in (label, index) and names[at] not in params.beside
    ]
    if not numbers:
        raise DataError(
            N_("{file} has no column of numbers beside its labels; a vector needs at least one."), file=filename
        )
    series = _series([names[at] for at in numbers]) if has_header else set()
    vector = [at for at in numbers if not series or names[at] in series]
    taken = {label, *vector}
    return Roles(label, vector, [at for at in range(len(names)) if at not in taken])


def names_columns(names: Sequence[str]) -> bool:
    """Whether the names are such as columns have: one that stands over labels, or several that are numbered."""
    return not set(_LABEL_NAMES).isdisjoint(names) or len(_series(names)) > 1


def _label(names: Sequence[str], numeric: Sequence[bool], wanted: str, has_header: bool) -> int | None:
    if wanted:
        if wanted not in names:
            raise ParameterError("label_column", wanted, N_("one of: {known}"), known=", ".join(names)[:300])
        return names.index(wanted)
    lowered = [name.strip().lower() for name in names] if has_header else []
    for name in _LABEL_NAMES:
        if name in lowered:
            return lowered.index(name)
    return next((at for at, is_number in enumerate(numeric) if not is_number), None)


def _series(names: Sequence[str]) -> set[str]:
    """The largest group of names that differ in their number only; of one name only if it is ours."""
    groups: dict[str, set[str]] = {}
    for name in names:
        found = _SERIES.fullmatch(name.strip())
        if found:
            groups.setdefault(found[1], set()).add(name)
    largest = max(groups.values(), key=len, default=set())
    return largest if len(largest) > 1 else groups.get(_OUR_SERIES, set())


def series_name(column: int) -> str:
    """The name under which column number `column` of the vectors is written."""
    return f"{_OUR_SERIES}{column}"


def distinct(names: Sequence[str]) -> list[str]:
    """Names for every column: an empty one becomes "column 3", a repeated one "year (2)"."""
    seen: dict[str, int] = {}
    result = []
    for at, name in enumerate(names, start=1):
        name = name.strip() or f"column {at}"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
