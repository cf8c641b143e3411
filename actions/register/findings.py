"""What an import leaves for a person to do: tasks, many lifts in one where there may be thousands."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from actions.register.context import ImportContext
from actions.register.statements import run_many
from schedules.tasks import desk_of, open_task
from store.tasks import TaskKind, TaskStatus

FIRST_LINES = 20
INSERT = (
    "INSERT INTO task (kind, key, city_id, owner_party_id, lift_id, party_id, import_id, line, detail, status,"
    " opened_on, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING"
)


@dataclass
class Tally:
    """How many rows share a finding, and where the first of them stand."""

    count: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        """Count the row on `line`."""
        self.count += 1
        if len(self.lines) < FIRST_LINES:
            self.lines.append(line)

    def detail(self) -> dict[str, Any]:
        """For the task."""
        return {"count": self.count, "lines": self.lines}


class Findings:
    """Collects what is found and writes it as tasks; an open task about the same thing is not opened twice."""

    def __init__(self, context: ImportContext) -> None:
        self._context = context
        self._desk = desk_of(context.session, context.city_id, None)
        self._rows: dict[tuple[str, str], tuple[Any, ...]] = {}
        self._tallies: defaultdict[TaskKind, Tally] = defaultdict(Tally)
        self._unread: defaultdict[str, Tally] = defaultdict(Tally)

    def add(
        self,
        kind: TaskKind,
        about: str,
        line: int,
        *,
        party_id: int | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """One task for one thing: a unit, a district."""
        context = self._context
        key = f"{context.city_id}/{about}"
        if (kind, key) not in self._rows:
            self._rows[kind, key] = (
                kind.value, key, context.city_id, self._desk, None, party_id, context.import_id, line,
                json.dumps(detail or {}, ensure_ascii=False), TaskStatus.OPEN.value, context.on,
            )  # fmt: skip

    def count(self, kind: TaskKind, line: int) -> None:
        """One more row for the one task of this kind that this import opens."""
        self._tallies[kind].add(line)

    def count_unread(self, field_name: str, line: int) -> None:
        """A cell, not the validity, that is neither a date nor a known word; its lift is kept."""
        self._unread[field_name].add(line)

    def flush(self) -> None:
        """Write what was added."""
        run_many(self._context.connection, INSERT, list(self._rows.values()))
        self._rows.clear()

    def finish(self, rejected: Counter[str], reject_lines: list[int]) -> None:
        """Write the tasks that stand for many rows."""
        for kind, tally in self._tallies.items():
            self.add(kind, f"import {self._context.import_id}", tally.lines[0], detail=tally.detail())
        self.flush()
        if not rejected and not self._unread:
            return
        detail: dict[str, Any] = {"count": rejected.total(), "reasons": dict(rejected), "lines": sorted(reject_lines)}
        if self._unread:
            detail["unread_cells"] = {name: tally.detail() for name, tally in self._unread.items()}
        context = self._context
        task = open_task(
            context.session,
            TaskKind.REJECTED_ROWS,
            context.city_id,
            city_id=context.city_id,
            today=context.as_of,
            detail=detail,
        )
        task.import_id = context.import_id
