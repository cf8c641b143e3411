"""A call by a human: a task for the inspection department, with number, script and lifts."""

from datetime import timedelta

from sqlmodel import select

from notifier.address_book import load_departments
from notifier.calls import script_of
from notifier.channels.base import UNLIMITED, EarlierAttempt, OutgoingMessage
from notifier.replaced_calls import call_key, open_call_said_again, replace_earlier
from notifier.routing import CALL_TASK
from notifier.tasks import open_task
from store.database import Database
from store.tasks import Task, TaskKind


class CallTasks:
    """Opens one task for each notice and number; asking again finds the same one.

    What is said of an alert once more to a number whose call is still to be made opens none: its id is that call's and
    its own notice (`12:345`), as the store knows an attempt by one id.
    """

    name = CALL_TASK
    list_lag = timedelta(0)
    rates = UNLIMITED

    def __init__(self, database: Database) -> None:
        self._database = database

    async def send(self, message: OutgoingMessage) -> str:
        """Open the task; its id is the provider's id."""
        prepared, subject = message.prepared, message.prepared.subject
        with self._database.write() as session:
            known = open_call_said_again(session, prepared.notice_id, message.address)
            if known is not None:
                return f"{known.id}:{prepared.notice_id}"
            task_id = open_task(
                session,
                TaskKind.CALL,
                call_key(prepared.notice_id, message.address),
                city_id=subject.city_id,
                today=prepared.written_on,
                owner_party_id=subject.department_id,
                party_id=subject.party_id,
                notice_id=prepared.notice_id,
                detail={
                    "number": message.address,
                    "who": prepared.name,
                    "unit": subject.party_name,
                    "lifts": prepared.lift_keys,
                    "script": script_of(prepared, load_departments(session)),
                },
            )
            replace_earlier(session, task_id)
        return str(task_id)

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """The task of the attempt, open or not."""
        with self._database.read() as session:
            key = call_key(attempt.notice_id, attempt.address)
            return [
                str(task) for task in session.exec(select(Task.id).where(Task.kind == TaskKind.CALL, Task.key == key))
            ]

    async def close(self) -> None:
        """Nothing is held open."""
