"""The rung that opens a test's window, where the window is shorter than the rule's because the pilot has just begun."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import select

from actions.cities import ensure_city
from actions.parties import add_contact, find_or_add_party
from schedules.duties import rebuild
from schedules.planner import plan_day
from store.database import Database
from store.duties import Told
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Notice
from store.parties import ContactRole

KNOWN = date(2021, 5, 3)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)


def told_of_the_window(database: Database, district: str, code: str) -> list[tuple[date, bool]]:
    """(day, late) of each reminder that the window of a test in August 2021 is open, from 3 May to 15 July."""
    with database.write() as session:
        ensure_city(session, "zhoushan", KNOWN)
        unit = find_or_add_party(session, city_id="zhoushan", name="示例物业", kind="u")
        add_contact(session, party_id=unit, role=ContactRole.UNIT_CONTACT, phone="+8614000000001", as_of=KNOWN)
        stated = {"valid_until": date(2021, 8, 31), "valid_precision": "month", "cycle": date(2021, 8, 31)}
        where = {"city_id": "zhoushan", "district": district, "district_code": code, "known_from": KNOWN}
        lift = Lift(key="L1", installed_pass_on=date(2017, 8, 20), **stated, **where)
        session.add(lift)
        session.flush()
        answer = {"lift_id": lift.id, "party_id": unit, "role": LiftRole.USE_UNIT, "from_on": KNOWN}
        session.add(Responsibility(**answer))
        session.flush()
        rebuild(session, city_id="zhoushan", today=KNOWN, now=noon(KNOWN), lift_ids=[lift.id])
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
