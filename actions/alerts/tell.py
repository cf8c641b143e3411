"""The notices of an alert: beside the ladders of duties, each rung once."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from actions.alerts.basis import basis_of_alert
from actions.alerts.heard import can_be_told
from actions.alerts.numbers import emergency_phone_of, rescue_centre, rescue_party
from actions.alerts.rungs import RUNGS, Rung, Side
from store.alerts import Alert, AlertKind, AlertTold
from store.lifts import Lift
from store.notices import Notice
from store.parties import Contact, Party

MATTER, BASIS = "alert", "basis"  # among a notice's own facts, as the notifier and `explain` know them
PLACE = ("compound", "building", "internal_number", "address", "certificate", "key", "district")


def tell_at_once(session: Session, alert: Alert, *, now: datetime, today: date) -> None:
    """Tell what is told the moment it is reported."""
    rungs = [rung for rung in RUNGS[AlertKind(alert.kind)] if not rung.minutes]
    tell(session, alert, rungs, lifts=[], now=now, today=today)


def tell(session: Session, alert: Alert, rungs: Iterable[Rung], *, lifts: list[str], now: datetime, today: date) -> int:
    """Write the notices of these rungs, of those that were not told yet; how many.

    `lifts`: the register's identifiers, where it is about all lifts of a maintainer of which it is true. Whoever calls
    holds the alert's row.
    """
    told = set(session.exec(select(AlertTold.rung).where(AlertTold.alert_id == alert.id)))
    wanted = [rung for rung in rungs if rung.name not in told]
    about = _about(session, alert, lifts, now) if wanted else {}
    written = 0
    for rung in wanted:
        notice = _notice(session, alert, rung, about, today)
        if notice is not None:
            session.add(notice)
            session.flush()
            written += 1
        session.add(AlertTold(alert_id=alert.id, rung=rung.name, notice_id=notice.id if notice else None, at=now))
    session.flush()
    return written


def _notice(session: Session, alert: Alert, rung: Rung, about: dict[str, Any], today: date) -> Notice | None:
    """None where there is nobody on that side."""
    party_id, number = _whom(session, alert, rung)
    if party_id is None:
        return None
    lift = session.get(Lift, alert.lift_id) if alert.lift_id is not None else None
    return Notice(
        city_id=alert.city_id,
        planned_on=today,
        send_on=today,
        party_id=party_id,
        duty=alert.kind,
        rule="",
        step=rung.name,
        audience=rung.audience,
        district_code=(lift.district_code if lift is not None else None) or "",
        channel_class=rung.channel,
        template=rung.template,
        facts={MATTER: about | ({"number": number} if number else {}), BASIS: basis_of_alert(alert.kind)},
    )


def _whom(session: Session, alert: Alert, rung: Rung) -> tuple[int | None, str | None]:
    """The party, and the number that is called before its people."""
    if rung.side is Side.UNIT:
        return alert.unit_party_id, None
    if rung.side is Side.RESCUE:
        centre = rescue_centre(session, alert.city_id)
        return rescue_party(session, alert.city_id), centre.dialled if centre is not None else None
    if rung.at_its_number:
        return alert.maintainer_party_id, emergency_phone_of(session, alert.maintainer_party_id)
    return alert.maintainer_party_id, None


def _about(session: Session, alert: Alert, lifts: list[str], now: datetime) -> dict[str, Any]:
    """What the words of the notice are taken from, as notifier.alert_words reads it."""
    lift = session.get(Lift, alert.lift_id) if alert.lift_id is not None else None
    who = session.get(Contact, alert.reported_by) if alert.reported_by is not None else None
    return {
        "id": alert.id,
        "n": len(lifts) if lift is None else 1,
        "lifts": lifts if lift is None else [lift.key],
        "place": {name: getattr(lift, name) for name in PLACE} if lift is not None else None,
        "rescue": lift.rescue_number if lift is not None else "",
        "at": alert.reported_at.isoformat(),
        "waited": int((now - alert.reported_at).total_seconds() // 60),
        "what": alert.what,
        "who": who.name if who is not None else "",
        "phone": (who.phone or "") if who is not None else "",
        "unit": _name(session, alert.unit_party_id),
        "maintainer": _name(session, alert.maintainer_party_id),
        "reachable": can_be_told(session, alert.maintainer_party_id),
    }


def _name(session: Session, party_id: int | None) -> str:
    party = session.get(Party, party_id) if party_id is not None else None
    return party.name if party is not None else ""
