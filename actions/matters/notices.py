"""Who hears of a hazard or a special reason: the bureau at once, the department when it is answered."""

from datetime import date
from typing import Any

from sqlmodel import Session

from actions.regulator.results import facts_of
from store.lifts import Lift
from store.matters import Matter, MatterDeed, MatterKind
from store.notices import RESULT, Notice
from store.parties import Party

TO_BUREAU, TO_DEPARTMENT = "district_regulator", "inspection_department"
HAZARD, REASON = MatterKind.HAZARD, MatterKind.SPECIAL_REASON
# Which deed is told to whom in which words; the others are read where the matter is.
TELLINGS = {
    (HAZARD, MatterDeed.REPORTED): (TO_BUREAU, "gz.hazard.reg"),
    (HAZARD, MatterDeed.VERIFIED): (TO_BUREAU, "gz.hazard.removed.reg"),
    (REASON, MatterDeed.REPORTED): (TO_BUREAU, "gz.reason.reg"),
    (REASON, MatterDeed.REPORTED_AGAIN): (TO_BUREAU, "gz.reason.reg"),
    (REASON, MatterDeed.APPROVED): (TO_DEPARTMENT, "gz.reason.answered"),
    (REASON, MatterDeed.RETURNED): (TO_DEPARTMENT, "gz.reason.answered"),
}
WAITING = "gz.matter.waiting"


def tell_deed(session: Session, matter: Matter, deed: MatterDeed, note: str, today: date) -> None:
    """Plan the notice of a deed, where somebody is to hear of it and an office answers for the district."""
    if (telling := TELLINGS.get((MatterKind(matter.kind), deed))) is not None:
        tell(session, matter, *telling, step=matter.kind, deed=deed.value, note=note, today=today)


def tell(
    session: Session, matter: Matter, audience: str, template: str, *, step: str, deed: str, note: str, today: date
) -> None:
    """Plan one notice about a matter."""
    to_id = matter.office_id if audience == TO_BUREAU else matter.department_id
    if to_id is None:
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
