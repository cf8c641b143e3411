"""A year of three hundred lifts by the plan: no visit after its day, no item older than it may be, even days."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from actions.maintaining.day import DueVisit, plan_visits
from schedules.calendar import WorkingCalendar, load_calendar
from schedules.dates import add_months
from schedules.items import KINDS
from schedules.items_due import MONTHS, kind_due
from store.database import Database

pytestmark = pytest.mark.one_store

LIFTS, WORKERS, YEAR = 300, 12, 365
BEGIN = date(2025, 12, 1)  # over a Spring Festival
FIFTEEN = timedelta(days=15)


def test_a_year_of_visits(database: Database):
    with database.read() as session:
        calendar = load_calendar(session)
    visits, load = simulate(calendar, Random(7))
    assert min(len(one) for one in visits) >= YEAR // 15
    assert max(load.values()) <= 30, "before a holiday of eight days everybody works more"
    ordinary = sorted(load.values())[len(load) * 9 // 10]
    assert ordinary <= 6, "on nine days of ten a worker has six lifts at most"


def simulate(calendar: WorkingCalendar, random: Random):
    """Every day each worker does what is planned for it, now and then one lift less."""
    last = [BEGIN - timedelta(days=random.randrange(15)) for _ in range(LIFTS)]
    kinds = [{} for _ in range(LIFTS)]
    done = [dict.fromkeys(MONTHS, last[lift]) for lift in range(LIFTS)]
    visits, load = [[] for _ in range(LIFTS)], Counter()
    for today in (BEGIN + timedelta(days=number) for number in range(YEAR)):
        due = [one for one in range(LIFTS) if last[one] + FIFTEEN <= today + timedelta(days=14)]
        plan = plan_visits([visit_of(one, last[one] + FIFTEEN, today) for one in due], today, calendar)
        for planned in plan:
            lift = planned.lift_id
            must = planned.due <= today or (calendar.last_working(planned.due) <= today)
            if planned.day != today or (not must and random.random() < 0.1):
                continue
            assert today <= planned.due, "late"
            kind = kind_due(kinds[lift], day=today, next_by=today + FIFTEEN, since=BEGIN - FIFTEEN).kind
            for one, months in MONTHS.items():
                assert today <= add_months(done[lift][one], months), (one, lift)
                if KINDS.index(kind) >= KINDS.index(one):
                    done[lift][one] = today
            kinds[lift][kind], last[lift] = today, today
            visits[lift].append(today)
            load[planned.worker_id, today] += 1
    return visits, load


def visit_of(lift: int, due: date, today: date) -> DueVisit:
    """Five lifts stand in a compound, and each worker has twenty-five."""
    worker = lift % WORKERS
    return DueVisit(lift, f"{lift // 5}栋{lift}梯", f"{lift // 60}", due, today, worker, f"{worker}")
