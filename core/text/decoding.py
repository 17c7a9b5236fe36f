"""Bytes of a text file -> text: which encoding, and what is no text at all.

Quick strict checks come first, in the order of their certainty: a byte order mark, zero bytes
(UTF-16 or a binary file), strict UTF-8, then the Chinese encodings, told apart by how ordinary the
characters are that they yield. charset-normalizer is asked only about what is left.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from core.errors import N_, DataError

MAX_TEXT_BYTES = 64 * 1024 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark starts with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF", "PDF"), (b"PK\x03\x04", "ZIP (or Word, Excel, EPUB)"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"), (b"\x1f\x8b", "gzip"), (b"\xd0\xcf\x11\xe0", "Word or Excel (97-2003)"), (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"), (b"MZ\x90", "EXE"), (b"RIFF", "RIFF"),
)  # fmt: skip
_SAMPLE = 200_000  # bytes are judged by their beginning; the whole is decoded strictly afterwards
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x7f\ufffe\uffff]")

_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x19\x7f]")
_ORDINARY = re.compile(  # the blocks that most texts are made of
    "[\t\n\r -~\u00a0-\u024f\u0370-\u04ff\u0590-\u06ff\u2000-\u206f\u2100-\u27bf\u3000-\u30ff\u4e00-\u9fa5\uac00-\ud7a3\uff01-\uff5e]"
)
_FREQUENT_HAN = frozenset(
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都"
    "然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长应法定规部门业"
    "這來國個說們為時會著過學對裡後麼沒於還發當開經頭動兩長從無見應規門業"
)
_FREQUENT_HANGUL = frozenset("이다는의에을가고하지사로도리한기를은자어있나그라대서니일인아것수들전정해만시보부제")
_FREQUENT_KANA = frozenset("のにはをとたがでてしれさるいなもかまりうっあこきくらよ")
_EAST_ASIAN = (  # encoding, the row codec, its rows of punctuation and everyday characters, the most frequent characters
    ("gb18030", "gb2312", (range(0xA1, 0xAA), range(0xB0, 0xD8)), _FREQUENT_HAN),
    ("cp950", "big5", (range(0xA1, 0xC7),), _FREQUENT_HAN),
    ("cp949", "euc_kr", (range(0xA1, 0xA4), range(0xB0, 0xC9)), _FREQUENT_HANGUL),
    ("cp932", "euc_jp", (range(0xA1, 0xA6), range(0xB0, 0xD0)), _FREQUENT_KANA),
    ("euc_jp", "euc_jp", (range(0xA1, 0xA6), range(0xB0, 0xD0)), _FREQUENT_KANA),
)
_WESTERN = re.compile(
    "[\t-\r -~ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒŸßàáâãäåæçèéêëìíîïñòóôõöøùúûüœÿ“”‘’„‚–—…•«»‹›€£§°©®·¿¡ªº\xa0¼½¾±×²³µ´™]*"
)
_ODD_WORD = re.compile("[a-zß-ÿ][¿¡³²¾¼½ªº±µ£§•©®€][a-zß-ÿ]")  # letters of Polish, Turkish... in the place of these
_CODE_PAGES = ("cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "iso8859_2")  # fmt: skip

_GUESSED = N_("The encoding was guessed. Check that the words read well; if they do not, save the file as UTF-8.")
_MENDED = N_("A few bytes of this file were damaged and are shown as the sign �.")


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text` with line ends as "\\n" and no byte order mark; `encoding` as Python names it;
    `note`, an English source sentence for the reader, or "" when nothing needs saying."""

    text: str
    encoding: str
    note: str = ""


def decode(data: bytes, filename: str) -> Decoded:
    """Text of an uploaded file in UTF-8, UTF-16, UTF-32, GB18030, Big5 or a code page charset-normalizer knows.

    Raises DataError for a file that is empty, over MAX_TEXT_BYTES, of another kind (by its first
    bytes or its control characters), or in no encoding that fits.
    """
    _refuse(data, filename)
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _checked(_strict(data, bom, encoding, filename), encoding, "", filename)
    found = utf16(data)
    if found is None and len(_CONTROL_BYTES.findall(data[:_SAMPLE])) > min(len(data), _SAMPLE) / 500:
        raise _binary(filename)
    found = found or _utf8(data) or _east_asian(data) or _code_page(data)
    if found is None:
        raise DataError(N_("{name} is in an encoding that was not recognised. Save it as UTF-8 text and try again."), name=filename)  # fmt: skip
    return _checked(found.text, found.encoding, found.note, filename)


def _refuse(data: bytes, filename: str) -> None:
    if not data:
        raise DataError(N_("{name} is empty. Choose a file with text in it."), name=filename)
    if len(data) > MAX_TEXT_BYTES:
        raise DataError(
            N_("{name} has {size} MB; a text may have at most {limit} MB. Cut it into parts, or take the first part."),
            name=filename, size=-(-len(data) // 1024**2), limit=MAX_TEXT_BYTES // 1024**2,
        )  # fmt: skip
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise DataError(
                N_("{name} is a {kind} file under another name, not plain text. Open it in its own program, save its text as .txt and try again."),
                name=filename, kind=kind,
            )  # fmt: skip


def _checked(text: str, encoding: str, note: str, filename: str) -> Decoded:
    start = text[:_SAMPLE]
    if len(_CONTROL.findall(start)) > len(start) / 500:
        raise _binary(filename)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DataError(N_("{name} holds nothing but blanks. Choose a file with text in it."), name=filename)
    return Decoded(text, encoding, note)


def _binary(filename: str) -> DataError:
    return DataError(N_("{name} is a binary file, not plain text. Save its text as .txt in UTF-8 and try again."), name=filename)  # fmt: skip


def _strict(data: bytes, bom: bytes, encoding: str, filename: str) -> str:
    try:
        return data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            N_("{name} says that it is {encoding}, but byte {byte} does not fit. It is damaged or cut off; save it again as UTF-8."),
            name=filename, encoding=encoding.upper(), byte=len(bom) + error.start + 1,
        ) from error  # fmt: skip


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def utf16(data: bytes) -> Decoded | None:
    """UTF-16 without a mark, None for anything else. Read the wrong way round, ordinary characters become outlandish ones."""
    if len(data) % 2:
        return None
    zeros = data.count(b"\x00", 0, _SAMPLE)
    has_zeros = zeros > 0
    if (
        500 * zeros < min(len(data), _SAMPLE) and _try(data, "utf-8") is not None
    ):  # the odd zero byte may stand in a label
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        start = data[:_SAMPLE].decode(encoding, "replace")
        known = has_zeros or _is_chinese(start)  # pairs of Latin letters pass for rare Han
        if known and len(_ORDINARY.findall(start)) >= 0.97 * len(start) and (text := _try(data, encoding)) is not None:
            return Decoded(text, encoding)
    return None


def _is_chinese(text: str) -> bool:
    return len(text) > 1 and any(_everyday(text, codec, rows) > 0.8 for _, codec, rows, _ in _EAST_ASIAN[:2])


def _utf8(data: bytes) -> Decoded | None:
    """Strict, but for a file cut in the middle of its last character or with an odd bad byte in a lot of good ones."""
    text = _try(data, "utf-8")
    if text is not None:
        return Decoded(text, "utf-8")
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    good = len(text) - damaged - len(text.encode("ascii", "ignore"))
    cut_off = damaged == 1 and text.endswith("\ufffd") and good > 0
    return Decoded(text, "utf-8", _MENDED) if cut_off or damaged * 50 <= good else None


def _east_asian(data: bytes) -> Decoded | None:
    """Several of these decode the same bytes; only the right one yields everyday characters, and the frequent ones often."""
    best, best_share = None, -1.0
    for encoding, codec, rows, frequent in _EAST_ASIAN:
        text = _try(data, encoding)
        if text is None or _everyday(text[:_SAMPLE], codec, rows) < 0.8:
            continue
        share = _share(text[:_SAMPLE], frequent)
        if share > best_share:
            best, best_share = Decoded(text, encoding), share
    return best


def _code_page(data: bytes) -> Decoded | None:
    text = _try(data, "cp1252")
    if text is not None and _WESTERN.fullmatch(text[:_SAMPLE]) and not _ODD_WORD.search(text[:_SAMPLE]):
        return Decoded(text, "cp1252", _GUESSED)
    from charset_normalizer import from_bytes

    match = from_bytes(data[:_SAMPLE], cp_isolation=list(_CODE_PAGES)).best()
    for encoding in (match.encoding if match else "cp1252", "cp1252"):
        text = _try(data, encoding)
        if text is not None:
            return Decoded(text, encoding, _GUESSED)
    return None


def _everyday(text: str, codec: str, rows: tuple[range, ...]) -> float:
    """Share of the characters above ASCII that lie in the rows of punctuation and everyday characters of a standard."""
    wide = "".join(c for c in text if c > "\x7f")
    leads = wide.encode(codec, "ignore")[::2]
    return sum(any(lead in row for row in rows) for lead in leads) / len(wide) if wide else 0.0


def _share(text: str, frequent: frozenset[str]) -> float:
    wide = [c for c in text if c > "\x7f"]
    return sum(c in frequent for c in wide) / len(wide) if wide else 0.0
