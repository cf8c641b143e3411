"""Rows that are refused: with line and reason, and never at the cost of the others."""

import csv
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest


def test_a_second_row_with_the_same_code_is_refused_and_names_the_line_of_the_first(desk: Any) -> None:
    summary = desk.take_rows(desk.row(1), desk.row(2), desk.row(3, 设备代码=desk.row(1)["设备代码"]))
    assert (summary.rows, summary.lifts, summary.rejected) == (3, 2, 1)
    [(line, reason, detail)] = desk.rejects()
    assert (line, reason) == (4, "duplicate_key")
    assert "第2行" in detail


def test_a_double_is_found_far_from_the_first(desk: Any) -> None:
    rows = [
        desk.row(1, 设备代码=f"3110990012017{number:04d}", 注册代码="-", 使用登记证编号="-") for number in range(4500)
    ]
    summary = desk.take_rows(*rows, rows[3])
    assert (summary.rows, summary.created, summary.rejected) == (4501, 4500, 1)
    assert desk.rejects()[0][:2] == (4502, "duplicate_key")
    assert "第5行" in desk.rejects()[0][2]


def test_a_double_of_a_lift_that_did_not_change_is_found_as_well(desk: Any) -> None:
    desk.take_rows(desk.row(1))
    summary = desk.take_rows(desk.row(1), desk.row(1))
    assert (summary.unchanged, summary.rejected) == (1, 1)
    assert desk.rejects()[-1][:2] == (3, "duplicate_key")


def test_one_bad_row_does_not_stop_the_rest(desk: Any) -> None:
    summary = desk.take_rows(desk.row(1), desk.row(2, 下次检验日期="明年"), desk.row(3))
    assert (summary.rows, summary.created, summary.rejected) == (3, 2, 1)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("设备代码", "3.11E+16", "excel_number"),
        ("注册代码", "3.11035E+19", "excel_number"),
        ("使用登记证编号", "#REF!", "excel_error"),
        ("下次检验日期", "31/05/2026", "bad_validity"),
        ("下次检验日期", "2026-02-30", "bad_validity"),
        ("下次检验日期", "########", "bad_validity"),
        ("电梯地址", "长" * 501, "too_long"),
        ("使用单位名称", "长" * 201, "too_long"),
        ("设备代码", "3" * 65, "too_long"),
        ("区", "长" * 101, "too_long"),
        ("使用单位联系人", "长" * 201, "too_long"),
        ("电梯地址", "示例\x07路", "control_character"),
        ("使用单位名称", "示例\x00物业", "control_character"),
        ("设备代码", "3110\x1b", "control_character"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_the_sentence_names_the_column(
    desk: Any, column: str, value: str, reason: str
) -> None:
    summary = desk.take_rows(desk.row(**{column: value}))
    assert (summary.rows, summary.rejected) == (1, 1)
    [(line, said, detail)] = desk.rejects()
    assert (line, said) == (2, reason)
    assert column in detail


def test_excels_numbers_are_refused_with_the_way_out(desk: Any) -> None:
    desk.take_rows(desk.row(设备代码="3.11E+16"))
    assert "Excel" in desk.rejects()[0][2]
    assert "文本格式" in desk.rejects()[0][2]


def test_a_row_without_any_identifier_is_refused(desk: Any) -> None:
    names = ("设备代码", "注册代码", "使用登记证编号", "救援识别码", "出厂编号", "内部编号")
    desk.take_rows(desk.row(**dict.fromkeys(names, "")))
    assert desk.rejects()[0][1] == "no_identifier"


def test_a_row_of_another_city_is_refused(desk: Any) -> None:
    header = ("设备代码", "市", "下次检验日期")
    rows = [{"设备代码": "A1", "市": "广州市"}, {"设备代码": "A2", "市": "深圳市"}, {"设备代码": "A3", "市": ""}]
    summary = desk.take(desk.csv(rows, header=header))
    assert summary.lifts == 2
    assert desk.rejects()[0][:2] == (3, "other_city")


def test_a_delimiter_outside_quotes_is_refused_not_shifted(desk: Any) -> None:
    path = desk.text(
        "设备代码,电梯地址,下次检验日期\nA1,示例一路,2027-02\nA2,示例一路,88号,2027-02\nA3,示例一路,2027-02\n"
    )
    assert desk.take(path).lifts == 2
    assert desk.rejects()[0][:2] == (3, "too_many_cells")
    assert "4个单元格" in desk.rejects()[0][2]


@pytest.mark.parametrize("bad", ['A2,"示例一路,2027-02', 'A2,示例一路,"2027-02', '"A2,示例一路,2027-02'])
def test_a_quote_that_is_never_closed_costs_one_row(desk: Any, bad: str) -> None:
    good = "".join(f"B{number},示例一路,2027-02\n" for number in range(400))
    summary = desk.take(desk.text(f"设备代码,电梯地址,下次检验日期\nA1,示例一路,2027-02\n{bad}\n{good}"))
    assert (summary.rows, summary.created, summary.rejected) == (402, 401, 1)
    assert desk.rejects()[0][:2] == (3, "unclosed_quote")


def test_a_quote_that_is_never_closed_near_the_end_costs_one_row(desk: Any) -> None:
    summary = desk.take(desk.text('设备代码,下次检验日期\nA1,2027-02\nA2,"2027-02\nA3,2027-02\n'))
    assert (summary.created, summary.rejected) == (2, 1)


def test_a_cell_without_end_is_refused(desk: Any) -> None:
    summary = desk.take(desk.text(f"设备代码,电梯地址\nA1,示例\nA2,{'长' * 200_000}\nA3,示例\n"))
    assert (summary.created, summary.rejected) == (2, 1)
    assert desk.rejects()[0][:2] == (3, "unreadable_row")


def test_line_numbers_are_those_of_the_file_also_behind_cells_with_line_breaks(desk: Any) -> None:
    path = desk.text('设备代码,电梯地址,下次检验日期\nA1,"示例\n一路",2027-02\n\nA2,示例一路,never\n')
    desk.take(path)
    assert desk.rejects()[0][0] == 5
    assert desk.lift("A1")["address"] == "示例 一路"


def test_bytes_that_are_no_text_are_refused_where_they_matter(desk: Any) -> None:
    head = "设备代码,电梯地址,下次检验日期\n" + "".join(f"B{number},天河区示例路,2027-02\n" for number in range(20))
    path = desk.text(head.encode() + b"A1,\xff\xfe\xe7,2027-02\n" + "A2,天河区示例路,2027-02\n".encode())
    summary = desk.take(path)
    assert (summary.created, summary.rejected) == (21, 1)
    assert desk.rejects()[0][:2] == (22, "bad_encoding")


def test_refused_rows_are_written_with_their_reason_and_their_own_columns(desk: Any, tmp_path: Path) -> None:
    target = tmp_path / "rejects.csv"
    desk.take(desk.csv([desk.row(1), desk.row(2, 下次检验日期="明年")]), rejects=target)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with target.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["line"], row["reason"], row["设备代码"]) == ("3", "bad_validity", desk.row(2)["设备代码"])
    assert "明年" in row["detail"]


def test_cells_that_a_spreadsheet_would_run_are_written_as_text(desk: Any, tmp_path: Path) -> None:
    target = tmp_path / "rejects.csv"
    formula = '=HYPERLINK("http://example.invalid","x")'
    desk.take(desk.csv([desk.row(1, 电梯地址=formula, 出厂编号="@SUM(1)", 下次检验日期="+1")]), rejects=target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["电梯地址"], row["出厂编号"], row["下次检验日期"]) == (f"'{formula}", "'@SUM(1)", "'+1")


def test_the_rejects_file_can_be_corrected_and_imported(desk: Any, tmp_path: Path) -> None:
    target = tmp_path / "rejects.csv"
    desk.take(
        desk.csv([desk.row(1), desk.row(2, 下次检验日期="明年", 使用单位联系人手机号="+86 14000000001")]),
        rejects=target,
    )
    target.write_text(target.read_text(encoding="utf-8-sig").replace("明年,", "2027-05,"), encoding="utf-8-sig")
    assert desk.take(target).created == 1
    assert desk.one("SELECT count(*) FROM contact WHERE phone IS NULL") == 0


def test_the_rejects_file_is_never_the_register(desk: Any) -> None:
    path = desk.csv([desk.row()])
    before = path.read_bytes()
    with pytest.raises(Exception, match="would overwrite the register"):
        desk.take(path, rejects=path)
    assert path.read_bytes() == before


def test_every_reason_has_its_sentence_in_both_languages() -> None:
    sentences = tomllib.loads((files("templates") / "documents" / "rejects.toml").read_text(encoding="utf-8"))
    for reason, said in sentences.items():
        assert set(said) == {"zh", "en"}, reason


def test_refused_rows_are_one_task_that_the_next_import_renews(desk: Any) -> None:
    desk.take_rows(desk.row(1), desk.row(2, 下次检验日期="明年"))
    desk.take_rows(desk.row(1), desk.row(2, 下次检验日期="明年"), desk.row(3, 设备代码="3.1E+16"))
    [task] = desk.tasks("rejected_rows")
    assert (task["count"], task["reasons"], task["lines"]) == (2, {"bad_validity": 1, "excel_number": 1}, [3, 4])
