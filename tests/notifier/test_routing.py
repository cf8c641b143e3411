from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType, number_type, parse

from notifier.phones import takes_sms
from notifier.routing import AUDIENCES, BY_PHONE, Address, Person, Where, route
from store.parties import ContactRole as Role

ALL = frozenset({"sms", "telegram", "webchat", "call_task"})
A, B, C, D = "+8614000000001", "+8614000000002", "+8614000000003", "+8614000000004"
CONTACT = Person(1, Role.UNIT_CONTACT, "甲", A)
MANAGER = Person(2, Role.SAFETY_MANAGER, "乙", B)
HEAD = Person(3, Role.LEGAL_REP, "丙", C)
EVERYBODY = [CONTACT, MANAGER, HEAD]
IN_CHAT = Person(4, Role.UNIT_CONTACT, "丁", D, chats=(("webchat", "w-4"), ("telegram", "44")))


def where(addresses: list[Address]) -> list[tuple[str, str]]:
    return [(address.channel, address.address) for address in addresses]


@pytest.mark.parametrize(
    ("audience", "reached"),
    [
        ("unit_contact", [A]),
        ("unit_head", [C]),
        ("unit_contact_and_manager", [A, B]),
        ("legal_rep_and_manager", [C, B]),
        ("maintainer", [A]),
    ],
)
def test_each_audience_reaches_its_people(audience: str, reached: list[str]) -> None:
    assert [address.address for address in route(audience, "sms", EVERYBODY, available=ALL)] == reached


def test_without_a_contact_the_manager_is_told_and_then_the_head() -> None:
    assert where(route("unit_contact", "sms", [MANAGER, HEAD], available=ALL)) == [("sms", B)]
    assert where(route("unit_contact", "sms", [HEAD], available=ALL)) == [("sms", C)]


def test_two_people_with_one_telephone_get_one_message() -> None:
    same = Person(5, Role.SAFETY_MANAGER, "戊", A)
    assert where(route("unit_contact_and_manager", "sms", [CONTACT, same], available=ALL)) == [("sms", A)]


def test_a_pair_without_either_falls_back_to_who_is_left() -> None:
    assert where(route("legal_rep_and_manager", "sms", [CONTACT], available=ALL)) == [("sms", A)]
    assert where(route("unit_contact_and_manager", "sms", [HEAD], available=ALL)) == [("sms", C)]


def test_anybody_of_the_party_is_the_last_resort() -> None:
    stranger = Person(6, Role.DUTY_OFFICER, "己", D)
    assert where(route("unit_contact", "sms", [Person(1, Role.UNIT_CONTACT), stranger], available=ALL)) == [("sms", D)]


def test_an_sms_prefers_the_phone_and_a_chat_message_the_chat() -> None:
    assert where(route("unit_contact", "sms", [IN_CHAT], available=ALL)) == [("sms", D)]
    assert where(route("unit_contact", "chat", [IN_CHAT], available=ALL)) == [("webchat", "w-4")]


def test_a_channel_that_is_not_configured_is_passed_over() -> None:
    no_sms = ALL - {"sms"}
    assert where(route("unit_contact", "sms", [IN_CHAT], available=no_sms)) == [("webchat", "w-4")]
    assert where(route("unit_contact", "chat", [IN_CHAT], available=frozenset({"telegram"}))) == [("telegram", "44")]
    assert where(route("unit_contact", "chat", [CONTACT], available=ALL)) == [("sms", A)]


def test_a_call_needs_a_phone_and_prefers_anybodys_phone_to_a_text() -> None:
    chat_only = Person(7, Role.LEGAL_REP, "庚", None, chats=(("webchat", "w-7"),))
    assert where(route("unit_head", "call", [chat_only, CONTACT], available=ALL)) == [("call_task", A)]
    assert where(route("unit_head", "call", [chat_only], available=ALL)) == [("webchat", "w-7")]


def test_an_address_that_failed_is_passed_over() -> None:
    failed = frozenset({("sms", D)})
    assert where(route("unit_contact", "sms", [IN_CHAT], available=ALL, exclude=failed)) == [("webchat", "w-4")]


def test_who_was_written_to_in_vain_is_called_before_the_next_is_written_to() -> None:
    known, tried = [IN_CHAT, MANAGER], frozenset[Where]()
    way = []
    while found := where(route("unit_contact", "chat", known, available=ALL | {"voice"}, exclude=tried)):
        way += found
        tried |= frozenset(found)
    assert way == [
        ("webchat", "w-4"),
        ("telegram", "44"),
        ("sms", D),
        ("call_task", D),
        ("sms", B),
        ("call_task", B),
    ]


def test_abroad_the_machine_calls_before_a_person_does() -> None:
    abroad = Person(9, Role.UNIT_CONTACT, "壬", "+85251234567")
    tried = frozenset({("sms", "+85251234567")})
    assert where(route("unit_contact", "sms", [abroad, MANAGER], available=ALL | {"voice"}, exclude=tried)) == [
        ("voice", "+85251234567")
    ]


def test_nobody_is_called_under_a_number_that_does_not_exist() -> None:
    dead = frozenset((way, A) for way in BY_PHONE)
    assert where(route("unit_contact", "sms", [CONTACT, MANAGER], available=ALL, exclude=dead)) == [("sms", B)]


def test_a_person_is_written_to_as_they_prefer_whatever_the_rung_says() -> None:
    assert where(route("unit_contact", "sms", [replace(IN_CHAT, prefers="chat")], available=ALL)) == [
        ("webchat", "w-4")
    ]
    assert where(route("unit_contact", "chat", [replace(IN_CHAT, prefers="sms")], available=ALL)) == [("sms", D)]
    assert where(route("unit_contact", "call", [replace(IN_CHAT, prefers="chat")], available=ALL)) == [("call_task", D)]


def test_what_goes_out_by_both_ways_does_so_whatever_somebody_prefers() -> None:
    prefers_chat, no_chat = replace(IN_CHAT, prefers="chat"), replace(CONTACT, prefers="chat")
    assert where(route("unit_contact", "sms_always", [prefers_chat], available=ALL)) == [("sms", D)]
    assert where(route("unit_contact", "chat_only", [prefers_chat], available=ALL)) == [("webchat", "w-4")]
    assert route("unit_contact", "chat_only", [no_chat], available=ALL) == []
    assert route("unit_contact", "chat_only", [replace(IN_CHAT, phone=None)], available=ALL) == [], "it has come there"
    without_sms = ALL - {"sms"}
    assert where(route("unit_contact", "sms_always", [IN_CHAT], available=without_sms)) == [("webchat", "w-4")]
    assert route("unit_contact", "chat_only", [IN_CHAT], available=without_sms) == [], "or it would come twice"


def test_invented_contacts_are_not_met_unless_allowed() -> None:
    invented = Person(8, Role.UNIT_CONTACT, "辛", A, synthetic=True)
    assert route("unit_contact", "sms", [invented], available=ALL, allow_synthetic=False) == []
    assert where(route("unit_contact", "sms", [invented], available=ALL)) == [("sms", A)]


phones = st.sampled_from([None, A, B, C, D])
chats = st.lists(st.sampled_from([("webchat", "w"), ("telegram", "5"), ("email", "x")]), max_size=2, unique=True)
people = st.lists(
    st.builds(
        Person,
        contact_id=st.integers(1, 99),
        role=st.sampled_from(list(Role)),
        phone=phones,
        synthetic=st.booleans(),
        chats=chats.map(tuple),
    ),
    max_size=6,
)


@given(
    people,
    st.sampled_from(AUDIENCES),
    st.sampled_from(["sms", "chat", "call"]),
    st.frozensets(st.sampled_from(sorted(ALL))),
    st.booleans(),
)
def test_whoever_can_be_reached_is_reached_and_nobody_else(
    known: list[Person], audience: str, channel_class: str, available: frozenset[str], synthetic: bool
) -> None:
    found = route(audience, channel_class, known, available=available, allow_synthetic=synthetic)
    allowed = [person for person in known if synthetic or not person.synthetic]
    by_phone = {"sms", "call_task"}
    possible = {
        place
        for person in allowed
        for place in (*person.chats, *((way, person.phone) for way in by_phone if person.phone))
        if place[0] in available
    }
    assert bool(found) == bool(possible)
    assert set(where(found)) <= possible
    assert len(where(found)) == len(set(where(found))) <= 2


def test_a_landline_is_called_because_it_takes_no_text() -> None:
    landline = Person(1, Role.UNIT_CONTACT, "陈一鸣", "+862081230000")
    (only,) = route("unit_contact", "sms", [landline], available=frozenset({"sms", "call_task"}))
    assert (only.channel, only.address) == ("call_task", "+862081230000")


def test_a_mobile_of_the_party_is_texted_before_a_landline_is_called() -> None:
    landline = Person(1, Role.UNIT_CONTACT, "陈一鸣", "+862081230000")
    mobile = Person(2, Role.SAFETY_MANAGER, "李小满", "+8614000000002")
    (only,) = route("unit_contact", "sms", [landline, mobile], available=frozenset({"sms", "call_task"}))
    assert (only.channel, only.address) == ("sms", "+8614000000002")


@given(st.integers(1_300_000_0000, 1_999_999_9999))
def test_a_mobile_of_the_mainland_that_is_known_at_sight_is_no_landline(number: int) -> None:
    phone = f"+86{number}"
    assert takes_sms(phone)
    assert number_type(parse(phone)) != PhoneNumberType.FIXED_LINE
