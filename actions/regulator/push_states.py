"""What became of what an office has pushed: for each unit whether it arrived, and whom to phone where it did not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from actions.actors import REGULATORS, Asked
from actions.evidence.attempts import Attempt, Came, load_attempts
from actions.registry import verb
from actions.regulator.people import Reached, note_read, people_of
from actions.regulator.scope import is_their_push
from store.notices import Notice, NoticeStatus
from store.parties import Contact, Party
from store.pushes import Push, PushLift, PushNotice, PushState

NEWEST = 50


class Arrival(StrEnum):
    """How far a notice has come; what needs a person comes last."""

    ARRIVED = "arrived"
    SENT = "sent"
    PLANNED = "planned"
    TAKEN_BACK = "taken_back"
    TO_CALL = "to_call"
    UNKNOWN = "unknown"
    FAILED = "failed"


TO_PHONE = (Arrival.TO_CALL, Arrival.UNKNOWN, Arrival.FAILED)
OF_NOTICE = {
    NoticeStatus.PLANNED: Arrival.PLANNED,
    NoticeStatus.SENDING: Arrival.PLANNED,
    NoticeStatus.SENT: Arrival.SENT,
    NoticeStatus.DELIVERED: Arrival.ARRIVED,
    NoticeStatus.UNKNOWN: Arrival.UNKNOWN,
    NoticeStatus.FAILED: Arrival.FAILED,
    NoticeStatus.NO_CONTACT: Arrival.FAILED,
    NoticeStatus.CANCELLED: Arrival.TAKEN_BACK,
}
OF_ATTEMPT = {
    Came.DELIVERED: Arrival.ARRIVED,
    Came.CALLED: Arrival.ARRIVED,
    Came.HANDED_OVER: Arrival.SENT,
    Came.TO_CALL: Arrival.TO_CALL,
}


@dataclass(frozen=True)
class PushSent:
    """A push that was sent: to how many units, about how many lifts."""

    push_id: int
    kind: str
    on: date
    by: str
    units: int
    lifts: int
    number: str


@dataclass(frozen=True)
class UnitState:
    """How far the notice to one party has come. `phone`: people to be phoned, where it needs somebody."""

    notice_id: int
    party_id: int
    party: str
    audience: str
    arrival: Arrival
    channel: str
    at: datetime | None
    phone: Sequence[Reached] = ()


@dataclass(frozen=True)
class PushStates:
    """All notices of a push; `counts` by how far they have come."""

    push_id: int
    kind: str
    on: date
    units: Sequence[UnitState]
    counts: Mapping[Arrival, int]


@verb(REGULATORS, reads=True)
def pushes_sent(session: Session, asked: Asked) -> Sequence[PushSent]:
    """What the office has sent, newest first."""
    mine = (Push.party_id == asked.actor.party_id, Push.state == PushState.SENT)
    query = (
        select(Push, Contact.name)
        .join(Contact, col(Contact.id) == Push.contact_id)
        .where(*mine)
        .order_by(col(Push.sent_at).desc(), col(Push.id).desc())
        .limit(NEWEST)
    )
    rows = session.exec(query).all()
    ids = [push.id for push, _ in rows]
    counted = select(
        PushLift.push_id, func.count(func.distinct(PushLift.unit_id)), func.count(col(PushLift.unit_id))
    ).where(col(PushLift.push_id).in_(ids))
    numbers = {row[0]: (row[1], row[2]) for row in session.exec(counted.group_by(col(PushLift.push_id)))}
    return [
        PushSent(push.id, push.kind, push.on_date, name, *numbers.get(push.id, (0, 0)), push.number)
        for push, name in rows
    ]


@verb(REGULATORS, reads=True, push_id=is_their_push)
def push_states(session: Session, asked: Asked, *, push_id: int) -> PushStates:
    """How far each notice of a push has come; those that need a person first."""
    push = session.get_one(Push, push_id)
    query = (
        select(Notice, Party)
        .join(PushNotice, col(PushNotice.notice_id) == Notice.id)
        .join(Party, col(Party.id) == Notice.party_id)
        .where(PushNotice.push_id == push_id)
    )
    rows = session.exec(query).all()
    attempts = load_attempts(session, [notice.id for notice, _ in rows])
    judged = {notice.id: _arrival(notice, attempts.get(notice.id, [])) for notice, _ in rows}
    in_need = {notice.party_id for notice, _ in rows if judged[notice.id][0] in TO_PHONE}
    people = people_of(session, in_need)
    units = [_state(notice, party, judged[notice.id], people) for notice, party in rows]
    if in_need:
        note_read(asked.actor, "push_states", len(in_need))
    order = list(Arrival)
    units.sort(key=lambda unit: (-order.index(unit.arrival), unit.party))
    return PushStates(push.id, push.kind, push.on_date, units, Counter(unit.arrival for unit in units))


def _state(
    notice: Notice, party: Party, judged: tuple[Arrival, str, datetime | None], people: Mapping[int, list[Reached]]
) -> UnitState:
    arrival, channel, at = judged
    phone = tuple(people.get(party.id, ())) if arrival in TO_PHONE else ()
    return UnitState(notice.id, party.id, party.name, notice.audience, arrival, channel, at, phone)


def _arrival(notice: Notice, attempts: Sequence[Attempt]) -> tuple[Arrival, str, datetime | None]:
    """How far it has come, by what and when: by the attempt that came furthest, else by the notice itself."""
    order = list(OF_ATTEMPT)
    best = min((one for one in attempts if one.came in OF_ATTEMPT), key=lambda one: order.index(one.came), default=None)
    if best is not None:
        return OF_ATTEMPT[best.came], best.channel, best.receipt_at or best.attempted_at
    last = attempts[-1] if attempts else None
    return OF_NOTICE[NoticeStatus(notice.status)], last.channel if last else "", last.attempted_at if last else None
