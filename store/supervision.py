"""What follows from records without paper (003 四(四), 四(六), 五): paper given up, who else may read, who read whose
names, and opinions of the city's bureau."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where


class OpinionKind(StrEnum):
    """What the bureau asks of a contractor (五(一))."""

    RECTIFICATION = "rectification"
    SUSPENSION = "suspension"


class OpinionState(StrEnum):
    """Where an opinion stands; a draft that is not sent is dropped."""

    DRAFTED = "drafted"
    SENT = "sent"
    ANSWERED = "answered"
    RETURNED = "returned"
    CLOSED = "closed"
    DROPPED = "dropped"


class ReadWhat(StrEnum):
    """Which personal data of records were read."""

    NAMES = "names"
    PHONES = "phones"
    CERTIFICATES = "certificates"


class PaperWaiver(SQLModel, table=True):
    """A contractor needs no paper for a lift (四(六)) from `from_on`: its upload works since `uploaded_on`, and the
    city has confirmed it. A revoked one stays to be read."""

    __tablename__ = "paper_waiver"
    __table_args__ = (
        check("from_the_later_day", "from_on >= uploaded_on AND from_on >= confirmed_on"),
        check("revoked_with_reason", "(revoked_on IS NULL) = (length(reason) = 0)"),
        unique_where("uq_paper_waiver_now", "revoked_on IS NULL", "lift_id", "party_id"),
        Index("ix_paper_waiver_party", "party_id"),
    )

    id: int = Field(default=None, primary_key=True)
    lift_id: int = Field(foreign_key="lift.id")
    party_id: int = Field(foreign_key="party.id")
    uploaded_on: date
    confirmed_on: date
    from_on: date
    confirmed_by: int = Field(foreign_key="contact.id")
    revoked_on: date | None = None
    revoked_by: int | None = Field(default=None, foreign_key="contact.id")
    reason: str = ""


class RecordGrant(SQLModel, table=True):
    """Somebody else may read a unit's records of a contractor once both have agreed (四(四)), through `until_on`.

    `lift_id` none: all lifts that the two have together.
    """

    __tablename__ = "record_grant"
    __table_args__ = (
        check("unit_agreed_whole", "(unit_by IS NULL) = (unit_at IS NULL)"),
        check("maintainer_agreed_whole", "(maintainer_by IS NULL) = (maintainer_at IS NULL)"),
        check("withdrawn_whole", "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)"),
        check("purpose_not_blank", "length(trim(purpose)) > 0"),
        check("ends_later", "until_on >= opened_on"),
        index_where("ix_record_grant_to", "withdrawn_at IS NULL", "to_id", "unit_id"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    unit_id: int = Field(foreign_key="party.id", index=True)
    maintainer_id: int = Field(foreign_key="party.id", index=True)
    to_id: int = Field(foreign_key="party.id")
    lift_id: int | None = Field(default=None, foreign_key="lift.id")
    purpose: str
    opened_on: date
    until_on: date
    unit_by: int | None = Field(default=None, foreign_key="contact.id")
    unit_at: datetime | None = None
    maintainer_by: int | None = Field(default=None, foreign_key="contact.id")
    maintainer_at: datetime | None = None
    withdrawn_by: int | None = Field(default=None, foreign_key="contact.id")
    withdrawn_at: datetime | None = None
    key: str = Field(unique=True)


class RecordRead(SQLModel, table=True):
    """Somebody read personal data of records: who, which, when and why. The database refuses to change or remove one.

    `contact_id` nobody: an organisation by its key. `lift_id` none: of a list; `seq`: the record's place in the lift's
    chain. `owner_id`: whose people they are.
    """

    __tablename__ = "record_read"
    __table_args__ = (
        one_of("what", ReadWhat),
        check("why_not_blank", "length(trim(why)) > 0"),
        Index("ix_record_read_lift", "lift_id", "id"),
        Index("ix_record_read_owner", "owner_id", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    at: datetime
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    party_id: int = Field(foreign_key="party.id")
    owner_id: int | None = Field(default=None, foreign_key="party.id")
    lift_id: int | None = Field(default=None, foreign_key="lift.id")
    seq: int | None = None
    what: str
    why: str


class Opinion(SQLModel, table=True):
    """What the city's bureau (`office_id`) asks of a contractor, by `due_on`; `since`: of its present state."""

    __table_args__ = (
        one_of("kind", OpinionKind),
        one_of("state", OpinionState),
        check("says_something", "length(trim(text)) > 0"),
        check("closed_with_day", "(state IN ('closed', 'dropped')) = (closed_on IS NOT NULL)"),
        check("time_to_answer", "due_on >= opened_on"),
        index_where("ix_opinion_party", "closed_on IS NULL", "party_id"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    kind: str
    state: str = OpinionState.DRAFTED
    party_id: int = Field(foreign_key="party.id")
    office_id: int = Field(foreign_key="party.id")
    text: str
    due_on: date
    opened_on: date
    since: date
    reminded_on: date | None = None
    closed_on: date | None = None


class OpinionStep(SQLModel, table=True):
    """Who did what about an opinion (the state to which it led), with words and photos."""

    __tablename__ = "opinion_step"
    __table_args__ = (one_of("deed", OpinionState), Index("ix_opinion_step_opinion", "opinion_id", "id"))

    id: int = Field(default=None, primary_key=True)
    opinion_id: int = Field(foreign_key="opinion.id")
    deed: str
    at: datetime
    on_date: date
    contact_id: int = Field(foreign_key="contact.id")
    note: str = ""
    photos: list[int] = Field(default_factory=list, sa_type=JSON)
    key: str = Field(unique=True)
