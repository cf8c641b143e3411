"""A register that the store sees for the first time."""

import json
from typing import Any

import pytest


def test_a_lift_is_stored_with_everything_that_its_row_says(desk: Any) -> None:
    summary = desk.take_rows(desk.row())
    assert summary.as_json() == {
        "import": 1, "rows": 1, "lifts": 1, "created": 1, "updated": 0, "unchanged": 0, "parties": 2, "rejected": 0
    }  # fmt: skip
    lift = desk.lift("31109900120170001")
    assert lift["district"] == "天河区"
    assert lift["district_code"] == "440106"
    assert (lift["compound"], lift["building"], lift["internal_number"]) == ("云荔花园", "3栋", "3栋1梯")
    assert (lift["registration_code"], lift["rescue_number"]) == ("31104401062009060001", "900001")
    assert (lift["certificate"], lift["factory_number"]) == ("梯11粤A00001(20)", "SL-0001")
    assert (lift["kind"], lift["status"], lift["address"]) == ("曳引驱动乘客电梯", "in_use", "天河区示例一路88号")
    assert (lift["installed_pass_on"], lift["put_into_use_on"]) == ("2017-03-18", "2017-04-01")
    assert (lift["last_inspected_on"], lift["valid_until"], lift["valid_precision"]) == (
        "2025-05-20",
        "2027-02-28",
        "month",
    )
    assert (lift["cycle"], lift["import_id"], lift["line"]) == ("2027-02-28", 1, 2)


def test_a_lift_is_found_by_every_name_that_its_row_has(desk: Any) -> None:
    desk.take_rows(desk.row(使用登记证编号="梯11粵A00001（20）"))
    names = dict(desk.all("SELECT kind, value FROM lift_name"))
    assert names == {
        "equipment_code": "31109900120170001",
        "registration_code": "31104401062009060001",
        "certificate": "梯11粤A00001(20)",
        "rescue": "900001",
        "factory": "SL-0001",
        "internal": "3栋1梯",
    }
    assert desk.one("SELECT stated FROM lift_name WHERE kind = 'certificate'") == "梯11粵A00001（20）"


def test_the_first_statement_of_a_validity_is_an_event(desk: Any) -> None:
    desk.take_rows(desk.row())
    [event] = desk.all("SELECT kind, on_date, known_on, recorded_at, payload, import_id FROM event")
    assert event[:4] == ("validity_stated", "2026-11-01", "2026-11-01", "2026-11-01 01:00:00.000000")
    assert json.loads(event[4]) == {"valid_until": "2027-02-28"}
    assert event[5] == 1


def test_use_unit_and_maintainer_answer_for_the_lift_from_the_day_of_the_register(desk: Any) -> None:
    desk.take_rows(desk.row())
    query = "SELECT role, name, from_on, to_on FROM responsibility JOIN party ON party.id = party_id ORDER BY role"
    assert desk.all(query) == [
        ("maintainer", "穗样电梯服务有限公司", "2026-11-01", None),
        ("use_unit", "广州示例云荔物业服务有限公司", "2026-11-01", None),
    ]


def test_the_people_of_both_are_stored_with_their_roles(desk: Any) -> None:
    desk.take_rows(desk.row())
    assert desk.all("SELECT role, name, phone, synthetic FROM contact ORDER BY id") == [
        ("unit_contact", "陈一鸣", "+8614000000001", 0),
        ("safety_manager", "李小满", "+8614000000002", 0),
        ("legal_rep", "何永安", "+8614000000003", 0),
        ("maintainer_contact", "黄秋实", "+8614000000004", 0),
    ]


def test_a_unit_with_several_lifts_is_one_party_and_its_people_stand_there_once(desk: Any) -> None:
    summary = desk.take_rows(*(desk.row(number) for number in range(1, 6)))
    assert (summary.lifts, summary.parties) == (5, 2)
    assert desk.one("SELECT count(*) FROM party WHERE name LIKE '%物业%'") == 1
    assert desk.one("SELECT count(*) FROM contact") == 4


def test_a_unit_is_known_by_its_credit_code_else_by_a_digest_of_its_name(desk: Any) -> None:
    desk.take_rows(desk.row(使用单位统一社会信用代码="91440300359143307G"))
    refs = dict(
        desk.all("SELECT name, ref FROM party WHERE name IN (?, ?)", desk.row()["使用单位名称"], "穗样电梯服务有限公司")
    )
    assert refs[desk.row()["使用单位名称"]] == "91440300359143307G"
    assert refs["穗样电梯服务有限公司"].startswith("m-")
    assert len(refs["穗样电梯服务有限公司"]) == 12


def test_two_rows_one_with_the_credit_code_and_one_without_name_one_unit(desk: Any) -> None:
    coded = desk.row(2, 使用单位统一社会信用代码="91440300359143307G")
    summary = desk.take_rows(desk.row(1), coded, desk.row(3))
    assert summary.parties == 2
    assert desk.one("SELECT credit_code FROM party WHERE name LIKE '%物业%'") == "91440300359143307G"


@pytest.mark.parametrize("brackets", ["样例电梯（中国）有限公司", "样例电梯(中国)有限公司 "])
def test_the_width_of_brackets_makes_no_other_unit(desk: Any, brackets: str) -> None:
    summary = desk.take_rows(desk.row(1, 维保单位名称="样例电梯（中国）有限公司"), desk.row(2, 维保单位名称=brackets))
    assert summary.parties == 2


@pytest.mark.parametrize(
    ("blank", "key"),
    [
        ((), "31109900120170001"),
        (("设备代码",), "31104401062009060001"),
        (("设备代码", "注册代码"), "梯11粤A00001(20)"),
        (("设备代码", "注册代码", "使用登记证编号"), "900001"),
        (("设备代码", "注册代码", "使用登记证编号", "救援识别码"), "SL-0001"),
        (("设备代码", "注册代码", "使用登记证编号", "救援识别码", "出厂编号"), "3栋1梯"),
    ],
)
def test_the_key_is_the_strongest_identifier_that_the_row_has(desk: Any, blank: tuple[str, ...], key: str) -> None:
    desk.take_rows(desk.row(**dict.fromkeys(blank, "-")))
    assert desk.one("SELECT key FROM lift") == key


@pytest.mark.parametrize(
    ("stated", "status"),
    [
        ("在用", "in_use"),
        ("", "in_use"),
        ("停用", "out_of_use"),
        ("停用（报停）", "out_of_use"),
        ("报废", "scrapped"),
        ("注销", "scrapped"),
    ],
)
def test_the_status_is_understood(desk: Any, stated: str, status: str) -> None:
    desk.take_rows(desk.row(使用状态=stated))
    assert desk.lift()["status"] == status


def test_an_unknown_status_counts_as_in_use_and_is_reported(desk: Any) -> None:
    desk.take_rows(desk.row(使用状态="蓝色"))
    assert desk.lift()["status"] == "in_use"
    assert json.loads(desk.lift()["extra"]) == {"unread": {"status": "蓝色"}}
    assert desk.tasks("rejected_rows")[0]["unread_cells"] == {"status": {"count": 1, "lines": [2]}}


def test_another_date_that_cannot_be_read_keeps_the_row_and_its_text(desk: Any) -> None:
    summary = desk.take_rows(desk.row(本次检验日期="去年五月"))
    assert summary.rejected == 0
    assert desk.lift()["last_inspected_on"] is None
    assert json.loads(desk.lift()["extra"]) == {"unread": {"last_inspected_on": "去年五月"}}
    assert desk.tasks("rejected_rows")[0]["unread_cells"] == {"last_inspected_on": {"count": 1, "lines": [2]}}


def test_a_district_that_no_column_states_is_taken_from_the_address(desk: Any) -> None:
    desk.take_rows(desk.row(区="", 电梯地址="广州市番禺区示例二路1号"))
    assert (desk.lift()["district"], desk.lift()["district_code"]) == ("番禺区", "440113")


def test_columns_worth_keeping_are_kept_beside_the_lift_and_people_are_not(desk: Any) -> None:
    row = {**desk.row(), "电梯品牌": "样例", "组长手机号": "14000000009"}
    desk.take(desk.csv([row], header=(*desk.row(), "电梯品牌", "组长手机号")))
    assert json.loads(desk.lift()["extra"]) == {"brand": "样例"}


def test_derivation_runs_at_the_end_of_the_same_transaction(desk: Any) -> None:
    seen = []

    def derive(session: Any, import_id: int) -> None:
        seen.append((import_id, session.connection().exec_driver_sql("SELECT count(*) FROM lift").scalar()))

    summary = desk.take(desk.csv([desk.row()]), derive=derive)
    assert seen == [(summary.import_id, 1)]
    assert summary.timings["derive"] > 0


def test_an_error_in_the_derivation_leaves_nothing_behind(desk: Any) -> None:
    def derive(_session: Any, _import_id: int) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        desk.take(desk.csv([desk.row()]), derive=derive)
    assert desk.one("SELECT count(*) FROM lift") == desk.one("SELECT count(*) FROM import_run") == 0
