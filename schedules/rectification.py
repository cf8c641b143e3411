"""Inspections that left items to rectify, and how they ended (000 附件1-1 三2). Pure."""

from dataclasses import dataclass
from datetime import date

from schedules.dates import add_months
from schedules.facts import Facts
from schedules.happenings import (
    InspectionEnded,
    OpinionNoticeIssued,
    RectificationConfirmed,
    RectificationReturned,
    RectificationSubmitted,
)

OF_ANOTHER_MONTHS = 6  # a confirmation so long after the last end is of another inspection: one is due every year


@dataclass(frozen=True)
class Opinion:
    """An opinion notice, the day on which its inspection ended, and the day on which what it asks for was handed in,
    unless that was given back."""

    on: date
    deadline: date
    closed_on: date | None
    handed_in_on: date | None = None


@dataclass(frozen=True)
class WithItems:
    """An inspection from the day on which items were found; `confirmed`: it ended with the inspector's confirmation."""

    begun_on: date
    ended_on: date | None
    confirmed: bool

    def covers(self, day: date) -> bool:
        """Whether it lasted on `day`."""
        return self.begun_on <= day and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True)
class Course:
    """What is known of items, by day: when they were found, the deadlines set, the confirmations, and the passes."""

    found: list[date]
    deadlines: dict[date, date]
    confirmed: list[date]
    passed: list[date]
    failed: list[date]

    def end_of(self, begun_on: date) -> WithItems:
        """How the inspection that found items on `begun_on` ended.

        A fail is the inspector's conclusion, and ends it. A pass before the confirmation is the inspector's leaving,
        unless the deadline had passed or other items were found after it: then it is an inspection of its own, which
        ends this one too.
        """
        confirmed = next((day for day in self.confirmed if day >= begun_on), None)
        failed = next((day for day in self.failed if day > begun_on), None)
        for day in self.passed:
            if day <= begun_on or day in self.deadlines:
                continue
            if failed is not None and failed <= day:
                break
            if confirmed is None or (day < confirmed and self._ends(begun_on, day, confirmed)):
                return WithItems(begun_on, day, confirmed=False)
        if failed is not None and (confirmed is None or failed <= confirmed):
            return WithItems(begun_on, failed, confirmed=False)
        return WithItems(begun_on, confirmed, confirmed=confirmed is not None)

    def _ends(self, begun_on: date, passed: date, confirmed: date) -> bool:
        last = max((end for on, end in self.deadlines.items() if begun_on <= on <= passed), default=date.max)
        return passed > last or any(passed < day <= confirmed for day in self.found)


def course_of(facts: Facts) -> Course:
    """The facts that say how items went on. Of notices of one day the earliest deadline counts, or the one to which
    the inspector has put it off."""
    deadlines: dict[date, date] = {}
    for event in facts.events:
        if isinstance(event, OpinionNoticeIssued):
            deadlines[event.on] = min(event.deadline, deadlines.get(event.on, event.deadline))
        elif isinstance(event, RectificationReturned) and event.deadline is not None:
            last = max((on for on in deadlines if on <= event.on), default=None)
            if last is not None:
                deadlines[last] = event.deadline
    rectify = ended_with(facts, "rectify")
    return Course(
        found=sorted({*deadlines, *rectify}),
        deadlines=dict(sorted(deadlines.items())),
        confirmed=sorted({event.on for event in facts.events if isinstance(event, RectificationConfirmed)}),
        passed=sorted(set(ended_with(facts, "pass"))),
        failed=sorted(set(ended_with(facts, "fail"))),
    )


def ended_with(facts: Facts, conclusion: str) -> list[date]:
    """The days on which an inspector left with that conclusion."""
    return [event.on for event in facts.events if isinstance(event, InspectionEnded) and event.conclusion == conclusion]


def inspections_with_items(course: Course) -> list[WithItems]:
    """The inspections that found items, in order; what was found while one lasted belongs to it."""
    inspections: list[WithItems] = []
    for day in course.found:
        if not inspections or not inspections[-1].covers(day):
            inspections.append(course.end_of(day))
    return inspections


def opinions_of(facts: Facts) -> list[Opinion]:
    """The opinion notices by day, those of one day as one."""
    course = course_of(facts)
    inspections = inspections_with_items(course)
    return [
        Opinion(on, deadline, next(each.ended_on for each in inspections if each.covers(on)), handed_in_on(facts, on))
        for on, deadline in course.deadlines.items()
    ]


def handed_in_on(facts: Facts, noticed_on: date) -> date | None:
    """The day on which what a notice asks for was handed in; None where it was not, or was given back since."""
    handed_in = None
    for event in facts.events:
        if isinstance(event, RectificationSubmitted) and event.on >= noticed_on:
            handed_in = event.on
        elif isinstance(event, RectificationReturned | OpinionNoticeIssued) and event.on >= noticed_on:
            handed_in = None
    return handed_in


def confirmed_ends(facts: Facts) -> list[date]:
    """The days on which a confirmation ended an inspection: the first one after items were found.

    One before all that is known of items, or long after the last ones, is of an inspection not known further.
    """
    course = course_of(facts)
    inspections = inspections_with_items(course)
    ends = {each.ended_on for each in inspections if each.confirmed and each.ended_on is not None}
    for day in course.confirmed:
        before = [each for each in inspections if each.begun_on <= day]
        if not before or _is_long_over(before[-1], day):
            ends.add(day)
    return sorted(ends)


def _is_long_over(inspection: WithItems, day: date) -> bool:
    return inspection.ended_on is not None and add_months(inspection.ended_on, OF_ANOTHER_MONTHS) < day


def passed_ends(facts: Facts) -> list[date]:
    """The days on which an inspection was passed at once, or after its items: no others were found, nor confirmed, on
    that day, and it was no leaving before another end."""
    course = course_of(facts)
    inspections = inspections_with_items(course)
    confirmed = confirmed_ends(facts)
    return [
        day
        for day in course.passed
        if day not in course.deadlines
        and day not in confirmed
        and not any(
            each.covers(day) and (each.confirmed or each.begun_on < day != each.ended_on) for each in inspections
        )
    ]
