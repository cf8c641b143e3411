"""The contact check: who has never had a message from us is greeted before the first legal notice.

One SMS to a person: who we are, for which unit, for how many lifts; 1 it is me, 3 it is not. Whoever uses a chat has
introduced themselves already, and a landline takes no text. A greeting goes to nobody else: where it cannot arrive, it
is given up, and a task asks for another number.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import exists
from sqlmodel import Session, col, select

from notifier.address_book import load_people
from notifier.facts import ALERT, NoticeFacts
from notifier.routing import FIRST_OF, SMS, Person, route
from store.database import in_chunks, table_of
from store.ledger import cancel_empty, lock_notices
from store.notices import CAMPAIGN, GREETING, PAPERLESS, SUMMARY, Delivery, Notice, NoticeStatus, PlanRun
from store.opt_outs import load_opt_outs
from store.parties import Contact, ContactRole

DUTY, TEMPLATE = "contact", "contact.greeting"
ONLY = frozenset({SMS})
OPEN = (NoticeStatus.PLANNED, NoticeStatus.SENDING, NoticeStatus.UNKNOWN)
NOBODY_BY_NAME = 0  # the contact of a number that is nobody's in particular
MAINTAINER_CONTACT = ContactRole.MAINTAINER_CONTACT
UNSENT = (NoticeStatus.PLANNED, NoticeStatus.NO_CONTACT, NoticeStatus.FAILED)


class Opening(Protocol):
    """What is coming for a party, as schedules.openings works it out."""

    @property
    def party_id(self) -> int: ...
    @property
    def rule(self) -> str: ...
    @property
    def audience(self) -> str: ...
    @property
    def lifts(self) -> int: ...
    @property
    def basis(self) -> dict[str, str]: ...


def plan_greetings(
    session: Session, city_id: str, openings: Sequence[Opening], *, at_most: int, today: date, now: datetime
) -> int:
    """Write the greetings of a day, no more than `at_most`; how many. Planning twice changes nothing."""
    _take_back_overtaken(session, city_id, now)
    people = load_people(session, [opening.party_id for opening in openings])
    phones = {person.phone for known in people.values() for person in known if person.phone}
    refused = load_opt_outs(session, phones) | {(SMS, number) for number in _written_to(session, phones)}
    room = at_most - _planned_on(session, city_id, today)
    notices: list[Notice] = []
    for opening in openings:
        for contact_id, number in _to_greet(people.get(opening.party_id, []), opening.audience):
            if len(notices) < room and (SMS, number) not in refused:
                refused |= {(SMS, number)}  # who answers for several units is greeted once
                notices.append(_notice(city_id, opening, contact_id, today))
    return _write(session, notices, today, now)


def _to_greet(people: list[Person], audience: str) -> list[tuple[int, str]]:
    """Contact and number of those who would be told first, where that is by SMS to somebody who uses no chat."""
    in_chats = {person.contact_id for person in people if person.chats}
    found = route(audience, SMS, people, available=ONLY, allow_synthetic=False)
    return [(one.contact_id, one.address) for one in found if one.contact_id not in in_chats]


def whom(
    facts: NoticeFacts, people: Sequence[Person], available: frozenset[str]
) -> tuple[Sequence[Person], frozenset[str]]:
    """Who may get a notice and by which channels: a greeting only the person for whom it is, by SMS.

    An alert that names a number goes there first, or there `only`: whoever answers an emergency number is no contact of
    the register. One that names a contact, as a department's figures may, or one to a worker, goes to nobody else.
    """
    alert = facts.own.get(ALERT, {})
    if alert.get("number"):
        first = next((role for role in FIRST_OF.get(facts.audience, ())), MAINTAINER_CONTACT)
        others = () if alert.get("only") else people
        here = tuple((compound.strip(), building.strip()) for compound, building in sorted(facts.places))
        # there for the very place: nobody who is in charge of it comes before
        return [Person(NOBODY_BY_NAME, first, phone=alert["number"], places=here), *others], available
    told = facts.own.get(SUMMARY) or facts.own.get(CAMPAIGN) or facts.own.get(PAPERLESS) or {}
    if (named := alert.get("contact", told.get("contact"))) is not None:
        return [person for person in people if person.contact_id == named], available
    greeting = facts.own.get(GREETING)
    if greeting is None:
        return people, available
    return [person for person in people if person.contact_id == greeting["contact"]], available & ONLY


def _written_to(session: Session, numbers: set[str]) -> set[str]:
    """To which of these numbers anything was ever sent, or a greeting waits."""
    found: set[str] = set()
    for part in in_chunks(sorted(numbers)):
        found |= set(session.exec(select(Delivery.address).where(col(Delivery.address).in_(part)).distinct()))
    waiting = select(Notice.facts).where(Notice.step == GREETING, col(Notice.status).in_(OPEN))
    greeted = [(facts or {})[GREETING]["contact"] for facts in session.exec(waiting)]
    for part in in_chunks(greeted):
        phones = session.exec(select(Contact.phone).where(col(Contact.id).in_(part)))
        found |= {phone for phone in phones if phone}
    return found


def _planned_on(session: Session, city_id: str, today: date) -> int:
    query = select(Notice.id).where(Notice.planned_on == today, Notice.step == GREETING, Notice.city_id == city_id)
    return len(session.exec(query.where(Notice.status != NoticeStatus.CANCELLED)).all())


def _take_back_overtaken(session: Session, city_id: str, now: datetime) -> None:
    """A greeting that has not gone out says nothing more to whom a legal notice goes."""
    other = table_of(Notice).alias("other").c
    is_theirs = other.party_id == col(Notice.party_id)
    later = exists().where(is_theirs, other.step != GREETING, other.planned_on >= col(Notice.planned_on))
    waiting = select(Notice.id).where(Notice.step == GREETING, Notice.city_id == city_id, later)
    ids = lock_notices(session, session.exec(waiting.where(col(Notice.status).in_(UNSENT))).all(), UNSENT)
    if ids:
        cancel_empty(session, ids, reason="overtaken", now=now)


def _notice(city_id: str, opening: Opening, contact_id: int, today: date) -> Notice:
    return Notice(
        city_id=city_id,
        planned_on=today,
        send_on=today,
        party_id=opening.party_id,
        duty=DUTY,
        rule=opening.rule,
        step=GREETING,
        audience=opening.audience,
        channel_class=SMS,
        template=TEMPLATE,
        facts={GREETING: {"contact": contact_id, "lifts": opening.lifts, **opening.basis}},
    )


def _write(session: Session, notices: Iterable[Notice], today: date, now: datetime) -> int:
    written = list(notices)
    if written:
        run = PlanRun(planned_on=today, finished_at=now, notices=len(written), duties=0)
        session.add(run)
        session.flush()
        for notice in written:
            notice.run_id = run.id
        session.add_all(written)
        session.flush()
    return len(written)
