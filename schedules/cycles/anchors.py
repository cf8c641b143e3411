"""From which day and in which month a lift's years are counted, and what moves that over time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from schedules.cycles.rules import Cycle
from schedules.cycles.stops import Stop, stops_of
from schedules.dates import add_months
from schedules.facts import Facts
from schedules.happenings import SupervisoryInspectionPassed
from schedules.inspections import passes_of

TURNS = ("renovated", "major_repair", "restart")  # of one day, what counts first: a renovation makes the lift new


@dataclass(frozen=True)
class Anchor:
    """From which supervisory inspection the years are numbered, and in which month they fall due.

    It holds from `since`, the day on which something gave the lift this anchor. Its first year is the one after
    `counted`: that of `since`, or where the inspection before a restart was passed in an earlier one, that one.
    """

    since: date
    passed_on: date
    month: int
    counted: int


def anchors_of(facts: Facts, cycle: Cycle, month: int | None) -> list[Anchor]:
    """How the lift's years are numbered over time: from its installation, from each renovation that makes it new, from
    each major repair that makes it younger; a restart may move the month."""
    installed, start = facts.lift.installed_pass_on, cycle.start_in(facts.lift.district)
    anchors = [Anchor(installed, installed, month or installed.month, installed.year)] if installed else []
    for turn in sorted(_turns(facts, cycle), key=lambda turn: (turn.on, TURNS.index(turn.kind), turn.inspected_on)):
        current = anchors[-1] if anchors else None
        following = _following(current, turn, cycle, start)
        if following is not None and (current is None or turn.on > current.since):
            anchors.append(following)
    return anchors


class _Turn(NamedTuple):
    """Something that may give the lift another anchor by an inspection that was passed on `inspected_on`."""

    on: date
    kind: str
    inspected_on: date


def _turns(facts: Facts, cycle: Cycle) -> list[_Turn]:
    turns = [
        _Turn(event.passed_on, event.kind, event.passed_on)
        for event in facts.events
        if isinstance(event, SupervisoryInspectionPassed)
    ]
    if cycle.restart.moves_month:
        turns += [
            _Turn(stop.until, "restart", _inspected_for_restart(stop, stop.until, cycle, facts))
            for stop in stops_of(facts, cycle.restart)
            if stop.until is not None
        ]
    return turns


def _inspected_for_restart(stop: Stop, until: date, cycle: Cycle, facts: Facts) -> date:
    """When the inspection at the restart was passed, before it or late; until that is known, the day of the restart.

    One that was passed when the next year's could be is no longer taken for that of the restart.
    """
    passes = passes_of(facts)
    before = [day for day in passes if stop.counts_from(cycle.restart) <= day <= until]
    if before:
        return before[-1]
    early = cycle.inspection_window.before if cycle.inspection_window else 0
    following = add_months(until.replace(day=1), 12 - early)
    return next((day for day in passes if until < day < following), until)


def _following(current: Anchor | None, turn: _Turn, cycle: Cycle, start: date) -> Anchor | None:
    day = turn.on
    month, counted = turn.inspected_on.month, turn.inspected_on.year
    if turn.kind == "renovated":
        return Anchor(day, day, month, counted) if day >= (cycle.renovation_from or start) else None
    if current is None:
        return None
    if turn.kind == "restart":
        return Anchor(day, current.passed_on, month, counted) if day >= start else None
    years = cycle.major_repair.counts_as_years
    if years is None or add_months(current.passed_on, 12 * years) > day:
        return None
    return Anchor(day, add_months(day, -12 * years), month, counted)


def anchor_on(anchors: Sequence[Anchor], day: date) -> Anchor | None:
    """The anchor that holds on `day`, or the first one before any does."""
    held = [anchor for anchor in anchors if anchor.since <= day]
    return held[-1] if held else next(iter(anchors), None)
