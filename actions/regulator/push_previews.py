"""A push as a person reads it before it is sent: which unit gets what, by which clause, about which lifts."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.lifts.explain import find_rule, place_of
from actions.regulator.overdue import rung_of_rule
from actions.regulator.people import Reached, addressed, people_of
from store.brakes import is_paused, open_holds
from store.database import in_chunks
from store.duties import Duty
from store.lifts import Lift
from store.parties import Contact, Party
from store.place_names import as_read
from store.pushes import Push, PushKind, PushLift

PAUSED, HELD = "paused", "held"


@dataclass(frozen=True, slots=True)
class LiftLine:
    """A lift of a push; `due` is the day on which the validity ended."""

    lift_id: int
    place: str
    certificate: str
    due: date | None


@dataclass(frozen=True)
class PushTo:
    """What one unit gets: `people` are those for whom it is; nobody can be reached where all are without a phone."""

    unit_id: int
    unit: str
    people: Sequence[Reached]
    lifts: Sequence[LiftLine]
    document: str = ""
    clause: str = ""
    quote: str = ""


@dataclass(frozen=True)
class PushPreview:
    """`left_out`: how many lifts for which reason. Of an order, its number, reason and day of service."""

    push_id: int
    kind: str
    state: str
    office: str
    on: date
    units: Sequence[PushTo]
    left_out: Mapping[str, int]
    number: str = ""
    reason: str = ""
    served_on: date | None = None
    sent_at: datetime | None = None
    sent_by: str = ""
    waits: str = ""  # what keeps it from leaving now: a pause, or a plan that is held

    @property
    def lifts(self) -> int:
        """How many lifts it tells of."""
        return sum(len(unit.lifts) for unit in self.units)


def preview_of(session: Session, push: Push) -> PushPreview:
    """The push with what was kept of it when it was drafted."""
    rows = session.exec(select(PushLift).where(PushLift.push_id == push.id)).all()
    told = [row for row in rows if not row.left_out]
    return PushPreview(
        push_id=push.id,
        kind=push.kind,
        state=push.state,
        office=session.get_one(Party, push.party_id).name,
        on=push.on_date,
        units=_units(session, push, told),
        left_out=Counter(row.left_out for row in rows if row.left_out),
        number=push.number,
        reason=push.reason,
        served_on=push.served_on,
        sent_at=push.sent_at,
        sent_by=session.get_one(Contact, push.contact_id).name if push.sent_at else "",
        waits=_waits(session, push.city_id),
    )


def _waits(session: Session, city_id: str) -> str:
    if is_paused(session, city_id):
        return PAUSED
    return HELD if open_holds(session, [city_id]) else ""


def lift_lines(session: Session, due: Mapping[int, date | None]) -> dict[int, LiftLine]:
    """These lifts, each with its date, by id."""
    found: dict[int, LiftLine] = {}
    for part in in_chunks(sorted(due)):
        for lift in session.exec(select(Lift).where(col(Lift.id).in_(part))):
            found[lift.id] = LiftLine(lift.id, place_of(lift), lift.certificate or lift.key, due[lift.id])
    return found


def _units(session: Session, push: Push, told: Sequence[PushLift]) -> list[PushTo]:
    """By unit and rule, the one with most lifts first."""
    rules = _rules(session, [row.duty_id for row in told if row.duty_id])
    lines = lift_lines(session, {row.lift_id: row.due for row in told})
    groups: dict[tuple[int, str], list[LiftLine]] = defaultdict(list)
    for row in told:
        groups[row.unit_id or 0, rules.get(row.duty_id or 0, "")].append(lines[row.lift_id])
    units = {unit_id for unit_id, _ in groups}
    people, names = people_of(session, units), _names(session, units)
    found = [
        PushTo(
            unit_id,
            names[unit_id],
            addressed(people.get(unit_id, [])),
            sorted(group, key=lambda line: (line.due or date.min, as_read(line.place))),
            **(_basis(rule) if push.kind == PushKind.OVERDUE else {}),
        )
        for (unit_id, rule), group in groups.items()
    ]
    return sorted(found, key=lambda unit: (-len(unit.lifts), unit.unit, unit.clause))


def _basis(rule_id: str) -> dict[str, str]:
    rung = rung_of_rule(rule_id)
    book, _ = find_rule(rule_id)
    return {"document": book.title, "clause": rung[0].clause, "quote": rung[0].quote} if rung else {}


def _rules(session: Session, duty_ids: Sequence[int]) -> dict[int, str]:
    rules: dict[int, str] = {}
    for part in in_chunks(duty_ids):
        rules |= {row[0]: row[1] for row in session.exec(select(Duty.id, Duty.rule).where(col(Duty.id).in_(part)))}
    return rules


def _names(session: Session, party_ids: set[int]) -> dict[int, str]:
    names: dict[int, str] = {}
    for part in in_chunks(sorted(party_ids)):
        names |= {row[0]: row[1] for row in session.exec(select(Party.id, Party.name).where(col(Party.id).in_(part)))}
    return names
