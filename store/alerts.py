"""What a maintainer must see to at once, until it is done: a fault, somebody shut in, visits or monitoring overdue."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where


class AlertKind(StrEnum):
    """What happened. The last two are about all lifts of a maintainer of which it is true."""

    FAULT = "fault"
    ENTRAPMENT = "entrapment"
    VISITS_LATE = "visits_late"
    IOT_OUTAGE = "iot_outage"


class AlertState(StrEnum):
    """How far it is. `freed` ends an entrapment, `done` everything else; `withdrawn`: it was reported by mistake.

    An entrapment is withdrawn only before the maintainer's people were there: what they found they say themselves.
    """

    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    DONE = "done"
    FREED = "freed"
    WITHDRAWN = "withdrawn"


STEPS = (AlertState.ACKNOWLEDGED, AlertState.ON_THE_WAY, AlertState.ARRIVED)  # of the maintainer's people
ENDED = (AlertState.DONE, AlertState.FREED, AlertState.WITHDRAWN)
# Word for word the condition of the indexes, or SQLite does not use them.
OPEN = "state NOT IN ('done', 'freed', 'withdrawn')"


# Nobody is left inside by a word that says neither, and what somebody has seen on the spot is no mistake.
AS_ENTRAPMENT = "state <> 'done' AND (state <> 'withdrawn' OR arrived_at IS NULL)"


class Alert(SQLModel, table=True):
    """One such matter with its times. `key` is the tap that reported it; what was found by itself has none.

    `unit_party_id` and `maintainer_party_id` are those who answered for the lift then. Who did a step is a contact;
    nobody where it ended by itself. `on_it_at`: when its wait began anew: somebody at the maintainer last said on the
    telephone that they are on it, or it, or its step, is known only now, after an outage.
    """

    __table_args__ = (
        one_of("kind", AlertKind),
        one_of("state", AlertState),
        check("lift_where_reported", "(lift_id IS NOT NULL) = (kind IN ('fault', 'entrapment'))"),
        check("found_at_a_maintainer", "lift_id IS NOT NULL OR maintainer_party_id IS NOT NULL"),
        check("ended_with_time", "(state IN ('done', 'freed', 'withdrawn')) = (ended_at IS NOT NULL)"),
        check("ended_as_its_kind", f"CASE kind WHEN 'entrapment' THEN {AS_ENTRAPMENT} ELSE state <> 'freed' END"),
        check("step_with_time", " AND ".join(f"(state <> '{step}' OR {step}_at IS NOT NULL)" for step in STEPS)),
        unique_where("uq_alert_of_maintainer", f"lift_id IS NULL AND {OPEN}", "maintainer_party_id", "kind"),
        index_where("ix_alert_open", OPEN, "state", "reported_at"),
        Index("ix_alert_lift", "lift_id"),
        Index("ix_alert_maintainer", "maintainer_party_id", "state"),
        Index("ix_alert_unit", "unit_party_id", "state"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    kind: str
    state: str = AlertState.REPORTED
    key: str | None = Field(default=None, unique=True)
    lift_id: int | None = Field(default=None, foreign_key="lift.id")
    unit_party_id: int | None = Field(default=None, foreign_key="party.id")
    maintainer_party_id: int | None = Field(default=None, foreign_key="party.id")
    what: str = ""
    photo_id: int | None = Field(default=None, foreign_key="stored_file.id")
    reported_by: int | None = Field(default=None, foreign_key="contact.id")
    reported_at: datetime
    acknowledged_by: int | None = Field(default=None, foreign_key="contact.id")
    acknowledged_at: datetime | None = None
    on_the_way_by: int | None = Field(default=None, foreign_key="contact.id")
    on_the_way_at: datetime | None = None
    on_it_at: datetime | None = None
    arrived_by: int | None = Field(default=None, foreign_key="contact.id")
    arrived_at: datetime | None = None
    ended_by: int | None = Field(default=None, foreign_key="contact.id")
    ended_at: datetime | None = None


class AlertTold(SQLModel, table=True):
    """The ledger of an alert: each rung is told once. No notice: there was nobody whom it is for."""

    __tablename__ = "alert_told"
    __table_args__ = ({"sqlite_with_rowid": False},)

    alert_id: int = Field(foreign_key="alert.id", primary_key=True)
    rung: str = Field(primary_key=True)
    notice_id: int | None = Field(default=None, foreign_key="notice.id", index=True)
    at: datetime


class EmergencyPhone(SQLModel, table=True):
    """The number (E.164) that a maintainer answers day and night (003 三(二)1)."""

    __tablename__ = "emergency_phone"
    __table_args__ = (check("phone_is_e164", "phone LIKE '+%'"),)

    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id", unique=True)
    phone: str
    set_by: int | None = Field(default=None, foreign_key="contact.id")
    set_at: datetime
