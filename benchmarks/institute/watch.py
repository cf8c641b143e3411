"""The look at the end of a simulated day at every message that left: was it theirs, explained, and said once?"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from sqlmodel import Session, col, select

from actions.lifts.explain import explain_notices
from institute.door import Door, Handed
from institute.standing import Standing
from institute.world import World
from schedules.calendar import WorkingCalendar
from store.database import Database, in_chunks
from store.duties import Told, ToldState
from store.lifts import Lift, Responsibility
from store.parties import Contact, ContactScope, Jurisdiction

CORRECTED = frozenset({"report.corrected", "report.corrected.maint"})  # told to whoever was told what was wrong


class Watch:
    """Keeps what was told over the days; `look` says what does not hold, a sentence each."""

    def __init__(self, database: Database, world: World, door: Door, calendar: WorkingCalendar, first: date) -> None:
        self._database, self._door = database, door
        self._standing = Standing(world, calendar, first)
        self._told: dict[tuple[int, date, str, int], int] = {}
        self._said: set[tuple[int, str, str]] = set()
        self.messages: Counter[str] = Counter()
        with database.read() as session:
            lifts = session.exec(select(Lift)).all()
        self._lifts = {lift.key: (lift.id, lift.district_code) for lift in lifts}
        self._compounds = {lift.key: lift.compound for lift in lifts}
        self._places: dict[int, set[str]] = {}

    def look(self, day: date) -> list[str]:
        """What does not hold today."""
        handed = self._door.look()
        self.messages.update(f"{one.channel} {one.template}" for one in handed)
        with self._database.read() as session:
            faults = [
                *self._not_theirs(session, handed, day),
                *self._elsewhere(session, handed),
                *self._twice(session, handed),
                *self._unexplained(session, handed),
                *self._standing.look(session, day),
            ]
        return [f"{day}: {fault}" for fault in faults]

    def _not_theirs(self, session: Session, handed: Sequence[Handed], day: date) -> Iterator[str]:
        """Nobody is told of a lift that is not theirs, nor at a number that is no longer theirs."""
        offices: dict[int, set[str]] = {}
        for area in session.exec(select(Jurisdiction).where(col(Jurisdiction.to_on).is_(None))):
            offices.setdefault(area.party_id, set()).add(area.district_code)
        ids = [self._lifts[key][0] for one in handed for key in one.lifts]
        theirs: set[tuple[int, int]] = set()
        once: set[tuple[int, int]] = set()
        for part in in_chunks(sorted(set(ids))):
            held = select(Responsibility.lift_id, Responsibility.party_id, Responsibility.to_on)
            for lift_id, party_id, to_on in session.exec(held.where(col(Responsibility.lift_id).in_(part))):
                once.add((lift_id, party_id))
                if to_on is None or to_on >= day:  # this morning it was
                    theirs.add((lift_id, party_id))
        wanted = {one.contact_id for one in handed if one.contact_id}
        contacts = {one.id: one for one in session.exec(select(Contact).where(col(Contact.id).in_(wanted)))}
        for one in handed:
            contact = contacts.get(one.contact_id or 0)
            if contact is None or contact.party_id != one.party_id:
                yield f"notice {one.notice_id} ({one.template}) went to nobody of party {one.party_id}"
            elif contact.to_on is not None and contact.to_on < day:
                yield f"notice {one.notice_id} ({one.template}) went to contact {contact.id}, who left {contact.to_on}"
            for key in one.lifts:
                lift_id, district = self._lifts[key]
                of_office = offices.get(one.party_id, set())
                known = once if one.template in CORRECTED else theirs
                if (lift_id, one.party_id) not in known and not of_office & {district, "*"}:
                    yield f"notice {one.notice_id} ({one.template}) names {key}, not of party {one.party_id}"

    def _elsewhere(self, session: Session, handed: Sequence[Handed]) -> Iterator[str]:
        """Who is there for some compounds is not told of others alone, where a colleague is there for those."""
        places, before = defaultdict[int, set[str]](set), self._places
        of_party = defaultdict[int, set[int]](set)
        named = select(ContactScope.contact_id, ContactScope.compound, Contact.party_id)
        named = named.join(Contact, col(Contact.id) == ContactScope.contact_id).where(col(Contact.to_on).is_(None))
        for contact_id, compound, party_id in session.exec(named):
            places[contact_id].add(compound)
            of_party[party_id].add(contact_id)
        self._places = dict(places)
        for one in handed:
            mine = places.get(one.contact_id or 0)
            if not mine or one.contact_id not in before:
                continue  # there for all; or since today only
            others = set[str]().union(*(places[other] for other in of_party[one.party_id] - {one.contact_id}))
            about = {self._compounds[key] for key in one.lifts}
            if about and about <= others - mine - before[one.contact_id]:
                yield f"notice {one.notice_id} ({one.template}) went to contact {one.contact_id}, who is not there"

    def _twice(self, session: Session, handed: Sequence[Handed]) -> Iterator[str]:
        """One rung of one due date is told to one party by one notice, and a notice to one address once."""
        for one in handed:
            if (said := (one.notice_id, one.channel, one.address)) in self._said:
                yield f"notice {one.notice_id} ({one.template}) went twice to one address by {one.channel}"
            self._said.add(said)
        for part in in_chunks(sorted({one.notice_id for one in handed})):
            query = select(Told).where(col(Told.notice_id).in_(part), Told.state == ToldState.TOLD)
            for told in session.exec(query):
                key = (told.duty_id, told.due, told.step, told.party_id)
                if self._told.setdefault(key, told.notice_id or 0) != told.notice_id:
                    yield f"duty {key[0]} due {key[1]}: {key[2]} told twice to party {key[3]}, by {told.notice_id} too"

    def _unexplained(self, session: Session, handed: Sequence[Handed]) -> Iterator[str]:
        """What a person may read about a message names its party, its attempt, its clause and all its lifts."""
        stories = explain_notices(session, sorted({one.notice_id for one in handed}))
        for one in handed:
            story = stories[one.notice_id]
            named = {lift["lift"] for lift in story["lifts"]}
            if not (named or story["facts"]):
                yield f"notice {one.notice_id} ({one.template}) is about nothing"
            if missing := set(one.lifts) - named:
                yield f"notice {one.notice_id} ({one.template}) names {sorted(missing)}, unknown to its story"
            if story["rule"] and not story["clause"]:
                yield f"notice {one.notice_id} ({one.template}) has no clause"
            if not any(each["channel"] == one.channel for each in story["deliveries"]):
                yield f"notice {one.notice_id} ({one.template}) tells of no attempt by {one.channel}"
