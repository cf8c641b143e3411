"""What a register said of the inspection validity over time, as cycles. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from schedules.dates import add_months
from schedules.facts import Facts


@dataclass(frozen=True)
class StatedCycle:
    """One inspection cycle: V as first stated names it, V as last stated is due, `until` is when the register moved on.

    The present cycle has no `until`.
    """

    cycle: date
    valid_until: date
    until: date | None = None


def stated_cycles(stated: Iterable[tuple[date, date | None]], renewal_months: int) -> list[StatedCycle]:
    """The cycles that (known on, V) statements make, oldest first.

    A validity that moves by `renewal_months` or more begins the next cycle, any other move corrects the present one; a
    move back to the validity before a renewal takes the renewal back, and a move back to what the cycle began with is a
    correction however far it goes. A validity that is stated no more ends its cycle
    without a successor, as if it had never been.
    """
    cycles: list[StatedCycle] = []
    for known_on, valid_until in stated:
        present = cycles.pop() if cycles and cycles[-1].until is None else None
        if valid_until is None:
            continue
        if present is None:
            cycles.append(StatedCycle(valid_until, valid_until))
        elif cycles and valid_until == cycles[-1].valid_until:
            cycles.append(replace(cycles.pop(), until=None))
        elif valid_until == present.cycle:
            cycles.append(replace(present, valid_until=valid_until))
        elif valid_until >= add_months(present.valid_until, renewal_months):
            cycles += [replace(present, until=known_on), StatedCycle(valid_until, valid_until)]
        else:
            cycles.append(replace(present, valid_until=valid_until))
    return cycles


def cycles_of(facts: Facts, renewal_months: int) -> list[StatedCycle]:
    """The cycles of a lift; facts without a history have the one of their validity."""
    if facts.stated_inspections:
        return stated_cycles(facts.stated_inspections, renewal_months)
    valid_until = facts.lift.valid_until
    return [] if valid_until is None else [StatedCycle(facts.cycle or valid_until, valid_until)]
