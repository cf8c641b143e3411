"""The ledger as evidence: one row for each lift, rung and party."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from actions.evidence.attempts import Attempt, Came, best_of, load_attempts
from actions.evidence.clauses import Clauses
from actions.evidence.lifts import LiftFacts, Lifts
from store.database import table_of
from store.duties import Duty, Told, ToldState
from store.lifts import Lift
from store.notices import Notice, NoticeStatus
from store.parties import Party


class Outcome(StrEnum):
    """What became of telling a party of a rung."""

    DELIVERED = "delivered"
    CALLED = "called"
    HANDED_OVER = "handed_over"
    TO_CALL = "to_call"
    DROPPED = "dropped"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    NO_CONTACT = "no_contact"
    FAILED = "failed"
    TAKEN_BACK = "taken_back"
    SUPERSEDED = "superseded"
    TOO_OLD = "too_old"


REACHED = (Outcome.DELIVERED, Outcome.CALLED, Outcome.HANDED_OVER)
NOT_ON_A_NOTICE = {
    ToldState.SUPERSEDED: Outcome.SUPERSEDED,
    ToldState.TOO_OLD: Outcome.TOO_OLD,
    ToldState.RELEASED: Outcome.TAKEN_BACK,
}
OF_NOTICE = {
    NoticeStatus.NO_CONTACT: Outcome.NO_CONTACT,
    NoticeStatus.FAILED: Outcome.FAILED,
    NoticeStatus.UNKNOWN: Outcome.UNKNOWN,
    NoticeStatus.CANCELLED: Outcome.TAKEN_BACK,
}
OF_ATTEMPT = {
    Came.DELIVERED: Outcome.DELIVERED,
    Came.CALLED: Outcome.CALLED,
    Came.HANDED_OVER: Outcome.HANDED_OVER,
    Came.TO_CALL: Outcome.TO_CALL,
    Came.DROPPED: Outcome.DROPPED,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One lift, one rung, one party. `attempts` are those that came furthest; `reason` says why it was not told."""

    lift: LiftFacts
    duty_id: int
    duty: str
    rule: str
    step: str
    clause: str
    quote: str
    due: date
    on: date
    party: str
    party_ref: str
    audience: str
    template: str
    is_copy: bool
    late: bool
    outcome: Outcome
    reason: str
    notice_id: int | None
    attempts: tuple[Attempt, ...]

    @property
    def rung(self) -> str:
        """The step's plain name: a second correction is called corrected.2 in the ledger."""
        return self.step.partition(".")[0]


def load_entries(session: Session, clauses: Clauses, *conditions: ColumnElement[bool]) -> list[Entry]:
    """The entries of the ledger under these conditions (on told, duty, lift), by day, notice and lift."""
    told, duty, lift, notice, party = (table_of(model).c for model in (Told, Duty, Lift, Notice, Party))
    query = (
        select(
            *(told.duty_id, told.due, told.step, told.on_date, told.state, told.late, told.is_copy, told.notice_id),
            *(duty.kind, duty.rule, duty.lift_id, party.id.label("party_id"), party.name, party.ref),
            *(notice.audience, notice.template, notice.status, notice.reason),
        )
        .select_from(table_of(Told))
        .join(table_of(Duty), duty.id == told.duty_id)
        .join(table_of(Lift), lift.id == duty.lift_id)
        .join(table_of(Party), party.id == told.party_id)
        .outerjoin(table_of(Notice), notice.id == told.notice_id)
        .where(*conditions)
        .order_by(told.on_date, told.notice_id, told.step, lift.id, party.id)
    )
    rows = session.execute(query).all()
    attempts = load_attempts(session, (row.notice_id for row in rows if row.notice_id))
    lifts = Lifts.load(session, (row.lift_id for row in rows))
    return [_entry(row, attempts.get(row.notice_id or 0, []), lifts, clauses) for row in rows]


def _entry(row: Any, attempts: Sequence[Attempt], lifts: Lifts, clauses: Clauses) -> Entry:
    clause, quote = clauses.of(row.rule, row.step)
    best = best_of(attempts)
    outcome = outcome_of(row, best)
    return Entry(
        lift=lifts.on(row.lift_id, row.on_date),
        duty_id=row.duty_id,
        duty=row.kind,
        rule=row.rule,
        step=row.step,
        clause=clause,
        quote=quote,
        due=row.due,
        on=row.on_date,
        party=row.name,
        party_ref=row.ref,
        audience=row.audience or "",
        template=row.template or "",
        is_copy=bool(row.is_copy),
        late=bool(row.late),
        outcome=outcome,
        reason=(row.reason or "") if outcome not in REACHED else "",
        notice_id=row.notice_id,
        attempts=tuple(best),
    )


def outcome_of(row: Any, best: Iterable[Attempt]) -> Outcome:
    """What became of a row of the ledger: its `state`, the `status` of its notice, the attempts that came furthest."""
    if row.state in NOT_ON_A_NOTICE:
        return NOT_ON_A_NOTICE[ToldState(row.state)]
    if row.state == ToldState.TOLD:
        came = next((attempt.came for attempt in best), None)
        if came is None and row.status == NoticeStatus.CANCELLED:
            return Outcome.CALLED  # it had no words, and a person told them by hand
        return OF_ATTEMPT.get(came, Outcome.HANDED_OVER) if came else Outcome.HANDED_OVER
    return OF_NOTICE.get(NoticeStatus(row.status), Outcome.WAITING)
