"""Under which name a process leaves its signs of life: no two living ones share one, and who comes takes up a free one.

So a worker that is started again after a crash goes on under the name that fell silent, and one that is missed stays
missed however many others live. On SQLite there is one process, and its name is its role.
"""

import platform
import re
from types import TracebackType

from sqlalchemy import Connection

from store.database import Database
from store.leader import answers, hold_first

MOST = 1_000  # processes of one role on one machine
LONGEST = 24  # the name stands in an SMS


class ProcessName:
    """`worker@host`, `worker@host#2`, …; given back at the end of the block. `place` stands for the machine's name."""

    def __init__(self, database: Database, role: str, place: str | None = None) -> None:
        self._database = database
        where = re.sub(r"[^0-9A-Za-z._-]", "-", place or platform.node() or "here")[:LONGEST]
        self._name = role if database.is_sqlite else f"{role}@{where}"
        self._names = [self._name, *(f"{self._name}#{number}" for number in range(2, MOST))]
        self._held: Connection | None = None

    def __enter__(self) -> "ProcessName":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._leave()

    def current(self) -> str:
        """The name, held as long as the server keeps the session; the last one while it does not answer."""
        if self._database.is_sqlite or answers(self._held):
            return self._name
        self._leave()
        free, self._held = hold_first(self._database, [f"process/{name}" for name in [self._name, *self._names]])
        self._name = free.removeprefix("process/") or self._name
        return self._name

    def _leave(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.close()
