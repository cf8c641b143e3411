"""When the rungs of a duty fall for one due date: pure, once for each distinct date."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from schedules.calendar import WorkingCalendar, month_opening
from schedules.dates import add_months, month_end
from schedules.rulebook import Ladder, Step
from schedules.vocabulary import (
    DayOfMonth,
    DaysAfter,
    DaysBefore,
    MonthEndAfter,
    MonthsBefore,
    OnEvent,
    TellAfter,
    TellOn,
    TellOnWorkingDay,
    TellSpread,
    WorkingDayBefore,
    WorkingDaysAfterEvent,
)

FOREVER = date.max


@dataclass(frozen=True)
class StepDates:
    """One rung's dates. `latest_on` is the clause's, `practical_on` the last working day not after it.

    `opens_on` is the first day it may be done: the first working day of its month. Its notice goes out in
    [tell_from, tell_by] (None where nobody is told). A booking for a day not after `pause_if_booked_by` pauses it.
    """

    step: str
    seq: int
    opens_on: date
    latest_on: date
    practical_on: date
    tell_from: date | None
    tell_by: date | None
    spread: bool
    pause_if_booked_by: date | None
    provisional: bool


def step_dates(rule: Ladder, due: date, calendar: WorkingCalendar, *, event_on: date | None = None) -> list[StepDates]:
    """Every rung of `rule` for `due`, in the ladder's order; told rungs are numbered from 1, the others 0.

    `event_on` is the day of the event from which the duty runs; a rung on that day is left out without it.
    """
    days = _rung_days(rule, due, calendar, event_on)
    told = [step.step for step in rule.told_steps]
    return [
        _dates_of(step, days, due, calendar, told.index(step.step) + 1 if step.step in told else 0)
        for step in rule.steps
        if step.step in days
    ]


def not_before(rung: StepDates, event_on: date | None, window_start: date | None) -> StepDates:
    """The same for a duty that runs from an event: nothing is done before it, or before the window around it.

    Where the time is shorter than the rung wants, it falls on that day.
    """
    begins = (window_start or event_on) if event_on else None
    if begins is None or rung.opens_on >= begins:
        return rung
    latest = max(rung.latest_on, begins)
    practical = rung.practical_on if rung.practical_on >= begins else latest
    return replace(rung, opens_on=begins, latest_on=latest, practical_on=practical)


def _rung_days(rule: Ladder, due: date, calendar: WorkingCalendar, event_on: date | None) -> dict[str, date]:
    days: dict[str, date] = {}
    waiting = list(rule.steps)
    while waiting:
        step = waiting.pop(0)
        anchor = getattr(step.at, "step", None)
        if anchor is not None and anchor not in days:
            waiting.append(step)
            continue
        day = _rung_day(step, days[anchor] if anchor else due, calendar, event_on)
        if day is not None:
            days[step.step] = day
    return {step.step: days[step.step] for step in rule.steps if step.step in days}


def _rung_day(step: Step, anchor: date, calendar: WorkingCalendar, event_on: date | None) -> date | None:
    at = step.at
    if isinstance(at, MonthsBefore):
        return add_months(anchor, -at.months)
    if isinstance(at, DayOfMonth):
        return min(anchor.replace(day=at.day), anchor)
    if isinstance(at, WorkingDayBefore):
        return calendar.add_working(anchor, -at.days)
    if isinstance(at, DaysAfter):
        return anchor + timedelta(days=at.days)
    if isinstance(at, MonthEndAfter):
        return month_end(add_months(anchor.replace(day=1), at.months))
    if isinstance(at, DaysBefore):
        return anchor - timedelta(days=at.days)
    if isinstance(at, WorkingDaysAfterEvent):
        return calendar.add_working(event_on, at.days) if event_on else None
    assert isinstance(at, OnEvent)
    return event_on


def _dates_of(step: Step, days: dict[str, date], due: date, calendar: WorkingCalendar, seq: int) -> StepDates:
    latest = days[step.step]
    practical = calendar.last_working(latest)
    opens = min(month_opening(calendar, latest), practical)
    tell_from, tell_by = _telling(step, days, opens, practical, calendar)
    pauses: dict[str, Callable[[], date | None]] = {
        "booked": lambda: FOREVER,
        "booked_by_backstop": lambda: days["backstop"],
        "never": lambda: None,
    }
    return StepDates(
        step=step.step,
        seq=seq,
        opens_on=opens,
        latest_on=latest,
        practical_on=practical,
        tell_from=tell_from,
        tell_by=tell_by,
        spread=isinstance(step.tell, TellSpread),
        pause_if_booked_by=pauses[step.unless](),
        provisional=calendar.is_provisional(latest, practical, tell_by or latest),
    )


def _telling(
    step: Step, days: dict[str, date], opens: date, practical: date, calendar: WorkingCalendar
) -> tuple[date | None, date | None]:
    tell = step.tell
    if tell is None:
        return None, None
    if isinstance(tell, TellSpread):
        return opens, practical
    if isinstance(tell, TellOn):
        return days[step.step], days[step.step]
    if isinstance(tell, TellOnWorkingDay):
        return practical, practical
    if isinstance(tell, TellAfter):
        day = calendar.add_working(days[step.step], 1)
        return day, day
    day = calendar.add_working(days[tell.step], -tell.days)
    return day, day
