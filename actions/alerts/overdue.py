"""Late visits and failed monitoring: found once a day, one alert for each maintainer and kind, over by itself."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from actions.alerts.steps import OPEN_STATES, end_by_itself
from store.alerts import Alert, AlertKind
from store.duties import Duty
from store.lifts import Lift, LiftRole, Responsibility
from store.settings import Setting

FOUND_ON = "alerts_found_on"  # a setting: the day on which was looked for what is overdue
DUTY_OF = {AlertKind.VISITS_LATE: "onsite_maintenance", AlertKind.IOT_OUTAGE: "iot_restore"}
Found = dict[tuple[int, AlertKind], list[tuple[str, str]]]  # (maintainer, kind) → (city, key of a lift)


def find_overdue(session: Session, *, now: datetime, today: date) -> int:
    """Once a day: open an alert for each maintainer with late visits or failed monitoring, end those that are over.

    Returns how many were opened.
    """
    setting = session.get(Setting, FOUND_ON)
    if setting is not None and setting.value == today.isoformat():
        return 0
    session.merge(Setting(key=FOUND_ON, value=today.isoformat()))
    found, opened = _overdue(session, today), 0
    known = select(Alert).where(col(Alert.lift_id).is_(None), col(Alert.state).in_(OPEN_STATES))
    open_now = {(one.maintainer_party_id, AlertKind(one.kind)): one.id for one in session.exec(known)}
    over = [number for key, number in open_now.items() if key not in found]
    end_by_itself(session, over, now=now, today=today)
    for (party_id, kind), lifts in found.items():
        if (party_id, kind) not in open_now:
            alert = Alert(city_id=lifts[0][0], kind=kind, maintainer_party_id=party_id, reported_at=now)
            session.add(alert)
            opened += 1
    session.flush()
    return opened


def late_now(session: Session, alert: Alert, today: date) -> list[str]:
    """The register's identifiers of the lifts of which such an alert is true today."""
    query = select(Lift.key).where(col(Lift.id).in_(_late_lifts(alert, today))).order_by(col(Lift.key))
    return list(session.exec(query))


def late_units(session: Session, alert: Alert, before: date) -> dict[int, list[str]]:
    """The use units with lifts that are late since before this day, and which lifts those are."""
    query = (
        select(Responsibility.party_id, Lift.key)
        .join(Lift, col(Lift.id) == Responsibility.lift_id)
        .where(Responsibility.role == LiftRole.USE_UNIT, col(Responsibility.to_on).is_(None))
        .where(col(Lift.id).in_(_late_lifts(alert, before)))
        .order_by(col(Responsibility.party_id), col(Lift.key))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for party_id, key in session.exec(query):
        found[party_id].append(key)
    return found


def _late_lifts(alert: Alert, today: date) -> Any:
    return (
        select(Duty.lift_id)
        .join(Responsibility, col(Responsibility.lift_id) == Duty.lift_id)
        .where(Responsibility.role == LiftRole.MAINTAINER, col(Responsibility.to_on).is_(None))
        .where(Responsibility.party_id == alert.maintainer_party_id)
        .where(Duty.kind == DUTY_OF[AlertKind(alert.kind)], *_is_late(today))
    )


def _overdue(session: Session, today: date) -> Found:
    found: Found = defaultdict(list)
    kinds = {duty: kind for kind, duty in DUTY_OF.items()}
    query = (
        select(Responsibility.party_id, Duty.kind, Lift.city_id, Lift.key)
        .join(Lift, col(Lift.id) == Duty.lift_id)
        .join(Responsibility, col(Responsibility.lift_id) == Lift.id)
        .where(Responsibility.role == LiftRole.MAINTAINER, col(Responsibility.to_on).is_(None))
        .where(col(Duty.kind).in_(kinds), *_is_late(today))
        .order_by(col(Responsibility.party_id), col(Lift.key))
    )
    for party_id, duty, city_id, key in session.exec(query):
        found[party_id, kinds[duty]].append((city_id, key))
    return found


def _is_late(today: date) -> tuple[ColumnElement[bool], ...]:
    """Not where a statement of delay holds reminders back (003 四(五))."""
    is_held = col(Duty.held_until).is_not(None) & (col(Duty.held_until) > today)
    return col(Duty.due) < today, col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None), ~is_held
