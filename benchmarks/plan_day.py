"""A day's plan against the bare INSERT…SELECT of the same rows, and against a loop over rows. Prints JSON lines.

    uv run python benchmarks/plan_day.py [--lifts 100000 1000000] [--repeat 3] [--database postgresql://…]

`share` is the part of the lifts whose rung falls on the day: 1/365, and 1/12 where validity is stated by month.
`ratio_to_bare` compares medians of runs that take turns on the same rows; the loop is timed on a sample of rows and
scaled to the day's rows, which favours it: its cost per row does not fall with size.

On SQLite each run has a copy of the store and is committed. On PostgreSQL, where a copy of millions of lifts takes
minutes, each run is rolled back before the commit, and what it left is vacuumed and analyzed before the next.
"""

import argparse
import json
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

from sqlalchemy import Date, bindparam, text
from sqlmodel import Session, col, select
from stores import ADDRESS_HELP, empty_store, freshen, number_on, trust_rows

from actions.running.cities import ensure_city
from schedules.calendar import WorkingCalendar
from schedules.dates import ONE_DAY
from schedules.ladder import ensure_step_dates
from schedules.planner import plan_day
from schedules.rulebook import load_rulebook
from schedules.turnover import note_derived
from store.database import Database, bulk_insert
from store.duties import Duty, Told
from store.lifts import Lift, Responsibility
from store.notices import Notice
from store.parties import Party

TODAY = date(2026, 2, 28)  # the last day of the first rung of V = 2026-05-31: everything due goes out
QUIET_DAY = date(2026, 1, 28)
NOW = datetime(2026, 2, 28, 1, tzinfo=UTC)
DUE, LATER = date(2026, 5, 31), date(2026, 9, 30)
LIFTS_A_UNIT, MAINTAINERS, SAMPLE, PORTION = 12, 200, 2_000, 50_000
SHARES = (365, 12)
TOUCHED = ("duty", "told", "notice", "plan_run")
BARE = text(
    """
INSERT INTO told (duty_id, due, step, party_id, state, notice_id, on_date, late, is_copy)
SELECT d.id, d.due, s.step, r.party_id, 'reserved', r.party_id, :today, false, r.role = 'maintainer'
FROM duty d JOIN step_date s ON s.rule = d.rule AND s.due = d.due AND s.step = d.next_step
JOIN responsibility r ON r.lift_id = d.lift_id AND r.to_on IS NULL AND r.role IN ('use_unit', 'maintainer')
WHERE d.next_on <= :today
"""
).bindparams(bindparam("today", type_=Date))


def build(database: Database, lifts: int) -> None:
    """Fill a store with `lifts` lifts that have no duties yet; a plan of an earlier day has gone before."""
    units = lifts // LIFTS_A_UNIT + 1
    with database.write() as session:
        ensure_city(session, "guangzhou", date(2025, 1, 1))
        rulebook = load_rulebook("guangzhou")
        pairs = [("gz.inspection", DUE), ("gz.inspection", LATER)]
        ensure_step_dates(session, rulebook.rules, pairs, WorkingCalendar())
        connection = session.connection()
        trust_rows(connection)
        parties = [(1000 + n, "guangzhou", f"p{n}", f"party {n}", "zh") for n in range(units + MAINTAINERS)]
        bulk_insert(connection, Party, ("id", "city_id", "ref", "name", "language"), parties)
        # one cancelled notice to each party, for the bare rows to point at
        fixed = some_notice(planned_on=QUIET_DAY, audience="nobody", status="cancelled")
        values = [value.isoformat() if isinstance(value, date) else value for value in fixed.values()]
        columns = ("id", "party_id", *fixed)
        bulk_insert(connection, Notice, columns, [(party[0], party[0], *values) for party in parties])
        for numbers in portions(lifts):
            fill(session, numbers, units)
        number_on(connection, "party", "notice", "lift", "responsibility")
        note_derived(session, "guangzhou", QUIET_DAY - ONE_DAY)


def portions(lifts: int) -> Iterator[range]:
    """The numbers of the lifts in parts that fit into memory."""
    for start in range(0, lifts, PORTION):
        yield range(start, min(start + PORTION, lifts))


def fill(session: Session, numbers: range, units: int) -> None:
    """Lifts, and who answers for them."""
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


def give_duties(database: Database, lifts: int, due: int) -> None:
    """One duty for each lift, of which those of the first `due` reach the first rung today."""
    columns = ("id", "rule", "kind", "lift_id", "cycle", "due", "provisional", "told_seq", "next_step", "next_on")
    with database.write() as session:
        connection = session.connection()
        trust_rows(connection)
        if not database.is_sqlite:
            session.execute(text("TRUNCATE duty CASCADE"))
        for numbers in portions(lifts):
            bulk_insert(connection, Duty, columns, [duty_row(n, n < due) for n in numbers])
        number_on(connection, "duty")
    freshen(database)


def some_notice(**values: object) -> dict[str, object]:
    """A notice of the first rung, as column values."""
    fixed = {"city_id": "guangzhou", "send_on": TODAY, "duty": "periodic_inspection"}
    rung = {"rule": "gz.inspection", "step": "sms", "channel_class": "sms", "template": "gz.sms"}
    blank = {"district_code": "", "reason": "", "tries": 0, "late": False, "lease_owner": ""}
    return {**fixed, **rung, **blank, **values}


def duty_row(n: int, is_due: bool) -> tuple[object, ...]:
    """One duty at its first rung."""
    due, next_on = (DUE, "2026-02-02") if is_due else (LATER, "2026-06-01")
    return (n + 1, "gz.inspection", "periodic_inspection", n + 1, str(due), str(due), 0, 0, "sms", next_on)


def run_plan(session: Session, today: date) -> None:
    """Ours."""
    plan_day(session, today=today, now=NOW)


def run_bare(session: Session, today: date) -> None:
    """The floor: the same ledger rows, nothing decided."""
    session.execute(BARE, {"today": today})


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
                notice = Notice(**some_notice(party_id=who.party_id, planned_on=TODAY, audience=who.role))
                session.add(notice)
                session.flush()
                told = {"due": duty.due, "step": "sms", "party_id": who.party_id, "state": "reserved"}
                session.add(Told(duty_id=duty.id, notice_id=notice.id, on_date=TODAY, **told))
        duty.told_seq, duty.next_step, duty.next_on = 1, "call", date(2026, 3, 2)
        session.add(duty)
        session.flush()
    return len(ids)


def timed(database: Database, work: Callable[[Session, date], object]) -> tuple[float, object]:
    """Seconds of one write transaction that leaves the rows as they were.

    As in a process that has been running: pages are cached, and a day on which nothing is due went before.
    """
    with untouched(database) as used:
        with used.read() as session:
            session.execute(text("SELECT COUNT(*) FROM duty JOIN responsibility r ON r.lift_id = duty.lift_id")).all()
        with used.write() as session:
            work(session, QUIET_DAY)
        start = time.perf_counter()
        with used.write() as session:
            result = work(session, TODAY)
            if not used.is_sqlite:
                session.flush()
                seconds = time.perf_counter() - start
                session.rollback()
        if used.is_sqlite:
            seconds = time.perf_counter() - start
    return seconds, result


@contextmanager
def untouched(database: Database) -> Iterator[Database]:
    """A copy of a SQLite store; on a server the store itself, on which nothing is committed, cleared up afterwards."""
    if not database.is_sqlite:
        yield database
        freshen(database, TOUCHED)
        return
    database.close()
    source = Path(database.url.database or "")
    copy = source.with_suffix(".copy")
    shutil.copy(source, copy)
    used = Database(f"sqlite:///{copy}")
    yield used
    used.close()
    for leftover in copy.parent.glob(f"{copy.name}*"):
        leftover.unlink()


def measure(database: Database, lifts: int, parts: int, repeat: int) -> dict[str, object]:
    """One line of the table."""
    due = lifts // parts
    started = time.perf_counter()
    give_duties(database, lifts, due)
    loading = time.perf_counter() - started
    plans, bares = [], []
    for _ in range(repeat):
        plans.append(timed(database, run_plan)[0])
        bares.append(timed(database, run_bare)[0])
    loop_seconds, rows = timed(database, run_loop)
    assert isinstance(rows, int)
    plan, bare = statistics.median(plans), statistics.median(bares)
    return {
        "database": "sqlite" if database.is_sqlite else "postgres",
        "lifts": lifts,
        "share": f"1/{parts}",
        "rows": due,
        "seconds": round(plan, 4),
        "bare_seconds": round(bare, 4),
        "ratio_to_bare": round(plan / bare, 2),
        "loop_seconds": round(loop_seconds * due / rows, 2),
        "times_faster_than_loop": round(loop_seconds * due / rows / plan, 1),
        "loading_duties_seconds": round(loading, 1),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Measure every size and share."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lifts", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--database", help=ADDRESS_HELP)
    options = parser.parse_args()
    # duties are never removed, save by a server's TRUNCATE: a SQLite store is made anew for each share
    rounds = [SHARES] if options.database else [(parts,) for parts in SHARES]
    for lifts, shares in product(options.lifts, rounds):
        with (
            tempfile.TemporaryDirectory() as folder,
            empty_store(options.database, Path(folder) / "store.sqlite") as database,
        ):
            build(database, lifts)
            for parts in shares:
                print(json.dumps(measure(database, lifts, parts, options.repeat)), flush=True)


if __name__ == "__main__":
    main()
