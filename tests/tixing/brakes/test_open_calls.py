"""A call that nobody has made yet is not made with what is true no more."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from actions.register import undo_import
from actions.told.replies import Answer, Reply, take_reply
from actions.visits.inspections import record_inspection
from notifier.channels.call_task import CallTasks
from store.notices import Delivery, Notice
from store.tasks import Task, TaskKind
from tixing.planning import plan_cities

FIRST, SMS_DAY, CALL_DAY = date(2026, 1, 5), date(2026, 2, 2), date(2026, 3, 2)
NEXT = CALL_DAY + timedelta(days=1)
UNIT, OTHER = "广州示例物业服务有限公司", "广州示例新物业服务有限公司"


def rows(office: Any, number: int = 4, **changes: str) -> list[dict[str, str]]:
    """Four lifts of one unit; `changes` in the first `number` rows."""
    common = {"使用单位联系人手机号": "14000000001"}
    return [office.row(n, "2026-05", UNIT) | common | (changes if n <= number else {}) for n in (1, 2, 3, 4)]


@pytest.fixture
def town(office: Any) -> Any:
    """A call about four lifts that is still to be made."""
    office.channels["call_task"] = CallTasks(office.database)
    office.take(rows(office), FIRST)
    for day in (FIRST, SMS_DAY, CALL_DAY):
        office.tick(day)
    assert [(task.status, len(task.detail["lifts"])) for task in calls(office)] == [("open", 4)]
    return office


def calls(office: Any) -> list[Task]:
    query = select(Task).where(Task.kind == TaskKind.CALL).order_by(Task.id)
    return office.ask(lambda session: list(session.exec(query)))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"下次检验日期": "2026-08"}, "the date has moved"),
        ({"使用状态": "报停"}, "no longer due"),
        ({"使用单位名称": OTHER}, "the lift is with another party"),
    ],
    ids=["another date", "out of use", "another unit"],
)
def test_a_call_of_which_nothing_is_true_is_dropped_and_comes_back_with_its_undoing(
    changes: dict[str, str], why: str, town: Any
) -> None:
    [before] = calls(town)
    town.take(rows(town, **changes), NEXT, confirmed=True)
    [dropped] = calls(town)
    assert (dropped.status, dropped.outcome) == ("dropped", f"nothing of this is true any more: {why}")
    assert dropped.detail["reason"] == dropped.outcome
    undo(town)
    town.plan(NEXT)
    [again] = calls(town)
    assert (again.status, again.outcome) == ("open", "")
    assert (again.detail["lifts"], again.detail["script"]) == (before.detail["lifts"], before.detail["script"])


def test_a_call_of_which_a_part_is_true_is_about_that_part(town: Any) -> None:
    town.take(rows(town, 1, 下次检验日期="2026-08"), NEXT, confirmed=True)
    town.plan(NEXT)
    [call] = calls(town)
    assert call.status == "open"
    assert len(call.detail["lifts"]) == 3
    assert "3 台电梯" in call.detail["script"]
    assert list(call.detail["left_out"].values()) == ["the date has moved"]
    undo(town)
    town.plan(NEXT)
    [call] = calls(town)
    assert "4 台电梯" in call.detail["script"]
    assert call.detail["left_out"] == {}


def test_a_call_about_a_wrong_date_goes_with_the_import_that_brought_it(office: Any) -> None:
    office.channels["call_task"] = CallTasks(office.database)
    late = rows(office, 下次检验日期="2026-09")
    office.take(late, FIRST)
    office.tick(FIRST)
    wrong = [*rows(office)[:2], *late[2:]]
    office.take(wrong, SMS_DAY, confirmed=True)
    for day in (SMS_DAY, CALL_DAY):
        office.tick(day)
    [call] = calls(office)
    assert len(call.detail["lifts"]) == 2
    undo(office, today=CALL_DAY)
    [call] = calls(office)
    assert call.status == "dropped"


def test_a_call_about_lifts_whose_inspection_was_reported_is_dropped(town: Any) -> None:
    lift_ids = [town.lift(number).id for number in (1, 2, 3, 4)]
    act = {"by": 1, "now": town.now(NEXT), "today": NEXT, "conclusion": "pass", "on": NEXT}
    town.do(record_inspection, lift_ids=lift_ids[:1], key="a", **act)
    town.plan(NEXT)
    [call] = calls(town)
    assert (call.status, len(call.detail["lifts"])) == ("open", 3)
    town.do(record_inspection, lift_ids=lift_ids[1:], key="b", **act)
    [call] = calls(town)
    assert call.status == "dropped"


OTHER_PERSON = {"使用单位联系人": "李小满", "使用单位联系人手机号": "14000000002"}


def test_a_call_to_who_is_no_longer_at_the_unit_goes_to_who_is_there_now(town: Any) -> None:
    town.take(rows(town, **OTHER_PERSON), NEXT, confirmed=True)
    town.tick(NEXT)
    left, call = calls(town)
    assert (left.status, left.outcome) == ("dropped", "this number is no longer the party's")
    assert (call.status, call.detail["number"], call.detail["who"]) == ("open", "+8614000000002", "李小满")
    assert (len(call.detail["lifts"]), call.notice_id) == (4, left.notice_id)
    town.tick(NEXT)
    assert len(calls(town)) == 2


def test_a_call_that_was_asked_for_goes_to_the_contact_there_is(office: Any) -> None:
    office.channels["call_task"] = CallTasks(office.database)
    office.take(rows(office), FIRST)
    for day in (FIRST, SMS_DAY):
        office.tick(day)

    def ask(session: Any) -> None:
        [sent] = session.exec(select(Delivery).join(Notice).where(Notice.audience == "unit_contact")).all()
        reply = Reply(sent.notice_id, sent.id, Answer.CALL_BACK, "sms", "sms-1")
        take_reply(session, reply, now=office.now(SMS_DAY), today=SMS_DAY)

    office.do(ask)
    office.tick(SMS_DAY)
    [call] = calls(office)
    office.take(rows(office, **OTHER_PERSON), SMS_DAY + timedelta(days=1), confirmed=True)
    office.tick(SMS_DAY + timedelta(days=1))
    [turned] = calls(office)
    assert (turned.id, turned.status) == (call.id, "open")
    assert (turned.detail["number"], turned.detail["who"]) == ("+8614000000002", "李小满")
    assert "stale" not in turned.detail


def test_a_call_that_was_made_stays_made(town: Any) -> None:
    [call] = calls(town)

    def close(session: Any) -> None:
        stored = session.get_one(Task, call.id)
        stored.status, stored.closed_on, stored.outcome = "done", NEXT, "booked"

    town.do(close)
    town.take(rows(town, 2, 下次检验日期="2026-08"), NEXT, confirmed=True)
    undo(town)
    town.plan(NEXT)
    [after] = calls(town)
    assert (after.status, after.outcome, after.detail) == ("done", "booked", call.detail)


def test_a_call_that_is_opened_after_its_date_moved_is_dropped_by_the_next_plan(town: Any) -> None:
    [call] = calls(town)
    town.take(rows(town, 下次检验日期="2026-08"), NEXT, confirmed=True)

    def reopen(session: Any) -> None:
        stored = session.get_one(Task, call.id)
        stored.status, stored.closed_on, stored.outcome = "open", None, ""

    town.do(reopen)
    town.do(plan_cities, today=NEXT, now=town.now(NEXT))
    assert calls(town)[0].status == "dropped"


def undo(office: Any, import_id: int = 2, today: date = NEXT) -> Any:
    return undo_import(office.database, import_id, now=office.now(today), today=today)
