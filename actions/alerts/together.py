"""What the maintainer's people do about one report of a lift holds for the others of the same matter (matter.py)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from actions.alerts.matter import go_with
from actions.alerts.news import after_step
from store.alerts import ENDED, OPEN, STEPS, Alert, AlertState, AlertTold
from store.notices import NoticeLog

ORDER = tuple(AlertState)
UNDER_WAY = (AlertState.ACKNOWLEDGED, AlertState.ON_THE_WAY)
FRESH = timedelta(minutes=30)  # for so long a word of the maintainer's people holds for who reports it after that
LATE = timedelta(minutes=2)  # from a tap until it is done; longer was an outage
ANSWERED = "answered by"  # so the line in a notice's history begins that says who was told and answered
AT_ONCE = timedelta(0)


def hold_open_alerts(session: Session, lift_id: int | None = None) -> None:
    """Keep what is open from others until the transaction ends, of one lift or all; always in the same order."""
    query = select(Alert.id).where(text(OPEN)).order_by(col(Alert.id)).with_for_update()
    session.exec(query if lift_id is None else query.where(Alert.lift_id == lift_id)).all()


def hold_what_is_free(session: Session, lift_id: int) -> set[int]:
    """The same of one lift without waiting for anybody: those that no plan and no step has at this moment."""
    query = select(Alert.id).where(text(OPEN), Alert.lift_id == lift_id).order_by(col(Alert.id))
    return set(session.exec(query.with_for_update(skip_locked=True)))


def hold_reports(session: Session, alert_id: int) -> None:
    """Hold what is open of the lift that this alert is about, where it is about one."""
    lift_id = session.get_one(Alert, alert_id).lift_id
    if lift_id is not None:
        hold_open_alerts(session, lift_id)


def column_of(state: AlertState) -> str:
    """What the columns of a step begin with."""
    return "ended" if state in ENDED else state.value


def values_of_step(
    alert: Alert, state: AlertState, *, by: int | None, said_at: datetime, now: datetime
) -> dict[str, Any]:
    """What is written of a step: the time at which it was said, but never before what stands there already.

    Where it waited through an outage the wait of its state begins now. A mistake counts from when it is taken back.
    """
    name = column_of(state)
    before = (getattr(alert, f"{step}_at") for step in STEPS)
    said = now if state is AlertState.WITHDRAWN else said_at
    at = max(said, alert.reported_at, *(moment for moment in before if moment is not None))
    waited = {"on_it_at": now} if state in UNDER_WAY and now - at > LATE else {}
    return {"state": state.value, f"{name}_by": by, f"{name}_at": at, **waited}


def take_along(
    session: Session, alert: Alert, *, by: int | None, now: datetime, today: date, seen: Sequence[int] | None = None
) -> None:
    """After a step: the other reports take it too, but what was reported after it was said.

    `seen`: those that whoever says that they are there, or that it is over, was shown; a report that came while they
    looked stays as it is.
    """
    state = AlertState(alert.state)
    if state is AlertState.WITHDRAWN:
        return
    said_at: datetime = getattr(alert, f"{column_of(state)}_at")
    told = {alert.reported_by, by}
    for other in go_with(session, alert):
        if _is_new(other, state, said_at, seen) or ORDER.index(AlertState(other.state)) >= ORDER.index(state):
            continue
        for name, value in values_of_step(other, state, by=by, said_at=said_at, now=now).items():
            setattr(other, name, value)
        session.add(other)
        session.flush()
        # who made several reports hears of it once
        after_step(session, other, by=other.reported_by if other.reported_by in told else by, now=now, today=today)
        told.add(other.reported_by)


def join(session: Session, alert: Alert, *, held: set[int], now: datetime) -> None:
    """A new report of what the maintainer's people are on already: they are on this one too, and nobody further up
    is told that they are not. `held`: the alerts that are ours; what another is changing just now is joined by none."""
    for other in go_with(session, alert):
        state = AlertState(other.state)
        if other.id not in held or state not in UNDER_WAY or now - _last_word(session, other) > FRESH:
            continue
        for step in UNDER_WAY[: UNDER_WAY.index(state) + 1]:
            name = column_of(step)
            setattr(alert, f"{name}_by", getattr(other, f"{name}_by"))
            setattr(alert, f"{name}_at", getattr(other, f"{name}_at"))
        alert.state = state.value  # its own wait begins with its report
        session.add(alert)
        session.flush()
        return


def _is_new(other: Alert, state: AlertState, said_at: datetime, seen: Sequence[int] | None) -> bool:
    """Whether somebody who said so then cannot have meant this report."""
    if state not in UNDER_WAY and seen is not None:
        return other.id not in seen
    return other.reported_at - said_at > (FRESH if state in UNDER_WAY else AT_ONCE)


def _last_word(session: Session, alert: Alert) -> datetime:
    """When the maintainer's people last said something: a report that joined them is none of their words."""
    said = [alert.acknowledged_at, alert.on_the_way_at, alert.on_it_at if _was_said(session, alert) else None]
    return max(moment for moment in said if moment is not None)


def _was_said(session: Session, alert: Alert) -> bool:
    """Whether the wait began anew by an answer, to a call about any report of the lift, and not by an outage."""
    answers = select(NoticeLog.id).join(AlertTold, col(AlertTold.notice_id) == NoticeLog.notice_id)
    of_lift = answers.join(Alert, col(Alert.id) == AlertTold.alert_id).where(Alert.lift_id == alert.lift_id)
    then = of_lift.where(NoticeLog.at == alert.on_it_at, col(NoticeLog.detail).startswith(ANSWERED))
    return session.exec(then).first() is not None
