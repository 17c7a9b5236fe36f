"""Bytes of uploaded files: which encoding, and what is no text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError
from core.text import MAX_TEXT_BYTES, decode

CHINESE = "科学技术是第一生产力。我们在学校里学习物理和化学，老师说大家都很认真。\n今天的天气很好。"
TRADITIONAL = "這是一段用來測試的文字，裡面有許多常見的漢字。我們希望程式能夠正確地判斷它的編碼。"
FRENCH = "L'été dernier, nous avons mangé à la plage où les élèves étaient très contents. Ça va ?"
GERMAN = "Die Größe der Häuser überrascht viele Gäste, die schöne Straßen mögen."
RUSSIAN = "Привет, это обычный русский текст, который нужно правильно прочитать вслух."
JAPANESE = "これは日本語の文章です。今日は天気がいいので、公園へ散歩に行きました。"
KOREAN = "이것은 한국어 문장입니다. 오늘은 날씨가 좋아서 공원에 갔습니다."
POLISH = "Żółta łódź płynęła powoli po rzece, a dzieci śmiały się głośno."
MIXED = "猫 cat\n狗 dog\n科学 science and 技术 technology\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"])
@pytest.mark.parametrize(
    "text", [CHINESE, CHINESE[:20], MIXED, "猫\n狗\n老虎"], ids=["prose", "phrase", "mixed", "list"]
)
def test_chinese_is_read_in_every_usual_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "zh.txt").text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TRADITIONAL, "big5"), (FRENCH, "cp1252"), (GERMAN, "latin-1"), (FRENCH, "utf-16-le"), ("Zürich\nKöln", "cp1252"),
        (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (RUSSIAN, "utf-16-be"), (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp"),
        (KOREAN, "euc_kr"), (POLISH, "cp1250"),
    ],
)  # fmt: skip
def test_other_languages_are_read_too(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "text.txt").text == text


def test_the_encoding_is_named_and_a_guess_is_called_one() -> None:
    assert decode(CHINESE.encode("gb18030"), "a.txt").encoding == "gb18030"
    assert decode(CHINESE.encode("utf-16"), "a.txt").encoding == "utf-16-le"
    assert decode(CHINESE.encode(), "a.txt").note == ""
    assert "guessed" in decode(FRENCH.encode("cp1252"), "a.txt").note


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=st.sampled_from(CHINESE), max_size=80))
def test_chinese_in_any_order_survives_gb18030_and_utf_16_without_a_mark(rest: str) -> None:
    text = CHINESE[:12] + rest
    for encoding in ("gb18030", "utf-16-le", "utf-16-be"):
        assert decode(text.encode(encoding), "a.txt").text == text


def test_line_ends_of_every_system_become_one() -> None:
    assert decode(b"a\r\nb\rc\n", "a.txt").text == "a\nb\nc\n"


def test_a_file_cut_in_the_middle_of_a_character_is_read_and_says_so() -> None:
    found = decode(CHINESE.encode()[:-1], "cut.txt")
    assert found.text.startswith(CHINESE[:-1])
    assert "damaged" in found.note


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", r"a\.txt is empty"),
        (b" \r\n\t ", "nothing but blanks"),
        (b"%PDF-1.7 ...", "is a PDF file under another name"),
        (b"PK\x03\x04" + b"a" * 50, r"ZIP \(or Word"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
        (bytes(1000), "binary file"),
        (b"text " * 20 + bytes(range(9)) * 5, "binary file"),
        (np.random.default_rng(0).bytes(4000), "binary file"),
        (b"\xff\xfea", "UTF-16-LE, but byte 3 does not fit"),
    ],
    ids=["empty", "blank", "pdf", "zip", "png", "zeros", "control", "noise", "half"],
)
def test_what_is_no_text_gets_one_sentence_with_the_mend(data: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence) as caught:
        decode(data, "a.txt")
    assert str(caught.value).startswith("a.txt ")


def test_a_file_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(DataError, match="65 MB; a text may have at most 64 MB"):
        decode(b"a" * (MAX_TEXT_BYTES + 1), "long.txt")
