"""What whoever stands before the lift is told: whom to call by hand, and who was really told by our own messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, UNIT, Asked
from actions.alerts.heard import Heard, can_be_told, how_far_told
from actions.alerts.numbers import emergency_phone_of, rescue_centre
from actions.alerts.rungs import WAITS_AT_NIGHT
from actions.alerts.steps import their_alerts
from actions.registry import their_lifts, verb
from actions.sight import lifts_of
from store.alerts import Alert
from store.brakes import stopped_cities
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import NEVER_STOPPED
from store.parties import Contact, ContactRole, Party
from store.quiet import QuietHours

ANSWERS = (ContactRole.MAINTAINER_CONTACT, ContactRole.MAINTAINER_ADMIN, ContactRole.WORKER)
FEW = 3  # maintainers whose numbers are shown without a lift


@dataclass(frozen=True)
class HelpNow:
    """Numbers to call by hand; `rescue_number` stands on the lift's plate. `is_stopped`: nothing leaves by itself.

    `silent_until`: it is night, and until then only chats are written to, without a sound.
    """

    rescue_shown: str
    rescue_number: str
    maintainer_phone: str
    is_stopped: bool
    heard: Heard
    silent_until: datetime | None


@dataclass(frozen=True)
class HelpToCome:
    """What can be done for a lift once somebody is said to be shut in: who can be told, and what can be dialled."""

    maintainer_told: bool
    maintainer_phone: str
    rescue_shown: str
    rescue_dialled: bool


@verb(UNIT | MAINTAINER, reads=True, alert_id=their_alerts)
def help_now(session: Session, asked: Asked, *, alert_id: int, quiet: QuietHours | None = None) -> HelpNow:
    """The numbers for one alert, and whether its maintainer was told; `quiet`: when what can wait does."""
    alert = session.get_one(Alert, alert_id)
    lift = session.get(Lift, alert.lift_id) if alert.lift_id is not None else None
    centre = rescue_centre(session, alert.city_id)
    return HelpNow(
        centre.shown if centre is not None else "",
        lift.rescue_number if lift is not None else "",
        _number_of(session, alert.maintainer_party_id),
        alert.kind not in NEVER_STOPPED and alert.city_id in stopped_cities(session),
        how_far_told(session, alert),
        quiet.until(asked.now) if quiet is not None and alert.kind in WAITS_AT_NIGHT else None,
    )


@verb(UNIT | MAINTAINER, reads=True, lift_id=their_lifts)
def help_to_come(session: Session, asked: Asked, *, lift_id: int) -> HelpToCome:
    """What a report that somebody is shut in this lift would set going."""
    query = select(Responsibility.party_id).where(
        Responsibility.lift_id == lift_id,
        Responsibility.role == LiftRole.MAINTAINER,
        col(Responsibility.to_on).is_(None),
    )
    maintainer = session.exec(query).first()
    centre = rescue_centre(session, session.get_one(Lift, lift_id).city_id)
    return HelpToCome(
        can_be_told(session, maintainer),
        _number_of(session, maintainer),
        centre.shown if centre is not None else "",
        centre is not None and bool(centre.dialled),
    )


@dataclass(frozen=True)
class NumbersToCall:
    """Maintainers by name and number, and the city's rescue centre."""

    maintainers: Sequence[tuple[str, str]]
    rescue_shown: str


@verb(UNIT | MAINTAINER, reads=True, lift_id=their_lifts)
def numbers_to_call(session: Session, asked: Asked, *, lift_id: int | None = None) -> NumbersToCall:
    """Whom to call by hand: the maintainer of one lift, or those of one's lifts where they are few."""
    lifts = lifts_of(asked.actor) if lift_id is None else [lift_id]
    query = (
        select(Party.id, Party.name)
        .join(Responsibility, col(Responsibility.party_id) == Party.id)
        .where(Responsibility.role == LiftRole.MAINTAINER, col(Responsibility.to_on).is_(None))
        .where(col(Responsibility.lift_id).in_(lifts))
    )
    found = session.exec(query.distinct().order_by(col(Party.id)).limit(FEW + 1)).all()
    numbers = [(name, _number_of(session, number)) for number, name in found] if len(found) <= FEW else []
    centre = rescue_centre(session, asked.actor.city_id)
    return NumbersToCall([one for one in numbers if one[1]], centre.shown if centre is not None else "")


def _number_of(session: Session, party_id: int | None) -> str:
    """The emergency number, or that of whoever answers at the maintainer where it has given none."""
    return emergency_phone_of(session, party_id) or _phone_there(session, party_id)


def _phone_there(session: Session, party_id: int | None) -> str:
    query = select(Contact).where(Contact.party_id == party_id, col(Contact.to_on).is_(None))
    people = session.exec(query.where(col(Contact.phone).is_not(None)).order_by(col(Contact.id))).all()
    found = (one.phone for role in ANSWERS for one in people if one.role == role)
    return next(found, None) or ""
