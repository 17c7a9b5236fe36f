"""How much is read: checked against what a file announces, before memory is given to it."""

from __future__ import annotations

from core.errors import N_, DataError

LARGEST_FILE = 1024**3  # bytes
LARGEST_ARRAY = 2 * 1024**3  # bytes of float32
MOST_ROWS = 2_000_000
MOST_DIMENSIONS = 20_000
MOST_COLUMNS = MOST_DIMENSIONS + 1_000  # of a table: the vector, the label and metadata
MOST_BESIDE = 40_000_000  # cells of metadata
LONGEST_LABEL = 10_000  # characters


def check_size(filename: str, size: int) -> None:
    """DataError for an empty file or one above LARGEST_FILE."""
    if size == 0:
        raise DataError(N_("{file} is empty."), file=filename)
    if size > LARGEST_FILE:
        raise DataError(
            N_("{file} has {size} MB; at most {limit} MB are read. Take a part of the rows, or a binary format."),
            file=filename, size=size // 2**20, limit=LARGEST_FILE // 2**20,
        )  # fmt: skip


def check_beside(filename: str, rows: int, columns: int) -> None:
    """DataError for more cells beside the vectors than are kept."""
    if rows * columns > MOST_BESIDE or columns > MOST_COLUMNS - MOST_DIMENSIONS:
        raise DataError(
            N_("{file} has {columns} columns beside its vectors in {rows} rows; at most {most} columns and {limit} million cells are kept there. Take the columns that are needed."),
            file=filename, columns=columns, rows=rows, most=MOST_COLUMNS - MOST_DIMENSIONS, limit=MOST_BESIDE // 10**6,
        )  # fmt: skip


def check_shape(filename: str, rows: int, dim: int, room: int | None = None, least: int = 0) -> None:
    """DataError for a shape outside the limits, or (`room` bytes there, `least` needed a row) one the file cannot hold."""
    if rows < 1 or dim < 1:
        raise DataError(N_("{file} holds no vectors: {rows} rows of {dim} numbers."), file=filename, rows=rows, dim=dim)
    if rows > MOST_ROWS or dim > MOST_DIMENSIONS or rows * dim * 4 > LARGEST_ARRAY:
        raise DataError(
            N_("{file} holds {rows} vectors of {dim} numbers; at most {most_rows} rows, {most_dim} numbers a row and {limit} MB in all are read. Take a part of it."),
            file=filename, rows=rows, dim=dim, most_rows=MOST_ROWS, most_dim=MOST_DIMENSIONS, limit=LARGEST_ARRAY // 2**20,
        )  # fmt: skip
    if room is not None and rows * least > room:
        raise DataError(
            N_("{file} announces {rows} vectors of {dim} numbers, more than its {room} bytes can hold. It is cut off or damaged; fetch it again."),
            file=filename, rows=rows, dim=dim, room=room,
        )  # fmt: skip
