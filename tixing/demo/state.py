"""What the demo page shows: everything read from the store for one day and one use unit."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import chinese_calendar
from sqlalchemy import Row, func, select
from sqlmodel import Session

from notifier.masking import mask_phone
from schedules.calendar import LIBRARY_YEARS, WorkingCalendar, load_calendar
from schedules.tasks import desk_of
from store.database import table_of
from store.lifts import Lift, LiftRole, Responsibility
from store.parties import AreaRole, Chat, Contact, ContactRole, Jurisdiction, Party
from tixing.demo.strip import count_city
from tixing.demo.threads import read_calls, read_checks, read_done_calls, read_thread
from tixing.demo.translation import translate

SATURDAY = 5
VISITS_AFTER = range(3, 18)  # working days that an inspection needs to be arranged
ROLES_OF_UNIT = (ContactRole.UNIT_CONTACT, ContactRole.SAFETY_MANAGER, ContactRole.LEGAL_REP)


def view(session: Session, today: date, unit_ref: str | None = None, language: str = "zh") -> dict[str, Any]:
    """The page's state on `today`, with the phones around the use unit `unit_ref` (default: the one with most lifts).

    clock: date, mark (working, weekend, holiday, makeup), holiday (its id or None), published
    strip: messages of today by kind (sms, chat, call) and lifts (due this month, booked, late, overdue)
    units: [{ref, name, lifts}] by size · unit: {ref, name, lifts, district}
    manager: {people: {sms, chat}, sms, chat} · regulator, maintainer: {party, person, messages}
    worker: person
    department: {party, person, calls, checks, done, visit_days: working days on which an inspection can be agreed}
    person: {name, role, phone (masked)} or None · message and call: see threads.py
    With `language` en every message has its wording in English beside it (`translation`).
    """
    units = _read_units(session)
    unit = next((unit for unit in units if unit["ref"] == unit_ref), units[0])
    code, district = _district_of(session, unit["id"])
    calendar = load_calendar(session)
    thread = read_thread(session, unit["id"])
    regulator = _regulator_of(session, unit["city_id"], code)
    maintainer = _maintainer_of(session, unit["id"])
    state = {
        "clock": _clock(today, calendar),
        "strip": count_city(session, today),
        "units": [{name: one[name] for name in ("ref", "name", "lifts")} for one in units],
        "unit": {"ref": unit["ref"], "name": unit["name"], "lifts": unit["lifts"], "district": district},
        "manager": {
            "people": {box: _person(session, unit["id"], ROLES_OF_UNIT, box) for box in ("sms", "chat")},
            "sms": [message for message in thread if message["box"] == "sms"],
            "chat": [message for message in thread if message["box"] == "chat"],
        },
        "department": _department(session, desk_of(session, unit["city_id"], code), today, calendar),
        "regulator": _reader(session, regulator, (ContactRole.REGULATOR_OFFICER,)),
        "maintainer": _reader(session, maintainer, (ContactRole.MAINTAINER_CONTACT,)),
        "worker": _person(session, maintainer, (ContactRole.WORKER,)) if maintainer is not None else None,
    }
    if language != "zh":
        translate(session, state, language)
    return state


def read_person(session: Session, desk: str, unit_ref: str | None = None) -> int | None:
    """The contact with a telephone at one of the four desks around a use unit, or at its lifts; None: nobody."""
    units = _read_units(session)
    unit = next((unit for unit in units if unit["ref"] == unit_ref), units[0])
    code, _ = _district_of(session, unit["id"])
    party_id, roles = {
        "manager": (unit["id"], ROLES_OF_UNIT),
        "department": (desk_of(session, unit["city_id"], code), (ContactRole.DUTY_OFFICER,)),
        "regulator": (_regulator_of(session, unit["city_id"], code), (ContactRole.REGULATOR_OFFICER,)),
        "maintainer": (_maintainer_of(session, unit["id"]), (ContactRole.MAINTAINER_CONTACT,)),
        "worker": (_maintainer_of(session, unit["id"]), (ContactRole.WORKER,)),
    }[desk]
    row = _first_of(session, party_id, roles, "sms") if party_id is not None else None
    return row.id if row is not None else None


def _clock(today: date, calendar: WorkingCalendar) -> dict[str, Any]:
    holiday = _holiday_of(today)
    return {
        "date": today.isoformat(),
        "mark": _mark_of(today, calendar.is_working(today), holiday),
        "holiday": holiday,
        "published": calendar.is_published(today.year),
    }


def _holiday_of(today: date) -> str | None:
    """The holiday's id in the page's strings, where its year is published."""
    if today.year not in LIBRARY_YEARS:
        return None
    off, name = chinese_calendar.get_holiday_detail(today)
    return name.lower().replace("'", "").replace(" ", "_").replace("-", "_") if off and name else None


def _mark_of(today: date, works: bool, holiday: str | None) -> str:
    weekend = today.weekday() >= SATURDAY
    if works:
        return "makeup" if weekend else "working"
    return "weekend" if weekend and holiday is None else "holiday"


def _read_units(session: Session) -> list[dict[str, Any]]:
    party, held = table_of(Party).c, table_of(Responsibility).c
    count = func.count(held.lift_id)
    query = (
        select(party.id, party.city_id, party.ref, party.name, count.label("lifts"))
        .join(table_of(Responsibility), held.party_id == party.id)
        .where(held.role == LiftRole.USE_UNIT, held.to_on.is_(None))
        .group_by(party.id)
        .order_by(count.desc(), party.id)
    )
    return [dict(row._mapping) for row in session.execute(query)]


def _district_of(session: Session, unit_id: int) -> tuple[str | None, str]:
    """Code and name of the district where most of a unit's lifts stand."""
    lift, held = table_of(Lift).c, table_of(Responsibility).c
    query = (
        select(lift.district_code, lift.district)
        .join(table_of(Responsibility), held.lift_id == lift.id)
        .where(held.party_id == unit_id, held.role == LiftRole.USE_UNIT, held.to_on.is_(None))
        .group_by(lift.district_code, lift.district)
        .order_by(func.count().desc())
    )
    row = session.execute(query).first()
    return (row.district_code, row.district) if row else (None, "")


def _maintainer_of(session: Session, unit_id: int) -> int | None:
    """The maintainer of most of a unit's lifts."""
    unit, maintainer = table_of(Responsibility).alias(), table_of(Responsibility).alias()
    query = (
        select(maintainer.c.party_id)
        .join(unit, unit.c.lift_id == maintainer.c.lift_id)
        .where(unit.c.party_id == unit_id, unit.c.role == LiftRole.USE_UNIT, unit.c.to_on.is_(None))
        .where(maintainer.c.role == LiftRole.MAINTAINER, maintainer.c.to_on.is_(None))
        .group_by(maintainer.c.party_id)
        .order_by(func.count().desc())
    )
    return session.execute(query).scalars().first()


def _regulator_of(session: Session, city_id: str, district_code: str | None) -> int | None:
    area = table_of(Jurisdiction).c
    query = select(area.party_id).where(
        area.city_id == city_id,
        area.district_code == district_code,
        area.role == AreaRole.DISTRICT_REGULATOR,
        area.to_on.is_(None),
    )
    return session.execute(query).scalars().first()


def _department(session: Session, party_id: int | None, today: date, calendar: WorkingCalendar) -> dict[str, Any]:
    if party_id is None:
        return {"party": "", "person": None, "calls": [], "checks": [], "done": [], "visit_days": []}
    return {
        "party": session.get_one(Party, party_id).name,
        "person": _person(session, party_id, (ContactRole.DUTY_OFFICER,)),
        "calls": read_calls(session, party_id),
        "checks": read_checks(session, party_id),
        "done": read_done_calls(session, party_id),
        "visit_days": [calendar.add_working(today, count).isoformat() for count in VISITS_AFTER],
    }


def _reader(session: Session, party_id: int | None, roles: Sequence[ContactRole]) -> dict[str, Any]:
    if party_id is None:
        return {"party": "", "person": None, "messages": []}
    return {
        "party": session.get_one(Party, party_id).name,
        "person": _person(session, party_id, roles),
        "messages": read_thread(session, party_id),
    }


def _person(
    session: Session, party_id: int, roles: Sequence[ContactRole], box: str | None = None
) -> dict[str, Any] | None:
    row = _first_of(session, party_id, roles, box)
    if row is None:
        return None
    return {"name": row.name, "role": row.role, "phone": mask_phone(row.phone) if row.phone else ""}


def _first_of(session: Session, party_id: int, roles: Sequence[ContactRole], box: str | None) -> Row[Any] | None:
    """The first contact of the first of these roles; with `box` only who has a phone, or a chat."""
    contact, chat = table_of(Contact).c, table_of(Chat).c
    query = (
        select(contact.id, contact.name, contact.role, contact.phone)
        .where(contact.party_id == party_id, contact.to_on.is_(None), contact.role.in_(roles))
        .order_by(contact.id)
    )
    if box == "sms":
        query = query.where(contact.phone.is_not(None))
    elif box == "chat":
        query = query.where(contact.id.in_(select(chat.contact_id).where(chat.active)))
    return min(session.execute(query), key=lambda row: roles.index(row.role), default=None)
