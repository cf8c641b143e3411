"""Taking a copy of the store back to what was known on a day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from schedules.dates import ONE_DAY
from schedules.duties import rebuild
from schedules.ladder import refresh_next
from schedules.lift_facts import was_undone
from schedules.offices.duties import rebuild_offices
from schedules.regimes import rulebook_of
from schedules.turnover import note_derived
from store.database import lift_protection
from store.duties import Duty
from store.events import Event, EventKind
from store.lifts import City, Lift

# What the day's own plan said, and everything after; what an import of that day announced is known on it.
LATER = "(planned_on > :day OR (planned_on = :day AND run_id IS NOT NULL))"
LATER_NOTICES = f"SELECT id FROM notice WHERE {LATER}"
OF_THE_DAY = "SELECT id FROM notice WHERE planned_on = :day"
FORGET = (
    f"UPDATE task SET notice_id = NULL WHERE notice_id IN ({LATER_NOTICES})",
    f"UPDATE chat_message SET notice_id = NULL WHERE notice_id IN ({LATER_NOTICES})",
    "DELETE FROM told WHERE on_date > :day",
    f"DELETE FROM told WHERE notice_id IN ({LATER_NOTICES})",
    f"DELETE FROM delivery WHERE notice_id IN ({LATER_NOTICES})",
    f"DELETE FROM notice_log WHERE notice_id IN ({LATER_NOTICES})",
    f"DELETE FROM notice WHERE {LATER}",
    f"DELETE FROM delivery WHERE notice_id IN ({OF_THE_DAY})",
    f"UPDATE told SET state = 'reserved' WHERE state = 'told' AND notice_id IN ({OF_THE_DAY})",
    """UPDATE notice SET status = 'planned', tries = 0, settled_at = NULL, lease_until = NULL, send_on = :day
        WHERE planned_on = :day AND status NOT IN ('planned', 'cancelled')""",
    # responsibility: what was handed over later had not been handed over yet
    """DELETE FROM responsibility WHERE from_on > :day AND EXISTS (
        SELECT 1 FROM responsibility before WHERE before.lift_id = responsibility.lift_id
        AND before.role = responsibility.role AND before.to_on = responsibility.from_on
        AND before.id <> responsibility.id)""",
    "UPDATE responsibility SET to_on = NULL WHERE to_on > :day",
    # an office that nobody preceded was there from the beginning
    """UPDATE jurisdiction SET from_on = :day WHERE from_on > :day AND NOT EXISTS (
        SELECT 1 FROM jurisdiction before WHERE before.city_id = jurisdiction.city_id
        AND before.district_code = jurisdiction.district_code AND before.role = jurisdiction.role
        AND before.to_on = jurisdiction.from_on AND before.id <> jurisdiction.id)""",
    # a register's first statement holds whenever it was imported
    "UPDATE event SET known_on = :day WHERE kind = 'validity_stated' AND known_on > :day",
    "UPDATE lift SET known_from = :day WHERE known_from > :day",
)
MOVES = (
    EventKind.VALIDITY_CORRECTED,
    EventKind.VALIDITY_RENEWED,
    EventKind.TEST_DATE_STATED,
    EventKind.STATUS_CHANGED,
)


def forget_after(session: Session, day: date, *, now: datetime) -> None:
    """Undo in this copy what became known, was planned or was told on `day` or later; facts known on `day` stay.

    A register's first statement about a lift stays whenever it was imported: there is no earlier one.
    """
    lift_protection(session)
    for statement in FORGET:
        session.execute(text(statement), {"day": day.isoformat()})
    _undo_moves(session, day)
    # The first statements stay; everything else that became known later goes.
    session.execute(
        text("DELETE FROM event WHERE known_on > :day AND kind <> 'validity_stated'"), {"day": day.isoformat()}
    )
    session.expire_all()
    for city_id in session.exec(select(City.id).order_by(City.id)).all():
        eve = day - ONE_DAY  # rules that begin on `day` itself are handed over to by the day's own pass
        changes = rulebook_of(session, city_id, eve).id != rulebook_of(session, city_id, day).id
        rebuild(session, city_id=city_id, today=eve if changes else day, now=now)
        rebuild_offices(session, city_id=city_id, today=eve if changes else day, now=now)
        note_derived(session, city_id, eve if changes else day)
    refresh_next(session, session.exec(select(Duty.id)).all())


def _undo_moves(session: Session, day: date) -> None:
    query = select(Event).where(col(Event.kind).in_(MOVES), col(Event.known_on) > day, ~was_undone())
    for event in session.exec(query.order_by(col(Event.id).desc())).all():
        before = (event.payload or {}).get("from")
        lift = session.get_one(Lift, event.lift_id)
        if event.kind == EventKind.STATUS_CHANGED:
            lift.status = before or lift.status
        elif event.kind == EventKind.TEST_DATE_STATED:
            lift.next_test_on = date.fromisoformat(before) if before else None
        else:
            _restore(lift, before, renewed=event.kind == EventKind.VALIDITY_RENEWED)
        session.add(lift)
    session.flush()


def _restore(lift: Lift, before: Any, *, renewed: bool) -> None:
    lift.valid_until = date.fromisoformat(before) if before else None
    if lift.valid_until is None:
        lift.cycle = lift.valid_precision = None
    elif renewed or lift.cycle is None:
        lift.cycle = lift.valid_until
    if lift.valid_until is not None and lift.valid_precision is None:
        lift.valid_precision = "day"
