"""From stored people to addresses: places, days off, and chats whose number is the contact's no more."""

from datetime import date
from typing import Any

import pytest

from notifier.prepare import prepare
from store.doubted import key_of_number
from store.parties import Chat, Contact, ContactRole, ContactScope
from store.tasks import Task, TaskKind

A, B, HEAD = "+8614000000001", "+8614000000002", "+8614000000003"
ALL = ("sms", "webchat", "telegram", "call_task")


@pytest.fixture
def unit(world: Any) -> Any:
    """A unit with a contact for each of two compounds, and a safety manager for all; by the number of each."""
    party = world.party()
    people = {A: world.contact(party, phone=A), B: world.contact(party, phone=B)}
    people[HEAD] = world.contact(party, ContactRole.SAFETY_MANAGER, HEAD)
    for phone, compound in ((A, "云荔花园"), (B, "珠浦苑")):
        world.change(lambda s, who=people[phone], what=compound: s.add(ContactScope(contact_id=who, compound=what)))
    return party, people


def told(world: Any, today: date, unit: int, *compounds: str) -> list[str]:
    duties = [duty for compound in compounds for duty in world.lifts(unit, compound=compound)]
    notice = world.notice(unit, duties)
    with world.database.read() as session:
        return [message.address for message in prepare(session, [notice], ALL, today)]


def test_whoever_is_there_for_the_lifts_is_told_of_them(world: Any, today: date, unit: Any) -> None:
    party, _ = unit
    assert told(world, today, party, "云荔花园") == [A]
    assert told(world, today, party, "珠浦苑") == [B]
    assert sorted(told(world, today, party, "云荔花园", "珠浦苑")) == [A, B]
    assert told(world, today, party, "别处") == [HEAD]


def test_who_is_away_is_passed_over_and_told_again_afterwards(world: Any, today: date, unit: Any) -> None:
    party, people = unit
    world.change(lambda s: setattr(s.get_one(Contact, people[A]), "off_until", today))
    assert told(world, today, party, "云荔花园") == [HEAD]
    assert told(world, today.replace(day=today.day + 1), party, "云荔花园") == [A]
    for who in people.values():
        world.change(lambda s, one=who: setattr(s.get_one(Contact, one), "off_until", today))
    assert told(world, today, party, "云荔花园") == [A]


def bind(world: Any, contact_id: int, phone: str | None) -> None:
    world.change(lambda s: s.add(Chat(contact_id=contact_id, channel="webchat", address="7", phone=phone)))


def of_chat(world: Any, today: date, party: int) -> list[str]:
    notice = world.notice(party, world.lifts(party), channel_class="chat")
    with world.database.read() as session:
        return [f"{one.channel}:{one.address}" for one in prepare(session, [notice], ALL, today)]


def test_a_chat_gets_no_more_when_its_number_is_the_contacts_no_more(world: Any, today: date) -> None:
    party = world.party()
    contact_id = world.contact(party, phone=A)
    bind(world, contact_id, A)
    assert of_chat(world, today, party) == ["webchat:7"]
    world.change(lambda s: setattr(s.get_one(Contact, contact_id), "phone", B))
    assert of_chat(world, today, party) == [f"sms:{B}"]


def test_a_chat_of_a_number_in_doubt_rests(world: Any, today: date) -> None:
    party = world.party()
    bind(world, world.contact(party, phone=A), A)
    other = world.party("别家物业")
    bind(world, world.contact(other, phone=A), A)
    doubt = Task(
        kind=TaskKind.BAD_PHONE, key=key_of_number(A, party), city_id="guangzhou", party_id=party, opened_on=today
    )
    world.change(lambda s: s.add(doubt))
    assert of_chat(world, today, party) == ["none:"]
    assert of_chat(world, today, other) == ["webchat:7"]


def test_a_chat_that_an_operator_has_named_stays_whatever_the_number(world: Any, today: date) -> None:
    party = world.party()
    contact_id = world.contact(party, phone=A)
    bind(world, contact_id, None)
    world.change(lambda s: setattr(s.get_one(Contact, contact_id), "phone", B))
    assert of_chat(world, today, party) == ["webchat:7"]
