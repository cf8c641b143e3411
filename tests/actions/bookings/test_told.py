"""Who hears of a visit, who may open it, and what of it is not said any more when it has changed."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from actions.checks.desk import confirm_saying
from actions.checks.sayings import say_inspected, say_out_of_use
from actions.desk.calls import Press
from actions.desk.calls import booked as agree
from actions.desk.day import call_day, enter_call
from actions.lifts.explain import explain_notice
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.told.sent import sent_to_us
from actions.visits.bookings import book_visit, bookings_of, cancel_visit, days_to_move, move_booking, visit_of
from actions.visits.follow import follow_visits
from actions.visits.inspections import book as agree_on
from actions.visits.inspections import record_inspection
from actions.visits.slots import change_places
from notifier.channels.demo import DemoSms
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from notifier.prepare import prepare
from schedules.duties import rebuild
from store.database import table_of
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Notice, NoticeStatus
from store.parties import Contact, ContactRole, ContactScope
from store.tasks import Task, TaskKind

pytestmark = pytest.mark.one_store

DAY, NEXT, EVE, LATER_EVE = date(2026, 4, 8), date(2026, 4, 9), date(2026, 4, 7), date(2026, 4, 8)
CHANNELS = ("webchat", "sms")


@pytest.fixture
def lifts(place: Any) -> list[int]:
    """Two lifts that 维保一公司 maintains; 陈一鸣 is there for all, 李一栋 for building 1 alone."""
    place.person("李一栋", "云荔物业", ContactRole.UNIT_CONTACT, "+8614000000011")
    found = [place.lift(key, "云荔物业") for key in "12"]
    maintainer = place.parties["维保一公司"]

    def settle(session: Any) -> None:
        for lift_id in found:
            responsibility = {"lift_id": lift_id, "party_id": maintainer, "role": LiftRole.MAINTAINER}
            session.add(Responsibility(**responsibility, from_on=date(2020, 1, 1)))
        session.add(ContactScope(contact_id=place.people["李一栋"].contact_id, compound="云荔花园", building="1栋"))

    place.write(settle)
    return found


def said(place: Any, on: date) -> list[tuple[str, str]]:
    """(template, who reads it) of what leaves on this day."""

    def read(session: Any) -> list[tuple[str, str]]:
        query = select(Notice.id).where(Notice.send_on == on, col(Notice.template).startswith("booking."))
        found = prepare(session, session.exec(query.order_by(col(Notice.id))).all(), CHANNELS, on)
        return [(one.template.removeprefix("booking."), one.name) for one in found]

    return place.ask(read)


def follow(place: Any, on: date) -> list[tuple[str, str]]:
    """What the plan of this day says of visits, and what else leaves then."""
    place.write(lambda session: follow_visits(session, today=on))
    return said(place, on)


def body(place: Any, template: str) -> str:
    def read(session: Any) -> str:
        notice = session.exec(select(Notice).where(Notice.template == template)).all()[-1]
        return prepare(session, [notice.id], CHANNELS, notice.send_on)[0].body

    return place.ask(read)


def book(place: Any, lifts: list[int], who: str) -> int:
    return place.do(book_visit, who, lift_ids=lifts, day=DAY, half="am").visits[0].visit_id


def test_what_the_department_does_is_told_to_the_unit_and_to_the_maintainer(place: Any, lifts: list[int]):
    visit = book(place, lifts, "何值班")
    both = [("made", "李一栋"), ("made", "陈一鸣"), ("made.maint", "维保甲")]
    assert sorted(said(place, place.today)) == sorted(both)
    assert "天河检验部已约定 4月8日上午（09:30 起）检验贵单位 2 台电梯" in body(place, "booking.made")
    why = place.write(lambda session: explain_notice(session, session.exec(select(Notice.id)).first()))
    assert len(why["lifts"]) == 2, "why it came names its lifts"
    assert place.write(lambda session: follow_visits(session, today=place.today)) == 0, "whoever pressed has told of it"
    place.do(move_booking, "何值班", visit_id=visit, day=NEXT, half="pm")
    assert {what for what, _ in said(place, place.today)} == {"moved", "moved.maint"}
    assert "由 4月8日 改到 4月9日下午" in body(place, "booking.moved")
    assert {what for what, _ in follow(place, EVE)} == {"soon", "soon.maint"}, "not the day before the old day"
    place.do(cancel_visit, "何值班", visit_id=visit)
    assert {what for what, _ in said(place, place.today)} == {"off", "off.maint"}
    assert follow(place, LATER_EVE) == []


def test_who_books_is_not_told_and_their_colleagues_in_charge_are(place: Any, lifts: list[int]):
    book(place, lifts, "陈一鸣")
    assert sorted(said(place, place.today)) == [("made", "李一栋"), ("made.maint", "维保甲")]
    place.do(book_visit, "黄敏", lift_ids=[place.lift("7", "珠水物业")], day=DAY, half="am")
    assert len(said(place, place.today)) == 2, "who is alone at a unit hears nothing of what they did themselves"


def test_a_lift_that_is_off_the_visit_is_not_said_to_be_on_it(place: Any, lifts: list[int]):
    book(place, lifts, "何值班")
    deed = {"by": place.parties["天河检验部"], "now": place.asked("何值班").now, "today": place.today, "key": "k"}
    place.write(
        lambda session: record_inspection(session, lift_ids=lifts[:1], on=place.today, conclusion="pass", **deed)
    )
    assert follow(place, EVE) == [("near", "陈一鸣"), ("near.maint", "维保甲")]
    assert follow(place, EVE) == [("near", "陈一鸣"), ("near.maint", "维保甲")], "once"
    assert "1 台" in body(place, "booking.near")


def test_a_visit_is_opened_by_whose_lifts_are_on_it_and_changed_by_whose_all_are(place: Any, lifts: list[int]):
    of_both, of_the_other = book(place, lifts, "陈一鸣"), book(place, [place.lift("9", "云荔物业")], "陈一鸣")
    seen = place.do(visit_of, "李一栋", visit_id=of_both)
    assert ([lift.lift_id for lift in seen.lifts], seen.others, seen.changeable) == (lifts[:1], 1, False)
    assert [one.visit_id for one in place.do(bookings_of, "李一栋")] == [of_both]
    for verb, who, visit in (
        (visit_of, "李一栋", of_the_other),
        (visit_of, "维保甲", of_the_other),
        (visit_of, "越秀值班", of_both),
        (visit_of, "黄敏", of_both),
        *((one, who, of_both) for one in (cancel_visit, days_to_move) for who in ("李一栋", "维保甲", "越秀值班")),
    ):
        with pytest.raises(NotAllowedError):
            place.do(verb, who, visit_id=visit)
    (theirs,) = place.do(bookings_of, "维保甲")
    assert (theirs.visit_id, len(theirs.lifts), theirs.unit) == (of_both, 2, "云荔物业")
    assert place.do(visit_of, "维保甲", visit_id=of_both).changeable is False
    assert place.do(visit_of, "陈一鸣", visit_id=of_both).changeable is True


def test_who_is_there_for_one_building_reads_nothing_of_visits_and_sayings_of_another(place: Any, lifts: list[int]):
    place.do(book_visit, "何值班", lift_ids=lifts[1:], day=DAY, half="am")
    place.do(say_out_of_use, "陈一鸣", lift_ids=lifts[1:])
    (check,) = place.checks()
    place.do(confirm_saying, "何值班", task_id=check.task_id)
    assert {line.duty for line in place.do(sent_to_us, "陈一鸣").lines} >= {"booking", "saying"}
    assert {line.duty for line in place.do(sent_to_us, "李一栋").lines} & {"booking", "saying"} == set()


def test_a_day_without_room_is_said_to_the_clerk_and_booked_only_on_purpose(place: Any, lifts: list[int]):
    place.do(change_places, "何值班", first=DAY, last=DAY, half=None, places=0)

    def open_call(session: Any) -> int:
        notice = Notice(
            city_id="guangzhou", planned_on=place.today, send_on=place.today, party_id=place.parties["云荔物业"],
            duty="periodic_inspection", rule="gz.inspection", step="call", audience="unit_contact",
            channel_class="call", template="gz.call", status="sent", settled_at=place.asked("何值班").now,
        )  # fmt: skip
        session.add(notice)
        session.flush()
        task = Task(
            kind=TaskKind.CALL, key="c", city_id="guangzhou", owner_party_id=place.parties["天河检验部"],
            party_id=notice.party_id, notice_id=notice.id, detail={"lifts": ["1", "2"], "number": "+8614000000001"},
            opened_on=place.today,
        )  # fmt: skip
        session.add(task)
        session.flush()
        return task.id

    call = place.write(open_call)
    about = {"task_id": call, "visit_on": DAY}
    short = place.do(call_day, "何值班", **about)
    assert (short.free, short.wanted, short.next_days[0]) == (0, 2, NEXT)
    with pytest.raises(Refused) as refused:
        place.do(enter_call, "何值班", outcome="booked", **about)
    assert (refused.value.name, place.taken()) == ("desk.day_is_full", {})
    assert place.do(enter_call, "何值班", outcome="booked", overbook=True, **about)
    assert place.taken() == {(DAY, "am"): 2}
    assert place.ask(lambda session: session.get(Task, call).detail["over"]) == 2
    assert {what for what, _ in said(place, place.today)} == {"made", "made.maint"}
    press = Press(call, "何值班", "again", place.asked("何值班").now, place.today)
    place.write(lambda session: agree(session, press, visit_on=NEXT))
    assert {what for what, _ in said(place, place.today)} == {"moved", "moved.maint"}


def test_more_than_half_a_day_that_is_agreed_takes_both_halves(place: Any, lifts: list[int]):
    more = [place.lift(f"3{number}", "云荔物业") for number in range(12)]
    deed = {"by": place.parties["天河检验部"], "now": place.asked("何值班").now, "today": place.today, "key": "k"}
    place.write(lambda session: agree_on(session, lift_ids=more, visit_on=DAY, **deed))
    assert place.taken() == {(DAY, "am"): 10, (DAY, "pm"): 2}


def test_a_colleague_whom_nobody_can_reach_is_nobodys_task(place: Any):
    lift = place.lift("1", "云荔物业")
    place.write(
        lambda session: session.add(
            Contact(party_id=place.parties["云荔物业"], role=ContactRole.LEGAL_REP, name="", from_on=date(2020, 1, 1))
        )
    )
    book(place, [lift], "陈一鸣")
    channels: dict[str, Any] = {"webchat": DemoSms(place.database)}
    terms = {"now": place.asked("陈一鸣").now, "today": place.today, "mode": Mode.DEMO, "owner": "test"}
    asyncio.run(dispatch_due(place.database, channels, **terms))
    status, tasks = place.ask(
        lambda session: (
            session.exec(select(Notice.status).where(Notice.template == "booking.made")).one(),
            session.exec(select(Task)).all(),
        )
    )
    assert (status, list(tasks)) == ("cancelled", [])


def test_what_events_make_of_a_visit_is_told_to_those_who_were_told_otherwise(place: Any, lifts: list[int]):
    first, second = lifts
    book(place, lifts, "陈一鸣")

    def news() -> list[tuple[str, str]]:
        """What is new, once; it leaves at once."""
        place.write(lambda session: session.execute(update(table_of(Notice)).values(status=NoticeStatus.SENT)))
        place.write(lambda session: follow_visits(session, today=place.today))
        query = select(Notice.id).where(Notice.status == NoticeStatus.PLANNED, Notice.duty == "booking")
        found = place.ask(lambda session: prepare(session, session.exec(query).all(), CHANNELS, place.today))
        return sorted((one.template.removeprefix("booking."), one.name) for one in found)

    def used(lift_id: int, status: str) -> None:
        def change(session: Any) -> None:
            session.get_one(Lift, lift_id).status = status
            session.flush()
            now = place.asked("何值班").now
            rebuild(session, city_id="guangzhou", today=place.today, now=now, lift_ids=[lift_id])

        place.write(change)

    assert news() == [], "as it was booked"
    place.do(say_inspected, "陈一鸣", lift_ids=[first], on=date(2026, 4, 20))
    place.do(confirm_saying, "何值班", task_id=place.checks()[0].task_id)
    assert news() == [("off.maint", "维保甲")], "the unit has said it itself"
    assert "1 台" in body(place, "booking.off.maint")
    assert news() == []

    used(second, "out_of_use")
    assert news() == [("dropped", "陈一鸣"), ("off.maint", "维保甲")]
    used(second, "in_use")
    assert news() == [("made", "陈一鸣"), ("made.maint", "维保甲")]
    deed = {"by": place.parties["天河检验部"], "now": place.asked("何值班").now, "today": place.today, "key": "k"}
    place.write(lambda session: agree_on(session, lift_ids=[second], visit_on=NEXT, **deed))
    assert news() == [("moved", "陈一鸣"), ("moved.maint", "维保甲")]
    assert "由 4月8日 改到 4月9日" in body(place, "booking.moved.maint")
    place.today = EVE
    assert news() == [("soon", "陈一鸣"), ("soon.maint", "维保甲")], "who comes"
    assert news() == []
    place.today = LATER_EVE
    assert news() == [("near", "陈一鸣"), ("near.maint", "维保甲")]
    assert news() == []
    place.today = NEXT
    deed |= {"now": place.asked("何值班").now, "today": NEXT, "key": "done"}
    place.write(lambda session: record_inspection(session, lift_ids=[second], on=NEXT, conclusion="pass", **deed))
    assert news() == [], "it has taken place"
