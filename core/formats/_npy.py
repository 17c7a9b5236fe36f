"""One .npy array out of bytes: the header is checked against the bytes before any memory is given to it."""

from __future__ import annotations

import io
import math
import warnings
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.errors import N_, DataError
from core.formats._limits import LARGEST_ARRAY

MAGIC = b"\x93NUMPY"
_READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def read_array(data: bytes, filename: str) -> NDArray[Any]:
    """A read-only view of the array in `data`. Object arrays are refused: they would have to be unpickled."""
    stream = io.BytesIO(data[: 64 * 1024])  # NumPy refuses headers above 10,000 bytes
    try:
        version = npy.read_magic(stream)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy warns of headers by Python 2, which it reads
            shape, fortran, dtype = _READERS[version](stream)
        if dtype.subdtype is not None:  # rows within a cell: numpy.save writes them as further axes
            raise ValueError(f"cells of {dtype}")
    except Exception as error:  # the header is Python source: its reader fails in every way a parser can
        raise DataError(N_("The header of {file} is not one of a NumPy array. It is damaged; save it again with numpy.save."), file=filename) from error  # fmt: skip
    if dtype.hasobject:
        raise DataError(
            N_("{file} holds Python objects, which could run a program when loaded, so it is not opened. Save plain arrays instead: numbers as float32, labels as text."),
            file=filename,
        )  # fmt: skip
    wanted = math.prod(shape) * dtype.itemsize
    room = len(data) - stream.tell()
    if min(shape, default=1) < 0 or not 0 < wanted <= min(room, LARGEST_ARRAY):
        raise DataError(
            N_("{file} announces an array of {wanted} bytes and holds {room}; at most {limit} MB are read. It is empty, cut off, damaged or too large."),
            file=filename, wanted=wanted, room=room, limit=LARGEST_ARRAY // 2**20,
        )  # fmt: skip
    flat = np.frombuffer(data, dtype=dtype, count=math.prod(shape), offset=stream.tell())
    return flat.reshape(shape, order="F" if fortran else "C")


def numeric(array: NDArray[Any], filename: str) -> NDArray[Any]:
    """The array if it holds real numbers; DataError otherwise."""
    if array.dtype.kind not in "fiub":
        raise DataError(N_("{file} holds {kind}, not numbers; save the vectors as float32."), file=filename, kind=array.dtype.name)  # fmt: skip
    return array


def to_bytes(array: NDArray[Any]) -> bytes:
    """The .npy file of an array that holds no objects."""
    stream = io.BytesIO()
    npy.write_array(stream, array, allow_pickle=False)
    return stream.getvalue()
