"""One round per compound: lifts of different months inspected together, earlier than they would have to (000 四2)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from schedules.calendar import WorkingCalendar
from schedules.dates import add_months
from schedules.inspections import shortened_validity
from schedules.rulebook import Ladder
from schedules.year_plan.lifts import PlanLift, Window, window_of

CYCLE_MONTHS = 12  # 000: a periodic inspection every year


@dataclass(frozen=True)
class Earlier:
    """What a lift of a round loses: its validity would end on `adjusted` instead. `fee_share`: of the usual fee."""

    lift_id: int
    valid_until: date
    adjusted: date
    fee_share: Fraction

    @property
    def days_lost(self) -> int:
        """How many days of validity."""
        return (self.valid_until - self.adjusted).days


@dataclass(frozen=True)
class Together:
    """Lifts of one address that one visit within `window` would serve; the last of them that would end sets it."""

    window: Window
    adjusted: date
    lifts: tuple[Earlier, ...]


def together(
    lifts: Iterable[PlanLift], rule: Ladder, calendar: WorkingCalendar, *, most_months: int, exempt: bool = False
) -> list[Together]:
    """The lifts of one address as few visits: each takes along what ends up to `most_months` after its first validity.

    A validity is never extended (四2). The fee follows the length of the validity that is left, unless the unit is
    `exempt` (免征). Lifts without a validity are left out.
    """
    dated = {lift.lift_id: lift.valid_until for lift in lifts if lift.valid_until is not None}
    ordered = sorted(dated.items(), key=lambda item: (item[1], item[0]))
    return [_visit(group, rule, calendar, exempt) for group in _groups(ordered, most_months)]


def moved_together(lifts: Iterable[PlanLift], accepted: Iterable[Together]) -> list[PlanLift]:
    """The lifts as they are planned once these visits are agreed: with the validity and the days of their visit."""
    agreed = {one.lift_id: (one.adjusted, visit.window) for visit in accepted for one in visit.lifts}
    return [_moved(lift, *agreed[lift.lift_id]) if lift.lift_id in agreed else lift for lift in lifts]


def _moved(lift: PlanLift, adjusted: date, window: Window) -> PlanLift:
    if lift.valid_until is None:
        return lift
    return replace(lift, valid_until=shortened_validity(lift.valid_until, adjusted), window=window)


def _groups(ordered: Sequence[tuple[int, date]], most_months: int) -> Iterator[list[tuple[int, date]]]:
    rest = list(ordered)
    while rest:
        until = add_months(rest[0][1], most_months)
        yield [item for item in rest if item[1] <= until]
        rest = [item for item in rest if item[1] > until]


def _visit(group: Sequence[tuple[int, date]], rule: Ladder, calendar: WorkingCalendar, exempt: bool) -> Together:
    adjusted = group[0][1]
    lifts = tuple(earlier(lift_id, valid_until, adjusted, exempt) for lift_id, valid_until in group)
    return Together(window_of(rule, adjusted, calendar), adjusted, lifts)


def earlier(lift_id: int, valid_until: date, adjusted: date, exempt: bool) -> Earlier:
    """What a lift loses whose validity is shortened to `adjusted`; ValueError where that would extend it."""
    length = (valid_until - add_months(valid_until, -CYCLE_MONTHS)).days
    left = length - (valid_until - shortened_validity(valid_until, adjusted)).days
    return Earlier(lift_id, valid_until, adjusted, Fraction(1) if exempt else Fraction(max(left, 0), length))
