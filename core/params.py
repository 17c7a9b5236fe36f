"""Settings of a method: frozen dataclasses validated at birth, from which pages build their controls.

@dataclass(frozen=True, slots=True, kw_only=True)
class TsneParams:
    perplexity: float = field(default=30.0, metadata=control("Perplexity", 2, 100, help="..."))

    def __post_init__(self) -> None:
        require("perplexity", self.perplexity, self.perplexity >= 1, "at least 1")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from numbers import Integral
from typing import Any, TypeVar

from core.errors import N_, ParameterError

_KEY = "control"
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Control:
    """What a page needs to draw one setting: a slider from low to high, a field for a number between them (`typed`: for a
    range over several powers of ten), or a choice."""

    label: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""
    folded: bool = False  # True: shown under "more"
    typed: bool = False


def control(
    label: str,
    low: float | None = None,
    high: float | None = None,
    *,
    step: float | None = None,
    choices: Sequence[str] = (),
    help: str = "",
    folded: bool = False,
    typed: bool = False,
) -> Mapping[str, Control]:
    """Field metadata. `label` and `help` are English source strings; pages translate them."""
    return {_KEY: Control(label, low, high, step, tuple(choices), help, folded, typed)}


def controls(params: type) -> Iterator[tuple[str, Any, Control]]:
    """(name, default, Control) of every field of a Params class that has one."""
    for item in fields(params):
        if _KEY in item.metadata:
            default = None if item.default is MISSING else item.default
            yield item.name, default, item.metadata[_KEY]


def require(name: str, value: object, holds: bool, want: str, /, **values: object) -> None:
    """Raise ParameterError unless the rule holds. Write rules so that NaN fails: `value >= 1`, not `not value < 1`."""
    if not holds:
        raise ParameterError(name, value, want, **values)


def require_whole(name: str, value: object, low: int) -> int:
    """`value` as an int; ParameterError unless it is a whole number (NumPy's too, True and False not) of at least `low`."""
    if not isinstance(value, Integral) or isinstance(value, bool) or int(value) < low:
        raise ParameterError(name, value, N_("a whole number of at least {low}"), low=low)
    return int(value)


def build(params: type[P], given: Mapping[str, object]) -> P:
    """`params(**given)`, where an unknown setting is a ParameterError that lists the known ones."""
    known = [item.name for item in fields(params)]  # type: ignore[arg-type]
    for name in given:
        if name not in known:
            raise ParameterError(name, given[name], N_("one of: {known}"), known=", ".join(known))
    return params(**given)
