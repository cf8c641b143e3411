"""What nobody answers is told further up; what is overdue is found. Run with every plan."""

from collections import defaultdict
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from actions.alerts.rungs import RUNGS, Rung, minutes_set
from actions.alerts.steps import OPEN_STATES, end_by_itself
from actions.alerts.tell import tell
from store.alerts import Alert, AlertKind, AlertState
from store.brakes import stopped_cities
from store.duties import Duty
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import NEVER_STOPPED
from store.settings import Setting

FOUND_ON = "alerts_found_on"  # a setting: the day on which was looked for what is overdue
DUTY_OF = {AlertKind.VISITS_LATE: "onsite_maintenance", AlertKind.IOT_OUTAGE: "iot_restore"}
TOLD_IN = (AlertState.REPORTED, AlertState.ACKNOWLEDGED, AlertState.ON_THE_WAY)
Found = dict[tuple[int, AlertKind], list[tuple[str, str]]]  # (maintainer, kind) → (city, key of a lift)


def escalate(session: Session, *, now: datetime, today: date) -> int:
    """Tell the rungs that are reached in cities where anything is sent; how many notices."""
    set_by_hand, stopped = minutes_set(session), stopped_cities(session)
    query = select(Alert).where(col(Alert.state).in_(TOLD_IN))
    written = 0
    for alert in session.exec(query.order_by(col(Alert.id)).with_for_update()).all():
        reached = [rung for rung in RUNGS[AlertKind(alert.kind)] if _is_reached(alert, rung, set_by_hand, now)]
        if reached and (alert.city_id not in stopped or alert.kind in NEVER_STOPPED):
            lifts = [] if alert.lift_id is not None else _lifts_now(session, alert, today)
            written += tell(session, alert, reached, lifts=lifts, now=now, today=today)
    return written


def _is_reached(alert: Alert, rung: Rung, set_by_hand: dict[str, int], now: datetime) -> bool:
    since = {
        AlertState.REPORTED: alert.reported_at,
        AlertState.ACKNOWLEDGED: alert.acknowledged_at,
        AlertState.ON_THE_WAY: alert.on_the_way_at,
    }[rung.state]
    return alert.state == rung.state and since is not None and now - since >= rung.after(alert.kind, set_by_hand)


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
    end_by_itself(session, [number for key, number in open_now.items() if key not in found], now=now)
    for (party_id, kind), lifts in found.items():
        if (party_id, kind) not in open_now:
            alert = Alert(city_id=lifts[0][0], kind=kind, maintainer_party_id=party_id, reported_at=now)
            session.add(alert)
            opened += 1
    session.flush()
    return opened


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
    return col(Duty.due) < today, col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None)


def _lifts_now(session: Session, alert: Alert, today: date) -> list[str]:
    query = (
        select(Lift.key)
        .join(Duty, col(Duty.lift_id) == Lift.id)
        .join(Responsibility, col(Responsibility.lift_id) == Lift.id)
        .where(Responsibility.role == LiftRole.MAINTAINER, col(Responsibility.to_on).is_(None))
        .where(Responsibility.party_id == alert.maintainer_party_id)
        .where(Duty.kind == DUTY_OF[AlertKind(alert.kind)], *_is_late(today))
        .order_by(col(Lift.key))
    )
    return list(session.exec(query))
