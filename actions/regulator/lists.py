"""The lists of an officer: lifts that are due, un-booked, overdue, failed or being rectified, with how they were urged.

They name people and phones, because the list is the regulator's own; every reading is logged.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from actions.actors import REGULATORS, Asked
from actions.evidence.clauses import Clauses
from actions.evidence.ledger import Entry, load_entries
from actions.evidence.lifts import LiftFacts, Lifts
from actions.registry import verb
from actions.regulator.glance import has_failed, has_items, rules_of_kinds
from actions.regulator.people import Reached, note_read, people_of
from actions.regulator.scope import is_their_notice, sees_district
from actions.sight import lifts_of
from schedules.dates import add_months
from store.database import in_chunks, table_of
from store.duties import INSPECTIONS, RECTIFICATION, REPORT, Duty, Told, booked_too_late
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.matters import Matter

REGULATOR = "district_regulator"


class ListKind(StrEnum):
    """Which lifts are on the list; those of the month whose inspection is due in it."""

    DUE = "due"
    UNBOOKED = "unbooked"
    OVERDUE = "overdue"
    FAILED = "failed"
    RECTIFYING = "rectifying"


OF_A_MONTH = (ListKind.DUE, ListKind.UNBOOKED)


@dataclass(frozen=True)
class ListRow:
    """A lift on a list; `due` is its inspection (or rectification, none once that is handed in).

    `urged` is what its unit was told of it so far, `reason` the special reason that was reported,
    else the outcome of the last call.
    """

    lift: LiftFacts
    due: date | None
    unit_id: int | None
    people: Sequence[Reached]
    urged: Sequence[Entry]
    reason: str = ""
    booked_on: date | None = None
    closed_on: date | None = None
    booked_late: bool = False  # after its backstop


@dataclass(frozen=True)
class LiftList:
    """A list as of a day."""

    kind: ListKind
    month: date
    today: date
    rows: Sequence[ListRow]


@verb(REGULATORS, reads=True, district_code=sees_district)
def district_list(
    session: Session, asked: Asked, *, kind: ListKind, month: date | None = None, district_code: str | None = None
) -> LiftList:
    """The lifts of one's district(s), longest due first."""
    lifts = lifts_of(asked.actor)
    if district_code is not None:
        lifts = lifts.where(table_of(Lift).c.district_code == district_code)
    found = find_list(session, kind, lifts, month or asked.today, asked.today)
    note_read(asked.actor, f"list {kind}", len(found.rows))
    return found


def find_list(session: Session, kind: ListKind, lifts: Any, month: date, today: date) -> LiftList:
    """The list of these lifts, a query of their ids, for the month of a day."""
    first = month.replace(day=1)
    return LiftList(kind, first, today, list_rows(session, _query(kind, lifts, first, today), today))


@verb(REGULATORS, reads=True, notice_id=is_their_notice)
def list_of_notice(session: Session, asked: Asked, *, notice_id: int) -> LiftList:
    """The lifts that a notice to the office told of, as they stand now: of those not booked with the reason, where it
    is known."""
    duty, told = table_of(Duty).c, table_of(Told).c
    of_notice = duty.id.in_(select(told.duty_id).where(told.notice_id == notice_id))
    rows = list_rows(session, duties(lifts_of(asked.actor), INSPECTIONS, asked.today).where(of_notice), asked.today)
    note_read(asked.actor, f"notice {notice_id}", len(rows))
    return LiftList(ListKind.UNBOOKED, asked.today.replace(day=1), asked.today, rows)


def list_rows(session: Session, query: Any, today: date) -> list[ListRow]:
    """The rows of a query of duties (see `_duties`); a lift comes once, with its earliest one."""
    found: dict[int, Any] = {}
    for row in session.execute(query):
        found.setdefault(row.lift_id, row)
    lifts = Lifts.load(session, found)
    people = people_of(session, {row.unit_id for row in found.values() if row.unit_id})
    urged, reasons = urgings(session, [row.id for row in found.values()]), reasons_of(session, found)
    return [
        ListRow(
            lifts.on(lift_id, today),
            row.due,
            row.unit_id,
            people.get(row.unit_id, []),
            [entry for entry in urged[row.id] if entry.due == row.due],
            reasons.get(lift_id) or _answer(urged[row.id]),
            row.booked_on,
            row.closed_on,
            row.booked_late,
        )
        for lift_id, row in found.items()
    ]


def reasons_of(session: Session, lift_ids: Iterable[int]) -> dict[int, str]:
    """The special reasons that are reported of these lifts and still open."""
    matter = table_of(Matter).c
    query = select(matter.lift_id, matter.reason).where(matter.reason.is_not(None), matter.closed_on.is_(None))
    parts = in_chunks(sorted(lift_ids))
    return dict(row for part in parts for row in session.execute(query.where(matter.lift_id.in_(part))).tuples())


def urgings(session: Session, duty_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """What those who owe these duties were told of them, oldest first; neither copies nor lists to an office."""
    clauses, told = Clauses(), table_of(Told).c
    found: dict[int, list[Entry]] = defaultdict(list)
    for part in in_chunks(sorted(duty_ids)):
        for entry in load_entries(session, clauses, told.duty_id.in_(part)):
            if not entry.is_copy and entry.audience != REGULATOR and entry.notice_id is not None:
                found[entry.duty_id].append(entry)
    return found


def _answer(urged: Sequence[Entry]) -> str:
    outcomes = [attempt.outcome for entry in urged for attempt in entry.attempts if attempt.outcome]
    return outcomes[-1] if outcomes else ""


def _query(kind: ListKind, lifts: Any, first: date, today: date) -> Any:
    duty, lift = table_of(Duty).c, table_of(Lift).c
    still_open = duty.closed_on.is_(None)
    in_month = duty.due.between(first, add_months(first, 1) - timedelta(days=1))
    conditions: dict[ListKind, list[Any]] = {
        ListKind.DUE: [in_month],
        ListKind.UNBOOKED: [in_month, still_open, or_(duty.booked_on.is_(None), booked_too_late(after=today))],
        ListKind.OVERDUE: [still_open, duty.due < today],
        ListKind.FAILED: [still_open, duty.due.is_not(None), has_failed()],
        ListKind.RECTIFYING: [still_open, has_items()],
    }
    kinds = (RECTIFICATION, REPORT) if kind is ListKind.RECTIFYING else INSPECTIONS
    in_use = lift.status == LiftStatus.IN_USE
    return duties(lifts, kinds, today).where(
        *conditions[kind], in_use if kind is not ListKind.DUE else in_use | ~still_open
    )


def duties(lifts: Any, kinds: Sequence[str], today: date) -> Any:
    """Duties of these kinds of the lifts of a query, with the use unit, by date."""
    duty, lift, held = table_of(Duty), table_of(Lift), table_of(Responsibility)
    by_unit = and_(held.c.lift_id == lift.c.id, held.c.role == LiftRole.USE_UNIT, held.c.to_on.is_(None))
    return (
        select(duty.c.id, duty.c.lift_id, duty.c.due, duty.c.booked_on, duty.c.closed_on)
        .add_columns(booked_too_late(after=today).label("booked_late"))
        .add_columns(held.c.party_id.label("unit_id"))
        .select_from(duty)
        .join(lift, lift.c.id == duty.c.lift_id)
        .outerjoin(held, by_unit)
        .where(duty.c.rule.in_(rules_of_kinds(*kinds)), duty.c.withdrawn_at.is_(None), lift.c.id.in_(lifts))
        .order_by(duty.c.due.is_(None), duty.c.due, lift.c.compound, lift.c.building, lift.c.id, duty.c.id)
    )
