"""Whose report it is: that of whose lift it is."""

from typing import Any

from sqlmodel import Session

from actions.actors import Actor
from actions.sight import among_lifts_of, is_at_desk
from store.reports import Report


def is_their_report(session: Session, actor: Actor, report_id: Any) -> bool:
    """A guard: a report on a lift that they may see."""
    report = session.get(Report, report_id)
    return report is not None and among_lifts_of(session, actor, [report.lift_id])


def acts_on_report(session: Session, actor: Actor, report_id: Any) -> bool:
    """A guard: one on a lift for which the own department answers now, whichever has issued it."""
    report = session.get(Report, report_id)
    return report is not None and is_at_desk(session, actor, [report.lift_id])
