"""Open alerts of a city as an operator reads them."""

from sqlmodel import Session, col, select

from actions.alerts.steps import OPEN_STATES
from store.alerts import Alert, AlertTold
from store.lifts import Lift
from store.parties import Contact, Party


def open_alerts_of(session: Session, city_id: str | None = None) -> list[dict[str, object]]:
    """The open ones, oldest first, with the rungs that were told."""
    query = select(Alert, Lift.key, Party.name, Contact.name).outerjoin(Lift, col(Lift.id) == Alert.lift_id)
    query = query.outerjoin(Contact, col(Contact.id) == Alert.reported_by)
    query = query.outerjoin(Party, col(Party.id) == Alert.maintainer_party_id)
    query = query.where(col(Alert.state).in_(OPEN_STATES)).order_by(col(Alert.reported_at), col(Alert.id))
    if city_id is not None:
        query = query.where(Alert.city_id == city_id)
    rows = session.exec(query).all()
    told: dict[int, list[str]] = {}
    ids = [alert.id for alert, *_ in rows]
    ledger = select(AlertTold).where(col(AlertTold.alert_id).in_(ids)).order_by(col(AlertTold.at), col(AlertTold.rung))
    for one in session.exec(ledger):
        told.setdefault(one.alert_id, []).append(one.rung)
    return [
        {
            "alert": alert.id,
            "kind": alert.kind,
            "state": alert.state,
            "lift": lift or "",
            "maintainer": maintainer or "",
            "reported_by": who or "",
            "reported_at": alert.reported_at.isoformat(),
            "told": told.get(alert.id, []),
        }
        for alert, lift, maintainer, who in rows
    ]
