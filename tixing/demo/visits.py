"""What becomes of the inspections booked for a day: shares as a Guangzhou inspector would expect them (estimates)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tixing.demo.acts import Act, ActKind, LiftState, WorkingDays, draw, draw_between

TYPHOON = (date(2026, 9, 16), date(2026, 9, 17))
PASSES, OPINION, ABORTED = 0.70, 0.26, 0.02  # of first visits; the rest fails
CONFIRMED = 0.92  # of the lifts that must be rectified, those that are in time
MOVED_BY = 4  # working days by which a closure or an aborted inspection puts off a visit
RECTIFIED_AFTER = (5, 9)  # working days from the opinion notice to the day of confirmation


def visits_of(day: date, lifts: Sequence[LiftState], days: WorkingDays) -> list[Act]:
    """What happens to the lifts whose visit is on `day`; a visit on the eve of a closure is not moved."""
    due = [lift for lift in lifts if lift.booked_on == day]
    if TYPHOON[0] <= day <= TYPHOON[1]:
        return _together([(lift, ActKind.MOVE, days.add_working(TYPHOON[1], MOVED_BY)) for lift in due])
    acts: list[tuple[LiftState, ActKind, date | None]] = []
    for lift in due:
        acts.extend(_outcome(day, lift, days))
    return _together(acts)


def _outcome(day: date, lift: LiftState, days: WorkingDays) -> list[tuple[LiftState, ActKind, date | None]]:
    chance = draw("visit", lift.key, lift.due, lift.visits)
    if lift.visits > 0:
        return [(lift, ActKind.PASS if chance < CONFIRMED else ActKind.FAIL, day)]
    if chance < PASSES:
        return [(lift, ActKind.PASS, day)]
    if chance < PASSES + OPINION:
        confirmed_on = days.add_working(day, draw_between(*RECTIFIED_AFTER, "rectified", lift.site, day))
        return [(lift, ActKind.MOVE, confirmed_on)]
    if chance < PASSES + OPINION + ABORTED:
        return [(lift, ActKind.MISS, day), (lift, ActKind.BOOK, days.add_working(day, MOVED_BY))]
    return [(lift, ActKind.FAIL, day)]


def _together(acts: Sequence[tuple[LiftState, ActKind, date | None]]) -> list[Act]:
    """One act for the lifts of a site that fare alike."""
    found: dict[tuple[str, ActKind, date | None], list[int]] = defaultdict(list)
    for lift, kind, on in acts:
        found[lift.site, kind, on].append(lift.lift_id)
    return [Act(kind, tuple(lift_ids), on) for (_, kind, on), lift_ids in found.items()]
