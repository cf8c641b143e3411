"""Several reports of one matter of one lift: what the maintainer's people do holds for all, and its end ends them.

Each report stays its own, with whoever made it. What came after the maintainer's people were there is another matter,
and so are faults in other words. A mistake is that of one report.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, select

from actions.alerts.news import after_step
from store.alerts import ENDED, OPEN, Alert, AlertKind, AlertState

ORDER = tuple(AlertState)
UNDER_WAY = (AlertState.ACKNOWLEDGED, AlertState.ON_THE_WAY)
FRESH = timedelta(minutes=30)  # for so long a word of the maintainer's people holds for who reports it after that


def hold_open_alerts(session: Session, lift_id: int | None = None) -> None:
    """Keep what is open from others until the transaction ends, of one lift or all; always in the same order."""
    query = select(Alert.id).where(text(OPEN)).order_by(col(Alert.id)).with_for_update()
    session.exec(query if lift_id is None else query.where(Alert.lift_id == lift_id)).all()


def hold_reports(session: Session, alert_id: int) -> None:
    """The same of the lift that this alert is about, where it is about one."""
    lift_id = session.get_one(Alert, alert_id).lift_id
    if lift_id is not None:
        hold_open_alerts(session, lift_id)


def column_of(state: AlertState) -> str:
    """What the columns of a step begin with."""
    return "ended" if state in ENDED else state.value


def open_of_lift(session: Session, alert: Alert) -> Sequence[Alert]:
    """The other open reports of this kind of the same lift, oldest first."""
    if alert.lift_id is None:
        return ()
    same = select(Alert).where(Alert.lift_id == alert.lift_id, Alert.kind == alert.kind, Alert.id != alert.id)
    query = same.where(text(OPEN)).order_by(col(Alert.id)).execution_options(populate_existing=True)
    return session.exec(query).all()


def go_with(session: Session, alert: Alert) -> list[Alert]:
    """Those of them that are the same matter as this one: an end of it ends them too."""
    return [other for other in open_of_lift(session, alert) if is_same_matter(alert, other)]


def take_along(
    session: Session, alert: Alert, *, by: int | None, now: datetime, today: date, seen: Sequence[int] | None = None
) -> None:
    """After a step: the other reports take it too. `seen`: those that whoever says that it is over was shown, where
    they were; a report that came while they looked stays open."""
    state = AlertState(alert.state)
    if state is AlertState.WITHDRAWN:
        return
    told = {alert.reported_by, by}
    for other in go_with(session, alert):
        is_new_to_them = state in ENDED and seen is not None and other.id not in seen
        if is_new_to_them or ORDER.index(AlertState(other.state)) >= ORDER.index(state):
            continue
        _set(other, state, by, now)
        session.add(other)
        session.flush()
        # who made several reports hears of it once
        after_step(session, other, by=other.reported_by if other.reported_by in told else by, now=now, today=today)
        told.add(other.reported_by)


def join(session: Session, alert: Alert, *, now: datetime) -> None:
    """A new report of what the maintainer's people are on already: they are on this one too, and nobody further up
    is told that they are not."""
    for other in go_with(session, alert):
        state = AlertState(other.state)
        if state not in UNDER_WAY or now - _last_word(other) > FRESH:
            continue
        for step in UNDER_WAY[: UNDER_WAY.index(state) + 1]:
            name = column_of(step)
            setattr(alert, f"{name}_by", getattr(other, f"{name}_by"))
            setattr(alert, f"{name}_at", getattr(other, f"{name}_at"))
        alert.state, alert.on_it_at = state.value, now  # its own wait begins now
        session.add(alert)
        session.flush()
        return


def words_of(what: str) -> str:
    """What whoever reported it wrote, without the notes below it."""
    return what.partition("\n")[0]


def is_same_matter(alert: Alert, other: Alert) -> bool:
    """Whether an end of this report of a lift ends that other one too."""
    if alert.maintainer_party_id != other.maintainer_party_id:
        return False  # the lift went to others in between, and these know of theirs only
    if alert.kind == AlertKind.FAULT:
        return bool(words_of(alert.what)) and words_of(alert.what) == words_of(other.what)
    return alert.arrived_at is None or other.reported_at <= alert.arrived_at


def _set(alert: Alert, state: AlertState, by: int | None, now: datetime) -> None:
    name = column_of(state)
    alert.state = state.value
    setattr(alert, f"{name}_by", by)
    setattr(alert, f"{name}_at", now)


def _last_word(alert: Alert) -> datetime:
    said = (alert.acknowledged_at, alert.on_the_way_at, alert.on_it_at)
    return max(moment for moment in said if moment is not None)
