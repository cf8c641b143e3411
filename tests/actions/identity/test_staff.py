"""The people of a party, changed by its own administrator and by nobody else."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from actions.actors import find_actors
from actions.identity.bindings import people_with
from actions.identity.people import my_people, places_to_choose
from actions.identity.staff import change_role, end_person, name_person, set_away, set_places
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.sight import among_lifts_of
from store.database import Database
from store.events import Event, EventKind
from store.parties import Chat, Contact, ContactRole

ZHAO = "+8614000000021"


@pytest.fixture
def head(asks: Any, town: Any) -> Callable[[str], Any]:
    """Li, the safety manager of the second unit, with a tap of this key."""
    return lambda key: asks(town.li, key=key)


def test_a_head_names_somebody_who_is_then_known_by_their_number(database: Database, town: Any, head: Any) -> None:
    with database.write() as session:
        contact_id = name_person(session, head("1"), role="unit_contact", name=" 赵六 ", phone="140 0000 0021")
    with database.read() as session:
        added = session.get_one(Contact, contact_id)
        assert (added.party_id, added.name, added.phone, added.by_hand) == (town.units[1], "赵六", ZHAO, True)
        assert people_with(session, ZHAO, town.now) == [contact_id]
        event = session.exec(select(Event).where(Event.kind == EventKind.PEOPLE_CHANGED)).one()
        assert event.payload == {"did": "named", "by": town.li, "contact": contact_id, "role": "unit_contact"}


def test_one_tap_names_once(database: Database, town: Any, head: Any) -> None:
    asked = head("1")
    found = set()
    for _ in range(2):
        with database.write() as session:
            found.add(name_person(session, asked, role="unit_contact", name="赵六", phone=ZHAO))
    with database.read() as session:
        assert {*found} == {*people_with(session, ZHAO, town.now)}


@pytest.mark.parametrize(
    ("role", "name", "phone", "refused"),
    [
        ("legal_rep", "赵六", ZHAO, "people.not_that_role"),
        ("duty_officer", "赵六", ZHAO, "people.not_that_role"),
        ("no role", "赵六", ZHAO, "people.not_that_role"),
        ("unit_contact", "赵六", "1234", "people.no_phone"),
        ("unit_contact", " ", ZHAO, "people.no_name"),
        ("unit_contact", "赵" * 41, ZHAO, "people.no_name"),
        ("unit_contact", "赵\n六", ZHAO, "people.no_name"),
        ("unit_contact", "别的名字", "14000000001", "people.there_already"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(
    database: Database, head: Any, role: str, name: str, phone: str, refused: str
) -> None:
    with pytest.raises(Refused) as error, database.write() as session:
        name_person(session, head("1"), role=role, name=name, phone=phone)
    assert error.value.name == refused


def test_a_party_has_so_many_people_and_no_more(database: Database, head: Any) -> None:
    for number in range(60 - 2):
        with database.write() as session:
            name_person(session, head(f"{number}"), role="unit_contact", name="某", phone=f"+861400001{number:04d}")
    with pytest.raises(Refused) as error, database.write() as session:
        name_person(session, head("last"), role="unit_contact", name="某", phone=ZHAO)
    assert error.value.name == "people.too_many"


def test_who_is_ended_sees_nothing_at_once_and_elsewhere_all(
    database: Database, town: Any, asks: Any, head: Any
) -> None:
    chen = asks(town.chen[0]).actor
    with database.write() as session:
        end_person(session, head("1"), contact_id=town.chen[1])
    with database.read() as session:
        ended = session.get_one(Contact, town.chen[1])
        assert (ended.to_on, ended.ended_by_hand) == (town.today, True)
        assert [one.party_id for one in find_actors(session, chen.channel, chen.address)] == [town.units[0]]


def test_nobody_touches_people_of_another_party_or_themselves(
    database: Database, town: Any, asks: Any, head: Any
) -> None:
    for contact_id in (town.chen[0], town.wang, town.li, 999_999):
        for act in (
            lambda session, who: end_person(session, head("1"), contact_id=who),
            lambda session, who: change_role(session, head("2"), contact_id=who, role="unit_contact"),
        ):
            with pytest.raises(NotAllowedError), database.write() as session:
                act(session, contact_id)
    for verb, more in ((set_places, {"places": []}), (set_away, {"until": None})):
        with pytest.raises(NotAllowedError), database.write() as session:
            verb(session, head("3"), contact_id=town.chen[0], **more)


def test_a_contact_who_is_no_head_names_nobody(database: Database, town: Any, asks: Any) -> None:
    with pytest.raises(NotAllowedError), database.write() as session:
        name_person(session, asks(town.chen[1], key="1"), role="unit_contact", name="赵六", phone=ZHAO)
    with pytest.raises(NotAllowedError), database.write() as session:
        end_person(session, asks(town.chen[1], key="2"), contact_id=town.li)


def test_an_ended_head_names_nobody(database: Database, town: Any, head: Any) -> None:
    asked = head("1")
    with database.write() as session:
        session.get_one(Contact, town.li).to_on = town.today
    with pytest.raises(NotAllowedError), database.write() as session:
        name_person(session, asked, role="unit_contact", name="赵六", phone=ZHAO)


def test_a_safety_manager_does_not_end_the_legal_representative(database: Database, town: Any, head: Any) -> None:
    with database.write() as session:
        boss = Contact(party_id=town.units[1], role=ContactRole.LEGAL_REP, name="钱", phone=ZHAO, from_on=town.today)
        session.add(boss)
    with pytest.raises(NotAllowedError), database.write() as session:
        end_person(session, head("1"), contact_id=boss.id)


def test_another_role_keeps_chats_places_and_whom_they_act_for(
    database: Database, town: Any, asks: Any, head: Any, place: Any
) -> None:
    place(town.units[1], "云荔花园", "3栋")
    chen = asks(town.chen[1]).actor
    with database.write() as session:
        set_places(session, head("1"), contact_id=town.chen[1], places=[("云荔花园", "3栋")])
    with database.write() as session:
        after = change_role(session, head("2"), contact_id=town.chen[1], role="safety_manager")
    with database.write() as session:
        assert change_role(session, head("2"), contact_id=town.chen[1], role="safety_manager") == after
    with database.read() as session:
        actors = find_actors(session, chen.channel, chen.address)
        assert [(one.contact_id, one.role) for one in actors] == [
            (town.chen[0], "unit_contact"),
            (after, "safety_manager"),
        ]
        former = session.get_one(Contact, town.chen[1])
        assert former.ended_by_hand
        assert session.exec(select(Chat.active).where(Chat.contact_id == former.id)).all() == [False]
        [me] = [one for one in my_people(session, head("")) if one.contact_id == after]
        assert me.places == (("云荔花园", "3栋"),)


def test_a_role_that_they_have_is_refused(database: Database, town: Any, head: Any) -> None:
    with pytest.raises(Refused) as error, database.write() as session:
        change_role(session, head("1"), contact_id=town.chen[1], role="unit_contact")
    assert error.value.name == "people.has_that_role"


def test_who_is_there_for_some_places_sees_the_lifts_of_those(
    database: Database, town: Any, asks: Any, head: Any, place: Any
) -> None:
    here, beside, there = (
        place(town.units[1], *where) for where in (("云荔花园", "3栋"), ("云荔花园", "4栋"), ("珠浦苑", "1栋"))
    )

    def seen() -> list[int]:
        with database.read() as session:
            actor = asks(town.chen[1]).actor
            return [lift for lift in (here, beside, there) if among_lifts_of(session, actor, [lift])]

    assert seen() == [here, beside, there]
    with database.read() as session:
        assert ("云荔花园", "") in places_to_choose(session, head(""))
    for number, (places, lifts) in enumerate(
        [
            ([("云荔花园", "")], [here, beside]),
            ([("云荔花园", "3栋"), ("珠浦苑", "")], [here, there]),
            ([], [here, beside, there]),
        ]
    ):
        with database.write() as session:
            set_places(session, head(f"{number}"), contact_id=town.chen[1], places=places)
        assert seen() == lifts


def test_a_place_where_the_party_has_no_lift_is_refused(database: Database, town: Any, head: Any, place: Any) -> None:
    place(town.units[0], "云荔花园", "3栋")
    with pytest.raises(Refused) as error, database.write() as session:
        set_places(session, head("1"), contact_id=town.chen[1], places=[("云荔花园", "")])
    assert error.value.name == "people.no_such_place"


def test_somebody_is_away_until_a_day_and_says_so_themselves(
    database: Database, town: Any, asks: Any, head: Any
) -> None:
    until = town.today + timedelta(days=3)
    with database.write() as session:
        set_away(session, asks(town.chen[1], key="1"), contact_id=town.chen[1], until=until)
    with database.read() as session:
        [chen] = [one for one in my_people(session, head("")) if one.contact_id == town.chen[1]]
        assert chen.off_until == until
    with database.write() as session:
        set_away(session, head("2"), contact_id=town.chen[1], until=None)
    with database.read() as session:
        assert session.get_one(Contact, town.chen[1]).off_until is None
    for day in (town.today - timedelta(days=1), town.today + timedelta(days=61), date(9999, 1, 1)):
        with pytest.raises(Refused), database.write() as session:
            set_away(session, head("3"), contact_id=town.chen[1], until=day)


def test_colleagues_are_shown_with_masked_numbers_and_those_of_others_are_not(
    database: Database, town: Any, asks: Any
) -> None:
    with database.read() as session:
        asked = asks(town.chen[1])
        people = my_people(session, asked)
    assert [(one.name, one.phone, one.is_me, one.may_change) for one in people] == [
        ("陈一鸣", "140****0001", True, False),
        ("李二", "140****0002", False, False),
    ]
    assert people[0].doors == 1


def test_two_who_name_the_same_person_at_once_add_one(database: Database, town: Any, head: Any, at_once: Any) -> None:
    taps = [head(f"{number}") for number in range(6)]

    def name(number: int) -> int:
        with database.write() as session:
            return name_person(session, taps[number], role="unit_contact", name="赵六", phone=ZHAO)

    found = at_once(6, name)
    assert len([one for one in found if isinstance(one, int)]) == 1
    assert len([one for one in found if isinstance(one, Refused)]) == 5
    with database.read() as session:
        assert len(session.exec(select(Contact).where(Contact.phone == ZHAO, col(Contact.to_on).is_(None))).all()) == 1
