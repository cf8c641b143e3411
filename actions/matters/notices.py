"""Who hears of a hazard or a special reason: the bureau at once, of a hazard the unit and the maintainer as well, the
department when it is answered."""

from datetime import date
from typing import Any

from sqlmodel import Session

from actions.regulator.results import facts_of
from actions.regulator.scope import bureau_of
from actions.visits.notices import COPY, TO_MAINTAINER, TO_UNIT
from schedules.announcements import parties_of
from store.lifts import Lift, LiftRole
from store.matters import Matter, MatterDeed, MatterKind
from store.notices import RESULT, Notice
from store.parties import Party

TO_BUREAU, TO_DEPARTMENT = "district_regulator", "inspection_department"
HAZARD, REASON = MatterKind.HAZARD, MatterKind.SPECIAL_REASON
SIDES = ((TO_UNIT, "gz.hazard"), (TO_MAINTAINER, f"gz.hazard{COPY}"))
ROLES = {TO_UNIT: LiftRole.USE_UNIT, TO_MAINTAINER: LiftRole.MAINTAINER}
# Which deed is told to whom in which words; the others are read where the matter is.
TELLINGS = {
    (HAZARD, MatterDeed.REPORTED): ((TO_BUREAU, "gz.hazard.reg"), *SIDES),
    (HAZARD, MatterDeed.NOT_REMOVED): ((TO_BUREAU, "gz.hazard.reg"), *SIDES),
    (HAZARD, MatterDeed.VERIFIED): ((TO_BUREAU, "gz.hazard.removed.reg"), *SIDES),
    (REASON, MatterDeed.REPORTED): ((TO_BUREAU, "gz.reason.reg"),),
    (REASON, MatterDeed.REPORTED_AGAIN): ((TO_BUREAU, "gz.reason.reg"),),
    (REASON, MatterDeed.APPROVED): ((TO_DEPARTMENT, "gz.reason.answered"), (TO_UNIT, "gz.reason.unit")),
    (REASON, MatterDeed.RETURNED): ((TO_DEPARTMENT, "gz.reason.answered"), (TO_UNIT, "gz.reason.unit")),
}
WAITING = "gz.matter.waiting"


def tell_deed(session: Session, matter: Matter, deed: MatterDeed, note: str, today: date) -> None:
    """Plan the notices of a deed to those who are to hear of it and are known."""
    for audience, template in TELLINGS.get((MatterKind(matter.kind), deed), ()):
        tell(session, matter, audience, template, step=matter.kind, deed=deed.value, note=note, today=today)


def name_office(session: Session, matter: Matter) -> int | None:
    """The office that acts for the lift's district now; the former one where nobody does."""
    lift = session.get_one(Lift, matter.lift_id)
    matter.office_id = bureau_of(session, matter.city_id, lift.district_code) or matter.office_id
    session.add(matter)
    return matter.office_id


def tell(
    session: Session, matter: Matter, audience: str, template: str, *, step: str, deed: str, note: str, today: date
) -> None:
    """Plan one notice about a matter."""
    if (to_id := _reader(session, matter, audience)) is None:
        return
    lift, department = session.get_one(Lift, matter.lift_id), session.get_one(Party, matter.department_id)
    about: dict[str, Any] = {"kind": matter.kind, "reason": matter.reason or "", "deed": deed, "note": note}
    about |= {"on": matter.opened_on.isoformat(), "days": (today - matter.opened_on).days}
    session.add(
        Notice(
            city_id=matter.city_id,
            planned_on=today,
            send_on=today,
            party_id=to_id,
            duty=RESULT,
            rule="",
            step=step,
            audience=audience,
            district_code=lift.district_code or "",
            channel_class="chat",
            template=template,
            facts={RESULT: facts_of(session, [lift], department.name) | about},
        )
    )
    session.flush()


def _reader(session: Session, matter: Matter, audience: str) -> int | None:
    if audience == TO_BUREAU:
        return name_office(session, matter)
    if audience == TO_DEPARTMENT:
        return matter.department_id
    return parties_of(session, [matter.lift_id], [ROLES[audience]]).get((matter.lift_id, ROLES[audience]))
