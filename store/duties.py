"""Duties, the dates of their rungs, and the ledger of what was told about which due date to whom."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Index, UniqueConstraint, exists
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where
from store.database import table_of

INSPECTIONS = ("periodic_inspection", "legacy_inspection")  # kinds of duties; of one lift one of them at a time
RECTIFICATION = "rectification"
ONSITE = "onsite_maintenance"
REPORT = "inspection_report"  # owed by whoever inspected, and to nobody's lists of what their lifts need
BY_YEARS = (*INSPECTIONS, "self_test")  # what the years of a lift bring
BACKSTOP = "backstop"  # the rung of the last day on which an inspection is in time (000 四7)
OVERDUE = "overdue"  # the rung on which it is told that the date has passed
PUSHED = "pushed"  # the step of what an officer has sent about an overdue lift, with its day: pushed.2026-11-23
MISTAKEN = "mistaken"  # the step that takes back what was told; it holds for a duty that there never was


class ToldState(StrEnum):
    """Reserved at planning, told at hand-over; the others say why a rung was not told."""

    RESERVED = "reserved"
    TOLD = "told"
    RELEASED = "released"
    SUPERSEDED = "superseded"
    TOO_OLD = "too_old"


class Duty(SQLModel, table=True):
    """Who owes what about which subject by when. Natural key: (subject, rule, cycle). Never deleted.

    `told_seq` is the number of the last rung dealt with for the present `due` (0: none). `next_step, next_on` are what
    the plan of a day looks up: the next rung and the first day it may be told. A booking pauses the ladder:
    `booked_on` is the visit, `resume_on` the day after it. `held_until`: somebody says that the inspection was
    elsewhere; what a booking may put off waits until that day, for the department to find out.
    """

    __table_args__ = (
        check("one_subject", "(lift_id IS NULL) <> (party_id IS NULL)"),
        check("next_whole", "(next_step IS NULL) = (next_on IS NULL)"),
        check("closed_is_quiet", "closed_on IS NULL OR next_on IS NULL"),
        check("withdrawn_is_quiet", "withdrawn_at IS NULL OR next_on IS NULL"),
        check("no_due_no_rung", "due IS NOT NULL OR next_on IS NULL"),
        check("window_whole", "(window_start IS NULL) = (window_end IS NULL)"),
        check("window_forward", "window_start IS NULL OR window_start <= window_end"),
        check("pause_whole", "(booked_on IS NULL) = (resume_on IS NULL)"),
        check("resumes_after_visit", "booked_on IS NULL OR resume_on > booked_on"),
        check("no_negative_rung", "told_seq >= 0"),
        unique_where("uq_duty_lift", "lift_id IS NOT NULL", "lift_id", "rule", "cycle"),
        unique_where("uq_duty_party", "party_id IS NOT NULL", "party_id", "rule", "cycle"),
        index_where("ix_duty_next_on", "next_on IS NOT NULL", "next_on"),
        Index("ix_duty_rule_due", "rule", "due"),
    )

    id: int = Field(default=None, primary_key=True)
    rule: str
    kind: str
    lift_id: int | None = Field(default=None, foreign_key="lift.id")
    party_id: int | None = Field(default=None, foreign_key="party.id")
    cycle: str
    due: date | None = None
    event_on: date | None = None
    window_start: date | None = None
    window_end: date | None = None
    provisional: bool = False
    booked_on: date | None = None
    resume_on: date | None = None
    held_until: date | None = None
    told_seq: int = 0
    next_step: str | None = None
    next_on: date | None = None
    closed_on: date | None = None
    withdrawn_at: datetime | None = None


class StepDate(SQLModel, table=True):
    """When a rung falls for one due date of one rule: worked out once, however many lifts share it.

    `latest_on` is the date of the clause, `practical_on` the last working day not after it, `opens_on` the first day it
    may be done. `tell_from`..`tell_by` is when its notice goes out; after `tell_by` it is passed. A visit booked for a
    day not after `pause_if_booked_by` pauses it.
    """

    __tablename__ = "step_date"
    __table_args__ = (
        check("tells_forward", "tell_from <= tell_by"),
        check("opens_forward", "opens_on <= latest_on"),
        check("practical_in_time", "practical_on <= latest_on"),
        UniqueConstraint("rule", "due", "step"),
        {"sqlite_with_rowid": False},
    )

    rule: str = Field(primary_key=True)
    due: date = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    step: str
    version: str
    opens_on: date
    latest_on: date
    practical_on: date
    tell_from: date
    tell_by: date
    spread: bool
    pause_if_booked_by: date | None = None
    provisional: bool = False


class Told(SQLModel, table=True):
    """The ledger: one row for each (duty, due, rung, party), so that nobody is told the same thing twice.

    `step` is a rung, or a message beside the ladder such as `corrected.2`. The notice is one to the same party.
    """

    __table_args__ = (
        ForeignKeyConstraint(["notice_id", "party_id"], ["notice.id", "notice.party_id"]),
        one_of("state", ToldState),
        check("notice_unless_not_told", "(notice_id IS NULL) = (state IN ('superseded', 'too_old'))"),
        index_where("ix_told_notice", "notice_id IS NOT NULL", "notice_id"),
        {"sqlite_with_rowid": False},
    )

    duty_id: int = Field(foreign_key="duty.id", primary_key=True)
    due: date = Field(primary_key=True)
    step: str = Field(primary_key=True)
    party_id: int = Field(foreign_key="party.id", primary_key=True)
    state: str
    notice_id: int | None = None
    on_date: date
    late: bool = False
    is_copy: bool = False  # a copy does not count as telling the party that the rung is for


def booked_too_late(*, after: date) -> ColumnElement[bool]:
    """Of a duty in a query: its visit is to come (`after` a day) and after its backstop (BOOKED_TOO_LATE). Nobody
    counts it as booked; one that took place with items to rectify is no visit to come."""
    duty, rung = table_of(Duty), table_of(StepDate)
    is_its = (rung.c.rule == duty.c.rule) & (rung.c.due == duty.c.due) & (rung.c.step == BACKSTOP)
    return exists().where(is_its, rung.c.latest_on < duty.c.booked_on, duty.c.booked_on > after).correlate(duty)
