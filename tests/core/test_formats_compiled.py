"""Long JSON lines and Excel sheets are read by a compiled loop; it gives what the plain reader gives, or leaves the row to it."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.embedding import Embedding
from core.errors import DataError
from core.formats import (
    _json_cutters,
    _json_rows,
    _number_kernels,
    _sheet_kernels,
    _sheet_rows,
    read_embedding,
    write_embedding,
)
from core.formats._sheet_dates import is_date
from tests.core.fuzzing import both_ways, workbook_of

TABLE = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>w{0}</t></is></c><c r="B{0}"><v>{0}.5</v></c><c r="C{0}"><v>-2E-3</v></c></row>'
HEADER = (
    '<row r="1"><c r="A1" t="str"><v>word</v></c><c r="B1" t="str"><v>x</v></c><c r="C1" t="str"><v>y</v></c></row>'
)
PLAIN = "".join(map(TABLE.format, range(2, 12)))


def read_number(text: str) -> tuple[float, int]:
    value, behind = _number_kernels.number(np.frombuffer(text.encode(), np.uint8), 0, len(text.encode()))
    return float(value), int(behind)


# --- numbers -------------------------------------------------------------------------------------


@given(st.from_regex(r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?", fullmatch=True))
@example("16777217")  # between two float32
@example("3.4028235e38")
@example("3.4028236e38")
@example("1.1754942e-38")
@example("-0.0")
@example("9007199254740993")
@example("0.1000000000000000055511151231257827021181583404541015625")
@settings(deadline=None, max_examples=500)
def test_a_number_is_the_float32_that_python_gives_or_is_left_to_python(text: str) -> None:
    value, behind = read_number(text)
    if behind >= 0:
        with np.errstate(over="ignore"):
            wanted = float(np.float32(float(text)))
        assert behind == len(text)
        assert (value, math.copysign(1, value)) == (wanted, math.copysign(1, wanted))


@given(st.floats(width=32, allow_nan=False, allow_infinity=False, min_value=-(2.0**100), max_value=2.0**100))
@settings(deadline=None, max_examples=300)
def test_what_programs_write_of_a_number_is_never_left_to_python(value: float) -> None:
    for text in (repr(value), str(np.float32(value)), f"{value:.8e}", f"{value:.6f}"):
        with np.errstate(over="ignore"):
            assert read_number(text) == (float(np.float32(float(text))), len(text))


@pytest.mark.parametrize("text", ["", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "--1", "nan", "Infinity", "1_0", "0x1", "1 2"])  # fmt: skip
def test_what_is_no_number_of_json_is_not_read_as_one(text: str) -> None:
    assert read_number(text)[1] != len(text)


# --- JSON lines ----------------------------------------------------------------------------------

LINES = [
    '{"label": "a", "vector": [1, 2.5, -3e-2], "n": {"k": [1]}, "year": 5}',
    '{"vector":[1,2,3],"label":"[1,2] \\"vector\\": [4]"}',
    '{"label": "inside", "vector": [1, 2, 3], "n": {"vector": [7, 8, 9]}}',
    '{"n": {"vector": [7, 8, 9]}, "label": "before", "vector": [1, 2, 3]}',
    '{"vector": [1, 2, 3], "label": "twice", "vector": [4, 5, 6]}',
    '{"a\\"vector": [9, 9, 9], "label": "longer name", "vector": [1, 2, 3]}',
    '{"label": "spelt", "\\u0076ector": [1, 2, 3]}',
    '  {"label" : "blanks" , "vector" : [ 1 ,\t2 , 3 ] }  \r',
    '{"label": 7, "vector": [0.1000000000000000055511151231257827021181583404541015625, 16777217, 1e-50]}',
    '{"label": "猫\\u732b", "vector": [0, -0.0, 1E+2]}',
]
BAD = ['{"label": "x", "vector": [1, 2]}', '{"label": "x", "vector": [1, 2, 3, 4]}', '{"label": "x", "vector": [1, 2, 3,]}', '{"label": "x", "vector": [1, true, 3]}', '{"label": "x", "vector": [01, 2, 3]}', '{"label": "x", "vector": [1, NaN, 3]}', '{"label": "x"}', "[1]", "nothing", '{"label": "x", "vector": [1, "2", 3]}', '{"label": "x", "vector": [1, 2, 3]', '{"label": "x", "vector": [1, 2, [3]]}']  # fmt: skip


def test_lines_of_every_look_give_the_same_both_ways() -> None:
    for data in ("\n".join(LINES), "\ufeff" + "\n\n".join(LINES), "[" + ",\n".join(LINES) + " ]\n"):
        read = both_ways(data.encode(), "jsonl", skip=False)
        assert isinstance(read, Embedding)
        assert read.labels[:3] == ["a", '[1,2] "vector": [4]', "inside"]
        assert read.vectors[4].tolist() == [4, 5, 6]
        assert len(read) == len(LINES)


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_line_is_named_the_same_both_ways(bad: str) -> None:
    lines = [*LINES, bad, LINES[0].replace('"a"', '"last"')]
    strict = both_ways("\n".join(lines).encode(), "jsonl", skip=False)
    assert "11 of f" in strict or "Row 11" in strict
    read = both_ways("\n".join(lines).encode(), "jsonl", skip=True)
    assert isinstance(read, Embedding)
    assert read.labels[-1] == "last"
    assert len(read) == len(LINES) + 1
    if bad != BAD[10]:  # which takes the rest of a list along
        in_list = both_ways(f"[{','.join(lines)}]".encode(), "jsonl", skip=True)
        assert isinstance(in_list, Embedding)
        assert in_list.labels == read.labels


def test_a_list_that_is_cut_off_or_followed_by_something_is_damaged() -> None:
    whole = f"[{','.join(LINES)}]"
    for data in (whole[:-1], whole[:-9], whole + "x", whole + "]"):
        assert "the file is damaged" in str(both_ways(data.encode(), "jsonl", skip=True))


def test_a_field_for_each_number_and_a_name_in_chinese_give_the_same_both_ways() -> None:
    fields = "\n".join(json.dumps({"name": f"w{row}", "x": row, "y": row / 3}) for row in range(50))
    assert np.allclose(both_ways(fields.encode(), "jsonl").vectors[:, 1], np.arange(50) / 3)
    for ascii_only in (True, False):
        for numbers in (lambda row: {"向量": [row, row / 7]}, lambda row: {"甲": row, "乙": row / 7}):
            lines = "\n".join(json.dumps({"词": f"猫{row}", **numbers(row)}, ensure_ascii=ascii_only) for row in range(50))  # fmt: skip
            read = both_ways(lines.encode(), "jsonl")
            assert read.labels[3] == "猫3"
            assert np.allclose(read.vectors[:, 1], np.arange(50) / 7)


FIELDS = [
    '{"label": "a", "x": 1, "y": 2.5, "z": -3e-2, "year": "5"}',
    '{"x":1,"y":2,"z":3,"label":"\\"x\\": 4, \\"y\\": 5"}',
    '{"label": "deeper", "n": {"x": 7, "y": 8, "z": 9}, "x": 1, "y": 2, "z": 3}',
    '{"label": "behind", "x": 1, "y": 2, "z": 3, "n": {"x": 7, "y": 8, "z": 9}}',
    '{"x": 1, "y": 2, "z": 3, "label": "twice", "x": 4, "y": 5, "z": 6}',
    '{"x": 1, "y": 2, "z": 3, "label": "once more", "y": 5}',
    '{"label": "longer name", "a\\"x": "9", "x": 1, "y": 2, "z": 3}',
    '{"label": "spelt", "\\u0078": 1, "y": 2, "z": 3}',
    '  {"label" : "blanks" , "x" : 1 ,\t"y":2 , "z" : 3 }  \r',
    '{"label": "between", "x": 1, "year": "6", "y": 2, "z": 3}',
    '{"z": 3, "y": 2, "x": 1, "label": "other order"}',
    '{"label": 7, "x": 0.1000000000000000055511151231257827021181583404541015625, "y": 16777217, "z": 1e-50}',
]
BAD_FIELDS = ['{"label": "x", "x": 1, "y": 2}', '{"label": "x", "x": 1, "y": 2, "z": null}', '{"label": "x", "x": 1, "y": 2, "z": "3"}', '{"label": "x", "x": 1, "y": true, "z": 3}', '{"label": "x", "x": 01, "y": 2, "z": 3}', '{"label": "x", "x": 1, "y": 2, "z": 3', '{"label": "x", "x": 1, "y": 2, "z": 3,}', '{"label": "x", "x": 1 "y": 2, "z": 3}', '{"label": "x", "x": 1, "y": [2], "z": 3}', '{"label": "x", {"x": 1, "y": 2, "z": 3}}']  # fmt: skip


def test_lines_with_a_field_for_each_number_give_the_same_both_ways_however_they_look() -> None:
    for data in ("\n".join(FIELDS), "\ufeff" + "\n\n".join(FIELDS), "[" + ",\n".join(FIELDS) + " ]\n"):
        read = both_ways(data.encode(), "jsonl", skip=False)
        assert isinstance(read, Embedding)
        assert read.labels[:4] == ["a", '"x": 4, "y": 5', "deeper", "behind"]
        assert read.vectors[4:7].tolist() == [[4, 5, 6], [1, 5, 3], [1, 2, 3]]
        assert read.metadata["year"][9] == "6"
        assert len(read) == len(FIELDS)


@pytest.mark.parametrize("bad", BAD_FIELDS)
def test_a_line_without_all_its_numbers_is_named_the_same_both_ways(bad: str) -> None:
    lines = [*FIELDS, bad, FIELDS[0].replace('"a"', '"last"')]
    strict = both_ways("\n".join(lines).encode(), "jsonl", skip=False)
    assert "13 of f" in strict
    read = both_ways("\n".join(lines).encode(), "jsonl", skip=True)
    assert isinstance(read, Embedding)
    assert (len(read), read.labels[-1]) == (len(FIELDS) + 1, "last")


# --- sheets --------------------------------------------------------------------------------------

ROWS = {
    "entities": '<row r="12"><c r="A12" t="inlineStr"><is><t xml:space="preserve"> R&amp;D &lt;b&gt; &#29483;</t></is></c><c r="B12"><v>1</v></c><c r="C12"><v>2</v></c></row>',
    "a shared text": '<row r="12"><c r="A12" t="s"><v>1</v></c><c r="B12"><v>1</v></c><c r="C12"><v>2</v></c></row>',
    "formulas": '<row r="12"><c r="A12" t="str"><f>"a"&amp;"b"</f><v>ab</v></c><c r="B12"><f>1+1</f><v>2</v></c><c r="C12"><f t="shared" si="0"/><v>2</v></c></row>',
    "styles and attributes": "<row r='12' spans='1:3' x14ac:dyDescent='0.25'><c s='1' r='A12' t='inlineStr'><is><t>q</t></is></c><c r='B12' s='2'><v>1</v></c><c r='C12' t='n'><v>2</v></c></row>",
    "no references": '<row><c t="inlineStr"><is><t>q</t></is></c><c><v>1</v></c><c><v>2</v></c></row>',
    "blanks between": '<row r="12" >\n <c r="A12" t="inlineStr" ><is><t>q</t></is></c>\n <c r="B12"> <v>1</v></c><c r="C12"><v>2</v></c>\n</row>',
    "rich text": '<row r="12"><c r="A12" t="inlineStr"><is><r><t>q</t></r><r><t>r</t></r></is></c><c r="B12"><v>1</v></c><c r="C12"><v>2</v></c></row>',
    "numbers as text": '<row r="12"><c r="A12"><v>7</v></c><c r="B12" t="inlineStr"><is><t>1</t></is></c><c r="C12" t="s"><v>0</v></c></row>',
    "columns out of order": '<row r="12"><c r="C12"><v>2</v></c><c r="A12" t="inlineStr"><is><t>q</t></is></c><c r="B12"><v>1</v></c></row>',
    "a styled empty cell beyond": '<row r="12"><c r="A12" t="inlineStr"><is><t>q</t></is></c><c r="B12"><v>1</v></c><c r="C12"><v>2</v></c><c r="ZZ12" s="4"/></row>',
    "nothing in it": '<row r="12"/><row r="13"></row><row r="14"><c r="A14" s="1"/></row><row r="15"><c r="A15" t="inlineStr"><is><t></t></is></c></row>',
    "a truth": '<row r="12"><c r="A12" t="b"><v>1</v></c><c r="B12"><v>1</v></c><c r="C12"><v>2</v></c></row>',
    "what XML cannot hold": '<row r="12"><c r="A12" t="inlineStr"><is><t>a_x0007_b</t></is></c><c r="B12"><v>1</v></c><c r="C12"><v>2</v></c></row>',
    "a formula that would run": '<row r="12"><c r="A12" t="inlineStr"><is><t>=1+1</t></is></c><c r="B12"><v>1</v></c><c r="C12"><v>2</v></c></row>',
    "a comment": "<!-- <row> --><row><c><v>7</v></c><c><v>1</v></c><c><v>2</v></c></row>",
    "marked text": '<row r="12"><c r="A12" t="str"><v><![CDATA[</row>]]></v></c><c r="B12"><v>1</v></c><c r="C12"><v>2</v></c></row>',
}  # fmt: skip
BAD_ROWS = {
    "a missing number": '<row r="20"><c r="A20" t="s"><v>1</v></c><c r="B20"><v>1</v></c></row>',
    "a cell beyond": '<row r="20"><c r="A20" t="s"><v>1</v></c><c r="B20"><v>1</v></c><c r="C20"><v>1</v></c><c r="D20"><v>1</v></c></row>',
    "a word among numbers": '<row r="20"><c r="A20" t="s"><v>1</v></c><c r="B20" t="s"><v>1</v></c><c r="C20"><v>1</v></c></row>',
    "an error": '<row r="20"><c r="A20" t="s"><v>1</v></c><c r="B20" t="e"><v>#N/A</v></c><c r="C20"><v>1</v></c></row>',
}  # fmt: skip


@pytest.mark.parametrize("look", ROWS)
def test_a_row_of_every_look_gives_the_same_both_ways(look: str) -> None:
    read = both_ways(workbook_of(HEADER + PLAIN + ROWS[look] + TABLE.format(90)), "xlsx", skip=False)
    assert isinstance(read, Embedding)
    assert (read.labels[0], read.labels[-1]) == ("w2", "w90")
    assert len(read) == (11 if look == "nothing in it" else 12)
    assert read.vectors[-1].tolist() == [90.5, float(np.float32(-0.002))]


@pytest.mark.parametrize("look", BAD_ROWS)
def test_a_bad_row_of_a_sheet_is_named_by_its_number_both_ways(look: str) -> None:
    book = workbook_of(HEADER + PLAIN + BAD_ROWS[look] + TABLE.format(90))
    assert "Line 20 of f" in both_ways(book, "xlsx", skip=False)
    read = both_ways(book, "xlsx", skip=True)
    assert isinstance(read, Embedding)
    assert read.labels[-1] == "w90"
    assert len(read) == 11


@pytest.mark.parametrize("end", ["", "<row r=", '<row r="20"><c r="A20"><v>1</v></c>', "<row></row></sheetData><x>", "<row><d/></row></wrong>"])  # fmt: skip
def test_a_sheet_that_is_cut_off_is_damaged_both_ways(end: str) -> None:
    assert "damaged" in str(both_ways(workbook_of(HEADER + PLAIN + end, closed=False), "xlsx", skip=True))


def test_a_workbook_of_openpyxl_gives_the_same_both_ways_with_a_header_or_without() -> None:
    import openpyxl

    for header in (["word", "year", "x", "y"], None):
        book = openpyxl.Workbook()
        for row in [*([header] if header else []), *(["R&D" if n == 3 else f"w{n}", 1900 + n, n / 7, -n * 1e-9] for n in range(400))]:  # fmt: skip
            book.active.append(row)
        sink = io.BytesIO()
        book.save(sink)
        read = both_ways(sink.getvalue(), "xlsx", skip=False)
        assert isinstance(read, Embedding)
        assert (len(read), read.labels[3], read.dim) == (400, "R&D", 3)
        assert np.allclose(read.vectors[:, 1], np.arange(400) / 7)


# --- long files ----------------------------------------------------------------------------------


def _counted(run: Callable[..., Any], name: str, calls: list[str]) -> Callable[..., Any]:
    def counted(*args: Any) -> Any:
        calls.append(name)
        return run(*args)

    return counted


@pytest.mark.parametrize("name", ["jsonl", "xlsx"])
def test_a_long_file_takes_the_compiled_way_and_comes_back_bit_for_bit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    whole = Embedding([f"=w{row}" for row in range(6000)], np.random.default_rng(0).normal(size=(6000, 40)), {"kind": ["a&b", "ü"] * 3000})  # fmt: skip
    calls: list[str] = []
    for module, loop in ((_number_kernels, "lists"), (_sheet_kernels, "rows")):
        monkeypatch.setattr(module, loop, _counted(getattr(module, loop), loop, calls))
    read = read_embedding(write_embedding(whole, name), "f", format=name)
    assert set(calls) == {{"jsonl": "lists", "xlsx": "rows"}[name]}
    assert (read.labels, read.metadata) == (whole.labels, whole.metadata)
    assert read.vectors.tobytes() == whole.vectors.tobytes()


def test_a_long_file_with_a_field_for_each_number_takes_the_compiled_way(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(0).normal(size=(6000, 40)).astype(np.float32)
    lines = [json.dumps({"word": f"w{row}", **{f"x{at}": value for at, value in enumerate(one)}, "kind": "ü"}) for row, one in enumerate(vectors.tolist())]  # fmt: skip
    calls: list[str] = []
    for loop in ("lists", "fields"):
        monkeypatch.setattr(_number_kernels, loop, _counted(getattr(_number_kernels, loop), loop, calls))
    monkeypatch.setattr(_json_rows, "_read_whole", _counted(_json_rows._read_whole, "whole", calls))
    read = read_embedding("\n".join(lines).encode(), "f.jsonl")
    assert set(calls) == {"fields"}
    assert read.vectors.tobytes() == vectors.tobytes()
    assert (read.labels[5], read.metadata) == ("w5", {"kind": ["ü"] * 6000})


def test_a_json_line_of_more_numbers_than_are_read_is_refused_before_memory_is_given() -> None:
    line = '{"label": "a", "vector": [' + ",".join(["1"] * 30_000) + "]}\n"
    with pytest.raises(DataError, match="30000 numbers"):
        read_embedding((line + '{"label": "b", "vector": [1]}\n' * 5000).encode(), "wide.jsonl")


def test_thresholds_let_small_files_be() -> None:
    assert min(_json_cutters.WORTH_IT, _sheet_rows.WORTH_IT) >= 2**20


def test_a_number_with_two_powers_is_none_both_ways() -> None:
    lines = [b'{"word": "w%d", "x": %d.5, "y": -1e-1}' % (row, row) for row in range(5)]
    read = both_ways(b"\n".join([*lines, b'{"word": "bad", "x": 1.5, "y": -1e-1e99}']), "jsonl")
    assert read.labels == [f"w{row}" for row in range(5)]


@pytest.mark.parametrize("from_1904", [False, True])
def test_a_column_of_dates_is_metadata_in_iso_and_no_number_both_ways(from_1904: bool) -> None:
    import datetime

    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = openpyxl.Workbook()
    if from_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.append(["word", "day", "moment", "time", "euro", "x"])
    for row in range(6):
        moment = datetime.datetime(2024, 2, 28, 13, 30) + datetime.timedelta(days=row)
        sheet.append([f"w{row}", moment.date(), moment, moment.time(), 1.5, row])
        sheet.cell(row + 2, 5).number_format = '0.00" days";[Red]-0.00\\m'
    sheet.cell(8, 1, "odd")
    sheet.cell(8, 6, datetime.date(2024, 1, 1))  # a date where a number is wanted
    out = io.BytesIO()
    book.save(out)
    read = both_ways(out.getvalue(), "xlsx")
    assert read.labels == [f"w{row}" for row in range(6)]
    assert read.vectors.tolist() == [[1.5, row] for row in range(6)]
    assert read.metadata["day"][:3] == ["2024-02-28", "2024-02-29", "2024-03-01"]
    assert read.metadata["moment"][1] == "2024-02-29T13:30:00"
    assert set(read.metadata["time"]) == {"13:30:00"}


@pytest.mark.parametrize(
    ("code", "date"),
    [("yyyy-mm-dd", True), ("h:mm AM/PM", True), ("General", False), ("0.00E+00", False), ("[Red]0.0", False), ('0" days"', False), ("0_d", False), ("[h]:mm:ss", False), ("[$-804]d", True)],
)  # fmt: skip
def test_a_format_shows_dates_where_it_names_their_parts(code: str, date: bool) -> None:
    assert is_date(code) is date
