"""What has been said of a lift since: a report of an inspection that a later one has overtaken gives no orders."""

from datetime import date

from sqlalchemy import or_
from sqlmodel import Session, col, select

from actions.visits.inspections import ENDS_INSPECTION
from store.events import Event, EventKind, was_taken_back
from store.reports import Conclusion, Report


def later_end(session: Session, report: Report) -> date | None:
    """The day on which the last later inspection of the lift has ended, with a report or without one."""
    conclusion = col(Event.payload)["conclusion"].as_string()
    with_result = or_(col(Event.kind) != EventKind.INSPECTION_ENDED, conclusion.in_([one.value for one in Conclusion]))
    query = select(Event).where(Event.lift_id == report.lift_id, col(Event.on_date) > report.ended_on, with_result)
    query = query.where(~was_taken_back())
    query = query.where(col(Event.kind).in_(ENDS_INSPECTION)).order_by(col(Event.on_date).desc())
    last = session.exec(query.limit(1)).first()
    return last.on_date if last is not None else None


def has_later_validity(session: Session, report: Report) -> bool:
    """Whether the report of a later inspection, which none has corrected, gave the lift its validity."""
    corrected = select(Report.corrects).where(col(Report.corrects).is_not(None))
    query = select(Report.id).where(Report.lift_id == report.lift_id, col(Report.ended_on) > report.ended_on)
    query = query.where(col(Report.valid_until).is_not(None), col(Report.id).not_in(corrected))
    return session.exec(query).first() is not None
