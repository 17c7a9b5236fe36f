"""Members of a zip archive, bounded in number and size, read in memory and never written anywhere."""

from __future__ import annotations

import io
import zipfile

from core.errors import N_, CoreError, DataError
from core.formats._limits import LARGEST_ARRAY, MOST_MEMBERS

MAGIC = b"PK\x03\x04"


def member_names(data: bytes) -> list[str]:
    """The names of the files in a zip, without folders; [] if it is none. For looking, not for trusting."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [_base(name) for name in archive.namelist()[: MOST_MEMBERS + 1]]
    except Exception:  # zipfile fails in many ways on what is no zip
        return []


def read_members(data: bytes, filename: str) -> dict[str, bytes]:
    """Base name -> bytes of every file. DataError for a damaged, encrypted or oversized archive.

    Sizes are checked as announced first and as unpacked again, because an archive may lie.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_all(archive, filename)
    except CoreError:
        raise
    except Exception as error:  # zipfile and zlib fail in many ways on damaged bytes
        raise DataError(N_("{file} is a damaged or encrypted archive; pack it again without a password."), file=filename) from error  # fmt: skip


def _read_all(archive: zipfile.ZipFile, filename: str) -> dict[str, bytes]:
    infos = [info for info in archive.infolist() if _base(info.filename) and not info.filename.startswith("__MACOSX/")]
    if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > LARGEST_ARRAY:
        raise _oversized(filename)
    members: dict[str, bytes] = {}
    left = LARGEST_ARRAY
    for info in infos:
        with archive.open(info) as member:
            content = member.read(left + 1)
        left -= len(content)
        if left < 0:
            raise _oversized(filename)
        members.setdefault(_base(info.filename), content)
    return members


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


def _oversized(filename: str) -> DataError:
    return DataError(
        N_("{file} unpacks to more than {most} files or {limit} MB. Take the parts that are needed."),
        file=filename, most=MOST_MEMBERS, limit=LARGEST_ARRAY // 2**20,
    )  # fmt: skip
