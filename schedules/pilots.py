"""Pilots of another way of maintenance (002 附件1, 004): leaving them, bars, who decides on an application."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from schedules.dates import ONE_DAY, add_months
from schedules.facts import Facts
from schedules.happenings import PilotExited, PilotPublished

Receiver = Literal["city_regulator", "district_regulator"]


def times_outside(facts: Facts) -> list[tuple[date, date | None]]:
    """When the lift had left the pilot, in order: from the day of an exit until before the next day of a publication.

    The end is None where it was not published again. A publication on the day of an exit is the one that was left.
    """
    exits = sorted({event.on for event in facts.events if isinstance(event, PilotExited)})
    published = [event.on for event in facts.events if isinstance(event, PilotPublished)]
    return [(left, min((day for day in published if day > left), default=None)) for left in exits]


def exited_on(facts: Facts) -> date | None:
    """The day on which the lift left the pilot; None where it did not, or was published again after that day."""
    left, again = next(reversed(times_outside(facts)), (None, None))
    return left if again is None else None


def was_outside(day: date, outside: Iterable[tuple[date, date | None]]) -> bool:
    """Whether the lift had left the pilot on `day`, by its `times_outside`."""
    return any(left <= day and (again is None or day < again) for left, again in outside)


def is_in_pilot(facts: Facts) -> bool:
    """Whether the lift is maintained under a pilot now."""
    return facts.maintenance.on_demand and exited_on(facts) is None


def may_apply_from(exit_on: date, bar_months: int | None, *, same_maintainer: bool) -> date:
    """When the project may apply again (002 附件1 四(一)): at once with another maintainer, else after the bar."""
    if bar_months is None or not same_maintainer:
        return exit_on
    return add_months(exit_on, bar_months) + ONE_DAY


def who_receives(managed: int, maintained: int, *, city_from: int, in_pilot_district: bool) -> Receiver | None:
    """To whom a pilot's application goes (004 四(一)3), by how many lifts of the city the unit manages or the
    maintainer maintains: either count is enough (使用管理或者维护保养). None: there is nobody to apply to."""
    if max(managed, maintained) >= city_from:
        return "city_regulator"
    return "district_regulator" if in_pilot_district else None


def has_clean_record(applied_on: date, accidents: Iterable[date], *, years: int) -> bool:
    """Whether no accident lies in the years before an application (004 二1: 近三年; 002 附件2-1: 近两年).

    The first day of the look-back counts: an accident exactly so many years ago is still within it.
    """
    return not any(add_months(applied_on, -12 * years) <= day <= applied_on for day in accidents)


def exit_on(due: date, met_on: date | None, today: date) -> date | None:
    """The day on which something not done by `due` puts lift, project or unit out of the pilot; None: it does not.

    An outage not mended (004 四(三)1(2)), a policy not renewed (004 四(三)2(1); 002 附件1 四(一)4), an order or a
    failed inspection not rectified by its deadline (002 附件1 四(一)1, 2).
    """
    left_on = due + ONE_DAY
    in_time = met_on is not None and met_on <= due
    return None if in_time or today < left_on else left_on


def is_clearly_higher(rate: float, last_year: float, *, share: float) -> bool:
    """Whether a fault rate is so much above last year's that somebody should look (004 四(三)2(2): 明显高于).

    The document gives no number: `share` is a setting, 0.2 is 20 % more. Where there were no faults last year, any are.
    """
    return rate > last_year and rate >= last_year * (1 + share)
