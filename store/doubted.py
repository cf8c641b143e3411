"""Telephone numbers that are said to be somebody else's: nothing goes there until somebody has decided.

The task about such a number is what keeps it out: closing the task lets messages go there again. A caller knows that a
number is wrong, for whomever; who answers a greeting that names one party says only that they are not of that party.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, String, and_, cast, literal, or_, text
from sqlmodel import Session, col, select

from store.database import table_of
from store.parties import Chat, Contact
from store.tasks import Task, TaskKind, TaskStatus

BY_PHONE = ("sms", "call_task", "voice")  # the channels that a number serves
PREFIX = "number:"
FAILING = "failing:"  # a number that a provider calls nobody's: a person looks, and messages are still tried there
IS_OPEN = "task.status = 'open'"  # word for word the condition of the index uq_task_open, or SQLite does not use it


DOUBTS = select(Task.key).where(Task.kind == TaskKind.BAD_PHONE, text(IS_OPEN), col(Task.key).startswith(PREFIX))


def key_of_number(number: str, party_id: int | None = None) -> str:
    """One task for a number (E.164), whoever says that it is wrong; or for a number of this party alone."""
    return PREFIX + number if party_id is None else f"{PREFIX}{number}:{party_id}"


def number_of(key: str) -> str:
    """The number that a task is about, in doubt or failing."""
    return key.split(":")[1]


def party_of(key: str) -> int | None:
    """Of which party alone the number is in doubt, if so."""
    party_id = key.removeprefix(PREFIX).partition(":")[2]
    return int(party_id) if party_id else None


def key_of_failing(number: str) -> str:
    """One task for a number of which a provider says that nobody has it."""
    return FAILING + number


def load_doubted(session: Session, numbers: Collection[str]) -> set[str]:
    """Which of these numbers are in doubt for everybody. Such tasks are few, so all are read."""
    return {key.removeprefix(PREFIX) for key in session.connection().execute(DOUBTS).scalars()} & set(numbers)


def load_not_theirs(session: Session) -> set[tuple[int, str]]:
    """Numbers in doubt for one party alone, with the party. They are few, so all are read."""
    keys = session.connection().execute(DOUBTS).scalars().all()
    return {(party_id, number_of(key)) for key in keys if (party_id := party_of(key)) is not None}


def is_doubted(number: ColumnElement[str | None]) -> ColumnElement[bool]:
    """The condition that this column of the contacts holds a number in doubt, for everybody or for its party."""
    task, party_id = table_of(Task).c, table_of(Contact).c.party_id
    key = literal(PREFIX).concat(number)
    ours = or_(task.key == key, task.key == key.concat(":").concat(cast(party_id, String)))
    doubts = select(task.id).where(task.kind == TaskKind.BAD_PHONE, text(IS_OPEN), ours)
    return doubts.correlate_except(table_of(Task)).exists()


def reaches_still() -> ColumnElement[bool]:
    """The condition, of a chat joined with its contact, that it is theirs still.

    What somebody bound by showing a number ends when the contact has another one, and rests while it is in doubt.
    """
    shown, phone = table_of(Chat).c.phone, table_of(Contact).c.phone
    return or_(shown.is_(None), and_(shown == phone, ~is_doubted(phone)))


def find_doubts(session: Session, number: str) -> list[Task]:
    """The open tasks about this number, for everybody and for one party."""
    doubts = select(Task).where(Task.kind == TaskKind.BAD_PHONE, Task.status == TaskStatus.OPEN)
    found = session.exec(doubts.where(col(Task.key).startswith(PREFIX + number)).order_by(col(Task.id)))
    return [task for task in found if number_of(task.key) == number]
