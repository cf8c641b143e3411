"""What time out of use does to what a lift's years bring. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from schedules.cycles.anchors import Anchor, anchor_on
from schedules.cycles.closing import was_done_before
from schedules.cycles.membership import Membership
from schedules.cycles.rules import Restart
from schedules.cycles.statements import is_overtaken, validity_on
from schedules.cycles.stops import Stop, stops_of
from schedules.cycles.supervision import without_repaired
from schedules.cycles.years import Planned, before_listing, inspects_after
from schedules.dates import add_months
from schedules.facts import Facts
from schedules.happenings import SupervisoryInspectionPassed
from schedules.inspections import passes_of


def with_stops(
    planned: list[Planned], facts: Facts, membership: Membership, anchors: Sequence[Anchor], closes_from_months: int
) -> list[Planned]:
    """What falls due while the lift is out of use is not owed, unless it was done before; a restart brings its own test
    or inspection, which is that year's (002 附件2 一; TSG T7001-2023 4.1)."""
    restart = membership.cycle.restart
    for stop in stops_of(facts, restart):
        if stop.until is None:
            planned = [e for e in planned if e.ends < stop.since or was_done_before(e, stop.since, planned, facts)]
            continue
        anchor = anchor_on(anchors, stop.until)
        number = stop.until.year - anchor.passed_on.year if anchor else membership.cycle.every_year_from
        if not membership.covers(stop.until, stop.until, number):
            continue
        has_lapsed = _has_lapsed(stop, planned, facts, membership, anchors, closes_from_months)
        brings = _at_restart(stop, restart, planned, has_lapsed or restart.inspection == "always")
        replaced = anchor.counted if anchor and anchor.since == stop.until else stop.until.year
        planned = [
            event
            for event in planned
            if was_done_before(event, stop.since, planned, facts) or not _falls_away(event, stop, replaced, brings)
        ]
        planned += brings
    return sorted(planned, key=lambda event: (event.due, event.kind))


def _has_lapsed(
    stop: Stop,
    planned: list[Planned],
    facts: Facts,
    membership: Membership,
    anchors: Sequence[Anchor],
    closes_from_months: int,
) -> bool:
    """Whether the lift's inspection validity was over at the restart.

    A supervisory inspection during the stop that begins the years anew makes up for what fell due before it, and the
    validity that was stated for the former years says nothing any more.
    """
    assert stop.until is not None
    unlisted = list(before_listing(stop.since, anchors, membership.cycle, closes_from_months))
    known = [*without_repaired(unlisted, facts, membership.cycle, anchors), *planned]
    suspended = [
        event.due
        for event in known
        if event.is_inspection
        and stop.since <= event.due <= stop.until
        and not was_done_before(event, stop.since, known, facts)
    ]
    begun = max((anchor.since for anchor in anchors if stop.since <= anchor.since <= stop.until), default=None)
    if begun is not None:
        return any(due > begun for due in suspended)
    validity = _validity_at(stop, planned, facts, membership, anchors, closes_from_months)
    return bool(suspended) if validity is None else validity < stop.until


def _at_restart(stop: Stop, restart: Restart, planned: list[Planned], is_inspected: bool) -> list[Planned]:
    """Where the years decide whether there is an inspection, it stands for the last one that was not owed: what was
    passed before that one's time does not count for it."""
    assert stop.until is not None
    since, on = stop.since, stop.until
    counts_from = stop.counts_from(restart)
    brings = [Planned("test", on, on.isoformat(), counts_from, occasion="restart")] if restart.test else []
    if is_inspected:
        opened = [event.opens for event in planned if event.is_inspection and since <= event.due <= on]
        opens = counts_from if restart.inspection == "always" else max([counts_from, *opened])
        brings.append(Planned("inspection", on, on.isoformat(), opens, occasion="restart"))
    return brings


def _falls_away(event: Planned, stop: Stop, replaced: int, brings: list[Planned]) -> bool:
    """An inspection at a restart that brings no test stands for whatever the rest of the year `replaced` would have
    brought."""
    assert stop.until is not None
    if stop.since <= event.ends and event.due <= stop.until:
        return True
    is_later_that_year = event.due.year == replaced and event.due > stop.until
    stands_for_all = all(other.is_inspection for other in brings)
    return is_later_that_year and (
        stands_for_all or any(other.is_inspection == event.is_inspection for other in brings)
    )


def _validity_at(
    stop: Stop,
    planned: list[Planned],
    facts: Facts,
    membership: Membership,
    anchors: Sequence[Anchor],
    closes_from_months: int,
) -> date | None:
    """When the stated inspection validity ends; None where none is stated, or something has overtaken it: a supervisory
    inspection, or an inspection before the lift was taken out of use.

    A validity from before the scheme was put off by it to the next inspection of the lift's years (002 附件2 三1, 2).
    """
    assert stop.until is not None
    stated = validity_on(stop.until, facts)
    if stated is None:
        return None
    known_on, validity = stated
    start = membership.start
    if start <= validity.replace(day=1) < add_months(start, 12):
        validity = next((event.due for event in planned if event.is_inspection and event.due >= validity), validity)
    since = add_months(validity, -closes_from_months)
    renewals = [each for each in renewals_of(facts, anchors, membership) if each.passed_on <= stop.until]
    is_renewed = any(validity < each.passed_on for each in renewals) or any(
        since < day <= stop.since for day in passes_of(facts)
    )
    return None if is_renewed or is_overtaken(validity, renewals, known_on, membership.cycle) else validity


def renewals_of(
    facts: Facts, anchors: Sequence[Anchor], membership: Membership
) -> Iterator[SupervisoryInspectionPassed]:
    """The supervisory inspections that began the years anew, or took the place of the inspection of their year."""
    turned = {anchor.since for anchor in anchors[1:]}
    for event in facts.events:
        if not isinstance(event, SupervisoryInspectionPassed):
            continue
        day, anchor = event.passed_on, anchor_on(anchors, event.passed_on)
        replaces = event.kind == "major_repair" and anchor is not None and anchor.since < day
        if day in turned or (replaces and anchor and inspects_after(day, anchor, membership)):
            yield event
