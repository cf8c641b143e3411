"""What was sent to a party and what became of it: its own people may read it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, UNIT, Asked
from actions.lifts.explain import place_of
from actions.registry import verb
from actions.told.scope import Reading, keys_of, newest_readable, readings
from actions.told.stories import to_their_party
from store.database import in_chunks
from store.duties import Duty, Told, ToldState
from store.lifts import Lift
from store.notices import Delivery, Notice, NoticeStatus
from store.parties import Contact

PAGE = 8
FEW_PLACES = 3


@dataclass(frozen=True)
class SentLine:
    """A notice: of which day, what about, to how many lifts, how it stands. `places`: the first few."""

    notice_id: int
    on: date
    duty: str
    step: str
    status: str
    lifts: int
    places: Sequence[str]


@dataclass(frozen=True)
class Attempt:
    """One message of a notice: to whom, by what, when, how it went."""

    who: str
    channel: str
    status: str
    at: datetime
    body: str


@dataclass(frozen=True)
class Page:
    """Some lines, newest first; `next_before` asks for those that are older, if there are any."""

    lines: Sequence[SentLine]
    next_before: int | None = None


@verb(UNIT | MAINTAINER, reads=True)
def sent_to_us(session: Session, asked: Asked, *, before: int | None = None) -> Page:
    """What one's own party was and is to be sent, newest first; what was taken back before it left is not shown."""
    query = select(Notice).where(Notice.status != NoticeStatus.CANCELLED)
    if before is not None:
        query = query.where(col(Notice.id) < before)
    found = newest_readable(session, asked.actor, query, PAGE + 1)
    shown = [notice for notice, _ in found[:PAGE]]
    places = _places(session, {notice.id: may for notice, may in found[:PAGE]})
    lines = [
        SentLine(
            notice.id,
            notice.send_on,
            notice.duty,
            notice.step,
            notice.status,
            len(places[notice.id]),
            tuple(places[notice.id][:FEW_PLACES]),
        )
        for notice in shown
    ]
    return Page(lines, shown[-1].id if len(found) > PAGE else None)


@verb(UNIT | MAINTAINER, reads=True, notice_id=to_their_party)
def attempts_of(session: Session, asked: Asked, *, notice_id: int) -> list[Attempt]:
    """Every message of one notice, oldest first; without its words where it names lifts of places not theirs."""
    may = readings(session, asked.actor, [session.get_one(Notice, notice_id)])[notice_id]
    query = select(Delivery, Contact.name).outerjoin(Contact, col(Contact.id) == Delivery.contact_id)
    rows = session.exec(query.where(Delivery.notice_id == notice_id).order_by(col(Delivery.id)))
    return [
        Attempt(
            name or "",
            delivery.channel,
            delivery.status,
            delivery.sent_at or delivery.attempted_at,
            delivery.body if may.whole else "",
        )
        for delivery, name in rows
    ]


def _places(session: Session, may: Mapping[int, Reading]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = (
        select(Told.notice_id, Lift)
        .join(Duty, col(Duty.id) == Told.duty_id)
        .join(Lift, col(Lift.id) == Duty.lift_id)
        .where(col(Told.notice_id).in_(may), col(Told.state).in_((ToldState.RESERVED, ToldState.TOLD)))
        .order_by(col(Told.due), col(Lift.id))
    )
    for notice_id, lift in session.exec(query):
        place = place_of(lift)
        if notice_id is not None and may[notice_id].shows(lift.id) and place not in found[notice_id]:
            found[notice_id].append(place)
    _add_named(session, may, found)
    return found


def _add_named(session: Session, may: Mapping[int, Reading], found: dict[int, list[str]]) -> None:
    """A notice of no duty (an alert, what was done on site, a report) names its lifts among its own facts."""
    notices = session.exec(select(Notice).where(col(Notice.id).in_(set(may) - set(found)))).all()
    wanted = sorted({key for notice in notices for key in keys_of(notice)})
    named = [lift for part in in_chunks(wanted) for lift in session.exec(select(Lift).where(col(Lift.key).in_(part)))]
    lifts = {(lift.city_id, lift.key): lift for lift in named}
    for notice in notices:
        theirs = [lifts[notice.city_id, key] for key in keys_of(notice) if (notice.city_id, key) in lifts]
        places = [place_of(lift) for lift in theirs if may[notice.id].shows(lift.id)]
        found[notice.id].extend(dict.fromkeys(places))
