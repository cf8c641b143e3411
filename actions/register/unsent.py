"""What waited to be sent, and open tasks, before an import; and what the import made of them."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select

from actions.register.journal import Journal
from store.database import table_of
from store.duties import Told, ToldState
from store.imports import ChangeKind
from store.ledger import UNSENT
from store.notices import Notice, NoticeStatus
from store.tasks import Task, TaskKind, TaskStatus

RENEWED = (TaskKind.REJECTED_ROWS, TaskKind.BOOKING_OF_FORMER_UNIT)  # tasks that an import may renew
KEPT = ("status", "reason", "not_before", "settled_at")
Entry = tuple[int, str, str, int, int]  # duty, due, step, party, notice


class Unsent:
    """A picture of one city, taken before the import has written anything."""

    def __init__(self, session: Session, city_id: str) -> None:
        self._session = session
        self._city_id = city_id
        self._last_notice = session.exec(select(func.max(Notice.id))).one() or 0
        self._entries = self._read_entries()
        self._notices = self._read_notices({entry[4] for entry in self._entries})
        self._tasks = {task.id: _task_values(task) for task in self._open_tasks()}

    def journal_changes(self, journal: Journal) -> None:
        """Keep what became otherwise since the picture was taken."""
        self._session.flush()
        self._note_entries(journal)
        for task in self._open_tasks():
            before = self._tasks.get(task.id)
            if before is not None and before != _task_values(task):
                detail = {name: (value, getattr(task, name)) for name, value in before.items()}
                journal.add(ChangeKind.TASK, task.id, detail)
        journal.flush()

    def _note_entries(self, journal: Journal) -> None:
        now = self._read_entries()
        gone: dict[int, list[Any]] = defaultdict(list)
        for duty_id, *entry in sorted(self._entries - now):
            gone[duty_id].append(entry)
        for duty_id, rows in gone.items():
            journal.add(ChangeKind.TOLD, duty_id, {"rows": rows})
        notices = self._read_notices(set(self._notices))
        for notice_id, before in self._notices.items():
            if notices[notice_id]["status"] != before["status"]:
                journal.add(ChangeKind.NOTICE, notice_id, before)
        added = {entry[4] for entry in now if entry[4] > self._last_notice}
        for notice_id in sorted(added):
            journal.add(ChangeKind.NOTICE_ADDED, notice_id)

    def _read_entries(self) -> set[Entry]:
        told, notice = table_of(Told).c, table_of(Notice).c
        query = (
            sql_select(told.duty_id, told.due, told.step, told.party_id, told.notice_id)
            .join(table_of(Notice), notice.id == told.notice_id)
            .where(told.state == ToldState.RESERVED, notice.city_id == self._city_id)
            .where(notice.status.in_((*UNSENT, NoticeStatus.UNKNOWN)))
        )
        rows = self._session.execute(query)
        return {(duty_id, due.isoformat(), step, party, of) for duty_id, due, step, party, of in rows}

    def _read_notices(self, notice_ids: set[int]) -> dict[int, dict[str, Any]]:
        notice = table_of(Notice).c
        query = sql_select(notice.id, *(notice[name] for name in KEPT)).where(notice.city_id == self._city_id)
        if not notice_ids:
            return {}
        found = self._session.execute(query.where(notice.id.between(min(notice_ids), max(notice_ids))))
        return {row.id: {name: _plain(getattr(row, name)) for name in KEPT} for row in found if row.id in notice_ids}

    def _open_tasks(self) -> list[Task]:
        query = select(Task).where(Task.city_id == self._city_id, col(Task.kind).in_(RENEWED))
        return list(self._session.exec(query.where(Task.status == TaskStatus.OPEN)))


def _task_values(task: Task) -> dict[str, Any]:
    return {"detail": task.detail, "import_id": task.import_id}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
