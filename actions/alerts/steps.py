"""How an alert goes on: received, on the way, there, and ended. Each step once; who comes second is told who was first.

A step may be left out: whoever is there has been on the way. Nothing goes backwards. What is done about one report of a
lift is done about the others of the same matter (together.py). Its time is that at which it was said.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, UNIT, Actor, Asked, Role
from actions.alerts.call_off import call_off
from actions.alerts.news import after_step
from actions.alerts.together import column_of, hold_reports, take_along, values_of_step
from actions.refusals import Refused
from actions.registry import verb
from actions.sight import among_lifts_of
from notifier.outbox import write_log
from store.alerts import ENDED, Alert, AlertKind, AlertState, AlertTold
from store.database import table_of
from store.notices import Notice
from store.parties import Contact

S = AlertState
OPEN_STATES = (S.REPORTED, S.ACKNOWLEDGED, S.ON_THE_WAY, S.ARRIVED)
BEFORE_ARRIVAL = (S.REPORTED, S.ACKNOWLEDGED, S.ON_THE_WAY)
# From which states each step may be taken; docs/alerts.md draws it.
STEPS: dict[AlertState, tuple[AlertState, ...]] = {
    S.ACKNOWLEDGED: (S.REPORTED,),
    S.ON_THE_WAY: (S.REPORTED, S.ACKNOWLEDGED),
    S.ARRIVED: (S.REPORTED, S.ACKNOWLEDGED, S.ON_THE_WAY),
    S.DONE: OPEN_STATES,
    S.FREED: OPEN_STATES,
    S.WITHDRAWN: OPEN_STATES,
}
# How each kind ends by somebody's word; what was found by itself ends by itself.
ENDS: dict[AlertKind, tuple[AlertState, ...]] = {
    AlertKind.FAULT: (S.DONE, S.WITHDRAWN),
    AlertKind.ENTRAPMENT: (S.FREED, S.WITHDRAWN),
    AlertKind.VISITS_LATE: (),
    AlertKind.IOT_OUTAGE: (),
}


def their_alerts(session: Session, actor: Actor, alert_id: Any) -> bool:
    """A guard: an alert that was put to this maintainer; of a use unit, one of their lifts or their own report."""
    alert = session.get(Alert, alert_id)
    if alert is None:
        return False
    if actor.role in MAINTAINER:
        return alert.maintainer_party_id == actor.party_id
    if alert.lift_id is None:
        return False
    return alert.reported_by == actor.contact_id or among_lifts_of(session, actor, [alert.lift_id])


@verb(MAINTAINER, alert_id=their_alerts)
def acknowledge_alert(session: Session, asked: Asked, *, alert_id: int) -> Alert:
    """Somebody of the maintainer has seen it: nobody further up is told that nobody has."""
    return _step(session, asked, alert_id, S.ACKNOWLEDGED)


@verb(MAINTAINER, alert_id=their_alerts)
def set_out(session: Session, asked: Asked, *, alert_id: int) -> Alert:
    """Somebody is on the way."""
    return _step(session, asked, alert_id, S.ON_THE_WAY)


@verb(MAINTAINER, alert_id=their_alerts)
def arrive(session: Session, asked: Asked, *, alert_id: int, seen: Sequence[int] | None = None) -> Alert:
    """The maintainer's people are there. Only they say so: calls end with it.

    `seen`: the other reports of the lift that were shown; of one that came since nobody has said so.
    """
    return _step(session, asked, alert_id, S.ARRIVED, seen=seen)


@verb(MAINTAINER | UNIT, alert_id=their_alerts)
def free_people(session: Session, asked: Asked, *, alert_id: int, seen: Sequence[int] | None = None) -> Alert:
    """Everybody who was shut in is out, whoever reported them.

    `seen`: as in `arrive`; a report that came since stays open.
    """
    return _step(session, asked, alert_id, S.FREED, seen=seen)


@verb(MAINTAINER | UNIT, alert_id=their_alerts)
def finish_fault(session: Session, asked: Asked, *, alert_id: int, seen: Sequence[int] | None = None) -> Alert:
    """The fault is repaired.

    `seen`: as in `arrive`; a report that came since stays open.
    """
    return _step(session, asked, alert_id, S.DONE, seen=seen)


@verb(UNIT, alert_id=their_alerts)
def withdraw_fault(session: Session, asked: Asked, *, alert_id: int) -> Alert:
    """There is no fault: it was reported by mistake."""
    return _step(session, asked, alert_id, S.WITHDRAWN)


@verb(UNIT | MAINTAINER, alert_id=their_alerts)
def withdraw_entrapment(session: Session, asked: Asked, *, alert_id: int) -> Alert:
    """Nobody is or was shut in: whoever reported it or the unit's head says so, before anybody was there.

    While another alert says so of the same lift, this one was said twice, and nobody is told of a mistake.
    """
    if not may_withdraw(session.get_one(Alert, alert_id), asked.actor):
        raise Refused("alerts.not_to_withdraw")
    return _step(session, asked, alert_id, S.WITHDRAWN, from_states=BEFORE_ARRIVAL)


def end_by_operator(session: Session, alert_id: int, *, by: str, now: datetime, today: date) -> Alert:
    """An operator has found out that it is over: everybody is out, or it is repaired. It stands in the history of each
    of its notices who said so. Other reports of the lift stay open: the operator names each that is over.

    Raises ValueError, with a sentence, where it cannot be ended so.
    """
    if session.get(Alert, alert_id) is None:
        raise ValueError("there is no such alert; `tixing alerts` lists those that are open")
    hold_reports(session, alert_id)
    alert = session.get_one(Alert, alert_id, with_for_update=True, populate_existing=True)
    if alert.state in ENDED:
        raise ValueError(f"it is over: {alert.state}")
    ends = ENDS[AlertKind(alert.kind)]
    if not ends:
        raise ValueError(f"{alert.kind} was found by itself, and ends by itself when it is true no more")
    alert.state, alert.ended_at, alert.ended_by = ends[0].value, now, None
    session.add(alert)
    session.flush()
    told = select(Notice).join(AlertTold, col(AlertTold.notice_id) == Notice.id).where(AlertTold.alert_id == alert.id)
    said = f"alert {alert.id} is {alert.state}, says {by} (operator)"
    write_log(session, [(notice.id, notice.status, said) for notice in session.exec(told)], now)
    after_step(session, alert, by=None, now=now, today=today)
    return alert


def can_be_mistake(alert: Alert) -> bool:
    """Whether it is still open to say that nobody is or was shut in."""
    return alert.kind == AlertKind.ENTRAPMENT and alert.state in BEFORE_ARRIVAL


def may_withdraw(alert: Alert, actor: Actor) -> bool:
    """Whether this person may say that an entrapment was a mistake: whoever reported it, or the head of the unit."""
    return alert.reported_by == actor.contact_id or actor.role is Role.LEGAL_REP


def _step(
    session: Session,
    asked: Asked,
    alert_id: int,
    to: AlertState,
    *,
    from_states: tuple[AlertState, ...] = (),
    seen: Sequence[int] | None = None,
) -> Alert:
    hold_reports(session, alert_id)  # of two at once, the second sees the first
    alert = session.get(Alert, alert_id, populate_existing=True)
    assert alert is not None  # the guard has seen it
    is_mistake = to is S.WITHDRAWN and alert.kind == AlertKind.ENTRAPMENT
    if is_mistake != bool(from_states):  # a verb for faults withdraws no entrapment, nor the other way round
        raise Refused("alerts.ends_otherwise", kind=alert.kind)
    if to in ENDED and to not in ENDS[AlertKind(alert.kind)]:
        raise Refused("alerts.ends_otherwise", kind=alert.kind)
    table, by = table_of(Alert), asked.actor.contact_id
    values = values_of_step(alert, to, by=by, said_at=asked.said_at, now=asked.now)
    mine = update(table).where(table.c.id == alert_id, table.c.state.in_(from_states or STEPS[to]))
    is_mine = session.execute(mine.values(**values).returning(table.c.id)).first() is not None
    session.refresh(alert)
    if is_mine:
        after_step(session, alert, by=by, now=asked.now, today=asked.today)
        take_along(session, alert, by=by, now=asked.now, today=asked.today, seen=seen)
    if not is_mine and is_mistake and alert.state == S.ARRIVED:
        raise Refused("alerts.somebody_is_there")
    if not is_mine and (alert.state != to or getattr(alert, f"{column_of(to)}_by") != by):
        raise Refused("alerts.already", **_first(session, alert))
    return alert


def _first(session: Session, alert: Alert) -> dict[str, Any]:
    """How far it is, by whom and since when."""
    name = column_of(AlertState(alert.state))
    by: int | None = getattr(alert, f"{name}_by")
    at: datetime = getattr(alert, f"{name}_at")
    contact = session.get(Contact, by) if by is not None else None
    return {"state": alert.state, "who": contact.name if contact is not None else "", "at": at}


def end_by_itself(session: Session, alert_ids: list[int], *, now: datetime, today: date) -> None:
    """What was found is no longer true."""
    table = table_of(Alert)
    query = update(table).where(table.c.id.in_(alert_ids), col(Alert.state).in_(OPEN_STATES))
    ended = session.execute(query.values(state=S.DONE.value, ended_at=now, ended_by=None).returning(table.c.id))
    for number in sorted(ended.scalars().all()):
        call_off(session, session.get_one(Alert, number, populate_existing=True), now=now, today=today)
