"""The ladder of a lift that nobody books, row by row, as it reaches people: one walk from the first SMS to overdue."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from actions.visits.inspections import book, record_inspection
from notifier.text import sms_sources
from schedules.dates import ONE_DAY
from store.duties import Duty

VALID = date(2027, 5, 31)
MONTH_3, TARGET = date(2027, 2, 5), date(2027, 4, 30)
UNIT_RUNGS = ("gz.sms", "gz.call", "gz.late", "gz.last", "gz.listed", "gz.overdue")
Said = dict[str, list[tuple[date, str, str, str]]]


@pytest.fixture
def walked(officials: Any) -> Callable[[date], Said]:
    """Plan and send each day up to this one; by template the day, the channel, the address and the words."""
    maintainer = officials.unit("维保一公司", kind="m", chat="maint")
    unit = officials.unit("云荔物业")
    officials.lift(unit, VALID, maintainer=maintainer, on=date(2027, 1, 4))

    def walk(until: date, first: date = date(2027, 2, 1)) -> Said:
        day, found, known = first, {}, len(officials.said())
        while day <= until:
            officials.plan(day)
            officials.send(day)
            said = officials.said()
            for one in said[known:]:
                found.setdefault(one.template, []).append((day, one.channel, one.address, one.body))
            known, day = len(said), day + ONE_DAY
        return found

    return walk


def test_gz_05_three_months_before_the_contact_gets_one_sms(officials: Any, walked: Callable[..., Said]) -> None:
    ((day, channel, address, _),) = walked(MONTH_3)["gz.sms"]
    assert day <= date(2027, 2, 28)
    assert (channel, address) == ("sms", next(one.phone for one in people(officials) if one.role == "unit_contact"))


def test_gz_35_the_reminder_says_how_to_book(walked: Callable[..., Said]) -> None:
    assert "登录网上服务平台约检" in walked(MONTH_3)["gz.sms"][0][3]
    texts = {name: words for name, words in sms_sources("zh").items() if name.rpartition(".")[0] in UNIT_RUNGS}
    assert len(texts) == 2 * len(UNIT_RUNGS)
    assert [
        name for name, words in texts.items() if not any(one in words for one in ("约检", "约定", "申请检验"))
    ] == []


def test_gz_36_the_maintainer_gets_a_copy_of_the_rung(walked: Callable[..., Said]) -> None:
    said = walked(MONTH_3)
    ((day, channel, address, words),) = said["gz.sms.maint"]
    assert (day, channel, address) == (said["gz.sms"][0][0], "telegram", "maint")
    assert "云荔花园" in words


def test_gz_06_two_months_before_the_manager_or_the_legal_representative_is_called(
    officials: Any, walked: Callable[..., Said]
) -> None:
    walked(MONTH_3)
    said = walked(date(2027, 3, 5), date(2027, 3, 1))
    (call,) = officials.notices(template="gz.call")
    assert (call.audience, call.channel_class) == ("unit_head", "call")
    assert call.planned_on <= date(2027, 3, 31)
    assert said["gz.call.maint"][0][2] == "maint"


def test_gz_17_an_overdue_lift_is_pushed_to_its_district_the_day_after(
    officials: Any, walked: Callable[..., Said]
) -> None:
    said = walked(VALID + ONE_DAY, VALID)
    assert {(day, address) for day, _, address, _ in said["gz.overdue.reg"]} <= {
        (VALID + ONE_DAY, "ann"),
        (VALID + ONE_DAY, "bob"),
    }
    assert said["gz.overdue"][0][0] == VALID + ONE_DAY
    assert "there" not in {address for rows in said.values() for _, _, address, _ in rows}


def test_gz_07_an_inspection_by_the_target_ends_the_ladder_and_one_that_is_missing_is_said_to_be_late(
    officials: Any, walked: Callable[..., Said]
) -> None:
    unit = officials.party("云荔物业").id
    other = officials.lift(unit, VALID, on=date(2027, 1, 4))
    booked = {"lift_ids": [other], "visit_on": TARGET, "by": unit, "key": "book"}
    officials.act(book, today=date(2027, 4, 1), **booked)
    body = officials.party("检验部门").id
    passed = {"lift_ids": [other], "on": TARGET, "conclusion": "pass", "by": body, "key": "pass"}
    officials.act(record_inspection, today=TARGET, **passed)
    inspections = select(Duty).where(Duty.lift_id == other, Duty.kind == "periodic_inspection", Duty.due == VALID)
    with officials.database.read() as session:
        assert session.exec(inspections).one().closed_on == TARGET
    said = walked(date(2027, 5, 12), date(2027, 5, 3))
    assert said["gz.late"][0][0] > TARGET
    assert all("等2台" not in words for _, _, _, words in said["gz.late"])


def people(officials: Any) -> Any:
    """Of the use unit."""
    with officials.database.read() as session:
        return officials.people(session, officials.party("云荔物业").id)
