"""A pasted or uploaded word list -> labels, and classes where the list names them."""

from __future__ import annotations

import re
import unicodedata

from core.errors import N_, DataError

MAX_LABELS = 50_000
MAX_LABEL_LENGTH = 80  # characters; a longer "word" is running text

_SEPARATORS = re.compile(r"[,，;；、|\t]")
# At the start of a line only, and a sign that may begin a word needs its space: -ing and *args are words.
_BULLET = re.compile(r"\s*(?:[-*–—]\s+|[•·]\s*|\(?\d{1,5}[.)、](?!\d)\s*)")
_GROUP = re.compile(r"([^:：]{1,80})[:：](?!//)\s*(.+)")
_COLUMNS = (re.compile(r"\t+"), re.compile(r"\s*[>→]\s*"), re.compile(r"\s*[,，;；|]\s*"))
_HEADINGS = frozenset(
    ("class", "label", "group", "category", "topic", "tag", "type", "类", "类别", "类型", "分类", "组", "标签")
)
_UNSEEN = re.compile("[\u200b\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f]")
_QUOTES = "\"'“”‘’«»「」『』`"


def word_list(text: str) -> list[str]:
    """The distinct labels of a list, in order: one a line, or parted by , ; 、 | or tabs; a single line
    without any of these is parted at its spaces. Bullets, numbering and quotation marks fall away.

    Raises DataError for a list without a word, a label over MAX_LABEL_LENGTH characters (it names the line),
    or more than MAX_LABELS labels.
    """
    lines = _lines(text)
    labels: dict[str, None] = {}
    for number, line in lines:
        items = _SEPARATORS.split(_unbulleted(line))
        if len(items) == 1 and len(lines) == 1:
            items = [item.rstrip(".!?。！？") for item in line.split()]
        labels.update(dict.fromkeys(_labels(items, number)))
    return _counted(list(labels))


def labelled_words(text: str) -> tuple[list[str], list[str] | None]:
    """(labels, their classes), or (labels, None) for a list that names no classes.

    Two forms name them: "animals: cat, dog" on every line, or two columns on every line (word and class,
    parted by a tab, > or a comma) in which classes repeat. A word named twice keeps its first class.
    Raises DataError as `word_list` does.
    """
    lines = _lines(text)
    pairs = (_groups(lines) or _columns(lines)) if lines else []
    if not pairs:
        return word_list(text), None
    classes: dict[str, str] = {}
    for label, name in pairs:
        classes.setdefault(label, name)
    return _counted(list(classes)), list(classes.values())


def _unbulleted(line: str) -> str:
    bullet = _BULLET.match(line)
    return line[bullet.end() :] if bullet else line


def _lines(text: str) -> list[tuple[int, str]]:
    """(line number from 1, line) of each line that has something on it."""
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _labels(items: list[str], number: int) -> list[str]:
    cleaned = (" ".join(item.split()).strip(_QUOTES).strip() for item in items)
    labels = [label for label in cleaned if any(c.isalnum() for c in label) or len(label) == 1]
    for label in labels:
        if len(label) > MAX_LABEL_LENGTH:
            raise DataError(
                N_("Line {line} has a label of {length} characters; a label may have at most {limit}. Put one word or short phrase on each line, or train on running text instead."),
                line=number, length=len(label), limit=MAX_LABEL_LENGTH,
            )  # fmt: skip
    return labels


def _counted(labels: list[str]) -> list[str]:
    if not labels:
        raise DataError(N_("There is no word in this list. Write one word on each line, or part them with commas."))
    if len(labels) > MAX_LABELS:
        raise DataError(
            N_("This list has {count} labels; at most {limit} can be shown. Shorten it."),
            count=len(labels),
            limit=MAX_LABELS,
        )
    return labels


def _groups(lines: list[tuple[int, str]]) -> list[tuple[str, str]]:
    """Pairs out of "class: word, word" lines, or [] when a line is not of that form."""
    pairs = []
    for number, line in lines:
        found = _GROUP.fullmatch(_unbulleted(line))
        if found is None:
            return []
        items = _SEPARATORS.split(found[2])
        words = _labels(items if len(items) > 1 else found[2].split(), number)
        pairs += [(word, name) for word in words for name in _labels([found[1]], number)]
    return pairs


def _columns(lines: list[tuple[int, str]]) -> list[tuple[str, str]]:
    """Pairs out of two-column lines. In a plain list with two words a line nothing repeats, so there the
    answer is [], unless a heading or the sign > says what the second column is."""
    if len(lines) < 2:
        return []
    for column in _COLUMNS:
        rows = [(number, column.split(line)) for number, line in lines]
        if any(len(row) != 2 for _, row in rows):
            continue
        headed = rows[0][1][1].strip().lower() in _HEADINGS
        pairs = [tuple(_labels(row, number)) for number, row in rows[headed:]]
        if any(len(pair) != 2 for pair in pairs):
            continue
        words, classes = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
        repeats = len(pairs) > 2 and 2 * len(classes) <= len(pairs) and not words & classes
        if headed or ">" in column.pattern or repeats:
            return [(word, name) for word, name in pairs]
    return []
