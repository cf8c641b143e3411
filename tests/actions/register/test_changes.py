"""The same register again, later: nothing changes by itself, and what changed is an event."""

import json
from typing import Any

UNIT = "广州示例云荔物业服务有限公司"
OTHER = "广州示例星桥物业管理有限公司"


def events(desk: Any, *, after: int = 1) -> list[tuple[Any, ...]]:
    """Kind and payload of the events of later imports."""
    rows = desk.all("SELECT kind, payload FROM event WHERE import_id > ? ORDER BY id", after)
    return [(kind, json.loads(payload)) for kind, payload in rows]


def test_importing_twice_changes_nothing(desk: Any) -> None:
    rows = [desk.row(number) for number in range(1, 6)]
    desk.take_rows(*rows)
    before = desk.everything()
    summary = desk.take_rows(*rows, on="2026-12-01")
    assert (summary.created, summary.updated, summary.unchanged, summary.rejected) == (0, 0, 5, 0)
    assert summary.parties == 2
    assert desk.everything() == before


def test_a_validity_six_months_later_is_the_next_cycle(desk: Any) -> None:
    desk.take_rows(desk.row(1, 下次检验日期="2027-02-28"))
    summary = desk.take_rows(desk.row(1, 下次检验日期="2027-08-28"), on="2026-12-01")
    assert summary.updated == 1
    assert events(desk) == [("validity_renewed", {"from": "2027-02-28", "to": "2027-08-28"})]
    assert (desk.lift()["valid_until"], desk.lift()["cycle"]) == ("2027-08-28", "2027-08-28")


def test_a_validity_less_than_six_months_later_is_a_correction_of_this_cycle(desk: Any) -> None:
    desk.take_rows(desk.row(1, 下次检验日期="2027-02-28"))
    desk.take_rows(desk.row(1, 下次检验日期="2027-08-27"), on="2026-12-01")
    assert events(desk) == [("validity_corrected", {"from": "2027-02-28", "to": "2027-08-27"})]
    assert (desk.lift()["valid_until"], desk.lift()["cycle"]) == ("2027-08-27", "2027-02-28")


def test_an_earlier_validity_is_a_correction(desk: Any) -> None:
    desk.take_rows(desk.row(1, 下次检验日期="2027-02-28"))
    desk.take_rows(desk.row(1, 下次检验日期="2026-12"), on="2026-12-01")
    assert events(desk) == [("validity_corrected", {"from": "2027-02-28", "to": "2026-12-31"})]
    assert desk.lift()["valid_precision"] == "month"


def test_a_validity_that_vanishes_is_a_correction_and_a_task(desk: Any) -> None:
    desk.take_rows(desk.row(1))
    desk.take_rows(desk.row(1, 下次检验日期="-"), on="2026-12-01")
    assert events(desk) == [("validity_corrected", {"from": "2027-02-28", "to": None})]
    assert (desk.lift()["valid_until"], desk.lift()["cycle"], desk.lift()["valid_precision"]) == (None, None, None)
    assert desk.tasks("no_validity") == [{"line": 2, "count": 1, "lines": [2]}]


def test_a_validity_that_appears_is_stated(desk: Any) -> None:
    desk.take_rows(desk.row(1, 下次检验日期="-"))
    desk.take_rows(desk.row(1), on="2026-12-01")
    assert events(desk) == [("validity_stated", {"valid_until": "2027-02-28"})]
    assert desk.lift()["cycle"] == "2027-02-28"


def test_the_same_day_stated_more_exactly_is_no_event(desk: Any) -> None:
    desk.take_rows(desk.row(1, 下次检验日期="2027-02"))
    desk.take_rows(desk.row(1, 下次检验日期="2027-02-28"), on="2026-12-01")
    assert events(desk) == []
    assert desk.lift()["valid_precision"] == "day"


def test_a_changed_status_is_an_event(desk: Any) -> None:
    desk.take_rows(desk.row(1))
    desk.take_rows(desk.row(1, 使用状态="停用"), on="2026-12-01")
    assert events(desk) == [("status_changed", {"from": "in_use", "to": "out_of_use"})]


def test_a_changed_row_names_its_import_and_line(desk: Any) -> None:
    desk.take_rows(desk.row(1), desk.row(2))
    desk.take_rows(desk.row(2), desk.row(1, 电梯地址="天河区示例二路1号"), on="2026-12-01")
    lift = desk.lift()
    assert (lift["address"], lift["import_id"], lift["line"]) == ("天河区示例二路1号", 2, 3)
    assert desk.lift(desk.row(2)["设备代码"])["import_id"] == 1


def test_a_lift_that_passes_to_another_unit_is_handed_over(desk: Any) -> None:
    desk.take_rows(desk.row(1), desk.row(2), desk.row(3))
    summary = desk.take_rows(
        desk.row(1, 使用单位名称=OTHER), desk.row(2, 使用单位名称=OTHER), desk.row(3), on="2026-12-01"
    )
    assert summary.updated == 2
    query = (
        "SELECT party.name, from_on, to_on FROM responsibility JOIN party ON party.id = party_id"
        " JOIN lift ON lift.id = lift_id WHERE role = 'use_unit' AND lift.key = ? ORDER BY responsibility.id"
    )
    assert desk.all(query, desk.row(1)["设备代码"]) == [(UNIT, "2026-11-01", "2026-12-01"), (OTHER, "2026-12-01", None)]
    [task] = desk.tasks("use_unit_changed")
    assert (task["line"], task["count"], task["lines"]) == (2, 2, [2, 3])
    assert desk.one("SELECT count(*) FROM event WHERE kind = 'transferred'") == 2


def test_a_lift_that_gets_its_first_unit_is_no_change_of_unit(desk: Any) -> None:
    desk.take_rows(desk.row(1, 使用单位名称=""))
    desk.take_rows(desk.row(1), on="2026-12-01")
    assert desk.one("SELECT from_on FROM responsibility WHERE role = 'use_unit'") == "2026-12-01"
    assert desk.tasks("use_unit_changed") == []


def test_a_unit_that_vanishes_from_the_row_goes_on_answering_and_is_asked_after(desk: Any) -> None:
    desk.take_rows(desk.row(1))
    desk.take_rows(desk.row(1, 使用单位名称=""), on="2026-12-01")
    assert desk.one("SELECT count(*) FROM responsibility WHERE role = 'use_unit' AND to_on IS NULL") == 1
    assert desk.tasks("use_unit_missing")[0]["count"] == 1


def test_a_credit_code_that_appears_makes_no_other_unit(desk: Any) -> None:
    desk.take_rows(desk.row(1))
    desk.take_rows(desk.row(1, 使用单位统一社会信用代码="91440300359143307G"), on="2026-12-01")
    assert desk.tasks("use_unit_changed") == []
    assert desk.all("SELECT credit_code FROM party WHERE name = ?", UNIT) == [("91440300359143307G",)]
    desk.take_rows(desk.row(1, 使用单位统一社会信用代码="91440300359143307G", 楼栋="4栋"), on="2026-12-02")
    assert desk.tasks("use_unit_changed") == []


def test_a_credit_code_that_vanishes_makes_no_other_unit(desk: Any) -> None:
    desk.take_rows(desk.row(1, 使用单位统一社会信用代码="91440300359143307G"))
    for day, code in (("2026-12-01", ""), ("2026-12-02", "91440300359143307X")):
        desk.take_rows(desk.row(1, 使用单位统一社会信用代码=code), on=day)
    assert desk.tasks("use_unit_changed") == []
    assert desk.one("SELECT count(*) FROM party WHERE name = ?", UNIT) == 1


def test_a_unit_that_changes_its_name_keeps_its_identity_by_the_credit_code(desk: Any) -> None:
    code = {"使用单位统一社会信用代码": "91440300359143307G"}
    desk.take_rows(desk.row(1, **code), desk.row(2, **code))
    renamed = {**code, "使用单位名称": OTHER}
    desk.take_rows(desk.row(1, **renamed), desk.row(2, **renamed), on="2026-12-01")
    assert desk.all("SELECT name FROM party WHERE ref = '91440300359143307G'") == [(OTHER,)]
    assert desk.tasks("use_unit_changed") == []


def test_another_maintainer_begins_when_the_old_one_ends(desk: Any) -> None:
    desk.take_rows(desk.row(1))
    desk.take_rows(desk.row(1, 维保单位名称="粤演机电有限公司"), on="2026-12-01")
    query = (
        "SELECT name, from_on, to_on FROM responsibility JOIN party ON party.id = party_id WHERE role = 'maintainer'"
    )
    assert desk.all(query) == [
        ("穗样电梯服务有限公司", "2026-11-01", "2026-12-01"),
        ("粤演机电有限公司", "2026-12-01", None),
    ]


def test_a_changed_contact_ends_the_old_one(desk: Any) -> None:
    desk.take_rows(desk.row(1), desk.row(2))
    new = {"使用单位联系人": "梁知远", "使用单位联系人手机号": "14000000009"}
    desk.take_rows(desk.row(1, **new), desk.row(2, **new), on="2026-12-01")
    query = "SELECT name, from_on, to_on FROM contact WHERE role = 'unit_contact' ORDER BY id"
    assert desk.all(query) == [("陈一鸣", "2026-11-01", "2026-12-01"), ("梁知远", "2026-12-01", None)]


def test_a_contact_that_one_unchanged_row_still_states_stays(desk: Any) -> None:
    desk.take_rows(desk.row(1), desk.row(2))
    desk.take_rows(desk.row(1, 使用单位联系人="梁知远"), desk.row(2), on="2026-12-01")
    query = "SELECT name FROM contact WHERE role = 'unit_contact' AND to_on IS NULL ORDER BY id"
    assert desk.all(query) == [("陈一鸣",), ("梁知远",)]


def test_a_contact_of_a_refused_row_stays(desk: Any) -> None:
    desk.take_rows(desk.row(1, 使用单位联系人="梁知远"), desk.row(2))
    desk.take_rows(desk.row(1, 使用单位联系人="梁知远", 下次检验日期="?!"), desk.row(2), on="2026-12-01")
    assert desk.one("SELECT count(*) FROM contact WHERE role = 'unit_contact' AND to_on IS NULL") == 2


def test_a_file_without_columns_for_people_ends_nobody_and_blanks_nothing(desk: Any) -> None:
    desk.take_rows(desk.row(1))
    path = desk.csv([desk.row(1)], header=("设备代码", "下次检验日期"))
    assert desk.take(path, on="2026-12-01").updated == 1
    assert desk.one("SELECT count(*) FROM contact WHERE to_on IS NOT NULL") == 0
    lift = desk.lift()
    assert (lift["address"], lift["district_code"], lift["compound"]) == ("天河区示例一路88号", "440106", "云荔花园")
    assert desk.one("SELECT count(*) FROM responsibility WHERE to_on IS NOT NULL") == 0
    assert desk.one("SELECT count(*) FROM lift_name WHERE until_on IS NOT NULL") == 0


def test_a_certificate_issued_anew_keeps_the_old_name_with_its_end(desk: Any) -> None:
    desk.take_rows(desk.row(1))
    desk.take_rows(desk.row(1, 使用登记证编号="梯11粤A99999(26)"), on="2026-12-01")
    query = "SELECT value, until_on FROM lift_name WHERE kind = 'certificate' ORDER BY value"
    assert desk.all(query) == [("梯11粤A00001(20)", "2026-12-01"), ("梯11粤A99999(26)", None)]
    desk.take_rows(desk.row(1), on="2026-12-02")
    assert desk.all(query) == [("梯11粤A00001(20)", None), ("梯11粤A99999(26)", "2026-12-02")]


def test_a_register_that_begins_to_state_equipment_codes_speaks_of_the_same_lifts(desk: Any) -> None:
    desk.take_rows(desk.row(1, 设备代码=""), desk.row(2, 设备代码=""))
    summary = desk.take_rows(desk.row(1), desk.row(2), on="2026-12-01")
    assert (summary.created, summary.updated) == (0, 2)
    assert desk.all("SELECT key FROM lift ORDER BY id") == [(desk.row(1)["设备代码"],), (desk.row(2)["设备代码"],)]
    assert desk.take_rows(desk.row(1), desk.row(2), on="2026-12-02").unchanged == 2


def test_a_register_without_equipment_codes_speaks_of_the_same_lifts(desk: Any) -> None:
    desk.take_rows(desk.row(1))
    path = desk.csv([desk.row(1)], header=("注册代码", "下次检验日期"))
    summary = desk.take(path, on="2026-12-01")
    assert (summary.created, summary.updated) == (0, 1)
    assert desk.lift()["registration_code"] == desk.row(1)["注册代码"]


def test_two_codes_that_contradict_each_other_are_two_lifts(desk: Any) -> None:
    desk.take_rows(desk.row(1))
    summary = desk.take_rows(
        desk.row(1), desk.row(2, 注册代码=desk.row(1)["注册代码"], 使用登记证编号=""), on="2026-12-01"
    )
    assert (summary.created, summary.unchanged) == (1, 1)


def test_a_lift_that_the_file_does_not_name_stays_as_it_is(desk: Any) -> None:
    desk.take_rows(desk.row(1), desk.row(2))
    before = desk.lift(desk.row(2)["设备代码"])
    desk.take_rows(desk.row(1, 楼栋="4栋"), on="2026-12-01")
    assert desk.lift(desk.row(2)["设备代码"]) == before


def test_an_import_as_of_an_earlier_day_is_no_error(desk: Any) -> None:
    desk.take_rows(desk.row(1), on="2026-11-05")
    summary = desk.take_rows(desk.row(1, 使用单位名称=OTHER, 维保单位名称="粤演机电有限公司"), on="2026-11-01")
    assert summary.updated == 1


def test_a_unit_known_by_name_first_is_found_by_its_code_when_it_is_renamed_later(desk: Any) -> None:
    code = {"使用单位统一社会信用代码": "91440300359143307G"}
    desk.take_rows(desk.row(1))
    desk.take_rows(desk.row(1, **code), on="2026-12-01")
    desk.take_rows(desk.row(1, **code, 使用单位名称=OTHER), on="2026-12-02")
    assert desk.tasks("use_unit_changed") == []
    assert desk.all("SELECT name FROM party WHERE ref LIKE 'u-%'") == [(OTHER,)]
