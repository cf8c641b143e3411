"""What a register states of self-tests and of how a lift is maintained."""

import json
from typing import Any


def take(desk: Any, *, on: str = "2026-11-01", **columns: str) -> None:
    row = {**desk.row(1), **columns}
    desk.take(desk.csv([row], header=list(row)), on=on)


def test_the_next_test_is_kept_and_its_change_is_an_event(desk: Any) -> None:
    take(desk, 下次检测日期="2026-05")
    assert desk.lift()["next_test_on"] == "2026-05-31"
    assert desk.lift()["known_from"] == "2026-11-01"
    take(desk, 下次检测日期="2027-05", on="2026-12-01")
    assert desk.lift()["next_test_on"] == "2027-05-31"
    assert desk.lift()["known_from"] == "2026-11-01"
    changed = desk.all("SELECT payload FROM event WHERE kind = 'test_date_stated'")
    assert [json.loads(row[0]) for row in changed] == [{"from": "2026-05-31", "to": "2027-05-31"}]


def test_an_unreadable_test_date_keeps_the_row_and_is_kept_as_text(desk: Any) -> None:
    take(desk, 下次检测日期="明年五月")
    assert desk.lift()["next_test_on"] is None
    assert json.loads(desk.lift()["extra"])["unread"] == {"next_test_on": "明年五月"}


def test_columns_of_yes_and_no_say_how_a_lift_is_maintained(desk: Any) -> None:
    take(desk, 按需维保="是", 物联网远程监测系统="有", 全包维保="否", 电梯养老保险="")
    expected = {"on_demand": True, "iot": True, "pension_insurance": False, "full_package": False}
    assert json.loads(desk.lift()["maintenance"]) == expected


def test_a_register_without_such_columns_leaves_them_as_they_were(desk: Any) -> None:
    take(desk, 按需维保="是")
    desk.take_rows(desk.row(1, 内部编号="4栋1梯"), on="2026-12-01")
    assert desk.lift()["internal_number"] == "4栋1梯"
    assert json.loads(desk.lift()["maintenance"]) == {"on_demand": True}


def test_an_answer_that_nobody_knows_is_not_taken_for_yes_or_no(desk: Any) -> None:
    take(desk, 按需维保="部分")
    assert json.loads(desk.lift()["maintenance"]) == {}
    assert json.loads(desk.lift()["extra"])["unread"] == {"on_demand": "部分"}
