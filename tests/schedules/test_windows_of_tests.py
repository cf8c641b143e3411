"""The window of a test in the store: one that the beginning of the pilot cut short, one in which a stop begins."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import select

from actions.lifts.facts import record_fact
from actions.people.parties import add_contact, find_or_add_party
from actions.running.cities import ensure_city
from schedules.dates import month_end
from schedules.duties import rebuild
from schedules.happenings import OutOfUse
from schedules.planner import plan_day
from store.database import Database
from store.duties import Told
from store.events import Event, EventKind
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Notice
from store.parties import ContactRole

KNOWN = date(2021, 5, 3)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)


def lift_of(database: Database, district: str, code: str, *, month: int) -> tuple[int, int]:
    """(lift, use unit): installed in that month of 2017, so that it is tested in that month of 2021."""
    with database.write() as session:
        ensure_city(session, "zhoushan", KNOWN)
        unit = find_or_add_party(session, city_id="zhoushan", name="示例物业", kind="u")
        add_contact(session, party_id=unit, role=ContactRole.UNIT_CONTACT, phone="+8614000000001", as_of=KNOWN)
        validity = month_end(date(2021, month, 1))
        stated = {"valid_until": validity, "valid_precision": "month", "cycle": validity}
        where = {"city_id": "zhoushan", "district": district, "district_code": code, "known_from": KNOWN}
        lift = Lift(key="L1", installed_pass_on=date(2017, month, 20), **stated, **where)
        session.add(lift)
        session.flush()
        answer = {"lift_id": lift.id, "party_id": unit, "role": LiftRole.USE_UNIT, "from_on": KNOWN}
        session.add(Responsibility(**answer))
        session.flush()
        rebuild(session, city_id="zhoushan", today=KNOWN, now=noon(KNOWN), lift_ids=[lift.id])
        return lift.id, unit


def told_of_the_window(database: Database, district: str, code: str) -> list[tuple[date, bool]]:
    """(day, late) of each reminder that the window of a test in August 2021 is open, from 3 May to 15 July."""
    lift_of(database, district, code, month=8)
    for offset in range((date(2021, 7, 15) - KNOWN).days + 1):
        today = KNOWN + timedelta(days=offset)
        with database.write() as session:
            plan_day(session, today=today, now=noon(today))
    with database.read() as session:
        query = select(Notice.planned_on, Told.late).join(Told, Told.notice_id == Notice.id)
        return list(session.exec(query.where(Notice.rule == "zs.test", Notice.step == "open")).all())


@pytest.mark.parametrize(
    ("district", "code", "first", "last"),
    [
        ("普陀区", "330903", date(2021, 7, 1), date(2021, 7, 1)),  # where the pilot begins on that day
        ("定海区", "330902", date(2021, 6, 1), date(2021, 6, 30)),
    ],
)
def test_nobody_is_told_of_a_window_before_it_opens(
    database: Database, district: str, code: str, first: date, last: date
) -> None:
    ((day, is_late),) = told_of_the_window(database, district, code)
    assert first <= day <= last
    assert not is_late


@pytest.mark.parametrize(("since", "exits"), [(date(2021, 6, 10), []), (None, [date(2021, 8, 1)])])
def test_a_lift_that_is_taken_out_of_use_in_the_window_of_its_test_does_not_leave_the_pilot(
    database: Database, since: date | None, exits: list[date]
) -> None:
    lift, unit = lift_of(database, "定海区", "330902", month=5)
    if since is not None:
        fact = OutOfUse.model_validate({"kind": "out_of_use", "from": since, "formal": True})
        with database.write() as session:
            record_fact(session, lift_ids=[lift], fact=fact, by=unit, now=noon(since), today=since, key="stop")
    for today in (date(2021, 6, 11), date(2021, 8, 1), date(2021, 8, 2)):
        with database.write() as session:
            plan_day(session, today=today, now=noon(today))
    with database.read() as session:
        found = select(Event.on_date).where(Event.kind == EventKind.TESTING_EXITED)
        assert list(session.exec(found).all()) == exits
