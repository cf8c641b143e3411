"""Whether a lift's yearly event is under the scheme: by area, age, applications to join or leave, and exits. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schedules.cycles.anchors import Anchor, anchor_on
from schedules.cycles.rules import Cycle
from schedules.facts import Facts
from schedules.happenings import OptIn


@dataclass(frozen=True)
class Membership:
    """What decides whether an event is under the scheme: its start in the area, who joined, who left.

    `left` are the days of applications to leave that came in time, `joined` those on which one to join was accepted
    of a lift that was old enough to choose.
    """

    cycle: Cycle
    start: date
    left: tuple[date, ...] = ()
    joined: tuple[date, ...] = ()
    exited_on: date | None = None

    def covers(self, begins: date, due: date, number: int) -> bool:
        """Whether what is due on `due` in year `number` is under the scheme; `begins` is compared with its start."""
        if begins < self.start or (self.exited_on is not None and due > self.exited_on):
            return False
        waiting = self.cycle.waiting
        is_old = waiting is not None and number >= waiting.from_year
        joined = max((day for day in self.joined if is_old and day <= due), default=None)
        if is_old and waiting is not None and begins < waiting.until and joined is None:
            return False
        left = max((day for day in self.left if day < due), default=None)
        return left is None or (joined is not None and joined > left)


def membership_of(facts: Facts, cycle: Cycle, anchors: Sequence[Anchor], exited_on: date | None) -> Membership:
    """The membership of a lift before anybody chose to leave the scheme."""
    accepted = (event.accepted_on for event in facts.events if isinstance(event, OptIn))
    return Membership(
        cycle=cycle,
        start=cycle.start_in(facts.lift.district),
        joined=tuple(sorted(day for day in accepted if day is not None and _may_join(day, anchors, cycle))),
        exited_on=exited_on,
    )


def _may_join(day: date, anchors: Sequence[Anchor], cycle: Cycle) -> bool:
    """Whether the lift was old enough by the number of `day`'s year: only such lifts apply to join (002 附件2 三5)."""
    anchor = anchor_on(anchors, day)
    return anchor is None or cycle.waiting is None or day.year - anchor.passed_on.year >= cycle.waiting.from_year
