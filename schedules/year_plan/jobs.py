"""Rows of the input as what can be placed, the days as numbers; the rest with its reason."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from schedules.year_plan.inspectors import PlanDay
from schedules.year_plan.lifts import NotPlanned, PlanLift
from store.plans import Why


@dataclass(frozen=True)
class Job:
    """A lift to be placed on one of the plan's days `first`…`aim`, in need `first`…`last` (their numbers).

    Where no day is left up to the target, `aim` is `last`.
    """

    number: int
    at: int
    lift: PlanLift
    first: int
    aim: int
    last: int


def sort_out(
    lifts: Iterable[PlanLift], days: Sequence[PlanDay], begins: date, ends: date
) -> tuple[list[Job], list[NotPlanned]]:
    """What can be placed on these days of a plan over [begins, ends], and what cannot whatever the room."""
    jobs: list[Job] = []
    refused: list[NotPlanned] = []
    known = [one.day for one in days]
    seen: set[int] = set()
    for at, lift in enumerate(lifts):
        found = Why.LISTED_TWICE if lift.lift_id in seen else _job(len(jobs), at, lift, known, begins, ends)
        seen.add(lift.lift_id)
        if isinstance(found, Job):
            jobs.append(found)
        else:
            refused.append(NotPlanned(at, lift.lift_id, found))
    return jobs, refused


def _job(number: int, at: int, lift: PlanLift, known: Sequence[date], begins: date, ends: date) -> Job | Why:
    window = lift.window
    if lift.valid_until is None or window is None:
        return Why.NO_VALIDITY
    if lift.valid_until < begins:
        return Why.VALIDITY_PAST
    # whoever states the window: nothing is planned after the validity
    backstop = min(window.backstop, lift.valid_until)
    if window.first > backstop:
        return Why.WINDOW_IMPOSSIBLE
    if backstop < begins:
        return Why.WINDOW_CLOSED
    if window.first > ends:
        return Why.WINDOW_LATER
    first, last = bisect_left(known, window.first), bisect_right(known, backstop) - 1
    aim = min(bisect_right(known, window.target) - 1, last)
    if first > last:
        return Why.NO_INSPECTOR
    return Job(number, at, lift, first, aim if aim >= first else last, last)


def address_of(lift: PlanLift) -> tuple[str, str]:
    """The address, which is one only within its neighbourhood. A lift without one is an address of its own."""
    return lift.neighbourhood, lift.address or f"\0{lift.lift_id}"
