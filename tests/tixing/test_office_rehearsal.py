"""The reminders of offices in a rehearsal, on every database: from before the register was known, store untouched."""

from datetime import UTC, date, datetime

from sqlmodel import func, select

from actions.running.cities import ensure_city
from schedules.offices.duties import rebuild_offices
from store.database import Database
from store.duties import Told
from tixing.rehearsal import rehearse

KNOWN = date(2022, 11, 20)


def test_a_quarter_is_rehearsed_and_nothing_is_left_of_it(database: Database):
    with database.write() as session:
        ensure_city(session, "zhoushan", KNOWN)
        rebuild_offices(session, city_id="zhoushan", today=KNOWN, now=datetime(2022, 11, 20, 4, tzinfo=UTC))
    lines = list(rehearse(database, date(2021, 3, 1), date(2021, 3, 31)))
    told = sorted((str(line.on), line.step, line.rule) for line in lines)
    days = (("2021-03-01", "d14"), ("2021-03-12", "d3"), ("2021-03-16", "overdue"))
    assert told == [(day, step, "zs.quarter") for day, step in days for _ in range(4)]
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(Told)).one() == 0
