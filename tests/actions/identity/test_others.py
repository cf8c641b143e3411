"""What others cannot do with a number that is not theirs: close its doors, use up its codes, read who had it before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from actions.actors import Asked, find_actors
from actions.identity.codes import DIGITS
from actions.identity.doors import (
    ask_to_bind,
    ask_to_bind_by_link,
    bind_by_contact,
    bind_by_link,
    check_to_bind,
    close_door,
    forget_me_here,
    my_doors,
)
from actions.identity.lost import colleague_has_phone, colleague_lost_phone, lost_phone
from actions.identity.sign_in import account_of, ask_code, open_session
from actions.identity.staff import name_person
from actions.people.parties import add_contact, bind_chat
from actions.refusals import Refused
from store.database import Database
from store.doors import WebAccount
from store.identity import LostPhone
from store.parties import Contact, ContactRole

HERE, THERE = "192.0.2.1", "198.51.100.9"


@pytest.fixture
def enter(database: Database, town: Any, ask: Any, check: Any) -> Callable[..., tuple[int, str]]:
    """`enter(phone)`: the account, and the cookie of a browser that is signed in."""

    def do(phone: str, *, minutes: float = 0) -> tuple[int, str]:
        account = check(phone, ask(phone, minutes=minutes), minutes=minutes)
        assert account is not None
        with database.write() as session:
            return account, open_session(session, account, "", town.later(minutes=minutes))

    return do


def share(database: Database, town: Any, phone: str, chat: int = 42) -> list[int]:
    about: dict[str, Any] = {"channel": "telegram", "address": str(chat), "user_id": chat, "contact_user_id": chat}
    with database.write() as session:
        return [one.contact_id for one in bind_by_contact(session, phone=phone, now=town.now, **about)]


def acts_for(database: Database, channel: str, address: Any) -> list[int]:
    with database.read() as session:
        return [one.contact_id for one in find_actors(session, channel, str(address))]


def other(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 10**DIGITS:0{DIGITS}d}"


def test_a_head_closes_what_their_party_opened_and_nothing_elsewhere(
    database: Database, town: Any, asks: Any, enter: Any, ask: Any, check: Any
) -> None:
    share(database, town, town.chen_phone)
    account, token = enter(town.chen_phone)
    with database.write() as session:
        assert colleague_lost_phone(session, asks(town.li, key="1"), contact_id=town.chen[1]) == 2
    for channel, address in (("telegram", "42"), ("webchat", account)):
        assert acts_for(database, channel, address) == town.chen[:1]
    with database.read() as session:
        assert account_of(session, token, town.now) is not None
    # for a day the number opens nothing there; whoever has it signs in for the other party
    again, _ = enter(town.chen_phone, minutes=60)
    assert (again, acts_for(database, "webchat", again)) == (account, town.chen[:1])
    # then it does again, and a browser that was open when it was lost does not come back
    later, _ = enter(town.chen_phone, minutes=25 * 60)
    assert (later, acts_for(database, "webchat", later)) == (account, town.chen)
    with database.read() as session:
        assert account_of(session, token, town.later(minutes=25 * 60)) is None


def test_a_number_that_a_head_makes_up_tells_them_nothing_and_closes_nothing(
    database: Database, town: Any, asks: Any, enter: Any
) -> None:
    share(database, town, town.wang_phone)
    _, token = enter(town.wang_phone)
    answers = []
    for number, phone in enumerate((town.wang_phone, town.nobody)):
        with database.write() as session:
            named = name_person(
                session, asks(town.li, key=f"name {number}"), role="unit_contact", name="赵六", phone=phone
            )
        with database.write() as session:
            answers.append(colleague_lost_phone(session, asks(town.li, key=f"lost {number}"), contact_id=named))
    assert answers == [0, 0]
    assert acts_for(database, "telegram", "42") == [town.wang]
    with database.read() as session:
        assert account_of(session, token, town.now) is not None


def test_only_its_owner_or_an_operator_calls_it_found_where_they_called_it_lost(
    database: Database, town: Any, asks: Any
) -> None:
    with database.write() as session:
        lost_phone(session, asks(town.chen[1], key="1"))
    with database.write() as session:
        colleague_has_phone(session, asks(town.li, key="2"), contact_id=town.chen[1])
    with database.read() as session:
        assert session.exec(select(LostPhone.until_at)).all() == [town.later(days=1)]
    with database.write() as session:
        assert ask_code(session, town.chen_phone, HERE, town.later(hours=1), key=town.key).to_send is None


def test_whom_an_operator_has_let_in_has_shown_no_number(database: Database, town: Any, enter: Any) -> None:
    """A contact's number may be anybody's; without a proof it opens and closes none of that number's doors."""
    _, token = enter(town.chen_phone)
    with database.write() as session:
        bind_chat(session, channel="telegram", address="77", contact_id=town.li)
        session.get_one(Contact, town.li).phone = town.chen_phone
        [li] = find_actors(session, "telegram", "77")
    with database.write() as session:
        asked = Asked(li, town.now, town.today, "1")
        assert [one.is_this for one in my_doors(session, asked)] == [True]
        assert not close_door(session, asked, kind="webchat", door_id=1)
        lost_phone(session, asked)
    with database.read() as session:
        assert account_of(session, token, town.now) is not None
        assert acts_for(database, "telegram", "77") == [town.li]


def test_ones_own_contact_that_nobody_knows_changes_nothing(database: Database, town: Any) -> None:
    assert share(database, town, town.chen_phone) == town.chen
    assert share(database, town, town.nobody) == []
    assert acts_for(database, "telegram", "42") == town.chen


def test_an_inbox_is_that_of_one_number(database: Database, town: Any, enter: Any) -> None:
    account, _ = enter(town.chen_phone)
    where: dict[str, Any] = {"channel": "webchat", "address": str(account), "now": town.now, "key": town.key}
    for phone in (town.li_phone, town.nobody):
        with pytest.raises(Refused) as refused, database.write() as session:
            ask_to_bind(session, phone=phone, **where)
        assert refused.value.name == "sign_in.other_number"
        with database.write() as session:
            assert check_to_bind(session, phone=phone, code="123456", **where) == []
    with pytest.raises(Refused), database.write() as session:
        ask_to_bind_by_link(session, token="any", **where)
    with database.write() as session:
        assert bind_by_link(session, token="any", code="123456", **where) == []
        later = where | {"now": town.later(minutes=2)}
        assert ask_to_bind(session, phone=town.chen_phone, **later).to_send == town.chen_phone
    assert acts_for(database, "webchat", account) == town.chen


def test_an_inbox_that_was_forgotten_stays_so_in_every_browser_of_before(
    database: Database, town: Any, enter: Any
) -> None:
    account, token = enter(town.chen_phone)
    with database.write() as session:
        [me, *_] = find_actors(session, "webchat", str(account))
        forget_me_here(session, Asked(me, town.now, town.today, "1"))
    enter(town.chen_phone, minutes=2)
    with database.read() as session:
        assert account_of(session, token, town.later(minutes=2)) is None


def leave(database: Database, town: Any, contact_ids: list[int]) -> None:
    with database.write() as session:
        for contact_id in contact_ids:
            session.get_one(Contact, contact_id).to_on = town.today


def test_a_number_that_somebody_else_has_now_opens_an_inbox_of_its_own(
    database: Database, town: Any, enter: Any
) -> None:
    former, token = enter(town.chen_phone)
    leave(database, town, town.chen)
    with database.write() as session:
        zhao = add_contact(
            session,
            party_id=town.office,
            role=ContactRole.INSPECTOR,
            name="赵六",
            phone=town.chen_phone,
            as_of=town.today + timedelta(days=1),
        )
    with database.read() as session:  # that the number is registered again opens no browser of before
        assert account_of(session, token, town.now) is None
    account, _ = enter(town.chen_phone, minutes=2)
    assert account != former
    assert acts_for(database, "webchat", account) == [zhao]
    assert acts_for(database, "webchat", former) == []
    with database.read() as session:
        assert account_of(session, token, town.later(minutes=3)) is None
        assert session.get_one(WebAccount, former).ended_at == town.later(minutes=2)
    assert enter(town.chen_phone, minutes=4)[0] == account


def test_who_is_only_written_anew_or_stays_at_one_party_keeps_the_inbox(
    database: Database, town: Any, enter: Any
) -> None:
    account, _ = enter(town.chen_phone)
    leave(database, town, town.chen)
    with database.write() as session:  # as an import does, before the next plan has followed them
        session.add(
            Contact(
                party_id=town.units[0],
                role=ContactRole.UNIT_CONTACT,
                name="陈先生",
                phone=town.chen_phone,
                from_on=town.today,
            )
        )
    assert enter(town.chen_phone, minutes=2)[0] == account
    assert len(acts_for(database, "webchat", account)) == 1


def test_others_who_type_at_random_do_not_use_up_ones_code(ask: Any, check: Any, town: Any) -> None:
    code = ask(town.chen_phone)
    wrong = [other(code, by) for by in range(1, 13)]
    assert [check(town.chen_phone, one, address=THERE) for one in wrong] == [None] * 12
    assert check(town.chen_phone, code, address=THERE) is None  # all others together have five tries
    assert check(town.chen_phone, code) is not None


def test_a_code_that_somebody_else_asks_for_does_not_end_ones_own(ask: Any, check: Any, town: Any) -> None:
    mine, theirs = ask(town.chen_phone), ask(town.chen_phone, minutes=2, address=THERE)
    assert check(town.chen_phone, mine, minutes=3) is not None
    assert mine == theirs or check(town.chen_phone, theirs, minutes=3) is None  # the number is in: no other is needed
    again = ask(town.chen_phone, minutes=4)
    newest = ask(town.chen_phone, minutes=6, address=THERE)
    assert again == newest or check(town.chen_phone, newest, minutes=7) is not None  # also typed where one asked before
