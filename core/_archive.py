"""Members of a zip archive, bounded in number, size and ratio, read in memory and never written anywhere."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from core import _clock
from core.errors import N_, CoreError, DataError

MAGIC = b"PK\x03\x04"
MOST_MEMBERS = 100
LARGEST = 2 * 1024**3  # bytes of all members together
LARGEST_RATIO = 150  # unpacked to packed, of a member above _HARMLESS: tables of numbers shrink to a tenth at best
_HARMLESS = 16 * 1024**2  # bytes
_BLOCK = 8 * 1024**2  # bytes unpacked at a time
_LARGEST_LIST = 4 * 1024**2  # bytes of the list of members: thousands of long names
_END = b"PK\x05\x06"  # of that list; its size stands 12 bytes on


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
            return [_base(name) for name in archive.namelist()[: MOST_MEMBERS + 1]]
    except Exception:  # zipfile fails in many ways on what is no zip
        return []


def read_members(data: bytes, filename: str, bounds: Bounds | None = None) -> dict[str, bytes]:
    """Name -> bytes of every file. DataError for a damaged, encrypted or oversized archive.

    Sizes are checked as announced first and as unpacked again, because an archive may lie.
    """
    try:
        with open_archive(data, filename) as archive:
            return _read_all(archive, filename, bounds or Bounds())
    except CoreError:
        raise
    except Exception as error:  # zipfile and zlib fail in many ways on damaged bytes
        raise DataError(N_("{file} is a damaged or encrypted archive; pack it again without a password."), file=filename) from error  # fmt: skip


def _read_all(archive: zipfile.ZipFile, filename: str, bounds: Bounds) -> dict[str, bytes]:
    most, left = bounds.members or MOST_MEMBERS, bounds.total or LARGEST
    limit = left
    infos = [info for info in archive.infolist() if _base(info.filename) and not info.filename.startswith("__MACOSX/")]
    if len(infos) > most or sum(info.file_size for info in infos) > limit:
        raise _oversized(filename, most, limit)
    members: dict[str, bytes] = {}
    for info in infos:
        if info.file_size > _HARMLESS and info.file_size > LARGEST_RATIO * max(1, info.compress_size):
            raise DataError(
                N_("{file} holds {member}, which unpacks to more than {ratio} times its size, as no table of numbers does. It is not opened."),
                file=filename, member=info.filename[:80], ratio=LARGEST_RATIO,
            )  # fmt: skip
        content = _unpacked(archive, info, min(left, info.file_size) + 1)
        left -= len(content)
        if left < 0 or len(content) > info.file_size:
            raise _oversized(filename, most, limit)
        members.setdefault(_base(info.filename) if bounds.flat else info.filename, content)
    return members


def open_archive(data: bytes, filename: str) -> zipfile.ZipFile:
    """The archive, whose list of members is looked at before it is read: a small file may list millions."""
    end = data.rfind(_END, max(0, len(data) - 2**16 - 22))
    if end >= 0 and int.from_bytes(data[end + 12 : end + 16], "little") > _LARGEST_LIST:
        raise _oversized(filename, MOST_MEMBERS, LARGEST)
    return zipfile.ZipFile(io.BytesIO(data))


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """At most so many bytes of a member, in blocks between which the clock is asked."""
    parts: list[bytes] = []
    with archive.open(info) as member:
        while most > 0 and (block := member.read(min(most, _BLOCK))):
            _clock.check()
            parts.append(block)
            most -= len(block)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _base(name: str) -> str:
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


def _oversized(filename: str, most: int, limit: int) -> DataError:
    return DataError(
        N_("{file} unpacks to more than {most} files or {limit} MB. Take the parts that are needed."),
        file=filename, most=most, limit=limit // 2**20,
    )  # fmt: skip
