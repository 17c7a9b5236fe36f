"""Articles, films and the visitor's own table: what is read, and what bad tables get."""

from __future__ import annotations

import pytest

from core.errors import DataError, ParameterError
from core.recommend import articles, columns_of, films, read_items

TABLE = b"title,genre,maker\nOne,drama|war,Ann\nTwo,,Ben\nOne,war,Ann;Ben\n"


def test_150_articles_stand_in_both_languages_with_the_same_tags() -> None:
    english, chinese = articles("en"), articles("zh")
    assert len(english.items) == len(chinese.items) == len(set(english.items)) == len(set(chinese.items)) == 150
    pairs = {(a, b) for one, two in zip(english.tags, chinese.tags, strict=True) for a, b in zip(one, two, strict=True)}
    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
    assert all(english.texts)
    assert all(chinese.texts)
    with pytest.raises(ParameterError):
        articles("fr")


def test_films_are_all_there_under_different_names() -> None:
    table = films(("genres",))
    assert len(table.items) == len(set(table.items)) == 16_975
    assert all(table.tags)
    with pytest.raises(ParameterError, match="columns"):
        films(("actors",))


def test_a_table_of_ones_own_is_read_repeats_numbered_and_empty_tags_noted() -> None:
    table = read_items(TABLE, "mine.csv", "title", ["genre", "maker"])
    assert table.items == ["One", "Two", "One (2)"]
    assert table.tags == [["drama", "war", "Ann"], ["Ben"], ["war", "Ann", "Ben"]]
    bare = read_items(TABLE, "mine.csv", "title", ["genre"])
    assert [str(note) for note in bare.notes] == [
        "Titles that repeat were numbered: 1, the first is One.",
        "Items without tags: 1, the first is Two. Neither way can find them.",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_a_chinese_table_is_read_in_its_encoding(encoding: str) -> None:
    data = ("名称\t标签\n" + "科学与生活的文章\t科学，生活|技术\n" * 30).encode(encoding)
    assert columns_of(data, "表.tsv") == ["名称", "标签"]
    assert read_items(data, "表.tsv", "名称", ["标签"]).items[0] == "科学与生活的文章"


@pytest.mark.parametrize(
    ("data", "title", "tags", "sentence"),
    [
        (TABLE, "name", ["genre"], "mine.csv has no column name. Its columns are: title, genre, maker."),
        (TABLE, "title", ["genres"], "no column genres"),
        (b"title,tags\n", "title", ["tags"], "no items below"),
        (b"title,tags\na,x\nb\n", "title", ["tags"], "Line 3 of mine.csv has 1 cells"),
        (
            b"title,tags\na,x\n ,y\n",
            "title",
            ["tags"],
            "Line 3 of mine.csv, column title: the name of the item is missing",
        ),
        (b"title,tags\na,\nb,\n", "title", ["tags"], "No item of mine.csv has a tag in tags"),
        (b"title,tags\na," + b"x" * 200 + b"\n", "title", ["tags"], "Line 2 of mine.csv, column tags: 200 characters"),
        (b"title,tags\na," + b"|".join(b"t%d" % at for at in range(99)) + b"\n", "title", ["tags"], "99 tags"),
        (b"title,tags\n" + b"a,x\n" * 50_001, "title", ["tags"], "more than 50000 rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "title", ["tags"], "mine.csv"),
    ],
)
def test_a_bad_table_names_the_row_and_the_column(data: bytes, title: str, tags: list[str], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence.replace("(", r"\(")):
        read_items(data, "mine.csv", title, tags)


def test_a_table_beyond_the_limit_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(DataError, match="at most 20 MB"):
        read_items(b"x" * (21 * 2**20), "mine.csv", "title", ["tags"])
