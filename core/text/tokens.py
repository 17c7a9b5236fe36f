"""Sentences -> words: letters and digits by their Unicode classes, Chinese through rjieba."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from core.errors import N_
from core.params import require
from core.text.splitting import HAN, KANA, split_sentences

LANGUAGES = ("auto", "en", "zh")

_LONGEST_SENTENCE = 10_000  # words; only text without any sentence end gets there
_FOLD: dict[int, int | str | None] = {
    **{code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()},  # full-width letters and digits
    **{ord(c): "'" for c in "’ʼ＇"},
    **{ord(c): "-" for c in "‐‑－"},
    ord("İ"): "i",
    0xAD: None,  # soft hyphen
    0x200B: " ",  # zero-width space
    0xFEFF: None,
}
_IS_HAN = re.compile(f"[{HAN}]")


def sentences(text: str, language: str = "auto") -> list[list[str]]:
    """Sentences of a text, each a list of words in lower case. A training window never crosses a sentence end.

    Runs of Han characters are cut into words by rjieba; every other script by its letters: a word
    keeps its inner apostrophes and hyphens (don't, well-known), a number its points and commas
    (3.14), an abbreviation its inner points (u.s). Scripts written without spaces (Thai, kana)
    come out as whole runs. Punctuation and symbols are dropped, and so are sentences without a word.

    Line ends: a blank line ends a sentence. In hard-wrapped prose any other line end is a space;
    elsewhere (lists, verse, Chinese) it ends the sentence. `language` "zh" makes every line end
    a sentence end. Raises ParameterError for another language than auto, en, zh.
    """
    return list(iter_sentences(text, language))


def iter_sentences(text: str, language: str = "auto") -> Iterator[list[str]]:
    """The same sentences one by one: memory stays that of the text and its distinct words."""
    require("language", language, language in LANGUAGES, N_("one of: {known}"), known=", ".join(LANGUAGES))
    return _iter_sentences(text, language)


def _iter_sentences(text: str, language: str) -> Iterator[list[str]]:
    words = _tokenizer(text)
    pool: dict[str, str] = {}  # one string object a distinct word
    keep = pool.setdefault
    for sentence in split_sentences(text, language):
        found = [keep(word, word) for word in words(sentence)]
        for start in range(0, len(found), _LONGEST_SENTENCE):
            yield found[start : start + _LONGEST_SENTENCE]


def _tokenizer(text: str) -> Callable[[str], list[str]]:
    """A function from one sentence to its words, no dearer than the characters of this text ask for."""
    if text.isascii():
        pattern = _word_pattern("")
        return lambda sentence: pattern.findall(sentence.lower())
    characters = set(text)
    marks = "".join(sorted(c for c in characters if unicodedata.category(c)[0] == "M" or c in "\u200c\u200d"))
    pattern = _word_pattern(marks)
    fold = {code: mend for code, mend in _FOLD.items() if chr(code) in characters or marks}
    composed = not marks and all(unicodedata.is_normalized("NFC", c) for c in characters)
    has_han = any(_IS_HAN.match(c) for c in characters)

    def words(sentence: str) -> list[str]:
        sentence = sentence if composed else unicodedata.normalize("NFC", sentence)
        found: list[str] = pattern.findall((sentence.translate(fold) if fold else sentence).lower())
        return _cut_han(found) if has_han else found

    return words


def _word_pattern(marks: str) -> re.Pattern[str]:
    """Letters and digits outside Han and kana; `marks` are the combining characters that belong to letters."""
    letter = rf"[^\W_{HAN}{KANA}]"
    letters = rf"(?:{letter}[\u0300-\u036f{marks}]*)+" if marks else f"{letter}+"
    inside = r"['_-]|(?<=\d)[.,](?=\d)|(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)"
    return re.compile(
        rf"{letters}(?:(?:{inside}){letters})*|[{HAN}]+|[\u3041-\u309f]+|[\u30a1-\u30ff\u31f0-\u31ff\uff66-\uff9f]+"
    )


def _cut_han(found: list[str]) -> list[str]:
    import rjieba

    words: list[str] = []
    for word in found:
        if _IS_HAN.match(word):
            words.extend(rjieba.cut(word))
        else:
            words.append(word)
    return words
