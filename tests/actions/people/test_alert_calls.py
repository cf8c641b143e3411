"""Calls about an alert that a person makes: they stay on the list, are told to the right people, and count as an
answer; and how the rounds come to an end."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from actions.alerts.numbers import RescueCentre, set_rescue_centre
from actions.alerts.rungs import MOST_AT_RESCUE
from actions.alerts.steps import end_by_operator
from actions.desk.calls import Press, no_answer, told
from actions.told.replies import Answer, Reply, find_correspondent, take_reply
from notifier.call_receipts import take_call_receipts
from notifier.channels.base import UNLIMITED, OutgoingMessage
from notifier.channels.call_task import CallTasks
from notifier.dispatch import dispatch_due
from notifier.former_contacts import leave_former_contacts
from notifier.modes import Mode
from store.alerts import Alert, AlertTold
from store.notices import Delivery, Notice, NoticeLog
from store.parties import Contact, ContactScope
from store.tasks import Task, TaskKind
from tixing.process import plan_pass

pytestmark = pytest.mark.one_store

EMERGENCY = "+862038000000"
RESCUE = RescueCentre("天河电梯应急救援", "96333", "+862096333")


class Sms:
    """A channel that takes everything."""

    name = prefix = "sms"
    list_lag = timedelta(0)
    rates = UNLIMITED

    def __init__(self) -> None:
        self.sent: list[OutgoingMessage] = []

    async def send(self, message: OutgoingMessage) -> str:
        self.sent.append(message)
        return f"sms-{len(self.sent)}-{message.prepared.notice_id}"

    async def find(self, attempt: Any) -> list[str]:
        return []

    async def close(self) -> None:
        pass


def send(town: Any) -> None:
    """A pass where nothing but a person calls."""
    channels: Any = {"sms": Sms(), "call_task": CallTasks(town.database)}
    values: dict[str, Any] = {"now": town.now, "today": town.now.date(), "mode": Mode.LIVE, "owner": "test"}
    asyncio.run(dispatch_due(town.database, channels, **values))


def calls_to(town: Any, number: str, status: str = "open") -> list[Task]:
    found = town.read(select(Task).where(Task.kind == TaskKind.CALL, Task.status == status).order_by(col(Task.id)))
    return [one for one in found if one.detail["number"] == number]


def press(town: Any, outcome: Any, task_id: int, key: str = "k") -> None:
    assert town.act(outcome, press=Press(task_id, "陈一鸣", key, town.now, town.now.date()))


def state(town: Any) -> str:
    [alert] = town.read(select(Alert))
    return alert.state


def test_a_call_to_a_number_that_is_nobody_s_stays_through_plans_and_repeats_and_acknowledges(town: Any) -> None:
    town.act(set_rescue_centre, city_id="guangzhou", centre=RESCUE)
    town.do("set_emergency_phone", "admin", phone="020-38000000")
    town.do("report_entrapment", "contact", lift_id=town.lift())
    send(town)
    [call], [rescue] = calls_to(town, EMERGENCY), calls_to(town, "+862096333")
    assert town.act(leave_former_contacts, today=town.now.date(), now=town.now) == 0
    press(town, no_answer, call.id, "first")
    assert "again_at" in calls_to(town, EMERGENCY)[0].detail
    assert "emergency#2" in town.climb(15)
    send(town)
    [same] = calls_to(town, EMERGENCY)
    assert (same.id, "again_at" in same.detail) == (call.id, False), "the same call, and to be made now"
    town.climb(5)
    send(town)
    assert [one.id for one in calls_to(town, "+862096333")] == [rescue.id]
    press(town, told, rescue.id)
    assert state(town) == "reported", "the rescue centre does not answer for the maintainer"
    press(town, told, call.id)
    assert state(town) == "acknowledged"
    assert town.act(take_call_receipts, now=town.now) == 2


def test_the_people_in_charge_of_the_place_are_told_and_a_dispatcher_too(town: Any) -> None:
    lift = town.lift()

    def move(session: Session) -> None:
        here = ContactScope(contact_id=town.contacts["worker"], compound="云荔花园", building="")
        there = ContactScope(contact_id=town.contacts["dispatcher"], compound="珠浦苑", building="")
        session.add_all([here, there])

    town.in_store(move)
    town.do("report_fault", "contact", lift_id=lift, what="门")
    assert [name for name, _ in town.told()] == ["worker"]
    town.do("report_entrapment", "contact", lift_id=lift)
    told_of = [one.name for one in town.messages() if one.template == "alert.entrapment" and one.channel == "sms"]
    assert told_of == ["worker", "dispatcher"]
    town.do("set_emergency_phone", "admin", phone="020-38000000")
    town.do("report_entrapment", "contact", lift_id=lift)
    assert EMERGENCY in [one.address for one in town.messages()], "before whoever is in charge of the place"


def test_of_two_reports_of_one_lift_one_is_withdrawn_without_a_word(town: Any) -> None:
    lift = town.lift()
    first = town.do("report_entrapment", "contact", lift_id=lift)
    send(town)
    second = town.do("report_entrapment", "manager", lift_id=lift)
    assert town.do("withdraw_entrapment", "contact", alert_id=first.id).state == "withdrawn"
    mistaken = select(Notice).where(Notice.template == "alert.entrapment.mistake")
    assert town.read(mistaken) == []
    town.do("withdraw_entrapment", "manager", alert_id=second.id)
    who = {one.name for one in town.messages() if one.template == "alert.entrapment.mistake"}
    assert {"worker", "dispatcher", "head"} <= who, "who was told of the first alone hears it now"


def test_1_said_again_means_that_they_are_on_it(town: Any) -> None:
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    notice = next(one for one in town.notices() if one.step == "emergency")

    def answer() -> None:
        def call(session: Session) -> int:
            row = {"channel": "voice", "address": "+8614000000007", "template": notice.template}
            row |= {"template_version": "1", "language": "zh", "body": "有人被困", "segments": 1}
            row |= {"status": "delivered", "settled_at": town.now, "attempted_at": town.now}
            found = Delivery(notice_id=notice.id, contact_id=town.contacts["dispatcher"], **row)
            session.add(found)
            session.flush()
            return found.id

        reply = Reply(notice.id, town.in_store(call), Answer.WILL_BOOK, "call", "k")
        town.act(take_reply, reply=reply, now=town.now, today=town.now.date())

    answer()
    assert town.climb(10) == ["not_under_way"]
    assert town.climb(10) == ["crew_again#2"]
    answer()
    assert {one.step: one.status for one in town.notices()}["crew_again#2"] == "cancelled"
    assert town.climb(19) == []
    assert town.climb(1) == ["crew_again#3"], "after the first wait, under a name of its own"
    town.do("set_out", "worker", alert_id=alert.id)
    assert town.climb(29) == []
    answer()
    assert town.climb(29) == []
    assert town.climb(1) == ["not_there"]


def test_the_rounds_end_with_a_last_word_and_a_task_and_an_operator_ends_the_alert(town: Any) -> None:
    town.act(set_rescue_centre, city_id="guangzhou", centre=RESCUE)
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    said = [step for _ in range(40) for step in town.climb(5)]
    assert sum(step.startswith("rescue#") for step in said) == MOST_AT_RESCUE
    assert said[-2:] == ["unit_last_reported", "maintainer_last_reported"]
    assert town.now - alert.reported_at == timedelta(minutes=200)
    last = [one for one in town.messages() if one.template == "alert.entrapment.unended"]
    assert [one.name for one in last] == ["head", "admin"]
    assert all("无人报告" in one.body for one in last)
    asked = select(Task).where(Task.kind == TaskKind.ENTRAPMENT_NOT_ENDED)
    [task] = town.read(asked)
    assert (task.status, task.owner_party_id is not None) == ("open", True)
    assert town.climb(600) == []
    ended = town.act(end_by_operator, alert_id=alert.id, by="周八", now=town.now, today=town.now.date())
    assert (ended.state, ended.ended_by) == ("freed", None)
    assert [one.status for one in town.read(asked)] == ["dropped"]
    assert any("周八" in line.detail for line in town.read(select(NoticeLog)))
    assert "step:freed" in town.read(select(AlertTold.rung)), "whoever reported it hears it"
    with pytest.raises(ValueError, match="it is over"):
        town.act(end_by_operator, alert_id=alert.id, by="周八", now=town.now, today=town.now.date())


def test_1_by_sms_from_the_emergency_number_is_the_maintainer_s(town: Any) -> None:
    town.do("set_emergency_phone", "admin", phone="138 0013 8000")
    town.do("report_entrapment", "contact", lift_id=town.lift())
    send(town)
    found = town.act(find_correspondent, number="+8613800138000", channel="sms", today=date(2026, 11, 23))
    assert found is not None
    reply = Reply(found.notice_id, found.delivery_id, Answer.WILL_BOOK, "sms", "k")
    town.act(take_reply, reply=reply, now=town.now, today=town.now.date())
    assert state(town) == "acknowledged"


def test_a_plan_takes_alerts_before_their_calls_as_whoever_takes_a_step_does(town: Any) -> None:
    town.do("report_entrapment", "contact", lift_id=town.lift())
    seen: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(town.database.engine, "before_cursor_execute", keep)
    plan_pass(town.database, now=town.now, process="test")
    event.remove(town.database.engine, "before_cursor_execute", keep)
    alerts, tasks = (next(n for n, one in enumerate(seen) if f"FROM {table}" in one) for table in ("alert", "task"))
    assert alerts < tasks
    assert town.read(select(Contact.id)), "and the plan came to its end"
