"""A visit that cannot be made in time: the maintainer says why and by when it will be (003 四(五))."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, REGULATORS, UNIT, Asked
from actions.lifts.explain import place_of
from actions.maintaining.begin import due_of
from actions.photos import is_their_photo, keep_photo
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from actions.sight import lifts_of
from actions.visits.inspections import Deed, act
from schedules.dates import ONE_DAY
from schedules.records import VisitState as Standing
from schedules.records import visit_state
from schedules.regimes import numbers_of
from store.appending import NewEntry, append
from store.chats import find_file
from store.database import insert_new
from store.doors import StoredFile
from store.events import EventKind
from store.lifts import Lift, LiftRole
from store.parties import Contact, Party
from store.records import EntryKind
from store.upkeep import DelayReason, DelayStatement

LONGEST_WORDS = 300
OFFERED = (1, 2, 3, 7, 15)  # days after the day on which the visits are due, or after today
SHOWN = 40


@dataclass(frozen=True)
class Delay:
    """A statement of delay as it is read: how the visit stands by it, and who said it."""

    id: int
    lift_id: int
    place: str
    maintainer: str
    who: str
    reason: DelayReason
    words: str
    due_on: date
    until_on: date
    stated_on: date
    standing: Standing
    has_photo: bool


@dataclass(frozen=True)
class Stating:
    """Who states a delay: a person of a maintainer, or (no `contact_id`) its platform; `key` is one statement."""

    party_id: int
    key: str
    now: datetime
    today: date
    contact_id: int | None = None
    name: str = ""


@verb(MAINTAINER)
def keep_delay_photo(session: Session, asked: Asked, *, content: bytes) -> int:
    """A photo of the flood, the barrier, the order; its id."""
    return keep_photo(session, asked, content)


@verb(MAINTAINER, lift_ids=their_lifts, photos=is_their_photo)
def state_delay(
    session: Session,
    asked: Asked,
    *,
    lift_ids: Sequence[int],
    reason: DelayReason,
    until: date,
    words: str = "",
    photos: Sequence[int] = (),
) -> Sequence[date]:
    """Say why these lifts are not visited in time, and by when they will be; the days on which they were due.

    Reminders that they are late wait until then. After the due day it is taken, and marked as late (P10).
    """
    who = Stating(asked.actor.party_id, asked.key, asked.now, asked.today, asked.actor.contact_id, asked.actor.name)
    return keep_delay(session, who, lift_ids=lift_ids, reason=reason, until=until, words=words, photos=photos)


def keep_delay(
    session: Session,
    who: Stating,
    *,
    lift_ids: Sequence[int],
    reason: DelayReason,
    until: date,
    words: str,
    photos: Sequence[int],
) -> Sequence[date]:
    """Keep a statement, whichever way it came; the days on which these lifts were due."""
    said = " ".join(words.split())
    if len(said) > LONGEST_WORDS:
        raise Refused("everyone.too_long", length=len(said), most=LONGEST_WORDS)
    if reason is DelayReason.OTHER and not said:
        raise Refused("upkeep.other_in_words")
    due = _due_soon(session, who.party_id, lift_ids, who.today)
    first, last = max(who.today, *due.values()), _last_day(session, who.party_id, who.today)
    if not first <= until <= last:
        raise Refused("upkeep.delay_until", first=first, last=last)
    shown = [(photo, session.get_one(StoredFile, photo).sha256) for photo in photos]
    entries: list[NewEntry] = []
    for lift_id, due_on in sorted(due.items()):
        row = {
            "lift_id": lift_id,
            "maintainer_party_id": who.party_id,
            "due_on": due_on,
            "until_on": until,
            "reason": reason.value,
            "words": said,
            "photo_id": next(iter(photos), None),
            "stated_by": who.contact_id,
            "stated_on": who.today,
            "stated_at": who.now,
            "key": who.key,
        }
        if insert_new(session, DelayStatement, row):
            deed = Deed([lift_id], who.party_id, who.now, who.today, who.key, (LiftRole.MAINTAINER,))
            payload = {"on": who.today, "due_on": due_on, "until": until}
            act(session, deed, EventKind.DELAY_STATED, who.today, payload)
            kept = {name: payload[name].isoformat() for name in payload} | {"reason": reason.value, "words": said}
            people = {"stated_by": who.name} if who.name else {}
            entries.append(NewEntry(lift_id, EntryKind.DELAY, kept, people, shown))
    append(session, entries, who.today)
    return sorted(due.values())


@verb(UNIT | MAINTAINER | REGULATORS, reads=True)
def last_delay_day(session: Session, asked: Asked) -> date:
    """The last day that a delay can be stated until; whoever reads the statements opens the same dialog."""
    return _last_day(session, asked.actor.party_id, asked.today)


@verb(MAINTAINER, reads=True, lift_ids=their_lifts)
def delay_days(session: Session, asked: Asked, *, lift_ids: Sequence[int]) -> list[date]:
    """The days by which the visits of these lifts can be said to be made: after all of them are due, within a month."""
    party_id = asked.actor.party_id
    first = max(asked.today, *_due_soon(session, party_id, lift_ids, asked.today).values())
    days = [first + days * ONE_DAY for days in OFFERED]
    return [day for day in days if day <= _last_day(session, party_id, asked.today)]


def _last_day(session: Session, party_id: int, today: date) -> date:
    numbers = numbers_of(session, session.get_one(Party, party_id).city_id)
    return today + numbers.longest_delay_days * ONE_DAY


def _due_soon(session: Session, party_id: int, lift_ids: Sequence[int], today: date) -> dict[int, date]:
    """When each is due. Raises Refused where of one no visit is due before the last day that can be stated."""
    due, last = due_of(session, list(lift_ids)), _last_day(session, party_id, today)
    if not lift_ids or any(due.get(one, date.max) >= last for one in lift_ids):
        raise Refused("upkeep.nothing_due", days=(last - today).days)
    return due


@verb(UNIT | MAINTAINER | REGULATORS, reads=True)
def delays_stated(session: Session, asked: Asked) -> list[Delay]:
    """The newest statements about lifts that this person sees."""
    query = (
        select(DelayStatement, Lift, Party.name)
        .join(Lift, col(Lift.id) == DelayStatement.lift_id)
        .join(Party, col(Party.id) == DelayStatement.maintainer_party_id)
        .where(col(DelayStatement.lift_id).in_(lifts_of(asked.actor)))
        .order_by(col(DelayStatement.id).desc())
        .limit(SHOWN)
    )
    return [_read(session, asked, *row) for row in session.exec(query)]


@verb(UNIT | MAINTAINER | REGULATORS, reads=True, lift_id=their_lifts)
def delay_photo(session: Session, asked: Asked, *, lift_id: int, delay_id: int) -> bytes | None:
    """The photo of a statement about this lift."""
    delay = session.get(DelayStatement, delay_id)
    if delay is None or delay.lift_id != lift_id or delay.photo_id is None:
        return None
    file = find_file(session, delay.photo_id)
    return file.content if file is not None else None


def _read(session: Session, asked: Asked, delay: DelayStatement, lift: Lift, maintainer: str) -> Delay:
    who = session.get(Contact, delay.stated_by) if delay.stated_by is not None else None
    is_own = asked.actor.party_id == delay.maintainer_party_id
    return Delay(
        id=delay.id,
        lift_id=lift.id,
        place=place_of(lift),
        maintainer=maintainer,
        who=who.name if who is not None and is_own else "",
        reason=DelayReason(delay.reason),
        words=delay.words,
        due_on=delay.due_on,
        until_on=delay.until_on,
        stated_on=delay.stated_on,
        standing=visit_state(delay.due_on, asked.today, stated_on=delay.stated_on),
        has_photo=delay.photo_id is not None,
    )
