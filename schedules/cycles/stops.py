"""The times for which a lift was out of use, as far as a document takes notice of them. Pure."""

from dataclasses import dataclass, replace
from datetime import date

from schedules.cycles.rules import Restart
from schedules.dates import add_months
from schedules.facts import Facts
from schedules.happenings import OutOfUse

EARLY_MONTHS = 2  # whole months before that of a restart
COUNTS_MONTHS = 12  # for how long what was passed out of use counts for the restart


@dataclass(frozen=True)
class Stop:
    """A time out of use that counts; without `until` the lift is still out of use."""

    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        """Whether the lift was out of use on `day`, the first and the last one among them."""
        return self.since <= day and (self.until is None or day <= self.until)

    def counts_from(self, restart: Restart) -> date:
        """From when an inspection or test counts for the restart: when the lift was out of use for as long as brings
        one, and no longer than a year before the restart; or within the two months before its month."""
        assert self.until is not None
        long_enough = max(add_months(self.since, restart.months), add_months(self.until, -COUNTS_MONTHS))
        return min(long_enough, add_months(self.until.replace(day=1), -EARLY_MONTHS))


def stops_of(facts: Facts, restart: Restart) -> list[Stop]:
    """The times out of use that are long enough to count, by day; those that overlap or touch are one."""
    told = [
        Stop(event.from_on, event.restart_on)
        for event in facts.events
        if isinstance(event, OutOfUse) and (event.formal or (event.restart_on and not restart.formal_only))
    ]
    known_ends = {stop.since for stop in told if stop.until is not None}
    stops: list[Stop] = []
    for stop in sorted(told, key=lambda stop: (stop.since, stop.until or date.max)):
        if stop.until is None and stop.since in known_ends:
            continue
        last = stops[-1] if stops else None
        if last is not None and (last.until is None or stop.since <= last.until):
            ends = None if None in (last.until, stop.until) else max(filter(None, (last.until, stop.until)))
            stops[-1] = replace(last, until=ends)
        else:
            stops.append(stop)
    return [stop for stop in stops if stop.until is None or add_months(stop.since, restart.months) <= stop.until]
