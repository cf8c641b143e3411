"""A typhoon day: closed, its visits on the next days that have room, both sides told once, what is left as tasks."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from actions.matters.said import say_reason
from actions.refusals import Refused
from actions.visits.attendance import confirm_attendance
from actions.visits.bookings import Mover, book_visit, bookings_of, move_booking
from actions.visits.closed_day import close_day, close_for_weather
from actions.visits.follow import follow_visits
from actions.visits.notices import By
from actions.visits.slot_upkeep import set_late_bookings
from actions.visits.slots import change_places
from actions.visits.to_move import waiting_to_move
from notifier.prepare import prepare
from schedules.tasks import open_task
from store.attendance import who_comes
from store.lifts import LiftRole, Responsibility
from store.matters import SpecialReason
from store.notices import BOOKING, DISTRICT, VISIT, Notice, NoticeStatus
from store.parties import Party
from store.slots import Visit, miscounted
from store.tasks import Task, TaskKind

from .conftest import CITY, TIANHE, YUEXIU, noon

pytestmark = pytest.mark.one_store

DAY, NEXT = date(2026, 5, 19), date(2026, 5, 20)


def test_a_typhoon_moves_whole_visits_and_says_what_is_late_and_what_is_stuck(place: Any) -> None:
    lifts = [place.lift(key, "云荔物业") for key in "123"]
    role = {"party_id": place.parties["维保一公司"], "role": LiftRole.MAINTAINER, "from_on": date(2020, 1, 1)}
    place.write(lambda session: session.add(Responsibility(lift_id=lifts[0], **role)))
    for ids, half in ((lifts[:2], "am"), (lifts[2:], "pm")):
        place.do(book_visit, "陈一鸣", lift_ids=ids, day=DAY, half=half)
    place.do(change_places, "何值班", first=NEXT, last=NEXT, half="am", places=2)
    place.do(change_places, "何值班", first=NEXT, last=NEXT, half="pm", places=0)
    place.today = date(2026, 5, 18)
    done = place.do(close_for_weather, "何值班", day=DAY)
    assert [(one.lifts, one.day, one.half, one.late) for one in done.moved] == [
        (2, NEXT, "am", False),
        (1, date(2026, 5, 21), "pm", True),
    ]
    assert place.taken() == {(NEXT, "am"): 2, (date(2026, 5, 21), "pm"): 1}
    query = select(Notice.id).where(Notice.planned_on == place.today).order_by(col(Notice.id))
    bodies = place.ask(lambda session: prepare(session, session.exec(query).all(), ["webchat"], place.today))
    assert [one.template for one in bodies] == ["booking.moved", "booking.moved.maint", "booking.moved"]
    assert "由 5月19日 改到 5月20日上午" in bodies[0].body
    assert all("台风" in one.body for one in bodies)
    assert "晚于最后期限 5月20日" in bodies[2].body
    assert "由5月19日改到5月20日" in place.ask(
        lambda session: prepare(session, session.exec(query).all(), ["sms"], place.today)[0].body
    )
    again = place.do(close_for_weather, "何值班", day=DAY)
    assert (again.moved, again.stuck) == ([], [])

    place.write(lambda session: set_late_bookings(session, "refuse"))
    done = place.do(close_for_weather, "何值班", day=NEXT)
    assert [(one.lifts, done.moved) for one in done.stuck] == [(2, [])]
    assert [one.day for one in place.do(bookings_of, "陈一鸣")] == [NEXT, date(2026, 5, 21)], "it stands, for a person"
    place.do(close_for_weather, "何值班", day=NEXT)
    tasks = place.ask(lambda session: session.exec(select(Task).where(Task.kind == TaskKind.VISIT_TO_MOVE)).all())
    assert [task.detail["lifts"] for task in tasks] == [["1", "2"]]
    with pytest.raises(Refused):
        place.do(close_for_weather, "何值班", day=date(2026, 5, 1))


def test_nobody_is_called_to_a_closed_day_nor_told_of_a_day_that_they_never_heard_of(place: Any) -> None:
    lifts = [place.lift(key, "云荔物业") for key in "12"]
    role = {"party_id": place.parties["维保一公司"], "role": LiftRole.MAINTAINER, "from_on": date(2020, 1, 1)}
    place.write(lambda session: session.add(Responsibility(lift_id=lifts[0], **role)))
    for lift in lifts:
        place.do(book_visit, "陈一鸣", lift_ids=[lift], day=DAY, half="am")
    place.write(lambda session: session.exec(update(Notice).values(status=NoticeStatus.SENT)))
    place.today = date(2026, 5, 12)
    place.write(lambda session: set_late_bookings(session, "refuse"))
    place.do(change_places, "何值班", first=NEXT, last=NEXT, half="am", places=1)
    place.do(change_places, "何值班", first=NEXT, last=NEXT, half="pm", places=0)
    done = place.do(close_for_weather, "何值班", day=DAY)
    assert [len(found) for found in (done.moved, done.stuck)] == [1, 1]
    place.do(close_for_weather, "何值班", day=DAY)
    stuck = done.stuck[0].visit_id

    def told() -> list[tuple[str, int, str]]:
        query = select(Notice).where(Notice.planned_on >= date(2026, 5, 12), Notice.duty == BOOKING)
        about = place.ask(lambda session: session.exec(query.order_by(col(Notice.id))).all())
        return [(one.template, one.facts[VISIT]["visit"], one.facts[VISIT]["was"]) for one in about]

    assert [template for template, visit, _ in told() if visit == stuck] == ["booking.closed"], "once"
    for day in (DAY - timedelta(days=6), DAY - timedelta(days=1)):
        place.today = day
        place.write(lambda session: follow_visits(session, today=place.today))
    assert [template for template, visit, _ in told() if visit == stuck] == ["booking.closed"]

    place.write(lambda session: set_late_bookings(session, "flag"))
    moved = place.do(close_for_weather, "何值班", day=NEXT).moved
    assert [template for template, visit, was in told() if visit == moved[0].visit_id and was == DAY.isoformat()] == [
        "booking.moved", "booking.moved.maint", "booking.moved", "booking.moved.maint",
    ], "what they know is the first day"  # fmt: skip
    place.do(move_booking, "何值班", visit_id=stuck, day=date(2026, 5, 22), half="pm")
    assert told()[-1] == ("booking.moved", stuck, DAY.isoformat())
    assert place.ask(lambda session: [task.status for task in session.exec(select(Task))]) == ["done"]


def test_a_district_goes_to_another_department_with_its_visits_and_tasks_and_both_are_told(place: Any) -> None:
    theirs, stays = place.lift("1", "云荔物业"), place.lift("2", "云荔物业", district=YUEXIU)
    place.do(book_visit, "陈一鸣", lift_ids=[theirs], day=DAY, half="am")
    (former,) = place.ask(lambda session: session.exec(select(Visit.department_id)).all())
    place.write(
        lambda session: [
            open_task(session, TaskKind.NO_VALIDITY, key, city_id=CITY, today=place.today, **about)
            for key, about in (
                ("a", {"lift_id": theirs, "district_code": TIANHE}),
                ("b", {"detail": {"lifts": ["1"]}, "district_code": TIANHE}),
            )
        ]
    )
    change, now = place.hand_district(TIANHE, "检验九部"), noon(place.today)
    assert (change.tasks, change.visits) == (2, 1)
    party = place.ask(lambda session: session.exec(select(Party).where(Party.name == "检验九部")).one())
    assert place.ask(lambda session: session.exec(select(Visit.department_id)).all()) == [party.id]
    assert place.ask(lambda session: {one.owner_party_id for one in session.exec(select(Task))}) == {party.id}
    told = place.ask(lambda session: session.exec(select(Notice).where(Notice.template == "desk.district")).all())
    assert [(one.party_id, one.facts[DISTRICT]["gives"]) for one in told] == [(former, True), (party.id, False)]
    assert place.ask(miscounted) == 0, "each half day holds the lifts that come on it"
    by = Mover(By("何值班", is_department=True), party.id, now, place.today, "typhoon")
    done = place.write(lambda session: close_day(session, party.id, DAY, by))
    assert [one.lifts for one in done.moved] == [1], "the new department closes the day"
    assert stays


def test_what_concerns_lifts_of_both_departments_is_split_when_a_district_goes(place: Any) -> None:
    goes, stays = place.lift("1", "云荔物业"), place.lift("2", "云荔物业", district=YUEXIU)
    place.hand_district(YUEXIU, "天河检验部")
    place.do(say_reason, "陈一鸣", lift_ids=[goes, stays], reason=SpecialReason.SEALED)
    (visit,) = place.do(book_visit, "陈一鸣", lift_ids=[goes, stays], day=DAY, half="am").visits
    comes = {"visit_id": visit.visit_id, "contact_id": place.people["陈一鸣"].contact_id}
    place.do(confirm_attendance, "陈一鸣", **comes)
    place.today = date(2026, 5, 12)
    place.write(lambda session: set_late_bookings(session, "refuse"))
    place.do(change_places, "何值班", first=NEXT, last=NEXT, half=None, places=0)
    assert len(place.do(close_for_weather, "何值班", day=DAY).stuck) == 1
    change = place.hand_district(TIANHE, "检验九部")
    assert (change.tasks, change.visits) == (2, 1)

    def read(session: Any) -> tuple[Any, ...]:
        names = dict(session.exec(select(Party.id, Party.name)).all())
        visits = session.exec(select(Visit)).all()
        tasks = [(one.kind, names[one.owner_party_id], one.detail["lifts"]) for one in session.exec(select(Task))]
        coming = [one.name for some in who_comes(session, [one.id for one in visits]).values() for one in some]
        return sorted(tasks), coming, waiting_to_move(session, visits) == {one.id for one in visits}

    each = [("天河检验部", ["2"]), ("检验九部", ["1"])]
    asked = [(kind, *one) for kind in (TaskKind.SPECIAL_REASON, TaskKind.VISIT_TO_MOVE) for one in each]
    assert place.ask(read) == (asked, ["陈一鸣", "陈一鸣"], True)
