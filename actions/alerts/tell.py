"""The notices of an alert: beside the ladders of duties, each by its name once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, or_, select

from actions.alerts.basis import basis_of_alert, interval_rules
from actions.alerts.call_off import REPEATED
from actions.alerts.heard import can_be_told
from actions.alerts.numbers import emergency_phone_of, rescue_centre, rescue_party
from actions.alerts.rungs import MINUTE, RUNGS, Rung, Side, base_of
from notifier.outbox import cancel
from schedules.tasks import desk_of
from store.alerts import Alert, AlertKind, AlertTold
from store.duties import ONSITE, Duty
from store.lifts import Lift
from store.notices import AGAIN, Notice
from store.parties import AreaRole, Chat, Contact, ContactRole, Jurisdiction, party_name
from store.task_list import open_once
from store.tasks import Task, TaskKind

MATTER, BASIS = "alert", "basis"  # among a notice's own facts, as the notifier and `explain` know them
PLACE = ("compound", "building", "internal_number", "address", "certificate", "key", "district")
NO_TIME = timedelta(0)
WHOLE_CITY = "*"


@dataclass(frozen=True)
class Telling:
    """A rung under the name by which the ledger knows it; of many parties, to which one and about which lifts; of many
    people there, to whom."""

    name: str
    rung: Rung
    party_id: int | None = None
    lifts: list[str] | None = None
    contact_id: int | None = None


def told_of(session: Session, alert_id: int) -> dict[str, datetime]:
    """What was told of an alert, by name, and when."""
    query = select(AlertTold.rung, AlertTold.at).where(AlertTold.alert_id == alert_id)
    return dict(session.exec(query).all())


def tell_at_once(session: Session, alert: Alert, *, now: datetime, today: date) -> None:
    """Tell what is told the moment it is reported."""
    wanted = [Telling(rung.name, rung) for rung in RUNGS[AlertKind(alert.kind)] if not rung.minutes]
    tell(session, alert, wanted, lifts=[], waited=NO_TIME, now=now, today=today)


def tell(
    session: Session,
    alert: Alert,
    wanted: Iterable[Telling],
    *,
    lifts: list[str],
    waited: timedelta,
    now: datetime,
    today: date,
) -> int:
    """Write these notices, none of which was told yet; how many.

    `lifts`: the register's identifiers, where it is about all lifts of a maintainer of which it is true. `waited`:
    since the last step, nights and all. Whoever calls holds the alert's row.
    """
    written = 0
    for telling in wanted:
        if AGAIN in telling.name:
            _replace_earlier(session, alert, telling.rung, now)
        if telling.rung.asks_desk is not None:
            _ask_desk(session, alert, telling.rung.asks_desk, waited, today)
        keys = telling.lifts if telling.lifts is not None else lifts
        about = (
            about_alert(session, alert, keys)
            | _intervals(session, alert, keys)
            | {"state": telling.rung.state.value, "waited": waited // MINUTE}
        )
        notice = _notice(session, alert, telling, about, today)
        if notice is not None:
            written += 1
        keep(session, alert, telling.name, notice, now)
    session.flush()
    return written


def _intervals(session: Session, alert: Alert, keys: list[str]) -> dict[str, Any]:
    """Of late visits the rules that set their intervals, where they are not the law's."""
    if alert.kind != AlertKind.VISITS_LATE:
        return {}
    query = select(Duty.rule).join(Lift, col(Lift.id) == Duty.lift_id)
    open_ones = query.where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
    late = open_ones.where(col(Lift.key).in_(keys), Lift.city_id == alert.city_id, Duty.kind == ONSITE)
    return {"rules": interval_rules(session.exec(late.distinct()))}


def keep(session: Session, alert: Alert, name: str, notice: Notice | None, now: datetime) -> None:
    """Write a notice, and in the ledger what it tells; None: there was nobody whom it is for."""
    if notice is not None:
        session.add(notice)
        session.flush()
    session.add(AlertTold(alert_id=alert.id, rung=name, notice_id=notice.id if notice else None, at=now))


def notice_of(session: Session, alert: Alert, today: date, **values: Any) -> Notice:
    """A notice about an alert."""
    lift = session.get(Lift, alert.lift_id) if alert.lift_id is not None else None
    about: dict[str, Any] = {
        "city_id": alert.city_id,
        "planned_on": today,
        "send_on": today,
        "duty": alert.kind,
        "rule": "",
    }
    return Notice(**about, district_code=(lift.district_code if lift is not None else None) or "", **values)


def _notice(session: Session, alert: Alert, telling: Telling, about: dict[str, Any], today: date) -> Notice | None:
    """None where there is nobody on that side."""
    rung = telling.rung
    party_id, number = (telling.party_id, None) if telling.party_id else _whom(session, alert, rung)
    if party_id is None:
        return None
    about |= {"number": number} if number else {}
    about |= {"contact": telling.contact_id} if telling.contact_id else {}
    return notice_of(
        session,
        alert,
        today,
        party_id=party_id,
        step=telling.name,
        audience=rung.audience,
        channel_class=rung.channel,
        template=rung.template,
        facts=facts_of(alert, about),
    )


def facts_of(alert: Alert, about: dict[str, Any]) -> dict[str, Any]:
    """A notice's own facts: what its words are taken from, and on what it rests."""
    return {MATTER: about, BASIS: basis_of_alert(alert.kind, about.get("rules", ()))}


def _replace_earlier(session: Session, alert: Alert, rung: Rung, now: datetime) -> None:
    """What of the same rung has not left yet is said by this one: nobody hears it twice in a row.

    A call that a person is to make stays: they may be on the telephone with it.
    """
    rows = session.exec(select(AlertTold).where(AlertTold.alert_id == alert.id, col(AlertTold.notice_id).is_not(None)))
    earlier = [row.notice_id for row in rows if base_of(row.rung) == rung.name and row.notice_id is not None]
    cancel(session, earlier, reason=REPEATED, now=now)


def _ask_desk(session: Session, alert: Alert, kind: TaskKind, waited: timedelta, today: date) -> None:
    """Whoever sits at the inspection department has it before their eyes, and the operator in the list of tasks."""
    lift = session.get_one(Lift, alert.lift_id)
    about = about_alert(session, alert, [])
    names = ("unit", "maintainer", "who", "phone", "rescue")
    open_once(
        session,
        Task(
            kind=kind,
            key=f"alert:{alert.id}",
            city_id=alert.city_id,
            owner_party_id=desk_of(session, alert.city_id, lift.district_code),
            lift_id=lift.id,
            party_id=alert.maintainer_party_id,
            detail={name: about[name] for name in names} | {"lifts": [lift.key], "waited": waited // MINUTE},
            opened_on=today,
        ),
    )


def _whom(session: Session, alert: Alert, rung: Rung) -> tuple[int | None, str | None]:
    """The party, and the number that is called before its people."""
    if rung.side is Side.UNIT:
        return alert.unit_party_id, None
    if rung.side is Side.RESCUE:
        centre = rescue_centre(session, alert.city_id)
        return rescue_party(session, alert.city_id), centre.dialled if centre is not None else None
    if rung.side in (Side.DEPARTMENT, Side.REGULATOR):
        return _office(session, alert, rung.side), None
    if rung.at_its_number:
        return alert.maintainer_party_id, emergency_phone_of(session, alert.maintainer_party_id)
    return alert.maintainer_party_id, None


def _office(session: Session, alert: Alert, side: Side) -> int | None:
    """The inspection department or the regulator of the lift's district, else that of the whole city."""
    lift = session.get_one(Lift, alert.lift_id)
    if side is Side.DEPARTMENT:
        return desk_of(session, alert.city_id, lift.district_code)
    query = select(Jurisdiction).where(Jurisdiction.city_id == alert.city_id, col(Jurisdiction.to_on).is_(None))
    answers = {(one.role, one.district_code): one.party_id for one in session.exec(query)}
    of_district = answers.get((AreaRole.DISTRICT_REGULATOR, lift.district_code or ""))
    return of_district or answers.get((AreaRole.CITY_REGULATOR, WHOLE_CITY))


def officers(session: Session, alert: Alert) -> list[Contact]:
    """Everybody at the regulator of the lift's district who can be told."""
    here = select(Contact).where(
        Contact.party_id == _office(session, alert, Side.REGULATOR), col(Contact.to_on).is_(None)
    )
    chat = select(Chat.id).where(Chat.contact_id == Contact.id, col(Chat.active)).exists()
    reached = or_(col(Contact.phone).is_not(None), chat)
    query = here.where(Contact.role == ContactRole.REGULATOR_OFFICER, reached)
    return list(session.exec(query.order_by(col(Contact.id))))


def about_alert(session: Session, alert: Alert, lifts: list[str]) -> dict[str, Any]:
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
        "what": alert.what,
        "who": who.name if who is not None else "",
        "phone": (who.phone or "") if who is not None else "",
        "unit": party_name(session, alert.unit_party_id),
        "maintainer": party_name(session, alert.maintainer_party_id),
        "reachable": can_be_told(session, alert.maintainer_party_id),
    }
