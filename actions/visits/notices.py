"""A visit that is booked, moved or called off is told to whoever has to be there: the unit, and the maintainer.

Whoever did it knows. The department's deeds are told to the unit's contact, a colleague's to the others in charge, and
the day before everybody is reminded. What has changed before a notice leaves makes it say nothing (notifier.facts).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, Actor
from schedules.announcements import parties_of
from schedules.dates import ONE_DAY
from store.database import in_chunks
from store.lifts import Lift, LiftRole
from store.notices import BOOKING, COLLEAGUES, VISIT, Notice
from store.parties import Contact, Party
from store.slots import Visit, VisitLift

PLACE = ("key", "compound", "building", "internal_number", "address", "certificate", "district")
BASIS = {
    "document": "《中华人民共和国特种设备安全法》",
    "clause": "第四十条",
    "quote": (
        "特种设备使用单位应当按照安全技术规范的要求，在检验合格有效期届满前一个月向特种设备检验机构提出定期检验要求。"
    ),
}


class Deed(StrEnum):
    """What became of a visit; `NEAR`: it is tomorrow."""

    MADE = "made"
    MOVED = "moved"
    OFF = "off"
    NEAR = "near"


@dataclass(frozen=True)
class By:
    """Who did it: a name to be read, the contact who is not told of it, and whether it was the department."""

    name: str
    contact_id: int | None = None
    is_department: bool = False

    @classmethod
    def of(cls, actor: Actor) -> "By":
        """A department is named as an office, somebody of the unit by name."""
        is_department = actor.role in DEPARTMENT
        return cls(actor.party_name if is_department else actor.name, actor.contact_id, is_department)


def tell_visits(
    session: Session,
    visits: Iterable[Visit],
    deed: Deed,
    *,
    by: By,
    today: date,
    was: date | None = None,
    lift_ids: Sequence[int] | None = None,
) -> list[Notice]:
    """Plan the notices of these visits. `was`: the day before a move; `lift_ids`: what one that is off had."""
    notices = [
        notice
        for visit in visits
        for notice in _of_visit(session, visit, deed, by, today, was, lift_ids or _lifts_on(session, visit.id))
    ]
    session.add_all(notices)
    session.flush()
    return notices


def _of_visit(
    session: Session, visit: Visit, deed: Deed, by: By, today: date, was: date | None, lift_ids: Sequence[int]
) -> list[Notice]:
    lifts = _lifts(session, lift_ids)
    unit = session.get(Party, visit.party_id) if visit.party_id is not None else None
    office = session.get_one(Party, visit.department_id)
    about = {
        "visit": visit.id,
        "sequence": visit.sequence,
        "day": visit.day.isoformat(),
        "half": visit.half or "",
        "was": was.isoformat() if was and was != visit.day else "",
        "by": by.name,
        "unit": unit.name if unit is not None else "",
        "office": office.name,
    }
    groups: list[tuple[int, str, str, str, list[Lift]]] = []
    if unit is not None:
        step, audience = ("booking", "unit_contact") if by.is_department else (COLLEAGUES, "unit_contact_and_manager")
        if by.is_department or _has_colleagues(session, unit.id, by.contact_id):
            groups.append((unit.id, step, audience, "", lifts))
    theirs: dict[int, list[Lift]] = defaultdict(list)
    maintainers = parties_of(session, [lift.id for lift in lifts], [LiftRole.MAINTAINER])
    for lift in lifts:
        maintainer = maintainers.get((lift.id, LiftRole.MAINTAINER))
        if maintainer is not None and maintainer != visit.party_id:
            theirs[maintainer].append(lift)
    groups += [(party, "booking", "maintainer", ".maint", group) for party, group in sorted(theirs.items())]
    but = {"but": by.contact_id} if by.contact_id is not None else {}
    found = [
        _notice(party, step, audience, f"booking.{deed}{copy}", group, about | but | {"deed": deed}, today, today)
        for party, step, audience, copy, group in groups
    ]
    if deed is Deed.OFF or visit.day - ONE_DAY <= today:
        return found
    near = about | {"deed": Deed.NEAR, "was": ""}
    unit_too = [(unit.id, "booking", "unit_contact", "", lifts)] if unit is not None else []
    return found + [
        _notice(party, "booking_near", audience, f"booking.near{copy}", group, near, today, visit.day - ONE_DAY)
        for party, _, audience, copy, group in [*unit_too, *(one for one in groups if one[3])]
    ]


def _notice(
    party_id: int,
    step: str,
    audience: str,
    template: str,
    lifts: Sequence[Lift],
    about: dict[str, Any],
    today: date,
    send_on: date,
) -> Notice:
    places = [{name: getattr(lift, name) or "" for name in PLACE} for lift in lifts]
    return Notice(
        city_id=lifts[0].city_id,
        planned_on=today,
        send_on=send_on,
        party_id=party_id,
        duty=BOOKING,
        rule="",
        step=step,
        audience=audience,
        district_code=lifts[0].district_code or "",
        channel_class="chat",
        template=template,
        facts={VISIT: about | {"lifts": places}, "basis": BASIS},
    )


def _has_colleagues(session: Session, party_id: int, contact_id: int | None) -> bool:
    others = select(Contact.id).where(Contact.party_id == party_id, col(Contact.to_on).is_(None))
    return session.exec(others.where(Contact.id != contact_id)).first() is not None


def _lifts_on(session: Session, visit_id: int) -> list[int]:
    query = select(VisitLift.lift_id).where(VisitLift.visit_id == visit_id, col(VisitLift.gone).is_(None))
    return list(session.exec(query))


def _lifts(session: Session, lift_ids: Sequence[int]) -> list[Lift]:
    found = [
        lift
        for ids in in_chunks(sorted(lift_ids))
        for lift in session.exec(select(Lift).where(col(Lift.id).in_(ids))).all()
    ]
    return sorted(found, key=lambda lift: (lift.compound, lift.building, lift.id))
