"""The one file in a zip or a .gz: vectors are handed on so, and are handed out so here, with their settings beside them.

And JSON in UTF-16 as UTF-8. A zip that is a format of its own (a workbook, .npz, TensorBoard's pair) stays what it is.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Sequence
from gzip import GzipFile

from core import _archive, _clock
from core.errors import N_, DataError
from core.formats._base import FORMATS
from core.formats._limits import LARGEST_FILE, check_size

_GZIP = b"\x1f\x8b\x08"
_BOUNDS = _archive.Bounds(total=LARGEST_FILE)
_BESIDE = (".", "readme", "license", "settings.json", "metadata.tsv")  # how names begin that only tell of the others
_LISTS = (".md", ".list")  # of words, beside the formats' own names
_WIDE_JSON = re.compile(
    rb"((?:\xff\xfe)?(?:[ \t\r\n]\x00)*[\[{]\x00[^\x00])|(?:\xfe\xff)?(?:\x00[ \t\r\n])*\x00[\[{]\x00[^\x00]"
)
_BLOCK = 1024**2  # bytes


def unwrapped(data: bytes, filename: str, most: int | None = None) -> tuple[bytes, str]:
    """(the one file inside, or its first `most` bytes; its name), or what was given where it is no such wrapping.

    DataError for one that is damaged, or unpacks to more than a file may have or than a table can shrink to.
    """
    if data.startswith(_GZIP):
        name = filename[:-3] if filename.lower().endswith(".gz") else filename
        return _gunzipped(data, filename, most), name
    only = _only(inside(data))
    if only is None:
        return _narrowed(data), filename
    with _archive.reading(data, filename) as archive:
        infos = _archive.members_of(archive, filename, _BOUNDS)
        info = next(info for info in infos if _archive.base(info.filename) == only)
        content = _archive.unpacked(archive, info, filename, _BOUNDS, most)
    check_size(f"{filename}: {only}", len(content))
    return content, f"{filename}: {only}"


def _narrowed(data: bytes) -> bytes:
    """JSON in UTF-16, which is told by its first signs, as UTF-8: that is what its readers look for. Anything else as it is."""
    found = _WIDE_JSON.match(data)
    if found is None:
        return data
    text = data[: len(data) // 2 * 2].decode("utf-16-le" if found[1] else "utf-16-be", "replace")
    return text.removeprefix("\ufeff").encode()


def inside(data: bytes) -> list[str]:
    """The names in a zip that is no format of its own, without what only tells of the others; [] for anything else."""
    names = _archive.member_names(data) if data.startswith(_archive.MAGIC) else []
    lowered = [name.lower() for name in names]
    own = any(name.endswith((".npy", "workbook.xml", "[content_types].xml")) for name in lowered)
    if own or sum(name.endswith(".tsv") for name in lowered) > 1:
        return []
    return [name for name in names if name and not name.lower().startswith(_BESIDE)]


def _only(names: Sequence[str]) -> str | None:
    """The one of the names that can be read, whatever it is called where it is alone."""
    known = (*_LISTS, *(extension for item in FORMATS for extension in item.run.extensions))
    found = [name for name in names if name.lower().endswith(known)] if len(names) > 1 else names
    return found[0] if len(found) == 1 else None


def _gunzipped(data: bytes, filename: str, most: int | None) -> bytes:
    limit = min(LARGEST_FILE, max(_archive.HARMLESS, _archive.LARGEST_RATIO * len(data)))
    out, packed = io.BytesIO(), io.BytesIO(data)
    try:
        with GzipFile(fileobj=packed) as file:
            while (most is None or out.tell() < most) and (block := file.read(_BLOCK)):
                _clock.check(packed.tell() / len(data))
                out.write(block)
                if out.tell() > limit:
                    raise DataError(
                        N_("{file} unpacks to more than {limit} MB, or to more than {ratio} times its size, as no table of numbers does. It is not opened."),
                        file=filename, limit=LARGEST_FILE // 2**20, ratio=_archive.LARGEST_RATIO,
                    )  # fmt: skip
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(N_("{file} is damaged or cut off: it could not be unpacked. Fetch it again."), file=filename) from error  # fmt: skip
    check_size(filename, out.tell())
    return out.getvalue()
