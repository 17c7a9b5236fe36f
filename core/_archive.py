"""Members of a zip archive, bounded in number, size and ratio, read in memory and never written anywhere."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from core import _clock
from core.errors import N_, CoreError, DataError

MAGIC = b"PK\x03\x04"
MOST_MEMBERS = 100
LARGEST = 2 * 1024**3  # bytes of all members together
LARGEST_RATIO = 150  # unpacked to packed, of a member above HARMLESS: tables of numbers shrink to a tenth at best
HARMLESS = 16 * 1024**2  # bytes
_LARGEST_LIST = 4 * 1024**2  # bytes of the list of members: thousands of long names
_END = b"PK\x05\x06"  # of that list; its size stands 12 bytes on, and 40 bytes on in the end of one for large archives
_ENDS = re.compile(rb"PK(?:\x05\x06|\x06\x06)")
_TAIL = 2**16 + 22 + 76  # bytes where it may stand, behind it a comment


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an archive may hold; None for the usual. `flat`: members are named without their folders."""

    members: int | None = None
    total: int | None = None
    flat: bool = True


def member_names(data: bytes) -> list[str]:
    """The names of the files in a zip, without folders; [] if it is none. For looking, not for trusting."""
    try:
        with open_archive(data, "") as archive:
            return [base(name) for name in archive.namelist()[: MOST_MEMBERS + 1]]
    except Exception:  # zipfile fails in many ways on what is no zip
        return []


def read_members(data: bytes, filename: str, bounds: Bounds | None = None) -> dict[str, bytes]:
    """Name -> bytes of every file. DataError for a damaged, encrypted or oversized archive.

    Sizes are checked as announced first and as unpacked again, because an archive may lie.
    """
    with reading(data, filename) as archive:
        return _read_all(archive, filename, bounds or Bounds())


def _read_all(archive: zipfile.ZipFile, filename: str, bounds: Bounds) -> dict[str, bytes]:
    left = bounds.total or LARGEST
    members: dict[str, bytes] = {}
    for info in members_of(archive, filename, bounds):
        content = unpacked(archive, info, filename, bounds, left=left)
        left -= len(content)
        members.setdefault(base(info.filename) if bounds.flat else info.filename, content)
    return members


def unpacked(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, filename: str, bounds: Bounds, most: int | None = None, *, left: int | None = None
) -> bytes:  # fmt: skip
    """One file of an archive, or its first `most` bytes, within the `left` bytes of the bounds and what it announces."""
    _clock.check()
    left = (bounds.total or LARGEST) if left is None else left
    with archive.open(info) as member:
        content = member.read(
            min(left, info.file_size) + 1 if most is None else most
        )  # in one piece: joined parts would lie there twice
    if len(content) > min(left, info.file_size):
        raise _oversized(filename, bounds)
    return content


def open_archive(data: bytes, filename: str) -> zipfile.ZipFile:
    """The archive, whose list of members is looked at before it is read: a small file may list millions."""
    tail = data[-_TAIL:]
    for found in _ENDS.finditer(tail):  # whichever of them the archive is opened by
        at, size = (found.start() + 12, 4) if found[0] == _END else (found.start() + 40, 8)
        if int.from_bytes(tail[at : at + size], "little") > _LARGEST_LIST:
            raise _oversized(filename, Bounds())
    return zipfile.ZipFile(io.BytesIO(data))


def members_of(archive: zipfile.ZipFile, filename: str, bounds: Bounds) -> list[zipfile.ZipInfo]:
    """The files in an archive that keeps within its bounds as announced, ratio included; DataError otherwise."""
    infos = [info for info in archive.infolist() if base(info.filename) and not info.filename.startswith("__MACOSX/")]
    if len(infos) > (bounds.members or MOST_MEMBERS) or sum(info.file_size for info in infos) > (bounds.total or LARGEST):  # fmt: skip
        raise _oversized(filename, bounds)
    announced = sum(info.file_size for info in infos)
    if announced > 4 * HARMLESS and announced > LARGEST_RATIO * archive.start_dir:  # members may share their bytes
        raise DataError(
            N_("{file} unpacks to more than {ratio} times its size, as no table of numbers does. It is not opened."),
            file=filename, ratio=LARGEST_RATIO,
        )  # fmt: skip
    for info in infos:
        if info.file_size > HARMLESS and info.file_size > LARGEST_RATIO * max(1, info.compress_size):
            raise DataError(
                N_("{file} holds {member}, which unpacks to more than {ratio} times its size, as no table of numbers does. It is not opened."),
                file=filename, member=info.filename[:80], ratio=LARGEST_RATIO,
            )  # fmt: skip
    return infos


@contextlib.contextmanager
def reading(data: bytes, filename: str) -> Iterator[zipfile.ZipFile]:
    """The archive, open for a block in which every failure to unpack is one sentence."""
    try:
        with open_archive(data, filename) as archive:
            yield archive
    except CoreError:
        raise
    except Exception as error:  # zipfile and zlib fail in many ways on damaged bytes
        raise DataError(N_("{file} is a damaged or encrypted archive; pack it again without a password."), file=filename) from error  # fmt: skip


def base(name: str) -> str:
    """Without folders; "" for a folder."""
    return name.replace("\\", "/").rpartition("/")[2]


def pack(members: dict[str, bytes], *, squeeze: bool) -> bytes:
    """A zip of these files, the same bytes for the same content; `squeeze` text, but not float32, which hardly shrinks."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)  # dated 1980, so that the time of writing does not show
            info.compress_type = zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED
            archive.writestr(info, content, compresslevel=1)  # four times as fast as the default, a tenth larger
    return stream.getvalue()


def added(data: bytes, name: str, content: bytes) -> bytes:
    """A zip with one file more, the same bytes for the same content."""
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def _oversized(filename: str, bounds: Bounds) -> DataError:
    return DataError(
        N_("{file} unpacks to more than {most} files or {limit} MB. Take the parts that are needed."),
        file=filename, most=bounds.members or MOST_MEMBERS, limit=(bounds.total or LARGEST) // 2**20,
    )  # fmt: skip
