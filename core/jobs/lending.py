"""Large tables for workers on this machine: they map the file a table lies in, rather than get it with every job
through two sockets (256 MB of vectors: about a second less before a job begins)."""

from __future__ import annotations

import tempfile
import weakref
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import FILED, Filed
from core.jobs.worker import Order

LENT = "lent-"  # how the names of our files begin; those of a server that was killed go when the next one starts
_LEAST = 8 << 20  # bytes; what is smaller travels in a few milliseconds


class Lender:
    """Writes arrays that are in no file yet to a folder, where they stay for as long as anybody holds the array."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lend(self, order: Order) -> Order:
        """The order with its large arrays replaced by where they are filed. Those that somebody may still write
        to, and those for which the disk has no room, stay as they are."""
        return replace(order, args=tuple(map(self._lent, order.args)))

    def _lent(self, value: Any) -> Any:
        if not isinstance(value, np.ndarray) or value.nbytes < _LEAST or value.flags.writeable or value.dtype.hasobject:
            return value
        filed = FILED.get(value)
        if filed is not None and Path(filed.path).exists():
            return filed
        try:
            return self._write(value)
        except OSError:
            return value

    def _write(self, array: NDArray[Any]) -> Filed:
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=LENT, delete=False) as file:
            path = Path(file.name)
            try:
                file.write(np.ascontiguousarray(array).data)
                file.flush()
            except OSError:
                path.unlink(missing_ok=True)
                raise
        filed = Filed(str(path), 0, array.dtype.str, array.shape)
        FILED.keep(array, filed)
        weakref.finalize(array, _remove, path)
        return filed


def _remove(path: Path) -> None:
    """The array is gone, or the server ends; who has the file mapped keeps what is in it."""
    with suppress(OSError):  # Windows keeps a file that is mapped; the next start removes it
        path.unlink(missing_ok=True)
