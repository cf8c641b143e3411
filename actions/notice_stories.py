"""Why a notice came to a party: for its own people."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import EVERYONE, UNIT, Actor, Asked, lifts_of
from actions.explain import NotFoundError, explain_notice
from actions.refusals import Refused
from actions.registry import verb
from actions.to_book import lifts_to_book
from store.duties import Duty, Told
from store.lifts import Lift
from store.notices import Notice, NoticeStatus

LEFT = (NoticeStatus.SENT, NoticeStatus.DELIVERED, NoticeStatus.UNKNOWN, NoticeStatus.SENDING)


def to_their_party(session: Session, actor: Actor, notice_id: Any) -> bool:
    """A guard: a notice to this party."""
    notice = session.get(Notice, notice_id)
    return notice is not None and notice.party_id == actor.party_id


@verb(EVERYONE, reads=True, notice_id=to_their_party)
def notice_story(session: Session, asked: Asked, *, notice_id: int) -> dict[str, Any]:
    """Why a notice came: its rung with clause and quote, its lifts and dates, as `explain_notice` gives it."""
    try:
        return explain_notice(session, notice_id)
    except NotFoundError as error:
        raise Refused("notices.of_no_rule") from error


@verb(EVERYONE, reads=True)
def last_notice(session: Session, asked: Asked) -> int | None:
    """The number of the last notice that left to one's own party."""
    theirs = (Notice.party_id == asked.actor.party_id, col(Notice.status).in_(LEFT))
    return session.exec(select(Notice.id).where(*theirs).order_by(col(Notice.id).desc()).limit(1)).first()


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
