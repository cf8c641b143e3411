"""What would become of a lift's dates if something happened to it. Nothing is stored."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from schedules.answers import DutyAnswer, answer
from schedules.calendar import load_calendar
from schedules.dates import add_months
from schedules.facts import Facts
from schedules.happenings import OutsideEvent
from schedules.lift_facts import facts_of, known_events, read_lifts
from schedules.regimes import formers_of, rulebook_of
from schedules.rulebook import has_cycle
from store.lifts import Lift

YEARS_AHEAD = 5
MONTHS_BACK = 12


@dataclass(frozen=True)
class Change:
    """One duty before and after; None where it is not there. The two are the same duty by kind and year or cycle."""

    before: DutyAnswer | None
    after: DutyAnswer | None


@dataclass(frozen=True)
class WhatIf:
    """All dates before and after, and those that differ. `counts_years`: the rules count a lift's years, so that a
    renovation, a repair or a time out of use may move its inspections."""

    before: list[DutyAnswer]
    after: list[DutyAnswer]
    changes: list[Change]
    counts_years: bool = True


def what_if(session: Session, lift: Lift, event: OutsideEvent, *, today: date, until: date | None = None) -> WhatIf:
    """The dates of `lift` by the rules in force on `today`, without and with `event`.

    What is owed by the rules before them is among them. They reach from a year back (what is still open from before as
    well) to `until`, five years ahead if not given.
    """
    rulebook, formers = rulebook_of(session, lift.city_id, today), formers_of(session, lift.city_id, today)
    known = next(iter(read_lifts(session, lift.city_id, lift_ids=[lift.id])))
    facts = facts_of(known, known_events(session, [lift.id]).get(lift.id))
    calendar = load_calendar(session)
    last = until or date(today.year + YEARS_AHEAD, 12, 31)
    since = add_months(today, -MONTHS_BACK)

    def dates(facts: Facts) -> list[DutyAnswer]:
        found = answer(rulebook, facts, calendar, formers=formers)
        return [row for row in found if row.due is None or (row.due <= last and _matters(row, since))]

    before = dates(facts)
    after = dates(facts.model_copy(update={"events": (*facts.events, event)}))
    return WhatIf(before, after, _changes(before, after), has_cycle(rulebook))


def _matters(row: DutyAnswer, since: date) -> bool:
    return row.closed_on is None or (row.due is not None and row.due >= since)


def _changes(before: list[DutyAnswer], after: list[DutyAnswer]) -> list[Change]:
    """What differs, by due date; a duty of one kind in one year is the same one, whatever its day."""
    was, becomes = _keyed(before), _keyed(after)
    keys = [*was, *(key for key in becomes if key not in was)]
    changes = [Change(was.get(key), becomes.get(key)) for key in keys if was.get(key) != becomes.get(key)]
    return sorted(changes, key=lambda change: _first_due(change))


def _keyed(rows: list[DutyAnswer]) -> dict[tuple[str, int, int], DutyAnswer]:
    keyed: dict[tuple[str, int, int], DutyAnswer] = {}
    for row in rows:
        year = row.due.year if row.due else 0
        number = sum(key[:2] == (row.duty, year) for key in keyed)
        keyed[row.duty, year, number] = row
    return keyed


def _first_due(change: Change) -> date:
    dues = [row.due for row in (change.before, change.after) if row is not None and row.due is not None]
    return min(dues, default=date.max)
