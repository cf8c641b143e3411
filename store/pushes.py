"""What a regulator's office sends to units itself, what its officers acknowledged, and which pushes they want."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, select

from store.base import check, one_of, unique_where


class PushKind(StrEnum):
    """A notice that the validity has ended, or the notice of an order to stop using lifts."""

    OVERDUE = "overdue"
    STOP_ORDER = "stop_order"


class PushState(StrEnum):
    """Shown to the officer, or sent as it was shown."""

    DRAFT = "draft"
    SENT = "sent"


class Subject(StrEnum):
    """What a regulator is told of and an officer may leave to colleagues; the list of a clause is not among them."""

    OVERDUE = "overdue"
    TESTING = "testing"
    INSURANCE = "insurance"
    MONITORING = "monitoring"
    CASES = "cases"
    INSPECTED = "inspected"


class Push(SQLModel, table=True):
    """What an officer (`contact_id`) of an office (`party_id`) sends: shown first, then sent as shown, on `on_date`.

    `wants_all`: every overdue lift, not only chosen ones. Of an order: its `number`, the `reason` in a few words, and
    the day on which the document itself is served, apart from the notice. `key` is the tap that drafted it,
    `sent_key` the one that sent it.
    """

    __table_args__ = (
        one_of("kind", PushKind),
        one_of("state", PushState),
        check("sent_with_moment", "(state = 'sent') = (sent_at IS NOT NULL)"),
        check("sent_by_a_tap", "(state = 'sent') = (sent_key IS NOT NULL)"),
        check("order_with_number", "(kind = 'stop_order') = (length(trim(number)) > 0)"),
        unique_where("uq_push_order", "kind = 'stop_order' AND state = 'sent'", "party_id", "number"),
        Index("ix_push_party", "party_id", "on_date"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    kind: str
    state: str = PushState.DRAFT
    party_id: int = Field(foreign_key="party.id")
    contact_id: int = Field(foreign_key="contact.id")
    wants_all: bool = False
    on_date: date
    drafted_at: datetime
    sent_at: datetime | None = None
    key: str = Field(unique=True)
    sent_key: str | None = Field(default=None, unique=True)
    number: str = ""
    reason: str = ""
    served_on: date | None = None


class PushLift(SQLModel, table=True):
    """A lift that was asked for, as it was shown: whom it concerns, its duty and due date, or why it is left out."""

    __tablename__ = "push_lift"
    __table_args__ = (
        check("told_or_left_out", "(left_out = '') = (unit_id IS NOT NULL)"),
        Index("ix_push_lift_lift", "lift_id"),
        {"sqlite_with_rowid": False},
    )

    push_id: int = Field(foreign_key="push.id", primary_key=True)
    lift_id: int = Field(foreign_key="lift.id", primary_key=True)
    duty_id: int | None = Field(default=None, foreign_key="duty.id")
    due: date | None = None
    unit_id: int | None = Field(default=None, foreign_key="party.id")
    left_out: str = ""


class PushNotice(SQLModel, table=True):
    """A notice that a push brought."""

    __tablename__ = "push_notice"
    __table_args__ = (Index("ix_push_notice_push", "push_id"), {"sqlite_with_rowid": False})

    notice_id: int = Field(foreign_key="notice.id", primary_key=True)
    push_id: int = Field(foreign_key="push.id")


class PushedResult(SQLModel, table=True):
    """The end of an inspection that a regulator was told of; with an event that is taken back from a copy it goes."""

    __tablename__ = "pushed_result"
    __table_args__ = ({"sqlite_with_rowid": False},)

    event_id: int = Field(foreign_key="event.id", primary_key=True, ondelete="CASCADE")
    notice_id: int = Field(foreign_key="notice.id")


class Acknowledgement(SQLModel, table=True):
    """An officer has taken note of a notice to their office; whoever was first."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    notice_id: int = Field(foreign_key="notice.id", primary_key=True)
    contact_id: int = Field(foreign_key="contact.id")
    at: datetime
    key: str = Field(unique=True)


class Unsubscribed(SQLModel, table=True):
    """An officer who leaves pushes about a subject to colleagues."""

    __table_args__ = (one_of("subject", Subject), {"sqlite_with_rowid": False})

    contact_id: int = Field(foreign_key="contact.id", primary_key=True)
    subject: str = Field(primary_key=True)
    since: datetime


def load_unsubscribed(session: Session) -> frozenset[tuple[int, str]]:
    """Who leaves what to colleagues, as (contact, subject). They are few, so all are read."""
    return frozenset(session.exec(select(Unsubscribed.contact_id, Unsubscribed.subject)).all())
