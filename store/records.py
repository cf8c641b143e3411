"""Maintenance records: the entries that nothing changes, chained lift by lift, and how each record stands.

Entries are the truth; `MaintenanceRecord` is what follows from them, kept for questions, and can be made anew.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where

KEEP_YEARS = 4  # 四(二): through the fourth anniversary; the database itself refuses to cut earlier


class EntryKind(StrEnum):
    """What an entry of a lift's chain is."""

    RECORD = "record"
    SIGNED = "signed"
    OBJECTED = "objected"
    DEFAULTED = "defaulted"
    NOTE = "note"
    DELAY = "delay"
    ERASED = "erased"
    CUT = "cut"


class VisitKind(StrEnum):
    """The kinds of maintenance (TSG T5002); a longer one contains the shorter ones."""

    HALF_MONTH = "half_month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class RecordState(StrEnum):
    """How the unit stands to a record."""

    PENDING = "pending"
    SIGNED = "signed"
    OBJECTED = "objected"
    SIGNED_BY_DEFAULT = "signed_by_default"


class PlatformRole(StrEnum):
    """By which of the ways of 二(二) a record came: only in the city platform's own flow silence may count."""

    CITY = "city"
    OWN = "own"
    THIRD_PARTY = "third_party"


class RecordEntry(SQLModel, table=True):
    """An entry of a lift's chain; see `store.chain`. The database refuses to change or remove one.

    `body` is empty only where it was cut after its years of keeping, which the chain itself says (an entry `cut`).
    """

    __tablename__ = "record_entry"
    __table_args__ = (
        one_of("kind", EntryKind),
        check("seq_from_one", "seq >= 1"),
        check("hash_whole", "length(hash) = 32"),
        check("body_short", "body IS NULL OR length(body) <= 65536"),
        UniqueConstraint("lift_id", "seq"),
        Index("ix_record_entry_day", "day"),
    )

    id: int = Field(default=None, primary_key=True)
    lift_id: int = Field(foreign_key="lift.id")
    seq: int
    day: date
    kind: str
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)


class RecordPersonal(SQLModel, table=True):
    """A personal value of an entry, which enters its body as a salted digest only. Erased: both are empty."""

    __tablename__ = "record_personal"
    __table_args__ = (
        check("erased_whole", "(salt IS NULL) = (value IS NULL)"),
        check("erased_with_time", "(value IS NULL) = (erased_at IS NOT NULL)"),
    )

    entry_id: int = Field(foreign_key="record_entry.id", primary_key=True)
    field: str = Field(primary_key=True)
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    value: str | None = None
    erased_at: datetime | None = None


class RecordPhoto(SQLModel, table=True):
    """Where the photo of an entry is kept; its digest stands in the body."""

    __tablename__ = "record_photo"
    __table_args__ = (check("numbered_from_one", "number >= 1"),)

    entry_id: int = Field(foreign_key="record_entry.id", primary_key=True)
    number: int = Field(primary_key=True)
    file_id: int = Field(foreign_key="stored_file.id")


class RecordRoot(SQLModel, table=True):
    """The root of a day, signed with a key that is not in the database. The database refuses to change one.

    `key` is the public key (hex) by which `signature` is checked; both are empty where no key is set.
    """

    __tablename__ = "record_root"
    __table_args__ = (
        check("counts", "lifts >= 1 AND entries >= lifts"),
        check("root_whole", "length(root) = 32"),
        check("signed_whole", "(length(signature) = 0) = (length(key) = 0)"),
    )

    day: date = Field(primary_key=True)
    lifts: int
    entries: int
    root: bytes = Field(sa_type=LargeBinary)
    key: str = ""
    signature: bytes = Field(default=b"", sa_type=LargeBinary)
    made_at: datetime


class MaintenanceRecord(SQLModel, table=True):
    """A record of one visit, as it stands. `entry_id` is the entry that says all of it, `seq` its place in the chain.

    `unit_id`: who was to sign, when it was completed. `consent_id`: the consent by which silence will count; none where
    it never does. `sign_by`: when the unit's time is over (24:00 of the day). `source_id`: the organisation whose
    platform uploaded it, under its own `external_id`.
    """

    __tablename__ = "maintenance_record"
    __table_args__ = (
        one_of("kind", VisitKind),
        one_of("platform", PlatformRole),
        one_of("state", RecordState),
        check("uploaded_after", "uploaded_at >= completed_at"),
        check("decided_unless_pending", "(state = 'pending') = (decided_at IS NULL)"),
        check("by_default_with_consent", "state <> 'signed_by_default' OR (consent_id IS NOT NULL)"),
        check("silence_counts_here_only", "consent_id IS NULL OR platform = 'city'"),
        check("silence_is_nobody", "state <> 'signed_by_default' OR decided_by IS NULL"),
        check("source_names_it", "(source_id IS NULL) = (external_id IS NULL)"),
        check("source_not_here", "source_id IS NULL OR platform <> 'city'"),
        check("dangerous_is_a_fault", "NOT dangerous OR faults > 0"),
        check("no_negative_faults", "faults >= 0"),
        UniqueConstraint("lift_id", "seq"),
        unique_where("uq_maintenance_record_external", "external_id IS NOT NULL", "source_id", "external_id"),
        Index("ix_maintenance_record_lift", "lift_id", "completed_at"),
        Index("ix_maintenance_record_unit", "unit_id", "completed_at"),
        Index("ix_maintenance_record_maintainer", "maintainer_id", "completed_at"),
        index_where("ix_maintenance_record_pending", "state = 'pending'", "sign_by"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    lift_id: int = Field(foreign_key="lift.id")
    entry_id: int = Field(foreign_key="record_entry.id", unique=True)
    seq: int
    maintainer_id: int = Field(foreign_key="party.id")
    unit_id: int | None = Field(default=None, foreign_key="party.id")
    kind: str
    platform: str = PlatformRole.CITY
    source_id: int | None = Field(default=None, foreign_key="party.id")
    external_id: str | None = None
    completed_at: datetime
    uploaded_at: datetime
    sign_by: datetime
    consent_id: int | None = Field(default=None, foreign_key="signing_consent.id")
    late_upload: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    short_notice: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    faults: int = 0
    dangerous: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    state: str = RecordState.PENDING
    decided_at: datetime | None = None
    decided_by: int | None = Field(default=None, foreign_key="contact.id")
    key: str = Field(unique=True)
