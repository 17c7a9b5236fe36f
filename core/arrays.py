"""Array types and the identity of data."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import N_, DataError

FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

Known = TypeVar("Known")
_LARGE = 1 << 20  # bytes


class Remembered(Generic[Known]):
    """Something that is known of arrays, each for as long as anybody holds it."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[weakref.ref[NDArray[Any]], Known]] = {}  # by the place of the array in memory

    def get(self, array: NDArray[Any]) -> Known | None:
        held = self._held.get(id(array))
        return held[1] if held is not None and held[0]() is array else None

    def keep(self, array: NDArray[Any], known: Known) -> None:
        place = id(array)
        self._held[place] = weakref.ref(array, lambda _: self._held.pop(place, None)), known


@dataclass(frozen=True, slots=True)
class Filed:
    """Where the bytes of an array lie in a file on this machine, and what they are."""

    path: str
    offset: int
    dtype: str
    shape: tuple[int, ...]

    def array(self) -> NDArray[Any]:
        """The array, read-only, mapped rather than read. OSError or ValueError where the file is gone or too short."""
        return np.memmap(self.path, np.dtype(self.dtype), "r", self.offset, self.shape).view(np.ndarray)


FILED: Remembered[Filed] = Remembered()  # arrays that nobody may write and that lie in a file as well
_READ: Remembered[str] = Remembered()


def fingerprint(*parts: object) -> str:
    """A full-content hash (BLAKE2b, 128 bits, hex) of arrays, strings, numbers and nested lists or dicts of them."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()


def key_of(*parts: object) -> str:
    """As `fingerprint`, another name for the same content: a large array that nobody may write is read once in its life."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        _feed(digest, part, once=True)
    return digest.hexdigest()


def _feed(digest: Any, part: object, *, once: bool = False) -> None:
    if isinstance(part, np.ndarray) and once and part.nbytes >= _LARGE:
        digest.update(f"k{fingerprint(part) if part.flags.writeable else _kept(part)}".encode())
    elif isinstance(part, np.ndarray):
        digest.update(f"a{part.dtype.str}{part.shape}".encode())
        digest.update(np.ascontiguousarray(part).data)
    elif isinstance(part, bytes):
        digest.update(b"b%d:" % len(part))
        digest.update(part)
    elif isinstance(part, str):
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(b"s%d:" % len(raw))
        digest.update(raw)
    elif isinstance(part, dict):
        digest.update(b"d%d:" % len(part))
        for key in sorted(part, key=str):
            _feed(digest, str(key))
            _feed(digest, part[key], once=once)
    elif isinstance(part, Sequence):
        digest.update(b"l%d:" % len(part))
        for item in part:
            _feed(digest, item, once=once)
    elif hasattr(part, "identity"):
        _feed(digest, part.identity)
    else:
        digest.update(f"o{type(part).__name__}:{part!r}".encode())


def _kept(array: NDArray[Any]) -> str:
    known = _READ.get(array)
    if known is None:
        known = fingerprint(array)
        _READ.keep(array, known)
    return known


def as_matrix(values: object, name: str = "vectors", *, finite: bool = True) -> FloatArray:
    """(n, d) contiguous float32; DataError names the first row that is not finite, unless that is not asked."""
    try:
        matrix = np.ascontiguousarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise DataError(N_("{name} must be numbers in rows of equal length."), name=name) from error
    if matrix.ndim != 2:
        raise DataError(N_("{name} must be a table of rows and columns, which has 2 dimensions; this has {dims}."), name=name, dims=matrix.ndim)  # fmt: skip
    if matrix.size == 0:
        raise DataError(N_("{name} is empty: it has {rows} rows and {columns} columns."), name=name, rows=matrix.shape[0], columns=matrix.shape[1])  # fmt: skip
    whole = np.isfinite(matrix).all(axis=1) if finite else np.array(True)
    if not whole.all():
        row = int(np.argmin(whole))
        raise DataError(N_("Row {row} of {name} has a value that is not a finite number; remove it or fill it in."), row=row + 1, name=name)  # fmt: skip
    return matrix
