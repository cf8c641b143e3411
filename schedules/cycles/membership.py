"""Whether a lift's yearly event is under the scheme: by area, age, applications to join or leave, and exits. Pure."""

from dataclasses import dataclass
from datetime import date

from schedules.cycles.rules import Cycle
from schedules.facts import Facts, OptIn


@dataclass(frozen=True)
class Membership:
    """What decides whether an event is under the scheme: its start in the area, who joined, who left.

    `left` are the days of applications to leave that came in time, `joined` those on which one to join was accepted.
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


def membership_of(facts: Facts, cycle: Cycle, exited_on: date | None) -> Membership:
    """The membership of a lift before anybody chose to leave the scheme."""
    accepted = (event.accepted_on for event in facts.events if isinstance(event, OptIn))
    return Membership(
        cycle=cycle,
        start=cycle.start_in(facts.lift.district),
        joined=tuple(sorted(day for day in accepted if day is not None)),
        exited_on=exited_on,
    )
