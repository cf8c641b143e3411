"""Which people of a party are told, and through which channel: pure, from what is known and what is configured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from notifier.phones import is_reached, takes_sms
from store.parties import ContactRole

SMS, CALL_TASK, VOICE, NONE = "sms", "call_task", "voice", "none"
CALL = "call"  # the class of a rung that asks for a call
# Classes of what goes out by both ways, whatever way somebody prefers: who has no chat has the SMS.
SMS_ALWAYS, CHAT_ONLY = "sms_always", "chat_only"
BOTH_WAYS = (SMS_ALWAYS, CHAT_ONLY)
CALLS = (VOICE, CALL_TASK)
BY_PHONE = (SMS, *CALLS)

UNIT_CONTACT, MANAGER, HEAD = ContactRole.UNIT_CONTACT, ContactRole.SAFETY_MANAGER, ContactRole.LEGAL_REP

# Of these the first who can be reached.
FIRST_OF: dict[str, tuple[ContactRole, ...]] = {
    "unit_contact": (UNIT_CONTACT, MANAGER, HEAD),
    "unit_head": (HEAD, MANAGER, UNIT_CONTACT),
    "unit_signer": (MANAGER, HEAD, UNIT_CONTACT),
    "maintainer": (ContactRole.MAINTAINER_CONTACT, ContactRole.MAINTAINER_ADMIN),
    "district_regulator": (ContactRole.REGULATOR_OFFICER,),
    "city_regulator": (ContactRole.REGULATOR_OFFICER,),
    "inspection_department": (ContactRole.DUTY_OFFICER,),
    "maintainer_admin": (ContactRole.MAINTAINER_ADMIN, ContactRole.MAINTAINER_CONTACT),
    "rescue_centre": (ContactRole.DUTY_OFFICER,),
    "street_office": (ContactRole.STREET_OFFICER,),
}
# Each of these two; when neither can be reached, the first of the others.
EACH_OF: dict[str, tuple[tuple[ContactRole, ContactRole], str]] = {
    "unit_contact_and_manager": ((UNIT_CONTACT, MANAGER), "unit_contact"),
    "legal_rep_and_manager": ((HEAD, MANAGER), "unit_contact"),
    "maintainer_crew": ((ContactRole.WORKER, ContactRole.MAINTAINER_CONTACT), "maintainer"),
}
AUDIENCES = (*FIRST_OF, *EACH_OF)

Where = tuple[str, str]  # channel, address


@dataclass(slots=True)
class Person:
    """A contact of a party; `chats` are (channel, address), `phone` is E.164.

    `prefers`: to be written to by `sms` or in a `chat` first, whatever the rung says; empty where nothing was said.
    `places` (compound, building; an empty one stands for all) are those for which they are there, none: for all; they
    are away up to and with `off_until`.
    """

    contact_id: int
    role: str
    name: str = ""
    phone: str | None = None
    synthetic: bool = False
    chats: tuple[Where, ...] = ()
    prefers: str = ""
    places: tuple[tuple[str, str], ...] = ()
    off_until: date | None = None


@dataclass(slots=True)
class Address:
    """Where one message goes."""

    contact_id: int
    channel: str
    address: str
    name: str = ""


def route(
    audience: str,
    channel_class: str,
    people: Sequence[Person],
    *,
    available: frozenset[str],
    allow_synthetic: bool = True,
    exclude: frozenset[Where] = frozenset(),
) -> list[Address]:
    """The addresses for an audience, none when nobody can be reached; `exclude` are addresses that do not work.

    channel_class `sms`: the phone, else a chat; `chat`: a chat, else the phone; `call`: a call to the phone of anybody
    at the party before a written message to anybody, by the machine where that is available and reaches the number,
    else by a person. Who was written to in vain is called before the next person is written to. A landline takes no
    text: where a party has nothing else, it is called. `sms_always` is the same as `sms`, also to who prefers a chat;
    `chat_only` goes with it, to a chat of whoever has it by SMS.
    """
    if channel_class == CHAT_ONLY and SMS not in available:
        return []  # what goes out by SMS comes to the chat instead
    reachable = [person for person in people if allow_synthetic or not person.synthetic]
    for is_last in (False, True):
        search = Search(reachable, channel_class, available, exclude, is_last)
        found = search.choose(audience)
        if found:
            return found
    return []


def _ways(person: Person, channel_class: str, exclude: frozenset[Where], is_last: bool) -> tuple[str, ...]:
    """The kinds of channel by which a person is tried, in their order, in the first round or in the last."""
    if channel_class == CHAT_ONLY:
        return ("chat",) if person.phone is not None and takes_sms(person.phone) else ()
    wish = "" if channel_class == SMS_ALWAYS else person.prefers or channel_class
    written = ("chat", SMS) if wish == "chat" else (SMS, "chat")
    if channel_class == CALL:
        return written if is_last else CALLS
    if is_last:
        return CALLS
    return written + CALLS if _was_written_to(person, exclude) else written


def _was_written_to(person: Person, exclude: frozenset[Where]) -> bool:
    return bool(exclude) and not exclude.isdisjoint((*person.chats, (SMS, person.phone)))


@dataclass(slots=True)
class Search:
    """One round through the people of a party, the first or the last."""

    people: Sequence[Person]
    channel_class: str
    available: frozenset[str]
    exclude: frozenset[Where]
    is_last: bool

    def choose(self, audience: str) -> list[Address]:
        """The addresses for an audience, none when nobody can be reached in this round."""
        if audience in EACH_OF:
            pair, audience = EACH_OF[audience]
            both = {(found.channel, found.address): found for role in pair if (found := self._reach([role]))}
            if both:
                return list(both.values())
        first = self._reach(FIRST_OF[audience]) or self._reach(dict.fromkeys(person.role for person in self.people))
        return [first] if first else []

    def _reach(self, roles: Iterable[str]) -> Address | None:
        """The first person of the first of these roles who can be reached."""
        for role in roles:
            for person in self.people:
                if person.role == role:
                    ways = _ways(person, self.channel_class, self.exclude, self.is_last)
                    found = _reach(person, ways, self.available, self.exclude)
                    if found is not None:
                        return found
        return None


def _reach(
    person: Person, ways: tuple[str, ...], available: frozenset[str], exclude: frozenset[Where]
) -> Address | None:
    for way in ways:
        options = person.chats if way == "chat" else _by_phone(way, person.phone, available)
        for channel, address in options:
            if channel in available and (channel, address) not in exclude:
                return Address(person.contact_id, channel, address, person.name)
    return None


def _by_phone(way: str, phone: str | None, available: frozenset[str]) -> tuple[Where, ...]:
    if not phone or not is_reached(way, phone, available) or (way == SMS and not takes_sms(phone)):
        return ()
    return ((way, phone),)
