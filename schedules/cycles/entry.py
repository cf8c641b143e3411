"""With which validity a lift comes into a scheme, and whether its unit has chosen to stay out by then. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from schedules.cycles.anchors import Anchor, anchor_on
from schedules.cycles.membership import Membership
from schedules.dates import add_months, month_end
from schedules.facts import Facts
from schedules.given import YEARS
from schedules.happenings import OptOut
from schedules.numbers import Numbers
from schedules.statements import StatedCycle, cycles_of


def entry_validity(
    facts: Facts, membership: Membership, anchors: Sequence[Anchor], numbers: Numbers
) -> StatedCycle | None:
    """The stated validity that the scheme found when it began for the lift (002 附件2 三4: 原检验合格有效期).

    The rule before it inspects every year: the scheme covers that validity, and had not begun for the lift a year
    earlier. A later validity is the scheme's own, and nothing can be chosen by it.
    """

    def is_entry(validity: date) -> bool:
        month = validity.replace(day=1)
        a_year_earlier = add_months(month, -12)
        return covers_month(membership, anchors, month) and not covers_month(membership, anchors, a_year_earlier)

    return next((each for each in cycles_of(facts, numbers.renewal_months) if is_entry(each.valid_until)), None)


def with_opt_outs(membership: Membership, facts: Facts, anchors: Sequence[Anchor], numbers: Numbers) -> Membership:
    """With the applications to leave that came a month or more before the running validity ends (002 附件2 三4)."""
    months = membership.cycle.opt_out_months
    if months is None:
        return membership

    def is_in_time(filed_on: date) -> bool:
        ends = _running_validity(filed_on, facts, membership, anchors, numbers)
        return ends is not None and filed_on <= add_months(ends, -months)

    filed = {event.filed_on for event in facts.events if isinstance(event, OptOut)}
    return replace(membership, left=tuple(sorted(day for day in filed if is_in_time(day))))


def _running_validity(
    day: date, facts: Facts, membership: Membership, anchors: Sequence[Anchor], numbers: Numbers
) -> date | None:
    """When the validity ends by which an application on `day` is judged, as it was known then: that of the entry, or
    where it is not stated the month in which the scheme's first year fell due; since a renovation, which makes the lift
    new, the month in which its first year falls due."""
    known = [anchor for anchor in anchors if anchor.since <= day] or list(anchors[:1])
    renovated = [anchor for anchor in known[1:] if anchor.since == anchor.passed_on]
    if renovated:
        return month_end(date(renovated[-1].counted + 1, renovated[-1].month, 1))
    entry = entry_validity(facts, membership, known, numbers)
    return entry.valid_until if entry else _first_due(membership, known)


def covers_month(membership: Membership, anchors: Sequence[Anchor], month: date) -> bool:
    """Whether what a lift owes in `month` (its first day) is under the scheme; never where its age is not known, nor in
    the year of its first inspection."""
    anchor = anchor_on(anchors, month)
    number = month.year - anchor.passed_on.year if anchor else 0
    return number > 0 and membership.covers(month, month_end(month), number)


def _first_due(membership: Membership, anchors: Sequence[Anchor]) -> date | None:
    for year in range(membership.start.year, YEARS.stop):
        anchor = anchor_on(anchors, date(year, 12, 31))
        month = date(year, anchor.month, 1) if anchor else None
        if month is not None and covers_month(membership, anchors, month):
            return month_end(month)
    return None
