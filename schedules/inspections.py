"""Periodic inspection as seed 000 has it: the validity's ladder, rectification, and the report."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from schedules.calendar import WorkingCalendar
from schedules.dates import ONE_DAY, add_months, month_end
from schedules.drafts import Derivation, DutyDraft, Frame
from schedules.facts import Facts
from schedules.happenings import (
    Booked,
    BookingEnded,
    InspectedElsewhere,
    InspectionEnded,
    OpinionNoticeIssued,
    RectificationReturned,
    RectificationSubmitted,
    ReportIssued,
    SaidInspected,
    SayingRefuted,
)
from schedules.numbers import Numbers
from schedules.rectification import confirmed_ends, ended_with, opinions_of, passed_ends
from schedules.rulebook import Rule
from schedules.statements import cycles_of
from schedules.vocabulary import DueWorkingDays, Trigger

LOOKED_AT_WITHIN = 7 * ONE_DAY  # so long the ladder waits for the inspector to look at what was handed in


@dataclass(frozen=True)
class Visit:
    """An inspection from its end: `passed`, `rectified` or `failed` on a day; `open` while items are unconfirmed."""

    result: str
    on: date


def report_due(
    ended_on: date, valid_until: date | None, rule: Rule, numbers: Numbers, calendar: WorkingCalendar
) -> date:
    """When the report of an inspection that ended on `ended_on` is due (四8): +5 working days, and not after the end
    of that month where the validity ends in it (or has ended already, by a setting)."""
    assert isinstance(rule.due, DueWorkingDays)
    due = calendar.add_working(ended_on, rule.due.days)
    if valid_until is None or not rule.due.within_month_of_validity:
        return due
    end = month_end(ended_on)
    overdue_counts = numbers.overdue_report_in_month or valid_until >= ended_on.replace(day=1)
    return min(due, end) if valid_until <= end and overdue_counts else due


def shortened_validity(valid_until: date, proposed: date) -> date:
    """The validity after a concentrated inspection: never later than it was (四2); ValueError otherwise."""
    if proposed > valid_until:
        raise ValueError(f"a concentrated inspection may not extend the validity: {proposed} is after {valid_until}")
    return proposed


def is_renewal(old: date, new: date, numbers: Numbers) -> bool:
    """Whether a register that moves the validity from `old` to `new` speaks of the next cycle, not of a correction."""
    return new >= add_months(old, numbers.renewal_months)


def visits_of(facts: Facts) -> list[Visit]:
    """How the inspections ended, by day. With items open, the confirmation is the end, not the inspector's leaving."""
    visits = [
        *(Visit("passed", day) for day in passed_ends(facts)),
        *(Visit("rectified", day) for day in confirmed_ends(facts)),
        *(Visit("failed", day) for day in ended_with(facts, "fail")),
        *(Visit("open", opinion.on) for opinion in opinions_of(facts) if opinion.closed_on is None),
    ]
    return sorted(set(visits), key=lambda visit: (visit.on, visit.result))


def passes_of(facts: Facts) -> list[date]:
    """The days on which an inspection was passed, at once or after rectification."""
    return [visit.on for visit in visits_of(facts) if visit.result in ("passed", "rectified")]


def derive_inspection(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """The validity's duty, one for each cycle that the register has stated.

    A pass or a confirmed rectification closes it, else the register's next cycle does; a booking or open items pause
    the present one's ladder, and so does what the unit says of an inspection elsewhere.
    """
    numbers = frame.book.numbers
    ends = passes_of(facts)
    before = date.min
    for stated in cycles_of(facts, numbers.renewal_months):
        since = add_months(stated.valid_until, -numbers.closes_from_months)
        last = stated.until or date.max
        ended = min((day for day in ends if max(since, before) < day <= last), default=stated.until)
        draft = DutyDraft(rule=rule, cycle=stated.cycle.isoformat(), due=stated.valid_until, closed_on=ended)
        if ended is None:
            booked_on, resume_on = pause_of(facts, since)
            held_until = held_until_of(facts, since)
            draft = replace(draft, booked_on=booked_on, resume_on=resume_on, held_until=held_until)
        yield draft
        before = last


def pause_of(facts: Facts, since: date) -> tuple[date, date] | tuple[None, None]:
    """(booked on, resumes on) after all events: a booked visit, or items open until their deadline.

    What was handed in by then is waited for a while longer.
    """
    pause: tuple[date, date] | tuple[None, None] = (None, None)
    for event in facts.events:
        if isinstance(event, Booked) and event.visit_on > since:
            pause = (event.visit_on, event.visit_on + ONE_DAY)
        elif isinstance(event, BookingEnded) or _ended_without_result(event, since):
            pause = (None, None)
        elif isinstance(event, OpinionNoticeIssued) and event.on > since:
            pause = (event.on, max(event.deadline, event.on) + ONE_DAY)
        elif isinstance(event, RectificationSubmitted) and pause[1] is not None:
            pause = (pause[0], max(pause[1], event.on + LOOKED_AT_WITHIN))
        elif isinstance(event, RectificationReturned) and event.deadline is not None and pause[1] is not None:
            pause = (pause[0], max(pause[0], event.deadline) + ONE_DAY)  # booked again meanwhile: the visit holds
    return pause


def held_until_of(facts: Facts, since: date) -> date | None:
    """Until when reminders wait because the unit says that the inspection was, or is booked, elsewhere.

    What was found out ends it, whichever way: an inspection, a booking, or that it was not so. The first saying of a
    cycle holds; those after it are looked into as well, and hold nothing.
    """
    held, has_held = None, False
    for event in facts.events:
        if isinstance(event, SaidInspected) and event.on > since:
            held, has_held = held if has_held else event.until, True
        elif isinstance(event, SayingRefuted | Booked | InspectionEnded | OpinionNoticeIssued):
            held = None
    return held


def _ended_without_result(event: object, since: date) -> bool:
    return isinstance(event, InspectionEnded) and event.on > since and event.conclusion in ("aborted", "fail")


def derive_rectification(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """One duty for each day of opinion notices, due on the deadline written on them (附件1-1 三2).

    What it asks of the unit is done when that is handed in, and owed again when the inspector gives it back.
    """
    for opinion in opinions_of(facts):
        yield DutyDraft(
            rule=rule,
            cycle=opinion.on.isoformat(),
            due=opinion.deadline,
            closed_on=opinion.handed_in_on or opinion.closed_on,
            event_on=opinion.on,
        )


def derive_reports(result: str) -> Derivation:
    """Reports of the inspections that ended with `result`; one that has no date in the document has no due date.

    Of an inspection elsewhere the report is that of the body that was there.
    """

    def derive(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
        issued = [event for event in facts.events if isinstance(event, ReportIssued)]
        validity_then = dict(facts.validity_then)
        elsewhere = {event.on for event in facts.events if isinstance(event, InspectedElsewhere)}
        for visit in visits_of(facts):
            if visit.on in elsewhere:
                continue
            if visit.result == result:
                valid_until = validity_then.get(visit.on, facts.lift.valid_until)
                due = (
                    report_due(visit.on, valid_until, rule, frame.book.numbers, frame.calendar)
                    if _dated(rule)
                    else None
                )
            elif result == "rectified" and visit.result == "open" and not _failed_since(facts, visit.on):
                due = None  # 第一时间 after a confirmation that has not come
            else:
                continue
            yield DutyDraft(
                rule=rule,
                cycle=visit.on.isoformat(),
                due=due,
                closed_on=min((event.on for event in issued if _is_of(event, visit)), default=None),
                event_on=visit.on,
                provisional=due is not None and frame.calendar.is_provisional(due),
            )

    return derive


def _is_of(event: ReportIssued, visit: Visit) -> bool:
    """Whether it is the report of this visit; where it does not say so, of any before it."""
    return event.on >= visit.on if event.inspected_on is None else event.inspected_on == visit.on


def _dated(rule: Rule) -> bool:
    return isinstance(rule.due, DueWorkingDays)


def _failed_since(facts: Facts, on: date) -> bool:
    return any(visit.result == "failed" and visit.on >= on for visit in visits_of(facts))


DERIVATIONS: dict[Trigger, Derivation] = {
    "validity": derive_inspection,
    "opinion_notice": derive_rectification,
    "inspection_passed": derive_reports("passed"),
    "items_rectified": derive_reports("rectified"),
    "inspection_failed": derive_reports("failed"),
}
