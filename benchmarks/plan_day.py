"""A day's plan against the bare INSERT…SELECT of the same rows, and against a loop over rows. Prints JSON lines.

    uv run python benchmarks/plan_day.py [--lifts 100000 1000000] [--repeat 3]

`share` is the part of the lifts whose rung falls on the day: 1/365, and 1/12 where validity is stated by month.
`ratio_to_bare` compares medians of runs that take turns on copies of one store; the loop is timed on a sample of
rows and scaled to the day's rows, which favours it: its cost per row does not fall with size.
"""

import argparse
import json
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, col, select

from actions.cities import ensure_city
from schedules.calendar import WorkingCalendar
from schedules.ladder import ensure_step_dates
from schedules.planner import plan_day
from schedules.rulebook import load_rulebook
from store.database import Database, bulk_insert
from store.duties import Duty, Told
from store.lifts import Lift, Responsibility
from store.notices import Notice
from store.parties import Party

TODAY = date(2026, 2, 28)  # the last day of the first rung of V = 2026-05-31: everything due goes out
QUIET_DAY = date(2026, 1, 28)
NOW = datetime(2026, 2, 28, 1, tzinfo=UTC)
DUE, LATER = date(2026, 5, 31), date(2026, 9, 30)
LIFTS_A_UNIT, MAINTAINERS, SAMPLE = 12, 200, 2_000
BARE = """
INSERT INTO told (duty_id, due, step, party_id, state, notice_id, on_date, late, is_copy)
SELECT d.id, d.due, s.step, r.party_id, 'reserved', r.party_id, :today, 0, r.role = 'maintainer'
FROM duty d JOIN step_date s ON s.rule = d.rule AND s.due = d.due AND s.step = d.next_step
JOIN responsibility r ON r.lift_id = d.lift_id AND r.to_on IS NULL AND r.role IN ('use_unit', 'maintainer')
WHERE d.next_on <= :today
"""


def build(path: Path, lifts: int, due: int) -> None:
    """A store of `lifts` lifts of which `due` reach the first rung today."""
    database = Database(f"sqlite:///{path}")
    database.migrate()
    units = lifts // LIFTS_A_UNIT + 1
    with database.write() as session:
        ensure_city(session, "guangzhou", date(2025, 1, 1))
        rulebook = load_rulebook("guangzhou")
        pairs = [("gz.inspection", DUE), ("gz.inspection", LATER)]
        ensure_step_dates(session, rulebook.rules, pairs, WorkingCalendar())
        connection = session.connection()
        parties = [(1000 + n, "guangzhou", f"p{n}", f"party {n}", "zh") for n in range(units + MAINTAINERS)]
        bulk_insert(connection, Party, ("id", "city_id", "ref", "name", "language"), parties)
        old = {"audience": "nobody", "status": "cancelled"}  # one to each party, for the bare rows to point at
        session.add_all(some_notice(id=party[0], party_id=party[0], planned_on=QUIET_DAY, **old) for party in parties)
        session.flush()
        for start in range(0, lifts, 50_000):
            fill(session, range(start, min(start + 50_000, lifts)), due, units)
    database.close()


def fill(session: Session, numbers: range, due: int, units: int) -> None:
    """Lifts, who answers for them, and their duties; those that are due are spread over the whole register."""
    connection = session.connection()
    blank = ("", "", "", "", "", "", "", "", "", "", "")
    names = ("district", "compound", "building", "internal_number", "address", "kind", "certificate")
    codes = ("equipment_code", "registration_code", "rescue_number", "factory_number")
    lift_columns = ("id", "city_id", "key", "status", "fingerprint", "district_code", *names, *codes)
    rows = [(n + 1, "guangzhou", f"K{n}", "in_use", "", "440106", *blank) for n in numbers]
    bulk_insert(connection, Lift, lift_columns, rows)
    answering = [(2 * n + 1, n + 1, 1000 + n // LIFTS_A_UNIT, "use_unit", "2025-01-01") for n in numbers]
    answering += [(2 * n + 2, n + 1, 1000 + units + n % MAINTAINERS, "maintainer", "2025-01-01") for n in numbers]
    bulk_insert(connection, Responsibility, ("id", "lift_id", "party_id", "role", "from_on"), answering)
    duty_columns = ("id", "rule", "kind", "lift_id", "cycle", "due", "provisional", "told_seq", "next_step", "next_on")
    duties = [duty_row(n, n < due) for n in numbers]
    bulk_insert(connection, Duty, duty_columns, duties)


def some_notice(**values: object) -> Notice:
    """A notice of the first rung."""
    fixed = {"city_id": "guangzhou", "send_on": TODAY, "duty": "periodic_inspection"}
    rung = {"rule": "gz.inspection", "step": "sms", "channel_class": "sms", "template": "gz.sms"}
    return Notice(**fixed, **rung, **values)


def duty_row(n: int, is_due: bool) -> tuple[object, ...]:
    """One duty at its first rung."""
    due, next_on = (DUE, "2026-02-02") if is_due else (LATER, "2026-06-01")
    return (n + 1, "gz.inspection", "periodic_inspection", n + 1, str(due), str(due), 0, 0, "sms", next_on)


def run_plan(session: Session, today: date) -> None:
    """Ours."""
    plan_day(session, today=today, now=NOW)


def run_bare(session: Session, today: date) -> None:
    """The floor: the same ledger rows, nothing decided."""
    session.execute(text(BARE), {"today": today.isoformat()})


def run_loop(session: Session, today: date) -> int:
    """What it costs to look at one lift after another, on a sample. Returns the rows looked at."""
    ids = session.exec(select(Duty.id).where(col(Duty.next_on) <= today).limit(SAMPLE)).all()
    for duty_id in ids:
        duty = session.get_one(Duty, duty_id)
        answering = session.exec(
            select(Responsibility).where(Responsibility.lift_id == duty.lift_id, col(Responsibility.to_on).is_(None))
        ).all()
        for who in answering:
            known = session.get(Told, (duty.id, duty.due, "sms", who.party_id))
            if known is None:
                notice = some_notice(party_id=who.party_id, planned_on=TODAY, audience=who.role)
                session.add(notice)
                session.flush()
                told = {"due": duty.due, "step": "sms", "party_id": who.party_id, "state": "reserved"}
                session.add(Told(duty_id=duty.id, notice_id=notice.id, on_date=TODAY, **told))
        duty.told_seq, duty.next_step, duty.next_on = 1, "call", date(2026, 3, 2)
        session.add(duty)
        session.flush()
    return len(ids)


def timed(source: Path, work: Callable[[Session, date], object]) -> tuple[float, object]:
    """Seconds of one write transaction, commit included, on a fresh copy of the store.

    As in a process that has been running: pages are cached, and a day on which nothing is due went before.
    """
    copy = source.with_suffix(".copy")
    shutil.copy(source, copy)
    database = Database(f"sqlite:///{copy}")
    with database.read() as session:
        session.execute(text("SELECT COUNT(*) FROM duty JOIN responsibility r ON r.lift_id = duty.lift_id")).all()
    with database.write() as session:
        work(session, QUIET_DAY)
    start = time.perf_counter()
    with database.write() as session:
        result = work(session, TODAY)
    seconds = time.perf_counter() - start
    database.close()
    for leftover in copy.parent.glob(f"{copy.name}*"):
        leftover.unlink()
    return seconds, result


def measure(folder: Path, lifts: int, parts: int, repeat: int) -> dict[str, object]:
    """One line of the table."""
    due = lifts // parts
    source = folder / "store.sqlite"
    source.unlink(missing_ok=True)
    build(source, lifts, due)
    plans, bares = [], []
    for _ in range(repeat):
        plans.append(timed(source, run_plan)[0])
        bares.append(timed(source, run_bare)[0])
    loop_seconds, rows = timed(source, run_loop)
    assert isinstance(rows, int)
    plan, bare = statistics.median(plans), statistics.median(bares)
    return {
        "lifts": lifts,
        "share": f"1/{parts}",
        "rows": due,
        "seconds": round(plan, 4),
        "bare_seconds": round(bare, 4),
        "ratio_to_bare": round(plan / bare, 2),
        "loop_seconds": round(loop_seconds * due / rows, 2),
        "times_faster_than_loop": round(loop_seconds * due / rows / plan, 1),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Measure every size and share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lifts", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    for lifts in options.lifts:
        for parts in (365, 12):
            with tempfile.TemporaryDirectory() as folder:
                print(json.dumps(measure(Path(folder), lifts, parts, options.repeat)), flush=True)


if __name__ == "__main__":
    main()
