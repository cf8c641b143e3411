"""Who comes to a visit of an inspection department, as the use unit and the maintainer say."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.base import check, one_of
from store.database import in_chunks
from store.lifts import Responsibility
from store.parties import Party
from store.slots import Visit, VisitLift

ASKED_AHEAD = timedelta(days=7)  # from this many days before a visit on both sides are asked; ours, in no document


class AttendanceWay(StrEnum):
    """How it was said."""

    CHAT = "chat"
    SMS = "sms"


class Attendance(SQLModel, table=True):
    """Somebody of this party is there. It holds for the visit as it was then: after a move they are asked anew."""

    __table_args__ = (
        UniqueConstraint("visit_id", "sequence", "party_id"),
        one_of("way", AttendanceWay),
        check("no_negative_sequence", "sequence >= 0"),
        check("name_not_blank", "length(trim(name)) > 0"),
        check("phone_is_e164", "phone LIKE '+%'"),
    )

    id: int = Field(default=None, primary_key=True)
    visit_id: int = Field(foreign_key="visit.id")
    sequence: int
    party_id: int = Field(foreign_key="party.id")
    name: str
    phone: str
    way: str
    said_by: int | None = Field(default=None, foreign_key="contact.id")
    said_at: datetime


@dataclass(frozen=True)
class Coming:
    """Who comes for a party; `is_unit`: for the use unit, else for the maintainer."""

    party_id: int
    party: str
    name: str
    phone: str
    is_unit: bool


def who_comes(session: Session, visit_ids: Iterable[int]) -> dict[int, list[Coming]]:
    """By visit as it is now; the use unit first. Not of a party that answers for no lift on it any more."""
    found: dict[int, list[Coming]] = defaultdict(list)
    here = _answering().where(
        col(VisitLift.visit_id) == Attendance.visit_id, col(Responsibility.party_id) == Attendance.party_id
    )
    for ids in in_chunks(sorted(set(visit_ids))):
        query = (
            select(Attendance, Visit, Party.name)
            .join(Visit, col(Visit.id) == Attendance.visit_id)
            .join(Party, col(Party.id) == Attendance.party_id)
            .where(col(Attendance.visit_id).in_(ids), col(Attendance.sequence) == Visit.sequence)
            .where(here.exists())
            .order_by(col(Attendance.id))
        )
        for one, visit, party in session.exec(query):
            is_unit = one.party_id == visit.party_id
            found[visit.id].append(Coming(one.party_id, party, one.name, one.phone, is_unit))
    return {visit_id: sorted(coming, key=lambda one: not one.is_unit) for visit_id, coming in found.items()}


def answers_on(session: Session, visit_id: int, party_id: int) -> bool:
    """Whether this party answers for a lift that is on the visit now."""
    query = _answering().where(VisitLift.visit_id == visit_id, Responsibility.party_id == party_id)
    return session.exec(query).first() is not None


def _answering() -> SelectOfScalar[int]:
    return (
        select(VisitLift.lift_id)
        .join(Responsibility, col(Responsibility.lift_id) == VisitLift.lift_id)
        .where(col(VisitLift.gone).is_(None), col(Responsibility.to_on).is_(None))
    )
