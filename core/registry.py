"""One variant, one file: a room finds its methods by importing its own modules.

A module in the room registers one function; modules whose names start with an underscore
(kernels, helpers) are not searched. Registering must stay light: torch, numba and umap are
imported inside the function that needs them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core.errors import N_, ParameterError

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Variant(Generic[F]):
    """One registered method: `run` is its function, `params` its settings class, `title` an English source string."""

    name: str
    title: str
    params: Any
    run: F
    about: str = ""


class Registry(Generic[F]):
    """The variants of one room, in the order of `rank`, then name."""

    def __init__(self, room: str, what: str) -> None:
        self._room, self._what = room, what
        self._variants: dict[str, tuple[int, Variant[F]]] = {}
        self._searched = False

    def register(
        self, name: str, *, title: str, params: Any = None, about: str = "", rank: int = 50
    ) -> Callable[[F], F]:
        def keep(run: F) -> F:
            self._variants[name] = (rank, Variant(name, title, params, run, about))
            return run

        return keep

    def get(self, name: str) -> Variant[F]:
        """The variant of that name; an unknown one is a ParameterError that lists what there is."""
        self._search()
        if name not in self._variants:
            raise ParameterError(self._what, name, N_("one of: {known}"), known=", ".join(self.names()))
        return self._variants[name][1]

    def names(self) -> list[str]:
        return [variant.name for variant in self]

    def __iter__(self) -> Iterator[Variant[F]]:
        self._search()
        ranked = sorted(self._variants.values(), key=lambda item: (item[0], item[1].name))
        return iter(variant for _, variant in ranked)

    def _search(self) -> None:
        if self._searched:
            return
        room = importlib.import_module(self._room)
        for module in pkgutil.iter_modules(room.__path__):
            if not module.name.startswith("_"):
                importlib.import_module(f"{self._room}.{module.name}")
        self._searched = True
