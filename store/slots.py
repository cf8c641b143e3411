"""Visits of an inspection department: half days with so many places, and which lifts are inspected on which visit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import ColumnElement, Index, UniqueConstraint, func, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from store.base import check, one_of, unique_where
from store.database import in_chunks, insert_new, table_of
from store.settings import Setting

PLACES = 40  # lifts that a department inspects in half a day, until it says otherwise
SETTING = "places"  # and for one department: places:<party>


class Half(StrEnum):
    """Half a day."""

    AM = "am"
    PM = "pm"


class Gone(StrEnum):
    """Why a lift is not on a visit any more."""

    CANCELLED = "cancelled"
    MISSED = "missed"
    ENDED = "ended"  # the inspection took place
    MOVED = "moved"
    VOID = "void"  # whatever had booked it does not hold any more


class Slot(SQLModel, table=True):
    """A half day of a department, made when it is first needed. `places`: how many lifts; none: as on other days.

    `held`: places of a published plan that wait for their units' answers (`RoundPlace`). More may be taken than there
    are places: by the department itself, on the telephone, or before it closed the day.
    """

    __table_args__ = (
        UniqueConstraint("party_id", "day", "half"),
        one_of("half", Half),
        check("no_negative_places", "places IS NULL OR places >= 0"),
        check("no_negative_taken", "taken >= 0"),
        check("no_negative_held", "held >= 0"),
    )

    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id")
    day: date
    half: str
    places: int | None = None
    taken: int = 0
    held: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Visit(SQLModel, table=True):
    """A department comes to one unit on a day. `half`: none where only the day was agreed, or it takes the whole day.

    `uid` and `sequence` are those of its entry in people's calendars: a move is a later sequence.
    """

    __table_args__ = (
        one_of("half", Half),
        check("no_negative_sequence", "sequence >= 0"),
        Index("ix_visit_department", "department_id", "day"),
        Index("ix_visit_party", "party_id", "day"),
    )

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=lambda: uuid4().hex, unique=True)
    department_id: int = Field(foreign_key="party.id")
    party_id: int | None = Field(default=None, foreign_key="party.id")
    day: date
    half: str | None = None
    sequence: int = 0
    made_at: datetime
    made_by: int | None = Field(default=None, foreign_key="contact.id")


class VisitLift(SQLModel, table=True):
    """A lift on a visit, and the half day in which it takes a place. It gives it back when it is `gone`."""

    __tablename__ = "visit_lift"
    __table_args__ = (
        one_of("gone", Gone),
        unique_where("uq_visit_lift_present", "gone IS NULL", "lift_id"),
        Index("ix_visit_lift_visit", "visit_id"),
        Index("ix_visit_lift_lift", "lift_id"),
        Index("ix_visit_lift_slot", "slot_id"),
    )

    id: int = Field(default=None, primary_key=True)
    visit_id: int = Field(foreign_key="visit.id")
    lift_id: int = Field(foreign_key="lift.id")
    slot_id: int = Field(foreign_key="slot.id")
    gone: str | None = None


@dataclass(frozen=True, order=True)
class HalfDay:
    """Half a day of a department."""

    party_id: int
    day: date
    half: str


def usual_places(session: Session, party_id: int) -> int:
    """How many lifts this department inspects in half a day of which nothing else is said."""
    for key in (f"{SETTING}:{party_id}", SETTING):
        row = session.get(Setting, key)
        if row is not None:
            return int(row.value)
    return PLACES


def find_slots(session: Session, wanted: Iterable[HalfDay]) -> dict[HalfDay, int]:
    """The ids of these half days, made where they are not there yet; kept from others until the transaction ends.

    In one order, so that two who want several never wait for each other.
    """
    found: dict[HalfDay, int] = {}
    for one in sorted(set(wanted)):
        insert_new(session, Slot, {"party_id": one.party_id, "day": one.day, "half": one.half, "taken": 0})
        query = select(Slot.id).where(Slot.party_id == one.party_id, Slot.day == one.day, Slot.half == one.half)
        found[one] = session.exec(query.with_for_update()).one()
    return found


def take_places(session: Session, slot_id: int, count: int, usual: int) -> bool:
    """Take so many places of a half day if they are free; `usual`: how many there are where the slot does not say."""
    slot = table_of(Slot)
    free = slot.c.taken + slot.c.held + count <= func.coalesce(slot.c.places, usual)
    taken = update(slot).where(slot.c.id == slot_id, free).values(taken=slot.c.taken + count).returning(slot.c.id)
    return session.execute(taken).first() is not None


def change_taken(session: Session, changes: Mapping[int, int]) -> None:
    """Add to what is taken of these slots, or give back, whatever is free."""
    slot = table_of(Slot)
    for slot_id, count in sorted(changes.items()):
        if count:
            session.execute(update(slot).where(slot.c.id == slot_id).values(taken=slot.c.taken + count))


def stands() -> ColumnElement[bool]:
    """Of lifts of visits: still on it, or it has come to its day; not called off, moved or void."""
    return or_(col(VisitLift.gone).is_(None), col(VisitLift.gone).in_((Gone.ENDED, Gone.MISSED)))


def present_lifts(session: Session, lift_ids: Iterable[int]) -> dict[int, tuple[VisitLift, Visit]]:
    """The visit on which each of these lifts is."""
    found: dict[int, tuple[VisitLift, Visit]] = {}
    for ids in in_chunks(sorted(set(lift_ids))):
        query = select(VisitLift, Visit).join(Visit, col(Visit.id) == VisitLift.visit_id)
        for place, visit in session.exec(query.where(col(VisitLift.lift_id).in_(ids), col(VisitLift.gone).is_(None))):
            found[place.lift_id] = (place, visit)
    return found


def miscounted(session: Session) -> int:
    """Of how many half days what is taken is not the number of lifts on their visits."""
    held = (
        select(col(VisitLift.slot_id), func.count().label("held"))
        .where(col(VisitLift.gone).is_(None))
        .group_by(col(VisitLift.slot_id))
        .subquery()
    )
    query = select(func.count()).select_from(Slot).outerjoin(held, held.c.slot_id == Slot.id)
    return session.exec(query.where(col(Slot.taken) != func.coalesce(held.c.held, 0))).one()


def count_anew(session: Session) -> int:
    """Set what is taken of each half day to the number of lifts on its visits; how many half days were otherwise."""
    slot, place = table_of(Slot), table_of(VisitLift)
    held = select(func.count()).where(place.c.slot_id == slot.c.id, place.c.gone.is_(None)).scalar_subquery()
    wrong = update(slot).where(slot.c.taken != held).values(taken=held).returning(slot.c.id)
    return len(session.execute(wrong).all())
