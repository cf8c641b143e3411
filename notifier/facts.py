"""What a notice is about, read from the store for many notices in a few queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, not_, or_, select
from sqlmodel import Session

from notifier.places import PlaceParts
from notifier.plan_facts import still_proposed
from notifier.visit_facts import still_true
from store.database import table_of
from store.duties import BY_YEARS, INSPECTIONS, MISTAKEN, Duty, StepDate, Told, ToldState
from store.events import Event, EventKind
from store.lifts import Lift, LiftRole, Precision, Responsibility
from store.notices import CAMPAIGN, DISTRICT, GREETING, LISTING, OWED, PLAN, SUMMARY, VISIT, Notice
from store.parties import Party
from store.rowsets import IDS, among_ids, as_ids, is_server

CHUNK = 5_000
# Among a notice's own facts; such a notice is about no lift.
PAPER = "paper"  # what an office is to hand in
LEFT = "left"  # what a desk's callers have not come to yet
ALERT = "alert"  # what a maintainer must see to at once
HANDOVER = "handover"  # lifts that one unit gives another, as one of them says
OWN_MATTERS = (PAPER, LEFT, SUMMARY, GREETING, ALERT, HANDOVER, OWED, DISTRICT, CAMPAIGN, *LISTING)
NOTICE_COLUMNS = 15  # of `_facts_query`, before those of a lift
LEGACY = "legacy_inspection"
TEST = "self_test"


@dataclass(slots=True)
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


@dataclass(slots=True)
class NoticeFacts:
    """One notice with its lifts, earliest due date first, and the dates of the ladder for that due date by step.

    `is_stale`: some of what it is to tell is no longer true, and is still among it.
    """

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
    is_stale: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to say: no lift, and no matter of its own."""
        return not self.lifts and not any(matter in self.own for matter in OWN_MATTERS)

    @property
    def places(self) -> set[tuple[str, str]]:
        """Compound and building of each lift, also of those that a matter of its own names: so the people in charge
        are found."""
        named = [lift for matter in LISTING for lift in self.own.get(matter, {}).get("lifts", ())]
        named += [place] if (place := self.own.get(ALERT, {}).get("place")) else []
        listed = {(lift.get("compound", ""), lift.get("building", "")) for lift in named}
        return listed | {(lift.place.compound, lift.place.building) for lift in self.lifts}

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
        named = [lift["key"] for matter in LISTING for lift in self.own.get(matter, {}).get("lifts", ())]
        return [lift.key for lift in self.lifts] or named or list(self.own.get(ALERT, {}).get("lifts", []))


def load_facts(session: Session, notice_ids: Sequence[int]) -> dict[int, NoticeFacts]:
    """The facts of these notices; what was released or superseded since is left out."""
    found: dict[int, NoticeFacts] = {}
    for start in range(0, len(notice_ids), CHUNK):
        found.update(_load_some(session, list(notice_ids[start : start + CHUNK])))
    return found


def _load_some(session: Session, notice_ids: list[int]) -> dict[int, NoticeFacts]:
    on_server = is_server(session)
    rows = session.connection().execute(_facts_query(on_server), {IDS: as_ids(notice_ids, on_server=on_server)}).all()
    found: dict[int, NoticeFacts] = {}
    seen: set[tuple[int, str]] = set()
    for row in rows:
        facts = found.get(row[0])
        if facts is None:
            values: list[Any] = list(row[:NOTICE_COLUMNS])
            values[-1] = values[-1] or {}
            found[row[0]] = facts = NoticeFacts(*values)
        is_stale, key, *lift = row[NOTICE_COLUMNS:]
        facts.is_stale = facts.is_stale or is_stale
        if key is not None and (row[0], key) not in seen:  # a paper of an office is about no lift
            seen.add((row[0], key))
            facts.lifts.append(_lift_facts(key, *lift))
    _add_steps(session, found.values())
    visits = {notice_id: facts.own for notice_id, facts in found.items() if VISIT in facts.own}
    for notice_id, own in (still_true(session, visits) if visits else {}).items():
        found[notice_id].own = own
    plans = {notice_id: facts.own for notice_id, facts in found.items() if PLAN in facts.own}
    for notice_id, own in (still_proposed(session, plans) if plans else {}).items():
        found[notice_id].own = own
    return found


@cache
def _facts_query(on_server: bool) -> Select[Any]:
    """A row for each duty of a notice: first the first fields of NoticeFacts, then whether it is stale and its lift."""
    notice, owner = table_of(Notice), table_of(Party)
    told, duty, lift = table_of(Told), table_of(Duty), table_of(Lift)
    held, unit = table_of(Responsibility), table_of(Party).alias()
    now_held = and_(held.c.lift_id == lift.c.id, held.c.role == LiftRole.USE_UNIT, held.c.to_on.is_(None))
    left = and_(told.c.notice_id == notice.c.id, told.c.state.in_((ToldState.RESERVED, ToldState.TOLD)))
    ours = "duty rule step audience district_code channel_class template late facts"
    places = "key compound building internal_number address certificate district district_code"
    return (
        select(
            *(notice.c.id, notice.c.city_id, notice.c.party_id, owner.c.ref, owner.c.name, owner.c.language),
            *(notice.c[name] for name in ours.split()),
            _is_stale(),
            *(lift.c[name] for name in places.split()),
            told.c.due,
            duty.c.kind,
            case((and_(duty.c.kind == TEST, duty.c.due == told.c.due), duty.c.window_end)).label("ends"),
            lift.c.valid_until,
            lift.c.valid_precision,
            held.c.party_id.label("unit_id"),
            unit.c.name.label("unit"),
            case((duty.c.kind.in_(BY_YEARS), _owed_from())).label("owed_from"),
            case((duty.c.kind == LEGACY, _left_a_pilot()), else_=false()).label("is_void"),
        )
        .select_from(notice)
        .join(owner, owner.c.id == notice.c.party_id)
        .outerjoin(told, left)
        .outerjoin(duty, duty.c.id == told.c.duty_id)
        .outerjoin(lift, lift.c.id == duty.c.lift_id)
        .outerjoin(held, now_held)
        .outerjoin(unit, unit.c.id == held.c.party_id)
        .where(among_ids(notice.c.id, on_server=on_server))
        .order_by(notice.c.id, told.c.due, lift.c.compound, lift.c.building, lift.c.id)
    )


def _is_stale() -> ColumnElement[bool]:
    """Planned, but the duty was closed, withdrawn or moved since.

    That a duty was told by mistake stays true of one that is withdrawn.
    """
    told, duty = table_of(Told).c, table_of(Duty).c
    over = or_(duty.closed_on.is_not(None), duty.withdrawn_at.is_not(None), duty.due != told.due)
    return case((and_(over, told.state == ToldState.RESERVED, not_(told.step.startswith(MISTAKEN))), True), else_=False)


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


def _lift_facts(
    key: str,
    compound: str,
    building: str,
    number: str,
    address: str,
    certificate: str,
    district: str,
    code: str | None,
    due: date,
    kind: str,
    ends: date | None,
    valid_until: date | None,
    precision: str,
    unit_id: int | None,
    unit: str | None,
    owed_from: date | None,
    is_void: bool,
) -> LiftFacts:
    return LiftFacts(
        key,
        certificate or key,
        PlaceParts(compound, building, number, address, certificate, key, district),
        due,
        kind in BY_YEARS and precision == Precision.MONTH and is_month_end(due),
        unit_id,
        unit or "",
        code or "",
        kind,
        valid_until if kind in INSPECTIONS and not is_void else None,
        owed_from,
        ends,
    )


def is_month_end(day: date) -> bool:
    """Whether `day` can stand for its month."""
    return (day + timedelta(days=1)).day == 1


def _add_steps(session: Session, found: Iterable[NoticeFacts]) -> None:
    """To each notice, by when somebody should act on each step: the last working day not after it."""
    with_lifts = [facts for facts in found if facts.lifts]
    keys = {(facts.rule, facts.lifts[0].due) for facts in with_lifts}
    if not keys:
        return
    table = table_of(StepDate).c
    query = select(table.rule, table.due, table.step, table.practical_on).where(
        table.rule.in_({rule for rule, _ in keys}), table.due.in_({due for _, due in keys})
    )
    steps: dict[tuple[str, date], dict[str, date]] = defaultdict(dict)
    for rule, due, step, practical_on in session.connection().execute(query):
        steps[(rule, due)][step] = practical_on
    for facts in with_lifts:
        facts.steps = steps.get((facts.rule, facts.lifts[0].due), facts.steps)
