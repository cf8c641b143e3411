"""A change of the use unit that its people propose and the other side confirms, lift by lift."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of


class HandoverState(StrEnum):
    """`overtaken`: the register gave all its lifts another unit meanwhile. `disputed`: the department decides."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


class Handover(SQLModel, table=True):
    """Lifts that `from_party_id` gives to `to_party_id`, as one of them says; in force once the other confirms it.

    `by_new`: the new unit proposed it. `key` is the tap that did, with the party to which it was put.
    """

    __table_args__ = (
        one_of("state", HandoverState),
        check("closed_with_time", "(state = 'proposed') = (closed_at IS NULL)"),
        index_where("ix_handover_open", "state = 'proposed'", "from_party_id", "to_party_id"),
        Index("ix_handover_from", "from_party_id"),
        Index("ix_handover_to", "to_party_id"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    from_party_id: int = Field(foreign_key="party.id")
    to_party_id: int = Field(foreign_key="party.id")
    by_new: bool
    proposed_by: int = Field(foreign_key="contact.id")
    proposed_at: datetime
    proposed_on: date
    state: str = HandoverState.PROPOSED
    key: str = Field(unique=True)
    closed_by: int | None = Field(default=None, foreign_key="contact.id")
    closed_at: datetime | None = None


class HandoverLift(SQLModel, table=True):
    """A lift of a handover. `overtaken`: the register gave it another unit before that was confirmed."""

    __tablename__ = "handover_lift"
    __table_args__ = (Index("ix_handover_lift_lift", "lift_id"),)

    handover_id: int = Field(foreign_key="handover.id", primary_key=True)
    lift_id: int = Field(foreign_key="lift.id", primary_key=True)
    overtaken: bool = False


class HandoverClaim(SQLModel, table=True):
    """What somebody said: codes by which a new unit named its lifts, or a credit code by which an old one named it.

    Kept whole, whatever of it is known, so that the answer tells nothing.
    """

    __tablename__ = "handover_claim"

    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id", index=True)
    by: int = Field(foreign_key="contact.id")
    at: datetime
    key: str = Field(unique=True)
    said: str
