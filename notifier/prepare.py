"""From notices to the messages that would go out for them: routing and rendering, nothing is sent."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from notifier.address_book import load_departments, load_people
from notifier.facts import NoticeFacts, load_facts
from notifier.greetings import whom
from notifier.index import TextError, load_index
from notifier.on_duty import route_by_place
from notifier.retold import leave_out_what_is_over
from notifier.routing import BOTH_WAYS, CALL, CALL_TASK, NONE, SMS, Address, Person, Where, route
from notifier.visit_words import is_over, whom_of_visit
from notifier.writer import PreparedDelivery, Writer, filed_signatures
from store.chat_languages import chosen_languages
from store.first_ways import FirstWays, load_first_ways
from store.notices import REPORT_CHAT
from store.opt_outs import load_opt_outs
from store.parties import ContactRole
from store.pushes import load_unsubscribed

ENTRAPMENT, CREW = "entrapment", "maintainer_crew"  # a duty as store.alerts calls it, an audience
# What odd facts of one notice may lead to; the others must not wait for it.
ODD_FACTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
UNREACHABLE = Address(0, NONE, "")
NO_PEOPLE: Sequence[Person] = ()


def prepare(
    session: Session,
    notice_ids: Sequence[int],
    available_channels: Iterable[str],
    today: date,
    *,
    allow_synthetic: bool = True,
    excluded: Mapping[int, frozenset[Where]] | None = None,
    again: Iterable[int] = (),
) -> list[PreparedDelivery]:
    """The messages of these notices in their order, as of `today`; an emptied notice has none.

    `excluded` names, for a notice, addresses that failed for good; `again` are those of which somebody was told
    before. Raises TextError, with the notice, when a text cannot be written.
    """
    facts, excluded = leave_out_what_is_over(session, load_facts(session, notice_ids), again), excluded or {}
    desk = open_desk(session, facts.values(), available_channels, today, allow_synthetic=allow_synthetic)
    prepared: list[PreparedDelivery] = []
    for notice_id in notice_ids:
        if notice_id in facts:
            prepared.extend(desk.write(facts[notice_id], excluded.get(notice_id, frozenset())))
    return prepared


def preview(
    session: Session, notice_id: int, available_channels: Iterable[str], today: date, *, allow_synthetic: bool = True
) -> list[PreparedDelivery]:
    """The messages of one notice, as they would be on `today`."""
    return prepare(session, [notice_id], available_channels, today, allow_synthetic=allow_synthetic)


def as_they_prefer(people: Sequence[Person], firsts: FirstWays) -> Sequence[Person]:
    """The same people, each with the way in which they want to be written to first."""
    if not firsts.by_phone:
        return people
    return [replace(person, prefers=firsts.by_phone.get(person.phone or "", "")) for person in people]


def first_class(facts: NoticeFacts, firsts: FirstWays) -> str:
    """The channel class of the rung, or the written way that the city takes first for such a duty."""
    if facts.channel_class in (CALL, *BOTH_WAYS):
        return facts.channel_class
    return firsts.by_kind.get((facts.city_id, facts.duty), facts.channel_class)


@dataclass
class Desk:
    """What a batch of notices is addressed and written from; `refused` are addresses that want nothing more."""

    people: Mapping[int, list[Person]]
    refused: frozenset[Where]
    firsts: FirstWays
    available: frozenset[str]
    allow_synthetic: bool
    writer: Writer
    left: frozenset[tuple[int, str]] = frozenset()  # who leaves which subject to colleagues

    def write(self, facts: NoticeFacts, failed: frozenset[Where] = frozenset()) -> list[PreparedDelivery]:
        """The messages of one notice, none when it is empty; `failed` are addresses that failed for good.

        Raises TextError, with the notice, when a text cannot be written.
        """
        if facts.is_empty or is_over(facts, self.writer.today):
            return []
        known = as_they_prefer(self._who_want(facts), self.firsts)
        people, usable = whom(facts, known, self.available)

        def way(some: Sequence[Person]) -> list[Address]:
            return route(
                facts.audience,
                first_class(facts, self.firsts),
                some,
                available=usable,
                allow_synthetic=self.allow_synthetic,
                exclude=failed | self.refused,
            )

        try:
            is_beside = facts.step == REPORT_CHAT
            addresses = route_by_place(people, facts.places, way, self.writer.today, is_beside=is_beside)
            addresses += self._dispatcher(facts, addresses, people, way)
            addresses += self._beside(facts, addresses, people, usable, failed)
            return self.writer.write(facts, addresses or [UNREACHABLE])
        except TextError as error:
            error.notice_id = facts.notice_id
            raise
        except ODD_FACTS as error:
            odd = TextError(f"template {facts.template} cannot be written from its facts ({type(error).__name__})")
            odd.notice_id = facts.notice_id
            raise odd from error

    def _dispatcher(
        self,
        facts: NoticeFacts,
        addresses: Sequence[Address],
        people: Sequence[Person],
        way: Callable[[Sequence[Person]], list[Address]],
    ) -> list[Address]:
        """Of people who are shut in a dispatcher hears too, whatever places they are there for: they send others."""
        if facts.duty != ENTRAPMENT or facts.audience != CREW:
            return []
        dispatchers = [person for person in people if person.role == ContactRole.MAINTAINER_CONTACT]
        if not dispatchers or {one.contact_id for one in dispatchers} & {one.contact_id for one in addresses}:
            return []
        told = {(one.channel, one.address) for one in addresses}
        found = route_by_place(dispatchers, facts.places, way, self.writer.today)
        return [one for one in found if (one.channel, one.address) not in told]

    def _beside(
        self,
        facts: NoticeFacts,
        addresses: Sequence[Address],
        people: Sequence[Person],
        usable: frozenset[str],
        failed: frozenset[Where],
    ) -> list[Address]:
        """What waits for no morning is written as well to whom only a clerk could call: none sits there at night."""
        if not load_index().entry(facts.template).at_night:
            return []
        called = {(one.contact_id, one.address) for one in addresses if one.channel == CALL_TASK}
        options = frozenset({SMS}) & usable
        written: list[Address] = []
        for person in people:
            if (person.contact_id, person.phone) in called:
                exclude = failed | self.refused
                written += route(facts.audience, SMS, [person], available=options, exclude=exclude)
        return written

    def _who_want(self, facts: NoticeFacts) -> Sequence[Person]:
        """The people of the party without those who leave this to colleagues; all where no colleague is left."""
        known = whom_of_visit(facts, self.people.get(facts.party_id, NO_PEOPLE))
        subject = _subject_of(facts)
        if not subject or not self.left:
            return known
        return [person for person in known if (person.contact_id, subject) not in self.left] or known


def open_desk(
    session: Session,
    facts: Iterable[NoticeFacts],
    available_channels: Iterable[str],
    today: date,
    *,
    allow_synthetic: bool = True,
) -> Desk:
    """Everything that these notices are written from, read at once."""
    people = load_people(session, (fact.party_id for fact in facts))
    phones = {person.phone for known in people.values() for person in known if person.phone}
    refused, firsts = load_opt_outs(session, phones), load_first_ways(session, phones)
    chats = [chat for known in people.values() for person in known for chat in person.chats]
    languages = chosen_languages(session, chats)
    writer = Writer(today, load_departments(session), filed_signatures(session), languages=languages)
    left = load_unsubscribed(session) if any(map(_subject_of, facts)) else frozenset[tuple[int, str]]()
    return Desk(people, refused, firsts, frozenset(available_channels), allow_synthetic, writer, left)


def _subject_of(facts: NoticeFacts) -> str:
    """What an officer may leave to colleagues; of a template that is not there `write` tells."""
    entry = load_index().templates.get(facts.template)
    return entry.subject if entry is not None else ""
