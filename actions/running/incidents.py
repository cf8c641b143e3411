"""Incidents of our own work: opened when something is wrong, ended when it has been right for a while, told once each.

Several processes may look at the same time: whoever claims the telling tells, the others don't. A claim is a pause
before the next try, so that a process that dies while it tells is followed by another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, text
from sqlmodel import Session, and_, col, exists, or_, select

from actions.running.health import Trouble
from store.database import table_of
from store.watch import Incident

ABOUT = "operation"


@dataclass(frozen=True)
class Patience:
    """`calm`: how long all must be well before an incident ends. `retry`: after a telling that reached nobody.

    `between`: the least time between two alarms; an incident that ends in it is never spoken of.
    """

    calm: timedelta = timedelta(minutes=10)
    retry: timedelta = timedelta(minutes=10)
    between: timedelta = timedelta(hours=1)


PATIENCE = Patience()

COLUMNS = table_of(Incident).c
OPEN = text(
    """INSERT INTO incident (about, reason, facts, began_at) VALUES (:about, :reason, :facts, :now)
    ON CONFLICT (about) WHERE ended_at IS NULL DO NOTHING"""
).bindparams(bindparam("facts", type_=COLUMNS.facts.type), bindparam("now", type_=COLUMNS.began_at.type))


@dataclass(frozen=True)
class Telling:
    """What the operator is to be told: that an incident began, or (`over`) that it ended."""

    incident: Incident
    over: bool


def follow(
    session: Session, trouble: Trouble | None, *, now: datetime, patience: Patience = PATIENCE
) -> Telling | None:
    """Open, go on with, or end the incident; what must be told now, claimed for the caller."""
    if trouble is not None:
        session.execute(
            OPEN, {"about": ABOUT, "reason": trouble.reason.value, "facts": dict(trouble.facts), "now": now}
        )
    current = session.exec(select(Incident).where(_is_open()).with_for_update()).first()
    if current is not None:
        _note(current, trouble, now, patience)
        session.add(current)
        session.flush()
    return _claim(session, now, patience)


def mark_told(session: Session, telling: Telling, *, now: datetime) -> None:
    """The operator has it."""
    incident = session.get_one(Incident, telling.incident.id)
    incident.retry_at = None
    if telling.over:
        incident.end_told_at = now
    else:
        incident.told_at = now
    session.add(incident)
    session.flush()


def _is_open() -> ColumnElement[bool]:
    return and_(COLUMNS.about == ABOUT, COLUMNS.ended_at.is_(None))


def _note(incident: Incident, trouble: Trouble | None, now: datetime, patience: Patience) -> None:
    if trouble is not None:
        incident.well_since = None
        return
    incident.well_since = incident.well_since or now
    if now - incident.well_since >= patience.calm:
        incident.ended_at = now


def _claim(session: Session, now: datetime, patience: Patience) -> Telling | None:
    """The end of a told incident, else an open one that is untold; alarms keep their distance."""
    ready = or_(COLUMNS.retry_at.is_(None), COLUMNS.retry_at <= now)
    over = and_(COLUMNS.ended_at.is_not(None), COLUMNS.told_at.is_not(None), COLUMNS.end_told_at.is_(None))
    earlier = table_of(Incident).alias()
    spoken = exists().where(and_(earlier.c.about == ABOUT, earlier.c.told_at > now - patience.between))
    begun = and_(_is_open(), COLUMNS.told_at.is_(None), ~spoken)
    query = select(Incident).where(ready, or_(over, begun)).order_by(col(Incident.id)).with_for_update()
    found = session.exec(query).first()
    if found is None:
        return None
    found.retry_at = now + patience.retry
    session.add(found)
    session.flush()
    return Telling(found, over=found.ended_at is not None)
