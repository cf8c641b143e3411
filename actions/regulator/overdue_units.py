"""The use units whose lifts are overdue, for an officer to choose from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.actors import REGULATORS, Asked
from actions.registry import verb
from actions.regulator.overdue import OverdueLift, find_overdue
from actions.regulator.push_previews import LiftLine, lift_lines
from actions.regulator.scope import answered_for
from store.database import in_chunks
from store.parties import Party


@dataclass(frozen=True)
class OverdueUnit:
    """A unit with the lifts about which it can be told today, longest overdue first."""

    unit_id: int
    unit: str
    due: date
    lifts: Sequence[LiftLine]


@verb(REGULATORS, reads=True)
def overdue_units(session: Session, asked: Asked) -> Sequence[OverdueUnit]:
    """Those with most lifts first; without lifts of which nobody can be told, or was told today."""
    found = find_overdue(session, asked.actor.city_id, answered_for(asked.actor), asked.today)
    by_unit: dict[int, list[OverdueLift]] = defaultdict(list)
    for lift in found:
        if lift.unit_id is not None:
            by_unit[lift.unit_id].append(lift)
    names: dict[int, str] = {}
    for part in in_chunks(sorted(by_unit)):
        names |= {row[0]: row[1] for row in session.exec(select(Party.id, Party.name).where(col(Party.id).in_(part)))}
    lines = lift_lines(session, {lift.lift_id: lift.due for lifts in by_unit.values() for lift in lifts})
    units = [
        OverdueUnit(unit_id, names[unit_id], lifts[0].due or asked.today, [lines[lift.lift_id] for lift in lifts])
        for unit_id, lifts in by_unit.items()
    ]
    return sorted(units, key=lambda unit: (-len(unit.lifts), unit.due, unit.unit))
