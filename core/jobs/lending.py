"""Large tables for workers on this machine: written once to a file that they map, rather than sent to every job
through two sockets (256 MB of vectors: about a second less before a job begins)."""

from __future__ import annotations

import tempfile
import weakref
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.jobs.worker import Lent, Order

LENT = "lent-"  # how the names of these files begin; those of a server that was killed go when the next one starts
_LEAST = 8 << 20  # bytes; what is smaller travels in a few milliseconds


@dataclass(frozen=True, slots=True)
class _Loan:
    array: weakref.ref[NDArray[Any]]
    lent: Lent


class Lender:
    """Files of arrays in a folder, each there for as long as its array is held by anybody."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loans: dict[int, _Loan] = {}  # by the place of the array in memory

    def lend(self, order: Order) -> Order:
        """The order with its large arrays replaced by the files they are in. Those that somebody may still write
        to, and those for which the disk has no room, stay as they are."""
        return replace(order, args=tuple(map(self._lent, order.args)))

    def _lent(self, value: Any) -> Any:
        if not isinstance(value, np.ndarray) or value.nbytes < _LEAST or value.flags.writeable or value.dtype.hasobject:
            return value
        loan = self._loans.get(id(value))
        if loan is None or loan.array() is not value or not Path(loan.lent.path).exists():
            try:
                loan = self._write(value)
            except OSError:
                return value
        return loan.lent

    def _write(self, array: NDArray[Any]) -> _Loan:
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=LENT, delete=False) as file:
            path = Path(file.name)
            try:
                file.write(np.ascontiguousarray(array).data)
                file.flush()
            except OSError:
                path.unlink(missing_ok=True)
                raise
        loan = self._loans[id(array)] = _Loan(weakref.ref(array), Lent(str(path), array.dtype.str, array.shape))
        weakref.finalize(array, _give_back, self._loans, id(array), path)
        return loan


def _give_back(loans: dict[int, _Loan], place: int, path: Path) -> None:
    """The array is gone, or the server ends; who has the file mapped keeps what is in it."""
    loans.pop(place, None)
    with suppress(OSError):  # Windows keeps a file that is mapped; the next start removes it
        path.unlink(missing_ok=True)
