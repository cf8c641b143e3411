"""What a city makes of maintenance without paper (003 一, 五, 六(四)): coverage, punctuality, who is late, and
units that never sign themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from actions.actors import REGULATORS, Actor, Asked
from actions.permissions import WHOLE_CITY
from actions.registry import verb
from actions.regulator.scope import district_names, districts_seen, sees_district
from schedules.moments import midnight_after
from schedules.offices.fixed_days import OnDay
from schedules.regimes import numbers_of, rulebook_of
from schedules.rulebook import Rulebook, programme_of
from store.database import table_of
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.paperless import Contractor
from store.parties import Party
from store.records import MaintenanceRecord, RecordState

TARGET = "maintainers that use a paperless system"  # the measure of the programme's targets (003 一)
SIGNED, DEFAULTED = RecordState.SIGNED.value, RecordState.SIGNED_BY_DEFAULT.value
OBJECTED, PENDING = RecordState.OBJECTED.value, RecordState.PENDING.value


@dataclass(frozen=True)
class Coverage:
    """How many contractors and lifts of a district (of all: code `*`) are done without paper."""

    code: str
    name: str
    contractors: int
    using: int
    lifts: int
    covered: int

    @property
    def percent(self) -> int | None:
        """Of the contractors; rounded down, so that 100 is all of them."""
        return self.using * 100 // self.contractors if self.contractors else None

    @property
    def lift_percent(self) -> int | None:
        """Of the lifts."""
        return self.covered * 100 // self.lifts if self.lifts else None


@dataclass
class Tally:
    """Records of a contractor or of a unit in a month: `late` uploads, and how they were signed. `late_signed`: by a
    person, but after the day."""

    party_id: int
    name: str
    records: int = 0
    late: int = 0
    signed: int = 0
    late_signed: int = 0
    defaulted: int = 0
    objected: int = 0
    pending: int = 0
    never_signs: bool = False  # a finding: enough records, all by silence, none by a person

    @property
    def on_time(self) -> int | None:
        """Percent that was uploaded in time."""
        return (self.records - self.late) * 100 // self.records if self.records else None

    @property
    def default_share(self) -> int | None:
        """Percent that was signed by silence."""
        return self.defaulted * 100 // self.records if self.records else None

    @property
    def signed_in_time(self) -> int | None:
        """Percent that a person answered, by signature or objection, on the day itself."""
        return (self.signed + self.objected - self.late_signed) * 100 // self.records if self.records else None


@dataclass(frozen=True)
class Figures:
    """A month. `target`: percent of contractors that is asked for by now, 0 where nothing asks for any; `idle`:
    contractors that don't upload."""

    month: date
    target: int
    coverage: Sequence[Coverage]
    contractors: Sequence[Tally]
    units: Sequence[Tally]
    idle: Sequence[str]
    total: Tally = field(default_factory=lambda: Tally(0, ""))


@verb(REGULATORS, reads=True, district_code=sees_district)
def paperless_figures(
    session: Session, asked: Asked, *, month: date | None = None, district_code: str | None = None
) -> Figures:
    """The figures of a month, of one's own districts or of one of them."""
    codes = [district_code] if district_code is not None else _codes(session, asked.actor)
    return figures_of(session, asked.actor.city_id, month or asked.today, asked.today, codes)


def figures_of(session: Session, city_id: str, month: date, today: date, codes: Sequence[str] | None = None) -> Figures:
    """The same of any districts of a city; without `codes` of all of it, lifts without a district among them."""
    first, after = month_of(month)
    on = min(today, after - timedelta(days=1))
    contractors, units = _tallies(session, city_id, first, after, codes)
    coverage, idle = _coverage(session, city_id, on, codes)
    total = Tally(0, "")
    for one in contractors:
        for name in ("records", "late", "signed", "late_signed", "defaulted", "objected", "pending"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
    target = target_on(rulebook_of(session, city_id, today), on)
    return Figures(first, target, coverage, contractors, units, idle, total)


def target_on(rulebook: Rulebook, day: date) -> int:
    """The part of the contractors that is to be reached by the next of the notice's days, or has been since."""
    by_day = sorted(
        (one.when.day, one.measure.number)
        for one in programme_of(rulebook)
        if one.measure is not None and one.measure.of == TARGET and isinstance(one.when, OnDay)
    )
    return next((percent for by, percent in by_day if day <= by), by_day[-1][1] if by_day else 0)


def month_of(day: date) -> tuple[date, date]:
    """The first day of its month, and that of the next one."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def _codes(session: Session, actor: Actor) -> list[str] | None:
    return None if WHOLE_CITY in actor.districts else districts_seen(session, actor)


def _tallies(
    session: Session, city_id: str, first: date, after: date, codes: Sequence[str] | None
) -> tuple[list[Tally], list[Tally]]:
    record, lift = table_of(MaintenanceRecord).c, table_of(Lift).c
    in_person = record.state.in_((SIGNED, OBJECTED))
    query = (
        select(  # type: ignore[call-overload]  # SQLModel types it for four columns at most
            record.maintainer_id,
            record.unit_id,
            record.state,
            func.count(),
            func.sum(case((record.late_upload, 1), else_=0)),
            func.sum(case((in_person & (record.decided_at > record.sign_by), 1), else_=0)),
        )
        .join(Lift, lift.id == record.lift_id)
        .where(record.city_id == city_id, record.completed_at >= _begin(first), record.completed_at < _begin(after))
        .group_by(record.maintainer_id, record.unit_id, record.state)
    )
    if codes is not None:
        query = query.where(lift.district_code.in_(codes))
    rows = session.execute(query).all()
    names = _names(session, {one for row in rows for one in (row[0], row[1]) if one is not None})
    contractors: dict[int, Tally] = {}
    units: dict[int, Tally] = {}
    for maintainer_id, unit_id, state, count, late, late_signed in rows:
        for party_id, found in ((maintainer_id, contractors), (unit_id, units)):
            if party_id is not None:
                tally = found.setdefault(party_id, Tally(party_id, names[party_id]))
                _add(tally, state, count, late, late_signed)
    enough = numbers_of(session, city_id).silent_unit_records
    for one in units.values():
        one.never_signs = one.records >= enough and one.defaulted > 0 and not one.signed and not one.objected
    return (
        sorted(contractors.values(), key=lambda one: (-one.late, one.name)),
        sorted(units.values(), key=lambda one: (not one.never_signs, -(one.default_share or 0), one.name)),
    )


def _add(tally: Tally, state: str, count: int, late: int, late_signed: int) -> None:
    tally.records += count
    tally.late += late
    tally.late_signed += late_signed
    field_of = {SIGNED: "signed", DEFAULTED: "defaulted", OBJECTED: "objected", PENDING: "pending"}[state]
    setattr(tally, field_of, getattr(tally, field_of) + count)


def _coverage(
    session: Session, city_id: str, on: date, codes: Sequence[str] | None
) -> tuple[list[Coverage], list[str]]:
    """A contractor counts as using it where it is registered and one of its lifts there is done without paper."""
    lift, held, record = table_of(Lift).c, table_of(Responsibility).c, table_of(MaintenanceRecord).c
    query = (
        select(lift.id, lift.district_code, held.party_id)
        .join(Responsibility, held.lift_id == lift.id)
        .where(lift.city_id == city_id, lift.status == LiftStatus.IN_USE, held.role == LiftRole.MAINTAINER)
        .where(held.from_on <= on, (held.to_on.is_(None)) | (held.to_on > on))
    )
    if codes is not None:
        query = query.where(lift.district_code.in_(codes))
    since = on - timedelta(days=numbers_of(session, city_id).active_days)
    recent = select(record.lift_id, record.maintainer_id).where(
        record.city_id == city_id, record.completed_at >= _begin(since), record.completed_at < _begin(on, 1)
    )
    covered = {tuple(row) for row in session.execute(recent.distinct()).all()}
    registered = set(
        session.exec(
            select(Contractor.party_id).where(Contractor.city_id == city_id, col(Contractor.registered_on) <= on)
        )
    )
    every: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for lift_id, code, party_id in session.execute(query).all():
        every[code or ""].append((lift_id, party_id))
    names = district_names(city_id)
    parts = [_part(code, names.get(code, ""), every[code], covered, registered) for code in sorted(every)]
    whole = [pair for pairs in every.values() for pair in pairs]
    total = _part(WHOLE_CITY, "", whole, covered, registered)
    using = {party_id for lift_id, party_id in whole if (lift_id, party_id) in covered and party_id in registered}
    idle = _names(session, {party_id for _, party_id in whole} - using)
    return [total, *parts], sorted(idle.values())


def _part(
    code: str, name: str, pairs: Sequence[tuple[int, int]], covered: set[tuple[int, ...]], registered: set[int]
) -> Coverage:
    done = [pair for pair in pairs if pair in covered]
    using = {party_id for _, party_id in done} & registered
    return Coverage(code, name, len({party_id for _, party_id in pairs}), len(using), len(pairs), len(done))


def _names(session: Session, ids: set[int]) -> Mapping[int, str]:
    return dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(ids))).all())


def _begin(day: date, after: int = 0) -> datetime:
    """When a day begins in China; `after`: so many days later."""
    return midnight_after(day + timedelta(days=after - 1))
