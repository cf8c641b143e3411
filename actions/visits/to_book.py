"""Lifts whose inspection can be booked now, as somebody chooses among them: by the last notice, place or month."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, UNIT, Actor, Asked
from actions.registry import their_lifts, verb
from actions.sight import lifts_of
from actions.visits.days import bookable_since
from actions.visits.listing import place_of
from actions.visits.spans import next_inspections, spans_of
from store.duties import INSPECTIONS, Duty, Told
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Notice, NoticeStatus
from store.slots import present_lifts

SAID = (NoticeStatus.SENT, NoticeStatus.DELIVERED, NoticeStatus.SENDING, NoticeStatus.UNKNOWN)


@dataclass(frozen=True)
class LiftToBook:
    """A lift with an inspection to book: it may be from `first` and must be by `last`. `told`: by the last notice."""

    lift_id: int
    place: str
    compound: str
    building: str
    due: date
    first: date
    last: date
    told: bool


def their_unit(session: Session, actor: Actor, unit_id: int) -> bool:
    """A guard: a unit with a lift in the own districts."""
    query = select(Responsibility.lift_id).where(
        Responsibility.party_id == unit_id,
        Responsibility.role == LiftRole.USE_UNIT,
        col(Responsibility.to_on).is_(None),
        col(Responsibility.lift_id).in_(lifts_of(actor)),
    )
    return session.exec(query).first() is not None


@verb(UNIT, reads=True)
def lifts_to_book(session: Session, asked: Asked) -> list[LiftToBook]:
    """The lifts of the own unit that have no visit and can be booked by now; the one due first comes first."""
    return _to_book_of(session, asked, asked.actor.party_id)


@verb(DEPARTMENT, reads=True, unit_id=their_unit)
def lifts_at_counter(session: Session, asked: Asked, *, unit_id: int) -> list[LiftToBook]:
    """The same of a unit whose people stand at the counter, in the own districts."""
    return _to_book_of(session, asked, unit_id)


@verb(UNIT | DEPARTMENT, reads=True, lift_id=their_lifts)
def bookable_from(session: Session, asked: Asked, *, lift_id: int) -> date | None:
    """From which day the inspection of this lift can be booked; None where it owes none."""
    span = spans_of(session, next_inspections(session, [lift_id])).get(lift_id)
    return bookable_since(span[0]) if span is not None else None


def _to_book_of(session: Session, asked: Asked, party_id: int) -> list[LiftToBook]:
    theirs = select(Responsibility.lift_id).where(
        Responsibility.party_id == party_id, Responsibility.role == LiftRole.USE_UNIT
    )
    query = select(Lift).where(
        col(Lift.id).in_(theirs.where(col(Responsibility.to_on).is_(None))), col(Lift.id).in_(lifts_of(asked.actor))
    )
    lifts = {lift.id: lift for lift in session.exec(query)}
    duties = next_inspections(session, list(lifts))
    spans = spans_of(session, duties)
    booked = {lift_id for lift_id, (_, visit) in present_lifts(session, duties).items() if visit.day >= asked.today}
    told = _told_last(session, party_id)
    found = [
        _to_book(lifts[lift_id], duty, spans[lift_id], lift_id in told)
        for lift_id, duty in duties.items()
        if lift_id not in booked and bookable_since(spans[lift_id][0]) <= asked.today
    ]
    return sorted(found, key=lambda one: (one.due, one.compound, one.building, one.place, one.lift_id))


def _to_book(lift: Lift, duty: Duty, span: tuple[date, date, date | None], told: bool) -> LiftToBook:
    assert duty.due is not None
    return LiftToBook(
        lift.id, place_of(lift), lift.compound, lift.building, duty.due, first=span[0], last=span[1], told=told
    )


def _told_last(session: Session, party_id: int) -> set[int]:
    """The lifts of the last notice about inspections that went to this unit; those of the same day together."""
    query = select(Notice).where(Notice.party_id == party_id, col(Notice.duty).in_(INSPECTIONS))
    last = session.exec(query.where(col(Notice.status).in_(SAID)).order_by(col(Notice.send_on).desc())).first()
    if last is None:
        return set()
    duties = (
        select(Duty)
        .join(Told, col(Told.duty_id) == Duty.id)
        .join(Notice, col(Notice.id) == Told.notice_id)
        .where(Notice.party_id == party_id, Notice.send_on == last.send_on, col(Notice.duty).in_(INSPECTIONS))
        .where(col(Notice.status).in_(SAID))
    )
    return {duty.lift_id for duty in session.exec(duties) if duty.lift_id is not None}
