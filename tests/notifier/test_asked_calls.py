"""Calls that somebody asked for: whom they go to, and what the caller reads."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from actions.desk import calls as verbs
from actions.told.replies import Answer, Reply, take_reply
from notifier.calls import rewrite_calls
from notifier.channels.call_task import CallTasks
from notifier.former_contacts import leave_former_contacts
from store.duties import Duty
from store.lifts import LiftRole, Responsibility
from store.parties import Contact, ContactRole
from store.tasks import Task, TaskKind, TaskStatus

FIRST, SECOND = "+8614000000001", "+8614000000002"
UNIT = "广州示例云荔物业服务有限公司"


class Asking:
    """Notices by SMS that are answered by 2."""

    def __init__(self, world: Any, dispatch: Any, sms: Any, now: datetime, today: date) -> None:
        self.world, self.sms, self.now, self.today = world, sms, now, today
        self.dispatch = dispatch

    def ask(self, notice: int) -> Task:
        """The call that the reader of this notice asks for."""
        self.send()
        [sent] = self.world.deliveries(notice)
        reply = Reply(notice, sent.id, Answer.CALL_BACK, "sms", f"sms-{notice}")
        self.world.change(lambda session: take_reply(session, reply, now=self.now, today=self.today))
        self.pass_by()
        return self.call(notice)

    def send(self) -> None:
        self.dispatch(self.sms, CallTasks(self.world.database))

    def call(self, notice: int) -> Task:
        [call] = self.world.all(Task, Task.kind == TaskKind.CALL, Task.notice_id == notice)
        return call

    def pass_by(self) -> None:
        """What a pass does with open calls."""
        self.world.change(lambda session: leave_former_contacts(session, today=self.today, now=self.now))
        self.world.change(lambda session: rewrite_calls(session, today=self.today))

    def leave(self, party: int) -> None:
        """Everybody who is at the party goes."""

        def go(session: Session) -> None:
            for contact in session.exec(select(Contact).where(Contact.party_id == party)):
                contact.to_on = self.today

        self.world.change(go)

    def press(self, verb: Callable[..., bool], task: int, **more: Any) -> bool:
        press = verbs.Press(task, "陈一鸣", f"tap-{task}", self.now, self.today)
        return bool(self.world.change(lambda session: verb(session, press, **more)))


@pytest.fixture
def asking(world: Any, dispatch: Any, make_channel: Any, now: datetime, today: date) -> Asking:
    return Asking(world, dispatch, make_channel("sms"), now, today)


def maintained(world: Any, language: str = "zh") -> tuple[int, list[int]]:
    """A maintainer with somebody to write to, and the duty of a lift that it maintains for a unit."""
    duties = world.lifts(world.unit(FIRST))
    party = world.party("示例维保有限公司", language=language)
    world.contact(party, ContactRole.MAINTAINER_CONTACT, SECOND, name="王强")

    def maintain(session: Session) -> None:
        lift_id = session.get_one(Duty, duties[0]).lift_id
        held = Responsibility(party_id=party, role=LiftRole.MAINTAINER, lift_id=lift_id, from_on=date(2020, 1, 1))
        session.add(held)

    world.change(maintain)
    return party, duties


@pytest.mark.parametrize(
    ("language", "whom", "about"),
    [
        ("zh", "请问是示例维保有限公司的王强吗", "关于贵公司维保的云荔花园 1 台电梯：检验到期日2027年2月"),
        ("en", "Am I speaking with 王强 of 示例维保有限公司?", "about 1 of the lifts that you maintain at 云荔花园: "),
    ],
)
def test_a_maintainers_person_is_asked_for_at_the_maintainer(
    asking: Asking, language: str, whom: str, about: str
) -> None:
    party, duties = maintained(asking.world, language)
    script = asking.ask(asking.world.notice(party, duties, "gz.sms.maint")).detail["script"]
    assert whom in script
    assert about in script
    assert "贵单位" not in script


def test_a_regulators_officer_is_asked_for_at_the_regulator(asking: Asking) -> None:
    duties = asking.world.lifts(asking.world.unit(FIRST), 2)
    party = asking.world.party("天河区市场监督管理局")
    asking.world.contact(party, ContactRole.REGULATOR_OFFICER, SECOND, name="王强")
    script = asking.ask(asking.world.notice(party, duties, "gz.unbooked")).detail["script"]
    assert "请问是天河区市场监督管理局的王强吗" in script
    assert "关于贵辖区云荔花园 2 台电梯" in script
    assert f"，{UNIT}" in script


def test_only_a_use_unit_agrees_on_a_day(asking: Asking) -> None:
    party, duties = maintained(asking.world)
    call = asking.ask(asking.world.notice(party, duties, "gz.sms.maint"))
    with pytest.raises(verbs.CallError, match="is to no use unit: only who uses the lifts agrees on a day; say told"):
        asking.press(verbs.booked, call.id, visit_on=date(2027, 1, 10))
    assert asking.call(call.notice_id).status == TaskStatus.OPEN
    assert asking.press(verbs.told, call.id)


@pytest.mark.parametrize(("language", "ignore"), [("zh", "此前的通知有误"), ("en", "was a mistake")])
def test_a_date_that_is_to_be_ignored_is_not_told_to_who_asks(asking: Asking, language: str, ignore: str) -> None:
    unit = asking.world.party(language=language)
    asking.world.contact(unit, phone=FIRST)
    notice = asking.world.notice(unit, asking.world.lifts(unit), "gz.mistaken", step="mistaken.sms")
    script = asking.ask(notice).detail["script"]
    assert ignore in script
    assert "云荔花园" in script
    assert "2027" not in script


def test_a_call_that_was_asked_for_goes_to_no_number_in_doubt(asking: Asking) -> None:
    other = asking.world.unit(SECOND)
    doubted = asking.world.notice(other, asking.world.lifts(other), "gz.call")
    asking.send()
    asking.press(verbs.wrong_number, asking.call(doubted).id)
    unit = asking.world.unit(FIRST)
    notice = asking.world.notice(unit, asking.world.lifts(unit))
    asking.ask(notice)
    asking.leave(unit)
    asking.world.contact(unit, phone=SECOND, name="周宁")
    asking.pass_by()
    assert asking.call(notice).status == TaskStatus.DROPPED
    assert asking.call(notice).detail["number"] == FIRST


def test_a_call_to_who_has_left_waits_for_somebody_and_says_so(asking: Asking) -> None:
    unit = asking.world.unit(FIRST)
    notice = asking.world.notice(unit, asking.world.lifts(unit))
    asked = asking.ask(notice)
    asking.leave(unit)
    asking.pass_by()
    ended = asking.call(notice)
    assert (ended.status, ended.closed_on) == (TaskStatus.DROPPED, asking.today)
    assert ended.outcome == "this number is no longer the party's, and nobody else there can be called"
    asking.send()  # which closes what waits for no notice
    asking.pass_by()
    [missing] = asking.world.all(Task, Task.kind == TaskKind.NO_CONTACT)
    assert (missing.status, missing.party_id, missing.detail["unit"]) == (TaskStatus.OPEN, unit, UNIT)
    asking.world.contact(unit, phone=SECOND, name="周宁")
    asking.pass_by()
    again = asking.call(notice)
    assert (again.id, again.status, again.outcome) == (asked.id, TaskStatus.OPEN, "")
    assert (again.detail["number"], "周宁" in again.detail["script"]) == (SECOND, True)
    [missing] = asking.world.all(Task, Task.kind == TaskKind.NO_CONTACT)
    assert (missing.status, missing.outcome) == (TaskStatus.DONE, "a contact was found")
