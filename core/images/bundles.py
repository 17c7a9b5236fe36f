"""Several pictures from one upload: a file, or a zip of files, where one that cannot be read does not spoil the others."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from core import _archive
from core.errors import N_, CoreError, DataError
from core.images.photo import Photo
from core.images.reading import MAX_BYTES, read_image
from core.images.scaling import thumbnail
from core.params import require_whole

MOST_MEMBERS = 200
MOST_UNPACKED = 400 * 2**20  # bytes of all members together
_ZIP = b"PK\x03\x04"


def read_photos(data: bytes, filename: str, longest: int, *, most: int = MOST_MEMBERS, max_bytes: int = MAX_BYTES) -> Iterator[Photo | CoreError]:  # fmt: skip
    """Each picture of an upload at most `longest` pixels long, or the error that names the file and says what is wrong with it.

    One picture is decoded at a time and only its small copy is held. Folders, hidden files and what macOS adds to a zip
    are passed over; members are read in memory, never written anywhere. `most` bounds the pictures read; what is left out
    is told by one last error. A damaged or encrypted zip gives one error.
    """
    longest, most = require_whole("longest", longest, 1), require_whole("most", most, 1)
    if not data.startswith(_ZIP):
        yield _one(data, filename, longest, max_bytes)
        return
    try:
        with _archive.open_archive(data, filename) as archive:
            yield from _members(archive, filename, longest, most, max_bytes)
    except CoreError as error:
        yield error
    except Exception as error:  # zipfile and zlib fail in many ways on damaged bytes
        told = DataError(N_("{file} is a damaged or encrypted archive; pack it again without a password."), file=filename)  # fmt: skip
        told.__cause__ = error
        yield told


def _members(
    archive: zipfile.ZipFile, filename: str, longest: int, most: int, max_bytes: int
) -> Iterator[Photo | CoreError]:
    infos = [info for info in archive.infolist() if _is_file(info.filename)]
    if not infos:
        yield DataError(N_("{file} holds no pictures: pack the pictures themselves into it."), file=filename)
    left = MOST_UNPACKED
    for info in infos[:most]:
        name = info.filename.replace("\\", "/").rpartition("/")[2]
        try:
            with archive.open(info) as member:
                content = member.read(min(max_bytes, left) + 1)  # whatever size it announces
        except Exception:  # an encrypted or damaged member is one bad file among the others
            yield DataError(N_("{file} could not be unpacked: it is damaged or needs a password."), file=name)
            continue
        left -= len(content)
        if left <= 0:
            raise DataError(N_("{file} unpacks to more than {limit} MB; the pictures after {name} were left out."), file=filename, name=name, limit=MOST_UNPACKED // 2**20)  # fmt: skip
        yield _one(content, name, longest, max_bytes)
    if len(infos) > most:
        yield DataError(N_("{file} holds {count} pictures; the first {most} were read."), file=filename, count=len(infos), most=most)  # fmt: skip


def _one(data: bytes, name: str, longest: int, max_bytes: int) -> Photo | CoreError:
    try:
        return thumbnail(read_image(data, name, max_bytes=max_bytes, longest=longest), longest)
    except CoreError as error:
        return error


def _is_file(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return bool(parts[-1]) and not any(part.startswith((".", "__MACOSX")) for part in parts)
