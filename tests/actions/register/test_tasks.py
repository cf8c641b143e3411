"""What an import leaves for a person: one task where one thing is wrong, one for all where thousands may be."""

from typing import Any

import pytest


def test_a_lift_without_validity_is_kept_and_becomes_one_task_with_the_others(desk: Any) -> None:
    summary = desk.take_rows(desk.row(1, 下次检验日期="-"), desk.row(2, 下次检验日期="2099-12-31"), desk.row(3))
    assert (summary.created, summary.rejected) == (3, 0)
    assert desk.tasks("no_validity") == [{"line": 2, "count": 2, "lines": [2, 3]}]
    lift = desk.lift()
    assert (lift["valid_until"], lift["valid_precision"], lift["cycle"]) == (None, None, None)
    assert desk.one("SELECT count(*) FROM event") == 1


def test_a_scrapped_lift_needs_no_validity(desk: Any) -> None:
    desk.take_rows(desk.row(1, 下次检验日期="-", 使用状态="报废"))
    assert desk.tasks("no_validity") == []


def test_lifts_inspected_after_their_validity_are_one_task(desk: Any) -> None:
    stale = {"本次检验日期": "2026-10-10", "下次检验日期": "2026-09"}
    desk.take_rows(desk.row(1, **stale), desk.row(2), desk.row(3, **stale))
    assert desk.tasks("inspected_not_updated") == [{"line": 2, "count": 2, "lines": [2, 4]}]


def test_a_task_for_many_names_the_first_lines_only(desk: Any) -> None:
    desk.take_rows(*(desk.row(number, 下次检验日期="") for number in range(10, 50)))
    [task] = desk.tasks("no_validity")
    assert task["count"] == 40
    assert task["lines"] == list(range(2, 22))


def test_a_bad_phone_keeps_the_person_and_becomes_a_task_of_the_unit(desk: Any) -> None:
    desk.take_rows(*(desk.row(number, 使用单位联系人手机号="1400000000") for number in range(1, 4)))
    query = "SELECT name, phone, phone_stated FROM contact WHERE role = 'unit_contact'"
    assert desk.all(query) == [("陈一鸣", None, "1400000000")]
    [task] = desk.tasks("bad_phone")
    assert (task["line"], task["role"], task["stated"]) == (2, "unit_contact", "1400000000")


def test_a_landline_is_a_phone(desk: Any) -> None:
    desk.take_rows(desk.row(1, 使用单位联系人手机号="020-88886666"))
    assert desk.one("SELECT phone FROM contact WHERE role = 'unit_contact'") == "+862088886666"
    assert desk.tasks("bad_phone") == []


def test_a_bad_credit_code_keeps_the_unit_without_it(desk: Any) -> None:
    desk.take_rows(desk.row(1, 使用单位统一社会信用代码="91350200M000000510"), desk.row(2))
    assert desk.one("SELECT credit_code FROM party WHERE name LIKE '%物业%'") is None
    [task] = desk.tasks("bad_credit_code")
    assert (task["line"], task["stated"]) == (2, "91350200M000000510")


def test_a_missing_use_unit_keeps_the_lift_without_one(desk: Any) -> None:
    summary = desk.take_rows(desk.row(1, 使用单位名称=""), desk.row(2, 使用单位名称="无"))
    assert (summary.created, summary.parties) == (2, 1)
    assert desk.one("SELECT count(*) FROM responsibility WHERE role = 'use_unit'") == 0
    assert desk.tasks("use_unit_missing") == [{"line": 2, "count": 2, "lines": [2, 3]}]


def test_an_unknown_district_is_kept_as_text_with_one_task(desk: Any) -> None:
    summary = desk.take_rows(*(desk.row(number, 区="星桥区") for number in range(1, 5)), desk.row(5, 区="云荔区"))
    assert summary.rejected == 0
    assert (desk.lift()["district"], desk.lift()["district_code"]) == ("星桥区", None)
    assert [(task["line"], task["district"]) for task in desk.tasks("unknown_district")] == [
        (2, "星桥区"),
        (6, "云荔区"),
    ]


def test_tasks_belong_to_the_inspection_department_and_to_the_import(desk: Any) -> None:
    desk.take_rows(desk.row(1, 区="星桥区", 下次检验日期=""))
    query = "SELECT task.kind, party.name, import_id FROM task JOIN party ON party.id = owner_party_id ORDER BY kind"
    assert desk.all(query) == [("no_validity", "检验部门", 1), ("unknown_district", "检验部门", 1)]


def test_an_unchanged_row_opens_no_task_again(desk: Any) -> None:
    rows = [desk.row(1, 区="星桥区", 下次检验日期="", 使用单位联系人手机号="12", 使用单位统一社会信用代码="91X")]
    desk.take_rows(*rows)
    desk.database.close()
    with desk.database.write() as session:
        closing = "UPDATE task SET status = 'done', closed_on = '2026-11-02'"
        session.connection().exec_driver_sql(closing)
    desk.take_rows(*rows, on="2026-11-08")
    assert desk.one("SELECT count(*) FROM task WHERE status = 'open'") == 0


@pytest.mark.parametrize("code", ["91440300359143307G", "91440300 359143307g", "９１４４０３００３５９１４３３０７Ｇ"])
def test_a_good_credit_code_is_kept_however_it_is_written(desk: Any, code: str) -> None:
    desk.take_rows(desk.row(1, 使用单位统一社会信用代码=code))
    assert desk.one("SELECT credit_code FROM party WHERE name LIKE '%物业%'") == "91440300359143307G"


def test_a_changed_row_tells_only_of_what_was_not_wrong_before(desk: Any) -> None:
    stale = {"本次检验日期": "2026-10-10", "下次检验日期": "2026-09"}
    desk.take_rows(desk.row(1, 下次检验日期="-"), desk.row(2, **stale), desk.row(3))
    desk.take_rows(
        desk.row(1, 下次检验日期="-", 楼栋="9栋"),
        desk.row(2, **stale, 楼栋="9栋"),
        desk.row(3, **stale),
        on="2026-12-01",
    )
    assert desk.tasks("no_validity") == [{"line": 2, "count": 1, "lines": [2]}]
    assert desk.tasks("inspected_not_updated") == [
        {"line": 3, "count": 1, "lines": [3]},
        {"line": 4, "count": 1, "lines": [4]},
    ]
