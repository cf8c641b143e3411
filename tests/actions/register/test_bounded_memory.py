"""What the import forgets to keep memory bounded makes no difference to what it stores."""

from typing import Any

import pytest

from actions.register import load, party_book, units


def rows_of(desk: Any) -> list[dict[str, str]]:
    """Forty lifts of seven units and three maintainers, now with and now without the credit code."""
    code = ("91440300359143307G", "")
    return [
        desk.row(
            number,
            设备代码=f"K{number}",
            注册代码="",
            使用登记证编号="",
            使用单位名称=f"示例物业{number % 7}",
            使用单位统一社会信用代码=code[number % 2] if number % 7 == 3 else "",
            使用单位联系人=f"联系人{number % 5}",
            维保单位名称=f"示范电梯{number % 3}",
            下次检验日期="-" if number % 11 == 0 else "2027-02",
        )
        for number in range(40)
    ]


def without_ids(desk: Any) -> list[Any]:
    """What the store holds, by names."""
    people = "contact JOIN party ON party_id = party.id"
    answers = "responsibility JOIN lift ON lift_id = lift.id JOIN party ON party_id = party.id"
    return [
        desk.all("SELECT key, valid_until, address FROM lift ORDER BY key"),
        desk.all("SELECT name, ref, credit_code FROM party WHERE ref NOT LIKE 'o-%' ORDER BY ref"),
        desk.all(f"SELECT ref, role, contact.name, phone, to_on FROM {people} ORDER BY 1, 2, 3"),
        desk.all(f"SELECT key, role, ref FROM {answers} ORDER BY 1, 2"),
        desk.all("SELECT kind, count(*) FROM task GROUP BY kind ORDER BY kind"),
    ]


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches, and hardly anything is remembered from one to the next."""
    monkeypatch.setattr(load, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(party_book, "REMEMBERED", 2)
    monkeypatch.setattr(units, "REMEMBERED", 2)


def test_forgetting_units_makes_no_difference(desk: Any, forgetful: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(desk)
    summary = desk.take_rows(*rows)
    assert (summary.created, summary.parties) == (40, 10)
    stored = without_ids(desk)
    monkeypatch.undo()
    again = desk.take_rows(*rows, on="2026-12-01")
    assert (again.unchanged, again.parties) == (40, 10)
    assert without_ids(desk) == stored


def test_forgetting_units_ends_nobody_when_the_register_comes_again(desk: Any, forgetful: None) -> None:
    rows = rows_of(desk)
    desk.take_rows(*rows)
    stored = without_ids(desk)
    changed = [{**row, "楼栋": "9栋"} for row in rows]
    assert desk.take(desk.csv(changed), on="2026-12-01", confirmed=True).updated == 40
    assert without_ids(desk) == stored
