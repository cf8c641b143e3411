"""Open calls to people who are no longer at their party: whoever is there now is told instead."""

from datetime import date, datetime

from sqlalchemy import exists
from sqlmodel import Session, col, select

from notifier.address_book import load_people
from notifier.facts import load_facts
from notifier.routing import CALL, CALL_TASK, Address, route
from store.inbox import CALLS, take_in
from store.notices import Delivery, DeliveryStatus
from store.parties import Contact
from store.tasks import Task, TaskKind, TaskStatus

LEFT = "this number is no longer the party's"
STALE = "stale"  # as schedules.calls says it: the script is to be written anew
ON_ITS_WAY = (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN)


def leave_former_contacts(session: Session, *, today: date, now: datetime) -> int:
    """Look at the open calls whose number the register no longer gives for their party; how many were changed.

    One behind which an attempt stands is dropped, and the attempt has failed: the notice goes to the next contact by
    the ways that this one has. One that somebody asked for goes to the contact there is.
    """
    number = col(Task.detail)["number"].as_string()
    theirs = exists().where(
        col(Contact.party_id) == Task.party_id, col(Contact.to_on).is_(None), col(Contact.phone) == number
    )
    calls = select(Task).where(Task.kind == TaskKind.CALL, Task.status == TaskStatus.OPEN, ~theirs, number != "")
    tasks = session.exec(calls.order_by(col(Task.id)).with_for_update()).all()
    return sum(_leave(session, task, today, now) for task in tasks)


def _leave(session: Session, task: Task, today: date, now: datetime) -> bool:
    if task.notice_id is None or task.party_id is None:
        return False
    if not _stands_behind(session, task):
        return _turn_to_another(session, task)
    task.status, task.closed_on, task.outcome = TaskStatus.DROPPED, today, LEFT
    task.detail = (task.detail or {}) | {"reason": LEFT}
    payload = {"task": task.id, "notice": task.notice_id, "arrived": False, "error": LEFT}
    take_in(session, CALLS, f"{task.id}:left", payload, received_at=now)
    session.add(task)
    session.flush()
    return True


def _stands_behind(session: Session, task: Task) -> bool:
    """Whether an attempt waits for this call, also one that its pass has not recorded yet."""
    attempts = select(Delivery).where(Delivery.notice_id == task.notice_id, Delivery.channel == CALL_TASK)
    return any(one.provider_id == str(task.id) or one.status in ON_ITS_WAY for one in session.exec(attempts))


def _turn_to_another(session: Session, task: Task) -> bool:
    address = _who_is_there(session, task)
    if address is None:
        return False
    task.detail = (task.detail or {}) | {"number": address.address, "who": address.name, STALE: True}
    session.add(task)
    session.flush()
    return True


def _who_is_there(session: Session, task: Task) -> Address | None:
    facts = load_facts(session, [task.notice_id or 0]).get(task.notice_id or 0)
    if facts is None:
        return None
    people = load_people(session, [facts.party_id]).get(facts.party_id, [])
    found = route(facts.audience, CALL, people, available=frozenset({CALL_TASK}))
    return found[0] if found else None
