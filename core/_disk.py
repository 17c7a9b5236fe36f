"""Files that are whole or not there, and the disk's failures as sentences."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from core.errors import N_, CoreError, DataError


@contextlib.contextmanager
def failures_told() -> Iterator[None]:
    """Failures of the disk and of SQLite leave the block as DataErrors that say what to do."""
    try:
        yield
    except CoreError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise _full() from error
        raise _unusable(error.strerror or str(error)) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the rest the detail
        if code == sqlite3.SQLITE_FULL:
            raise _full() from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise DataError(N_("The library is busy with another save. Try again in a moment.")) from error
        raise _unusable(str(error)) from error


def _full() -> DataError:
    return DataError(N_("The disk is full, so nothing was changed. Free some space and try again."))


def _unusable(reason: str) -> DataError:
    return DataError(N_("The library cannot be used: {reason}. Check the data folder and its permissions."), reason=reason)  # fmt: skip


def write_file(path: Path, content: bytes) -> None:
    """A new file, on the disk for certain when this returns."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """The names in a folder, on the disk for certain; systems that cannot open folders do this by themselves."""
    with contextlib.suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def folder_size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())
