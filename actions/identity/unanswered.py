"""What was sent to one's colleagues and nobody has seen to: shown to the head of a unit."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, or_, select

from actions.actors import UNIT_HEADS, Asked
from actions.registry import verb
from actions.sight import lifts_of
from store.duties import Duty, Told, ToldState
from store.events import Event, EventKind
from store.notices import Delivery, Notice, NoticeStatus
from store.parties import Contact

AFTER = timedelta(days=3)
BEFORE = timedelta(days=90)


@dataclass(frozen=True)
class Unanswered:
    """The last notice about some lifts for which nothing was booked or answered since; `who` had it."""

    notice_id: int
    on: date
    days: int
    lifts: int
    who: Sequence[str]


@verb(UNIT_HEADS, reads=True)
def unanswered(session: Session, asked: Asked) -> list[Unanswered]:
    """Notices of the last three months that have waited for three days, oldest first."""
    waiting = _waiting(session, asked)
    answered = _answered(session, asked.actor.party_id)
    names = _who_had(session, list(waiting))
    return [
        Unanswered(notice.id, notice.send_on, (asked.today - notice.send_on).days, len(lifts), tuple(names[notice.id]))
        for notice, lifts in sorted(waiting.values(), key=lambda one: one[0].id)
        if notice.id not in answered
    ]


def _waiting(session: Session, asked: Asked) -> dict[int, tuple[Notice, set[int | None]]]:
    """The last notice of each duty that is open and not booked, with the lifts, by its id."""
    query = (
        select(Notice, Duty.id, Duty.lift_id)
        .join(Told, col(Told.notice_id) == Notice.id)
        .join(Duty, col(Duty.id) == Told.duty_id)
        .where(Notice.party_id == asked.actor.party_id, Told.state == ToldState.TOLD)
        .where(col(Notice.status).in_((NoticeStatus.SENT, NoticeStatus.DELIVERED)))
        .where(or_(col(Duty.lift_id).is_(None), col(Duty.lift_id).in_(lifts_of(asked.actor))))
        .where(Notice.send_on >= asked.today - BEFORE, col(Duty.withdrawn_at).is_(None))
        .where(col(Duty.closed_on).is_(None), col(Duty.booked_on).is_(None))
        .order_by(col(Notice.id))
    )
    last: dict[int, tuple[Notice, int | None]] = {}
    for notice, duty_id, lift_id in session.exec(query):
        last[duty_id] = (notice, lift_id)
    found: dict[int, tuple[Notice, set[int | None]]] = {}
    for notice, lift_id in last.values():
        if notice.send_on <= asked.today - AFTER:
            found.setdefault(notice.id, (notice, set()))[1].add(lift_id)
    return found


def _answered(session: Session, party_id: int) -> set[int]:
    query = select(Event.payload).where(Event.kind == EventKind.URGING_ANSWERED, Event.party_id == party_id)
    return {payload["notice"] for payload in session.exec(query) if payload and "notice" in payload}


def _who_had(session: Session, notice_ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        select(Delivery.notice_id, Contact.name)
        .join(Contact, col(Contact.id) == Delivery.contact_id)
        .where(col(Delivery.notice_id).in_(notice_ids), Contact.name != "")
        .order_by(col(Delivery.id))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for notice_id, name in session.exec(query):
        if name not in found[notice_id]:
            found[notice_id].append(name)
    return found
