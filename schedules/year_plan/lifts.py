"""What is planned: lifts with the days on which they may be inspected, and why one cannot be planned."""

from dataclasses import dataclass
from datetime import date

from schedules.calendar import WorkingCalendar
from schedules.rulebook import Ladder
from schedules.steps import step_dates
from store.plans import Why

TARGET, BACKSTOP = "target", "backstop"  # rungs of 000 四5 and 四7


@dataclass(frozen=True)
class Window:
    """Days of one inspection: from `first` on, aimed at `target` or before, on `backstop` at the latest."""

    first: date
    target: date
    backstop: date


@dataclass(frozen=True)
class PlanLift:
    """A lift to be planned. `window` may be missing only where `valid_until` is.

    `address`: where an inspector goes in one visit, such as a compound. `neighbourhood`: what lies near each other.
    """

    lift_id: int
    neighbourhood: str
    address: str
    valid_until: date | None
    window: Window | None


@dataclass(frozen=True)
class NotPlanned:
    """A row of the input that is on no day. `at`: which row, since the same lift may be there twice."""

    at: int
    lift_id: int
    why: Why


def window_of(rule: Ladder, valid_until: date, calendar: WorkingCalendar) -> Window:
    """The days that the rungs of `rule` leave for the inspection before `valid_until`.

    From the day that its first rung opens; target and backstop are the last working days that the clauses allow. A rule
    without such rungs allows what it allows until the last working day of the validity.
    """
    rungs = {rung.step: rung for rung in step_dates(rule, valid_until, calendar)}
    end = calendar.last_working(valid_until)
    backstop = min(rungs[BACKSTOP].practical_on, end) if BACKSTOP in rungs else end
    target = min(rungs[TARGET].practical_on, backstop) if TARGET in rungs else backstop
    first = min((rung.opens_on for rung in rungs.values()), default=calendar.first_working(valid_until.replace(day=1)))
    return Window(min(first, target), target, backstop)
