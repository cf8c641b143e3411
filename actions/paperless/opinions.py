"""Opinions of the city's bureau to a contractor (003 五(一)): rectification, or suspension of going without paper.

drafted ─sent─▶ sent ─answered─▶ answered ─closed─▶ closed; answered ─returned─▶ returned ─answered─▶ answered
drafted ─dropped─▶ dropped. While a suspension is open, paper is to be kept again (`waivers.paper_state`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, or_, select

from actions.actors import MAINTAINER, REGULATORS, Actor, Asked, Role
from actions.paperless.notices import TO_CITY, TO_MAINTAINER, tell
from actions.paperless.waivers import in_their_city
from actions.photos import is_their_photo, keep_photo
from actions.refusals import Refused
from actions.registry import verb
from schedules.regimes import numbers_of
from store.doors import StoredFile
from store.parties import Contact, party_name
from store.supervision import Opinion, OpinionKind, OpinionState, OpinionStep

CITY = frozenset({Role.CITY_REGULATOR})
ANSWERERS = frozenset({Role.MAINTAINER_ADMIN, Role.DISPATCHER})
LONGEST, MOST_PHOTOS, SHOWN = 600, 8, 60
S = OpinionState
LEADS_TO: dict[OpinionState, frozenset[OpinionState]] = {
    S.SENT: frozenset({S.DRAFTED}),
    S.DROPPED: frozenset({S.DRAFTED}),
    S.ANSWERED: frozenset({S.SENT, S.RETURNED}),
    S.RETURNED: frozenset({S.ANSWERED}),
    S.CLOSED: frozenset({S.SENT, S.ANSWERED, S.RETURNED}),
}


@dataclass(frozen=True)
class OpinionLine:
    """One of them in a list; `days` in its present state, `late` where its day has passed without an answer."""

    opinion_id: int
    kind: str
    state: str
    contractor: str
    text: str
    due_on: date
    opened_on: date
    days: int
    late: bool


@dataclass(frozen=True)
class OpinionDeed:
    """Who did what about it."""

    deed: str
    at: datetime
    by: str
    note: str
    photos: int


@dataclass(frozen=True)
class OpinionStory:
    """One with its history; `ours`: one's own office gave it."""

    line: OpinionLine
    steps: Sequence[OpinionDeed]
    ours: bool


def our_opinion(session: Session, actor: Actor, opinion_id: Any) -> bool:
    """A guard: one that one's own office gives."""
    opinion = session.get(Opinion, opinion_id)
    return opinion is not None and opinion.office_id == actor.party_id


def sees_opinion(session: Session, actor: Actor, opinion_id: Any) -> bool:
    """A guard: the contractor from when it was sent, and the bureaus of the city."""
    opinion = session.get(Opinion, opinion_id)
    if opinion is None or opinion.city_id != actor.city_id:
        return False
    if actor.role in MAINTAINER:
        return opinion.party_id == actor.party_id and opinion.state not in (S.DRAFTED, S.DROPPED)
    return opinion.office_id == actor.party_id or opinion.state not in (S.DRAFTED, S.DROPPED)


@verb(CITY, reads=True)
def opinion_due(session: Session, asked: Asked) -> date:
    """By when a contractor answers an opinion that is given now, where nobody says another day."""
    return asked.today + timedelta(days=numbers_of(session, asked.actor.city_id).opinion_answer_days)


@verb(CITY, party_id=in_their_city)
def draft_opinion(session: Session, asked: Asked, *, party_id: int, kind: OpinionKind, text: str, due_on: date) -> int:
    """Write an opinion to a contractor; nothing leaves before it is sent."""
    known = session.exec(select(OpinionStep.opinion_id).where(OpinionStep.key == asked.key)).first()
    if known is not None:
        return known
    said = _said(text)
    if due_on < asked.today:
        raise Refused("paperless.until_past")
    opinion = Opinion(
        city_id=asked.actor.city_id,
        kind=kind,
        party_id=party_id,
        office_id=asked.actor.party_id,
        text=said,
        due_on=due_on,
        opened_on=asked.today,
        since=asked.today,
    )
    session.add(opinion)
    session.flush()
    _step(session, asked, opinion, S.DRAFTED, "", ())
    return opinion.id


@verb(CITY, opinion_id=our_opinion)
def send_opinion(session: Session, asked: Asked, *, opinion_id: int) -> None:
    """Send it; the contractor reads it at once."""
    opinion = _act(session, asked, opinion_id, S.SENT, "")
    _tell_contractor(session, opinion, "sent", "", asked.today)


@verb(CITY, opinion_id=our_opinion)
def drop_opinion(session: Session, asked: Asked, *, opinion_id: int) -> None:
    """A draft that is not sent."""
    _act(session, asked, opinion_id, S.DROPPED, "")


@verb(ANSWERERS)
def keep_answer_photo(session: Session, asked: Asked, *, content: bytes) -> int:
    """Keep a photo for an answer; its id."""
    return keep_photo(session, asked, content)


@verb(ANSWERERS, opinion_id=sees_opinion, photos=is_their_photo)
def answer_opinion(session: Session, asked: Asked, *, opinion_id: int, note: str, photos: Sequence[int] = ()) -> int:
    """The contractor says what it has done; the bureau hears of it at once."""
    if len(photos) > MOST_PHOTOS:
        raise Refused("case.too_many_photos", most=MOST_PHOTOS)
    said = _said(note)
    opinion = _act(session, asked, opinion_id, S.ANSWERED, said, photos)
    tell_bureau(session, opinion, "answered", said, asked.today)
    return opinion.id


@verb(CITY, opinion_id=our_opinion)
def settle_opinion(session: Session, asked: Asked, *, opinion_id: int, closed: bool, note: str = "") -> int:
    """Close it, or return the answer with what is still missing; the contractor hears either."""
    said = _said(note) if not closed else " ".join(note.split())[:LONGEST]
    opinion = _act(session, asked, opinion_id, S.CLOSED if closed else S.RETURNED, said)
    _tell_contractor(session, opinion, "closed" if closed else "returned", said, asked.today)
    return opinion.id


@verb(REGULATORS | MAINTAINER, reads=True)
def opinions_listed(session: Session, asked: Asked, *, closed: bool = False) -> list[OpinionLine]:
    """Those of one's own city or company, the first due first; or those that are closed."""
    actor = asked.actor
    query = select(Opinion).where(Opinion.city_id == actor.city_id)
    unseen = (S.DRAFTED, S.DROPPED)
    if actor.role in MAINTAINER:
        query = query.where(Opinion.party_id == actor.party_id, col(Opinion.state).not_in(unseen))
    else:
        query = query.where(or_(Opinion.office_id == actor.party_id, col(Opinion.state).not_in(unseen)))
    return opinion_lines(session, query, asked.today, closed=closed)


@verb(REGULATORS | MAINTAINER, reads=True, opinion_id=sees_opinion)
def opinion_story(session: Session, asked: Asked, *, opinion_id: int) -> OpinionStory:
    """Everything about one."""
    opinion = session.get_one(Opinion, opinion_id)
    query = select(OpinionStep, Contact.name).join(Contact, col(Contact.id) == OpinionStep.contact_id)
    steps = [
        OpinionDeed(step.deed, step.at, by, step.note, len(step.photos))
        for step, by in session.exec(query.where(OpinionStep.opinion_id == opinion_id).order_by(col(OpinionStep.id)))
        if asked.actor.role not in MAINTAINER or step.deed != S.DRAFTED
    ]
    return OpinionStory(_line(session, opinion, asked.today), steps, opinion.office_id == asked.actor.party_id)


@verb(REGULATORS | MAINTAINER, reads=True, opinion_id=sees_opinion)
def opinion_photos(session: Session, asked: Asked, *, opinion_id: int) -> list[tuple[str, bytes]]:
    """The photos of its answers, as (name, content)."""
    steps = session.exec(select(OpinionStep).where(OpinionStep.opinion_id == opinion_id).order_by(col(OpinionStep.id)))
    files = [session.get_one(StoredFile, photo) for step in steps.all() for photo in step.photos]
    return [(file.name, file.content) for file in files]


def opinion_lines(session: Session, query: Any, today: date, *, closed: bool = False) -> list[OpinionLine]:
    """The opinions of a query as lines; also for the command line."""
    done = col(Opinion.closed_on).is_not(None)
    order = col(Opinion.closed_on).desc() if closed else col(Opinion.due_on)
    found = session.exec(query.where(done if closed else ~done).order_by(order, col(Opinion.id)).limit(SHOWN)).all()
    return [_line(session, one, today) for one in found]


def tell_bureau(session: Session, opinion: Opinion, deed: str, note: str, today: date) -> None:
    """The office that gave it hears what came, or that nothing did."""
    tell(
        session, opinion.city_id, opinion.office_id, TO_CITY, "gp.opinion.reg", today=today, deed=deed, note=note,
        name=party_name(session, opinion.party_id), kind=opinion.kind, due=opinion.due_on.isoformat(),
    )  # fmt: skip


def remind_contractor(session: Session, opinion: Opinion, today: date) -> None:
    """The contractor is reminded of what it has not answered."""
    _tell_contractor(session, opinion, "waiting", opinion.text, today)


def _tell_contractor(session: Session, opinion: Opinion, deed: str, note: str, today: date) -> None:
    tell(
        session, opinion.city_id, opinion.party_id, TO_MAINTAINER, "gp.opinion", today=today, deed=deed,
        note=note or opinion.text, name=party_name(session, opinion.office_id), kind=opinion.kind,
        due=opinion.due_on.isoformat(),
    )  # fmt: skip


def _act(
    session: Session, asked: Asked, opinion_id: int, deed: OpinionState, note: str, photos: Sequence[int] = ()
) -> Opinion:
    opinion = session.get_one(Opinion, opinion_id, with_for_update=True, populate_existing=True)
    if opinion.state not in LEADS_TO[deed]:
        raise Refused("paperless.stands_otherwise")
    opinion.state, opinion.since = deed, asked.today
    opinion.closed_on = asked.today if deed in (S.CLOSED, S.DROPPED) else None
    session.add(opinion)
    _step(session, asked, opinion, deed, note, photos)
    return opinion


def _step(
    session: Session, asked: Asked, opinion: Opinion, deed: OpinionState, note: str, photos: Sequence[int]
) -> None:
    session.add(
        OpinionStep(
            opinion_id=opinion.id,
            deed=deed,
            at=asked.now,
            on_date=asked.today,
            contact_id=asked.actor.contact_id,
            note=note,
            photos=list(photos),
            key=asked.key,
        )
    )
    session.flush()


def _said(text: str) -> str:
    said = " ".join(text.split())
    if not said or len(said) > LONGEST:
        raise Refused("paperless.say_words", most=LONGEST)
    return said


def _line(session: Session, opinion: Opinion, today: date) -> OpinionLine:
    waits = opinion.state in (S.SENT, S.RETURNED)
    return OpinionLine(
        opinion_id=opinion.id,
        kind=opinion.kind,
        state=opinion.state,
        contractor=party_name(session, opinion.party_id),
        text=opinion.text,
        due_on=opinion.due_on,
        opened_on=opinion.opened_on,
        days=((opinion.closed_on or today) - opinion.since).days,
        late=waits and opinion.due_on < today,
    )
