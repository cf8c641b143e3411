"""Who hears of a hazard or a special reason: the bureau at once, of a hazard the unit and the maintainer as well, the
department when it is answered.

The first hazard of a round is told at once. What is reported of other lifts within minutes waits until they are over
and goes together: one walk through a compound is not ten messages to a bureau.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from actions.regulator.results import facts_of
from actions.regulator.scope import bureau_of
from actions.visits.notices import COPY, TO_MAINTAINER, TO_UNIT
from actions.waiting_notices import last_tried, not_left
from schedules.announcements import parties_of
from schedules.regimes import numbers_of
from store.lifts import Lift, LiftRole
from store.matters import Matter, MatterDeed, MatterKind
from store.notices import NOTES, RESULT, Notice
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
MOST = 20  # lifts of one message: so many are named


def tell_deed(session: Session, matter: Matter, deed: MatterDeed, note: str, today: date, now: datetime) -> None:
    """Plan the notices of a deed to those who are to hear of it and are known."""
    kind = MatterKind(matter.kind)
    for audience, template in TELLINGS.get((kind, deed), ()):
        notice = _notice(session, matter, audience, template, step=matter.kind, deed=deed.value, note=note, today=today)
        if notice is None:
            continue
        if (kind, deed) == (HAZARD, MatterDeed.REPORTED):
            _put_together(session, notice, now)
        else:
            session.add(notice)
    session.flush()


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
    notice = _notice(session, matter, audience, template, step=step, deed=deed, note=note, today=today)
    if notice is not None:
        session.add(notice)
        session.flush()


def _put_together(session: Session, notice: Notice, now: datetime) -> None:
    """Add it to one like it that has not left, else plan it: where its reader was told one just now, a little later."""
    for waiting in not_left(session, notice):
        joined = _joined((waiting.facts or {})[RESULT], (notice.facts or {})[RESULT])
        if joined is not None:
            waiting.facts = (waiting.facts or {}) | {RESULT: joined}
            session.add(waiting)
            return
    last = last_tried(session, notice)
    together = timedelta(minutes=numbers_of(session, notice.city_id).hazards_together_minutes)
    if last is not None and last + together > now:
        notice.not_before = last + together
    session.add(notice)


def _joined(known: dict[str, Any], new: dict[str, Any]) -> dict[str, Any] | None:
    """Both; None where they say more apart than each of its own lift, or are of the same one."""
    each = {"lifts", "units", "note", NOTES}
    if {name: known[name] for name in known.keys() - each} != {name: new[name] for name in new.keys() - each}:
        return None
    keys = {lift["key"] for lift in known["lifts"]}
    if len(keys) == MOST or any(lift["key"] in keys for lift in new["lifts"]):
        return None
    both = {name: [*known[name], *new[name]] for name in ("lifts", "units")}
    return known | both | {"note": "", NOTES: [*known.get(NOTES, [known["note"]]), new["note"]]}


def _notice(
    session: Session, matter: Matter, audience: str, template: str, *, step: str, deed: str, note: str, today: date
) -> Notice | None:
    if (to_id := _reader(session, matter, audience)) is None:
        return None
    lift, department = session.get_one(Lift, matter.lift_id), session.get_one(Party, matter.department_id)
    about: dict[str, Any] = {"kind": matter.kind, "reason": matter.reason or "", "deed": deed, "note": note}
    about |= {"on": matter.opened_on.isoformat(), "days": (today - matter.opened_on).days}
    return Notice(
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


def _reader(session: Session, matter: Matter, audience: str) -> int | None:
    if audience == TO_BUREAU:
        return name_office(session, matter)
    if audience == TO_DEPARTMENT:
        return matter.department_id
    return parties_of(session, [matter.lift_id], [ROLES[audience]]).get((matter.lift_id, ROLES[audience]))
