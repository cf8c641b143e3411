"""Who does maintenance without paper, and how (003 三): contractors with their way and workers, lifts that are
claimed, and the platforms by which others upload."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where
from store.records import PlatformRole


class Level(StrEnum):
    """The levels of a contractor's people (三(一)3), from the top: each is led by one of a higher level."""

    HEAD = "head"
    LEADER = "leader"
    WORKER = "worker"


class ClaimState(StrEnum):
    """How a lift that a contractor calls its own stands. `open`: the register says otherwise, and somebody decides."""

    MATCHED = "matched"
    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class PlatformState(StrEnum):
    """Where a platform stands with the city (三(二)2(1))."""

    APPLIED = "applied"
    LISTED = "listed"
    REMOVED = "removed"


class PlatformDeed(StrEnum):
    """What was done about a platform."""

    APPLIED = "applied"
    TESTED = "tested"
    LISTED = "listed"
    CHECKED = "checked"
    REMOVED = "removed"


class Contractor(SQLModel, table=True):
    """A maintainer as it is filed with the city's bureau: filed, then registered, then an administrator is named.

    `filed_by` nobody: staff did. `contact` and `phone` (E.164) are those of maintenance; that for emergencies has its
    own table. `reminded_on`: when it was last told what is missing.
    """

    __table_args__ = (
        check("number_not_blank", "length(trim(number)) > 0"),
        check("registered_once_filed", "registered_on IS NULL OR registered_on >= filed_on"),
        check("administrator_once_registered", "admin_id IS NULL OR registered_on IS NOT NULL"),
        check("phone_is_e164", "phone IS NULL OR phone LIKE '+%'"),
        Index("ix_contractor_number", "city_id", "number"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    party_id: int = Field(foreign_key="party.id", unique=True)
    number: str
    filed_on: date
    filed_by: int | None = Field(default=None, foreign_key="contact.id")
    registered_on: date | None = None
    registered_by: int | None = Field(default=None, foreign_key="contact.id")
    admin_id: int | None = Field(default=None, foreign_key="contact.id")
    address: str = ""
    office: str = ""
    contact: str = ""
    phone: str | None = None
    changed_at: datetime | None = None
    reminded_on: date | None = None


class RecordWay(SQLModel, table=True):
    """By which way of 二(二) a contractor's records come, from `from_on` up to and not including `to_on`."""

    __tablename__ = "record_way"
    __table_args__ = (
        one_of("way", PlatformRole),
        check("platform_of_its_way", "(way = 'city') = (platform_id IS NULL)"),
        check("ends_after_start", "to_on IS NULL OR to_on >= from_on"),
        unique_where("uq_record_way_last", "to_on IS NULL", "party_id"),
        Index("ix_record_way_party", "party_id", "from_on"),
    )

    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id")
    way: str
    platform_id: int | None = Field(default=None, foreign_key="platform.id")
    from_on: date
    to_on: date | None = None
    chosen_by: int | None = Field(default=None, foreign_key="contact.id")
    key: str = Field(unique=True)


class WorkerGrade(SQLModel, table=True):
    """A worker's level, who leads them, and their certificate with the last day on which it is good."""

    __tablename__ = "worker_grade"
    __table_args__ = (
        one_of("level", Level),
        check("certificate_whole", "(length(certificate) = 0) = (valid_until IS NULL)"),
        check("led_by_another", "leader_id IS NULL OR leader_id <> contact_id"),
        {"sqlite_with_rowid": False},
    )

    contact_id: int = Field(foreign_key="contact.id", primary_key=True)
    level: str = Level.WORKER
    leader_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    certificate: str = ""
    valid_until: date | None = None
    set_by: int | None = Field(default=None, foreign_key="contact.id")
    set_at: datetime


class LiftClaim(SQLModel, table=True):
    """A contractor says that it maintains a lift, known by what it `said`.

    `registered_id`: whom the register named then. `decided_by` nobody: the register came to say so, or staff did.
    """

    __tablename__ = "lift_claim"
    __table_args__ = (
        one_of("state", ClaimState),
        check("decided_with_day", "(state IN ('matched', 'open')) = (decided_on IS NULL)"),
        check("matched_by_the_register", "state <> 'matched' OR registered_id IS NOT NULL"),
        unique_where("uq_lift_claim_stands", "state IN ('matched', 'open')", "lift_id", "party_id"),
        index_where("ix_lift_claim_open", "state = 'open'", "lift_id"),
        Index("ix_lift_claim_party", "party_id"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    lift_id: int = Field(foreign_key="lift.id")
    party_id: int = Field(foreign_key="party.id")
    contact_id: int = Field(foreign_key="contact.id")
    said: str
    state: str
    registered_id: int | None = Field(default=None, foreign_key="party.id")
    opened_on: date
    reminded_on: date | None = None
    decided_on: date | None = None
    decided_by: int | None = Field(default=None, foreign_key="contact.id")
    note: str = ""
    key: str = Field(unique=True)


class Platform(SQLModel, table=True):
    """A platform beside the city's: a contractor's own, or one that serves many. One that was removed may apply anew.

    `until_on`: until when contractors on a removed one may still upload by it.
    """

    __table_args__ = (
        check("way_known", "way IN ('own', 'third_party')"),
        one_of("state", PlatformState),
        check("listed_with_day", "state <> 'listed' OR listed_on IS NOT NULL"),
        check("removed_with_day_and_why", "(state = 'removed') = (removed_on IS NOT NULL AND length(reason) > 0)"),
        check("removed_until", "(state = 'removed') = (until_on IS NOT NULL)"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    party_id: int = Field(foreign_key="party.id", unique=True)
    way: str
    state: str = PlatformState.APPLIED
    applied_on: date
    listed_on: date | None = None
    removed_on: date | None = None
    until_on: date | None = None
    reason: str = ""


class PlatformStep(SQLModel, table=True):
    """What was done about a platform, and when. `passed` is the result of a test or of a spot check, `ref` its run."""

    __tablename__ = "platform_step"
    __table_args__ = (
        one_of("deed", PlatformDeed),
        check("result_where_looked", "(deed IN ('tested', 'checked')) = (passed IS NOT NULL)"),
        Index("ix_platform_step_platform", "platform_id", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    platform_id: int = Field(foreign_key="platform.id")
    deed: str
    at: datetime
    on_date: date
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    passed: bool | None = None
    ref: str = ""
    note: str = ""
    key: str = Field(unique=True)
