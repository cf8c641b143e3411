"""Notices (the outbox), their history, the attempts to deliver them, and the inbox of what comes back."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where

STOP_ORDER, ORDER = "stop_order", "order"  # step, duty and rule of the notice of an order; its matter among the facts
CASE = "case"  # the same of a case that one office hands to another
VISIT, SAYING = "visit", "saying"  # matters of notices about a department's visit, and about what came of a saying
REPORT = "report"  # the matter of notices about an inspection report
OTHERS = "others"  # in it what is said of each further report: conclusions issued within a minute are told together
NAMED_IN_SMS = 2  # lifts that an SMS names in full, where it must name them all
PLAN = "plan"  # duty and matter of what a unit is told of a department's plan of the year
NOTES = "notes"  # of a notice about several hazards: what each of its lifts has
WITHDRAWN = 0  # in it, instead of a round: of a lift that is on none any more
CAMPAIGN = "campaign"  # duty and matter of what a department is told of a city's list of the year
OWED = "owed"  # that of a department's list of reports it owes
SUMMARY = "summary"  # duty and matter of what a department cleared in a day or a week
STANDING = ("desk.daily", "desk.weekly", "desk.unanswered", "report.owed")  # templates of how things stand on a day
DISTRICT = "district"  # duty, step and matter of a notice that a district has gone to another department
RESULT = "result"  # duty and matter of what a regulator is told of inspections that have ended
PAPERLESS = "paperless"  # duty and matter of what contractors, units and bureaus hear of maintenance without paper
RECORD_SIGNATURE = "record_signature"  # their duty
RECORDS = "records"  # the matter of notices about maintenance records: what is uploaded within minutes goes together
FOR_EVENING = "held: told once in the evening"  # the reason of one that reaches its reader by telephone only
ONSITE = "onsite"  # duty, step and matter of a notice about what is done on site, and about items to rectify
# matters that name their lifts themselves: "lifts", each with its "key"
LISTING = (ORDER, CASE, VISIT, SAYING, REPORT, RESULT, ONSITE, PLAN, RECORDS, PAPERLESS)
BOOKING = "booking"  # the duty of notices about visits
COLLEAGUES = "booking_colleagues"  # the step of one to the colleagues of whoever booked: it waits for nobody
NEVER_STOPPED = ("entrapment",)  # duties whose notices leave through every pause: somebody is shut in
REPORT_CHAT = "report_chat"  # the step of a conclusion in a chat, which went out by SMS too: it waits for nobody
AGAIN = "#"  # in the step of a notice that says once more what another said: before how often it is said by then
GREETING = "greeting"  # the step of a notice that checks a contact, and its matter among the notice's own facts


class NoticeStatus(StrEnum):
    """The life of a notice. `no_contact` waits for a person to be found; it is not lost and not told."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    FAILED = "failed"
    NO_CONTACT = "no_contact"
    CANCELLED = "cancelled"


class DeliveryStatus(StrEnum):
    """One attempt: saved as `sending` before the provider is called."""

    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    FAILED = "failed"


class Notice(SQLModel, table=True):
    """What one party is told at one time, covering any number of duties (its `told` rows). Also the outbox row.

    The planner fills who (party, audience) and what (rule, step, template, facts); the notifier chooses person and
    channel and renders the text for the day it goes out. `facts` holds what only this notice knows (an old due date);
    `desk_party_id` is the inspection department whose capacity it takes.
    """

    __table_args__ = (
        one_of("status", NoticeStatus),
        check("lease_while_sending", "(status = 'sending') = (lease_until IS NOT NULL)"),
        check("no_negative_tries", "tries >= 0"),
        check("planned_by_step", "length(step) > 0 AND length(template) > 0"),
        check("planned_before_sent", "send_on >= planned_on"),
        UniqueConstraint("id", "party_id"),  # what the ledger's entries point at
        # a party's notices lie together, so that its chat gets one message of them
        index_where(
            "ix_notice_waiting", "status IN ('planned', 'sending', 'unknown')", "status", "send_on", "party_id"
        ),
        Index("ix_notice_party", "party_id", "planned_on"),
        Index("ix_notice_planned_on", "planned_on"),
        index_where("ix_notice_plan", "duty = 'plan'", "city_id", "planned_on"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    run_id: int | None = Field(default=None, foreign_key="plan_run.id")
    planned_on: date
    send_on: date
    party_id: int = Field(foreign_key="party.id")
    duty: str
    rule: str
    step: str
    audience: str
    district_code: str = ""
    desk_party_id: int | None = Field(default=None, foreign_key="party.id")
    channel_class: str
    template: str
    late: bool = False
    facts: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    status: str = NoticeStatus.PLANNED
    reason: str = ""
    not_before: datetime | None = None
    lease_until: datetime | None = None
    lease_owner: str = ""
    tries: int = 0
    settled_at: datetime | None = None


class NoticeLog(SQLModel, table=True):
    """Changes of a notice's status, and every lift that dropped out of it, with the reason.

    Of one that was simply sent its deliveries tell; `store.histories` reads both.
    """

    __tablename__ = "notice_log"

    id: int = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", index=True)
    at: datetime
    status: str
    detail: str = ""


class Delivery(SQLModel, table=True):
    """One attempt to one person through one channel. `body` is what was said, `address` where to.

    Its history: `due_at` it could have gone, `attempted_at` it was begun, `sent_at` the provider took it, `settled_at`
    its state was last settled.
    """

    __table_args__ = (
        one_of("status", DeliveryStatus),
        unique_where("uq_delivery_provider_id", "provider_id IS NOT NULL", "channel", "provider_id"),
        unique_where("uq_delivery_in_flight", "status = 'sending'", "notice_id", "channel", "address"),
        Index("ix_delivery_notice", "notice_id"),
        Index("ix_delivery_attempted_at", "attempted_at"),
        check("settled_unless_sending", "(status = 'sending') = (settled_at IS NULL)"),
        check("no_negative_segments", "segments >= 0"),
    )

    id: int = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id")
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    channel: str
    address: str = ""
    template: str
    template_version: str
    language: str
    body: str
    segments: int
    status: str = DeliveryStatus.SENDING
    provider_id: str | None = None
    error: str = ""
    due_at: datetime | None = None
    attempted_at: datetime
    sent_at: datetime | None = None
    settled_at: datetime | None = None


class ChatMessage(SQLModel, table=True):
    """A line of a conversation in the web chat, in or out, oldest first by id.

    `version` counts its changes. `media` says what is shown with the text: {"kind": photo, document or location, …},
    where `file` is a stored file. `keyboard` is {"inline": rows of buttons} or {"reply": rows}. One that was taken back
    is `gone`.
    """

    __tablename__ = "chat_message"
    __table_args__ = (
        check("direction_known", "direction IN ('in', 'out')"),
        Index("ix_chat_message_address", "address", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    address: str
    direction: str
    text: str
    at: datetime
    notice_id: int | None = Field(default=None, foreign_key="notice.id")
    keyboard: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    media: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    is_html: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    gone: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Inbox(SQLModel, table=True):
    """Inbound updates and webhooks, written before they are acknowledged and replayed after a crash."""

    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        index_where("ix_inbox_waiting", "handled_at IS NULL", "source", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    source: str
    external_id: str
    payload: dict[str, Any] = Field(sa_type=JSON)
    received_at: datetime
    handled_at: datetime | None = None


class PlanRun(SQLModel, table=True):
    """One pass of the planner over one day."""

    __tablename__ = "plan_run"

    id: int = Field(default=None, primary_key=True)
    planned_on: date = Field(index=True)
    finished_at: datetime
    notices: int
    duties: int
