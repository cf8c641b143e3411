"""Report a fault, or that somebody is shut in: one alert for each tap, and whoever is to come is told at once."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, UNIT, Asked
from actions.alerts.tell import tell_at_once
from actions.alerts.together import LATE, hold_what_is_free, join
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from store.alerts import Alert, AlertKind, AlertState
from store.chats import keep_file
from store.database import insert_new
from store.lifts import LiftRole, Responsibility

LONGEST_WORDS = 500
PHOTO = "fault.jpg"


@verb(UNIT | MAINTAINER, lift_id=their_lifts)
def report_fault(session: Session, asked: Asked, *, lift_id: int, what: str, photo: bytes | None = None) -> Alert:
    """Tell the maintainer of a lift that something is wrong with it, in the reporter's own words or by a photo."""
    if not what.strip() and not photo:
        raise Refused("alerts.nothing_said")
    words = " ".join(what.split())
    if len(words) > LONGEST_WORDS:
        raise Refused("everyone.too_long", length=len(words), most=LONGEST_WORDS)
    return _open(session, asked, AlertKind.FAULT, lift_id, words, photo)


@verb(UNIT | MAINTAINER, lift_id=their_lifts)
def report_entrapment(session: Session, asked: Asked, *, lift_id: int) -> Alert:
    """Somebody is shut in this lift. A second report of one lift is a second alert: it may be another person.

    Where the maintainer's people are on the first already, they are on the second too. The maintainer's emergency
    number and the rescue centre are called, everybody concerned is written to, at night too.
    """
    return _open(session, asked, AlertKind.ENTRAPMENT, lift_id)


def _open(
    session: Session, asked: Asked, kind: AlertKind, lift_id: int, what: str = "", photo: bytes | None = None
) -> Alert:
    said = Saying(
        asked.actor.city_id, f"{kind.value}:{asked.key}", asked.actor.contact_id, asked.said_at, asked.now, asked.today
    )
    return open_alert(session, said, kind, lift_id, what, photo=(asked.actor.address, photo) if photo else None)[0]


@dataclass(frozen=True)
class Saying:
    """Who reports something, when, and the key of it. `found_by`: the maintainer whose people found it on site."""

    city_id: str
    key: str
    by: int | None
    at: datetime
    now: datetime
    today: date
    found_by: int | None = None


def open_alert(
    session: Session,
    said: Saying,
    kind: AlertKind,
    lift_id: int,
    what: str,
    *,
    photo: tuple[str, bytes] | None = None,
) -> tuple[Alert, bool]:
    """The alert of this key, and whether it is new; told only then. Whatever others hold, it waits for nobody.

    What the maintainer's own people found on site they know: nobody is asked to come, and it stays open until repaired.
    """
    parties = _answering(session, lift_id)
    maintainer_id = parties.get(LiftRole.MAINTAINER.value)
    is_known = said.found_by is not None and said.found_by == maintainer_id
    row = {
        "city_id": said.city_id,
        "kind": kind.value,
        "state": (AlertState.ARRIVED if is_known else AlertState.REPORTED).value,
        "key": said.key,
        "lift_id": lift_id,
        "unit_party_id": parties.get(LiftRole.USE_UNIT.value),
        "maintainer_party_id": maintainer_id,
        "what": what,
        "reported_by": said.by,
        "reported_at": said.at,
    }
    if is_known:
        row |= {"arrived_by": said.by, "arrived_at": said.at}
    elif said.now - said.at > LATE:
        row["on_it_at"] = said.now  # the minutes begin when it is told, or all rungs would be reached at once
    is_new = insert_new(session, Alert, row)
    alert = session.exec(select(Alert).where(Alert.key == row["key"])).one()
    if is_new and not is_known:
        if photo is not None:
            address, content = photo
            alert.photo_id = keep_file(session, address, PHOTO, content, at=said.now).id
        tell_at_once(session, alert, now=said.now, today=said.today)
        join(session, alert, held=hold_what_is_free(session, lift_id), now=said.now)
    return alert, is_new


def _answering(session: Session, lift_id: int) -> dict[str, int]:
    """The party that answers for the lift now, by role."""
    query = select(Responsibility).where(Responsibility.lift_id == lift_id, col(Responsibility.to_on).is_(None))
    return {row.role: row.party_id for row in session.exec(query)}
