"""Taking note of what an office was told: the list of un-booked lifts, overdue ones, failed ones. One officer does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from actions.actors import REGULATORS, Asked
from actions.refusals import Refused
from actions.registry import verb
from actions.regulator.moments import by_clock
from actions.regulator.scope import is_their_notice
from store.database import in_chunks, insert_new
from store.duties import Told, ToldState
from store.notices import LISTING, Notice, NoticeStatus
from store.parties import Contact
from store.pushes import Acknowledgement

NEWEST = 50


@dataclass(frozen=True)
class ToAcknowledge:
    """A notice to the office: `step` says what it is about; by whom it was acknowledged and when, if it was."""

    notice_id: int
    step: str
    duty: str
    on: date
    lifts: int
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Acknowledged:
    """Who has taken note, and when."""

    notice_id: int
    by: str
    at: datetime


@verb(REGULATORS, reads=True)
def told_to_office(session: Session, asked: Asked, *, only_open: bool = False) -> Sequence[ToAcknowledge]:
    """What the office was told, newest first: un-acknowledged before what somebody has taken note of."""
    query = (
        select(Notice, Acknowledgement, Contact.name)
        .outerjoin(Acknowledgement, col(Acknowledgement.notice_id) == Notice.id)
        .outerjoin(Contact, col(Contact.id) == Acknowledgement.contact_id)
        .where(Notice.party_id == asked.actor.party_id, col(Notice.status) != NoticeStatus.CANCELLED)
        .order_by(col(Acknowledgement.at).is_not(None), col(Notice.planned_on).desc(), col(Notice.id).desc())
        .limit(NEWEST)
    )
    if only_open:
        query = query.where(col(Acknowledgement.notice_id).is_(None))
    rows = session.exec(query).all()
    numbers = _lifts_in(session, [notice.id for notice, _, _ in rows])
    return [
        ToAcknowledge(
            notice.id,
            notice.step,
            notice.duty,
            notice.planned_on,
            numbers.get(notice.id) or lifts_named(notice),
            name or "",
            done.at if done else None,
        )
        for notice, done, name in rows
    ]


@verb(REGULATORS, notice_id=is_their_notice)
def acknowledge(session: Session, asked: Asked, *, notice_id: int) -> Acknowledged:
    """Take note of it; whoever comes second is told who did."""
    row = {"notice_id": notice_id, "contact_id": asked.actor.contact_id, "at": asked.now, "key": asked.key}
    insert_new(session, Acknowledgement, row)
    done = session.get_one(Acknowledgement, notice_id, populate_existing=True)
    by = session.get_one(Contact, done.contact_id).name
    if done.key != asked.key:
        raise Refused("acknowledge.done", who=by, at=by_clock(done.at))
    return Acknowledged(notice_id, by, done.at)


def lifts_named(notice: Notice) -> int:
    """How many lifts a notice names itself, which stand in no ledger."""
    own = (notice.facts or {}).get(notice.duty, {})
    return len(own.get("lifts", [])) if notice.duty in LISTING else 0


def _lifts_in(session: Session, notice_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in in_chunks(notice_ids):
        query = (
            select(Told.notice_id, func.count())
            .where(col(Told.notice_id).in_(part), col(Told.state).in_((ToldState.RESERVED, ToldState.TOLD)))
            .group_by(col(Told.notice_id))
        )
        found |= {notice_id: number for notice_id, number in session.exec(query) if notice_id is not None}
    return found
