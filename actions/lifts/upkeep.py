"""What a maintainer's people have to do on their lifts: due soon, overdue, papers that end, alerts that are open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_
from sqlmodel import Session, col, func, select

from actions.actors import MAINTAINER, UNIT, Actor, Asked
from actions.alerts.matter import is_same_matter, open_of_lift, still_said
from actions.alerts.steps import OPEN_STATES, can_be_mistake, may_withdraw, their_alerts
from actions.lifts.explain import place_of
from actions.refusals import Refused
from actions.registry import verb
from actions.sight import lifts_of
from actions.told.stories import to_their_party
from store.alerts import Alert, AlertState, AlertTold
from store.chats import find_file
from store.duties import Duty
from store.lifts import Lift
from store.parties import Contact, party_name

AHEAD = timedelta(days=30)
PAGE = 10
Conditions = tuple[ColumnElement[bool], ...]
PAPERS = ("insurance_renewal", "certificate_renewal")


@dataclass(frozen=True)
class KindCount:
    """How many duties of a kind are overdue, and how many are due within 30 days."""

    kind: str
    overdue: int
    soon: int


@dataclass(frozen=True)
class DueLine:
    """One duty: where, by when, and the day of a booked visit."""

    lift_id: int | None
    place: str
    due: date
    booked_on: date | None
    is_overdue: bool


@dataclass(frozen=True)
class DuePage:
    """Some of them, first due first, and how many there are in all."""

    lines: Sequence[DueLine]
    total: int


@dataclass(frozen=True)
class Report:
    """Another open report of the same kind of the same lift. `goes_along`: an end of this one ends it too."""

    id: int
    what: str
    who: str
    phone: str
    at: datetime
    goes_along: bool


@dataclass(frozen=True)
class AlertLine:
    """An alert with its times. `place` is empty where it is about several lifts. `may_withdraw`: an entrapment of
    which this person may say that it was a mistake. Of one that is looked at, `others`: those of its lift that this
    person may see, where it is not over or was taken back; `still_said`: another says the same, and stands."""

    id: int
    kind: str
    state: str
    place: str
    address: str
    rescue_number: str
    unit: str
    maintainer: str
    what: str
    who: str
    phone: str
    reported_at: datetime
    acknowledged_at: datetime | None
    on_the_way_at: datetime | None
    arrived_at: datetime | None
    ended_at: datetime | None
    photo_id: int | None
    lift_id: int | None = None
    may_withdraw: bool = False
    others: Sequence[Report] = ()
    still_said: bool = False


@verb(MAINTAINER, reads=True)
def due_by_kind(session: Session, asked: Asked) -> list[KindCount]:
    """What is overdue and due soon on one's lifts and of one's own papers, most urgent first."""
    late = func.sum(case((col(Duty.due) < asked.today, 1), else_=0))
    query = select(Duty.kind, late, func.count()).where(*_open_until(asked, asked.today + AHEAD)).group_by(Duty.kind)
    counts = [KindCount(kind, int(overdue), int(all_) - int(overdue)) for kind, overdue, all_ in session.exec(query)]
    return sorted(counts, key=lambda one: (-one.overdue, -one.soon, one.kind))


@verb(MAINTAINER, reads=True)
def due_of_kind(session: Session, asked: Asked, *, kind: str, page: int = 0) -> DuePage:
    """The duties of one kind that are overdue or due soon."""
    wanted = and_(*_open_until(asked, asked.today + AHEAD), col(Duty.kind) == kind)
    total = session.exec(select(func.count()).select_from(Duty).where(wanted)).one()
    query = select(Duty, Lift).outerjoin(Lift, col(Lift.id) == Duty.lift_id).where(wanted)
    query = query.order_by(col(Duty.due), col(Duty.id)).offset(page * PAGE).limit(PAGE)
    lines = [_due(duty, lift, asked.today) for duty, lift in session.exec(query)]
    return DuePage(lines, total)


@verb(MAINTAINER, reads=True)
def papers_that_end(session: Session, asked: Asked) -> DuePage:
    """Policies and certificates of one's own and of one's lifts that end within 30 days or have ended."""
    wanted = (*_open_until(asked, asked.today + AHEAD), col(Duty.kind).in_(PAPERS))
    query = select(Duty, Lift).outerjoin(Lift, col(Lift.id) == Duty.lift_id).where(*wanted)
    rows = session.exec(query.order_by(col(Duty.due), col(Duty.id))).all()
    lines = [_due(duty, lift, asked.today) for duty, lift in rows[:PAGE]]
    return DuePage(lines, len(rows))


@verb(MAINTAINER | UNIT, reads=True)
def open_alerts(session: Session, asked: Asked) -> list[AlertLine]:
    """The alerts of one's own party that are not over, people who are shut in first."""
    actor = asked.actor
    ours = col(Alert.maintainer_party_id) == actor.party_id
    if actor.role in UNIT:
        ours = or_(col(Alert.lift_id).in_(lifts_of(actor)), col(Alert.reported_by) == actor.contact_id)
    query = select(Alert).where(ours, col(Alert.state).in_(OPEN_STATES))
    shut_in_first = case((col(Alert.kind) == "entrapment", 0), else_=1)
    alerts = session.exec(query.order_by(shut_in_first, col(Alert.reported_at), col(Alert.id)))
    return [_line(session, alert, actor) for alert in alerts]


@verb(MAINTAINER | UNIT, reads=True, alert_id=their_alerts)
def alert_now(session: Session, asked: Asked, *, alert_id: int) -> AlertLine:
    """One alert with all its times, over or not."""
    alert = session.get_one(Alert, alert_id, populate_existing=True)
    line = _line(session, alert, asked.actor)
    if alert.state not in (*OPEN_STATES, AlertState.WITHDRAWN):
        return line
    others = [one for one in open_of_lift(session, alert) if their_alerts(session, asked.actor, one.id)]
    reports = [_report(session, other, alert) for other in others]
    return replace(line, others=reports, still_said=bool(still_said(session, alert)))


@verb(MAINTAINER | UNIT, reads=True, notice_id=to_their_party)
def alert_of_notice(session: Session, asked: Asked, *, notice_id: int) -> int:
    """The alert that a notice tells of."""
    found = session.exec(select(AlertTold.alert_id).where(AlertTold.notice_id == notice_id)).first()
    if found is None:
        raise Refused("alerts.of_no_alert")
    return found


@verb(MAINTAINER | UNIT, reads=True, alert_id=their_alerts)
def alert_photo(session: Session, asked: Asked, *, alert_id: int) -> bytes | None:
    """What whoever reported it has photographed."""
    number = session.get_one(Alert, alert_id).photo_id
    found = find_file(session, number) if number is not None else None
    return found.content if found is not None else None


def _open_until(asked: Asked, until: date) -> Conditions:
    ours = or_(col(Duty.lift_id).in_(lifts_of(asked.actor)), col(Duty.party_id) == asked.actor.party_id)
    return ours, col(Duty.due) <= until, col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None)


def _due(duty: Duty, lift: Lift | None, today: date) -> DueLine:
    assert duty.due is not None  # asked for by its date
    place = place_of(lift) if lift is not None else ""
    return DueLine(duty.lift_id, place, duty.due, duty.booked_on, duty.due < today)


def _line(session: Session, alert: Alert, actor: Actor) -> AlertLine:
    lift = session.get(Lift, alert.lift_id) if alert.lift_id is not None else None
    who, phone = _reporter(session, alert)
    times: dict[str, Any] = {
        name: getattr(alert, f"{name}_at") for name in ("acknowledged", "on_the_way", "arrived", "ended")
    }
    return AlertLine(
        id=alert.id,
        kind=alert.kind,
        state=alert.state,
        place=place_of(lift) if lift is not None else "",
        address=lift.address if lift is not None else "",
        rescue_number=lift.rescue_number if lift is not None else "",
        unit=party_name(session, alert.unit_party_id),
        maintainer=party_name(session, alert.maintainer_party_id),
        what=alert.what,
        who=who,
        phone=phone,
        reported_at=alert.reported_at,
        photo_id=alert.photo_id,
        lift_id=alert.lift_id,
        may_withdraw=can_be_mistake(alert) and may_withdraw(alert, actor),
        **{f"{name}_at": moment for name, moment in times.items()},
    )


def _report(session: Session, other: Alert, alert: Alert) -> Report:
    who, phone = _reporter(session, other)
    return Report(other.id, other.what, who, phone, other.reported_at, is_same_matter(alert, other))


def _reporter(session: Session, alert: Alert) -> tuple[str, str]:
    """Their name and number, as far as they are known."""
    who = session.get(Contact, alert.reported_by) if alert.reported_by is not None else None
    return (who.name, who.phone or "") if who is not None else ("", "")
