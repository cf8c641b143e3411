"""The messages that reached a party, and the calls that its inspection department has to make."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import String, and_, cast, func, select
from sqlmodel import Session

from notifier.masking import mask_phone
from store.database import table_of
from store.duties import Duty, StepDate, Told, ToldState
from store.notices import ChatMessage, Delivery, Notice
from store.parties import Contact, Party
from store.tasks import Task, TaskKind, TaskStatus
from tixing.times import business_day

SAID = (ToldState.RESERVED, ToldState.TOLD)
SMS_INBOX = "sms:"
NEWEST = 120
DONE_SHOWN = 12
CHECKS = (TaskKind.NO_CONTACT, TaskKind.BAD_PHONE, TaskKind.DELIVERY_FAILED)


def read_thread(session: Session, party_id: int) -> list[dict[str, Any]]:
    """The newest messages to a party, oldest first; `box` is sms or chat."""
    line, notice, sent, contact = (table_of(model).c for model in (ChatMessage, Notice, Delivery, Contact))
    told = table_of(Told).c
    lifts = (
        select(func.count(func.distinct(told.duty_id)))
        .where(told.notice_id == notice.id, told.state.in_(SAID))
        .scalar_subquery()
    )
    query = (
        select(
            *(line.id, line.at, line.text, line.address, notice.id.label("notice_id"), notice.step, notice.late),
            *(sent.status, contact.name, contact.role, contact.phone, lifts.label("n")),
        )
        .select_from(table_of(ChatMessage))
        .join(table_of(Notice), notice.id == line.notice_id)
        .outerjoin(table_of(Delivery), and_(sent.notice_id == notice.id, sent.provider_id == cast(line.id, String)))
        .outerjoin(table_of(Contact), contact.id == sent.contact_id)
        .where(notice.party_id == party_id, line.direction == "out")
        .order_by(line.id.desc())
        .limit(NEWEST)
    )
    return [_message(row) for row in reversed(session.execute(query).all())]


def _message(row: Any) -> dict[str, Any]:
    return {
        "notice_id": row.notice_id,
        "on": business_day(row.at).isoformat(),
        "box": "sms" if row.address.startswith(SMS_INBOX) else "chat",
        "step": plain_step(row.step),
        "late": bool(row.late),
        "body": row.text,
        "n": row.n,
        "to": named(row.name, row.phone if row.address.startswith(SMS_INBOX) else None),
        "status": row.status,
    }


def read_calls(session: Session, department_id: int) -> list[dict[str, Any]]:
    """The open call tasks of a department, the most urgent first."""
    task, told = table_of(Task).c, table_of(Told).c
    query = (
        select(task.id, task.notice_id, task.opened_on, task.detail, func.min(told.due).label("due"))
        .join(table_of(Told), and_(told.notice_id == task.notice_id, told.state.in_(SAID)))
        .where(task.kind == TaskKind.CALL, task.status == TaskStatus.OPEN, task.owner_party_id == department_id)
        .group_by(task.id)
        .order_by(func.min(told.due), task.id)
    )
    rows = session.execute(query).all()
    call_by = _latest_calls(session, {row.due for row in rows})
    return [_call(row, call_by.get(row.due)) for row in rows]


def _call(row: Any, call_by: date | None) -> dict[str, Any]:
    detail = row.detail or {}
    return {
        "id": row.id,
        "notice_id": row.notice_id,
        "opened_on": row.opened_on.isoformat(),
        "by": call_by.isoformat() if call_by else None,
        "unit": detail.get("unit", ""),
        "name": detail.get("who", ""),
        "phone": mask_phone(detail.get("number", "")),
        "n": len(detail.get("lifts", [])),
        "card": detail.get("script", "").partition("\n\n")[0],  # what is said first; the panel shows the lifts
    }


def read_done_calls(session: Session, department_id: int) -> list[dict[str, Any]]:
    """The calls of a department that were made last."""
    task = table_of(Task).c
    query = (
        select(task.id, task.notice_id, task.closed_on, task.outcome, task.status, task.detail)
        .where(task.kind == TaskKind.CALL, task.status != TaskStatus.OPEN, task.owner_party_id == department_id)
        .order_by(task.closed_on.desc(), task.id.desc())
        .limit(DONE_SHOWN)
    )
    return [
        {
            "id": row.id,
            "notice_id": row.notice_id,
            "unit": (row.detail or {}).get("unit", ""),
            "closed_on": row.closed_on.isoformat(),
            "outcome": row.outcome if row.status == TaskStatus.DONE else TaskStatus.DROPPED,
        }
        for row in session.execute(query)
    ]


def read_checks(session: Session, department_id: int) -> list[dict[str, Any]]:
    """What a department must look into because somebody could not be told."""
    task, party = table_of(Task).c, table_of(Party).c
    query = (
        select(task.id, task.kind, task.opened_on, task.notice_id, party.name)
        .join(table_of(Party), party.id == task.party_id)
        .where(task.status == TaskStatus.OPEN, task.owner_party_id == department_id, task.kind.in_(CHECKS))
        .order_by(task.opened_on.desc(), task.id)
    )
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "unit": row.name,
            "notice_id": row.notice_id,
            "opened_on": row.opened_on.isoformat(),
        }
        for row in session.execute(query)
    ]


def _latest_calls(session: Session, dues: set[date]) -> dict[date, date]:
    """Due date → the last working day on which its call may be made."""
    rung = table_of(StepDate).c
    query = select(rung.due, rung.practical_on).where(rung.step == "call", rung.due.in_(dues))
    return {row.due: row.practical_on for row in session.execute(query)}


def lifts_of_notice(session: Session, notice_id: int) -> Sequence[int]:
    """The lifts that a notice tells of."""
    told, duty = table_of(Told).c, table_of(Duty).c
    query = (
        select(duty.lift_id)
        .join(table_of(Told), told.duty_id == duty.id)
        .where(told.notice_id == notice_id, told.state.in_(SAID), duty.closed_on.is_(None), duty.booked_on.is_(None))
        .order_by(duty.lift_id)
    )
    return list(session.execute(query).scalars())


def named(name: str | None, phone: str | None) -> str:
    """A person as the page shows them: the name, and the number with its middle hidden."""
    return " ".join(part for part in (name or "", mask_phone(phone) if phone else "") if part)


def plain_step(step: str) -> str:
    """A rung's name without the number of a repeated correction (corrected.2)."""
    return step.partition(".")[0]
