"""Who comes to a visit: the use unit and the maintainer each say so, with a name and a telephone number.

Both are to be there (000, annex 1-1 二1). That they say so beforehand is asked by us and by no document: nothing
depends on it but what the department reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, UNIT, Asked
from actions.identity.bindings import read_phone
from actions.identity.staff import LONGEST_NAME
from actions.refusals import Refused
from actions.registry import verb
from actions.told.stories import to_their_party
from actions.visits.listing import VisitShown, show_visits
from actions.visits.notices import Deed, lifts_on
from actions.visits.rights import may_read_visit
from store.attendance import Attendance, AttendanceWay, answers_on, who_comes
from store.notices import VISIT, Delivery, Notice
from store.parties import Contact, Party
from store.slots import Visit

ATTENDERS = UNIT | MAINTAINER
PROPOSED = 8  # people on file
ATTENDS, CHANGED = "attends", "visit_changed"  # sentences to whoever answers by SMS


@dataclass(frozen=True)
class Proposed:
    """Somebody of the own party who may come."""

    contact_id: int
    name: str
    phone: str


@dataclass(frozen=True)
class Asking:
    """A visit, who of the own people may come to it (oneself first), and who was named for the own party."""

    visit: VisitShown
    people: Sequence[Proposed]
    named: str


@verb(ATTENDERS, reads=True, visit_id=may_read_visit)
def who_may_come(session: Session, asked: Asked, *, visit_id: int) -> Asking:
    """The own people with a telephone number, to be named for a visit."""
    _require_to_come(session, visit_id, asked.today)
    query = select(Contact).where(Contact.party_id == asked.actor.party_id, col(Contact.to_on).is_(None))
    found: dict[str, Proposed] = {}
    for person in sorted(session.exec(query).all(), key=lambda one: (one.id != asked.actor.contact_id, one.id)):
        if person.phone and person.name:
            found.setdefault(person.phone, Proposed(person.id, person.name, person.phone))
    shown = show_visits(session, [session.get_one(Visit, visit_id)], reader=asked.actor)[0]
    named = next((one.name for one in shown.coming if one.party_id == asked.actor.party_id), "")
    return Asking(shown, list(found.values())[:PROPOSED], named)


@verb(ATTENDERS, visit_id=may_read_visit)
def confirm_attendance(
    session: Session, asked: Asked, *, visit_id: int, contact_id: int | None = None, name: str = "", phone: str = ""
) -> VisitShown:
    """Say who comes for the own party: one of its people, or anybody by name and number. The last word holds."""
    visit = _require_to_come(session, visit_id, asked.today)
    if contact_id is not None:
        person = session.get(Contact, contact_id)
        if person is None or person.party_id != asked.actor.party_id or person.to_on is not None or not person.phone:
            raise Refused("visits.nobody_such")
        name, number = person.name, person.phone
    else:
        number = read_phone(phone) or ""
    if not number or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise Refused("visits.name_and_number")
    _note(
        session, visit, asked.actor.party_id, name.strip(), number,
        way=AttendanceWay.CHAT, said_by=asked.actor.contact_id, now=asked.now,
    )  # fmt: skip
    return show_visits(session, [visit], reader=asked.actor)[0]


@verb(ATTENDERS, reads=True, notice_id=to_their_party)
def visit_of_notice(session: Session, asked: Asked, *, notice_id: int) -> int | None:
    """The visit that a notice was about, if it is still to come and theirs to read."""
    about = (session.get_one(Notice, notice_id).facts or {}).get(VISIT, {})
    visit = session.get(Visit, about.get("visit", 0))
    is_there = visit is not None and visit.day >= asked.today and bool(lifts_on(session, visit.id))
    return visit.id if is_there and visit is not None and may_read_visit(session, asked.actor, visit.id) else None


def asks_who_comes(notice: Notice) -> bool:
    """Whether a "1" to this notice says that who answers is there."""
    about = (notice.facts or {}).get(VISIT)
    return about is not None and about["deed"] not in (Deed.OFF, Deed.CLOSED)


def confirm_by_sms(session: Session, notice: Notice, delivery: Delivery, *, now: datetime, today: date) -> bool:
    """Who answers is there; False where the visit is not as the notice says any more."""
    about = (notice.facts or {})[VISIT]
    visit = session.get(Visit, about["visit"])
    if visit is None or visit.day < today or visit.sequence != about["sequence"]:
        return False
    if not answers_on(session, visit.id, notice.party_id):
        return False
    person = session.get(Contact, delivery.contact_id) if delivery.contact_id else None
    name = (person.name if person else "") or session.get_one(Party, notice.party_id).name
    said_by = person.id if person else None
    _note(session, visit, notice.party_id, name, delivery.address, way=AttendanceWay.SMS, said_by=said_by, now=now)
    return True


def said_by_sms(session: Session, notice: Notice) -> str:
    """The name of the sentence for such an answer."""
    about = (notice.facts or {})[VISIT]
    visit = session.get(Visit, about["visit"])
    if visit is None or visit.sequence != about["sequence"]:
        return CHANGED
    coming = who_comes(session, [visit.id]).get(visit.id, ())
    return ATTENDS if any(one.party_id == notice.party_id for one in coming) else CHANGED


def _require_to_come(session: Session, visit_id: int, today: date) -> Visit:
    visit = session.get_one(Visit, visit_id)
    if visit.day < today or not lifts_on(session, visit_id):
        raise Refused("bookings.gone")
    return visit


def _note(
    session: Session,
    visit: Visit,
    party_id: int,
    name: str,
    phone: str,
    *,
    way: AttendanceWay,
    said_by: int | None,
    now: datetime,
) -> None:
    query = select(Attendance).where(Attendance.visit_id == visit.id, Attendance.sequence == visit.sequence)
    row = session.exec(query.where(Attendance.party_id == party_id)).first()
    said: dict[str, Any] = {"name": name, "phone": phone, "way": way, "said_by": said_by, "said_at": now}
    if row is None:
        row = Attendance(visit_id=visit.id, sequence=visit.sequence, party_id=party_id, **said)
    row.sqlmodel_update(said)
    session.add(row)
    session.flush()
