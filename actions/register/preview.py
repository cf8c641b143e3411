"""The dry run of an import: what it would change and cause. It is done, looked at, and rolled back."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actions.register.changes import Changes
from actions.register.coming import Coming, as_json, count_tasks, play
from actions.register.load import ImportSummary, Request, open_source, summary_of, take_in
from actions.register.rejects import first_rejects, open_rejects_file, write_rejects
from actions.register.thresholds import Danger, dangers, threshold_percent
from schedules.forecast import hold_if_too_large, present_day
from store.database import Database
from store.lifts import City


class RolledBack(Exception):
    """Ends a transaction of which nothing is to stay."""


@dataclass(frozen=True)
class Preview:
    """What an import would do; nothing of it was stored. `held`: why the plan would be held, if it would be."""

    summary: ImportSummary
    changes: Changes
    dangers: list[Danger]
    notices: dict[str, Any]
    tasks: dict[str, int]
    rejects: list[tuple[int, str]]
    held: str | None

    def as_json(self) -> dict[str, Any]:
        """The object that `tixing import --dry-run --json` prints; no import has a number yet."""
        return {
            **self.summary.as_json(),
            "import": None,
            "dry_run": True,
            "changes": {**self.changes.as_json(), "needs_confirmation": [danger.as_json() for danger in self.dangers]},
            "notices": {**self.notices, "held": self.held},
            "tasks": self.tasks,
        }


def preview_import(
    database: Database, request: Request, *, rejects: Path | None = None, threshold: float | None = None
) -> Preview:
    """Everything that `import_register` would do, and the notices of the days after it; then all is rolled back.

    `threshold` in percent; the stored one by default. The store is locked for writing meanwhile. RegisterError as
    there, but for changes that need a confirmation.
    """
    source = open_source(request)
    city_id, now = request.city_id, request.now
    without = _play_without(database, request)
    previews: list[Preview] = []
    with open_rejects_file(rejects, request.path) as rejects_file, suppress(RolledBack), database.write() as session:
        taken = take_in(session, request, source, confirmed=True)
        if rejects_file is not None:
            write_rejects(session, taken.run.id, source.layout.header, rejects_file)
        first = present_day(session, city_id, request.as_of)
        held = hold_if_too_large(session, city_id, today=first, now=now)
        coming = play(session, city_id, first=first, now=now)
        previews.append(
            Preview(
                summary=summary_of(taken.run, {}),
                changes=taken.changes,
                dangers=dangers(taken.changes, threshold_percent(session) if threshold is None else threshold),
                notices=as_json(first, coming, without),
                tasks=count_tasks(session, taken.run.id),
                rejects=first_rejects(session, taken.run.id),
                held=held.reason if held else None,
            )
        )
        raise RolledBack
    return previews[0]


def _play_without(database: Database, request: Request) -> Coming:
    """The notices of the same days without the import."""
    plays: list[Coming] = []
    with suppress(RolledBack), database.write() as session:
        if session.get(City, request.city_id) is not None:
            first = present_day(session, request.city_id, request.as_of)
            plays.append(play(session, request.city_id, first=first, now=request.now))
        raise RolledBack
    return plays[0] if plays else Coming()
