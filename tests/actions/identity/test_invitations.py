"""Places at an office wait for whoever has a telephone; a code takes them up, once."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col, select

from actions.actors import find_actors
from actions.identity.doors import bind_by_contact
from actions.identity.invitations import invite, invite_person, open_invitations, withdraw_invitation
from actions.identity.sign_in import ask_code, check_code
from actions.people.parties import find_or_add_party
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from store.cases import StreetOffice
from store.database import Database
from store.identity import Invitation
from store.parties import AreaRole, Contact, ContactRole, Jurisdiction

SUN = "+8614000000031"


@pytest.fixture
def enter(database: Database, town: Any) -> Callable[..., int | None]:
    """`enter(phone)`: the account, after a code has come; None where none came."""

    def do(phone: str, *, minutes: float = 0) -> int | None:
        now = town.later(minutes=minutes)
        with database.write() as session:
            asked = ask_code(session, phone, "192.0.2.1", now, key=town.key)
        if asked.code is None:
            return None
        with database.write() as session:
            return check_code(session, phone, asked.code, "192.0.2.1", now, key=town.key)

    return do


@pytest.fixture
def regulator(database: Database, town: Any) -> int:
    """An officer of a district."""
    with database.write() as session:
        bureau = find_or_add_party(session, city_id="guangzhou", name="示例区市场监管局", kind="o")
        officer = Contact(
            party_id=bureau,
            role=ContactRole.REGULATOR_OFFICER,
            name="周七",
            phone="+8614000000041",
            from_on=town.today,
        )
        session.add(officer)
        kind = AreaRole.DISTRICT_REGULATOR
        session.add(
            Jurisdiction(city_id="guangzhou", district_code="440106", role=kind, party_id=bureau, from_on=town.today)
        )
        session.flush()
        return officer.id


def invite_sun(database: Database, town: Any, asked: Any, **otherwise: Any) -> int:
    wanted = {"role": "inspector", "name": "孙八", "phone": SUN, "party_id": town.office} | otherwise
    with database.write() as session:
        return invite_person(session, asked, **wanted)


def test_a_code_to_the_invited_number_takes_the_place_up(database: Database, town: Any, asks: Any, enter: Any) -> None:
    assert enter(SUN) is None
    invitation_id = invite_sun(database, town, asks(town.wang, key="1"))
    with database.read() as session:
        [shown] = open_invitations(session, asks(town.wang))
        assert (shown.id, shown.role, shown.phone) == (invitation_id, "inspector", "140****0031")
    account = enter(SUN, minutes=2)
    with database.read() as session:
        [actor] = find_actors(session, "webchat", str(account))
        assert (actor.role, actor.name, actor.party_id) == ("inspector", "孙八", town.office)
        assert session.get_one(Invitation, invitation_id).contact_id == actor.contact_id
        assert open_invitations(session, asks(town.wang)) == []
    assert enter(SUN, minutes=20) == account
    with database.read() as session:
        assert len(session.exec(select(Contact).where(Contact.phone == SUN)).all()) == 1


def test_a_shared_contact_alone_takes_no_place_up(database: Database, town: Any, asks: Any) -> None:
    invite_sun(database, town, asks(town.wang, key="1"))
    with database.write() as session:
        found = bind_by_contact(
            session, channel="telegram", address="7", user_id=7, contact_user_id=7, phone=SUN, now=town.now
        )
    assert found == []


def test_an_invitation_runs_out(database: Database, town: Any, asks: Any, enter: Any) -> None:
    invite_sun(database, town, asks(town.wang, key="1"))
    assert enter(SUN, minutes=14 * 24 * 60) is None
    with database.read() as session:
        assert session.exec(select(Contact).where(Contact.phone == SUN)).first() is None


def test_one_that_was_withdrawn_opens_nothing(database: Database, town: Any, asks: Any, enter: Any) -> None:
    invitation_id = invite_sun(database, town, asks(town.wang, key="1"))
    for _ in range(2):  # one tap that arrives twice
        with database.write() as session:
            withdraw_invitation(session, asks(town.wang, key="2"), invitation_id=invitation_id)
    assert enter(SUN) is None
    with pytest.raises(Refused), database.write() as session:
        withdraw_invitation(session, asks(town.wang, key="3"), invitation_id=invitation_id)


def test_asked_again_it_is_the_same_and_good_for_longer(database: Database, town: Any, asks: Any, enter: Any) -> None:
    first = invite_sun(database, town, asks(town.wang, key="1"))
    assert invite_sun(database, town, asks(town.wang, key="1")) == first
    later = asks(town.wang, key="2", now=town.later(days=10))
    assert invite_sun(database, town, later) == first
    assert enter(SUN, minutes=20 * 24 * 60) is not None


def test_a_duty_officer_invites_to_their_own_office_only(
    database: Database, town: Any, asks: Any, regulator: int
) -> None:
    with database.read() as session:
        bureau = session.get_one(Contact, regulator).party_id
    for party_id in (*town.units, bureau, 999_999):
        with pytest.raises(NotAllowedError):
            invite_sun(database, town, asks(town.wang, key="1"), party_id=party_id)
    for role in ("regulator_officer", "street_officer", "unit_contact", "tester", "odd"):
        with pytest.raises(Refused):
            invite_sun(database, town, asks(town.wang, key="2"), role=role)
    with pytest.raises(NotAllowedError):
        invite_sun(database, town, asks(town.li, key="3"), party_id=town.units[1])


def test_nobody_withdraws_or_sees_what_another_office_offers(
    database: Database, town: Any, asks: Any, regulator: int
) -> None:
    invitation_id = invite_sun(database, town, asks(town.wang, key="1"))
    with database.read() as session:
        assert open_invitations(session, asks(regulator)) == []
    with pytest.raises(NotAllowedError), database.write() as session:
        withdraw_invitation(session, asks(regulator, key="2"), invitation_id=invitation_id)


def test_a_bureau_invites_its_officers_and_those_of_its_street_offices(
    database: Database, town: Any, asks: Any, regulator: int, enter: Any
) -> None:
    streets = []
    with database.write() as session:
        bureau = session.get_one(Contact, regulator).party_id
        for name, district in (("示例街道", "440106"), ("别区街道", "440103")):
            street = find_or_add_party(session, city_id="guangzhou", name=name, kind="o")
            session.add(StreetOffice(party_id=street, city_id="guangzhou", district_code=district, from_on=town.today))
            streets.append(street)
    asked = asks(regulator, key="1")
    invite_sun(database, town, asked, role="street_officer", party_id=streets[0])
    invite_sun(database, town, asks(regulator, key="2"), role="regulator_officer", party_id=bureau)
    with pytest.raises(NotAllowedError):
        invite_sun(database, town, asks(regulator, key="3"), role="street_officer", party_id=streets[1])
    for role, party_id in (("street_officer", bureau), ("regulator_officer", streets[0])):
        with pytest.raises(Refused):
            invite_sun(database, town, asks(regulator, key="4"), role=role, party_id=party_id)
    account = enter(SUN)
    with database.read() as session:
        found = find_actors(session, "webchat", str(account))
        assert {(one.party_id, one.role) for one in found} == {
            (streets[0], "street_officer"),
            (bureau, "district_regulator"),
        }


def test_who_is_there_already_is_not_invited(database: Database, town: Any, asks: Any, enter: Any) -> None:
    invite_sun(database, town, asks(town.wang, key="1"))
    enter(SUN)
    with pytest.raises(Refused) as error:
        invite_sun(database, town, asks(town.wang, key="2"))
    assert error.value.name == "people.there_already"


def test_taken_up_at_once_it_is_one_place(database: Database, town: Any, asks: Any, at_once: Any) -> None:
    invite_sun(database, town, asks(town.wang, key="1"))
    with database.write() as session:
        code = ask_code(session, SUN, "192.0.2.1", town.now, key=town.key).code
    assert code is not None

    def take(_: int) -> int | None:
        with database.write() as session:
            return check_code(session, SUN, code, "192.0.2.1", town.now, key=town.key)

    assert len([one for one in at_once(6, take) if isinstance(one, int)]) == 1
    with database.read() as session:
        assert len(session.exec(select(Contact).where(Contact.phone == SUN, col(Contact.to_on).is_(None))).all()) == 1


@pytest.mark.parametrize(("phone", "name"), [("12", "孙八"), (SUN, "孙" * 41), (SUN, "孙\n八")])
def test_an_invitation_needs_a_number_and_a_name_that_can_be_one(
    database: Database, town: Any, phone: str, name: str
) -> None:
    with pytest.raises(Refused), database.write() as session:
        invite(
            session,
            party_id=town.office,
            role=ContactRole.INSPECTOR,
            name=name,
            phone=phone,
            invited_by=None,
            now=town.now,
        )
