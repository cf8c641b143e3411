"""What came of greetings, and which numbers are in doubt."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.people.contacts import CONFIRMED, NOT_ME
from store.doubted import PREFIX, number_of
from store.events import Event, EventKind
from store.notices import GREETING, Notice
from store.tasks import Task, TaskKind, TaskStatus

Greeted = dict[str, int]  # waiting, sent, delivered, failed; confirmed and not_me of those who answered


@dataclass(frozen=True)
class Doubt:
    """A number that is said to be somebody else's."""

    number: str
    unit: str
    who: str
    since: date
    said_by: str


def count_greetings(session: Session, city_id: str | None = None) -> Greeted:
    """How many greetings are in which state, and what was answered last by each person."""
    query = select(Notice.id, Notice.status).where(Notice.step == GREETING)
    if city_id is not None:
        query = query.where(Notice.city_id == city_id)
    rows = {row[0]: row[1] for row in session.execute(query)}
    states = Counter(rows.values())
    answers: dict[int, str] = {}
    if rows:
        said = select(Event.payload).where(Event.kind == EventKind.URGING_ANSWERED, col(Event.lift_id).is_(None))
        for payload in session.exec(said.order_by(col(Event.id))):
            if payload and payload.get("answer") in (CONFIRMED, NOT_ME) and payload["notice"] in rows:
                answers[payload["notice"]] = payload["answer"]
    return dict(sorted(states.items())) | {name: list(answers.values()).count(name) for name in (CONFIRMED, NOT_ME)}


def list_doubts(session: Session, city_id: str | None = None) -> list[Doubt]:
    """The numbers to which nothing goes until somebody has decided, the oldest first."""
    query = select(Task).where(Task.kind == TaskKind.BAD_PHONE, Task.status == TaskStatus.OPEN)
    if city_id is not None:
        query = query.where(Task.city_id == city_id)
    tasks = session.exec(query.where(col(Task.key).startswith(PREFIX)).order_by(col(Task.opened_on), col(Task.id)))
    return [_read(task) for task in tasks]


def _read(task: Task) -> Doubt:
    detail = task.detail or {}
    return Doubt(
        number=number_of(task.key),
        unit=detail.get("unit", ""),
        who=detail.get("who", ""),
        since=task.opened_on,
        said_by=detail.get("said_by", ""),
    )
