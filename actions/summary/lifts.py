"""The lifts behind the figures: where they stand and who answers for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, Asked
from actions.registry import verb
from actions.summary.figures import Line, Summary, summary_of
from actions.visits.listing import place_of
from schedules.announcements import parties_of
from store.database import in_chunks
from store.lifts import Lift, LiftRole
from store.parties import Party


@dataclass(frozen=True)
class NamedLine:
    """A line with its lift's names; `unit` is empty where nobody answers for it."""

    line: Line
    department: str
    key: str
    place: str
    unit: str


@verb(DEPARTMENT, reads=True)
def summary_lifts(session: Session, asked: Asked, *, first: date, last: date) -> tuple[Summary, list[NamedLine]]:
    """The summary of the own department with its lifts; the work group's with all."""
    summary = summary_of(session, asked, first, last)
    return summary, named_lines(session, summary)


def named_lines(session: Session, summary: Summary) -> list[NamedLine]:
    """The lines of a summary, in their order."""
    departments = {part.department_id: part.name for part in summary.parts}
    ids = sorted({line.lift_id for line in summary.lines})
    lifts: dict[int, Lift] = {}
    for part in in_chunks(ids):
        lifts |= {lift.id: lift for lift in session.exec(select(Lift).where(col(Lift.id).in_(part)))}
    units = _units(session, ids)
    return [
        NamedLine(
            line,
            departments[line.department_id],
            lifts[line.lift_id].key,
            place_of(lifts[line.lift_id]),
            units.get(line.lift_id, ""),
        )
        for line in summary.lines
    ]


def _units(session: Session, lift_ids: Sequence[int]) -> dict[int, str]:
    answering = parties_of(session, lift_ids, [LiftRole.USE_UNIT])
    names: dict[int, str] = {}
    for part in in_chunks(sorted({party_id for party_id in answering.values() if party_id})):
        names |= dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(part))).all())
    return {lift_id: names[party_id] for (lift_id, _), party_id in answering.items() if party_id in names}
