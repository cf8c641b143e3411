"""From which day and in which month a lift's years are counted, and what moves that over time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from schedules.cycles.rules import Cycle
from schedules.cycles.stops import stops_of
from schedules.dates import add_months
from schedules.facts import Facts, SupervisoryInspectionPassed
from schedules.inspections import passes_of


@dataclass(frozen=True)
class Anchor:
    """From which supervisory inspection the years are numbered, and in which month they fall due.

    It holds for the years after `since`, the day on which something gave the lift this anchor.
    """

    since: date
    passed_on: date
    month: int


def anchors_of(facts: Facts, cycle: Cycle, month: int | None) -> list[Anchor]:
    """How the lift's years are numbered over time: from its installation, from each renovation that makes it new, from
    each major repair that makes it younger; a restart may move the month."""
    installed, start = facts.lift.installed_pass_on, cycle.start_in(facts.lift.district)
    anchors = [Anchor(installed, installed, month or installed.month)] if installed else []
    for turn in sorted(_turns(facts, cycle)):
        current = anchors[-1] if anchors else None
        following = _following(current, turn, cycle, start)
        if following is not None and (current is None or turn.on > current.since):
            anchors.append(following)
    return anchors


class _Turn(NamedTuple):
    """Something that may give the lift another anchor; `month` is what a restart moves it to."""

    on: date
    kind: str
    month: int


def _turns(facts: Facts, cycle: Cycle) -> list[_Turn]:
    turns = [
        _Turn(event.passed_on, event.kind, event.passed_on.month)
        for event in facts.events
        if isinstance(event, SupervisoryInspectionPassed)
    ]
    if cycle.restart.moves_month:
        turns += [
            _Turn(stop.until, "restart", _month_of_restart(stop.since, stop.until, facts))
            for stop in stops_of(facts, cycle.restart)
            if stop.until is not None
        ]
    return turns


def _month_of_restart(since: date, until: date, facts: Facts) -> int:
    """The month in which the inspection before the restart was passed; until that is known, that of the restart."""
    return max((day for day in passes_of(facts) if since <= day <= until), default=until).month


def _following(current: Anchor | None, turn: _Turn, cycle: Cycle, start: date) -> Anchor | None:
    day = turn.on
    if turn.kind == "renovated":
        return Anchor(day, day, day.month) if day >= (cycle.renovation_from or start) else None
    if current is None:
        return None
    if turn.kind == "restart":
        return Anchor(day, current.passed_on, turn.month) if day >= start else None
    years = cycle.major_repair.counts_as_years
    if years is None or add_months(current.passed_on, 12 * years) > day:
        return None
    return Anchor(day, add_months(day, -12 * years), day.month)


def anchor_on(anchors: Sequence[Anchor], day: date) -> Anchor | None:
    """The anchor that holds on `day`, or the first one before any does."""
    held = [anchor for anchor in anchors if anchor.since <= day]
    return held[-1] if held else next(iter(anchors), None)
