"""The contact check: one greeting to whoever never had a message, before the first legal notice; the answers."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from actions.people.contact_survey import count_greetings, list_doubts
from actions.people.contacts import ContactError, keep_number, switch_check
from actions.told.replies import Answer, Reply, find_correspondent, sentence_of, take_reply
from notifier.channels.base import PermanentError
from schedules.doubts import settle_doubts
from schedules.duties import rebuild
from schedules.openings import coming_openings
from store.events import Event
from store.lifts import BEGINNING, Lift, LiftRole, Regime, Responsibility
from store.notices import Notice
from store.parties import Contact, ContactRole
from store.tasks import Task, TaskKind
from tixing.planning import plan_cities

SOON, LATER = date(2027, 3, 31), date(2027, 4, 30)  # whose first rung opens on 1 December and 4 January
TODAY_DUE = date(2027, 1, 31)
FIRST, SECOND = "+8613900000001", "+8613900000002"


class Check:
    """Guangzhou with its rules, where new contacts are greeted."""

    def __init__(self, world: Any, now: datetime, today: date) -> None:
        self.world, self.now, self.today = world, now, today
        world.change(self._found)

    def _found(self, session: Session) -> None:
        session.add(Regime(city_id="guangzhou", from_on=BEGINNING, rulebook="guangzhou"))
        session.flush()
        switch_check(session, "guangzhou", on=True)

    def unit(self, lifts: int = 1, valid_until: date = SOON, **contact: Any) -> int:
        """A use unit with one contact and lifts with these dates."""
        unit: int = self.world.party()
        self.world.contact(unit, **{"phone": FIRST, **contact})
        self.lifts(unit, lifts, valid_until)
        return unit

    def lifts(self, unit: int, number: int, valid_until: date) -> None:
        def add(session: Session) -> None:
            ids = []
            for _ in range(number):
                stated = {"valid_until": valid_until, "valid_precision": "month", "cycle": valid_until}
                key = f"A{next(self.world.numbers)}"
                lift = Lift(city_id="guangzhou", key=key, district_code="440106", **stated)
                session.add(lift)
                session.flush()
                ids.append(lift.id)
                held = {"party_id": unit, "role": LiftRole.USE_UNIT, "from_on": date(2020, 1, 1)}
                session.add(Responsibility(lift_id=lift.id, **held))
            session.flush()
            rebuild(session, city_id="guangzhou", today=self.today, now=self.now, lift_ids=ids)

        self.world.change(add)

    def plan(self, days: int = 0) -> list[Notice]:
        """The greetings there are after the plan of so many days later."""
        later = timedelta(days=days)
        self.world.change(lambda session: plan_cities(session, today=self.today + later, now=self.now + later))
        return list(self.world.all(Notice, Notice.step == "greeting"))

    def answer(self, number: str, said: Answer, key: str = "sms-1") -> tuple[bool, str]:
        """What a reply by SMS does, and the sentence for it."""

        def take(session: Session) -> tuple[bool, str]:
            known = find_correspondent(session, number, "sms", today=self.today)
            assert known is not None
            assert known.notice_id is not None
            assert known.delivery_id is not None
            reply = Reply(known.notice_id, known.delivery_id, said, "sms", key)
            changed = take_reply(session, reply, now=self.now, today=self.today)
            return changed, sentence_of(session, known.notice_id, said)

        answered: tuple[bool, str] = self.world.change(take)
        return answered


@pytest.fixture
def check(world: Any, now: datetime, today: date) -> Check:
    return Check(world, now, today)


@pytest.fixture
def send(dispatch: Any, check: Check) -> Callable[..., Any]:
    """`send(sms, days=1)`: a pass on that day."""

    def go(*channels: Any, days: int = 0) -> Any:
        later = timedelta(days=days)
        return dispatch(*channels, today=check.today + later, now=check.now + later)

    return go


def test_who_answers_for_sixty_lifts_is_greeted_once_and_reads_who_we_are(
    check: Check, send: Any, make_channel: Any
) -> None:
    check.unit(60)
    assert len(check.plan()) == len(check.plan()) == 1
    sms = make_channel("sms")
    send(sms)
    [message] = sms.sent
    assert message.body.endswith(
        "您好，这里是检验一部。本号码登记为广州示例云荔物业服务有限公司（60台电梯）的检验联系人，对请回1，不是请回3。"
    )
    assert message.prepared.segments == 1
    assert len(check.plan(days=1)) == 1


def test_a_manager_of_two_units_is_greeted_once(check: Check) -> None:
    check.unit()
    check.unit()
    assert len(check.plan()) == 1


@pytest.mark.parametrize(
    "unit",
    [
        {"valid_until": LATER},
        {"valid_until": TODAY_DUE},
        {"phone": "+862012345678"},
        {"phone": None, "chats": [("webchat", "unit-1")]},
        {"chats": [("webchat", "unit-1")]},
        {"synthetic": True},
    ],
    ids=["opens later", "is due today", "landline", "chat alone", "chat and phone", "invented"],
)
def test_these_are_not_greeted(check: Check, unit: dict[str, Any]) -> None:
    check.unit(**unit)
    assert check.plan() == []


def test_where_it_is_not_switched_on_nobody_is_greeted(check: Check) -> None:
    check.unit()
    assert check.world.change(lambda session: switch_check(session, "guangzhou", on=False))
    assert not check.world.change(lambda session: switch_check(session, "guangzhou", on=False))
    assert check.plan() == []
    with pytest.raises(ContactError, match="there is no register of 'nowhere'"):
        check.world.change(lambda session: switch_check(session, "nowhere", on=True))


def test_who_had_a_message_before_is_not_greeted(check: Check, send: Any, make_channel: Any) -> None:
    unit = check.unit()
    told = check.world.notice(unit, check.world.lifts(unit), on=check.today - timedelta(days=1))
    send(make_channel("sms"), days=-1)
    assert check.world.status(told) == "sent"
    assert check.plan() == []


def test_a_day_has_no_more_greetings_than_the_floor_of_a_plan(check: Check) -> None:
    for number in range(23):
        check.unit(phone=f"+861390000{number:04}")
    assert len(check.plan()) == 20
    assert len(check.plan()) == 20
    assert len(check.plan(days=1)) == 23


def test_a_greeting_that_could_not_leave_gives_way_to_the_legal_notice(check: Check) -> None:
    check.unit()
    [greeting] = check.plan()
    [greeting] = check.plan(days=8)  # 1 December
    assert (greeting.status, greeting.reason) == ("cancelled", "overtaken")
    assert [notice.status for notice in check.world.all(Notice, Notice.step == "sms")] == ["planned"]


def test_one_confirms_once_and_is_on_record(check: Check, send: Any, make_channel: Any) -> None:
    check.unit()
    [greeting] = check.plan()
    send(make_channel("sms"))
    assert check.answer(FIRST, Answer.WILL_BOOK) == (True, "confirmed")
    assert check.answer(FIRST, Answer.WILL_BOOK) == (False, "confirmed")
    [event] = check.world.all(Event, Event.kind == "urging_answered")
    assert (event.on_date, event.payload["answer"], event.payload["notice"]) == (check.today, "confirmed", greeting.id)
    assert ("sent", "answered by sms: confirmed") in check.world.history(greeting.id)
    assert check.world.change(count_greetings) == {"sent": 1, "confirmed": 1, "not_me": 0}


def test_three_takes_the_next_contact_until_somebody_has_decided(check: Check, send: Any, make_channel: Any) -> None:
    unit = check.unit()
    check.world.contact(unit, ContactRole.SAFETY_MANAGER, SECOND)
    check.plan()
    send(make_channel("sms"))
    assert check.answer(FIRST, Answer.NOT_OURS) == (True, "not_me")
    [doubt] = check.world.all(Task, Task.kind == TaskKind.BAD_PHONE)
    assert (doubt.owner_party_id, doubt.party_id, doubt.detail["number"]) == (900, unit, FIRST)
    [line] = check.world.change(list_doubts)
    assert (line.number, line.said_by) == (FIRST, "sms")

    sms = make_channel("sms")
    check.plan(days=8)
    send(sms, days=8)
    assert sms.addresses == [SECOND]

    decide = lambda session: keep_number(session, FIRST, by="陈一鸣", today=check.today)  # noqa: E731  # used twice
    check.world.change(decide)
    assert check.world.change(list_doubts) == []
    with pytest.raises(ContactError, match="is not in doubt"):
        check.world.change(decide)


def test_who_is_not_of_one_unit_is_still_told_about_the_other(check: Check, send: Any, make_channel: Any) -> None:
    unit, other = check.unit(), check.unit()
    [greeting] = check.plan()
    assert greeting.party_id == unit
    send(make_channel("sms"))
    check.answer(FIRST, Answer.NOT_OURS)
    [doubt] = check.world.all(Task, Task.kind == TaskKind.BAD_PHONE)
    assert (doubt.key, doubt.party_id) == (f"number:{FIRST}:{unit}", unit)
    assert [(one.number, one.since) for one in check.world.change(list_doubts)] == [(FIRST, check.today)]

    sms = make_channel("sms")
    check.plan(days=8)
    for days in (8, 9):
        send(sms, make_channel("call_task"), days=days)
    told = check.world.all(Notice, Notice.step == "sms")
    assert {(notice.party_id, notice.status) for notice in told} == {(unit, "no_contact"), (other, "sent")}
    [waiting] = [notice for notice in told if notice.party_id == unit]
    assert [detail for _, detail in check.world.history(waiting.id)] == ["nobody at the party can be reached"]

    check.world.change(lambda session: keep_number(session, FIRST, by="陈一鸣", today=check.today))
    send(sms, days=10)
    assert check.world.status(waiting.id) == "sent"


def test_a_doubt_for_one_unit_is_over_when_that_unit_has_another_number(
    check: Check, send: Any, make_channel: Any
) -> None:
    unit, other = check.unit(), check.unit()
    check.plan()
    send(make_channel("sms"))
    check.answer(FIRST, Answer.NOT_OURS)
    assert check.world.change(lambda session: settle_doubts(session, today=check.today)) == 0
    check.world.change(lambda session: leave(session, FIRST, check.today, other))
    assert check.world.change(lambda session: settle_doubts(session, today=check.today)) == 0
    check.world.change(lambda session: leave(session, FIRST, check.today, unit))
    assert check.world.change(lambda session: settle_doubts(session, today=check.today)) == 1


def test_who_says_one_after_three_has_decided(check: Check, send: Any, make_channel: Any) -> None:
    check.unit()
    check.plan()
    send(make_channel("sms"))
    check.answer(FIRST, Answer.NOT_OURS, "sms-1")
    check.answer(FIRST, Answer.WILL_BOOK, "sms-2")
    assert check.world.change(list_doubts) == []
    assert check.world.change(count_greetings) == {"sent": 1, "confirmed": 1, "not_me": 0}


def test_a_number_that_does_not_work_is_found_out_weeks_before(check: Check, send: Any, make_channel: Any) -> None:
    unit = check.unit()
    check.world.contact(unit, ContactRole.SAFETY_MANAGER, SECOND)
    [greeting] = check.plan()
    sms, calls = make_channel("sms", answers=[PermanentError("30005 unknown destination")]), make_channel("call_task")
    send(sms, calls)
    assert (sms.sent, calls.sent) == ([], [])  # nobody else is asked, and nobody phoned
    assert check.world.status(greeting.id) == "failed"
    [task] = check.world.all(Task)
    assert (task.kind, task.key, task.party_id) == (TaskKind.BAD_PHONE, f"failing:{FIRST}", unit)
    assert len(check.plan(days=1)) == 1

    assert check.world.change(lambda session: settle_doubts(session, today=check.today)) == 0
    check.world.change(lambda session: leave(session, FIRST, check.today))
    assert check.world.change(lambda session: settle_doubts(session, today=check.today)) == 1


def test_a_greeting_whose_person_is_gone_is_given_up(check: Check, send: Any, make_channel: Any) -> None:
    check.unit()
    [greeting] = check.plan()
    check.world.change(lambda session: leave(session, FIRST, check.today))
    send(make_channel("sms"))
    assert check.world.status(greeting.id) == "cancelled"
    assert check.world.all(Task) == []


def leave(session: Session, phone: str, on: date, party: int | None = None) -> None:
    """The register has no more this person, at this party or at all."""
    for contact in session.exec(select(Contact).where(Contact.phone == phone)):
        if party in (None, contact.party_id):
            contact.to_on = on


def coming(check: Check) -> list[int]:
    """The parties whose first rung opens within two weeks, as seen today."""
    openings = check.world.change(lambda session: coming_openings(session, "guangzhou", today=check.today, days=14))
    return [opening.party_id for opening in openings]


def test_who_is_due_today_is_left_out_also_where_the_notice_is_put_off_to_another_day(check: Check) -> None:
    unit, other = check.unit(valid_until=SOON), check.unit(valid_until=SOON)
    check.lifts(unit, 1, TODAY_DUE)
    assert coming(check) == [other]


def test_who_was_told_something_today_is_left_out_until_tomorrow(check: Check, send: Any, make_channel: Any) -> None:
    unit = check.unit(valid_until=SOON)
    assert coming(check) == [unit]
    told = check.world.notice(unit, check.world.lifts(unit))
    send(make_channel("sms"))
    assert check.world.status(told) == "sent"
    assert coming(check) == []


def test_a_greeting_that_failed_is_not_tried_again_when_a_contact_is_found_for_something_else(
    check: Check, send: Any, make_channel: Any
) -> None:
    unit = check.unit()
    [greeting] = check.plan()
    send(make_channel("sms", answers=[PermanentError("30005 unknown destination")]))
    other = check.world.notice(unit, check.world.lifts(unit))
    send(make_channel("sms", answers=[PermanentError("30005 unknown destination")]))
    assert check.world.status(other) == "failed"
    check.world.contact(unit, ContactRole.SAFETY_MANAGER, SECOND)
    sms = make_channel("sms")
    send(sms)
    assert sms.addresses == [SECOND]
    assert (check.world.status(other), check.world.status(greeting.id)) == ("sent", "failed")
    assert [detail for status, detail in check.world.history(greeting.id) if status == "planned"][1:] == []
