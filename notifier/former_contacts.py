"""Open calls to people who are no longer at their party: whoever is there now is told instead."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from notifier.address_book import load_people
from notifier.clean import clean_text
from notifier.facts import ALERT, load_facts
from notifier.routing import CALL, CALL_TASK, Address, route
from store.database import table_of
from store.inbox import CALLS, take_in
from store.notices import Delivery, DeliveryStatus, Notice
from store.opt_outs import load_opt_outs
from store.parties import Contact
from store.task_list import CALL_WAITS, find_open_task, open_once
from store.tasks import Task, TaskKind, TaskStatus

LEFT = "this number is no longer the party's"
NOBODY_ELSE = f"{LEFT}, and nobody else there can be called"
FOUND = "a contact was found"
STALE = "stale"  # as schedules.calls says it: the script is to be written anew
ON_ITS_WAY = (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN)


def leave_former_contacts(session: Session, *, today: date, now: datetime) -> int:
    """Look at the open calls whose number the register no longer gives for their party; how many were changed.

    One behind which an attempt stands is dropped, and the attempt has failed: the notice goes to the next contact by
    the ways that this one has. One that somebody asked for goes to the contact there is, and ends where there is none,
    until the register has one. Where only the name is another one by now, the caller asks for that. A number that is
    nobody's in particular, as one for emergencies or of a rescue centre, is no contact's and stays.
    """
    taken_up = _take_up(session, today)
    number = col(Task.detail)["number"].as_string()
    theirs = exists().where(*_has(Contact, number))
    calls = select(Task).where(Task.kind == TaskKind.CALL, Task.status == TaskStatus.OPEN, ~theirs, number != "")
    calls = calls.where(~_is_nobodys(number))
    tasks = session.exec(calls.order_by(col(Task.id)).with_for_update()).all()
    left = sum(_leave(session, task, today, now) for task in tasks)
    return taken_up + left + _take_present_names(session)


def _take_present_names(session: Session) -> int:
    """Of calls whose number is their party's still."""
    number, who = col(Task.detail)["number"].as_string(), col(Task.detail)["who"].as_string()
    there, same = aliased(Contact), aliased(Contact)
    query = (
        select(Task, there.name)
        .join(there, and_(*_has(there, number)))
        .where(Task.kind == TaskKind.CALL, Task.status == TaskStatus.OPEN, number != "")
        .where(~exists().where(*_has(same, number), same.name == who), ~_is_nobodys(number))
        .order_by(col(Task.id), col(there.id))
        .with_for_update(of=table_of(Task))
    )
    names: dict[int, tuple[Task, set[str]]] = {}
    for task, name in session.exec(query):
        names.setdefault(task.id, (task, set()))[1].add(clean_text(name))
    changed = 0
    for task, present in names.values():
        if (task.detail or {}).get("who", "") in present:
            continue
        task.detail = (task.detail or {}) | {"who": sorted(present)[0], STALE: True}
        session.add(task)
        changed += 1
    session.flush()
    return changed


def _has(contact: Any, number: Any) -> tuple[Any, ...]:
    """The conditions that somebody present at the party of a call has its number."""
    return contact.party_id == Task.party_id, contact.to_on.is_(None), contact.phone == number


def _is_nobodys(number: Any) -> Any:
    """The condition that the notice of a call names its number itself."""
    named = col(Notice.facts)[(ALERT, "number")].as_string()
    return exists().where(col(Notice.id) == col(Task.notice_id), named == number)


def _leave(session: Session, task: Task, today: date, now: datetime) -> bool:
    if task.notice_id is None or task.party_id is None:
        return False
    if not _stands_behind(session, task):
        return _turn_to_another(session, task) or _wait_for_a_contact(session, task, today)
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


def _wait_for_a_contact(session: Session, task: Task, today: date) -> bool:
    """End a call that nobody can be asked in, and ask for somebody."""
    detail = task.detail or {}
    task.status, task.closed_on, task.outcome = TaskStatus.DROPPED, today, NOBODY_ELSE
    task.detail = detail | {"reason": NOBODY_ELSE}
    session.add(task)
    missing = Task(
        kind=TaskKind.NO_CONTACT,
        key=f"{CALL_WAITS}{task.id}",
        city_id=task.city_id,
        owner_party_id=task.owner_party_id,
        party_id=task.party_id,
        notice_id=task.notice_id,
        detail={name: detail[name] for name in ("unit", "lifts") if name in detail},
        opened_on=today,
    )
    open_once(session, missing)
    return True


def _take_up(session: Session, today: date) -> int:
    """Open the calls again for which there is somebody by now."""
    waiting = select(Task).where(Task.kind == TaskKind.NO_CONTACT, Task.status == TaskStatus.OPEN)
    waiting = waiting.where(col(Task.key).startswith(CALL_WAITS)).order_by(col(Task.id)).with_for_update()
    return sum(_open_again(session, missing, today) for missing in session.exec(waiting).all())


def _open_again(session: Session, missing: Task, today: date) -> bool:
    task = session.get_one(Task, int(missing.key.removeprefix(CALL_WAITS)), with_for_update=True)
    if find_open_task(session, TaskKind.CALL, task.key) is None:
        if not _turn_to_another(session, task):
            return False
        task.status, task.closed_on, task.outcome = TaskStatus.OPEN, None, ""
        task.detail = {name: value for name, value in (task.detail or {}).items() if name != "reason"}
    missing.status, missing.closed_on, missing.outcome = TaskStatus.DONE, today, FOUND
    session.add_all([task, missing])
    session.flush()
    return True


def _who_is_there(session: Session, task: Task) -> Address | None:
    facts = load_facts(session, [task.notice_id or 0]).get(task.notice_id or 0)
    if facts is None:
        return None
    people = load_people(session, [facts.party_id]).get(facts.party_id, [])
    kept_out = load_opt_outs(session, {person.phone for person in people if person.phone})
    found = route(facts.audience, CALL, people, available=frozenset({CALL_TASK}), exclude=kept_out)
    return found[0] if found else None
