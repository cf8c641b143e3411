"""People whom a person has named or ended, and registers that come afterwards: neither undoes the other in silence."""

from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import col, select

from actions.identity.staff import add_by_hand, end_by_hand
from actions.register import undo_import
from store.parties import Contact, ContactRole

UNIT = "广州示例云荔物业服务有限公司"
ZHAO = "+8614000000021"
DAY = date(2026, 11, 2)


def name_zhao(desk: Any, *, phone: str = ZHAO) -> int:
    party_id = desk.one("SELECT id FROM party WHERE name = ?", UNIT)
    with desk.database.write() as session:
        return int(add_by_hand(session, party_id, ContactRole.UNIT_CONTACT, "赵六", phone, DAY))


def end_chen(desk: Any) -> None:
    with desk.database.write() as session:
        chen = session.exec(select(Contact).where(Contact.name == "陈一鸣", col(Contact.to_on).is_(None))).one()
        end_by_hand(session, chen, DAY)


def present(desk: Any) -> dict[str, int]:
    """The unit's contacts, and whether they are a person's word alone."""
    query = "SELECT name, by_hand FROM contact WHERE role = 'unit_contact' AND to_on IS NULL ORDER BY id"
    return {name: int(by_hand) for name, by_hand in desk.all(query)}


def undo(desk: Any, import_id: int) -> None:
    undo_import(desk.database, import_id, now=datetime(2026, 11, 5, 1, tzinfo=UTC), today=date(2026, 11, 5))


def test_somebody_named_by_hand_is_kept_by_a_register_that_does_not_know_them(desk: Any) -> None:
    desk.take_rows(desk.row())
    name_zhao(desk)
    summary = desk.take_rows(desk.row(), on="2026-11-03")
    assert present(desk) == {"陈一鸣": 0, "赵六": 1}
    assert summary.unchanged == 1


def test_somebody_whom_the_register_drops_leaves_and_who_was_named_by_hand_stays(desk: Any) -> None:
    desk.take_rows(desk.row())
    name_zhao(desk)
    desk.take_rows(desk.row(使用单位联系人="钱七", 使用单位联系人手机号="14000000031"), on="2026-11-03")
    assert present(desk) == {"赵六": 1, "钱七": 0}


def test_who_was_named_by_hand_and_then_by_a_register_leaves_with_the_next(desk: Any) -> None:
    desk.take_rows(desk.row())
    name_zhao(desk)
    desk.take_rows(desk.row(使用单位联系人="赵六", 使用单位联系人手机号="14000000021"), on="2026-11-03")
    assert present(desk) == {"赵六": 0}
    assert desk.one("SELECT count(*) FROM contact WHERE name = '赵六'") == 1
    desk.take_rows(desk.row(), on="2026-11-04")
    assert present(desk) == {"陈一鸣": 0}


def test_undoing_the_register_that_named_them_too_leaves_them_named_by_hand(desk: Any) -> None:
    desk.take_rows(desk.row())
    name_zhao(desk)
    run = desk.take_rows(desk.row(使用单位联系人="赵六", 使用单位联系人手机号="14000000021"), on="2026-11-03")
    undo(desk, run.import_id)
    assert present(desk) == {"陈一鸣": 0, "赵六": 1}


def test_a_register_does_not_bring_back_whom_a_person_has_ended_and_says_so(desk: Any) -> None:
    desk.take_rows(desk.row())
    name_zhao(desk)
    end_chen(desk)
    for day in ("2026-11-03", "2026-11-04"):
        desk.take_rows(desk.row(), on=day)
        assert present(desk) == {"赵六": 1}
        [task] = desk.tasks("people_changed")
        assert (task["said"], task["who"], task["number"]) == ("still_named", "陈一鸣", "+8614000000001")


def test_undoing_a_register_does_not_bring_them_back_either(desk: Any) -> None:
    desk.take_rows(desk.row())
    run = desk.take_rows(desk.row(内部编号="4栋1梯"), on="2026-11-03")
    end_chen(desk)
    undo(desk, run.import_id)
    assert present(desk) == {}


def test_named_again_by_hand_they_are_back(desk: Any) -> None:
    desk.take_rows(desk.row())
    end_chen(desk)
    party_id = desk.one("SELECT id FROM party WHERE name = ?", UNIT)
    with desk.database.write() as session:
        add_by_hand(session, party_id, ContactRole.UNIT_CONTACT, "陈一鸣", "+8614000000001", DAY)
    desk.take_rows(desk.row(), on="2026-11-03")
    assert present(desk) == {"陈一鸣": 0}
    assert desk.tasks("people_changed") == []


def test_the_same_person_with_another_number_is_another_statement(desk: Any) -> None:
    """What was ended is the number that was stated; a register that has learned better is believed."""
    desk.take_rows(desk.row())
    end_chen(desk)
    desk.take_rows(desk.row(使用单位联系人手机号="14000000055"), on="2026-11-03")
    assert present(desk) == {"陈一鸣": 0}
