"""A visit that is booked, moved or called off is told to whoever has to be there: the unit, and the maintainer.

Whoever did it knows. The department's deeds are told to the unit's contact, a colleague's to the others in charge.
What comes of events, and the day before, is told with the plan of the day (actions.visits.follow). What has changed
before a notice leaves makes it say nothing (notifier.facts).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, Actor
from actions.visits.rules import starts_at
from schedules.announcements import Parties, parties_of
from schedules.dates import ONE_DAY
from store.database import in_chunks
from store.lifts import Lift, LiftRole, place_facts
from store.notices import BOOKING, COLLEAGUES, VISIT, Notice, NoticeStatus
from store.parties import Contact, Party
from store.slots import Visit, VisitLift
from store.zone import SHANGHAI

STEP, TO_UNIT, TO_MAINTAINER = "booking", "unit_contact", "maintainer"
WEATHER = "weather"  # why a visit was moved: its day was closed
COPY = ".maint"  # after the name of a template for the maintainer
LEFT = frozenset({NoticeStatus.SENDING, NoticeStatus.SENT, NoticeStatus.DELIVERED, NoticeStatus.UNKNOWN})
BASIS = {
    "document": "《中华人民共和国特种设备安全法》",
    "clause": "第四十条",
    "quote": (
        "特种设备使用单位应当按照安全技术规范的要求，在检验合格有效期届满前一个月向特种设备检验机构提出定期检验要求。"
    ),
}


class Deed(StrEnum):
    """What became of a visit; `CLOSED`: its day, and there is no other one yet; `SOON`: it is a week ahead, `NEAR`:
    tomorrow. Kept with the notice."""

    MADE = "made"
    MOVED = "moved"
    OFF = "off"
    CLOSED = "closed"
    SOON = "soon"
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
    why: str = "",
    too_late: date | None = None,
) -> list[Notice]:
    """Plan the notices of these visits. `was`: the day before a move, `why`: WEATHER or nothing,
    `too_late`: the last day if it is after that; `lift_ids`: what one that is off had."""
    more = {"why": why, "too_late": too_late.isoformat() if too_late else ""}
    notices = [notice for visit in visits for notice in _of_visit(session, visit, deed, by, today, was, lift_ids, more)]
    session.add_all(notices)
    session.flush()
    return notices


def _of_visit(
    session: Session,
    visit: Visit,
    deed: Deed,
    by: By,
    today: date,
    was: date | None,
    lift_ids: Sequence[int] | None,
    more: dict[str, str],
) -> list[Notice]:
    lifts = lifts_in_order(session, lift_ids or lifts_on(session, visit.id))
    about = about_visit(session, visit, deed, by=by.name, was=was) | more
    about |= {"but": by.contact_id} if by.contact_id is not None else {}
    parties_there = parties_of(session, [lift.id for lift in lifts], [LiftRole.MAINTAINER])
    maintainers = maintainers_of(visit, lifts, parties_there)
    parties = [visit.party_id, *(party for party, _ in maintainers)] if deed is Deed.MOVED else []
    unheard = _unheard(session, visit, parties)
    found = []
    if visit.party_id is not None:
        step, audience = (STEP, TO_UNIT) if by.is_department else (COLLEAGUES, "unit_contact_and_manager")
        if by.is_department or _has_colleagues(session, visit.party_id, by.contact_id):
            theirs = about | unheard.get(visit.party_id, {})
            found.append(visit_notice(visit.party_id, step, audience, f"booking.{deed}", lifts, theirs, today))
    for party, group in maintainers:
        theirs = about | unheard.get(party, {})
        found.append(visit_notice(party, STEP, TO_MAINTAINER, f"booking.{deed}{COPY}", group, theirs, today))
    return found


def _unheard(session: Session, visit: Visit, parties: Sequence[int | None]) -> dict[int, dict[str, str]]:
    """By party that has not heard of the day before this one, of a visit moved twice: the day that it knows."""
    since = visit.made_at.astimezone(SHANGHAI).date() - ONE_DAY
    query = select(Notice).where(Notice.duty == BOOKING, Notice.step == STEP, Notice.planned_on >= since)
    found: dict[int, dict[str, str]] = {}
    for notice in session.exec(query.where(col(Notice.party_id).in_(parties)).order_by(col(Notice.id))):
        about = (notice.facts or {})[VISIT]
        if (about["visit"], about["sequence"]) != (visit.id, visit.sequence - 1):
            continue
        if notice.status in LEFT:
            found.pop(notice.party_id, None)
        elif about["deed"] == Deed.MOVED:
            found[notice.party_id] = {"was": about["was"]}
    return found


def about_visit(session: Session, visit: Visit, deed: Deed, *, by: str, was: date | None = None) -> dict[str, Any]:
    """What a notice about this visit holds, its lifts aside. `was`: the day before a move."""
    unit = session.get(Party, visit.party_id) if visit.party_id is not None else None
    return {
        "deed": deed,
        "visit": visit.id,
        "sequence": visit.sequence,
        "day": visit.day.isoformat(),
        "half": visit.half or "",
        "starts": starts_at(session, visit.department_id, visit.half, lifts_on(session, visit.id)),
        "was": was.isoformat() if was and was != visit.day else "",
        "by": by,
        "unit": unit.name if unit is not None else "",
        "office": session.get_one(Party, visit.department_id).name,
    }


def maintainers_of(visit: Visit, lifts: Sequence[Lift], maintainers: Parties) -> list[tuple[int, list[Lift]]]:
    """Who of these maintains which of these lifts; not the unit itself."""
    found: dict[int, list[Lift]] = defaultdict(list)
    for lift in lifts:
        maintainer = maintainers.get((lift.id, LiftRole.MAINTAINER))
        if maintainer is not None and maintainer != visit.party_id:
            found[maintainer].append(lift)
    return sorted(found.items())


def visit_notice(
    party_id: int,
    step: str,
    audience: str,
    template: str,
    lifts: Sequence[Lift],
    about: dict[str, Any],
    today: date,
) -> Notice:
    """A notice that leaves today, about at least one lift."""
    places = [place_facts(lift) for lift in lifts]
    return Notice(
        city_id=lifts[0].city_id,
        planned_on=today,
        send_on=today,
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


def lifts_on(session: Session, visit_id: int) -> list[int]:
    """The lifts that are on a visit now."""
    query = select(VisitLift.lift_id).where(VisitLift.visit_id == visit_id, col(VisitLift.gone).is_(None))
    return list(session.exec(query))


def lifts_by_visit(session: Session, visit_ids: Sequence[int]) -> dict[int, set[int]]:
    """The lifts that are on each of these visits now."""
    found: dict[int, set[int]] = {visit_id: set() for visit_id in visit_ids}
    for ids in in_chunks(visit_ids):
        query = select(VisitLift.visit_id, VisitLift.lift_id).where(col(VisitLift.visit_id).in_(ids))
        for visit_id, lift_id in session.exec(query.where(col(VisitLift.gone).is_(None))):
            found[visit_id].add(lift_id)
    return found


def lifts_in_order(session: Session, lift_ids: Iterable[int]) -> list[Lift]:
    """These lifts as a notice lists them."""
    found = [
        lift
        for ids in in_chunks(sorted(set(lift_ids)))
        for lift in session.exec(select(Lift).where(col(Lift.id).in_(ids))).all()
    ]
    return sorted(found, key=lambda lift: (lift.compound, lift.building, lift.id))
