"""A department without people: who books hears so, and somebody is asked for until there is one."""

from datetime import date
from typing import Any

from sqlmodel import select

from actions.running.tasks import Filter, open_tasks
from actions.visits.bookings import book_visit, cancel_visit
from actions.visits.follow import follow_visits
from store.parties import Contact, ContactRole

DAY = date(2026, 4, 8)


def asked(place: Any) -> list[tuple[str, list[str], str]]:
    found = place.ask(lambda session: open_tasks(session, Filter(kind="no_contact"), limit=9))
    return [(one.owner, one.task.detail["lifts"], one.ended_by) for one in found]


def leave(session: Any) -> None:
    for one in session.exec(select(Contact).where(Contact.name == "越秀值班")):
        one.to_on = date(2026, 3, 31)
        session.add(one)


def test_a_department_without_people_is_called_so_and_somebody_is_asked_for(place: Any):
    here, there = place.lift("1", "云荔物业"), place.lift("2", "云荔物业", district="440104")
    place.write(leave)
    booked = place.do(book_visit, "陈一鸣", lift_ids=[here, there], day=DAY, half="am")
    assert {visit.desk.office: visit.desk.nobody for visit in booked.visits} == {
        "天河检验部": False,
        "越秀检验部": True,
    }
    ((owner, lifts, ended_by),) = asked(place)
    assert (owner, lifts) == ("越秀检验部", ["2"])
    assert "tixing offices" in ended_by
    place.write(lambda session: follow_visits(session, today=place.today))
    assert len(asked(place)) == 1
    place.person("新值班", "越秀检验部", ContactRole.DUTY_OFFICER, "+8614000000021")
    place.write(lambda session: follow_visits(session, today=place.today))
    assert asked(place) == []


def test_without_a_visit_to_come_nobody_is_asked_for(place: Any):
    lift = place.lift("2", "云荔物业", district="440104")
    place.write(leave)
    visit = place.do(book_visit, "陈一鸣", lift_ids=[lift], day=DAY, half="am").visits[0]
    place.do(cancel_visit, "陈一鸣", visit_id=visit.visit_id)
    place.write(lambda session: follow_visits(session, today=place.today))
    assert asked(place) == []
