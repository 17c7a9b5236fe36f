"""A typed formula, read by a small parser of our own and never evaluated as code.

    sum     = product (("+" | "-") product)*
    product = sign (("*" | "/" | "%") sign)*
    sign    = ("-" | "+") sign | power
    power   = atom ["^" sign]                      so -x^2 = -(x^2) and 2^3^2 = 2^9
    atom    = number | x | y | pi | name "(" sum ["," sum] ")" | "(" sum ")"

Two formulas with a comma between make a point of the plane. Text, depth and every value on the way are
bounded; an error names the character and, where it comes from a value, the input.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.arrays import DoubleArray
from core.errors import N_, DataError

LONGEST = 200  # characters
DEEPEST = 30
LARGEST = 1e12
MOST_OUTPUTS = 3
VARIABLES = ("x", "y")
FUNCTIONS = {"abs": 1, "sqrt": 1, "sin": 1, "cos": 1, "exp": 1, "log": 1, "floor": 1, "round": 1, "sign": 1, "min": 2, "max": 2}  # fmt: skip
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z]+)|(?P<sign>[-+*/^%(),]))"
)
_ALIKE = str.maketrans("−×÷·（），", "-*/*(),")


@dataclass(frozen=True, slots=True)
class Node:
    """`kind`: "number", "name", "-1" (a sign), an operator or a function; `place`: its character, from 1."""

    kind: str
    place: int
    value: float = 0.0
    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read: `outputs`, one tree a coordinate, over `VARIABLES`."""

    text: str
    outputs: tuple[Node, ...]

    def __call__(self, variables: Mapping[str, DoubleArray]) -> DoubleArray:
        """(n,) arrays of x (and y) -> (n, outputs). DataError for a division by zero, a value beyond LARGEST, a missing variable."""
        return np.stack([_value(node, variables) for node in self.outputs], axis=1)


def parse(text: str) -> Formula:
    """Read a formula; DataError names the character where it goes wrong."""
    if len(text) > LONGEST:
        raise DataError(N_("The formula has {length} characters; at most {limit} are read."), length=len(text), limit=LONGEST)  # fmt: skip
    reader = _Reader(_tokens(text.translate(_ALIKE).replace("**", "^")))
    outputs = [reader.sum(0)]
    while reader.take(","):
        outputs.append(reader.sum(0))
    reader.end()
    if len(outputs) > MOST_OUTPUTS:
        raise DataError(N_("The formula has {count} parts; at most {limit} are drawn."), count=len(outputs), limit=MOST_OUTPUTS)  # fmt: skip
    return Formula(text, tuple(outputs))


def _tokens(text: str) -> list[tuple[str, str, int]]:
    """(kind, text, character from 1), the end last."""
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            rest = text[at:].lstrip()
            raise DataError(
                N_("Character {place} of the formula, {sign}, is not one of: digits, x, y, + - * / ^ %, parentheses, functions."),
                place=len(text) - len(rest) + 1, sign=rest[0],
            )  # fmt: skip
        kind = str(match.lastgroup)
        found.append((kind, match[kind], match.start(kind) + 1))
        at = match.end()
    return [*found, ("end", "", len(text) + 1)]


class _Reader:
    def __init__(self, tokens: list[tuple[str, str, int]]) -> None:
        self._tokens, self._at = tokens, 0

    @property
    def place(self) -> int:
        return self._tokens[self._at][2]

    def take(self, *signs: str) -> str | None:
        """The next token if it is one of these signs."""
        kind, text, _ = self._tokens[self._at]
        if kind != "sign" or text not in signs:
            return None
        self._at += 1
        return text

    def end(self) -> None:
        kind, text, place = self._tokens[self._at]
        if kind != "end":
            raise DataError(N_("Character {place} of the formula, {sign}: an operator is missing before it, or it is too much."), place=place, sign=text)  # fmt: skip

    def sum(self, depth: int) -> Node:
        return self._chain(("+", "-"), self._product, depth)

    def _product(self, depth: int) -> Node:
        return self._chain(("*", "/", "%"), self._sign, depth)

    def _chain(self, signs: tuple[str, ...], part: Callable[[int], Node], depth: int) -> Node:
        node = part(depth)
        place = self.place
        while sign := self.take(*signs):
            node = Node(sign, place, parts=(node, part(depth)))
            place = self.place
        return node

    def _sign(self, depth: int) -> Node:
        """`depth` counts parentheses, signs and powers around this place: what the parser recurses over."""
        place = self.place
        if depth > DEEPEST:
            raise DataError(N_("The formula is nested more than {limit} deep at character {place}."), limit=DEEPEST, place=place)  # fmt: skip
        sign = self.take("-", "+")
        if sign is None:
            return self._power(depth)
        inner = self._sign(depth + 1)
        return Node("-1", place, parts=(inner,)) if sign == "-" else inner

    def _power(self, depth: int) -> Node:
        base, place = self._atom(depth), self.place
        if self.take("^") is None:
            return base
        return Node("^", place, parts=(base, self._sign(depth + 1)))

    def _atom(self, depth: int) -> Node:
        kind, text, place = self._tokens[self._at]
        if kind == "number":
            self._at += 1
            if not float(text) <= LARGEST:
                raise DataError(N_("The number at character {place} is larger than {limit}."), place=place, limit=f"{LARGEST:.0e}")  # fmt: skip
            return Node("number", place, float(text))
        if kind == "name":
            self._at += 1
            return self._named(text.lower(), place, depth)
        if self.take("("):
            inner = self.sum(depth + 1)
            self._close(place)
            return inner
        if kind == "end":
            raise DataError(N_("The formula ends where a number, x or y should follow."))
        raise DataError(N_("Character {place} of the formula, {sign}: a number, x or y should stand here."), place=place, sign=text)  # fmt: skip

    def _named(self, name: str, place: int, depth: int) -> Node:
        if name == "pi":
            return Node("number", place, float(np.pi))
        if name in VARIABLES:
            return Node("name", place, parts=(Node(name, place),))
        if name not in FUNCTIONS:
            raise DataError(
                N_("{name} at character {place} is not known. There are x, y, pi and the functions {known}."),
                name=name[:20], place=place, known=", ".join(FUNCTIONS),
            )  # fmt: skip
        if not self.take("("):
            raise DataError(N_("The function {name} at character {place} needs parentheses after it."), name=name, place=place)  # fmt: skip
        parts = [self.sum(depth + 1)]
        while self.take(","):
            parts.append(self.sum(depth + 1))
        self._close(place)
        if len(parts) != FUNCTIONS[name]:
            raise DataError(N_("The function {name} at character {place} takes {wanted} values; got {count}."), name=name, place=place, wanted=FUNCTIONS[name], count=len(parts))  # fmt: skip
        return Node(name, place, parts=tuple(parts))

    def _close(self, place: int) -> None:
        if not self.take(")"):
            raise DataError(N_("The parenthesis opened at character {place} is not closed before character {end}."), place=place, end=self.place)  # fmt: skip


def _value(node: Node, variables: Mapping[str, DoubleArray]) -> DoubleArray:
    size = len(next(iter(variables.values())))
    if node.kind == "number":
        return np.full(size, node.value)
    if node.kind == "name":
        name = node.parts[0].kind
        if name not in variables:
            raise DataError(N_("This domain has no {name} (character {place}); use x."), name=name, place=node.place)
        return np.asarray(variables[name], np.float64)
    parts = [_value(part, variables) for part in node.parts]
    if node.kind in "/%":
        _refuse(parts[1] == 0, node, variables, N_("The formula divides by zero at {input} (character {place}). Choose other inputs, or another formula."))  # fmt: skip
    with np.errstate(all="ignore"):
        value = _RULES[node.kind](*parts)
    _refuse(np.isnan(value), node, variables, N_("The formula has no value at {input} (character {place}): a root or a logarithm of a negative number, or such a power."))  # fmt: skip
    _refuse(~(np.abs(value) <= LARGEST), node, variables, N_("The formula runs away at {input} (character {place}): a value is beyond {limit}."))  # fmt: skip
    return value


def _refuse(bad: DoubleArray, node: Node, variables: Mapping[str, DoubleArray], sentence: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        where = ", ".join(f"{name} = {values[row]:g}" for name, values in variables.items())
        raise DataError(sentence, input=where, place=node.place, limit=f"{LARGEST:.0e}")


_RULES: dict[str, Callable[..., Any]] = {
    "-1": np.negative, "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "%": np.mod, "^": np.power,
    "abs": np.abs, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "exp": np.exp, "log": np.log, "floor": np.floor,
    "round": np.round, "sign": np.sign, "min": np.minimum, "max": np.maximum,
}  # fmt: skip
