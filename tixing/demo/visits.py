"""What becomes of the inspections booked for a day: shares as a Guangzhou inspector would expect them (estimates)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from tixing.demo.acts import Act, ActKind, LiftState, WorkingDays, draw, draw_between

TYPHOON = (date(2026, 9, 16), date(2026, 9, 17))
PASSES, OPINION, ABORTED = 0.70, 0.26, 0.02  # of first visits; the rest fails
PASSES_LATER = 0.92  # of the visits after the first
RECTIFIES = 0.92  # of the opinion notices that are answered in time
MOVED_BY = 4  # working days by which a closure or an aborted inspection puts off a visit
TO_RECTIFY = 10  # working days from the opinion notice to its deadline
RECTIFIED_AFTER = (3, 8)  # working days from the opinion notice to the confirmation

Outcome = tuple[LiftState, ActKind, date | None]


def visits_of(day: date, lifts: Sequence[LiftState], days: WorkingDays) -> list[Act]:
    """What happens to the lifts whose visit is on `day`, and to those whose items are to be rectified."""
    due = [lift for lift in lifts if lift.booked_on == day and lift.rectify_by is None]
    if TYPHOON[0] <= day <= TYPHOON[1]:
        moved_to = days.add_working(TYPHOON[1], MOVED_BY)
        return _together([(lift, ActKind.BOOK, moved_to) for lift in due])
    outcomes = [outcome for lift in due for outcome in _visit(day, lift, days)]
    outcomes += [outcome for lift in lifts for outcome in _rectification(day, lift, days)]
    return _together(outcomes)


def _visit(day: date, lift: LiftState, days: WorkingDays) -> list[Outcome]:
    chance = draw("visit", lift.key, lift.due, lift.visits)
    if lift.visits > 0:
        return [(lift, ActKind.PASS if chance < PASSES_LATER else ActKind.FAIL, None)]
    if chance < PASSES:
        return [(lift, ActKind.PASS, None)]
    if chance < PASSES + OPINION:
        return [(lift, ActKind.OPINION, days.add_working(day, TO_RECTIFY))]
    if chance < PASSES + OPINION + ABORTED:
        return [(lift, ActKind.MISS, None), (lift, ActKind.BOOK, days.add_working(day, MOVED_BY))]
    return [(lift, ActKind.FAIL, None)]


def _rectification(day: date, lift: LiftState, days: WorkingDays) -> Iterator[Outcome]:
    if lift.opinion_on is None or lift.rectify_by is None:
        return
    if draw("rectifies", lift.key, lift.opinion_on) >= RECTIFIES:
        if day > lift.rectify_by:
            yield lift, ActKind.FAIL, None
        return
    wait = draw_between(*RECTIFIED_AFTER, "rectified", lift.site, lift.opinion_on)
    if day >= days.add_working(lift.opinion_on, wait):
        yield lift, ActKind.CONFIRM, None


def _together(outcomes: Sequence[Outcome]) -> list[Act]:
    """One act for the lifts that fare alike."""
    found: dict[tuple[ActKind, date | None], list[int]] = defaultdict(list)
    for lift, kind, on in outcomes:
        found[kind, on].append(lift.lift_id)
    return [Act(kind, tuple(lift_ids), on) for (kind, on), lift_ids in found.items()]
