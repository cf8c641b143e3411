"""What people have said, one by one, as it stands in the detail of a check: nobody's word takes the place of another's.

The detail itself shows what was said last of what stands, as its readers elsewhere want it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from store.task_list import open_once
from store.tasks import Task, TaskStatus

SAYINGS_KEY = "sayings"
# of a saying; in the detail those of the last
ABOUT = ("contact", "who", "number", "way", "note", "said", "on", "length", "photos")


@dataclass(frozen=True)
class Saying:
    """What one person said on a `day`; `on`: the day that they named. One that came by SMS has no person.

    Of a lift out of use: for what `length`, and `photos` of its seal and notice, as ids of stored files.
    """

    contact_id: int | None
    who: str
    phone: str
    note: str
    said: str
    on: date | None
    day: date
    taken_back_on: date | None
    length: str = ""
    photos: Sequence[int] = ()


def sayings_of(task: Task) -> list[Saying]:
    """All that was said, first to last."""
    return [
        Saying(
            contact_id=one.get("contact"),
            who=one.get("who", ""),
            phone=one.get("number", ""),
            note=one.get("note", ""),
            said=one.get("said", ""),
            on=_day(one.get("on")),
            day=_day(one.get("day")) or task.opened_on,
            taken_back_on=_day(one.get("back_on")),
            length=one.get("length", ""),
            photos=tuple(one.get("photos", ())),
        )
        for one in _listed(task)
    ]


def standing(task: Task) -> list[Saying]:
    """What nobody has taken back."""
    return [one for one in sayings_of(task) if one.taken_back_on is None]


def open_check(session: Session, task: Task) -> Task:
    """Open a check; what is said of the same stands beside what was said before in one that is open already."""
    known = open_once(session, task)
    if known is task:
        return task
    known = session.get_one(Task, known.id, with_for_update=True, populate_existing=True)
    if known.status != TaskStatus.OPEN:  # settled at this moment
        return open_once(session, task)
    return add_saying(session, known, task.detail or {}, task.opened_on)


def add_saying(session: Session, task: Task, about: dict[str, Any], today: date) -> Task:
    """Put what somebody says beside what stands there; said again in the same words it is there once."""
    new = {name: about[name] for name in ABOUT if name in about}
    known = _listed(task)
    if not any(_stands(one) and all(one.get(name) == new.get(name) for name in ABOUT) for one in known):
        _keep(session, task, [*known, new | {"day": today.isoformat()}])
    return task


def take_back(session: Session, task: Task, contact_id: int | None, today: date, key: str) -> None:
    """Whoever said it takes back all that they said here; None: of whom nobody knows the name."""
    back = {"back_on": today.isoformat(), "back_key": key}
    theirs = [one | back if _stands(one) and one.get("contact") == contact_id else one for one in _listed(task)]
    _keep(session, task, theirs)


def was_taken_back_by(task: Task, key: str) -> bool:
    """Whether this tap took something back."""
    return any(one.get("back_key") == key for one in _listed(task))


def _keep(session: Session, task: Task, listed: Sequence[dict[str, Any]]) -> None:
    last = next((one for one in reversed(listed) if _stands(one)), listed[-1])
    others = {name: value for name, value in (task.detail or {}).items() if name not in ABOUT}
    task.detail = others | {name: last[name] for name in ABOUT if name in last} | {SAYINGS_KEY: list(listed)}
    session.add(task)
    session.flush()


def _listed(task: Task) -> list[dict[str, Any]]:
    """Of a check that holds one alone: what stands in its detail."""
    detail = task.detail or {}
    first = {name: detail[name] for name in ABOUT if name in detail} | {"day": task.opened_on.isoformat()}
    found: list[dict[str, Any]] = detail.get(SAYINGS_KEY) or [first]
    return found


def _stands(one: dict[str, Any]) -> bool:
    return one.get("back_on") is None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
