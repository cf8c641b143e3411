"""Chats and whose they are: shared contacts, codes, links on paper, several parties, lost telephones."""

from typing import Any

import pytest
from sqlmodel import select

from actions.actors import Asked, current_actor, find_actors
from actions.identity.doors import (
    act_for,
    ask_to_bind,
    bind_by_link,
    check_to_bind,
    close_door,
    forget_me_here,
    my_doors,
    my_parties,
)
from actions.identity.links import ask_by_link, check_by_link, make_link
from actions.identity.lost import colleague_has_phone, colleague_lost_phone, lost_phone
from actions.identity.sign_in import account_of, admit, ask_code, open_session
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from store.database import Database
from store.identity import PaperLink
from store.parties import Chat, Contact

HERE = "192.0.2.1"


def test_ones_own_contact_binds_the_chat_to_all_ones_parties(database: Database, town: Any) -> None:
    assert [one.contact_id for one in town.share(database)] == town.chen


@pytest.mark.parametrize(
    "otherwise",
    [
        {"contact_user_id": 43},
        {"contact_user_id": None},
        {"channel": "webchat"},
        {"phone": "+8614000000009"},
        {"phone": ""},
        {"phone": "not a number"},
    ],
)
def test_what_is_not_ones_own_contact_proves_nothing(database: Database, town: Any, otherwise: dict[str, Any]) -> None:
    assert town.share(database, **otherwise) == []
    with database.read() as session:
        assert session.exec(select(Chat)).all() == []


def test_a_chat_is_bound_by_the_code_that_was_asked_for_in_it(database: Database, town: Any) -> None:
    where: dict[str, Any] = {
        "channel": "telegram",
        "address": "42",
        "phone": "14000000001",
        "now": town.now,
        "key": town.key,
    }
    with database.write() as session:
        asked: Any = ask_to_bind(session, **where)
    with database.write() as session:
        assert check_to_bind(session, **(where | {"address": "43"}), code=asked.code) == []
        assert check_to_bind(session, **where, code="not it") == []
        assert [one.contact_id for one in check_to_bind(session, **where, code=asked.code)] == town.chen
        assert check_to_bind(session, **where, code=asked.code) == []


def test_a_stranger_in_a_chat_hears_the_same(database: Database, town: Any) -> None:
    where: dict[str, Any] = {"channel": "telegram", "address": "42", "now": town.now, "key": town.key}
    with database.write() as session:
        assert ask_to_bind(session, phone=town.nobody, **where).to_send is None
    with pytest.raises(Refused) as stranger, database.write() as session:
        ask_to_bind(session, phone=town.nobody, **where)
    with database.write() as session:
        ask_to_bind(session, phone=town.li_phone, **where)
    with pytest.raises(Refused) as known, database.write() as session:
        ask_to_bind(session, phone=town.li_phone, **where)
    assert str(stranger.value) == str(known.value)


def a_link(session: Any, contact_id: int, now: Any) -> Any:
    return make_link(session, contact_id, now)


def test_a_link_on_paper_still_asks_for_the_code_and_is_good_once(database: Database, town: Any) -> None:
    with database.write() as session:
        link = a_link(session, town.li, town.now)
        asked: Any = ask_by_link(session, link.token, HERE, town.now, key=town.key)
        assert asked.to_send == town.li_phone
    with database.write() as session:
        assert check_by_link(session, link.token, "not it", HERE, town.now, key=town.key) is None
        account = check_by_link(session, link.token, asked.code, HERE, town.now, key=town.key)
        assert [one.contact_id for one in find_actors(session, "webchat", str(account))] == [town.li]
    with database.write() as session:
        again = ask_by_link(session, link.token, HERE, town.later(minutes=2), key=town.key)
        assert (again.to_send, again.code) == (None, None)
        kept = session.exec(select(PaperLink)).one()
        assert link.token not in str(kept.model_dump())


def test_a_link_binds_a_chat_in_telegram_too(database: Database, town: Any) -> None:
    with database.write() as session:
        link = a_link(session, town.li, town.now)
        asked: Any = ask_by_link(session, link.token, "telegram:42", town.now, key=town.key)
        found = bind_by_link(
            session,
            channel="telegram",
            address="42",
            token=link.token,
            code=asked.code,
            now=town.now,
            key=town.key,
        )
        assert [one.contact_id for one in found] == [town.li]


def test_links_that_are_none_any_more_ask_for_codes_that_nobody_gets(database: Database, town: Any) -> None:
    with database.write() as session:
        earlier, link, gone = (a_link(session, who, town.now) for who in (town.li, town.li, town.chen[0]))
        session.get_one(Contact, town.chen[0]).phone = town.nobody

    def sent(token: str, **later: float) -> str | None:
        with database.write() as session:
            return ask_by_link(session, token, HERE, town.later(**later), key=town.key).to_send

    assert sent(earlier.token) is None
    assert sent(gone.token) is None
    assert sent("\ud800 no link") is None
    assert sent(link.token, days=60) is None
    assert sent(link.token, days=59) == town.li_phone
    for odd in (earlier.token, "\ud800 no link"):
        with database.write() as session:
            assert check_by_link(session, odd, "123456", HERE, town.now, key=town.key) is None


def test_a_link_asks_as_seldom_as_a_number(database: Database, town: Any) -> None:
    with database.write() as session:
        link = a_link(session, town.li, town.now)
        ask_by_link(session, link.token, HERE, town.now, key=town.key)
    for token in (link.token, link.token):
        with pytest.raises(Refused), database.write() as session:
            ask_by_link(session, token, HERE, town.now, key=town.key)


def test_a_link_used_twice_at_once_opens_once(database: Database, town: Any, at_once: Any) -> None:
    with database.write() as session:
        link = a_link(session, town.li, town.now)
        asked: Any = ask_by_link(session, link.token, HERE, town.now, key=town.key)

    def use(number: int) -> int | None:
        with database.write() as session:
            return check_by_link(session, link.token, asked.code, HERE, town.now, key=town.key)

    assert len([one for one in at_once(6, use) if one is not None]) == 1


def test_who_has_no_telephone_gets_no_link(database: Database, town: Any) -> None:
    with database.write() as session:
        session.get_one(Contact, town.li).phone = None
        assert make_link(session, town.li, town.now) is None


def test_a_person_of_two_parties_acts_for_the_one_they_choose(database: Database, town: Any, asks: Any) -> None:
    asked = asks(town.chen[0], key="1")
    with database.read() as session:
        assert [one.party_id for one in my_parties(session, asked)] == town.units
    with database.write() as session:
        assert act_for(session, asked, contact_id=town.chen[1]).party_id == town.units[1]
    with database.read() as session:
        now = current_actor(session, asked.actor.channel, asked.actor.address)
        assert now is not None
        assert now.contact_id == town.chen[1]
    for contact_id in (town.li, town.wang, 999_999):
        with pytest.raises(NotAllowedError), database.write() as session:
            act_for(session, asked, contact_id=contact_id)


def test_a_chat_that_is_forgotten_is_a_strangers(database: Database, town: Any) -> None:
    [first, *_] = town.share(database)
    with database.write() as session:
        forget_me_here(session, asked_by(first, town, "1"))
    with database.read() as session:
        assert find_actors(session, "telegram", "42") == []
    assert len(town.share(database)) == 2


def asked_by(actor: Any, town: Any, key: str) -> Any:

    return Asked(actor, town.now, town.today, key)


def test_ones_own_chats_and_browsers_are_listed_and_closed(database: Database, town: Any) -> None:
    [me, *_] = town.share(database)
    town.share(database, address="43", user_id=43, contact_user_id=43)
    with database.write() as session:
        account = admit(session, town.chen_phone, town.now)
        token = open_session(session, account, "Firefox", town.now)
        others = admit(session, town.li_phone, town.now)
        open_session(session, others, "Lynx", town.now)
    with database.read() as session:
        doors = my_doors(session, asked_by(me, town, ""))
        assert [(one.kind, one.what, one.is_this) for one in doors] == [
            ("telegram", "", True),
            ("telegram", "", False),
            ("webchat", "Firefox", False),
        ]
    with database.write() as session:
        assert close_door(session, asked_by(me, town, "1"), kind="webchat", door_id=doors[2].id)
        assert close_door(session, asked_by(me, town, "2"), kind="telegram", door_id=doors[1].id)
        assert not close_door(session, asked_by(me, town, "3"), kind="telegram", door_id=doors[1].id)
    with database.read() as session:
        assert account_of(session, token, town.now) is None
        assert find_actors(session, "telegram", "43") == []
        assert len(find_actors(session, "telegram", "42")) == 2


def test_nobody_closes_the_doors_of_others(database: Database, town: Any) -> None:
    [me, *_] = town.share(database)
    li = town.share(database, address="44", user_id=44, contact_user_id=44, phone=town.li_phone)[0]
    with database.write() as session:
        account = admit(session, town.chen_phone, town.now)
        open_session(session, account, "", town.now)
    with database.read() as session:
        doors = my_doors(session, asked_by(me, town, ""))
    for door in doors:
        with database.write() as session:
            assert not close_door(session, asked_by(li, town, "1"), kind=door.kind, door_id=door.id)


def test_a_lost_telephone_closes_every_other_door_and_gets_no_code(database: Database, town: Any) -> None:
    [me, *_] = town.share(database)
    town.share(database, address="43", user_id=43, contact_user_id=43)
    with database.write() as session:
        account = admit(session, town.chen_phone, town.now)
        token = open_session(session, account, "", town.now)
    for _ in range(2):
        with database.write() as session:
            assert lost_phone(session, asked_by(me, town, "1")) == 2
    with database.read() as session:
        assert account_of(session, token, town.now) is None
        assert [len(find_actors(session, "telegram", where)) for where in ("42", "43")] == [2, 0]
    with database.write() as session:
        assert ask_code(session, town.chen_phone, HERE, town.later(hours=23), key=town.key).to_send is None
        assert ask_code(session, town.chen_phone, HERE, town.later(hours=25), key=town.key).to_send is not None
    assert town.share(database, address="45", user_id=45, contact_user_id=45) == []


def test_the_administrator_closes_a_colleagues_doors_to_the_party_and_nobody_elses(
    database: Database, town: Any, asks: Any
) -> None:
    town.share(database)
    head = asks(town.li, key="1")
    with database.write() as session:
        assert colleague_lost_phone(session, head, contact_id=town.chen[1]) == 1
    with database.read() as session:
        assert [one.contact_id for one in find_actors(session, "telegram", "42")] == [town.chen[0]]
    for contact_id in (town.chen[0], town.wang):
        with pytest.raises(NotAllowedError), database.write() as session:
            colleague_lost_phone(session, asks(town.li, key="2"), contact_id=contact_id)
    with database.write() as session:
        colleague_has_phone(session, asks(town.li, key="3"), contact_id=town.chen[1])
    with database.write() as session:
        assert ask_code(session, town.chen_phone, HERE, town.later(minutes=1), key=town.key).to_send is not None
