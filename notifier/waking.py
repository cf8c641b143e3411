"""Notices that reached nobody: sent when a person is found, but only the latest rung of each duty."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, exists, false, literal, or_, select, update
from sqlmodel import Session

from notifier.attempts import UNWRITTEN
from notifier.modes import Terms
from notifier.outbox import write_log
from notifier.tasks import close_what_arrived_after_all
from store.database import in_chunks, table_of
from store.doubted import is_doubted, reaches_still
from store.duties import Duty, StepDate, Told, ToldState
from store.locks import hold
from store.notices import GREETING, STANDING, SUMMARY, Delivery, Notice, NoticeStatus
from store.parties import Chat, Contact
from store.task_list import CALL_WAITS, IDLE
from store.tasks import Task, TaskKind, TaskStatus

FOUND = "a contact was found"
REPLACED = "a later rung of the same duty goes out instead"
PHONE_CHANNELS = ("sms", "call_task", "voice")


def wake_waiting(session: Session, terms: Terms, *, today: date, now: datetime) -> int:
    """Plan again the notices that reached nobody and can be sent to an address not tried for them yet.

    Returns how many. The tasks of their parties are closed.
    """
    hold(session, "waking")
    _close_idle_tasks(session, today)
    close_what_arrived_after_all(session, today=today)
    found = _wakeable(session, terms, today)
    if not found:
        return 0
    replaced = supersede_earlier(session, set(found)) | earlier_lists(session, found)
    woken = sorted(set(found) - replaced)
    _set_status(session, woken, NoticeStatus.PLANNED, FOUND, today, now)
    _set_status(session, sorted(replaced), NoticeStatus.CANCELLED, REPLACED, today, now)
    task = table_of(Task)
    done = {"status": TaskStatus.DONE, "closed_on": today, "outcome": FOUND}
    session.execute(update(task).where(_waiting_task(), task.c.party_id.in_(set(found.values()))).values(**done))
    return len(woken)


def _close_idle_tasks(session: Session, today: date) -> None:
    """Close tasks about parties for which no notice waits any more: the lifts closed, moved, or were planned anew."""
    task, notice = table_of(Task), table_of(Notice)
    waits = exists().where(notice.c.party_id == task.c.party_id, notice.c.status == NoticeStatus.NO_CONTACT)
    ours = and_(task.c.kind == TaskKind.NO_CONTACT, _waiting_task(), task.c.notice_id.is_not(None))
    done = {"status": TaskStatus.DONE, "closed_on": today, "outcome": IDLE}
    session.execute(update(task).where(ours, ~waits).values(**done))


def _waiting_task() -> ColumnElement[bool]:
    task = table_of(Task).c
    kinds = (TaskKind.NO_CONTACT, TaskKind.DELIVERY_FAILED)
    return and_(task.kind.in_(kinds), task.status == TaskStatus.OPEN, ~task.key.startswith(CALL_WAITS))


def _wakeable(session: Session, terms: Terms, today: date) -> dict[int, int]:
    """Notices by id with their parties. They are found through the open tasks, which are few."""
    notice, task, contact = table_of(Notice).c, table_of(Task).c, table_of(Contact).c
    reachable = exists().where(
        contact.party_id == notice.party_id,
        contact.to_on.is_(None),
        or_(~contact.synthetic, literal(terms.allow_synthetic)),
        or_(_has_untried_phone(terms), _has_untried_chat(terms)),
    )
    query = (
        select(notice.id, notice.party_id)
        .join(table_of(Task), task.party_id == notice.party_id)
        .where(_waiting_task(), notice.status.in_((NoticeStatus.NO_CONTACT, NoticeStatus.FAILED)), reachable)
        .where(~notice.reason.startswith(UNWRITTEN))  # no contact helps there
        .where(notice.send_on <= today, notice.step != GREETING)  # that is for one person, who was tried
    )
    locked = query.order_by(notice.id).with_for_update(of=table_of(Notice), key_share=True)
    return {row.id: row.party_id for row in session.execute(locked)}


def _has_untried_phone(terms: Terms) -> ColumnElement[bool]:
    if not terms.channels & set(PHONE_CHANNELS):
        return false()
    contact = table_of(Contact).c
    return and_(contact.phone.is_not(None), ~is_doubted(contact.phone), contact.phone.not_in(_tried_addresses()))


def _has_untried_chat(terms: Terms) -> ColumnElement[bool]:
    contact, chat = table_of(Contact).c, table_of(Chat).c
    ours = and_(chat.contact_id == contact.id, chat.active, reaches_still(), chat.channel.in_(sorted(terms.channels)))
    return exists().where(ours, chat.address.not_in(_tried_addresses()))


def _tried_addresses() -> ScalarSelect[str]:
    delivery, notice = table_of(Delivery).c, table_of(Notice)
    return select(delivery.address).where(delivery.notice_id == notice.c.id).correlate(notice).scalar_subquery()


def supersede_earlier(session: Session, notice_ids: set[int]) -> set[int]:
    """Of several waiting rungs of one duty only the latest is told. Returns the notices of which nothing is left so."""
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
    return {row.notice_id for row in earlier} - set(session.execute(left).scalars())


def earlier_lists(session: Session, notice_ids: Iterable[int]) -> set[int]:
    """Of what was to say how things stood on a day all but the latest: nobody reads a year of days at once."""
    notice = table_of(Notice).c
    query = select(notice.id, notice.party_id, notice.template, notice.facts).where(notice.template.in_(STANDING))
    latest: dict[tuple[int, str, object], int] = {}
    lists: set[int] = set()
    for part in in_chunks(sorted(notice_ids)):
        for row in session.execute(query.where(notice.id.in_(part)).order_by(notice.id)):
            latest[row.party_id, row.template, (row.facts or {}).get(SUMMARY, {}).get("contact")] = row.id
            lists.add(row.id)
    return lists - set(latest.values())


def _set_status(
    session: Session, notice_ids: Iterable[int], status: NoticeStatus, reason: str, today: date, now: datetime
) -> None:
    ids = list(notice_ids)
    notice = table_of(Notice)
    settled_at = now if status is NoticeStatus.CANCELLED else None
    late = or_(notice.c.late, notice.c.send_on < today)
    values = {
        "status": status,
        "reason": reason,
        "settled_at": settled_at,
        "send_on": today,
        "not_before": None,
        "tries": 0,
    }
    session.execute(update(notice).where(notice.c.id.in_(ids)).values(late=late, **values))
    write_log(session, [(notice_id, status, reason) for notice_id in ids], now)
