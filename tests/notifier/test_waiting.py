"""Parties that nobody can be reached at: a task, not a hole."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from notifier.attempts import UNWRITTEN
from notifier.channels.base import PermanentError, TemporaryError
from notifier.modes import Mode
from notifier.outbox import cancel
from notifier.resending import resend
from notifier.tasks import close_what_arrived_after_all
from notifier.waking import REPLACED
from store.database import table_of
from store.duties import Told, ToldState
from store.ledger import release
from store.notices import Notice
from store.parties import Chat, Contact, ContactRole
from store.tasks import Task, TaskKind


def test_nobody_reachable_becomes_one_task_of_the_inspection_department(
    world: Any, dispatch: Any, make_channel: Any, today: date
) -> None:
    unit = world.unit(None)
    duties = world.lifts(unit, 2)
    notices = [world.notice(unit, duties[:1]), world.notice(unit, duties[1:])]
    summary = dispatch(make_channel("sms"))
    assert summary.no_contact == 2
    assert [world.status(notice) for notice in notices] == ["no_contact"] * 2
    assert [world.told(notice) for notice in notices] == [["reserved"]] * 2
    [task] = world.all(Task)
    assert (task.kind, task.owner_party_id, task.party_id, task.status) == ("no_contact", 900, unit, "open")
    assert task.opened_on == today
    assert task.detail["unit"] == "广州示例云荔物业服务有限公司"
    assert world.deliveries(notices[0]) == []


def test_a_contact_who_comes_later_is_still_told_and_the_task_is_done(
    world: Any, dispatch: Any, make_channel: Any, today: date
) -> None:
    unit = world.unit(None)
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms")
    dispatch(sms)
    assert dispatch(sms).woken == 0
    world.contact(unit, ContactRole.SAFETY_MANAGER, "+8614000000007")
    later = today + timedelta(days=2)
    summary = dispatch(sms, today=later)
    assert (summary.woken, summary.sent) == (1, 1)
    assert sms.addresses == ["+8614000000007"]
    assert world.status(notice) == "sent"
    assert (world.get(notice).send_on, world.get(notice).late) == (later, True)
    [task] = world.all(Task)
    assert (task.status, task.closed_on) == ("done", later)


def test_of_the_rungs_that_waited_only_the_latest_is_told(
    world: Any, dispatch: Any, make_channel: Any, today: date
) -> None:
    unit = world.unit(None)
    duties = world.lifts(unit, 2)
    first = world.notice(unit, duties)
    second = world.notice(unit, duties[:1], "gz.late")
    sms = make_channel("sms")
    dispatch(sms)
    world.contact(unit, phone="+8614000000007")
    assert dispatch(sms).woken == 2
    assert (world.told(first), world.told(second)) == (["told"], ["told"])
    superseded = world.all(Told, col(Told.state) == ToldState.SUPERSEDED)
    assert [(row.duty_id, row.step, row.notice_id) for row in superseded] == [(duties[0], "sms", None)]


def test_of_the_rungs_that_were_given_up_only_the_latest_is_tried_again(
    world: Any, dispatch: Any, make_channel: Any, now: datetime, today: date
) -> None:
    unit = world.unit()
    duties = world.lifts(unit, 3)
    first, both = world.notice(unit, duties[:1]), world.notice(unit, duties[1:])
    last = world.notice(unit, duties[:2], "gz.late")
    sms = make_channel("sms", answers=[TemporaryError("busy")] * 18)
    for hours in (0, 1, 2, 5, 12, 24):
        dispatch(sms, now=now + timedelta(hours=hours))
    assert [world.status(one) for one in (first, both, last)] == ["failed"] * 3
    later = now + timedelta(hours=25)
    assert world.change(lambda session: resend(session, city_id=None, today=today, now=later)) == 2
    assert (world.status(first), world.get(first).reason) == ("cancelled", REPLACED)
    assert world.history(first)[-1] == ("cancelled", REPLACED)
    dispatch(sms, now=later)
    assert [message.prepared.notice_id for message in sms.sent] == [both, last]
    assert [len(message.prepared.lift_keys) for message in sms.sent] == [1, 2]
    assert failures(world, today) == ["done"]


def test_what_was_told_in_part_is_not_taken_for_a_replaced_rung(
    world: Any, dispatch: Any, make_channel: Any, now: datetime, today: date
) -> None:
    unit = world.unit()
    first, last, told = (world.notice(unit, world.lifts(unit)) for _ in range(3))
    dispatch(make_channel("sms", answers=[PermanentError("no such number")] * 3))

    def give_up(session: Any) -> int:
        session.execute(update(table_of(Notice)).values(reason=f"{UNWRITTEN}no words"))
        ledger = table_of(Told)
        session.execute(update(ledger).where(ledger.c.notice_id == told).values(state=ToldState.TOLD))
        [duty] = session.execute(select(ledger.c.duty_id).where(ledger.c.notice_id == first)).scalars()
        rung = {"duty_id": duty, "step": "target"}
        session.execute(update(ledger).where(ledger.c.notice_id == last).values(rung))
        return resend(session, city_id=None, today=today, now=now)

    assert world.change(give_up) == 2
    assert [world.status(one) for one in (first, last, told)] == ["cancelled", "planned", "planned"]


def test_a_rung_that_is_wholly_replaced_is_cancelled_with_the_reason(
    world: Any, dispatch: Any, make_channel: Any
) -> None:
    unit = world.unit(None)
    duties = world.lifts(unit)
    first, second = world.notice(unit, duties), world.notice(unit, duties, "gz.late")
    sms = make_channel("sms")
    dispatch(sms)
    world.contact(unit, phone="+8614000000007")
    dispatch(sms)
    assert (world.status(first), world.status(second)) == ("cancelled", "sent")
    assert world.history(first)[-1] == ("cancelled", "a later rung of the same duty goes out instead")
    assert len(sms.sent) == 1


def test_a_phone_is_no_contact_while_no_sms_is_configured(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit("+8614000000001")
    notice = world.notice(unit, world.lifts(unit))
    chat = make_channel("webchat")
    dispatch(chat)
    assert world.status(notice) == "no_contact"
    assert dispatch(chat).woken == 0
    contact = world.contact(unit, ContactRole.SAFETY_MANAGER)
    world.change(lambda s: s.add(Chat(contact_id=contact, channel="webchat", address="w-9")))
    assert dispatch(chat).sent == 1


def test_a_contact_who_left_is_not_told(world: Any, dispatch: Any, make_channel: Any, today: date) -> None:
    unit = world.unit("+8614000000001")
    notice = world.notice(unit, world.lifts(unit))

    world.change(lambda s: s.execute(update(table_of(Contact)).values(to_on=today)))
    dispatch(make_channel("sms"))
    assert world.status(notice) == "no_contact"


def test_of_how_things_stood_on_each_day_only_the_latest_is_told(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit(None)
    days = [world.notice(unit, world.lifts(unit)) for _ in range(3)]
    dispatch(make_channel("sms"))
    world.change(lambda session: session.execute(update(table_of(Notice)).values(template="desk.daily")))
    world.contact(unit, ContactRole.SAFETY_MANAGER, "+8614000000007")
    assert dispatch(make_channel("sms")).woken == 1
    assert [world.get(day).reason == REPLACED for day in days] == [True, True, False]


def test_an_invented_contact_does_not_wake_anybody_outside_the_demo(
    world: Any, dispatch: Any, make_channel: Any
) -> None:
    unit = world.unit("+8614000000001", synthetic=True)
    world.notice(unit, world.lifts(unit))
    sms = make_channel("sms")
    dispatch(sms, mode=Mode.LIVE)
    assert dispatch(sms, mode=Mode.LIVE).woken == 0
    assert [task.kind for task in world.all(Task)] == [TaskKind.NO_CONTACT]


def test_a_new_number_after_a_dead_one_is_told_what_the_dead_one_was_not(
    world: Any, dispatch: Any, make_channel: Any
) -> None:
    unit = world.unit("+8614000000001")
    notice = world.notice(unit, world.lifts(unit))
    dead = make_channel("sms", answers=[PermanentError("no such number")])
    assert dispatch(dead).failed == 1
    assert dispatch(dead).woken == 0
    world.contact(unit, ContactRole.SAFETY_MANAGER, "+8614000000007")
    assert dispatch(dead).woken == 1
    assert dead.addresses == ["+8614000000007"]
    assert (world.status(notice), world.told(notice)) == ("sent", ["told"])
    assert [task.status for task in world.all(Task)] == ["done"]


def test_when_nothing_waits_any_more_the_task_is_done(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit(None)
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms")
    dispatch(sms)
    world.change(lambda s: cancel(s, [notice], reason="the lift is out of use", now=now))
    dispatch(sms)
    assert [(task.status, task.outcome) for task in world.all(Task)] == [
        ("done", "nothing waits for this party any more")
    ]


def failures(world: Any, today: date) -> list[str]:
    """The states of the tasks about what could not be delivered, after the pass that looks at them."""
    world.change(lambda session: close_what_arrived_after_all(session, today=today))
    return [task.status for task in world.all(Task, Task.kind == TaskKind.DELIVERY_FAILED)]


def test_the_task_about_what_was_given_up_is_over_when_it_was_sent_again(
    world: Any, dispatch: Any, make_channel: Any, now: datetime, today: date
) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms", answers=[TemporaryError("busy")] * 6)
    for hours in (0, 1, 2, 5, 12, 24):
        dispatch(sms, now=now + timedelta(hours=hours))
    assert failures(world, today) == ["open"]
    world.change(lambda session: resend(session, city_id=None, today=today, now=now))
    assert (world.status(notice), failures(world, today)) == ("planned", ["open"])
    dispatch(sms, now=now + timedelta(hours=25))
    assert (world.status(notice), failures(world, today)) == ("sent", ["done"])


def test_the_task_about_what_was_given_up_is_over_when_nothing_of_it_is_due_any_more(
    world: Any, dispatch: Any, make_channel: Any, now: datetime, today: date
) -> None:
    unit = world.unit()
    duties = world.lifts(unit, 2)
    notices = [world.notice(unit, [duty]) for duty in duties]
    dispatch(make_channel("sms", answers=[PermanentError("no such number")] * 2))
    for duty, left in zip(duties, ("open", "done"), strict=True):
        world.change(lambda session, one=duty: release(session, [one], reason="done", now=now))
        assert failures(world, today) == [left]
    assert [world.status(notice) for notice in notices] == ["cancelled"] * 2
