"""Telephone numbers that are said to be somebody else's: nothing goes there until somebody has decided.

The task about such a number is what keeps it out: closing the task lets messages go there again.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, literal, text
from sqlmodel import Session, col, select

from store.database import table_of
from store.task_list import find_open_task
from store.tasks import Task, TaskKind

BY_PHONE = ("sms", "call_task", "voice")  # the channels that a number serves
PREFIX = "number:"
FAILING = "failing:"  # a number that a provider calls nobody's: a person looks, and messages are still tried there
IS_OPEN = "task.status = 'open'"  # word for word the condition of the index uq_task_open, or SQLite does not use it


DOUBTS = select(Task.key).where(Task.kind == TaskKind.BAD_PHONE, text(IS_OPEN), col(Task.key).startswith(PREFIX))


def key_of_number(number: str) -> str:
    """One task for a number (E.164), whoever says that it is wrong."""
    return PREFIX + number


def key_of_failing(number: str) -> str:
    """One task for a number of which a provider says that nobody has it."""
    return FAILING + number


def load_doubted(session: Session, numbers: Collection[str]) -> set[str]:
    """Which of these numbers are in doubt. Such tasks are few, so all are read."""
    return {key.removeprefix(PREFIX) for key in session.connection().execute(DOUBTS).scalars()} & set(numbers)


def is_doubted(number: ColumnElement[str | None]) -> ColumnElement[bool]:
    """The condition that this column holds a number in doubt."""
    task = table_of(Task).c
    ours = (task.kind == TaskKind.BAD_PHONE, text(IS_OPEN), task.key == literal(PREFIX).concat(number))
    return select(task.id).where(*ours).correlate_except(table_of(Task)).exists()


def find_doubt(session: Session, number: str) -> Task | None:
    """The open task about this number."""
    return find_open_task(session, TaskKind.BAD_PHONE, key_of_number(number))
