"""A year of maintenance day by day: what is due is visited, records are signed or not, and at night silence counts."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import structlog
from institute.door import Door
from institute.hands import Hands
from institute.passes import EVENING, MORNING, NOON, Passes
from institute.year import seldom_collected

from contractors.people import Signers, Workers
from contractors.watch import Watch
from contractors.world import found
from schedules.calendar import load_calendar
from store.database import Database
from tixing.records.closing import close_days

FIRST, DAYS = date(2025, 1, 2), 365
MIDNIGHT = time(16, 5)  # in UTC, of the day before: five past midnight in China


@dataclass(frozen=True)
class Trial:
    """What is played. `working_days`: of the others only the nights."""

    seed: int
    lifts: int
    days: int = DAYS
    working_days: bool = False


@dataclass
class Outcome:
    """What it came to: `faults` are the days on which something that must hold did not."""

    faults: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)


def run(folder: Path, seed: int, lifts: int, days: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Play one in a store of its own; its faults, and what was done."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    database = Database(f"sqlite:///{folder / f'maintenance-{seed}.sqlite'}")
    database.migrate()
    outcome = play(database, Trial(seed, lifts, days), say)
    database.close()
    return {"seed": seed, "lifts": lifts, "faults": len(outcome.faults), **outcome.figures}


def play(database: Database, trial: Trial, say: Callable[[str], None] = lambda _: None) -> Outcome:
    """Found the city in an empty store and play its year."""
    with seldom_collected():
        return _play(database, trial, say)


def _play(database: Database, trial: Trial, say: Callable[[str], None]) -> Outcome:
    began, now = monotonic(), datetime.combine(FIRST, MORNING, tzinfo=UTC) - timedelta(hours=1)
    with database.write() as session:
        calendar = load_calendar(session)
        world = found(session, seed=trial.seed, lifts=trial.lifts, today=FIRST, now=now)
    door = Door(set())
    passes = Passes(database, door, now)
    hands = Hands(passes)
    workers, signers = Workers(world, hands, passes, FIRST), Signers(world, hands, passes)
    watch, outcome = Watch(database, world, door), Outcome()
    signers.agree()
    for day in (FIRST + timedelta(days=number) for number in range(trial.days)):
        passes.at(day - timedelta(days=1), MIDNIGHT)
        passes.make()
        close_days(database, None, today=day, now=passes.now)
        if trial.working_days and not calendar.is_working(day):
            continue
        passes.at(day, MORNING)
        passes.make()
        passes.at(day, NOON)
        workers.live(day)
        passes.send()
        signers.live(day)
        passes.at(day, EVENING)
        signers.remark(day)
        passes.send()
        faults = watch.look(day)
        for fault in faults:
            say(fault)
        outcome.faults += faults
    outcome.faults += watch.end(passes.today)
    outcome.figures = {
        "seconds": round(monotonic() - began),
        "records": watch.records,
        "states": watch.states(),
        "messages": dict(watch.messages),
        "visits": dict(workers.done),
        "done": dict(hands.done),
        "refused": dict(hands.refused),
    }
    return outcome
