"""A year day by day: the pass of the morning, what people do, the pass of the evening, and a look at what must hold."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any

from institute.door import Door
from institute.hands import Hands
from institute.passes import EVENING, MORNING, NOON, Passes
from institute.staff import Staff
from institute.turns import Turns
from institute.units import Units
from institute.watch import Watch
from institute.world import found
from schedules.calendar import load_calendar
from store.database import Database

FIRST, DAYS = date(2025, 1, 2), 365  # a year whose days off, and those of the next, are known


@dataclass(frozen=True)
class Trial:
    """What is played. `working_days`: the others are left out, as is the pass of the morning."""

    seed: int
    lifts: int
    units: int
    inspectors: int
    days: int = DAYS
    working_days: bool = False


@dataclass
class Outcome:
    """What it came to: `faults` are the days on which something that must hold did not."""

    faults: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)


def play(database: Database, trial: Trial, say: Callable[[str], None] = lambda _: None) -> Outcome:
    """Found the institute in an empty store and play its year."""
    with seldom_collected():
        return _play(database, trial, say)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Python's collector looks at what was loaded once, and then seldom: it took a tenth of the time."""
    often = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*often)


def _play(database: Database, trial: Trial, say: Callable[[str], None]) -> Outcome:
    began, now = monotonic(), datetime.combine(FIRST, MORNING, tzinfo=UTC) - timedelta(hours=1)
    with database.write() as session:
        calendar = load_calendar(session)
        world = found(
            session,
            seed=trial.seed,
            lifts=trial.lifts,
            units=trial.units,
            inspectors=trial.inspectors,
            today=FIRST,
            now=now,
        )
    door = Door(world.dead)
    passes = Passes(database, door, now)
    hands = Hands(passes)
    units, staff = Units(world, hands, passes, FIRST), Staff(world, hands, passes, calendar)
    turns = Turns(world, hands, passes, calendar, FIRST)
    watch = Watch(database, world, door, calendar, FIRST)
    outcome = Outcome()
    for day in (FIRST + timedelta(days=number) for number in range(trial.days)):
        works = calendar.is_working(day)
        if trial.working_days and not works:
            continue
        if not trial.working_days:
            passes.at(day, MORNING)
            passes.make()
        if works:
            passes.at(day, NOON)
            staff.live()
            units.live()
            units.visits()
            turns.live()
        passes.at(day, EVENING)
        passes.make()
        faults = watch.look(day)
        for fault in faults:
            say(fault)
        outcome.faults += faults
    outcome.figures = {
        "seconds": round(monotonic() - began),
        "messages": watch.messages,
        "done": dict(hands.done),
        "refused": dict(hands.refused),
    }
    return outcome
