"""Articles, films and the visitor's own table: what is read, and what bad tables get."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import DataError, JobCancelled, ParameterError
from core.recommend import ItemColumns, articles, columns_of, films, read_items, translated, walks

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
    assert columns_of(data, "表.tsv") == ItemColumns(("名称", "标签"), "名称", ("标签",))
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


def test_rows_that_cannot_be_read_are_left_out_and_named_where_that_is_wished() -> None:
    data = b"title,tags\nA,x\nB\n" + b"W" * 10_000 + b",y\n,z\nC,x|y\nD,y\nE,y\n"
    with pytest.raises(DataError, match="Line 3"):
        read_items(data, "mine.csv", "title", ["tags"])
    table = read_items(data, "mine.csv", "title", ["tags"], skip=True)
    assert table.items == ["A", "C", "D", "E"]
    assert [str(note) for note in table.notes] == [
        "Rows left out because they could not be read: 3 of 7.",
        "Line 3 of mine.csv has 1 cells; the first line has 2.",
        "Line 4 of mine.csv, column title: 10000 characters; at most 300 are taken.",
        "Line 5 of mine.csv, column title: the name of the item is missing. Fill it in or remove the row.",
    ]


def test_of_very_many_rows_the_first_are_taken_and_that_is_said() -> None:
    data = b"title,tags\n" + b"".join(b"item %d,tag%d\n" % (at, at % 50) for at in range(100_000))
    table = read_items(data, "mine.csv", "title", ["tags"], skip=True)
    assert len(table.items) == 50_000
    assert str(table.notes[0]) == "Only the first 50000 rows were taken; mine.csv has more."


def test_a_table_that_takes_too_long_is_given_up_and_one_nobody_waits_for_ends() -> None:
    with pytest.raises(DataError, match="could not be read within 0 s"):
        read_items(TABLE, "mine.csv", "title", ["genre"], seconds=0)
    with pytest.raises(JobCancelled):
        read_items(TABLE, "mine.csv", "title", ["genre"], on_step=lambda step: True)


@pytest.mark.parametrize(
    ("head", "title", "tags"),
    [
        ("id;名称;标签\n1;甲;山、水\n2;乙;山\n", "名称", ("标签",)),
        ("title,year,genres,directors\nA,1,x|y,N\nB,2,x,M\n", "title", ("genres",)),
        ("a,b,c\nq,1,red\nr,2,red\ns,3,red\n", "a", ("c",)),
        ("tag,tag,\nx,y,z\n", "tag", ("tag (2)",)),
    ],
)
def test_the_columns_of_titles_and_tags_are_found(head: str, title: str, tags: tuple[str, ...]) -> None:
    found = columns_of(head.encode(), "mine.csv")
    assert (found.title, found.tags) == (title, tags)


def test_tags_may_be_parted_as_chinese_writes_them() -> None:
    data = "名称,标签\n甲,山、水、云\n乙,山；水\n丙,山\n".encode()
    assert read_items(data, "a.csv", "名称", ["标签"]).tags == [["山", "水", "云"], ["山", "水"], ["山"]]


def test_a_table_of_one_column_is_told_what_it_lacks() -> None:
    with pytest.raises(DataError, match="one column"):
        columns_of(b"title\nA\nB\n", "mine.csv")


def test_an_excel_table_is_read_too(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("title", "tags"), ("A", "x|y"), ("B", "x")):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    data = (tmp_path / "a.xlsx").read_bytes()
    assert read_items(data, "a.xlsx", "title", ["tags"]).tags == [["x", "y"], ["x"]]


def test_a_tag_of_the_articles_has_its_twin_in_the_other_language() -> None:
    assert [translated(tag, "zh") for tag in ("science", "technology", "no such")] == ["科学", "科技", "no such"]
    assert translated("科技", "en") == "technology"


def test_the_example_table_has_the_same_shape_in_both_languages() -> None:
    shapes = [[len(own) for own in walks(language).tags] for language in ("en", "zh")]
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) == 12
