"""What nobody answers is told further up, and again until somebody does. Run with every plan."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from actions.alerts.overdue import late_now, late_units
from actions.alerts.rungs import (
    END,
    LAST,
    LATER_PACE,
    MINUTE,
    MOST_AT_RESCUE,
    PACE,
    PACES,
    RESCUE,
    ROUNDS,
    RUNGS,
    WAITS_AT_NIGHT,
    Rung,
    Side,
    base_of,
    minutes_set,
    number_of,
)
from actions.alerts.tell import Telling, officers, tell, told_of
from store.alerts import Alert, AlertKind, AlertState
from store.brakes import stopped_cities
from store.notices import AGAIN, NEVER_STOPPED
from store.quiet import QuietHours

TOLD_IN = (AlertState.REPORTED, AlertState.ACKNOWLEDGED, AlertState.ON_THE_WAY, AlertState.ARRIVED)


def escalate(session: Session, *, now: datetime, today: date, quiet: QuietHours | None = None) -> int:
    """Tell the rungs that are reached in cities where anything is sent; how many notices.

    In `quiet` hours the minutes of what waits for the morning stand still, or all would be told of it at once then.
    """
    set_by_hand, stopped = minutes_set(session), stopped_cities(session)
    query = select(Alert).where(col(Alert.state).in_(TOLD_IN))
    written = 0
    for alert in session.exec(query.order_by(col(Alert.id)).with_for_update()).all():
        if alert.city_id in stopped and alert.kind not in NEVER_STOPPED:
            continue
        told = told_of(session, alert.id)
        waited = waited_in(alert, now, quiet)
        reached = [rung for rung in RUNGS[AlertKind(alert.kind)] if _is_reached(alert, rung, waited, set_by_hand)]
        wanted = [
            one
            for rung in reached
            for one in _tellings(session, alert, rung, today - rung.after(alert.kind, set_by_hand))
            if one.name not in told
        ]
        told |= {one.name: now for one in wanted}
        wanted += _said_again(alert, told, waited, set_by_hand, now)
        if wanted:
            lifts = [] if alert.lift_id is not None else late_now(session, alert, today)
            since = now - _came_at(alert)  # the words say the true time, also where the minutes stood still
            written += tell(session, alert, wanted, lifts=lifts, waited=since, now=now, today=today)
    return written


def waited_in(alert: Alert, now: datetime, quiet: QuietHours | None = None) -> timedelta:
    """For how long nothing has happened since the last step, or since they said that they are on it."""
    since = _waits_from(alert)
    return quiet.awake(since, now) if quiet is not None and alert.kind in WAITS_AT_NIGHT else now - since


def _waits_from(alert: Alert) -> datetime:
    return max(_came_at(alert), alert.on_it_at or alert.reported_at)


def _came_at(alert: Alert) -> datetime:
    """When it came into its state."""
    since = {
        AlertState.REPORTED: alert.reported_at,
        AlertState.ACKNOWLEDGED: alert.acknowledged_at,
        AlertState.ON_THE_WAY: alert.on_the_way_at,
        AlertState.ARRIVED: alert.arrived_at,
    }[AlertState(alert.state)]
    assert since is not None  # a state has its time, by a check of the store
    return since


def _is_reached(alert: Alert, rung: Rung, waited: timedelta, set_by_hand: dict[str, int]) -> bool:
    return alert.state == rung.state and waited >= rung.after(alert.kind, set_by_hand)


def _tellings(session: Session, alert: Alert, rung: Rung, before: date) -> list[Telling]:
    """The rung as the ledger knows it; of many units one for each whose lifts are late since `before`, and one for
    each officer of a regulator, where any can be told."""
    if rung.side is Side.REGULATOR and (people := officers(session, alert)):
        return [Telling(f"{rung.name}:{one.id}", rung, one.party_id, contact_id=one.id) for one in people]
    if rung.side is not Side.UNITS:
        return [Telling(rung.name, rung)]
    units = late_units(session, alert, before)
    return [Telling(f"{rung.name}:{party_id}", rung, party_id, keys) for party_id, keys in units.items()]


def _said_again(
    alert: Alert, told: dict[str, datetime], waited: timedelta, set_by_hand: dict[str, int], now: datetime
) -> list[Telling]:
    """What is to be said once more: of each turn the latest, unless the same was said a moment ago; at last the end."""
    kind = AlertKind(alert.kind)
    pace, later, end = (set_by_hand.get(f"{kind}.{name}", PACES[name]) for name in (PACE, LATER_PACE, END))
    if waited >= end * MINUTE:
        last = [rung for rung in LAST.get(kind, ()) if rung.state == alert.state and rung.name not in told]
        return [Telling(rung.name, rung) for rung in last]
    lately = {base_of(name) for name, at in told.items() if now - at < pace * MINUTE}
    found: list[Telling] = []
    for rounds in ROUNDS.get(kind, ()):
        if rounds.state != alert.state:
            continue
        for number, rung in rounds.reached(waited, pace, later):
            count = number + _said_before(alert, told, rung)
            name = f"{rung.name}{AGAIN}{count}"
            is_too_often = rung.name == RESCUE.name and count > MOST_AT_RESCUE + 1
            if name not in told and rung.name not in lately and not is_too_often:
                found.append(Telling(name, rung))
    return found


def _said_before(alert: Alert, told: dict[str, datetime], rung: Rung) -> int:
    """How often it was said again before the wait of this state began anew."""
    if alert.on_it_at is None:
        return 0
    before = [number_of(name) for name, at in told.items() if base_of(name) == rung.name and at <= alert.on_it_at]
    return max(before, default=1) - 1
