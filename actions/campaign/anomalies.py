"""Data of the register that cannot be right, from the day on which the city has them checked (000 四9).

Each kind of a department is one task, renewed each day and ended when no lift is left.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import Session

from actions.campaign.departments import Department, load_departments
from actions.campaign.lists import checks_begin, current_lists
from actions.campaign.review import keep_tasks, owner_key
from actions.regulator.glance import rules_of_kinds
from actions.visits.listing import place_of
from schedules.regimes import numbers_of
from store.database import in_chunks, table_of
from store.duties import INSPECTIONS, Duty
from store.lifts import City, Lift, LiftName, LiftRole, LiftStatus, NameKind, Responsibility
from store.parties import Chat, Contact
from store.tasks import TaskKind

NAMED = 20  # lifts in a task
ONE_LIFTS = (NameKind.EQUIPMENT_CODE, NameKind.REGISTRATION_CODE, NameKind.CERTIFICATE, NameKind.RESCUE)
LIFT = table_of(Lift)


class Anomaly(StrEnum):
    """What cannot be right about a lift in use."""

    NO_VALIDITY = "no_validity"
    VALIDITY_PAST = "validity_past"
    NO_CONTACT = "no_contact"
    UNKNOWN_UNIT = "unknown_unit"
    NOT_UPDATED = "not_updated"
    SHARED_CODE = "shared_code"


@dataclass(frozen=True)
class Odd:
    """A lift with one anomaly, and the department that is to see to it."""

    kind: Anomaly
    key: str
    place: str
    district: str
    valid_until: date | None
    department: Department | None


def anomalies(session: Session, city_id: str, today: date, *, is_checked: bool = True) -> list[Odd]:
    """All that are there today, by kind; of a city whose data are not checked: what was inspected and not renewed."""
    departments = load_departments(session, city_id, today.year)
    updated_by = today - timedelta(days=numbers_of(session, city_id).register_update_days)
    found = []
    conditions = _odd(city_id, today, updated_by) if is_checked else {Anomaly.NOT_UPDATED: _passed(updated_by)}
    for kind, is_odd in conditions.items():
        query = select(LIFT.c.id).where(_in_use(city_id), is_odd)
        ids = session.execute(query.order_by(LIFT.c.id)).scalars().all()
        found += [
            Odd(kind, lift.key, place_of(lift), lift.district, lift.valid_until, departments.of(lift.district_code))
            for lift in _lifts(session, ids)
        ]
    return found


def review_anomalies(session: Session, *, today: date) -> None:
    """Keep the tasks of every city: of all kinds where the list has come to its day of checking.

    Elsewhere of one: of a lift that was inspected and whose register is not brought up to date no date is known, and
    nobody would be told of the next one.
    """
    begins = [(checks_begin(session, one), one.city_id) for one in current_lists(session)]
    checked = {city_id for day, city_id in begins if day is not None and day <= today}
    for city_id in session.execute(select(table_of(City).c.id).order_by(table_of(City).c.id)).scalars().all():
        keep_anomalies(session, city_id, today, is_checked=city_id in checked)


def keep_anomalies(session: Session, city_id: str, today: date, *, is_checked: bool = True) -> list[Odd]:
    """Open a task for each kind of each department, and end those that are true no more."""
    found = anomalies(session, city_id, today, is_checked=is_checked)
    groups: dict[tuple[Anomaly, Department | None], list[str]] = defaultdict(list)
    for one in found:
        groups[one.kind, one.department].append(one.key)
    wanted = {
        owner_key(f"{city_id}/{kind}/", department): (
            department.party_id if department else None,
            {"why": kind.value, "count": len(keys), "keys": keys[:NAMED]},
        )
        for (kind, department), keys in groups.items()
    }
    keep_tasks(session, TaskKind.DATA_ANOMALY, city_id, f"{city_id}/", wanted, today=today)
    return found


def _lifts(session: Session, ids: Sequence[int]) -> Iterator[Lift]:
    for part in in_chunks(ids):
        query = select(Lift).where(LIFT.c.id.in_(part)).order_by(LIFT.c.district_code, LIFT.c.id)
        yield from session.execute(query).scalars()


def _in_use(city_id: str) -> ColumnElement[bool]:
    return and_(LIFT.c.city_id == city_id, LIFT.c.status == LiftStatus.IN_USE, LIFT.c.withdrawn_on.is_(None))


def _odd(city_id: str, today: date, updated_by: date) -> dict[Anomaly, ColumnElement[bool]]:
    return {
        Anomaly.NO_VALIDITY: LIFT.c.valid_until.is_(None),
        Anomaly.VALIDITY_PAST: and_(LIFT.c.valid_until < today, ~_passed(today)),
        Anomaly.NO_CONTACT: and_(_answered_for(), ~_reached()),
        Anomaly.UNKNOWN_UNIT: ~_answered_for(),
        Anomaly.NOT_UPDATED: or_(_passed(updated_by), LIFT.c.last_inspected_on > LIFT.c.valid_until),
        Anomaly.SHARED_CODE: _shared(city_id),
    }


def _passed(by: date) -> ColumnElement[bool]:
    """Whether the inspection for the validity that the register still gives was passed, up to this day."""
    duty = table_of(Duty).c
    return exists().where(
        duty.lift_id == LIFT.c.id,
        duty.rule.in_(rules_of_kinds(*INSPECTIONS)),
        duty.due == LIFT.c.valid_until,
        duty.withdrawn_at.is_(None),
        duty.closed_on <= by,
    )


def _answered_for() -> ColumnElement[bool]:
    held = table_of(Responsibility).c
    return exists().where(held.lift_id == LIFT.c.id, held.role == LiftRole.USE_UNIT, held.to_on.is_(None))


def _reached() -> ColumnElement[bool]:
    """Whether somebody of the use unit has a telephone or a chat."""
    held, person, chat = table_of(Responsibility).c, table_of(Contact).c, table_of(Chat).c
    in_chat = exists().where(chat.contact_id == person.id, chat.active)
    return exists().where(
        held.lift_id == LIFT.c.id,
        held.role == LiftRole.USE_UNIT,
        held.to_on.is_(None),
        person.party_id == held.party_id,
        person.to_on.is_(None),
        or_(person.phone.is_not(None), in_chat),
    )


def _shared(city_id: str) -> ColumnElement[bool]:
    """Whether another lift in use has a name that is one lift's."""
    name, other = table_of(LiftName), table_of(LiftName).alias("other")
    twice = (
        select(name.c.kind, name.c.value)
        .join(LIFT, LIFT.c.id == name.c.lift_id)
        .where(_in_use(city_id), name.c.kind.in_(ONE_LIFTS), name.c.until_on.is_(None))
        .group_by(name.c.kind, name.c.value)
        .having(func.count() > 1)
        .subquery()
    )
    sharing: Any = (
        select(other.c.lift_id)
        .join(twice, and_(twice.c.kind == other.c.kind, twice.c.value == other.c.value))
        .where(other.c.until_on.is_(None))
    )
    return LIFT.c.id.in_(sharing)
