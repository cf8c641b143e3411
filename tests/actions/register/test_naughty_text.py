"""Text of every kind in every field: a clean round trip or a clear reject, never a traceback, nothing lost."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.register.credit_codes import read_credit_code
from actions.register.dates import read_date
from actions.register.errors import RegisterError, RowRefused
from actions.register.identifiers import normalise_identifier, read_identifier
from actions.register.phones import read_phones
from actions.register.text import clean_text

NAUGHTY = [
    "", " ", "undefined", "null", "NULL", "None", "true", "0", "-1", "1e100", "NaN", "Infinity", "0x0",
    "1,000.00", "' OR 1=1 --", "'; DROP TABLE lift; --", '"', "''", '""', "\\", "\\\\", "%s", "%(x)s", "{0}",
    "{x}", "${x}", "{{ 7*7 }}", "{% raw %}", "<script>alert(1)</script>", "&lt;b&gt;", "../../etc/passwd",
    "C:\\con", "=1+1", "=HYPERLINK(\"http://example.invalid\")", "+1", "-1+1", "@SUM(1)", "|cmd",
    "田中さんにあげて下さい", "𠜎𠜱𠝹", "👾🙇💁", "👨‍👩‍👧", "Z̮̞̠͙͔ͅḀ̗̞", "ﷺ", "\u202etest\u202c",
    "\u2066test\u2069", "\u200b", "\ufeffabc", "a\u00adb", "a\u2028b", "a\u2029b", "\u3000全角\u3000",
    "ｈａｌｆ", "１２３", "①②", "½", "²", "ǅ", "ß", "İ", "٠١٢", "a\tb", "a\nb", "a\r\nb", "a\rb", "\n", "\x00",
    "a\x00b", "\x01", "\x07", "\x1b[31m", "\x7f", "\x85", "\x9f", "\ufffd", "\ufffe", "\uffff", "\U0010ffff",
    "a" * 64, "a" * 65, "长" * 200, "长" * 201, "长" * 501, "梯" * 10_000, "【梯信】", "http://example.invalid",
    "a,b", "a;b", "a|b", "#", "########", "#REF!", "--", "——", "/", "无", "3.11E+16", "2024-04-17",
    "13800138000", "９" * 70,
]  # fmt: skip
COLUMNS = (
    "设备代码", "注册代码", "使用登记证编号", "救援识别码", "出厂编号", "内部编号", "区", "项目名", "楼栋",
    "电梯地址", "设备品种", "使用状态", "安装监督检验合格日期", "投入使用日期", "本次检验日期", "下次检验日期",
    "使用单位名称", "使用单位统一社会信用代码", "使用单位联系人", "使用单位联系人手机号", "安全管理员",
    "法定代表人", "维保单位名称", "维保单位联系人", "维保单位联系电话",
)  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=()), max_size=80)


@pytest.mark.parametrize("column", COLUMNS)
def test_naughty_text_in_any_field_is_kept_or_refused(desk: Any, column: str) -> None:
    rows = [desk.row(1, 设备代码=f"K{number}", **({} if column == "设备代码" else {column: text}))
            for number, text in enumerate(NAUGHTY)]  # fmt: skip
    if column == "设备代码":
        rows = [desk.row(1, 设备代码=text, 内部编号=f"N{number}") for number, text in enumerate(NAUGHTY)]
    summary = desk.take_rows(*rows)
    assert summary.rows == len(NAUGHTY) == summary.lifts + summary.rejected
    assert desk.one("SELECT count(*) FROM import_reject") == summary.rejected
    assert desk.one("SELECT count(*) FROM import_reject WHERE reason = '' OR detail = ''") == 0
    assert desk.take_rows(*rows, on="2026-11-02").unchanged == summary.lifts


@pytest.mark.parametrize(("column", "stored"), [("电梯地址", "address"), ("项目名", "compound"), ("楼栋", "building")])
def test_text_that_is_kept_is_kept_as_it_stands(desk: Any, column: str, stored: str) -> None:
    rows = [desk.row(1, 设备代码=f"K{number}", **{column: text}) for number, text in enumerate(NAUGHTY)]
    desk.take_rows(*rows)
    kept = dict(desk.all(f"SELECT key, {stored} FROM lift"))
    for number, text in enumerate(NAUGHTY):
        if f"K{number}" in kept:
            assert "".join(kept[f"K{number}"].split()) == "".join(text.split()), text


def test_names_of_units_are_kept_as_they_stand(desk: Any) -> None:
    rows = [desk.row(1, 设备代码=f"K{number}", 使用单位名称=text) for number, text in enumerate(NAUGHTY)]
    desk.take_rows(*rows)
    names = {"".join(name.split()) for (name,) in desk.all("SELECT name FROM party")}
    for text in ("' OR 1=1 --", "{x}", "\u202etest\u202c", "<script>alert(1)</script>", "=1+1", "👨‍👩‍👧", "【梯信】"):
        assert "".join(text.split()) in names


def test_refused_text_stands_in_the_rejects_with_its_signs_written_out(desk: Any, tmp_path: Path) -> None:
    target = tmp_path / "rejects.csv"
    rows = [desk.row(1, 电梯地址=f"x{sign}y") for sign in ("\x00", "\x07")]
    desk.take(desk.csv(rows), rejects=target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["电梯地址"] for row in written] == ["x\\x00y", "x\x07y"]
    assert "U+0000" in written[0]["detail"]
    assert [json.loads(row)["电梯地址"] for (row,) in desk.all("SELECT row FROM import_reject")] == [
        "x\\x00y",
        "x\x07y",
    ]


@given(TEXT)
def test_a_date_is_read_or_refused(text: str) -> None:
    try:
        found = read_date(text)
    except ValueError:
        return
    assert (found.day is None) == (found.precision is None)


@given(TEXT)
def test_an_identifier_is_read_or_refused_and_reads_the_same_again(text: str) -> None:
    try:
        found = read_identifier(text, "internal", "column")
    except RowRefused:
        return
    if found is not None:
        assert found.value
        assert normalise_identifier(found.value) == found.value


@given(TEXT)
def test_a_text_is_kept_or_refused(text: str) -> None:
    try:
        kept = clean_text(text, "column", 60)
    except RowRefused:
        return
    assert clean_text(kept, "column", 60) == kept
    assert "".join(kept.split()) == "".join(text.split())
    kept.encode()


@given(TEXT, st.sampled_from(["CN", "US"]))
def test_a_phone_is_read_or_not(text: str, region: str) -> None:
    found = read_phones(text, region)
    assert found is None or all(number.startswith("+") and number[1:].isdigit() for number in found)


@given(TEXT)
def test_a_credit_code_is_read_or_not(text: str) -> None:
    code = read_credit_code(text)
    assert code is None or len(code) == 18


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(TEXT, min_size=4, max_size=4), max_size=20))
def test_rows_of_any_text_add_up(desk: Any, rows: list[list[str]]) -> None:
    path = desk.folder / "any.csv"
    header = ("设备代码", "电梯地址", "下次检验日期", "使用单位")
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        try:
            writer.writerows(rows)
        except UnicodeEncodeError:
            return  # a lone surrogate is in no file
    summary = desk.take(path, rejects=desk.folder / "rejects.csv", confirmed=True)
    assert summary.rows == summary.lifts + summary.rejected
    assert summary.rows == sum(1 for row in rows if any(row))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_bytes_of_any_kind_under_a_header_add_up(desk: Any, content: bytes) -> None:
    try:
        summary = desk.take(desk.text("设备代码,电梯地址,下次检验日期\n".encode() + content))
    except RegisterError:
        return  # bytes that make the whole file look like another encoding, in which there is no header
    assert summary.rows == summary.lifts + summary.rejected
