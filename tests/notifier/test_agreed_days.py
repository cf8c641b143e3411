"""A day that somebody agrees to in a call: what is booked by whom, and which other calls are over."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from actions.desk import calls as verbs
from actions.told.replies import Answer, Reply, take_reply
from notifier.call_receipts import take_call_receipts
from notifier.channels.call_task import CallTasks
from store.duties import Duty
from store.events import Event, EventKind
from store.lifts import BEGINNING, Regime
from store.parties import AreaRole, Contact, ContactRole, Jurisdiction, Party
from store.tasks import Task, TaskKind, TaskStatus

FIRST, SECOND = "+8614000000001", "+8614000000002"
NOW, TODAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC), date(2026, 11, 23)
VISIT = date(2027, 1, 10)


@pytest.fixture
def ruled(world: Any) -> Any:
    """A city that is under a rulebook, so that a booking can be worked out."""
    world.change(lambda session: session.add(Regime(city_id="guangzhou", from_on=BEGINNING, rulebook="guangzhou")))
    return world


def press(world: Any, verb: Callable[..., bool], task: int, *, note: str = "", **more: Any) -> bool:
    tap = verbs.Press(task, "陈一鸣", f"tap-{task}", NOW, TODAY, note)

    def act(session: Session) -> bool:
        done = verb(session, tap, **more)
        take_call_receipts(session, now=NOW)
        return done

    return bool(world.change(act))


def calls(world: Any) -> list[Task]:
    found: list[Task] = world.all(Task, Task.kind == TaskKind.CALL)
    return sorted(found, key=lambda call: call.id)


def ask_for_a_call(world: Any, notice: int) -> None:
    [sent] = world.deliveries(notice)
    reply = Reply(notice, sent.id, Answer.CALL_BACK, "sms", f"sms-{notice}")
    world.change(lambda session: take_reply(session, reply, now=NOW, today=TODAY))


def test_an_agreed_day_ends_the_other_calls_about_lifts_that_are_booked_now(
    ruled: Any, dispatch: Any, make_channel: Any
) -> None:
    unit = ruled.unit(FIRST)
    duties = ruled.lifts(unit, 2)
    asked, called = ruled.notice(unit, duties), ruled.notice(unit, duties, "gz.call")
    more = ruled.notice(
        unit, [*duties, *ruled.lifts(unit)], "inspection.call", audience="unit_contact", channel_class="call"
    )
    dispatch(make_channel("sms"), CallTasks(ruled.database), now=NOW)
    ask_for_a_call(ruled, asked)
    by_notice = {call.notice_id: call.id for call in calls(ruled)}
    assert len(by_notice) == 3
    assert press(ruled, verbs.booked, by_notice[asked], visit_on=VISIT)
    assert {call.notice_id: (call.status, call.outcome) for call in calls(ruled)} == {
        asked: (TaskStatus.DONE, "booked"),
        called: (TaskStatus.DONE, "booked"),
        more: (TaskStatus.OPEN, ""),  # about a lift that nobody has booked
    }
    assert ruled.status(called) == "delivered"


def test_of_others_at_the_party_nobody_is_asked_for_a_day_that_is_agreed(ruled: Any, dispatch: Any) -> None:
    unit = ruled.unit(FIRST)
    ruled.contact(unit, ContactRole.SAFETY_MANAGER, SECOND, name="王强")
    duties = ruled.lifts(unit)
    ruled.notice(unit, duties, "gz.call", audience="unit_contact_and_manager")
    dispatch(CallTasks(ruled.database), now=NOW)
    first, second = calls(ruled)
    assert {first.detail["number"], second.detail["number"]} == {FIRST, SECOND}
    assert press(ruled, verbs.booked, first.id, visit_on=VISIT)
    second = calls(ruled)[1]
    assert (second.status, second.outcome) == (TaskStatus.DROPPED, f"booked in call {first.id}")
    assert verbs.calls_made(second) == []


def test_each_department_books_its_own_lifts(ruled: Any, dispatch: Any) -> None:
    def found(session: Session) -> int:
        party = Party(city_id="guangzhou", ref="d-2", name="检验二部")
        session.add(party)
        session.flush()
        area = {"city_id": "guangzhou", "role": AreaRole.INSPECTION_DEPARTMENT, "from_on": date(2026, 1, 1)}
        session.add(Jurisdiction(party_id=party.id, district_code="440104", **area))
        session.add(Contact(party_id=party.id, role="duty_officer", name="周宁", from_on=date(2026, 1, 1)))
        return party.id

    second = ruled.change(found)
    unit = ruled.unit(FIRST)
    duties = [*ruled.lifts(unit), *ruled.lifts(unit, district="越秀区", district_code="440104")]
    ruled.notice(unit, duties, "gz.call")
    dispatch(CallTasks(ruled.database), now=NOW)
    [call] = calls(ruled)
    assert press(ruled, verbs.booked, call.id, visit_on=VISIT)
    assert {event.party_id for event in ruled.all(Event, Event.kind == EventKind.BOOKED)} == {900, second}
    assert {duty.booked_on for duty in ruled.all(Duty)} == {VISIT}


def test_another_unit_that_is_named_later_stands_in_the_task_about_it(
    ruled: Any, dispatch: Any, make_channel: Any
) -> None:
    unit = ruled.unit(FIRST)
    notice = ruled.notice(unit, ruled.lifts(unit))
    dispatch(make_channel("sms"), CallTasks(ruled.database), now=NOW)
    [sent] = ruled.deliveries(notice)
    reply = Reply(notice, sent.id, Answer.NOT_OURS, "sms", "another")
    ruled.change(lambda session: take_reply(session, reply, now=NOW, today=TODAY))
    ask_for_a_call(ruled, notice)
    [call] = calls(ruled)
    assert press(ruled, verbs.unit_changed, call.id, note="石榴物业")
    [task] = ruled.change(lambda session: session.exec(select(Task).where(Task.kind == "not_their_lifts")).all())
    assert (task.detail["said"], task.detail["note"], len(task.detail["lifts"])) == ("unit_changed", "石榴物业", 1)
