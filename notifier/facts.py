"""What a notice is about, read from the store for many notices in a few queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select
from sqlmodel import Session

from notifier.places import PlaceParts
from store.database import table_of
from store.duties import BY_YEARS, INSPECTIONS, Duty, StepDate, Told, ToldState
from store.events import Event, EventKind
from store.lifts import Lift, LiftRole, Precision, Responsibility
from store.notices import GREETING, Notice
from store.parties import Party
from store.rowsets import among

CHUNK = 5_000
# Among a notice's own facts; such a notice is about no lift.
PAPER = "paper"  # what an office is to hand in
LEFT = "left"  # what a desk's callers have not come to yet
OWN_MATTERS = (PAPER, LEFT, GREETING)
LEGACY = "legacy_inspection"
TEST = "self_test"


@dataclass(frozen=True, slots=True)
class LiftFacts:
    """One lift of a notice. `due` is the date told, of a duty of this `kind`; `by_month`: only its month is known.

    For inspections, `valid_until` is what the register gives, which the clauses may precede; None where it is void.
    `owed_from` is the due date of the earliest other inspection that is still open. A test may be done until `ends`,
    where its window reaches beyond the month in which it is due.
    """

    key: str
    number: str
    place: PlaceParts
    due: date
    by_month: bool
    unit_id: int | None
    unit: str
    district_code: str
    kind: str
    valid_until: date | None = None
    owed_from: date | None = None
    ends: date | None = None

    @property
    def last_day(self) -> date:
        """The last day on which what is due is done in time."""
        return max(self.due, self.ends or self.due)


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """One notice with its lifts, earliest due date first, and the dates of the ladder for that due date by step."""

    notice_id: int
    city_id: str
    party_id: int
    party_ref: str
    party_name: str
    language: str
    duty: str
    rule: str
    step: str
    audience: str
    district_code: str
    channel_class: str
    template: str
    late: bool
    own: Mapping[str, Any]
    lifts: list[LiftFacts] = field(default_factory=list)
    steps: Mapping[str, date] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to say: no lift, and no matter of its own."""
        return not self.lifts and not any(matter in self.own for matter in OWN_MATTERS)

    @property
    def district(self) -> str:
        """The district's name as the register writes it."""
        return next((lift.place.district for lift in self.lifts if lift.place.district), "")

    @property
    def area(self) -> str:
        """The code of the district by which the inspection department is found."""
        return self.district_code or next((lift.district_code for lift in self.lifts if lift.district_code), "")

    @property
    def lift_keys(self) -> list[str]:
        """The register's own identifiers."""
        return [lift.key for lift in self.lifts]


def load_facts(session: Session, notice_ids: Sequence[int]) -> dict[int, NoticeFacts]:
    """The facts of these notices; what was released or superseded since is left out."""
    found: dict[int, NoticeFacts] = {}
    for start in range(0, len(notice_ids), CHUNK):
        found.update(_load_some(session, list(notice_ids[start : start + CHUNK])))
    return found


def _load_some(session: Session, notice_ids: list[int]) -> dict[int, NoticeFacts]:
    lifts = _lifts_of(session, notice_ids)
    notices = session.execute(_notice_query(session, notice_ids)).all()
    dues = {lifts[row.id][0].due for row in notices if lifts[row.id]}
    steps = _step_dates(session, {row.rule for row in notices}, dues)
    return {row.id: _assemble(row, lifts[row.id], steps) for row in notices}


def _notice_query(session: Session, notice_ids: list[int]) -> Any:
    notice, party = table_of(Notice).c, table_of(Party).c
    ours = ["duty", "rule", "step", "audience", "district_code", "channel_class", "template", "late", "facts"]
    party_columns = (party.ref, party.name, party.language)
    return select(notice.id, notice.city_id, notice.party_id, *party_columns, *(notice[name] for name in ours)).where(
        among(session, notice.id, notice_ids), notice.party_id == party.id
    )


def _assemble(
    row: Row[Any], lifts: list[LiftFacts], steps: Mapping[tuple[str, date], Mapping[str, date]]
) -> NoticeFacts:
    """The columns of `_notice_query` are the first fields, in their order."""
    values: list[Any] = list(row)
    values[-1:] = [row.facts or {}, lifts, steps.get((row.rule, lifts[0].due), {}) if lifts else {}]
    return NoticeFacts(*values)


def _lifts_of(session: Session, notice_ids: list[int]) -> dict[int, list[LiftFacts]]:
    told, duty, lift = table_of(Told), table_of(Duty), table_of(Lift)
    held, party = table_of(Responsibility), table_of(Party)
    now_held = and_(held.c.lift_id == lift.c.id, held.c.role == LiftRole.USE_UNIT, held.c.to_on.is_(None))
    places = (
        "key district district_code compound building internal_number address certificate valid_until valid_precision"
    )
    query = (
        select(
            told.c.notice_id,
            told.c.due,
            duty.c.kind,
            case((and_(duty.c.kind == TEST, duty.c.due == told.c.due), duty.c.window_end)).label("ends"),
            *[lift.c[name] for name in places.split()],
            held.c.party_id.label("unit_id"),
            party.c.name.label("unit"),
            case((duty.c.kind.in_(BY_YEARS), _owed_from())).label("owed_from"),
            case((duty.c.kind == LEGACY, _left_a_pilot()), else_=False).label("is_void"),
        )
        .select_from(told)
        .join(duty, duty.c.id == told.c.duty_id)
        .join(lift, lift.c.id == duty.c.lift_id)
        .outerjoin(held, now_held)
        .outerjoin(party, party.c.id == held.c.party_id)
        .where(among(session, told.c.notice_id, notice_ids), told.c.state.in_((ToldState.RESERVED, ToldState.TOLD)))
        .order_by(told.c.notice_id, told.c.due, lift.c.compound, lift.c.building, lift.c.id)
    )
    lifts: dict[int, list[LiftFacts]] = defaultdict(list)
    seen: set[tuple[int, str]] = set()
    for row in session.execute(query):
        if (row.notice_id, row.key) not in seen:
            seen.add((row.notice_id, row.key))
            lifts[row.notice_id].append(_lift_facts(tuple(row)))
    return lifts


def _owed_from() -> ColumnElement[date]:
    duty, other = table_of(Duty).c, table_of(Duty).alias().c
    is_owed = (other.kind.in_(INSPECTIONS), other.closed_on.is_(None), other.withdrawn_at.is_(None))
    query = select(func.min(other.due)).where(other.lift_id == duty.lift_id, other.id != duty.id, *is_owed)
    return query.correlate(table_of(Duty)).scalar_subquery()


def _left_a_pilot() -> ColumnElement[bool]:
    """A lift that left the testing pilot has lost the date that the pilot gave it (002 附件2 三6)."""
    duty, event = table_of(Duty).c, table_of(Event).c
    query = select(event.id).where(event.lift_id == duty.lift_id, event.kind == EventKind.TESTING_EXITED)
    return query.correlate(table_of(Duty)).exists()


def _lift_facts(row: tuple[Any, ...]) -> LiftFacts:
    _, due, kind, ends, key, district, code, compound, building, number, address, certificate, *more = row
    valid_until, precision, unit_id, unit, owed_from, is_void = more
    return LiftFacts(
        key=key,
        number=certificate or key,
        place=PlaceParts(compound, building, number, address, certificate, key, district),
        due=due,
        by_month=kind in BY_YEARS and precision == Precision.MONTH and is_month_end(due),
        unit_id=unit_id,
        unit=unit or "",
        district_code=code or "",
        kind=kind,
        valid_until=valid_until if kind in INSPECTIONS and not is_void else None,
        owed_from=owed_from,
        ends=ends,
    )


def is_month_end(day: date) -> bool:
    """Whether `day` can stand for its month."""
    return (day + timedelta(days=1)).day == 1


def _step_dates(session: Session, rules: set[str], dues: set[date]) -> dict[tuple[str, date], dict[str, date]]:
    """For each rule and due date, by when somebody should act on each step: the last working day not after it."""
    table = table_of(StepDate)
    query = select(table.c.rule, table.c.due, table.c.step, table.c.practical_on).where(
        table.c.rule.in_(rules), table.c.due.in_(dues)
    )
    steps: dict[tuple[str, date], dict[str, date]] = defaultdict(dict)
    for row in session.execute(query):
        steps[(row.rule, row.due)][row.step] = row.practical_on
    return steps
