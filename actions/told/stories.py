"""Why a notice came to a party: for its own people."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import EVERYONE, UNIT, Actor, Asked
from actions.lifts.explain import NotFoundError, explain_notice
from actions.refusals import Refused
from actions.registry import verb
from actions.sight import lifts_of
from actions.told.scope import newest_readable, readings
from actions.visits.to_book import lifts_to_book
from store.duties import Duty, Told
from store.lifts import Lift
from store.notices import Notice, NoticeStatus

LEFT = (NoticeStatus.SENT, NoticeStatus.DELIVERED, NoticeStatus.UNKNOWN, NoticeStatus.SENDING)


def to_their_party(session: Session, actor: Actor, notice_id: Any) -> bool:
    """A guard: a notice to this party, and where they are there for some places only, not one about others alone."""
    notice = session.get(Notice, notice_id)
    return notice is not None and notice_id in readings(session, actor, [notice])


@verb(EVERYONE, reads=True, notice_id=to_their_party)
def notice_story(session: Session, asked: Asked, *, notice_id: int) -> dict[str, Any]:
    """Why a notice came: its rung with clause and quote, its lifts and dates, as `explain_notice` gives it.

    Who is there for some places only reads of those, and not the messages that name others.
    """
    try:
        story = explain_notice(session, notice_id)
    except NotFoundError as error:
        raise Refused("notices.of_no_rule") from error
    may = readings(session, asked.actor, [session.get_one(Notice, notice_id)])[notice_id]
    if may.whole:
        return story
    theirs = {*session.exec(select(Lift.key).where(col(Lift.id).in_(may.lift_ids)))}
    lifts = [lift for lift in story["lifts"] if lift["lift"] in theirs]
    return story | {"lifts": lifts, "facts": {}, "deliveries": [], "history": []}


@verb(EVERYONE, reads=True)
def last_notice(session: Session, asked: Asked) -> int | None:
    """The number of the last notice that left to one's own party, and that they may read."""
    left = select(Notice).where(col(Notice.status).in_(LEFT))
    found = newest_readable(session, asked.actor, left, 1)
    return found[0][0].id if found else None


@dataclass(frozen=True)
class LiftsOfNotice:
    """The lifts that a notice told of, and those of them whose inspection can still be booked."""

    lift_ids: list[int]
    to_book: list[int]


@verb(UNIT, reads=True, notice_id=to_their_party)
def lifts_of_notice(session: Session, asked: Asked, *, notice_id: int) -> LiftsOfNotice:
    """The lifts that a notice told of, as far as they are theirs still."""
    told = select(Duty.lift_id).join(Told, col(Told.duty_id) == Duty.id).where(Told.notice_id == notice_id)
    ids = session.exec(select(Lift.id).where(col(Lift.id).in_(told), col(Lift.id).in_(lifts_of(asked.actor)))).all()
    bookable = {lift.lift_id for lift in lifts_to_book(session, asked)}
    return LiftsOfNotice(sorted(ids), [lift_id for lift_id in sorted(ids) if lift_id in bookable])


def party_of_notice(session: Session, notice_id: int) -> int | None:
    """Which party a notice went to; asked before anybody is let in, so it must not be shown."""
    return session.exec(select(Notice.party_id).where(Notice.id == notice_id)).first()
