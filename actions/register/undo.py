"""Undoing an import: what it changed is as before, what was told stays told and gets its correction.

Nothing is removed but what only the import made of others' rows: a responsibility, a name, a rung superseded. Events
stay, and stand as undone: derivation and hindsight look past them (schedules.lift_facts).
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from actions.register.errors import RegisterError
from actions.register.undo_ledger import cancel_added, drop_superseded, restore_ladders, restore_unsent
from actions.register.undo_lifts import restore_lifts, restore_origin, withdraw_new
from actions.register.undo_parties import (
    Answering,
    keep_reachable,
    restore_parties,
    restore_people,
    restore_responsibilities,
)
from actions.register.undo_retractions import set_right
from actions.register.undo_rows import changes_of, chunks
from schedules.announcements import INTRODUCTION
from schedules.calls import review_calls_anew
from schedules.duties import rebuild
from schedules.forecast import hold_if_too_large
from schedules.handover import tell_missed
from schedules.retractions import PARTY, UNIT, retract
from schedules.turnover import day_of_rules
from store.brakes import PlanForecast
from store.database import Database, table_of
from store.duties import Duty, Told
from store.imports import ChangeKind, ImportChange, ImportRun
from store.locks import hold_city
from store.tasks import Task, TaskStatus
from store.zone import SHANGHAI

SHARED = (ChangeKind.LIFT, ChangeKind.LIFT_ADDED, ChangeKind.PARTY, ChangeKind.CONTACT_ENDED, ChangeKind.CONTACT_ADDED)
ROW_OF = {ChangeKind.LIFT_ADDED: ChangeKind.LIFT, ChangeKind.CONTACT_ADDED: ChangeKind.CONTACT_ENDED}


@dataclass(frozen=True)
class UndoSummary:
    """What an undoing did.

    `restored`: lifts as before; `withdrawn`: lifts that the import had brought, taken out; `kept`: lifts whose validity
    somebody has changed since, which stays. `notices_cancelled` are the import's own that had not left,
    `notices_restored` those that it had taken back, `corrections` notices about what was told meanwhile; `held`: why
    none of them leaves until the plan is released.
    """

    undone: int
    restored: int
    withdrawn: int
    kept: int
    notices_cancelled: int
    notices_restored: int
    corrections: int
    held: str | None = None

    def as_json(self) -> dict[str, int | str | None]:
        """The object that `tixing import --undo ID --json` prints."""
        return asdict(self)


def undo_import(database: Database, import_id: int, *, now: datetime, today: date | None = None) -> UndoSummary:
    """Take an import back, in one transaction; RegisterError, and nothing is done, where that cannot be.

    `today` is the day on which corrections go out, by default the last day that the store has seen.
    """
    with database.write() as session:
        _hold(session, import_id)
        run = _undoable(session, import_id)
        today = today or _last_day(session, run)
        cancelled = cancel_added(session, run.id, now=now)
        drop_superseded(session, run)
        lifts = restore_lifts(session, run, now=now)
        wrong = restore_responsibilities(session, run, now=now)
        restore_people(session, run)
        restore_parties(session, run)
        withdrawn = withdraw_new(session, run, on=today, now=now)
        corrections = _rebuild(session, run, wrong, today, now)
        restored = restore_unsent(session, run, now=now)
        restore_ladders(session, run)
        _close_tasks(session, run, today)
        review_calls_anew(session, since=run.as_of, today=today)
        restore_origin(session, run)
        run.undone_at = now
        session.add(run)
        hold = hold_if_too_large(session, run.city_id, today=today, now=now)
        held = hold.reason if hold is not None else None
    return UndoSummary(run.id, lifts.restored, withdrawn, lifts.kept, cancelled, restored, corrections, held)


def _hold(session: Session, import_id: int) -> None:
    city_id = session.exec(select(ImportRun.city_id).where(ImportRun.id == import_id)).first()
    if city_id is not None:
        hold_city(session, city_id)


def _undoable(session: Session, import_id: int) -> ImportRun:
    run = session.get(ImportRun, import_id)
    if run is None:
        raise RegisterError(f"there is no import {import_id}")
    if run.undone_at is not None:
        on = run.undone_at.astimezone(SHANGHAI).date()
        raise RegisterError(f"import {import_id} was undone already, on {on}")
    later = _later_on_same_rows(session, run)
    if later:
        names = ", ".join(map(str, later))
        raise RegisterError(
            f"import {import_id} cannot be undone before import {names}, which changed the same lifts or parties: "
            f"undo {later[-1]} first"
        )
    if run.created + run.updated and not _is_journalled(session, run.id):
        raise RegisterError(f"import {import_id} was made before tixing kept what an import changes; it stays")
    return run


def _is_journalled(session: Session, import_id: int) -> bool:
    return session.exec(select(ImportChange.row_id).where(ImportChange.import_id == import_id)).first() is not None


def _later_on_same_rows(session: Session, run: ImportRun) -> list[int]:
    """Later imports that stand and that found rows as this one had left them."""
    later = session.exec(
        select(ImportRun.id).where(
            ImportRun.city_id == run.city_id, ImportRun.id > run.id, col(ImportRun.undone_at).is_(None)
        )
    ).all()
    mine = _rows_of(session, run.id) if later else set()
    return [import_id for import_id in later if mine & _rows_of(session, import_id)]


def _rows_of(session: Session, import_id: int) -> set[tuple[str, int]]:
    change = table_of(ImportChange).c
    query = sql_select(change.kind, change.row_id).where(change.import_id == import_id, change.kind.in_(SHARED))
    return {(ROW_OF.get(ChangeKind(kind), ChangeKind(kind)).value, row_id) for kind, row_id in session.execute(query)}


def _last_day(session: Session, run: ImportRun) -> date:
    """The newest day that the city's imports and plans have seen."""
    newest = session.exec(select(func.max(ImportRun.as_of)).where(ImportRun.city_id == run.city_id)).one()
    forecast = session.get(PlanForecast, run.city_id)
    return max(newest or run.as_of, forecast.made_on if forecast else run.as_of)


def _rebuild(session: Session, run: ImportRun, wrong: set[Answering], today: date, now: datetime) -> int:
    """The duties of the lifts, which still bear the import's number; how many notices that makes.

    Of those that there should never have been, everybody who was told hears that it was a mistake; of the others those
    who never answered for the lifts (`wrong`), and the maintainers to whom they were named; those who do answer hear of
    other rules that began meanwhile.
    """
    session.flush()
    session.expire_all()
    rules_on = day_of_rules(session, run.city_id, today)
    rebuilt = rebuild(session, city_id=run.city_id, today=today, now=now, import_id=run.id, rules_on=rules_on)
    added = {notice_id for notice_id, _ in changes_of(session, run.id, ChangeKind.NOTICE_ADDED)}

    def what_is_wrong(duty: Duty, last: Told) -> str | None:
        if (duty.lift_id or 0, last.party_id) in wrong:
            return PARTY
        return UNIT if last.notice_id in added and last.step.startswith(INTRODUCTION) else None

    common: dict[str, Any] = {"city_id": run.city_id, "since": run.as_of, "today": today}
    retractions = retract(session, rebuilt.gone, **common)
    handed = {lift for lift, _ in wrong}
    duty_ids = _duties_of(session, handed)
    retractions += retract(session, duty_ids, **common, what_is_wrong=what_is_wrong)
    keep_reachable(session, run, {notice.party_id for notice in retractions})
    missed = tell_missed(session, run.city_id, handed, today=today, rules_on=rules_on)
    return rebuilt.corrections + len(retractions) + missed + set_right(session, duty_ids, today=today, now=now)


def _duties_of(session: Session, lift_ids: set[int]) -> list[int]:
    found: list[int] = []
    for part in chunks(sorted(lift_ids)):
        found += session.exec(select(Duty.id).where(col(Duty.lift_id).in_(part))).all()
    return found


def _close_tasks(session: Session, run: ImportRun, today: date) -> None:
    """Tasks that the import opened are dropped, those that it renewed say again what they said."""
    for task_id, detail in changes_of(session, run.id, ChangeKind.TASK):
        task = session.get_one(Task, task_id)
        for name, (before, _) in detail.items():
            setattr(task, name, before)
        session.add(task)
    session.flush()
    task_table = table_of(Task)
    values: dict[str, Any] = {
        "status": TaskStatus.DROPPED, "closed_on": today, "outcome": f"import {run.id} was undone"
    }  # fmt: skip
    opened = (task_table.c.import_id == run.id) & (task_table.c.status == TaskStatus.OPEN)
    session.execute(update(task_table).where(opened).values(**values))
