"""Text -> the strings of its sentences: where lines, paragraphs and sentences end.

Line ends mean three different things in the wild, so the text is measured first. In
hard-wrapped prose (mail, Project-Gutenberg files, text copied out of a PDF) each line is
filled up to one width, and its line ends are only spaces. Everywhere else (lists, verse, one
paragraph a line, Chinese) a line end is a sentence end. A blank line always is.

A full stop before a small letter ends no sentence, but for a text that is written in small letters throughout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〇"
KANA = "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"

_MEASURED_LINES = 5_000  # enough to know how a text was typed; the rest follows the same rule
_MEASURED_LETTERS = 50_000
_CAPITALS = 0.005  # of its letters: prose in Latin, Greek or Cyrillic letters has five times as many
_LONGEST_PIECE = 100_000  # characters; a text without any sentence end is cut to stay within bounded memory
_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "rev",
        "hon",
        "gen",
        "col",
        "capt",
        "lt",
        "sgt",
        "sen",
        "rep",
        "gov",
        "st",
        "mt",
        "jr",
        "sr",
        "vs",
        "cf",
        "ca",
        "fig",
        "vol",
        "pp",
        "ed",
        "eds",
        "inc",
        "ltd",
        "co",
        "corp",
        "dept",
        "univ",
        "approx",
        "e.g",
        "i.e",
        "viz",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    ]
)
_NUMBERED = frozenset(["no", "nos", "nr", "art", "sec", "ch", "p"])  # abbreviations only before a number: No. 5
_HARD = "。！？｡؟۔।॥"  # end a sentence wherever they stand
_CLOSE = "\"'”’»)\\]）」』】》"
_END = re.compile(
    rf"[{_HARD}][{_HARD}!?.…]*[{_CLOSE}]*"
    rf"|(?<=[{HAN}{KANA}])[.!?]+[{_CLOSE}]*(?=[{HAN}{KANA}])"
    rf"|[.!?…]+[{_CLOSE}]*(?=\s)"
)
_LIST_ITEM = re.compile(r"[-*•·–—]\s|\(?\d{1,3}[.)、]\s?|[（(][一二三四五六七八九十\d]+[)）]")
_WIDE = re.compile(rf"[{HAN}{KANA}\u3000-\u303f\uff00-\uffef]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def split_sentences(text: str, language: str) -> Iterator[str]:
    """The sentences of a text, one string after the other, without a second copy of the text.

    `language` "zh": every line end is a sentence end. "en" and "auto": a line end inside
    hard-wrapped prose is a space, any other ends the sentence.
    """
    text = _LINE_ENDS.sub("\n", text) if _LINE_ENDS.search(text) else text
    width = None if language == "zh" else _wrap_width(text)
    small = _in_small_letters(text)
    for paragraph in _lines(text) if width is None else _unwrapped(text, width):
        yield from _split_paragraph(paragraph, small)


def _in_small_letters(text: str) -> bool:
    """Whether this was typed without capitals, as notes and messages are."""
    sample = text[:_MEASURED_LETTERS]
    capitals = sum(map(str.isupper, sample))
    return capitals < _CAPITALS * (capitals + sum(map(str.islower, sample)))


def _lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        while end - start > _LONGEST_PIECE:
            cut = text.rfind(" ", start + 1, start + _LONGEST_PIECE)
            cut = cut if cut > 0 else start + _LONGEST_PIECE
            yield text[start:cut]
            start = cut
        yield text[start:end]
        start = end + 1


def _unwrapped(text: str, width: int) -> Iterator[str]:
    """The paragraphs of hard-wrapped text: a short line, a blank one or a list item ends one."""
    paragraph = ""
    for raw in _lines(text):
        line = raw.strip()
        if paragraph and (not line or _LIST_ITEM.match(line) or len(paragraph) > _LONGEST_PIECE):
            yield paragraph
            paragraph = ""
        paragraph = _join(paragraph, line)
        if len(line) < 0.6 * width:  # no next word is that long: the writer ended the line
            yield paragraph
            paragraph = ""
    yield paragraph


def _join(paragraph: str, line: str) -> str:
    """Lines of Chinese meet without a space, and so do the halves of a word such as well-known."""
    if not paragraph or not line:
        return paragraph + line
    last, first = paragraph[-1], line[0]
    if _WIDE.match(last) and _WIDE.match(first):
        return paragraph + line
    if last == "-" and first.isalpha() and paragraph[-2:-1].isalpha():
        return paragraph + line
    return f"{paragraph} {line}"


def _wrap_width(text: str) -> int | None:
    """The width to which the lines were filled, or None where line ends are the writer's own.

    In filled text the first word of the next line would not have fitted on this one, and a line
    mostly goes on in the middle of a sentence. Lines under 40 letters (18 in Chinese) are never taken for filled.
    """
    pairs = _neighbouring_lines(text)
    wide = sum(bool(_WIDE.match(above[-1])) for above, _ in pairs) > len(pairs) / 2
    if len(pairs) < (2 if wide else 1):
        return None
    lengths = sorted(len(above) for above, _ in pairs)
    width = lengths[int(0.9 * (len(lengths) - 1))]
    if width < (18 if wide else 40):
        return None
    next_words = (1 if wide else 1 + len(below.split(None, 1)[0]) for _, below in pairs)
    filled = sum(len(above) + extra >= width - 2 for (above, _), extra in zip(pairs, next_words, strict=True))
    going_on = [below for above, below in pairs if not _END.search(above[-3:] + " ")]
    new_starts = sum(below[0].isupper() for below in going_on)
    if min(filled, 1.4 * len(going_on)) < 0.7 * len(pairs) or new_starts > 0.6 * len(going_on):
        return None
    return width


def _neighbouring_lines(text: str) -> list[tuple[str, str]]:
    """Pairs of lines with no blank between them and no list mark before the second."""
    pairs, above = [], ""
    for raw in _lines(text):
        line = raw.strip()
        if above and line and not _LIST_ITEM.match(line):
            pairs.append((above, line))
            if len(pairs) == _MEASURED_LINES:
                break
        above = line
    return pairs


def _split_paragraph(paragraph: str, small: bool) -> Iterator[str]:
    start = 0
    for mark in _END.finditer(paragraph):
        if _is_end(paragraph, start, mark, small):
            yield paragraph[start : mark.end()]
            start = mark.end()
    if start < len(paragraph):
        yield paragraph[start:]


def _is_end(paragraph: str, start: int, mark: re.Match[str], small: bool) -> bool:
    """Not after an abbreviation, an initial or a list number, and not before a small letter; in a text without capitals
    (`small`) only dots and what was said in quotes go on before one."""
    if paragraph[mark.start()] in _HARD:
        return True
    following = paragraph[mark.end() : mark.end() + 4].lstrip()[:1]
    if following.islower() and not (small and (mark.group() == "." or set(mark.group()) <= {"!", "?"})):
        return False
    if mark.group() != ".":
        return True
    before = max(start, mark.start() - 12)
    word = paragraph[max(before, paragraph.rfind(" ", before, mark.start()) + 1) : mark.start()].lstrip("(\"'“‘[")
    if word.isdigit():
        return bool(paragraph[start : mark.start() - len(word)].strip())
    if following.isdigit() and word.lower() in _NUMBERED:
        return False
    initial = (small and len(word) == 1) or (word[-1:].isupper() and not word[-2:-1].isalpha())
    return not (word.lower() in _ABBREVIATIONS or initial)
