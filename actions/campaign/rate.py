"""How much of the list is done, by district and department, and what remains: one query away for whoever answers.

Done is what the clause counts: inspected within its validity. A listed lift is done where it is known when it is
inspected, no inspection is open that falls due by the target's day (after that day: by today), and its last one was
not failed. What is not in the register cannot be done.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlmodel import Session

from actions.actors import REGULATORS, Actor, Asked, Role
from actions.campaign.departments import Department, load_departments
from actions.campaign.lists import list_of, target_of
from actions.permissions import WHOLE_CITY
from actions.registry import verb
from actions.regulator.glance import has_failed, rules_of_kinds
from actions.regulator.scope import district_names, sees_district
from store.campaigns import CampaignList, CampaignRow, RowResult
from store.database import table_of
from store.duties import INSPECTIONS, Duty, booked_too_late
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.parties import Party
from store.place_names import join_names

WATCHERS = frozenset({Role.DUTY_OFFICER}) | REGULATORS
ROW, LIFT, DUTY = table_of(CampaignRow), table_of(Lift), table_of(Duty)


class State(StrEnum):
    """Where a listed lift stands; all but the first remain."""

    DONE = "done"
    TO_INSPECT = "to_inspect"
    BOOKED = "booked"
    BOOKED_LATE = "booked_late"  # after its backstop
    OVERDUE = "overdue"
    FAILED = "failed"
    NO_VALIDITY = "no_validity"
    OUT_OF_USE = "out_of_use"
    SCRAPPED = "scrapped"
    MISSING = "missing"
    CONFLICTING = "conflicting"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Part:
    """A district of the list; without a code its rows do not say where. `department`: None where nobody answers."""

    code: str
    name: str
    department: Department | None
    total: int
    done: int


@dataclass(frozen=True)
class Rate:
    """A list as it stands: done ÷ total, wanted by a day."""

    year: int
    target_on: date
    wanted: int
    today: date
    parts: Sequence[Part]

    @property
    def total(self) -> int:
        """Listed lifts."""
        return sum(part.total for part in self.parts)

    @property
    def done(self) -> int:
        """Of these."""
        return sum(part.done for part in self.parts)

    @property
    def left(self) -> int:
        """The others."""
        return self.total - self.done

    @property
    def percent(self) -> str:
        """Never rounded up: 100 is all of them."""
        return f"{self.done * 1000 // self.total / 10:g}" if self.total else "—"

    @property
    def days_left(self) -> int:
        """Until the target's day; below 0 when it has passed."""
        return (self.target_on - self.today).days


@dataclass(frozen=True)
class Remaining:
    """A listed lift that is not done. `due`: the inspection that is open, by the target's day."""

    line: int
    shown: str
    place: str
    unit: str
    district: str
    code: str
    state: str
    due: date | None
    booked_on: date | None


@verb(WATCHERS, reads=True, district_code=sees_district)
def campaign_rate(session: Session, asked: Asked, *, district_code: str | None = None) -> Rate | None:
    """The list that counts today, as far as it is about one's districts; None where there is none."""
    one = list_of(session, asked.actor.city_id, asked.today)
    return rate_of(session, one, asked.today, _codes(asked.actor, district_code)) if one is not None else None


@verb(WATCHERS, reads=True, district_code=sees_district)
def campaign_remainder(
    session: Session, asked: Asked, *, district_code: str | None = None, offset: int = 0, limit: int | None = None
) -> list[Remaining]:
    """What of it is not done, what falls due first before the rest."""
    one = list_of(session, asked.actor.city_id, asked.today)
    if one is None:
        return []
    codes = _codes(asked.actor, district_code)
    return remainder_of(session, one, asked.today, codes, offset=offset, limit=limit)


def rate_of(session: Session, one: CampaignList, today: date, codes: frozenset[str] | None = None) -> Rate:
    """A list as it stands; `codes`: only these districts."""
    target_on, wanted = target_of(session, one)
    standing = _standing(one, target_on, today, codes).subquery()
    query = select(standing.c.district_code, standing.c.district, standing.c.state, func.count())
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    names = district_names(one.city_id)
    for code, district, state, number in session.execute(
        query.group_by(standing.c.district_code, standing.c.district, standing.c.state)
    ):
        part = counts[code or "", names.get(code or "", district)]
        part[0] += number
        part[1] += number if state == State.DONE else 0
    departments = load_departments(session, one.city_id, one.year)
    parts = [
        Part(code, name, departments.of(code or None), total, done)
        for (code, name), (total, done) in sorted(counts.items(), key=lambda item: (not item[0][0], item[0]))
    ]
    return Rate(one.year, target_on, wanted, today, parts)


def remainder_of(
    session: Session,
    one: CampaignList,
    today: date,
    codes: frozenset[str] | None = None,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> list[Remaining]:
    """What of a list is not done."""
    target_on, _ = target_of(session, one)
    standing = _standing(one, target_on, today, codes).subquery()
    unit, held = table_of(Party), table_of(Responsibility).c
    by_unit = and_(held.lift_id == standing.c.lift_id, held.role == LiftRole.USE_UNIT, held.to_on.is_(None))
    query = (
        select(standing, LIFT.c.compound, LIFT.c.building, LIFT.c.internal_number, unit.c.name.label("unit"))
        .select_from(standing)
        .outerjoin(LIFT, LIFT.c.id == standing.c.lift_id)
        .outerjoin(table_of(Responsibility), by_unit)
        .outerjoin(unit, unit.c.id == held.party_id)
        .where(standing.c.state != State.DONE)
        .order_by(standing.c.next_due.is_(None), standing.c.next_due, standing.c.line)
        .offset(offset)
        .limit(limit)
    )
    return [_remaining(row) for row in session.execute(query)]


def _remaining(row: Any) -> Remaining:
    stated = row.stated
    place = join_names(row.compound or "", row.building or "", row.internal_number or "")
    return Remaining(
        line=row.line,
        shown=row.shown,
        place=place or join_names(stated.get("compound", ""), stated.get("building", ""), ""),
        unit=row.unit or stated.get("unit", ""),
        district=row.district,
        code=row.district_code or "",
        state=row.state,
        due=row.next_due,
        booked_on=row.booked_on,
    )


def _codes(actor: Actor, code: str | None) -> frozenset[str] | None:
    if code is not None:
        return frozenset({code})
    return None if WHOLE_CITY in actor.districts else actor.districts


def _standing(one: CampaignList, target_on: date, today: date, codes: frozenset[str] | None) -> Select[Any]:
    """Each row of a list that counts, with where its lift stands."""
    owed = _owed(one, max(target_on, today), today)
    is_unknown = and_(owed.c.lift_id.is_(None), or_(LIFT.c.valid_until.is_(None), LIFT.c.valid_until <= target_on))
    state = case(
        (ROW.c.result.in_((RowResult.MISSING, RowResult.UNREADABLE)), ROW.c.result),
        (ROW.c.lift_id.is_(None), State.CONFLICTING.value),
        (LIFT.c.status != LiftStatus.IN_USE, LIFT.c.status),
        (has_failed(), State.FAILED.value),
        (is_unknown, State.NO_VALIDITY.value),
        (owed.c.next_due < today, State.OVERDUE.value),
        (and_(owed.c.booked_on >= today, owed.c.is_late == 1), State.BOOKED_LATE.value),
        (owed.c.booked_on >= today, State.BOOKED.value),
        (owed.c.next_due.is_not(None), State.TO_INSPECT.value),
        else_=State.DONE.value,
    )
    query = (
        select(ROW.c.line, ROW.c.shown, ROW.c.stated, ROW.c.district, ROW.c.district_code, ROW.c.lift_id)
        .add_columns(owed.c.next_due, owed.c.booked_on, state.label("state"))
        .select_from(ROW)
        .outerjoin(LIFT, LIFT.c.id == ROW.c.lift_id)
        .outerjoin(owed, owed.c.lift_id == ROW.c.lift_id)
        .where(ROW.c.list_id == one.id, ROW.c.result != RowResult.TWICE)
    )
    return query if codes is None else query.where(ROW.c.district_code.in_(sorted(codes)))


def _owed(one: CampaignList, last: date, today: date) -> Any:
    """For each listed lift that has an inspection at all: the first that is open and due by `last`, and its visit."""
    is_open = and_(DUTY.c.closed_on.is_(None), DUTY.c.due <= last)
    listed = select(ROW.c.lift_id).where(ROW.c.list_id == one.id, ROW.c.lift_id.is_not(None))
    return (
        select(
            DUTY.c.lift_id,
            func.min(case((is_open, DUTY.c.due))).label("next_due"),
            func.max(case((is_open, DUTY.c.booked_on))).label("booked_on"),
            func.max(case((and_(is_open, booked_too_late(after=today)), 1), else_=0)).label("is_late"),
        )
        .where(DUTY.c.rule.in_(rules_of_kinds(*INSPECTIONS)), DUTY.c.withdrawn_at.is_(None))
        .where(DUTY.c.lift_id.in_(listed))
        .group_by(DUTY.c.lift_id)
        .subquery()
    )
