"""Notices that waited for a person: sent when one is found, but only the latest rung of each duty."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, bindparam, exists, literal, or_, select, update
from sqlmodel import Session

from notifier.modes import Terms
from notifier.outbox import write_log
from store.database import table_of
from store.duties import Duty, StepDate, Told, ToldState
from store.notices import Notice, NoticeStatus
from store.parties import Chat, Contact
from store.tasks import Task, TaskKind, TaskStatus

FOUND = "a contact was found"
REPLACED = "a later rung of the same duty goes out instead"
PHONE_CHANNELS = ("sms", "call_task")


def wake_waiting(session: Session, terms: Terms, *, today: date, now: datetime) -> int:
    """Plan again the notices of parties that can be reached now; returns how many. Their tasks are closed."""
    parties = _reachable_parties(session, terms)
    if not parties:
        return 0
    notice = table_of(Notice)
    waiting = and_(notice.c.party_id.in_(parties), notice.c.status == NoticeStatus.NO_CONTACT)
    ids = set(session.execute(select(notice.c.id).where(waiting)).scalars())
    replaced = _supersede_earlier(session, ids)
    woken = sorted(ids - replaced)
    _set_status(session, woken, NoticeStatus.PLANNED, FOUND, today, now)
    _set_status(session, sorted(replaced), NoticeStatus.CANCELLED, REPLACED, today, now)
    task = table_of(Task)
    done = {"status": TaskStatus.DONE, "closed_on": today, "outcome": FOUND}
    session.execute(update(task).where(_waiting_task(), task.c.party_id.in_(parties)).values(**done))
    return len(woken)


def _waiting_task() -> ColumnElement[bool]:
    task = table_of(Task).c
    return and_(task.kind == TaskKind.NO_CONTACT, task.status == TaskStatus.OPEN)


def _reachable_parties(session: Session, terms: Terms) -> list[int]:
    """Parties with an open task that somebody can be reached at by a channel we have."""
    task, contact, chat = table_of(Task).c, table_of(Contact).c, table_of(Chat).c
    in_chat = exists().where(chat.contact_id == contact.id, chat.active, chat.channel.in_(sorted(terms.channels)))
    by_phone = contact.phone.is_not(None) if terms.channels & set(PHONE_CHANNELS) else contact.id.is_(None)
    reachable = exists().where(
        contact.party_id == task.party_id,
        contact.to_on.is_(None),
        or_(by_phone, in_chat),
        or_(~contact.synthetic, literal(terms.allow_synthetic)),
    )
    query = select(task.party_id).where(_waiting_task(), reachable)
    return list(session.execute(query).scalars())


def _supersede_earlier(session: Session, notice_ids: set[int]) -> set[int]:
    """Of several waiting rungs of one duty only the latest is told. Returns the notices in which nothing is left."""
    told, duty, step = table_of(Told), table_of(Duty), table_of(StepDate)
    same_rung = and_(step.c.rule == duty.c.rule, step.c.due == told.c.due, step.c.step == told.c.step)
    query = (
        select(told.c.duty_id, told.c.due, told.c.step, told.c.party_id, told.c.notice_id, step.c.seq)
        .join(duty, duty.c.id == told.c.duty_id)
        .join(step, same_rung)
        .where(told.c.notice_id.in_(notice_ids), told.c.state == ToldState.RESERVED)
        .order_by(step.c.seq)
    )
    rows = session.execute(query).all()
    latest = {(row.duty_id, row.due, row.party_id): row.step for row in rows}
    earlier = [row for row in rows if latest[(row.duty_id, row.due, row.party_id)] != row.step]
    if not earlier:
        return set()
    names = ("duty_id", "due", "step", "party_id")
    session.connection().execute(
        update(told)
        .where(*[told.c[name] == bindparam(f"row_{name}") for name in names])
        .values(state=ToldState.SUPERSEDED, notice_id=None),
        [{f"row_{name}": getattr(row, name) for name in names} for row in earlier],
    )
    left = select(told.c.notice_id).where(told.c.notice_id.in_(notice_ids), told.c.state == ToldState.RESERVED)
    return notice_ids - set(session.execute(left).scalars())


def _set_status(
    session: Session, notice_ids: Iterable[int], status: NoticeStatus, reason: str, today: date, now: datetime
) -> None:
    ids = list(notice_ids)
    notice = table_of(Notice)
    settled_at = now if status is NoticeStatus.CANCELLED else None
    late = or_(notice.c.late, notice.c.send_on < today)
    values = {"status": status, "reason": reason, "settled_at": settled_at, "send_on": today, "not_before": None}
    session.execute(update(notice).where(notice.c.id.in_(ids)).values(late=late, **values))
    write_log(session, [(notice_id, status, reason) for notice_id in ids], now)
