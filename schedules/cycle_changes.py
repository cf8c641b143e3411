"""What renovation, major repair and time out of use do to a lift's years. Pure; the order of events is that of time."""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from schedules.cycle_closing import passes_of
from schedules.cycle_membership import Membership
from schedules.cycle_rules import Cycle, Restart
from schedules.cycle_years import Anchor, Planned
from schedules.dates import add_months
from schedules.facts import Facts, OutOfUse, SupervisoryInspectionPassed


@dataclass(frozen=True)
class Stop:
    """A time out of use that counts; without `until` the lift is still out of use."""

    since: date
    until: date | None


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


def anchor_on(anchors: list[Anchor], day: date) -> Anchor | None:
    """The anchor that holds on `day`, or the first one before any does."""
    held = [anchor for anchor in anchors if anchor.since <= day]
    return held[-1] if held else next(iter(anchors), None)


def without_repaired(planned: list[Planned], facts: Facts, cycle: Cycle, anchors: list[Anchor]) -> list[Planned]:
    """Without what the supervisory inspection of a major repair replaces in its own year."""
    turned = {anchor.since for anchor in anchors}
    repairs = [
        event.passed_on
        for event in facts.events
        if isinstance(event, SupervisoryInspectionPassed) and event.kind == "major_repair"
    ]
    keeps_tests = cycle.major_repair.replaces == "inspections"

    def is_replaced(event: Planned) -> bool:
        return not (keeps_tests and event.kind == "test") and any(
            event.due.year == day.year and event.due >= day for day in repairs if day not in turned
        )

    return [event for event in planned if not is_replaced(event)]


def stops_of(facts: Facts, restart: Restart) -> list[Stop]:
    """The times out of use that are long enough to count, by day; those that overlap are one."""
    counted = [
        Stop(event.from_on, event.restart_on)
        for event in facts.events
        if isinstance(event, OutOfUse) and _counts(event, restart)
    ]
    known_ends = {stop.since for stop in counted if stop.until is not None}
    stops: list[Stop] = []
    for stop in sorted(counted, key=lambda stop: (stop.since, stop.until or date.max)):
        if stop.until is None and stop.since in known_ends:
            continue
        last = stops[-1] if stops else None
        if last is not None and (last.until is None or stop.since <= last.until):
            ends = None if None in (last.until, stop.until) else max(filter(None, (last.until, stop.until)))
            stops[-1] = replace(last, until=ends)
        else:
            stops.append(stop)
    return stops


def _counts(event: OutOfUse, restart: Restart) -> bool:
    if event.restart_on is None:
        return event.formal
    return (event.formal or not restart.formal_only) and add_months(event.from_on, restart.months) <= event.restart_on


def with_stops(
    planned: list[Planned], facts: Facts, membership: Membership, anchors: list[Anchor], validity: date | None
) -> list[Planned]:
    """What falls due while the lift is out of use is not owed; a restart brings its own test or inspection, which is
    that year's (002 附件2 一; TSG T7001-2023 4.1)."""
    restart = membership.cycle.restart
    for stop in stops_of(facts, restart):
        if stop.until is None:
            planned = [event for event in planned if event.due < stop.since]
            continue
        anchor = anchor_on(anchors, stop.until)
        number = stop.until.year - anchor.passed_on.year if anchor else membership.cycle.every_year_from
        if not membership.covers(stop.until, stop.until, number):
            continue
        is_inspected = restart.inspection == "always" or has_lapsed(planned, stop, membership, anchors, validity)
        brings = _at_restart(stop.since, stop.until, restart, is_inspected)
        planned = [event for event in planned if not _falls_away(event, stop.since, stop.until, brings)] + brings
    return sorted(planned, key=lambda event: (event.due, event.kind))


def _at_restart(since: date, on: date, restart: Restart, is_inspected: bool) -> list[Planned]:
    brings = [Planned("test", on, on.isoformat(), since)] if restart.test else []
    if is_inspected:
        brings.append(Planned("inspection", on, on.isoformat(), since))
    return brings


def _falls_away(event: Planned, since: date, until: date, brings: list[Planned]) -> bool:
    """An inspection at a restart that brings no test stands for whatever the rest of that year would have brought."""
    if since <= event.due <= until:
        return True
    is_later_that_year = event.due.year == until.year and event.due > until
    stands_for_all = all(other.is_inspection for other in brings)
    return is_later_that_year and (
        stands_for_all or any(other.is_inspection == event.is_inspection for other in brings)
    )


def has_lapsed(
    planned: list[Planned], stop: Stop, membership: Membership, anchors: list[Anchor], validity: date | None
) -> bool:
    """Whether the inspection validity has ended by the restart.

    A validity from before the scheme was extended by it to the next inspection of the lift's years (002 附件2 三1, 2);
    one that a supervisory inspection has overtaken says nothing more.
    """
    assert stop.until is not None
    overtaken = validity is None or any(anchor.since > validity for anchor in anchors[1:] if anchor.since <= stop.until)
    if validity is None or overtaken:
        return any(event.is_inspection and stop.since <= event.due <= stop.until for event in planned)
    if is_original(validity, membership.start):
        extended = next((event.due for event in planned if event.is_inspection and event.due >= validity), validity)
        return extended < stop.until
    return validity < stop.until


def is_original(validity: date, start: date) -> bool:
    """Whether a validity was given by the yearly inspections before the scheme and falls under it."""
    return start <= validity.replace(day=1) < add_months(start, 12)
